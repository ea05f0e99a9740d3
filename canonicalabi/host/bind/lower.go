package bind

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"unsafe"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/types"
)

// Realloc allocates size bytes of guest memory by the guest's realloc, and checks that
// they are aligned and in bounds. It returns 0 if the call has failed. The guest is asked
// for 0 bytes too (store_string and store_list in CanonicalABI.md): what it returns is the
// pointer that it gets, and some free it.
func (c *Call) Realloc(size, align uint32) uint32 {
	return c.resize(0, 0, align, size)
}

// resize changes the size of memory that the guest allocated, or allocates memory if
// old is 0.
func (c *Call) resize(old, oldSize, align, size uint32) uint32 {
	if c.err != nil {
		return 0
	}
	i, o := c.inst, c.opts
	if !o.realloc.found() && !o.lookupRealloc() {
		c.trap(host.RuleRealloc, "the guest exports no cabi_realloc")
		return 0
	}
	if !c.work(entryUnits) {
		return 0
	}
	c.scratch = [4]uint64{uint64(old), uint64(oldSize), uint64(align), uint64(size)}
	mayLeave := o.comp.mayLeave
	o.comp.mayLeave, c.slow, c.reallocated = false, true, true
	var err error
	if c.nested {
		err = i.callLeaf(c.funcName(), &o.realloc, c.scratch[:])
	} else {
		err = o.realloc.CallWithStack(i.context(), c.scratch[:])
	}
	o.comp.mayLeave = mayLeave
	c.mem = nil
	if o.realloc.grown() && !i.keeps(&o.realloc) {
		o.realloc = coreFunc{}
		i.reallocs--
	}
	if err != nil {
		c.fail(i.guestError(c.funcName(), host.RuleReallocTrap, err))
		return 0
	}
	ptr := uint32(c.scratch[0])
	if mem := c.memory(); ptr&(align-1) != 0 || uint64(ptr)+uint64(size) > uint64(len(mem)) {
		c.trap(host.RuleRealloc, fmt.Sprintf("0x%x for %d bytes aligned to %d in a memory of %d", ptr, size, align, len(mem)))
		return 0
	}
	return ptr
}

// LowerString lowers a string to new memory.
func (c *Call) LowerString(s string) (ptr, n uint32) {
	if c.export == nil { // parameters of exports are checked before Begin
		c.checkText(s)
	}
	if c.opts.encoding != UTF8 {
		return c.lowerWide(s)
	}
	ptr = c.Realloc(uint32(len(s)), 1)
	if c.err != nil || len(s) == 0 {
		return ptr, 0
	}
	if len(s) <= shortText {
		copy(c.mem[ptr:], s)
		c.work(uint64(len(s)) >> copyShift)
	} else {
		c.copied(c.mem[ptr:], unsafe.Slice(unsafe.StringData(s), len(s)))
	}
	return ptr, uint32(len(s))
}

// checkText is CheckString of a string that a host function returned. It fails the call
// because of a bad one.
func (c *Call) checkText(s string) {
	switch {
	case c.err != nil:
	case len(s) > maxBytes:
		c.refuseBad(CheckString(s))
	case !c.validText(unsafe.Slice(unsafe.StringData(s), len(s))):
		c.refuseBad(badText())
	}
}

// LowerNumbers lowers a list of plain numbers to new memory by one copy.
func LowerNumbers[T number](c *Call, list []T) (ptr, n uint32) {
	var zero T
	size := int(unsafe.Sizeof(zero))
	ptr = c.LowerList(len(list), uint32(size), uint32(size))
	if c.err != nil || len(list) == 0 {
		return ptr, 0
	}
	region := c.mem[ptr : int(ptr)+len(list)*size]
	c.copied(region, unsafe.Slice((*byte)(unsafe.Pointer(&list[0])), len(region)))
	c.swapped(region, size)
	return ptr, uint32(len(list))
}

// StoreArray stores a list<T, N> of plain numbers at ptr, under the conditions of
// StoreUint8.
func StoreArray[T number](c *Call, ptr uint32, array []T) {
	mem := c.memory()
	if c.err != nil || len(array) == 0 {
		return
	}
	size := int(unsafe.Sizeof(array[0]))
	if uint64(ptr)+uint64(len(array)*size) > uint64(len(mem)) {
		return
	}
	region := mem[ptr : int(ptr)+len(array)*size]
	c.copied(region, unsafe.Slice((*byte)(unsafe.Pointer(&array[0])), len(region)))
	c.swapped(region, size)
}

