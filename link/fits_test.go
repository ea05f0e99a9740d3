package link_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

const fitsWIT = `package test:calc;
interface math {
  resource r;
  twice: func(a: u32) -> u32;
  text: func(s: string);
  make: func() -> r;
}
world painter {
  import math;
  import plain: func(a: u32) -> u32;
  export run: func(a: u32) -> u32;
}
`

// unused is a component that imports an instance test:calc/math and uses nothing of it.
// declare adds to the instance's type, and more to the component.
func unused(declare func() []binary.Def, more func(b *builder)) []byte {
	b := &builder{}
	if declare != nil {
		t := b.Type(&binary.InstanceType{Decls: declare()})
		b.Add(&binary.Import{Name: binary.Named("test:calc/math"), Type: binary.ExternType{Sort: binary.SortInstance, Index: t}})
	}
	if more != nil {
		more(b)
	}
	m := &wasmtest.Module{}
	m.ExportFunc("run", "i32 -> i32", "", wasmtest.Get(0))
	liftExport(b, b.Core(b.Module(m.Bytes())), "run", funcType(1, true))
	return b.Bytes()
}

// function declares a function of an instance type.
func declared(name string, types ...binary.Def) func() []binary.Def {
	return func() []binary.Def {
		return append(types, &binary.ExportDecl{Name: binary.Named(name), Type: binary.ExternType{Sort: binary.SortFunc, Index: uint32(len(types) - 1)}})
	}
}

// All of what a component imports must fit, called or not. The error names the place.
func TestUnusedImports(t *testing.T) {
	r, world := worldOf(t, fitsWIT)
	param := func(p binary.Prim) *binary.Func {
		return &binary.Func{Params: []binary.Field{{Name: "s", Type: binary.ValType{Prim: p}}}}
	}
	importFunc := func(name string, f *binary.Func) func(b *builder) {
		return func(b *builder) {
			b.Add(&binary.Import{Name: binary.Named(name), Type: binary.ExternType{Sort: binary.SortFunc, Index: b.Type(f)}})
		}
	}
	resource := func(name string) func() []binary.Def {
		return func() []binary.Def {
			return []binary.Def{&binary.ExportDecl{Name: binary.Named(name), Type: binary.ExternType{Sort: binary.SortType, Bound: binary.BoundSub}}}
		}
	}
	for name, test := range map[string]struct {
		wasm []byte
		want string // "" for a component that fits
	}{
		"nothing":                 {unused(nil, nil), ""},
		"a function":              {unused(declared("twice", &binary.TypeDef{Type: funcType(1, true)}), nil), ""},
		"a resource":              {unused(resource("r"), nil), ""},
		"a string":                {unused(declared("text", &binary.TypeDef{Type: param(binary.String)}), nil), ""},
		"a function's core type":  {unused(declared("twice", &binary.TypeDef{Type: funcType(2, true)}), nil), "import test:calc/math#twice: the guest takes the function to be of type (i32, i32) -> (i32), where the world says (i32) -> (i32)"},
		"a function's WIT type":   {unused(declared("text", &binary.TypeDef{Type: &binary.List{Elem: binary.ValType{Prim: binary.U8}}}, &binary.TypeDef{Type: &binary.Func{Params: []binary.Field{{Name: "s", Type: binary.ValType{Index: 0}}}}}), nil), "import test:calc/math#text: the guest's function is of another WIT type"},
		"another function":        {unused(declared("thrice", &binary.TypeDef{Type: funcType(1, true)}), nil), "test:calc/math#thrice"},
		"another resource":        {unused(resource("q"), nil), "import test:calc/math#q: the guest imports this resource, and the world does not have it"},
		"a function of the world": {unused(nil, importFunc("plain", funcType(1, true))), ""},
		"its type":                {unused(nil, importFunc("plain", &binary.Func{Params: []binary.Field{{Name: "a", Type: binary.ValType{Prim: binary.S32}}}, Result: &u32Type})), "import plain: the guest's function is of another WIT type"},
		"a resource of the world": {unused(nil, func(b *builder) {
			b.Add(&binary.Import{Name: binary.Named("q"), Type: binary.ExternType{Sort: binary.SortType, Bound: binary.BoundSub}})
		}), "import q: the guest imports this resource, and the world does not have it"},
		"a core module": {unused(nil, func(b *builder) { importedModule(b) }), "import host#m: the guest imports a core module, and a host supplies interfaces and functions only"},
		"an instance in it": {unused(func() []binary.Def {
			return []binary.Def{
				&binary.TypeDef{Type: &binary.InstanceType{}},
				&binary.ExportDecl{Name: binary.Named("inner"), Type: binary.ExternType{Sort: binary.SortInstance}},
			}
		}, nil), "import test:calc/math#inner: the guest imports an instance inside of an instance"},
	} {
		plugin, err := dynamic.CompileWorld(t.Context(), test.wasm, r, world)
		var link *host.LinkError
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case test.want != "" && (!errors.As(err, &link) || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: got %T %v; want a LinkError with %q", name, err, err, test.want)
		}
		if err == nil {
			if err := plugin.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
}
