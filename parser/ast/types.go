package ast

import (
	"fmt"

	"github.com/witgen/witgen/diag"
)

// Type is the production ty: *PrimType, *NamedType, *ListType, *MapType,
// *OptionType, *ResultType, *TupleType, *StreamType, *FutureType or
// *HandleType.
type Type interface {
	Node
	// Head is the place that stands for the type in messages: its keyword or
	// name, and the resource's name for own and borrow.
	Head() diag.Span
	isType()
}

func (*PrimType) isType()   {}
func (*NamedType) isType()  {}
func (*ListType) isType()   {}
func (*MapType) isType()    {}
func (*OptionType) isType() {}
func (*ResultType) isType() {}
func (*TupleType) isType()  {}
func (*StreamType) isType() {}
func (*FutureType) isType() {}
func (*HandleType) isType() {}

// Keyword is embedded by the types that start with a keyword.
type Keyword struct{ At diag.Span }

// Head returns the place of the keyword.
func (k Keyword) Head() diag.Span { return k.At }

// The types.
type (
	// PrimType is a primitive type.
	PrimType struct {
		Pos
		Prim Prim
	}
	// NamedType is the name of a type.
	NamedType struct{ Name Ident }
	// ListType is "list<Elem>" or "list<Elem, Size>".
	ListType struct {
		Pos
		Keyword
		Elem Type
		Size *ListSize // nil where the list is of any length
	}
	// ListSize is the length of a list<T, N>.
	ListSize struct {
		Pos
		Value uint32
	}
	// MapType is "map<Key, Value>".
	MapType struct {
		Pos
		Keyword
		Key, Value Type
	}
	// OptionType is "option<Type>".
	OptionType struct {
		Pos
		Keyword
		Type Type
	}
	// ResultType is "result", "result<OK>", "result<OK, Err>" or
	// "result<_, Err>"; a part that is left out is nil.
	ResultType struct {
		Pos
		Keyword
		OK, Err Type
	}
	// TupleType is "tuple<A, B>".
	TupleType struct {
		Pos
		Keyword
		Types []Type
	}
	// StreamType is "stream" or "stream<Type>".
	StreamType struct {
		Pos
		Keyword
		Type Type
	}
	// FutureType is "future" or "future<Type>".
	FutureType struct {
		Pos
		Keyword
		Type Type
	}
	// HandleType is "own<Resource>" or "borrow<Resource>".
	HandleType struct {
		Pos
		Borrow   bool
		Resource Ident
	}
)

// Head returns the place of the type.
func (t *PrimType) Head() diag.Span { return t.Where }

// Head returns the place of the name.
func (t *NamedType) Head() diag.Span { return t.Name.Where }

// Span returns the place of the name.
func (t *NamedType) Span() diag.Span { return t.Name.Where }

// Head returns the place of the resource's name.
func (t *HandleType) Head() diag.Span { return t.Resource.Where }

// Prim is a primitive type.
type Prim uint8

// The primitive types.
const (
	Bool Prim = iota
	U8
	U16
	U32
	U64
	S8
	S16
	S32
	S64
	F32
	F64
	Char
	String
	ErrorContext
)

var primNames = [...]string{
	"bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64",
	"char", "string", "error-context",
}

// String returns the keyword of the type.
func (p Prim) String() string {
	if int(p) >= len(primNames) {
		return fmt.Sprintf("Prim(%d)", p)
	}
	return primNames[p]
}
