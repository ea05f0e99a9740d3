package resolve_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/internal/testing/witrand"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

var update = flag.Bool("update", false, "write the expected JSON anew")

// corpus returns the inputs in testdata: files and folders.
func corpus(t testing.TB) []string {
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	var inputs []string
	for _, e := range entries {
		if e.IsDir() && e.Name() != "fuzz" || strings.HasSuffix(e.Name(), ".wit") {
			inputs = append(inputs, filepath.Join("testdata", e.Name()))
		}
	}
	if len(inputs) < 10 {
		t.Fatalf("only %d inputs", len(inputs))
	}
	return inputs
}

func TestCorpusJSON(t *testing.T) {
	for _, input := range corpus(t) {
		t.Run(filepath.Base(input), func(t *testing.T) {
			result, err := resolve.Dir(input, resolve.Options{Features: []string{"active"}})
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(result.Resolve, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(input, ".wit") + ".json"
			if *update {
				if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
				t.Errorf("the model differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCorpusPrintsBack(t *testing.T) {
	for _, input := range corpus(t) {
		t.Run(filepath.Base(input), func(t *testing.T) {
			for _, opts := range []resolve.Options{{}, {Features: []string{"active"}}, {AllFeatures: true}} {
				result, err := resolve.Dir(input, opts)
				if err != nil {
					t.Fatal(err)
				}
				if err := printsBack(result); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestRandomPrintsBack(t *testing.T) {
	n := 0
	for seed := range uint64(120) {
		o := witrand.Everything(int(seed % 6))
		if seed%2 == 0 {
			o.Features = []string{"active", "other"}
		}
		result, err := resolve.Source("random.wit", witrand.File(seed, o), resolve.Options{AllFeatures: true})
		if err != nil {
			continue // few: worlds that need an interface both ways
		}
		n++
		if err := printsBack(result); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
	if n < 105 {
		t.Errorf("only %d of 120 random packages resolve", n)
	}
}

// The text of a model keeps what the model says, so that describe says the same
// of the model of that text.
func TestDescribeSeesDifferences(t *testing.T) {
	text := func(body string) string {
		result, err := resolve.Source("x.wit", "package a:b; interface i { "+body+" }", resolve.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return describe(result.Resolve)
	}
	base := text("type t = u8; f: func(x: list<t>);")
	for _, other := range []string{
		"type t = u16; f: func(x: list<t>);",
		"type t = u8; f: func(x: list<u8>);",
		"type t = u8; f: func(y: list<t>);",
		"type t = u8; f: async func(x: list<t>);",
		"type t = u8; /// Docs.\nf: func(x: list<t>);",
		"type t = u8; f: func(x: list<t>) -> t;",
		"type t = u8; f: func(x: list<t, 3>);",
	} {
		if text(other) == base {
			t.Errorf("the same is said of %s", other)
		}
	}
}

// A model prints its packages in one text or apart.
func TestPrintOnePackage(t *testing.T) {
	result, err := resolve.Source("x.wit", "package a:b;\nworld w { import a:c/i; }\npackage a:c { interface i { f: func(); } }", resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := "package a:b;\n\nworld w {\n  import a:c/i;\n}\n"
	if diff := cmp.Diff(want, wit.Print(result.Resolve, result.Main)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want += "package a:c {\n  interface i {\n    f: func();\n  }\n}\n"
	if diff := cmp.Diff(want, wit.PrintAll(result.Resolve, result.Main)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
