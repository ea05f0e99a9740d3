package component_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/testing/comptest"
)

func TestInspect(t *testing.T) {
	c := comptest.Nest(
		comptest.Typ(&binary.InstanceType{Decls: []binary.Def{comptest.DeclareResource("r"), comptest.Typ(&binary.Own{Resource: 0}), comptest.Typ(&binary.Func{Params: []binary.Field{{Name: "a", Type: comptest.At(1)}}, Result: &comptest.Str}), comptest.Declare("f", binary.SortFunc, 2)}}),
		&binary.Import{Name: binary.ExternName{Name: "i", Attributes: []binary.Attribute{{Kind: binary.ExternalID, Value: "x"}}}, Type: binary.ExternType{Sort: binary.SortInstance}},
		&binary.CoreModule{Bytes: comptest.CoreModuleOf([]comptest.CoreFuncDef{{Module: "m", Name: "f", Sig: abi.Signature{Params: []abi.Core{abi.I32}}}}, []comptest.CoreFuncDef{{Name: "g"}}, true)},
		comptest.AliasOf(binary.SortFunc, 0, "f"),
		&binary.Canon{Op: binary.CanonLower, Options: []binary.CanonOption{comptest.Option(component.UTF16), comptest.Memory0}},
		comptest.Nest(&binary.Custom{Name: "notes", Data: []byte("abc")}),
		comptest.Exp("f", binary.SortFunc, 0),
		&binary.Custom{Name: "component-name", Data: []byte("\x00\x03\x02me\x01\x09\x00\x11\x01\x00\x04main")},
	)
	want := `component (me): 0 bytes
  type 0: instance
    export "r": type 0: a resource
    type 1: own<type 0>
    type 2: func(a: type 1) -> string
    export "f": func 0: type 2
  import "i" (external-id "x"): instance 0: type 0
  core module 0 (main): 62 bytes
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
	got := comptest.Inspected(t, c.Encode())
	head, rest, _ := strings.Cut(got, "\n")
	if !strings.HasPrefix(head, "component (me): ") {
		t.Errorf("the first line is %q", head)
	}
	_, want, _ = strings.Cut(want, "\n")
	if diff := cmp.Diff(want, rest); diff != "" {
		t.Errorf("the tree differs (-want +got):\n%s", diff)
	}
}
