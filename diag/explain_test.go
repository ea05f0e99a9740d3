package diag

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// declaredCodes returns the constants of type Code by their value, and fails
// where two have the same one or one has no comment.
func declaredCodes(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob("codes*.go")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files of codes: %v", err)
	}
	codes := map[string]string{}
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			if other, twice := codes[code]; twice {
				t.Errorf("%s and %s are both %s", other, spec.Names[0].Name, code)
			}
			if !strings.HasPrefix(spec.Doc.Text(), spec.Names[0].Name+" occurs ") {
				t.Errorf("the comment of %s does not say when it occurs", spec.Names[0].Name)
			}
			codes[code] = spec.Names[0].Name
			return true
		})
	}
	return codes
}

func TestEachCodeHasAPage(t *testing.T) {
	var have []string
	for _, c := range Codes() {
		have = append(have, string(c))
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(declaredCodes(t))), have); diff != "" {
		t.Errorf("codes (-) and pages (+):\n%s", diff)
	}
	for _, code := range Codes() {
		page, ok := Explain(code)
		if !ok || !strings.HasPrefix(page, "# "+string(code)+": ") {
			t.Errorf("the page of %s does not start with its code", code)
		}
		for _, part := range []string{"\nThis is refused", "\nThis is accepted", "```\n"} {
			if !strings.Contains(page, part) {
				t.Errorf("the page of %s lacks %q", code, part)
			}
		}
	}
}

func TestExplain(t *testing.T) {
	if _, ok := Explain("w0101"); !ok {
		t.Error("the case of a code matters")
	}
	for _, code := range []Code{"", "W9999", "../explain/W0101"} {
		if page, ok := Explain(code); ok {
			t.Errorf("there is a page of %q: %s", code, page)
		}
	}
}

// TestDocumentedCodes checks that docs/errors.md lists each code with the title of
// its page.
func TestDocumentedCodes(t *testing.T) {
	text, err := os.ReadFile("../docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range Codes() {
		page, _ := Explain(code)
		title, _, _ := strings.Cut(page, "\n")
		_, title, _ = strings.Cut(title, ": ")
		if row := fmt.Sprintf("\n| %s | %s |\n", code, title); !strings.Contains(string(text), row) {
			t.Errorf("docs/errors.md lacks %q", row)
		}
	}
	rows := 0
	for _, letter := range []string{"W", "G", "B", "F"} {
		rows += strings.Count(string(text), "\n| "+letter+"0")
	}
	if codes := len(Codes()); rows != codes {
		t.Errorf("docs/errors.md has %d rows for %d codes", rows, codes)
	}
}
