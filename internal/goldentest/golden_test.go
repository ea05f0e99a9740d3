package goldentest

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write the golden files anew")

// generators are those whose files the archives hold.
var generators = []Generator{Neutral}

const root = "../.."

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

// The output of every archive compiles and vets, natively and for guests.
func TestGoldenCompiles(t *testing.T) {
	dir := t.TempDir()
	writeModule(t, dir)
	for _, path := range archives(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files, err := Generate(txtar.Parse(data), importPath(path), generators...)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, f := range files {
			file := filepath.Join(dir, nameOf(path), filepath.FromSlash(f.Path))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, f.Content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, env := range map[string][]string{
		"native": nil,
		"wasip1": {"GOOS=wasip1", "GOARCH=wasm"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, command := range []string{"build", "vet"} {
				cmd := exec.Command("go", command, "./...")
				cmd.Dir = dir
				cmd.Env = append(append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off"), env...)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("go %s: %v\n%s", command, err, out)
				}
			}
		})
	}
}

// writeModule writes a module that uses this one, with what it needs.
func writeModule(t *testing.T, dir string) {
	t.Helper()
	abs, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	const module = "github.com/witgen/witgen"
	text := regexp.MustCompile(`(?m)^module .*$`).ReplaceAllString(string(mod), "module example.com")
	text += "\nrequire " + module + " v0.0.0\nreplace " + module + " => " + abs + "\n"
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"go.mod": []byte(text), "go.sum": sum} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
