package bind

import (
	"encoding/binary"
	"fmt"
	"slices"
	"unicode/utf8"
	"unsafe"

	"github.com/witgen/witgen/canonicalabi/host"
)

// maxBytes is the largest size of a string or list in bytes (CanonicalABI.md,
// MAX_STRING_BYTE_LENGTH and MAX_LIST_BYTE_LENGTH).
const maxBytes = 1<<28 - 1

// number is a type whose values are the same in guest memory as in Go's, but for the
// byte order.
type number interface {
	uint8 | uint16 | uint32 | uint64 | int8 | int16 | int32 | int64 | float32 | float64
}

// otherOrder reports whether the byte order of this machine differs from WebAssembly's.
var otherOrder = binary.NativeEndian.Uint16([]byte{1, 0}) != 1

// View returns size bytes of guest memory at ptr, valid until guest code runs. It fails
// the call if ptr is not a multiple of align or the bytes are out of bounds.
func (c *Call) View(ptr, size, align uint32) ([]byte, bool) {
	if !c.CheckArea(ptr, size, align) {
		return nil, false
	}
	return c.mem[ptr : ptr+size : ptr+size], true
}

// CheckArea checks size bytes of guest memory at ptr for stores, like View.
func (c *Call) CheckArea(ptr, size, align uint32) bool {
	return c.check(ptr, uint64(size), align) && (size <= smallArea || c.work(uint64(size)>>byteShift))
}

// check reports whether a region is aligned and in bounds. It fails the call if not.
func (c *Call) check(ptr uint32, size uint64, align uint32) bool {
	if c.err != nil {
		return false
	}
	if ptr&(align-1) != 0 {
		c.trap(host.RuleAlignment, fmt.Sprintf("pointer 0x%x is not a multiple of %d", ptr, align))
		return false
	}
	if mem := c.memory(); uint64(ptr)+size > uint64(len(mem)) {
		c.trap(host.RuleBounds, fmt.Sprintf("%d bytes at 0x%x in a memory of %d", size, ptr, len(mem)))
		return false
	}
	return true
}

// Room counts a T before it is allocated, and reports whether the call may lift it.
func Room[T any](c *Call) bool {
	var zero T
	return c.err == nil && c.work(roomUnits) && c.charge(uint64(unsafe.Sizeof(zero)))
}

// charge counts n Go bytes before they are lifted. It fails the call if the limit is
// exceeded.
func (c *Call) charge(n uint64) bool {
	if n > uint64(max(c.left, 0)) {
		c.limit("size of lifted values", fmt.Sprintf("more than %d bytes in one call", c.inst.liftLimit))
		return false
	}
	c.left -= int64(n)
	return true
}

// LiftString lifts a string. ptr and n are its core values.
func (c *Call) LiftString(ptr, n uint32) string {
	if c.opts.encoding != UTF8 {
		return c.liftWide(ptr, n)
	}
	if n > maxBytes {
		c.trap(host.RuleStringLength, fmt.Sprintf("%d bytes", n))
	}
	if !c.check(ptr, uint64(n), 1) || !c.charge(uint64(n)) || !c.work(roomUnits) {
		return ""
	}
	b := c.mem[ptr : ptr+n]
	if n > shortText {
		if c.validText(b) {
			return c.textOf(b)
		}
	} else if c.work(uint64(n)>>textShift + uint64(n)>>copyShift); utf8.Valid(b) {
		return string(b)
	}
	c.trap(host.RuleUTF8, fmt.Sprintf("%d bytes at 0x%x", n, ptr))
	return ""
}

// LiftNumbers lifts a list of plain numbers as one copy.
func LiftNumbers[T number](c *Call, ptr, n uint32) []T {
	var zero T
	size := uint32(unsafe.Sizeof(zero))
	region, ok := listRegion[T](c, ptr, n, size, size)
	if !ok {
		return nil
	}
	if n == 0 {
		return []T{}
	}
	var list []T
	if len(region) <= piece {
		// The compiler does not clear a slice that is made and copied to at once.
		guest := unsafe.Slice((*T)(unsafe.Pointer(&region[0])), n)
		list = make([]T, n)
		copy(list, guest)
		c.work(uint64(len(region)) >> copyShift)
	} else {
		list = make([]T, n)
		c.copied(unsafe.Slice((*byte)(unsafe.Pointer(&list[0])), len(region)), region)
	}
	c.swapped(unsafe.Slice((*byte)(unsafe.Pointer(&list[0])), len(region)), int(size))
	return list
}

