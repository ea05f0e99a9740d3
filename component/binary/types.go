package binary

import "github.com/witgen/witgen/component/coretype"

// TypeDef is a type definition (Binary.md, "Type Definitions").
type TypeDef struct {
	pos
	Type Type
}

// Type is what a type definition defines: a value type (*PrimType, *Record,
// *Variant, *List, *FixedList, *Tuple, *Flags, *Enum, *Option, *Result, *Map,
// *Own, *Borrow, *Stream or *Future), *Func, *ComponentType, *InstanceType or
// *Resource.
type Type interface{ isType() }

// Prim is a primitive value type: the byte that stands for it.
type Prim uint8

// The primitive types. NoPrim stands for a type that is not primitive.
const (
	NoPrim          Prim = 0
	Bool            Prim = 0x7f
	S8              Prim = 0x7e
	U8              Prim = 0x7d
	S16             Prim = 0x7c
	U16             Prim = 0x7b
	S32             Prim = 0x7a
	U32             Prim = 0x79
	S64             Prim = 0x78
	U64             Prim = 0x77
	F32             Prim = 0x76
	F64             Prim = 0x75
	Char            Prim = 0x74
	String          Prim = 0x73
	ErrorContextVal Prim = 0x64
)

var primNames = map[Prim]string{
	Bool: "bool", S8: "s8", U8: "u8", S16: "s16", U16: "u16", S32: "s32", U32: "u32", S64: "s64", U64: "u64",
	F32: "f32", F64: "f64", Char: "char", String: "string", ErrorContextVal: "error-context",
}

// String returns the type's name in the text format.
func (p Prim) String() string { return primNames[p] }

// ValType is a value type: a primitive, or the index of a type where Prim is
// NoPrim.
type ValType struct {
	Prim  Prim
	Index uint32
}

// The value types that definitions make. A nil *ValType is an absent payload.
type (
	// PrimType is a primitive type with an index.
	PrimType struct{ Prim Prim }
	// Record is (record (field "l" t)+).
	Record struct{ Fields []Field }
	// Field is a labelled type: a field, or a parameter.
	Field struct {
		Name string
		Type ValType
	}
	// Variant is (variant (case "l" t?)+).
	Variant struct{ Cases []Case }
	// Case is a case of a variant.
	Case struct {
		Name string
		Type *ValType
	}
	// List is (list t).
	List struct{ Elem ValType }
	// FixedList is (list t n).
	FixedList struct {
		Elem   ValType
		Length uint32
	}
	// Tuple is (tuple t+).
	Tuple struct{ Types []ValType }
	// Flags is (flags "l"+).
	Flags struct{ Labels []string }
	// Enum is (enum "l"+).
	Enum struct{ Labels []string }
	// Option is (option t).
	Option struct{ Type ValType }
	// Result is (result t? (error u)?).
	Result struct{ OK, Err *ValType }
	// Map is (map k v).
	Map struct{ Key, Value ValType }
	// Own is (own R), Borrow is (borrow R).
	Own    struct{ Resource uint32 }
	Borrow struct{ Resource uint32 }
	// Stream is (stream t?), Future is (future t?).
	Stream struct{ Type *ValType }
	Future struct{ Type *ValType }
)

// Func is a function type.
type Func struct {
	Async  bool
	Params []Field
	Result *ValType
}

// Resource is a resource type. Dtor is its destructor, a core function, and nil
// where it has none.
type Resource struct {
	Rep  coretype.ValType
	Dtor *uint32
}

// ComponentType and InstanceType are sequences of declarators. Among them are
// *CoreTypeDef, *TypeDef, *Alias, *ExportDecl and, in component types, *Import.
type (
	ComponentType struct{ Decls []Def }
	InstanceType  struct{ Decls []Def }
)

// ExportDecl declares an export of a component type or an instance type. It is a
// Def only inside them.
type ExportDecl struct {
	pos
	Name ExternName
	Type ExternType
}

func (*ExportDecl) section() SectionID { panic("binary: an export declarator stands in no section") }

// ExternType is the type of an import or export.
type ExternType struct {
	// Sort is SortCoreModule, SortFunc, SortValue, SortType, SortComponent or
	// SortInstance.
	Sort Sort
	// Index is that of a type: of a core type for SortCoreModule, of the bound
	// for BoundEq. For the eq bound of a value it is that of the value.
	Index uint32
	// Bound counts for SortType and SortValue.
	Bound Bound
	// Value is the type of a value of bound BoundType.
	Value ValType
}

// Bound is the bound of a type or value.
type Bound uint8

// The bounds.
const (
	BoundEq   Bound = iota // the type or value of the index
	BoundSub               // of a type: a fresh resource
	BoundType              // of a value: any value of the type
)

func (*PrimType) isType()      {}
func (*Record) isType()        {}
func (*Variant) isType()       {}
func (*List) isType()          {}
func (*FixedList) isType()     {}
func (*Tuple) isType()         {}
func (*Flags) isType()         {}
func (*Enum) isType()          {}
func (*Option) isType()        {}
func (*Result) isType()        {}
func (*Map) isType()           {}
func (*Own) isType()           {}
func (*Borrow) isType()        {}
func (*Stream) isType()        {}
func (*Future) isType()        {}
func (*Func) isType()          {}
func (*Resource) isType()      {}
func (*ComponentType) isType() {}
func (*InstanceType) isType()  {}

// CoreTypeDef is a definition of the core type section, or a declarator in a
// component, instance or module type: Module or Rec is not nil.
type CoreTypeDef struct {
	pos
	Module *ModuleType
	Rec    *coretype.RecGroup
}

// ModuleType is the type of a core module.
type ModuleType struct{ Decls []ModuleDecl }

// ModuleDecl is a declarator of a module type: one of the four is not nil.
type ModuleDecl struct {
	pos
	Import *coretype.Import
	Type   *coretype.RecGroup
	Alias  *CoreAlias
	Export *CoreExportDecl
}

// CoreAlias is an outer alias of a core type.
type CoreAlias struct{ Count, Index uint32 }

// CoreExportDecl is the name and the type of an export of a core module.
type CoreExportDecl struct {
	Name string
	Type coretype.Extern
}
