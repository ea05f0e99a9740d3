package goldentest

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/witgen/witgen/gen/guest"
	"github.com/witgen/witgen/gen/host"
	"github.com/witgen/witgen/internal/gogen"
)

var update = flag.Bool("update", false, "write the golden files anew")

// generators are those whose files the archives hold.
var generators = []Generator{host.Generate, guest.Generate}

const root = "../../.."

func archives(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, "testdata/golden/*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Fatal("there are no golden files")
	}
	return paths
}

func nameOf(path string) string { return strings.TrimSuffix(filepath.Base(path), ".txtar") }

// importPath is that of the output of an archive.
func importPath(path string) string { return "example.com/" + nameOf(path) }

func TestGolden(t *testing.T) {
	for _, path := range archives(t) {
		t.Run(nameOf(path), func(t *testing.T) {
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			archive := txtar.Parse(want)
			files, err := Generate(archive, importPath(path), generators...)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Generate(archive, importPath(path), generators...)
			if err != nil {
				t.Fatal(err)
			}
			got := txtar.Format(Replace(archive, files))
			if !bytes.Equal(got, txtar.Format(Replace(archive, again))) {
				t.Error("a second run gives other files")
			}
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("run the test with -update and read the difference (-golden +generated):\n%s", diff)
			}
		})
	}
}

// The output of every archive compiles and vets, natively and for guests, and
// the tests that are with it pass.
func TestGoldenCompiles(t *testing.T) {
	dir := t.TempDir()
	abs, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	must(t, WriteModule(dir, abs))
	for _, path := range archives(t) {
		writeArchive(t, filepath.Join(dir, nameOf(path)), path)
	}
	for name, c := range map[string]struct {
		env      []string
		commands []string
	}{
		"native": {nil, []string{"vet", "test"}},
		"wasip1": {[]string{"GOOS=wasip1", "GOARCH=wasm"}, []string{"build", "vet"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, command := range c.commands {
				if out, err := goCommand(dir, c.env, command, "./..."); err != nil {
					t.Errorf("go %s: %v\n%s", command, err, out)
				}
			}
		})
	}
}

// Against a runtime that is older than the generated code, the code does not
// compile, and the message says why.
func TestRuntimeTooOld(t *testing.T) {
	dir, old := t.TempDir(), t.TempDir()
	must(t, WriteModule(dir, old))
	writeFile(t, filepath.Join(old, "go.mod"), []byte("module github.com/witgen/witgen\n"))
	writeFile(t, filepath.Join(old, "canonicalabi/version.go"), []byte("package canonicalabi\n"))
	refuses(t, dir, gogen.ABIVersion.Name, "undefined: canonicalabi."+gogen.ABIVersion.Name)
}

// Code of an older ABI version does not compile against this runtime, and the
// message tells to generate it again.
func TestGeneratedCodeTooOld(t *testing.T) {
	dir := t.TempDir()
	must(t, WriteModule(dir, root))
	refuses(t, dir, "GeneratedCodeNeedsABI1",
		"canonicalabi.GeneratedCodeNeedsABI1 (variable of struct type canonicalabi.RegenerateWithThisVersionOfWitgen) is not constant")
}

// refuses generates code that asks for an ABI version, and checks that it does not
// compile in the module dir and what the compiler says.
func refuses(t *testing.T, dir, version, want string) {
	t.Helper()
	archive := &txtar.Archive{Files: []txtar.File{{Name: Input, Data: []byte("package a:b; interface i { type t = u8; } world w { import i; }")}}}
	files, err := Generate(archive, "example.com", Neutral)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		content := bytes.ReplaceAll(f.Content, []byte(gogen.ABIVersion.Name), []byte(version))
		writeFile(t, filepath.Join(dir, filepath.FromSlash(f.Path)), content)
	}
	out, err := goCommand(dir, nil, "build", "./...")
	if err == nil || !strings.Contains(string(out), want) {
		t.Errorf("err %v, output:\n%s", err, out)
	}
}

func goCommand(dir string, env []string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off"), env...)
	return cmd.CombinedOutput()
}

// writeArchive writes the output of an archive and its tests to a folder.
func writeArchive(t *testing.T, dir, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	archive := txtar.Parse(data)
	files, err := Generate(archive, importPath(path), generators...)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	for _, f := range Replace(archive, files).Files {
		if f.Name != Input {
			writeFile(t, filepath.Join(dir, filepath.FromSlash(f.Name)), f.Data)
		}
	}
}

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
