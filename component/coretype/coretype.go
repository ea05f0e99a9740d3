// Package coretype has the types of core WebAssembly that components refer to: those
// of values, of functions and of what core modules import and export (section 5.3 of
// the core specification).
package coretype

// ValType is a value type, section 5.3.4 of the core specification: the byte that stands
// for it. Heap is the heap type where Code is CodeRef or CodeRefNull: the index of a
// type, or a negative number for an abstract one.
type ValType struct {
	Code byte
	Heap int64
}

// The codes of value types, and those of packed types, which stand in fields only.
const (
	CodeI32       = 0x7f
	CodeI64       = 0x7e
	CodeF32       = 0x7d
	CodeF64       = 0x7c
	CodeV128      = 0x7b
	CodeI8        = 0x78 // packed
	CodeI16       = 0x77 // packed
	CodeFuncRef   = 0x70
	CodeExternRef = 0x6f
	CodeExnRef    = 0x69
	CodeRef       = 0x64 // (ref heap)
	CodeRefNull   = 0x63 // (ref null heap)
)

// The types of numbers, and that of nullable references to functions.
var (
	I32     = ValType{Code: CodeI32}
	I64     = ValType{Code: CodeI64}
	F32     = ValType{Code: CodeF32}
	F64     = ValType{Code: CodeF64}
	FuncRef = ValType{Code: CodeFuncRef}
)

var valTypeNames = map[byte]string{
	CodeI32: "i32", CodeI64: "i64", CodeF32: "f32", CodeF64: "f64", CodeV128: "v128", CodeI8: "i8", CodeI16: "i16",
	0x75: "nullcontref", 0x74: "nullexnref", 0x73: "nullfuncref", 0x72: "nullexternref", 0x71: "nullref", CodeFuncRef: "funcref", CodeExternRef: "externref",
	0x6e: "anyref", 0x6d: "eqref", 0x6c: "i31ref", 0x6b: "structref", 0x6a: "arrayref", CodeExnRef: "exnref", 0x68: "contref",
	CodeRef: "ref", CodeRefNull: "ref null",
}

// String returns the type's name in the text format, without the heap type of a
// reference.
func (t ValType) String() string { return valTypeNames[t.Code] }

// HasHeap reports whether a heap type follows the code.
func (t ValType) HasHeap() bool { return t.Code == CodeRef || t.Code == CodeRefNull }

// Kind is the kind of an import or export, section 5.5.5 of the core specification.
type Kind byte

// The kinds of imports and exports.
const (
	FuncKind Kind = iota
	TableKind
	MemoryKind
	GlobalKind
	TagKind
)

var kindNames = [...]string{"function", "table", "memory", "global", "tag"}

// String returns the kind in words.
func (k Kind) String() string { return kindNames[k] }

// Extern is the type of an import or export of a core module. Kind decides which of
// the others counts.
type Extern struct {
	Kind   Kind
	Func   uint32 // of a function or tag: the index of its type
	Table  Table
	Memory Limits
	Global Global
}

// Import is an import of a core module.
type Import struct {
	Module, Name string
	Type         Extern
}

// Table is the type of a table.
type Table struct {
	Elem   ValType
	Limits Limits
}

// Global is the type of a global.
type Global struct {
	Type    ValType
	Mutable bool
}

// Limits are the limits of a memory, in pages, or of a table, in elements.
type Limits struct {
	Min    uint64
	Max    uint64
	HasMax bool
	Shared bool
	Addr64 bool
	// PageLog2 is the size of a page as a power of two; it is 16 where the
	// binary does not say (HasPage).
	PageLog2 uint32
	HasPage  bool
}

// RecGroup is a group of types that may refer to each other.
type RecGroup struct {
	// Explicit is true where the group was written with 0x4e.
	Explicit bool
	Types    []SubType
}

// SubType is a type with its supertypes.
type SubType struct {
	// Form is OpenForm, FinalForm, or 0 for a final type without supertypes, written
	// without a prefix.
	Form   byte
	Supers []uint32
	// Kind is FuncForm, StructForm or ArrayForm.
	Kind            byte
	Params, Results []ValType
	Fields          []Field // of a struct; the element of an array
}

// The bytes that types start with, sections 5.3.6 to 5.3.8 of the core specification.
const (
	FuncForm   = 0x60
	StructForm = 0x5f
	ArrayForm  = 0x5e
	OpenForm   = 0x50 // sub
	FinalForm  = 0x4f // sub final
	GroupForm  = 0x4e // rec
)

// Field is a field of a struct or the element of an array. The code of Type may also
// be CodeI8 or CodeI16.
type Field struct {
	Type    ValType
	Mutable bool
}
