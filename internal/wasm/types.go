package wasm

import (
	"fmt"

	"github.com/witgen/witgen/component/coretype"
)

// The types of imports, exports and values are in package coretype, since components
// refer to them.
type (
	ValType  = coretype.ValType
	Kind     = coretype.Kind
	Extern   = coretype.Extern
	Import   = coretype.Import
	Table    = coretype.Table
	Global   = coretype.Global
	Limits   = coretype.Limits
	RecGroup = coretype.RecGroup
	SubType  = coretype.SubType
	Field    = coretype.Field
)

// The codes of value types.
const (
	CodeI32       = coretype.CodeI32
	CodeI64       = coretype.CodeI64
	CodeF32       = coretype.CodeF32
	CodeF64       = coretype.CodeF64
	CodeV128      = coretype.CodeV128
	CodeI8        = coretype.CodeI8
	CodeI16       = coretype.CodeI16
	CodeFuncRef   = coretype.CodeFuncRef
	CodeExternRef = coretype.CodeExternRef
	CodeExnRef    = coretype.CodeExnRef
	CodeRef       = coretype.CodeRef
	CodeRefNull   = coretype.CodeRefNull

	// The codes of all abstract reference types and heap types lie between these.
	firstRef, lastRef   = 0x68, 0x75
	firstHeap, lastHeap = 0x68 - 0x80, 0x74 - 0x80
)

// Value types.
var (
	I32     = coretype.I32
	I64     = coretype.I64
	F32     = coretype.F32
	F64     = coretype.F64
	FuncRef = coretype.FuncRef
)

// The kinds of imports and exports.
const (
	FuncKind   = coretype.FuncKind
	TableKind  = coretype.TableKind
	MemoryKind = coretype.MemoryKind
	GlobalKind = coretype.GlobalKind
	TagKind    = coretype.TagKind

	kinds = TagKind + 1
)

// The bytes that types start with.
const (
	FuncForm   = coretype.FuncForm
	StructForm = coretype.StructForm
	ArrayForm  = coretype.ArrayForm
	OpenForm   = coretype.OpenForm
	FinalForm  = coretype.FinalForm
	GroupForm  = coretype.GroupForm
)

// ValType reads a value type.
func (c *Cursor) ValType() ValType {
	switch b := c.Peek(); {
	case b >= CodeV128 && b <= CodeI32, b >= firstRef && b <= lastRef:
		c.pos++
		return ValType{Code: b}
	case b == CodeRef || b == CodeRefNull:
		c.pos++
		return ValType{Code: b, Heap: c.HeapType()}
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
		c.FailAt(at, UnknownHeapType, "invalid heap type %d", heap)
		return 0
	}
	return heap
}

// Kind reads the kind of an import or export.
func (c *Cursor) Kind() Kind {
	b := c.Peek()
	if b >= byte(kinds) {
		c.failHere(UnknownKind, "invalid kind of core import or export 0x%02x", b)
		return 0
	}
	c.Byte()
	return Kind(b)
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

// Import reads an import.
func (c *Cursor) Import() Import {
	module := c.Name()
	name := c.Name()
	return Import{Module: module, Name: name, Type: c.Extern()}
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

// Table reads the type of a table.
func (c *Cursor) Table() Table {
	elem := c.ValType()
	return Table{Elem: elem, Limits: c.Limits()}
}

// Global reads the type of a global.
func (c *Cursor) Global() Global {
	t := c.ValType()
	return Global{Type: t, Mutable: c.Flag("mutability")}
}

// Tag reads the type of a tag and returns the index of the function type in it.
func (c *Cursor) Tag() uint32 {
	c.Expect(0x00, "the attribute of a tag")
	return c.Uint32()
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

// RecGroup reads an item of the type section.
func (c *Cursor) RecGroup() *RecGroup {
	if c.Peek() == GroupForm {
		c.pos++
		return &RecGroup{Explicit: true, Types: Vec(c, c.SubType)}
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
