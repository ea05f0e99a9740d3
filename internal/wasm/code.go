package wasm

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/witgen/witgen/internal/leb128"
)

// Code is a sequence of instructions in binary. Functions such as [I], [I32Const] and
// [If] make parts, which [Seq] joins; the methods append to a longer one.
type Code []byte

// Seq joins instructions.
func Seq(parts ...Code) Code {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	all := make(Code, 0, n)
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// I returns an instruction with immediates that are unsigned integers: indices, an
// alignment and an offset.
func I(op Op, immediates ...uint32) Code {
	if len(immediates) == 0 && op <= 0xff {
		return oneByte[op : op+1 : op+1]
	}
	var c Code
	c.Op(op, immediates...)
	return slices.Clip(c) // for those who append to a part that several share
}

// oneByte holds each byte, of which I returns one where an instruction takes no more.
var oneByte = func() (all [0x100]byte) {
	for i := range all {
		all[i] = byte(i)
	}
	return all
}()

// I32Const returns the constant n.
func I32Const(n int32) Code {
	var c Code
	c.I32Const(n)
	return c
}

// I64Const returns the constant n.
func I64Const(n int64) Code {
	var c Code
	c.I64Const(n)
	return c
}

// F32Const returns the constant f.
func F32Const(f float32) Code {
	return binary.LittleEndian.AppendUint32(Code{byte(OpF32Const)}, math.Float32bits(f))
}

// F64Const returns the constant f.
func F64Const(f float64) Code {
	return binary.LittleEndian.AppendUint64(Code{byte(OpF64Const)}, math.Float64bits(f))
}

// RefNull returns the null reference of an abstract heap type, by the code of the
// reference type.
func RefNull(code byte) Code { return Code{byte(OpRefNull), code} }

// Block returns a block without parameters and results.
func Block(body ...Code) Code { return block(OpBlock, body) }

// Loop returns a loop without parameters and results.
func Loop(body ...Code) Code { return block(OpLoop, body) }

// If returns code that runs where the i32 on the stack is not 0.
func If(body ...Code) Code { return block(OpIf, body) }

// IfElse returns code that runs the one or the other.
func IfElse(then, otherwise Code) Code { return If(then, I(OpElse), otherwise) }

func block(op Op, body []Code) Code {
	n := 3
	for _, p := range body {
		n += len(p)
	}
	all := append(make(Code, 0, n), byte(op), BlockEmpty)
	for _, p := range body {
		all = append(all, p...)
	}
	return append(all, byte(OpEnd))
}

// Byte appends bytes as they are, such as opcodes without a prefix and block types.
func (c *Code) Byte(b ...byte) { *c = append(*c, b...) }

// Op appends an instruction with immediates that are unsigned integers.
func (c *Code) Op(op Op, immediates ...uint32) {
	b := *c
	if prefix := op.Prefix(); prefix != 0 {
		b = leb128.AppendUint32(append(b, prefix), op.Number())
	} else {
		b = append(b, byte(op))
	}
	for _, n := range immediates {
		if n < 0x80 {
			b = append(b, byte(n))
		} else {
			b = leb128.AppendUint32(b, n)
		}
	}
	*c = b
}

// I32Const appends i32.const.
func (c *Code) I32Const(n int32) { *c = leb128.AppendInt32(append(*c, byte(OpI32Const)), n) }

// I64Const appends i64.const.
func (c *Code) I64Const(n int64) { *c = leb128.AppendInt64(append(*c, byte(OpI64Const)), n) }
