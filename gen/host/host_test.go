package host_test

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/witgen/witgen/gen"
	"github.com/witgen/witgen/gen/host"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/internal/testing/goldentest"
	"github.com/witgen/witgen/parser/resolve"
)

// generate returns the host bindings of each world of a WIT text.
func generate(t *testing.T, wit string) []gen.File {
	t.Helper()
	archive := &txtar.Archive{Files: []txtar.File{{Name: goldentest.Input, Data: []byte(wit)}}}
	files, err := goldentest.Generate(archive, "example.com/x", host.Generate)
	if err != nil {
		t.Fatalf("%v, of\n%s", err, wit)
	}
	return files
}

// parse returns the tree of the file of a path.
func parse(t *testing.T, files []gen.File, path string) (*token.FileSet, *ast.File) {
	t.Helper()
	for _, f := range files {
		if f.Path == path {
			set := token.NewFileSet()
			tree, err := parser.ParseFile(set, path, f.Content, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			return set, tree
		}
	}
	t.Fatalf("there is no %s", path)
	return nil, nil
}

// interfaceOf returns the host file of an interface i that holds items, and that a
// world imports and exports.
func interfaceOf(t *testing.T, items string) (*token.FileSet, *ast.File) {
	t.Helper()
	files := generate(t, "package a:b;\ninterface i {\n"+items+"\n}\nworld w { import i; export i; }\n")
	return parse(t, files, "a/b/i/i_host.wit.go")
}

// text prints a node as gofmt does.
func text(t *testing.T, set *token.FileSet, node any) string {
	t.Helper()
	var b bytes.Buffer
	if err := format.Node(&b, set, node); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Each function becomes a method of one shape: a context first, an error last.
func TestSignatures(t *testing.T) {
	for _, c := range []struct{ wit, want string }{
		{"f: func();", "F(ctx context.Context) error"},
		{"f: func(a: u8, b: u8, c: s64);", "F(ctx context.Context, a, b uint8, c int64) error"},
		{"f: func() -> char;", "F(ctx context.Context) (rune, error)"},
		{"f: func() -> tuple<u8, string>;", "F(ctx context.Context) (uint8, string, error)"},
		{"f: func() -> result;", "F(ctx context.Context) error"},
		{"f: func() -> result<u8>;", "F(ctx context.Context) (uint8, error)"},
		{"f: func() -> result<_, string>;", "F(ctx context.Context) error"},
		{"f: func() -> result<tuple<u8, u8>, string>;", "F(ctx context.Context) (types.Tuple2[uint8, uint8], error)"},
		{"f: func() -> option<result<u8, string>>;", "F(ctx context.Context) (types.Option[types.Result[uint8, string]], error)"},
		{"f: func(m: map<u32, list<u8>>) -> list<u16, 3>;", "F(ctx context.Context, m map[uint32][]byte) ([3]uint16, error)"},
		{"f: func(%type: u8, err: u8, ctx: u8);", "F(ctx context.Context, type_, err, ctx2 uint8) error"},
		{"resource r { constructor(a: u8); }", "NewR(ctx context.Context, a uint8) (R, error)"},
		{"resource r { constructor(a: u8) -> result<r, string>; }", "NewR(ctx context.Context, a uint8) (R, error)"},
		{"resource r { open: static func(other: borrow<r>) -> r; }", "ROpen(ctx context.Context, other R) (R, error)"},
		{"resource r { m: func() -> option<own<r>>; }", "M(ctx context.Context) (types.Option[R], error)"},
	} {
		set, tree := interfaceOf(t, c.wit)
		var got []string
		ast.Inspect(tree, func(n ast.Node) bool {
			if n, ok := n.(*ast.InterfaceType); ok {
				for _, m := range n.Methods.List {
					if m.Names[0].Name != "Close" {
						m.Doc = nil
						got = append(got, text(t, set, &ast.FuncDecl{Name: m.Names[0], Type: m.Type.(*ast.FuncType)}))
					}
				}
			}
			return true
		})
		if len(got) != 1 || got[0] != "func "+c.want {
			t.Errorf("%s\n\tbecomes %q\n\twant    %q", c.wit, got, "func "+c.want)
		}
	}
}

// A value that a caller can get wrong is checked before the guest is entered, and the
// error names the parameter. Other values are not checked.
func TestChecks(t *testing.T) {
	const declarations = "enum e { x, y } flags g { x } flags eight { a, b, c, d, e, f, g, h } variant v { x(string), y }\n" +
		"record plain { a: u8 } record r { name: string } resource res;\n"
	for _, c := range []struct{ typ, want string }{
		{"bool", ""}, {"u8", ""}, {"s64", ""}, {"f32", ""}, {"tuple<u8, f64>", ""}, {"plain", ""}, {"eight", ""}, {"list<u8, 4>", ""},
		{"option<u8>", ""}, {"result<u8, s8>", ""},
		{"string", "bind.CheckString(p)"}, {"char", "bind.CheckChar(p)"}, {"e", "bind.CheckEnum(uint32(p), 2)"},
		{"g", "bind.CheckFlags(uint32(p), 1)"}, {"v", "checkV(p)"}, {"r", "checkR(p)"},
		{"list<u32>", "bind.CheckList(len(p), 4)"}, {"list<string>", "bind.CheckEach(p, 8, bind.CheckString)"},
		{"option<string>", "bind.CheckSome(p, bind.CheckString)"}, {"result<string>", "bind.CheckResult(p, bind.CheckString, nil)"},
		{"result<u8, string>", "bind.CheckResult(p, nil, bind.CheckString)"},
	} {
		set, tree := interfaceOf(t, declarations+"f: func(p: "+c.typ+");")
		i := slices.IndexFunc(tree.Decls, func(d ast.Decl) bool {
			f, ok := d.(*ast.FuncDecl)
			return ok && f.Recv != nil && f.Name.Name == "F"
		})
		body := text(t, set, tree.Decls[i].(*ast.FuncDecl).Body)
		check, _, entered := strings.Cut(body, "x.f.Begin(ctx)")
		switch {
		case !entered:
			t.Errorf("%s: the guest is not entered:\n%s", c.typ, body)
		case c.want == "" && strings.Contains(check, "bad"):
			t.Errorf("%s needs no check:\n%s", c.typ, body)
		case c.want != "" && !strings.Contains(check, "bad := "+c.want+"; bad != nil {\n\t\treturn bad.In(\"p\")"):
			t.Errorf("%s: want the check %s:\n%s", c.typ, c.want, body)
		}
	}
}

// What a function comes to in core WebAssembly is its descriptor, by the flattening of
// the specification (CanonicalABI.md, "Flattening"): results beyond one, and parameters
// beyond 16, go through memory.
func TestDescriptors(t *testing.T) {
	many := strings.Repeat("p%: u64, ", 17)
	for i := range 17 {
		many = strings.Replace(many, "%", strconv.Itoa(i), 1)
	}
	for _, c := range []struct{ wit, exported, imported string }{
		{"f: func();", "->", "->"},
		{"f: func(a: string) -> u64;", "i32 i32 -> i64", "i32 i32 -> i64"},
		{"f: func() -> string;", "-> i32", "i32 ->"},
		{"f: func(a: result<u32, f64>) -> result;", "i32 i64 -> i32", "i32 i64 -> i32"},
		{"f: func(a: option<f32>) -> tuple<f32, f64>;", "i32 f32 -> i32", "i32 f32 i32 ->"},
		{"f: func(" + many + ");", "i32 ->", "i32 ->"},
		{"f: func(" + many + ") -> string;", "i32 -> i32", "i32 i32 ->"},
	} {
		set, tree := interfaceOf(t, c.wit)
		fields := map[string]string{}
		ast.Inspect(tree, func(n ast.Node) bool {
			if n, ok := n.(*ast.KeyValueExpr); ok {
				fields[text(t, set, n.Key)] = strings.Trim(text(t, set, n.Value), `"`)
			}
			return true
		})
		if fields["Export"] != c.exported || fields["Import"] != c.imported {
			t.Errorf("%s is exported as %q and imported as %q, want %q and %q", c.wit, fields["Export"], fields["Import"], c.exported, c.imported)
		}
	}
}

// Worlds with functions or types that are not supported are refused as a whole.
func TestUnsupported(t *testing.T) {
	for _, items := range []string{"f: async func();", "f: func(s: stream<u8>);", "f: func() -> future<string>;", "record r { e: error-context } f: func(r: r);"} {
		result, err := resolve.Source("input.wit", "package a:b; interface i { "+items+" } world w { import i; }", resolve.Options{})
		if err != nil {
			t.Fatal(err)
		}
		files, diags := host.Generate(result.Resolve, result.Resolve.Packages[result.Main].Worlds[0], gen.Options{ImportPath: "example.com/x"})
		if files != nil || len(diags) == 0 {
			t.Errorf("%s: %d files, %v", items, len(files), diags)
		}
		for _, d := range diags {
			if d.Span.IsZero() || d.Code == "" {
				t.Errorf("%s: a diagnostic without a place or a code: %v", items, d)
			}
		}
	}
}

// goldens returns the host's output for each golden file, by its name.
func goldens(t *testing.T) map[string][]gen.File {
	t.Helper()
	paths, err := filepath.Glob("../../testdata/golden/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no golden files: %v", err)
	}
	all := map[string][]gen.File{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files, err := goldentest.Generate(txtar.Parse(data), "example.com/x", host.Generate)
		if err != nil {
			t.Fatal(err)
		}
		again, err := goldentest.Generate(txtar.Parse(data), "example.com/x", host.Generate)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(files, again); diff != "" {
			t.Errorf("%s: the second run makes something else:\n%s", path, diff)
		}
		all[filepath.Base(path)] = files
	}
	return all
}

// What a host's files look like: gofmt finds nothing to change, no line is longer than
// 120 columns but for what one word makes it, no function is longer than 150 lines, they
// are left out of guests, and they import the runtime and each other.
func TestOutput(t *testing.T) {
	allowed := []string{"context", "math", "slices", "github.com/witgen/witgen/link", gogen.ABIPath, gogen.TypesPath,
		"github.com/witgen/witgen/canonicalabi/host", "github.com/witgen/witgen/canonicalabi/host/bind",
		"github.com/witgen/witgen/wasi/io/v0.2/poll"} // of the golden that imports WASI
	for golden, files := range goldens(t) {
		for _, f := range files {
			name := golden + ": " + f.Path
			formatted, err := format.Source(f.Content)
			if err != nil || !bytes.Equal(formatted, f.Content) {
				t.Errorf("%s is not formatted: %v", name, err)
			}
			set := token.NewFileSet()
			tree, err := parser.ParseFile(set, f.Path, f.Content, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(string(f.Content), "\n") {
				if columns := len(strings.ReplaceAll(line, "\t", "    ")); columns > 120 && len(strings.Fields(line)) > 2 {
					t.Errorf("%s:%d has %d columns", name, i+1, columns)
				}
			}
			if !strings.HasSuffix(f.Path, "_host.wit.go") {
				continue
			}
			if !bytes.Contains(f.Content, []byte("\n//go:build !(wasm || tinygo.wasm)\n")) {
				t.Errorf("%s is not left out of guests", name)
			}
			for _, spec := range tree.Imports {
				imported, _ := strconv.Unquote(spec.Path.Value)
				if !slices.Contains(allowed, imported) && !strings.HasPrefix(imported, "example.com/x/") {
					t.Errorf("%s imports %s", name, imported)
				}
			}
			for _, d := range tree.Decls {
				f, ok := d.(*ast.FuncDecl)
				if !ok {
					continue
				}
				if lines := set.Position(f.End()).Line - set.Position(f.Pos()).Line; lines > 150 {
					t.Errorf("%s: %s has %d lines", name, f.Name.Name, lines)
				}
				if f.Recv == nil && f.Name.IsExported() && f.Doc == nil {
					t.Errorf("%s: %s has no doc comment", name, f.Name.Name)
				}
			}
		}
	}
}

// The files that hosts and guests share are the same whichever side is generated.
func TestNeutral(t *testing.T) {
	paths, _ := filepath.Glob("../../testdata/golden/*.txtar")
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		// Generate fails where two generators make different files of one path.
		files, err := goldentest.Generate(txtar.Parse(data), "example.com/x", host.Generate, goldentest.Neutral)
		if err != nil || len(files) == 0 {
			t.Errorf("%s: %d files, %v", path, len(files), err)
		}
	}
}
