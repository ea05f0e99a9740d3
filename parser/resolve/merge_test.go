package resolve_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

func imports(r *wit.Resolve, id wit.WorldID) []string {
	var names []string
	for _, item := range r.Worlds[id].Imports {
		names = append(names, r.ItemName(item))
	}
	return names
}

func TestMergeVersions(t *testing.T) {
	result, err := resolve.Dir("testdata/deps-tree", resolve.Options{AllFeatures: true})
	if err != nil {
		t.Fatal(err)
	}
	r := result.Resolve
	world, err := resolve.SelectWorld(r, result.Main, "w")
	if err != nil {
		t.Fatal(err)
	}
	before, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	merged, err := resolve.MergeVersions(r, world)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"corpus:io/poll@0.2.1", "corpus:io/streams@0.2.1", "corpus:single/i", "corpus:tree/local@0.1.0", "corpus:tree/older@0.1.0"}
	if diff := cmp.Diff(want, imports(merged, world)); diff != "" {
		t.Errorf("imports (-want +got):\n%s", diff)
	}
	if got := len(imports(r, world)); got != 7 {
		t.Errorf("the world had %d imports, want 7", got)
	}
	after, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if string(after) != string(before) {
		t.Error("the model that was given has changed")
	}
	got, err := json.MarshalIndent(merged, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden := "testdata/merged.json"
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	expected, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(expected), string(got)+"\n"); diff != "" {
		t.Errorf("the merged model differs (-want +got):\n%s", diff)
	}
}

func TestMergeKeepsIncompatibleVersionsApart(t *testing.T) {
	var text strings.Builder
	text.WriteString("package a:b; world w {")
	for _, v := range []string{"0.1.0", "0.2.0", "0.2.5", "1.0.0", "1.2.3", "2.0.0-rc.1", "2.0.0", "0.0.1", "0.0.2"} {
		text.WriteString(" import a:c/i@" + v + ";")
	}
	text.WriteString(" import a:c/i; import x: a:c/i@0.2.0; }\npackage a:c { interface i {} }\n")
	for _, v := range []string{"0.1.0", "0.2.0", "0.2.5", "1.0.0", "1.2.3", "2.0.0-rc.1", "2.0.0", "0.0.1", "0.0.2"} {
		text.WriteString("package a:c@" + v + " { interface i {} }\n")
	}
	result, err := resolve.Source("x.wit", text.String(), resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	merged, err := resolve.MergeVersions(result.Resolve, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a:c/i@0.1.0", "a:c/i@0.2.5", "a:c/i@1.2.3", "a:c/i@2.0.0-rc.1", "a:c/i@2.0.0", "a:c/i@0.0.1", "a:c/i@0.0.2", "a:c/i"}
	if diff := cmp.Diff(want, imports(merged, 0)); diff != "" {
		t.Errorf("imports (-want +got):\n%s", diff)
	}
}

func TestMergeRefusesWhatIsNotCompatible(t *testing.T) {
	for name, bodies := range map[string][2]string{
		"parameters":       {"f: func(x: u8);", "f: func();"},
		"parameter's name": {"f: func(x: u8);", "f: func(y: u8);"},
		"parameter's type": {"f: func(x: u8);", "f: func(x: u16);"},
		"result":           {"f: func() -> u8;", "f: func();"},
		"kind":             {"f: func();", "f: async func();"},
		"a type is gone":   {"type t = u8;", ""},
	} {
		use := ""
		if strings.HasPrefix(bodies[0], "type") {
			use = "interface j { use a:c/i@0.2.0.{t}; }"
		}
		imports := "import a:c/i@0.2.0; import a:c/i@0.2.1;"
		if use != "" {
			imports += " import j;"
		}
		result, err := resolve.Source("x.wit", "package a:b; "+use+" world w { "+imports+" }\n"+
			"package a:c@0.2.0 { interface i { "+bodies[0]+" } }\npackage a:c@0.2.1 { interface i { "+bodies[1]+" } }", resolve.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = resolve.MergeVersions(result.Resolve, result.Resolve.Packages[result.Main].Worlds[0])
		var list diag.List
		if !errors.As(err, &list) || list[0].Code != diag.IncompatibleVersions {
			t.Errorf("%s: %v", name, err)
		}
	}
}
