package guest_test

import (
	"context"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tetratelabs/wazero"
	"golang.org/x/tools/txtar"

	"github.com/witgen/witgen/gen"
	"github.com/witgen/witgen/gen/guest"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/internal/testing/goldentest"
	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// output is what the guest generator makes of a golden file.
type output struct {
	name  string
	files []gen.File
}

// outputs returns the output of every golden file, with the import path
// example.com/NAME.
func outputs(t *testing.T) []output {
	t.Helper()
	paths, err := filepath.Glob("../../testdata/golden/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no golden files: %v", err)
	}
	var list []output
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		list = append(list, output{name, generate(t, txtar.Parse(data), "example.com/"+name)})
	}
	return list
}

func generate(t *testing.T, archive *txtar.Archive, importPath string) []gen.File {
	t.Helper()
	files, err := goldentest.Generate(archive, importPath, guest.Generate)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// module returns a new folder with a module example.com that uses this one.
func module(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := goldentest.WriteModule(dir, root); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Guest files import the guest's runtime and each other, and of the standard
// library what costs nothing.
func TestImports(t *testing.T) {
	allowed := []string{gogen.ABIPath, gogen.TypesPath, gogen.GuestPath, "math", "github.com/witgen/witgen/wasi/io/v0.2/poll"}
	for _, out := range outputs(t) {
		for _, f := range out.files {
			file, err := parser.ParseFile(token.NewFileSet(), f.Path, f.Content, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range file.Imports {
				imported, _ := strconv.Unquote(spec.Path.Value)
				if !slices.Contains(allowed, imported) && !strings.HasPrefix(imported, "example.com/") {
					t.Errorf("%s: %s imports %s", out.name, f.Path, imported)
				}
			}
		}
	}
}

var wasmExport = regexp.MustCompile(`(?m)^//go:wasmexport (\S+)$`)

// TinyGo builds what becomes of every golden file. Worlds that have no export in
// common are built as one guest, which is quicker.
func TestTinyGoBuildsGoldens(t *testing.T) {
	if !slices.Contains(guestbuild.Compilers(t), guestbuild.TinyGoUnknown) {
		t.Skip("there is no TinyGo")
	}
	dir := module(t)
	exports := map[string][]string{} // of each package, by import path
	var packages []string
	for _, out := range outputs(t) {
		for _, f := range out.files {
			write(t, filepath.Join(dir, out.name, filepath.FromSlash(f.Path)), string(f.Content))
			pkg := "example.com/" + path.Join(out.name, path.Dir(f.Path))
			if !slices.Contains(packages, pkg) {
				packages = append(packages, pkg)
			}
			for _, match := range wasmExport.FindAllSubmatch(f.Content, -1) {
				exports[pkg] = append(exports[pkg], string(match[1]))
			}
		}
	}
	type program struct {
		imports []string
		exports map[string]bool
	}
	var programs []*program
	for _, pkg := range packages {
		i := slices.IndexFunc(programs, func(p *program) bool {
			return !slices.ContainsFunc(exports[pkg], func(name string) bool { return p.exports[name] })
		})
		if i < 0 {
			i = len(programs)
			programs = append(programs, &program{exports: map[string]bool{}})
		}
		programs[i].imports = append(programs[i].imports, pkg)
		for _, name := range exports[pkg] {
			programs[i].exports[name] = true
		}
	}
	for i, p := range programs {
		main := filepath.Join(dir, "main"+strconv.Itoa(i))
		text := "package main\n\n"
		for _, pkg := range p.imports {
			text += fmt.Sprintf("import _ %q\n", pkg)
		}
		write(t, filepath.Join(main, "main.go"), text+"\nfunc main() {}\n")
		wasm := guestbuild.BuildWith(t, guestbuild.TinyGoUnknown, main, "-opt=1")
		names := exportsOf(t, wasm)
		for name := range p.exports {
			if !slices.Contains(names, name) {
				t.Errorf("program %d does not export %s", i, name)
			}
		}
	}
}

// exportsOf returns the names of the functions that a module exports.
func exportsOf(t *testing.T, wasm []byte) []string {
	t.Helper()
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	defer r.Close(ctx)
	compiled, err := r.CompileModule(ctx, wasm)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range compiled.ExportedFunctions() {
		names = append(names, name)
	}
	return names
}

// importsOf returns the functions that a module imports, WASI's left out.
func importsOf(t *testing.T, wasm []byte) []string {
	t.Helper()
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	defer r.Close(ctx)
	compiled, err := r.CompileModule(ctx, wasm)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range compiled.ImportedFunctions() {
		if from, name, _ := f.Import(); from != "wasi_snapshot_preview1" {
			names = append(names, from+" "+name)
		}
	}
	slices.Sort(names)
	return names
}

// A guest's module imports only what the guest uses of its world.
func TestUnusedImportsAreLeftOut(t *testing.T) {
	dir := module(t)
	archive := txtar.Parse([]byte(`-- input.wit --
package a:b;
interface store {
  resource bucket { constructor(name: string); get: func() -> string; set: func(value: string); }
  resource other { constructor(); }
  used: func() -> u32;
  unused: func(text: string) -> string;
}
interface made { resource thing { constructor(); } used: func(); }
interface idle { f: func(); }
world w {
  import store;
  import one: store;
  import idle;
  import log: func(text: string);
  import quiet: func(text: string);
  export made;
  export run: func();
}
`))
	for _, f := range generate(t, archive, "example.com") {
		write(t, filepath.Join(dir, filepath.FromSlash(f.Path)), string(f.Content))
	}
	write(t, filepath.Join(dir, "guest/main.go"), `package main

import (
	_ "example.com/a/b/idle"
	"example.com/a/b/made"
	"example.com/a/b/store"
	"example.com/a/b/w"
)

type world struct{}

func (world) Run() {
	b := store.NewBucket("x")
	defer b.Close()
	if b.Get() == "y" && store.Used()+w.One.Used() == 3 {
		w.Log("z")
	}
}

func (world) NewThing() made.Thing { return thing{} }
func (world) Used()                {}

type thing struct{}

func (thing) Close() {}

func init() { w.Export(world{}, world{}) }

func main() {}
`)
	want := []string{
		"$root log",
		"[export]a:b/made [resource-new]thing",
		"a:b/store [constructor]bucket",
		"a:b/store [method]bucket.get",
		"a:b/store [resource-drop]bucket",
		"a:b/store used",
		"one used",
	}
	for _, c := range guestbuild.Compilers(t) {
		t.Run(string(c), func(t *testing.T) {
			if diff := cmp.Diff(want, importsOf(t, guestbuild.Build(t, c, filepath.Join(dir, "guest")))); diff != "" {
				t.Errorf("imports (-want +got):\n%s", diff)
			}
		})
	}
}
