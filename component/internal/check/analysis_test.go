package check_test

import (
	"strings"
	"testing"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/wit"

	"github.com/witgen/witgen/component/internal/check"
	"github.com/witgen/witgen/internal/testing/comptest"
)

// TestAnalyze: functions come with their types, and a resource is the same type
// wherever it is the same resource.
func TestAnalyze(t *testing.T) {
	r, pkg := comptest.WITOf(t, comptest.WITFiles(t)["resources"])
	id := comptest.WorldNamed(t, r, pkg, "between")
	c, err := binary.Decode(comptest.NewComponent(t, &comptest.Guest{R: r, World: r.Worlds[id]}, id))
	if err != nil {
		t.Fatal(err)
	}
	a, err := check.Analyze(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	s := a.Scopes[c]
	if len(a.Scopes) != 2 || s == nil {
		t.Fatalf("there are %d scopes, want the component and the one inside", len(a.Scopes))
	}
	paths := make(map[string]wit.TypeID)
	for _, p := range s.Imports {
		paths[strings.Join(p.Path, " ")] = p.Resource
	}
	bucket, ok := paths["test:resources/store bucket"]
	if !ok || len(paths) != 2 {
		t.Fatalf("the imported resources are %v", paths)
	}
	found := false
	for _, f := range s.Funcs {
		if len(f.Params) == 2 && f.Params[0].Name == "b" {
			borrow, ok := a.Resolve.Kind(f.Params[0].Type).(*wit.Borrow)
			found = true
			if !ok || borrow.Resource != bucket {
				t.Errorf("look takes %T of resource %v, want a borrow of %d", a.Resolve.Kind(f.Params[0].Type), borrow, bucket)
			}
		}
	}
	if !found {
		t.Error("there is no function look")
	}
	// The exported instance gives the imported resource another name.
	exported := s.Instances[len(s.Instances)-1]
	if len(exported) != 2 || exported[0].Resource != bucket || exported[0].Path[0] != "bucket" {
		t.Errorf("the exported instance has the resources %v, want the imported bucket first", exported)
	}
	if last := s.CoreFuncs[len(s.CoreFuncs)-1]; len(last.Params) == 0 {
		t.Errorf("the last core function takes nothing: %v", last)
	}
	if _, err := check.Analyze(t.Context(), comptest.Nest(comptest.Typ(&binary.List{Elem: comptest.At(0)}))); err == nil {
		t.Error("an invalid component is analyzed")
	}
}
