package preview1

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/wasi/internal/files"
)

// call is one call of a function by a guest.
type call struct {
	*System
	ctx   context.Context
	mem   api.Memory
	name  string
	stack []uint64
	units func(ctx context.Context, name string, units uint64)
}

// The host's work is counted in units of package meter, a nanosecond or less each.
const (
	// callUnits are for a call of a function, vectorUnits for a buffer that it names,
	// entryUnits for an entry of a folder and subscriptionUnits for a subscription.
	callUnits, vectorUnits, entryUnits, subscriptionUnits = 320, 8, 320, 64
	// systemUnits are for a call of the system, elementUnits for an element of a path.
	systemUnits, elementUnits = 2000, 1000
	// mostUnits is how many are counted at a time at most.
	mostUnits = 16 << 10
	// copyUnit is how many bytes are copied for a unit.
	copyUnit = 16
	// most is how many buffers one call takes, and mostBytes how many bytes: a guest asks
	// for the rest by another call.
	most, mostBytes = 1024, 1<<31 - 1
	// maxText is how many bytes of a string the host looks at. All longer ones are refused
	// alike.
	maxText = 1 << 16
)

// work counts units before they are done. It panics if the call is to stop, and so the
// guest traps.
func (c *call) work(units uint64) { c.units(c.ctx, c.name, units) }

// pieces cuts a buffer into pieces that a unit a byte may be spent on at a time.
func (c *call) pieces(b []byte) iter.Seq[[]byte] { return slices.Chunk(b, mostUnits) }

// copied counts the copying of a buffer that has at most mostUnits*copyUnit bytes.
func (c *call) copied(b []byte) { c.work(uint64(len(b)) / copyUnit) }

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

// text returns a string of the guest's, cut to maxText.
func (c *call) text(n int) string {
	b := c.bytes(c.u32(n), c.u32(n+1))
	return string(b[:min(len(b), maxText)])
}

// path is text for a path, and counts the walk along it.
func (c *call) path(n int) string {
	path := c.text(n)
	for units := systemUnits + elementUnits*uint64(strings.Count(path[:min(len(path), files.MaxPath)], "/")); units > 0; {
		step := min(units, mostUnits)
		c.work(step)
		units -= step
	}
	return path
}

// put32 and put64 store a result at the pointer that a parameter is.
func (c *call) put32(n int, v uint32) {
	binary.LittleEndian.PutUint32(c.at(c.u32(n), 4, 4), v)
}

func (c *call) put64(n int, v uint64) {
	binary.LittleEndian.PutUint64(c.at(c.u32(n), 8, 8), v)
}

// vectors returns the buffers that a list of pointers and lengths describes, the first
// that have bytes, up to most and mostBytes.
func (c *call) vectors(n int) [][]byte {
	list := c.array(c.u32(n), c.u32(n+1), 8, 4)
	buffers := make([][]byte, 0, min(len(list)/8, 16))
	left := mostBytes
	for at := 0; at < len(list) && len(buffers) < most && left > 0; at += 8 {
		if at%(most*8) == 0 {
			c.work(vectorUnits * uint64(min(len(list)/8, most)))
		}
		b := c.bytes(binary.LittleEndian.Uint32(list[at:]), binary.LittleEndian.Uint32(list[at+4:]))
		if b = b[:min(len(b), left)]; len(b) > 0 {
			buffers = append(buffers, b)
			left -= len(b)
		}
	}
	return buffers
}
