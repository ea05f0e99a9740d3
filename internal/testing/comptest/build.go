// Package comptest has the parts of which the tests of component and of the packages
// below it make components: definitions, core modules for worlds, and components that
// keep or break the rules of validation.
package comptest

import (
	"fmt"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/wasm"
)

// The parts that the cases are made of.
var (
	U8   = binary.ValType{Prim: binary.U8}
	Str  = binary.ValType{Prim: binary.String}
	char = binary.ValType{Prim: binary.Char}
)

// At returns a reference to type i.
func At(i uint32) binary.ValType { return binary.ValType{Index: i} }

// Typ defines a type.
func Typ(t binary.Type) binary.Def { return &binary.TypeDef{Type: t} }

// Fn returns the type of a function without a result.
func Fn(params ...binary.Field) *binary.Func {
	return &binary.Func{Params: params}
}

func returns(t binary.ValType) *binary.Func { return &binary.Func{Result: &t} }

// Imp imports something of a type.
func Imp(name string, sort binary.Sort, index uint32) binary.Def {
	return &binary.Import{Name: binary.Named(name), Type: binary.ExternType{Sort: sort, Index: index}}
}

func impResource(name string) binary.Def {
	return &binary.Import{Name: binary.Named(name), Type: binary.ExternType{Sort: binary.SortType, Bound: binary.BoundSub}}
}

// Exp exports a definition.
func Exp(name string, sort binary.Sort, index uint32) binary.Def {
	return &binary.Export{Name: binary.Named(name), Sort: sort, Index: index}
}

// Declare declares an export in a type.
func Declare(name string, sort binary.Sort, index uint32) binary.Def {
	return &binary.ExportDecl{Name: binary.Named(name), Type: binary.ExternType{Sort: sort, Index: index}}
}

// DeclareResource declares an exported resource in a type.
func DeclareResource(name string) binary.Def {
	return &binary.ExportDecl{Name: binary.Named(name), Type: binary.ExternType{Sort: binary.SortType, Bound: binary.BoundSub}}
}

func outer(count, index uint32) binary.Def {
	return &binary.Alias{Sort: binary.SortType, Target: binary.AliasOuter, Count: count, Index: index}
}

// AliasOf is an alias of an export of an instance.
func AliasOf(sort binary.Sort, instance uint32, name string) binary.Def {
	return &binary.Alias{Sort: sort, Target: binary.AliasExport, Instance: instance, Name: name}
}

// Nest returns a component of definitions.
func Nest(defs ...binary.Def) *binary.Component {
	c := &binary.Component{}
	for _, d := range defs {
		c.Add(d)
	}
	return c
}

// ResourceType32 is a resource represented by an i32.
func ResourceType32() binary.Type { return &binary.Resource{Rep: wasm.I32} }

// Library is a core module with functions of all types that the cases need, and a
// memory, with an instance of it and aliases of all.
func Library() []binary.Def {
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
	defs := []binary.Def{&binary.CoreModule{Bytes: CoreModuleOf(nil, sigs, true)}, &binary.CoreInstance{}}
	for _, f := range sigs {
		defs = append(defs, &binary.Alias{Sort: binary.SortCoreFunc, Target: binary.AliasCoreExport, Name: f.Name})
	}
	return append(defs, &binary.Alias{Sort: binary.SortCoreMemory, Target: binary.AliasCoreExport, Name: "memory"})
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

func withLibrary(defs ...binary.Def) *binary.Component {
	return Nest(append(Library(), defs...)...)
}

// Option returns a canonical option.
func Option(kind binary.OptionKind, index ...uint32) binary.CanonOption {
	o := binary.CanonOption{Kind: kind}
	if len(index) > 0 {
		o.Index = index[0]
	}
	return o
}

var (
	// Memory0 is the option of the first core memory.
	Memory0 = Option(binary.MemoryOption, 0)
	realloc = Option(binary.ReallocOption, CoreRealloc)
)

func lift(f, t uint32, options ...binary.CanonOption) binary.Def {
	return &binary.Canon{Op: binary.CanonLift, Func: f, Type: t, Options: options}
}

// Lower lowers function f.
func Lower(f uint32, options ...binary.CanonOption) binary.Def {
	return &binary.Canon{Op: binary.CanonLower, Func: f, Options: options}
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
	cmpopts.IgnoreUnexported(binary.TypeDef{}, binary.CoreTypeDef{}, binary.ModuleDecl{}, binary.ExportDecl{}, binary.Custom{}, binary.CoreModule{}, binary.CoreInstance{}, binary.Instance{}, binary.Alias{}, binary.Start{}, binary.Import{}, binary.Export{}, binary.Value{}, binary.Canon{}),
	cmpopts.IgnoreFields(binary.Component{}, "Offset", "Size"),
	cmpopts.IgnoreFields(binary.Section{}, "Offset"),
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
