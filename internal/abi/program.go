// Package abi decides how values cross the boundary of a component: sizes and
// alignments, flat types, core signatures, and for each function and side a
// Program, the list of operations that lifts and lowers its values. It follows
// CanonicalABI.md of the component model for 32-bit memories, UTF-8 strings and
// synchronous lifting and lowering.
package abi

import "github.com/witgen/witgen/wit"

// Core is a value type of core WebAssembly.
type Core uint8

// The core value types that the canonical ABI uses.
const (
	I32 Core = iota
	I64
	F32
	F64
)

// String returns the type as WebAssembly's text format spells it.
func (c Core) String() string { return [...]string{"i32", "i64", "f32", "f64"}[c] }

// Kind is the purpose of a Program.
type Kind uint8

// The kinds of Programs, with their parameters (Program.Params) and how they end.
const (
	// CallExport is the host's call of a guest's export: WIT values in, lowered
	// into the guest's memory by its realloc; the core function is called, its
	// result lifted, post-return called; ends in ReturnValue. (canon lift, seen
	// from the caller.)
	CallExport Kind = iota
	// HandleImport is the host's side of a guest's import: core values in,
	// lifted; the implementation is called; its result lowered into the guest's
	// memory; ends in ReturnCore. (canon lower, seen from the callee.)
	HandleImport
	// CallImport is the guest's call of an import: WIT values in, lowered in the
	// guest's own memory; the core import is called; its result lifted; ends in
	// ReturnValue.
	CallImport
	// HandleExport is the guest's side of its export: core values in, lifted;
	// the implementation is called; its result lowered in the guest's own
	// memory, where it stays until post-return; ends in ReturnCore.
	HandleExport
	// LoadType lifts one value of a type from memory: a pointer in; ends in
	// ReturnValue.
	LoadType
	// StoreType lowers one value of a type to memory: a pointer and a WIT value
	// in; ends without a return operation.
	StoreType
	// LowerType lowers one value of a type to core values: a WIT value in; ends in
	// ReturnCore.
	LowerType
	// LiftType lifts one value of a type from core values: those in; ends in
	// ReturnValue.
	LiftType
)

// Program is the plan of one function on one side, or of one named type: a list
// of operations on numbered values. It holds every decision of the canonical
// ABI (offsets, joins, flat limits, where memory comes from), so that a back
// end only spells the operations in its language.
type Program struct {
	Kind Kind
	Name string        // for people: the function's or type's name
	Func *wit.Function // nil for the Program of a type
	Type wit.Type      // of the Program of a type; else nil
	// Values describes each value by its number.
	Values []ValueInfo
	Params []Value
	Body   []Op
}

// Value is the number of a value in its Program. Each is defined once, before
// it is used: as a parameter of the Program, a parameter of a Block, or a result
// of an Op. A value that a block defines is not used outside it.
type Value int

// ValueInfo is what is known of a value.
type ValueInfo struct {
	// Type is the WIT type of the value, and nil where it is a core value.
	Type wit.Type
	// Core is the type of a core value. Pointers and lengths are I32.
	Core Core
	// Hint is a WIT name that suits the value (of a parameter or field), or "".
	Hint string
}

// Op is one operation. Which fields and how many arguments, results and blocks
// it has follows from its Code; Verify checks it.
type Op struct {
	Code    Code
	Args    []Value
	Results []Value
	// Type is the WIT type that the operation lifts, lowers, loads or stores.
	Type wit.Type
	// Imm is the constant of Const.
	Imm uint64
	// Offset is added to the pointer of loads and stores.
	Offset uint32
	// Size and Align are those of the memory concerned: the area of Realloc,
	// ReturnArea and View, the element of list operations, the discriminant of
	// LoadDisc and StoreDisc (1, 2 or 4). Of LoadScalar and StoreScalar, Size is
	// that of the scalar in memory (1, 2, 4 or 8); Align is not set there.
	Size, Align uint32
	// Bulk says of a list operation that the elements are plain numbers, whose
	// memory may be moved as one; the block does the same element by element.
	Bulk   bool
	Blocks []Block
}

// Block is a sequence of operations inside an Op.
type Block struct {
	Params  []Value
	Body    []Op
	Results []Value
}

// Code names an operation.
type Code uint8

