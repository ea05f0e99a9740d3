// Package comptest has the parts of which the tests of component and of the packages
// below it make components: definitions, core modules for worlds, and components that
// keep or break the rules of validation.
package comptest

import (
	"fmt"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/wasm"
)

// The parts that the cases are made of.
var (
	U8   = component.ValType{Prim: component.U8}
	Str  = component.ValType{Prim: component.String}
	char = component.ValType{Prim: component.Char}
)

// At returns a reference to type i.
func At(i uint32) component.ValType { return component.ValType{Index: i} }

// Typ defines a type.
func Typ(t component.Type) component.Def { return &component.TypeDef{Type: t} }

// Fn returns the type of a function without a result.
func Fn(params ...component.Field) *component.Func {
	return &component.Func{Params: params}
}

func returns(t component.ValType) *component.Func { return &component.Func{Result: &t} }

// Imp imports something of a type.
func Imp(name string, sort component.Sort, index uint32) component.Def {
	return &component.Import{Name: component.Named(name), Type: component.ExternType{Sort: sort, Index: index}}
}

func impResource(name string) component.Def {
	return &component.Import{Name: component.Named(name), Type: component.ExternType{Sort: component.SortType, Bound: component.BoundSub}}
}

// Exp exports a definition.
func Exp(name string, sort component.Sort, index uint32) component.Def {
	return &component.Export{Name: component.Named(name), Sort: sort, Index: index}
}

// Declare declares an export in a type.
func Declare(name string, sort component.Sort, index uint32) component.Def {
	return &component.ExportDecl{Name: component.Named(name), Type: component.ExternType{Sort: sort, Index: index}}
}

// DeclareResource declares an exported resource in a type.
func DeclareResource(name string) component.Def {
	return &component.ExportDecl{Name: component.Named(name), Type: component.ExternType{Sort: component.SortType, Bound: component.BoundSub}}
}

func outer(count, index uint32) component.Def {
	return &component.Alias{Sort: component.SortType, Target: component.AliasOuter, Count: count, Index: index}
}

// AliasOf is an alias of an export of an instance.
func AliasOf(sort component.Sort, instance uint32, name string) component.Def {
	return &component.Alias{Sort: sort, Target: component.AliasExport, Instance: instance, Name: name}
}

// Nest returns a component of definitions.
func Nest(defs ...component.Def) *component.Component {
	c := &component.Component{}
	for _, d := range defs {
		c.Add(d)
	}
	return c
}

// ResourceType32 is a resource represented by an i32.
func ResourceType32() component.Type { return &component.Resource{Rep: wasm.I32} }

// Library is a core module with functions of all types that the cases need, and a
// memory, with an instance of it and aliases of all.
func Library() []component.Def {
	i32, i64 := abi.I32, abi.I64
	sigs := []CoreFuncDef{
		{Name: "nothing"},
		{Name: "realloc", Sig: abi.Signature{Params: []abi.Core{i32, i32, i32, i32}, Results: []abi.Core{i32}}},
		{Name: "string", Sig: abi.Signature{Params: []abi.Core{i32, i32}, Results: []abi.Core{i32}}},
		{Name: "take", Sig: abi.Signature{Params: []abi.Core{i32}}},
		{Name: "give", Sig: abi.Signature{Results: []abi.Core{i32}}},
		{Name: "callback", Sig: abi.Signature{Params: []abi.Core{i32, i32, i32}, Results: []abi.Core{i32}}},
		{Name: "take64", Sig: abi.Signature{Params: []abi.Core{i64}}},
	}
	defs := []component.Def{&component.CoreModule{Bytes: CoreModuleOf(nil, sigs, true)}, &component.CoreInstance{}}
	for _, f := range sigs {
		defs = append(defs, &component.Alias{Sort: component.SortCoreFunc, Target: component.AliasCoreExport, Name: f.Name})
	}
	return append(defs, &component.Alias{Sort: component.SortCoreMemory, Target: component.AliasCoreExport, Name: "memory"})
}

// The indices of the library's functions.
const (
	CoreNothing uint32 = iota
	CoreRealloc
	coreString
	CoreTake
	coreGive
	CoreCallback
	CoreTake64
)

func withLibrary(defs ...component.Def) *component.Component {
	return Nest(append(Library(), defs...)...)
}

// Option returns a canonical option.
func Option(kind component.OptionKind, index ...uint32) component.CanonOption {
	o := component.CanonOption{Kind: kind}
	if len(index) > 0 {
		o.Index = index[0]
	}
	return o
}

var (
	Memory0 = Option(component.MemoryOption, 0)
	realloc = Option(component.ReallocOption, CoreRealloc)
)

func lift(f, t uint32, options ...component.CanonOption) component.Def {
	return &component.Canon{Op: component.CanonLift, Func: f, Type: t, Options: options}
}

// Lower lowers function f.
func Lower(f uint32, options ...component.CanonOption) component.Def {
	return &component.Canon{Op: component.CanonLower, Func: f, Options: options}
}

// Numbered returns n labels.
func Numbered(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("f%d", i)
	}
	return list
}

// Ptr returns a pointer to v.
func Ptr[T any](v T) *T { return &v }

// IgnoreOffsets compares components without the places they came from.
var IgnoreOffsets = cmp.Options{
	cmpopts.IgnoreUnexported(component.TypeDef{}, component.CoreTypeDef{}, component.ModuleDecl{}, component.ExportDecl{}, component.Custom{}, component.CoreModule{}, component.CoreInstance{}, component.Instance{}, component.Alias{}, component.Start{}, component.Import{}, component.Export{}, component.Value{}, component.Canon{}),
	cmpopts.IgnoreFields(component.Component{}, "Offset", "Size"),
	cmpopts.IgnoreFields(component.Section{}, "Offset"),
	cmpopts.EquateEmpty(),
}

// Binary returns a component of sections, each an id and its contents.
func Binary(sections ...string) []byte {
	w := wasm.Writer{Buf: []byte("\x00asm\x0d\x00\x01\x00")}
	for _, s := range sections {
		w.Byte(s[0])
		w.Bytes([]byte(s[1:]))
	}
	return w.Buf
}
