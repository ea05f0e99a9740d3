package preview1

import (
	"encoding/binary"

	"github.com/witgen/witgen/internal/leb128"
)

// code is a sequence of core instructions in binary.
type code []byte

// seq joins instructions.
func seq(parts ...code) code {
	var all code
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// The instructions without immediates that the adapter is made of. What they take
// stands on the stack.
var (
	unreachable = code{0x00}
	ret         = code{0x0f}
	selectOp    = code{0x1b}
	i32Eqz      = code{0x45}
	i32GtU      = code{0x4b}
	i32Add      = code{0x6a}
	i32Sub      = code{0x6b}
	i32And      = code{0x71}
	i32ShrU     = code{0x76}
	i64LtU      = code{0x54}
	i64GtU      = code{0x56}
	i64Add      = code{0x7c}
	i64Mul      = code{0x7e}
	i64Xor      = code{0x85}
	i64ShrU     = code{0x88}
)

func get(local uint32) code { return leb128.AppendUint32(code{0x20}, local) }
func set(local uint32) code { return leb128.AppendUint32(code{0x21}, local) }

func getGlobal(global uint32) code { return leb128.AppendUint32(code{0x23}, global) }
func setGlobal(global uint32) code { return leb128.AppendUint32(code{0x24}, global) }

func i32(n int32) code  { return leb128.AppendInt32(code{0x41}, n) }
func i64(n uint64) code { return leb128.AppendInt64(code{0x42}, int64(n)) }

// memory is a load or store at an address plus an offset. It asks for no alignment,
// since the addresses are the guest's.
func memory(op byte, offset uint32) code { return leb128.AppendUint32(code{op, 0}, offset) }

func load8(offset uint32) code   { return memory(0x2d, offset) } // i32.load8_u
func load32(offset uint32) code  { return memory(0x28, offset) }
func load64(offset uint32) code  { return memory(0x29, offset) }
func store8(offset uint32) code  { return memory(0x3a, offset) }
func store16(offset uint32) code { return memory(0x3b, offset) }
func store32(offset uint32) code { return memory(0x36, offset) }
func store64(offset uint32) code { return memory(0x37, offset) }

// store64As8 stores the lowest byte of an i64.
func store64As8(offset uint32) code { return memory(0x3c, offset) }

const noResult = 0x40 // the type of a block without parameters and results

// when runs body where the i32 on the stack is not zero.
func when(body ...code) code { return seq(code{0x04, noResult}, seq(body...), code{0x0b}) }

// whenElse runs one of two.
func whenElse(then, otherwise code) code {
	return seq(code{0x04, noResult}, then, code{0x05}, otherwise, code{0x0b})
}

// forEach runs body n times, where n is an i32 local that counts down to zero.
func forEach(n uint32, body ...code) code {
	return seq(
		code{0x02, noResult},          // block
		code{0x03, noResult},          // loop
		get(n), i32Eqz, code{0x0d, 1}, // br_if out of the block
		seq(body...),
		increase(n, -1),
		code{0x0c, 0}, // br to the loop
		code{0x0b, 0x0b},
	)
}

// increase adds to an i32 local.
func increase(local uint32, by int32) code {
	return seq(get(local), i32(by), i32Add, set(local))
}

// valTypes returns value types in binary: i stands for i32 and l for i64.
func valTypes(letters string) []byte {
	types := make([]byte, len(letters))
	for n, letter := range []byte(letters) {
		types[n] = map[byte]byte{'i': 0x7f, 'l': 0x7e}[letter]
	}
	return types
}

// vector appends a count and that many bytes or items.
func vector(b []byte, count int, items []byte) []byte {
	return append(leb128.AppendUint32(b, uint32(count)), items...)
}

func name(b []byte, s string) []byte { return vector(b, len(s), []byte(s)) }

// section appends a section of a module.
func section(b []byte, id byte, contents []byte) []byte {
	return vector(append(b, id), len(contents), contents)
}

// head is the preamble of a core module.
var head = binary.LittleEndian.AppendUint32([]byte("\x00asm"), 1)