// LowerList allocates memory for a list of n elements of size and align bytes each,
// which the caller fills by stores.
func (c *Call) LowerList(n int, size, align uint32) (ptr uint32) {
	if bytes := uint64(n) * uint64(size); bytes > maxBytes {
		c.refuseBad(badValue("a list of %d bytes is longer than the %d that WIT allows", bytes, maxBytes))
		return 0
	}
	if c.err == nil {
		c.elements(uint64(n), unitsOf(size))
	}
	return c.Realloc(uint32(n)*size, align)
}

// StoreUint8 stores a byte at ptr, in memory that Realloc, LowerList or CheckArea has
// checked. A failed call stores nothing.
func (c *Call) StoreUint8(ptr uint32, v uint8) {
	if mem := c.memory(); c.err == nil && uint64(ptr) < uint64(len(mem)) {
		mem[ptr] = v
	}
}

// StoreUint16 stores two bytes, like StoreUint8.
func (c *Call) StoreUint16(ptr uint32, v uint16) {
	if mem := c.memory(); c.err == nil && uint64(ptr)+2 <= uint64(len(mem)) {
		binary.LittleEndian.PutUint16(mem[ptr:], v)
	}
}

// StoreUint32 stores four bytes, like StoreUint8.
func (c *Call) StoreUint32(ptr uint32, v uint32) {
	if mem := c.memory(); c.err == nil && uint64(ptr)+4 <= uint64(len(mem)) {
		binary.LittleEndian.PutUint32(mem[ptr:], v)
	}
}

// StoreUint64 stores eight bytes, like StoreUint8.
func (c *Call) StoreUint64(ptr uint32, v uint64) {
	if mem := c.memory(); c.err == nil && uint64(ptr)+8 <= uint64(len(mem)) {
		binary.LittleEndian.PutUint64(mem[ptr:], v)
	}
}

// StoreFloat32 stores the bits of a float, like StoreUint8.
func (c *Call) StoreFloat32(ptr uint32, v float32) { c.StoreUint32(ptr, math.Float32bits(v)) }

// StoreFloat64 stores the bits of a float, like StoreUint8.
func (c *Call) StoreFloat64(ptr uint32, v float64) { c.StoreUint64(ptr, math.Float64bits(v)) }

// StoreBool stores a bool as a byte, like StoreUint8.
func (c *Call) StoreBool(ptr uint32, v bool) { c.StoreUint8(ptr, uint8(types.FromBool(v))) }

// LowerChar lowers a char. A bad one fails the call: parameters of exports are checked
// before Begin, but results of host functions are not.
func (c *Call) LowerChar(r rune) uint32 {
	c.refuseBad(CheckChar(r))
	return uint32(r)
}

// LowerEnum lowers an enum of n cases, like LowerChar.
func (c *Call) LowerEnum(v, n uint32) uint32 {
	c.refuseBad(CheckEnum(v, n))
	return v
}

// LowerFlags lowers n flags, like LowerChar.
func (c *Call) LowerFlags(v uint32, n uint) uint32 {
	c.refuseBad(CheckFlags(v, n))
	return v
}

// BadVariant fails the call because a variant from the host is nil.
func (c *Call) BadVariant(typ string) { c.refuseBad(NilValue(typ)) }

// SendsError reports whether the guest gets an error that a host function returned, as
// the error of a WIT result without an error type. If not, the call has failed with
// it.
func (c *Call) SendsError(err error) bool {
	if isFatal(err) {
		c.Fail(err)
		return false
	}
	return true
}

// ErrorText returns the text that the guest gets for an error that a host function
// returned, if the error type in WIT is string. ok is false if the guest does not get
// the error; the call has failed with it then.
func (c *Call) ErrorText(err error) (text string, ok bool) {
	if !c.SendsError(err) {
		return "", false
	}
	if text, ok := types.AsError[string](err); ok {
		return text, true
	}
	return strings.ToValidUTF8(err.Error(), "\uFFFD"), true
}

// AsError returns the WIT error of type E in an error that a host function returned.
// ok is false if the guest must not get the error or it is not an E; the call has
// failed with it then.
func AsError[E any](c *Call, err error) (e E, ok bool) {
	// Most errors are an E themselves, and wrap nothing that could be fatal.
	if e, ok := any(err).(E); ok {
		return e, true
	}
	if e, ok := err.(types.Error[E]); ok {
		return e.Value, true
	}
	if isFatal(err) {
		c.Fail(err)
		return e, false
	}
	if e, ok = types.AsError[E](err); !ok {
		c.Fail(err)
	}
	return e, ok
}

// isFatal reports whether the guest must not get an error that a host function
// returned, since it is a trap, an exit, a limit or the end of a context.
func isFatal(err error) bool {
	var trap *host.Trap
	var limit *host.LimitError
	var instance *host.InstanceError
	var exit *host.ExitError
	return errors.As(err, &trap) || errors.As(err, &exit) || errors.As(err, &limit) || errors.As(err, &instance) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