// The operations. Arguments and results stand in order: (args) -> (results).
// "value" is a WIT value, "core" a core value, "ptr" and "len" are I32 cores.
const (
	// Const: () -> (core). Imm is its bits.
	Const Code = iota
	// Bitcast: (core) -> (core). Changes between the core types that a variant's
	// cases share (CanonicalABI.md, "Flattening", join): equal width keeps the
	// bits, narrower to wider extends with zeros, wider to narrower cuts.
	Bitcast

	// LowerScalar: (value) -> (core). Type is bool, an integer, a float, char,
	// an enum or flags.
	LowerScalar
	// LiftScalar: (core) -> (value). The same types; traps on a bad char or enum.
	LiftScalar
	// LoadScalar: (ptr) -> (value). LiftScalar of what lies at ptr+Offset.
	LoadScalar
	// StoreScalar: (ptr, value) -> (). LowerScalar to ptr+Offset.
	StoreScalar
	// LoadCore: (ptr) -> (core). An i32 at ptr+Offset: pointers, lengths, handles.
	LoadCore
	// StoreCore: (ptr, core) -> ().
	StoreCore

	// Realloc: () -> (ptr). New memory of Size and Align for parameters that are
	// passed in memory: from the guest's realloc (CallExport), or the guest's own
	// until the call is over (CallImport).
	Realloc
	// ReturnArea: () -> (ptr). The guest's own memory for a result: kept until
	// post-return in HandleExport, until the result is lifted in CallImport.
	ReturnArea
	// View: (ptr) -> (ptr). Checks that Size bytes at ptr are aligned and in
	// bounds, and traps where not. All loads and stores of an area go through
	// its View. A guest trusts its own memory and the host's pointers.
	View

	// LowerString: (value) -> (ptr, len). LiftString: (ptr, len) -> (value).
	LowerString
	LiftString
	// LowerList: (value) -> (ptr, len). Block: (ptr, element value) -> ().
	LowerList
	// LiftList: (ptr, len) -> (value). Block: (ptr) -> (element value).
	LiftList
	// LowerMap: (value) -> (ptr, len). Block: (ptr, key value, value) -> ().
	// Size and Align are those of tuple<K, V>.
	LowerMap
	// LiftMap: (ptr, len) -> (value). Block: (ptr) -> (key value, value).
	LiftMap
	// StoreFixed: (ptr, value) -> (). A list<T, N> at ptr+Offset.
	// Block: (ptr, element value) -> ().
	StoreFixed
	// LoadFixed: (ptr) -> (value). Block: (ptr) -> (element value).
	LoadFixed

	// Unpack: (value) -> (values). The fields of a record, the elements of a
	// tuple or of a list<T, N>.
	Unpack
	// Pack: (values) -> (value).
	Pack

	// Switch: (value) -> (cores). By the case of a variant, option or result; a
	// block for each case: (payload value, where it has one) -> (cores).
	Switch
	// SwitchDisc: (core) -> (value). By a discriminant; a block for each case:
	// () -> (payload value, where it has one). Traps on any other discriminant.
	SwitchDisc
	// LoadDisc: (ptr) -> (core). A discriminant of Size bytes at ptr+Offset.
	LoadDisc
	// StoreDisc: (ptr) -> (). Writes Imm as a discriminant.
	StoreDisc

	// LowerOwn: (value) -> (core). LowerBorrow, LiftOwn and LiftBorrow likewise.
	// Type is the own<R> or borrow<R>.
	LowerOwn
	LowerBorrow
	LiftOwn
	LiftBorrow

	// StoreNamed: (ptr, value) -> (). Runs the StoreType Program of Type at ptr+Offset.
	StoreNamed
	// LoadNamed: (ptr) -> (value). Runs the LoadType Program of Type at ptr+Offset.
	LoadNamed
	// LowerNamed: (value) -> (cores). Runs the LowerType Program of Type.
	LowerNamed
	// LiftNamed: (cores) -> (value). Runs the LiftType Program of Type.
	LiftNamed

	// CallCore: (cores) -> (cores). Calls the core function.
	CallCore
	// CallValue: (values) -> (value, where the function has a result). Calls the
	// implementation.
	CallValue
	// PostReturn: (cores) -> (). Gives the core results back so that the guest
	// frees what they refer to. Stands after all that lifts.
	PostReturn
	// ReturnValue: (value, where the function has a result) -> (). The last op.
	ReturnValue
	// ReturnCore: (cores) -> (). The last op.
	ReturnCore
)
