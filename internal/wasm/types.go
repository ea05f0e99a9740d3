package wasm

import "fmt"

// ValType is a value type, section 5.3.4 of the core specification: the byte that
// stands for it. Heap is the heap type where Code is CodeRef or CodeRefNull: the
// index of a type, or a negative number for an abstract one.
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

	// The codes of all abstract reference types and heap types lie between these.
	firstRef, lastRef   = 0x68, 0x75
	firstHeap, lastHeap = 0x68 - 0x80, 0x74 - 0x80
)

// The types of numbers.
var (
	I32 = ValType{Code: CodeI32}
	I64 = ValType{Code: CodeI64}
	F32 = ValType{Code: CodeF32}
	F64 = ValType{Code: CodeF64}
)

// FuncRef is the type of nullable references to functions.
var FuncRef = ValType{Code: CodeFuncRef}

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

// ValType reads a value type.
func (c *Cursor) ValType() ValType {
	switch b := c.Peek(); {
	case b >= CodeV128 && b <= CodeI32, b >= firstRef && b <= lastRef:
		c.pos++
		return ValType{Code: b}
	case b == CodeRef || b == CodeRefNull:
		c.pos++
		return ValType{b, c.HeapType()}
	default:
		c.failHere(UnknownType, "invalid core value type 0x%02x", b)
		return ValType{}
	}
}

// HeapType reads a heap type: the index of a type, or a negative number for an
// abstract one.
func (c *Cursor) HeapType() int64 {
	at := c.Offset()
	heap := c.Int33()
	if heap < 0 && (heap < firstHeap || heap > lastHeap) {
		c.FailAt(at, UnknownType, "invalid heap type %d", heap)
		return 0
	}
	return heap
}

// Kind is the kind of an import or export, section 5.5.5 of the core specification.
type Kind byte

// The kinds of imports and exports.
const (
	FuncKind Kind = iota
	TableKind
	MemoryKind
	GlobalKind
	TagKind

	kinds = iota
)

var kindNames = [kinds]string{"function", "table", "memory", "global", "tag"}

// String returns the kind in words.
func (k Kind) String() string { return kindNames[k] }

// Kind reads the kind of an import or export.
func (c *Cursor) Kind() Kind {
	b := c.Peek()
	if b >= kinds {
		c.failHere(UnknownKind, "invalid kind of core import or export 0x%02x", b)
		return 0
	}
	c.Byte()
	return Kind(b)
}

// Extern is the type of an import or export of a core module. Kind decides which of
// the others counts.
type Extern struct {
	Kind   Kind
	Func   uint32 // of a function or tag: the index of its type
	Table  Table
	Memory Limits
	Global Global
}

// Extern reads the kind and the type of an import.
func (c *Cursor) Extern() Extern {
	e := Extern{Kind: c.Kind()}
	if c.err != nil {
		return e
	}
	switch e.Kind {
	case FuncKind:
		e.Func = c.Uint32()
	case TableKind:
		e.Table = c.Table()
	case MemoryKind:
		e.Memory = c.Limits()
	case GlobalKind:
		e.Global = c.Global()
	case TagKind:
		e.Func = c.Tag()
	default:
		panic(fmt.Sprintf("wasm: unhandled kind %d", e.Kind))
	}
	return e
}

// Import is an import of a module.
type Import struct {
	Module, Name string
	Type         Extern
}

// Import reads an import.
func (c *Cursor) Import() Import {
	module := c.Name()
	name := c.Name()
	return Import{module, name, c.Extern()}
}

// Export is an export of a module: the item of that index among those of its kind.
type Export struct {
	Name  string
	Kind  Kind
	Index uint32
}

// Export reads an export.
func (c *Cursor) Export() Export {
	name := c.Name()
	kind := c.Kind()
	return Export{name, kind, c.Uint32()}
}

// Table is the type of a table.
type Table struct {
	Elem   ValType
	Limits Limits
}

// Table reads the type of a table.
func (c *Cursor) Table() Table {
	elem := c.ValType()
	return Table{elem, c.Limits()}
}

// Global is the type of a global.
type Global struct {
	Type    ValType
	Mutable bool
}

// Global reads the type of a global.
func (c *Cursor) Global() Global {
	t := c.ValType()
	return Global{t, c.Flag("mutability")}
}

// Tag reads the type of a tag and returns the index of the function type in it.
func (c *Cursor) Tag() uint32 {
	c.Expect(0x00, "the attribute of a tag")
	return c.Uint32()
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

// The bits of the byte that limits start with.
const (
	limitMax    = 1
	limitShared = 2
	limit64     = 4
	limitPage   = 8
)

// Limits reads limits of any kind: with or without a maximum, of 32 or 64 bits, with
// the size of a page.
func (c *Cursor) Limits() Limits {
	bits := c.OneOf(15, "kind of limits")
	l := Limits{HasMax: bits&limitMax != 0, Shared: bits&limitShared != 0, Addr64: bits&limit64 != 0, HasPage: bits&limitPage != 0, PageLog2: 16}
	l.Min = c.size(l.Addr64)
	if l.HasMax {
		l.Max = c.size(l.Addr64)
	}
	if l.HasPage {
		l.PageLog2 = c.Uint32()
	}
	return l
}

func (c *Cursor) size(wide bool) uint64 {
	if wide {
		return c.Uint64()
	}
	return uint64(c.Uint32())
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

// The bytes that types start with, section 5.3.6 to 5.3.8 of the core specification.
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

// RecGroup reads an item of the type section.
func (c *Cursor) RecGroup() *RecGroup {
	if c.Peek() == GroupForm {
		c.pos++
		return &RecGroup{true, Vec(c, c.SubType)}
	}
	return &RecGroup{Types: []SubType{c.SubType()}}
}

// SubType reads a type.
func (c *Cursor) SubType() SubType {
	var t SubType
	if b := c.Peek(); b == OpenForm || b == FinalForm {
		c.pos++
		t.Form, t.Supers = b, c.Indices()
	}
	at := c.Offset()
	t.Kind = c.Byte()
	switch t.Kind {
	case FuncForm:
		t.Params = Vec(c, c.ValType)
		t.Results = Vec(c, c.ValType)
	case StructForm:
		t.Fields = Vec(c, c.field)
	case ArrayForm:
		t.Fields = []Field{c.field()}
	default:
		c.FailAt(at, UnknownType, "invalid core type 0x%02x", t.Kind)
	}
	return t
}

func (c *Cursor) field() Field {
	var f Field
	if b := c.Peek(); b == CodeI8 || b == CodeI16 {
		c.pos++
		f.Type.Code = b
	} else {
		f.Type = c.ValType()
	}
	f.Mutable = c.Flag("mutability")
	return f
}
