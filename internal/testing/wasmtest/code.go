package wasmtest

import "github.com/witgen/witgen/internal/wasm"

// Code is a sequence of instructions.
type Code = wasm.Code

// Instructions without operands, or with those that tests want.
var (
	Unreachable = wasm.I(wasm.OpUnreachable)
	Nop         = wasm.I(wasm.OpNop)
	Return      = wasm.I(wasm.OpReturn)
	Drop        = wasm.I(wasm.OpDrop)
	MemorySize  = wasm.I(wasm.OpMemorySize, 0)
	MemoryGrow  = wasm.I(wasm.OpMemoryGrow, 0)
	I32Eqz      = wasm.I(wasm.OpI32Eqz)
	I32Eq       = wasm.I(wasm.OpI32Eq)
	I32GtU      = wasm.I(wasm.OpI32GtU)
	I32LeU      = wasm.I(wasm.OpI32LeU)
	I32Add      = wasm.I(wasm.OpI32Add)
	I32Sub      = wasm.I(wasm.OpI32Sub)
	I32Mul      = wasm.I(wasm.OpI32Mul)
	I32DivS     = wasm.I(wasm.OpI32DivS)
	I32And      = wasm.I(wasm.OpI32And)
	I32Shl      = wasm.I(wasm.OpI32Shl)
	I32ShrU     = wasm.I(wasm.OpI32ShrU)
	I64Add      = wasm.I(wasm.OpI64Add)
	I64Mul      = wasm.I(wasm.OpI64Mul)
	I64ExtendU  = wasm.I(wasm.OpI64ExtendI32U)
	MemoryCopy  = wasm.I(wasm.OpMemoryCopy, 0, 0)
	MemoryFill  = wasm.I(wasm.OpMemoryFill, 0)
	RefNullFunc = wasm.RefNull(wasm.CodeFuncRef)
	TableCopy   = wasm.I(wasm.OpTableCopy, 0, 0) // of the first table
	TableGrow   = wasm.I(wasm.OpTableGrow, 0)
	TableFill   = wasm.I(wasm.OpTableFill, 0)
)

// Seq joins instructions.
func Seq(code ...Code) Code { return wasm.Seq(code...) }

// I32 is i32.const.
func I32(n uint32) Code { return wasm.I32Const(int32(n)) }

// I64 is i64.const.
func I64(n uint64) Code { return wasm.I64Const(int64(n)) }

// F32 is f32.const.
func F32(f float32) Code { return wasm.F32Const(f) }

// F64 is f64.const.
func F64(f float64) Code { return wasm.F64Const(f) }

// Get is local.get.
func Get(local uint32) Code { return wasm.I(wasm.OpLocalGet, local) }

// Set is local.set.
func Set(local uint32) Code { return wasm.I(wasm.OpLocalSet, local) }

// Tee is local.tee.
func Tee(local uint32) Code { return wasm.I(wasm.OpLocalTee, local) }

// GlobalGet is global.get.
func GlobalGet(global uint32) Code { return wasm.I(wasm.OpGlobalGet, global) }

// GlobalSet is global.set.
func GlobalSet(global uint32) Code { return wasm.I(wasm.OpGlobalSet, global) }

// Call is call.
func Call(function uint32) Code { return wasm.I(wasm.OpCall, function) }

// CallIndirect is call_indirect of a type through the first table.
func CallIndirect(typ uint32) Code { return wasm.I(wasm.OpCallIndirect, typ, 0) }

// Br is br.
func Br(depth uint32) Code { return wasm.I(wasm.OpBr, depth) }

// BrIf is br_if.
func BrIf(depth uint32) Code { return wasm.I(wasm.OpBrIf, depth) }

// Load32 is i32.load of an address on the stack.
func Load32(offset uint32) Code { return wasm.I(wasm.OpI32Load, 2, offset) }

// Load64 is i64.load.
func Load64(offset uint32) Code { return wasm.I(wasm.OpI64Load, 3, offset) }

// Load8 is i32.load8_u.
func Load8(offset uint32) Code { return wasm.I(wasm.OpI32Load8U, 0, offset) }

// Store32 is i32.store of an address and a value on the stack.
func Store32(offset uint32) Code { return wasm.I(wasm.OpI32Store, 2, offset) }

// Store64 is i64.store.
func Store64(offset uint32) Code { return wasm.I(wasm.OpI64Store, 3, offset) }

// Store8 is i32.store8.
func Store8(offset uint32) Code { return wasm.I(wasm.OpI32Store8, 0, offset) }

// Loop is a loop without parameters and results.
func Loop(code ...Code) Code { return wasm.Loop(code...) }

// Block is a block without parameters and results.
func Block(code ...Code) Code { return wasm.Block(code...) }

// If is an if without an else.
func If(code ...Code) Code { return wasm.If(code...) }
