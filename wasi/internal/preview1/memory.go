package preview1

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/tetratelabs/wazero/api"
)

// call is one call of a function by a guest.
type call struct {
	*System
	ctx   context.Context
	mem   api.Memory
	name  string
	stack []uint64
}

// PointerError is a pointer of a guest that preview 1 has it trap for: one out of its
// memory, or one that is not aligned.
type PointerError struct {
	// Func is the function that the guest called.
	Func string
	// Pointer and Size are the memory that it named.
	Pointer, Size uint32
}

// Error names the function, and the size and address of the pointer.
func (e *PointerError) Error() string {
	return fmt.Sprintf("%s: a pointer to %d bytes at %d, which is out of the guest's memory or not aligned", e.Func, e.Size, e.Pointer)
}

// u32 returns a parameter of 32 bits, u64 one of 64.
func (c *call) u32(n int) uint32 { return uint32(c.stack[n]) }
func (c *call) u64(n int) uint64 { return c.stack[n] }

// flags returns a parameter of flags, of which mask are known.
func (c *call) flags(n int, mask uint32) (uint16, errno) {
	v := c.u32(n)
	if v&^mask != 0 {
		return 0, inval
	}
	return uint16(v), success
}

// bytes returns a part of the guest's memory, which is good until the guest runs on.
func (c *call) bytes(pointer, size uint32) []byte {
	b, ok := c.mem.Read(pointer, size)
	if !ok {
		panic(&PointerError{c.name, pointer, size})
	}
	return b
}

// at is bytes for a value that is aligned.
func (c *call) at(pointer, size, align uint32) []byte {
	if pointer%align != 0 {
		panic(&PointerError{c.name, pointer, size})
	}
	return c.bytes(pointer, size)
}

// array is at for count values.
func (c *call) array(pointer, count, size, align uint32) []byte {
	if uint64(count)*uint64(size) > 1<<32-1 {
		panic(&PointerError{c.name, pointer, 1<<32 - 1})
	}
	return c.at(pointer, count*size, align)
}

// text returns a string of the guest's.
func (c *call) text(n int) string { return string(c.bytes(c.u32(n), c.u32(n+1))) }

// put32 and put64 store a result at the pointer that a parameter is.
func (c *call) put32(n int, v uint32) {
	binary.LittleEndian.PutUint32(c.at(c.u32(n), 4, 4), v)
}

func (c *call) put64(n int, v uint64) {
	binary.LittleEndian.PutUint64(c.at(c.u32(n), 8, 8), v)
}

// vectors returns the buffers that a list of pointers and lengths describes.
func (c *call) vectors(n int) [][]byte {
	list := c.array(c.u32(n), c.u32(n+1), 8, 4)
	buffers := make([][]byte, 0, min(len(list)/8, 16))
	for ; len(list) > 0; list = list[8:] {
		b := c.bytes(binary.LittleEndian.Uint32(list), binary.LittleEndian.Uint32(list[4:]))
		if len(b) > 0 {
			buffers = append(buffers, b)
		}
	}
	return buffers
}
