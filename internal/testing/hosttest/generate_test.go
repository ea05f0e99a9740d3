package hosttest

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/gen"
	"github.com/witgen/witgen/gen/host"
	"github.com/witgen/witgen/parser/resolve"
)

var update = flag.Bool("update", false, "write the generated files anew")

const (
	input      = "subject.wit"
	output     = "gen"
	importPath = "github.com/witgen/witgen/internal/testing/hosttest/gen"
)

// The bindings that are checked in are those that the generator writes now.
func TestGenerated(t *testing.T) {
	text, err := os.ReadFile(input)
	if err != nil {
		t.Fatal(err)
	}
	result, err := resolve.Source(input, string(text), resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	world := result.Resolve.Packages[result.Main].Worlds[0]
	files, diags := host.Generate(result.Resolve, world, gen.Options{ImportPath: importPath})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, f := range files {
		path := filepath.Join(output, filepath.FromSlash(f.Path))
		known[path] = true
		if *update {
			write(t, path, f.Content)
			continue
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(got), string(f.Content)); diff != "" {
			t.Errorf("%s is out of date; run the test with -update (-there +generated):\n%s", path, diff)
		}
	}
	err = filepath.WalkDir(output, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && !known[path] {
			t.Errorf("nothing generates %s", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}
