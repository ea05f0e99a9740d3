package resolve_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/resolve"
)

// TestCodeExamples checks that the example in the comment of each code is
// refused with that code before any other.
func TestCodeExamples(t *testing.T) {
	tested := 0
	for code, example := range examples(t, "../../diag/codes_resolve.go") {
		tested++
		t.Run(string(code), func(t *testing.T) {
			_, err := resolve.Files(files(example), resolve.Options{})
			var list diag.List
			if !errors.As(err, &list) {
				t.Fatalf("no diagnostics but %v for:\n%s", err, example)
			}
			if list[0].Code != code {
				t.Errorf("got %v for:\n%s", list, example)
			}
			if list[0].Span.IsZero() {
				t.Errorf("no place: %v", list[0])
			}
		})
	}
	if tested < 40 {
		t.Errorf("only %d examples were found", tested)
	}
}

// files returns the files of an example, each after a comment that names it.
func files(example string) []*diag.File {
	head := regexp.MustCompile(`(?m)^// (\S+\.wit)\n`)
	at := head.FindAllStringSubmatchIndex(example, -1)
	if at == nil {
		return []*diag.File{diag.NewFile("example.wit", []byte(example))}
	}
	var list []*diag.File
	for i, m := range at {
		end := len(example)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		list = append(list, diag.NewFile(example[m[2]:m[3]], []byte(example[m[1]:end])))
	}
	return list
}

// examples returns the examples in the comments of the codes in a Go file. Codes
// whose comments have none need more than a few lines of WIT; they have tests of
// their own.
func examples(t testing.TB, name string) map[diag.Code]string {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	found := map[diag.Code]string{}
	for _, decl := range file.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			c := spec.(*ast.ValueSpec)
			_, example, ok := strings.Cut(c.Doc.Text(), "\nExample:\n\n")
			if !ok {
				continue
			}
			code := strings.Trim(c.Values[0].(*ast.BasicLit).Value, `"`)
			found[diag.Code(code)] = strings.ReplaceAll(strings.TrimPrefix(example, "\t"), "\n\t", "\n")
		}
	}
	return found
}
