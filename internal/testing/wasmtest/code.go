package wasmtest

import (
	"encoding/binary"
	"math"

	"github.com/witgen/witgen/internal/leb128"
)

// Code is a sequence of instructions.
type Code []byte

// Instructions without operands.
var (
	Unreachable = Code{0x00}
	Nop         = Code{0x01}
	Return      = Code{0x0f}
	Drop        = Code{0x1a}
	MemorySize  = Code{0x3f, 0}
	MemoryGrow  = Code{0x40, 0}
	I32Eqz      = Code{0x45}
	I32Eq       = Code{0x46}
	I32GtU      = Code{0x4b}
	I32LeU      = Code{0x4d}
	I32Add      = Code{0x6a}
	I32Sub      = Code{0x6b}
	I32Mul      = Code{0x6c}
	I32DivS     = Code{0x6d}
	I32And      = Code{0x71}
	I32Shl      = Code{0x74}
	I32ShrU     = Code{0x76}
	I64Add      = Code{0x7c}
	I64Mul      = Code{0x7e}
	I64ExtendU  = Code{0xad}
	MemoryCopy  = Code{0xfc, 10, 0, 0}
	MemoryFill  = Code{0xfc, 11, 0}
	RefNullFunc = Code{0xd0, 0x70}
	TableCopy   = Code{0xfc, 14, 0, 0} // of the first table
	TableGrow   = Code{0xfc, 15, 0}
	TableFill   = Code{0xfc, 17, 0}
)

// Seq joins instructions.
func Seq(code ...Code) Code {
	var all Code
	for _, c := range code {
		all = append(all, c...)
	}
	return all
}

// I32 is i32.const.
func I32(n uint32) Code { return Code(leb128.AppendInt32([]byte{0x41}, int32(n))) }

// I64 is i64.const.
func I64(n uint64) Code { return Code(leb128.AppendInt64([]byte{0x42}, int64(n))) }

// F32 is f32.const.
func F32(f float32) Code {
	return Code(binary.LittleEndian.AppendUint32([]byte{0x43}, math.Float32bits(f)))
}

// F64 is f64.const.
func F64(f float64) Code {
	return Code(binary.LittleEndian.AppendUint64([]byte{0x44}, math.Float64bits(f)))
}

// Get is local.get.
func Get(local uint32) Code { return index(0x20, local) }

// Set is local.set.
func Set(local uint32) Code { return index(0x21, local) }

// Tee is local.tee.
func Tee(local uint32) Code { return index(0x22, local) }

// GlobalGet is global.get.
func GlobalGet(global uint32) Code { return index(0x23, global) }

// GlobalSet is global.set.
func GlobalSet(global uint32) Code { return index(0x24, global) }

// Call is call.
func Call(function uint32) Code { return index(0x10, function) }

// CallIndirect is call_indirect of a type through the first table.
func CallIndirect(typ uint32) Code { return append(index(0x11, typ), 0) }

// Br is br.
func Br(depth uint32) Code { return index(0x0c, depth) }

// BrIf is br_if.
func BrIf(depth uint32) Code { return index(0x0d, depth) }

// Load32 is i32.load of an address on the stack.
func Load32(offset uint32) Code { return access(0x28, 2, offset) }

// Load64 is i64.load.
func Load64(offset uint32) Code { return access(0x29, 3, offset) }

// Load8 is i32.load8_u.
func Load8(offset uint32) Code { return access(0x2d, 0, offset) }

// Store32 is i32.store of an address and a value on the stack.
func Store32(offset uint32) Code { return access(0x36, 2, offset) }

// Store8 is i32.store8.
func Store8(offset uint32) Code { return access(0x3a, 0, offset) }

// Loop is a loop without parameters and results.
func Loop(code ...Code) Code { return block(0x03, code) }

// Block is a block without parameters and results.
func Block(code ...Code) Code { return block(0x02, code) }

// If is an if without an else.
func If(code ...Code) Code { return block(0x04, code) }

func block(opcode byte, code []Code) Code {
	return append(append(Code{opcode, 0x40}, Seq(code...)...), 0x0b)
}

func index(opcode byte, n uint32) Code { return Code(leb128.AppendUint32([]byte{opcode}, n)) }

func access(opcode, align byte, offset uint32) Code {
	return Code(leb128.AppendUint32([]byte{opcode, align}, offset))
}
