package oracle

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/internal/testing/witrand"
	"github.com/witgen/witgen/parser/resolve"
)

// files is how many random files are compared, each of some dozen packages.
var files = flag.Int("files", 60, "how many random files to compare")

// notKnown are the constructs of WIT that the tool in the version at hand does
// not know, or knows in another form, by the files of the corpus that show them.
// The tool must refuse them, or say something else, so that a later version that
// knows them is noticed.
var notKnown = map[string]string{
	"async.wit":     "async functions in their present form",
	"docs.wit":      "imports of the form label: path",
	"include.wit":   "copies of what an included world has of its own, and with for a resource that has a constructor",
	"names.wit":     "words of names that begin with a digit",
	"newer.wit":     "map<K, V>, list<T, N>, imports of the form label: path, @external-id",
	"resources.wit": "constructors with a result",
	"worlds.wit":    "imports of the form label: path",
}

var opened = sync.OnceValues(func() (*tool, error) { return newTool(context.Background()) })

func open(t *testing.T) *tool {
	t.Helper()
	tool, err := opened()
	if err != nil {
		t.Fatal(err)
	}
	return tool
}

// compare resolves the WIT at a path with both, and returns how the two differ,
// and whether both refused it.
func compare(t *testing.T, path string, features ...string) (diff string, bothRefuse bool) {
	t.Helper()
	theirs, theirErr := open(t).json(context.Background(), path, features...)
	var no *refused
	if theirErr != nil && !errors.As(theirErr, &no) {
		t.Fatal(theirErr)
	}
	opts := resolve.Options{Features: features}
	if len(features) == 1 && features[0] == allFeatures {
		opts = resolve.Options{AllFeatures: true}
	}
	ours, ourErr := resolve.Dir(path, opts)
	switch {
	case theirErr != nil && ourErr != nil:
		return "", true
	case theirErr != nil:
		return "only the other refuses it: " + theirErr.Error(), false
	case ourErr != nil:
		return "only witgen refuses it: " + ourErr.Error(), false
	}
	text, err := json.Marshal(ours.Resolve)
	if err != nil {
		t.Fatal(err)
	}
	var a, b any
	if err := errors.Join(json.Unmarshal(theirs, &a), json.Unmarshal(text, &b)); err != nil {
		t.Fatal(err)
	}
	dropItemDocs(b)
	return cmp.Diff(a, b), false
}

// dropItemDocs removes what the tool does not say: the comments before an import
// or export of an interface.
func dropItemDocs(model any) {
	for _, world := range model.(map[string]any)["worlds"].([]any) {
		for _, items := range []string{"imports", "exports"} {
			for _, item := range world.(map[string]any)[items].(map[string]any) {
				if i, ok := item.(map[string]any)["interface"].(map[string]any); ok {
					delete(i, "docs")
				}
			}
		}
	}
}

func TestCorpus(t *testing.T) {
	root := filepath.Join("..", "..", "..", "parser", "resolve", "testdata")
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".wit") && (!e.IsDir() || e.Name() == "fuzz") {
			continue
		}
		compared++
		t.Run(e.Name(), func(t *testing.T) {
			diff, bothRefuse := compare(t, filepath.Join(root, e.Name()), "active")
			if bothRefuse {
				t.Fatal("both refuse it")
			}
			what, unknown := notKnown[e.Name()]
			switch {
			case unknown && diff == "":
				t.Errorf("the tool knows it by now: %s", what)
			case unknown:
				t.Logf("not known to the tool: %s", what)
			case diff != "":
				t.Errorf("(-theirs +witgen):\n%s", diff)
			}
		})
	}
	if compared < 10 {
		t.Errorf("only %d inputs in the corpus", compared)
	}
}

// leftOut are the constructs that the random files leave out, because the tool
// does not know them or took them otherwise.
var leftOut = []string{
	"async func", "map<K, V>", "list<T, N>", "import label: path", "@external-id",
	"words of names that begin with a digit", "constructor() -> result<R, E>",
	"include of a world with types, functions or inline interfaces of its own",
	"gates on what a world imports, exports and uses of interfaces",
	"comments before an import or export of an interface",
}

func TestRandom(t *testing.T) {
	dir := t.TempDir()
	packages, refusals := 0, 0
	for seed := range uint64(*files) {
		o := witrand.Options{Packages: int(seed % 40), Streams: true}
		features := []string{"active"}
		if seed%2 == 0 {
			o.Features = []string{"active", "other"}
		}
		if seed%3 > 0 {
			features = []string{allFeatures}
		}
		path := filepath.Join(dir, "random.wit")
		if err := os.WriteFile(path, []byte(witrand.File(seed, o)), 0o644); err != nil {
			t.Fatal(err)
		}
		diff, bothRefuse := compare(t, path, features...)
		if diff != "" {
			t.Fatalf("seed %d (-theirs +witgen):\n%s", seed, diff)
		}
		if bothRefuse {
			refusals++
			continue
		}
		packages += o.Packages + 1
	}
	t.Logf("not compared: %s", strings.Join(leftOut, "; "))
	t.Logf("%d packages are the same; %d of %d files were refused by both", packages, refusals, *files)
	if refusals > *files/2 {
		t.Errorf("too few files resolve")
	}
}

// TestWASIHTTP compares the WIT of wasi:http with its dependencies, from the
// folder that WITGEN_SUITES names.
func TestWASIHTTP(t *testing.T) {
	root := os.Getenv("WITGEN_SUITES")
	if root == "" {
		t.Skip("the suites were not given: set WITGEN_SUITES to their folder")
	}
	path, err := filepath.Abs(filepath.Join(root, "wasi-http-0.2.8"))
	if err != nil {
		t.Fatal(err)
	}
	if diff, bothRefuse := compare(t, path); diff != "" || bothRefuse {
		t.Errorf("refused by both: %t; (-theirs +witgen):\n%s", bothRefuse, diff)
	}
}