// LiftArray lifts a list<T, N> of plain numbers from its area in memory.
func LiftArray[T number](c *Call, array []T, area []byte) {
	if c.err != nil || len(array) == 0 {
		return
	}
	size := int(unsafe.Sizeof(array[0]))
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(&array[0])), len(array)*size)
	c.copied(bytes, area[:len(bytes)])
	c.swapped(bytes, size)
}

// LiftList checks a list of n elements at ptr, of size and align bytes each. It returns
// its memory, and a Go slice of n elements to fill. Both are empty if the call has
// failed.
func LiftList[T any](c *Call, ptr, n, size, align uint32) (region []byte, list []T) {
	region, ok := listRegion[T](c, ptr, n, size, align)
	if !ok {
		return nil, nil
	}
	if !c.elements(uint64(n), unitsOf(size)) {
		return nil, nil
	}
	return region, make([]T, n)
}

// listRegion checks and charges a list, and returns its memory.
func listRegion[T any](c *Call, ptr, n, size, align uint32) ([]byte, bool) {
	bytes := uint64(n) * uint64(size)
	if bytes > maxBytes {
		c.trap(host.RuleListLength, fmt.Sprintf("%d elements of %d bytes", n, size))
	}
	var zero T
	if !c.check(ptr, bytes, align) || !c.work(roomUnits) || !c.charge(uint64(n)*max(uint64(unsafe.Sizeof(zero)), 1)) {
		return nil, false
	}
	return c.mem[ptr : ptr+uint32(bytes)], true
}

// LiftMap checks a map of n entries at ptr, like LiftList, and returns a Go map to
// fill.
func LiftMap[K comparable, V any](c *Call, ptr, n, size, align uint32) (region []byte, m map[K]V) {
	bytes := uint64(n) * uint64(size)
	if bytes > maxBytes {
		c.trap(host.RuleListLength, fmt.Sprintf("%d entries of %d bytes", n, size))
	}
	var k K
	var v V
	// A map has room for twice as many entries as it holds.
	const header, overhead = 64, 16
	entry := 2*uint64(unsafe.Sizeof(k)+unsafe.Sizeof(v)) + overhead
	if !c.check(ptr, bytes, align) || !c.charge(header+uint64(n)*entry) || !c.elements(uint64(n), max(entryOfMap, unitsOf(size))) {
		return nil, nil
	}
	return c.mem[ptr : ptr+uint32(bytes)], make(map[K]V, n)
}

// LiftChar lifts a char.
func (c *Call) LiftChar(core uint32) rune {
	if core >= 0x110000 || 0xD800 <= core && core <= 0xDFFF {
		c.trap(host.RuleChar, fmt.Sprintf("0x%x", core))
		return 0
	}
	return rune(core)
}

// LiftEnum lifts an enum of n cases.
func (c *Call) LiftEnum(core, n uint32) uint32 {
	if core >= n {
		c.BadDiscriminant(core, n)
		return 0
	}
	return core
}

// BadDiscriminant fails the call because a discriminant is not less than n, the number
// of cases.
func (c *Call) BadDiscriminant(core, n uint32) {
	c.trap(host.RuleDiscriminant, fmt.Sprintf("%d of %d cases", core, n))
}

// swapped brings elements of size bytes that were copied into the byte order of the other
// side, if it has another one.
func (c *Call) swapped(bytes []byte, size int) {
	if !otherOrder {
		return
	}
	for len(bytes) > 0 && c.err == nil {
		n := min(len(bytes), lookUnits&^7)
		for i := 0; i < n; i += size {
			slices.Reverse(bytes[i : i+size])
		}
		bytes = bytes[n:]
		c.done(uint64(n))
	}
}
