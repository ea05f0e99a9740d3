package component

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

func TestInspect(t *testing.T) {
	c := nest(
		typ(&InstanceType{[]Def{declareResource("r"), typ(&Own{0}), typ(&Func{Params: []Field{{"a", at(1)}}, Result: &str}), declare("f", SortFunc, 2)}}),
		&Import{Name: ExternName{Name: "i", Attributes: []Attribute{{ExternalID, "x"}}}, Type: ExternType{Sort: SortInstance}},
		&CoreModule{Bytes: coreModuleOf([]coreFuncDef{{"m", "f", abi.Signature{Params: []abi.Core{abi.I32}}}}, []coreFuncDef{{name: "g"}}, true)},
		aliasOf(SortFunc, 0, "f"),
		&Canon{Op: CanonLower, Options: []CanonOption{option(UTF16), memory0}},
		nest(&Custom{Name: "notes", Data: []byte("abc")}),
		exp("f", SortFunc, 0),
		&Custom{Name: namesSection, Data: []byte("\x00\x03\x02me\x01\x09\x00\x11\x01\x00\x04main")},
	)
	want := `component (me): 0 bytes
  type 0: instance
    export "r": type 0: a resource
    type 1: own<type 0>
    type 2: func(a: type 1) -> string
    export "f": func 0: type 2
  import "i" (external-id "x"): instance 0: type 0
  core module 0 (main): 59 bytes
    import "m" "f": func (i32) -> ()
    export "g": func () -> ()
    export "memory": memory 1
  func 0: export "f" of instance 0
  core func 0: canon lower func 0, string-encoding=utf16, memory 0
  component 0: 19 bytes
    custom "notes": 3 bytes
  export "f": func 1: func 0
  custom "component-name": 16 bytes
`
	got := inspected(t, c.Encode())
	head, rest, _ := strings.Cut(got, "\n")
	if !strings.HasPrefix(head, "component (me): ") {
		t.Errorf("the first line is %q", head)
	}
	_, want, _ = strings.Cut(want, "\n")
	if diff := cmp.Diff(want, rest); diff != "" {
		t.Errorf("the tree differs (-want +got):\n%s", diff)
	}
}

// TestAnalyze: functions come with their types, and a resource is the same type
// wherever it is the same resource.
func TestAnalyze(t *testing.T) {
	r, pkg := witOf(t, witFiles(t)["resources"])
	id := worldNamed(t, r, pkg, "between")
	c, err := Decode(newComponent(t, &guest{r: r, world: r.Worlds[id]}, id))
	if err != nil {
		t.Fatal(err)
	}
	a, err := Analyze(c)
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
	if _, err := Analyze(nest(typ(&List{at(0)}))); err == nil {
		t.Error("an invalid component is analyzed")
	}
}
