package bind

import (
	"strings"
	"unicode/utf8"

	"github.com/witgen/witgen/canonicalabi/host"
)

// The host's work for a guest is counted in the units of package meter, and taken from
// the fuel of the call. What the guest decides counts: the sizes of what it passes, its
// handles, and how often its realloc is called.
const (
	// lookUnits is how much the host does before it looks whether the call is to stop. A
	// piece of work is as large, so at most twice as much lies between two looks.
	lookUnits = 10_000
	// elementUnits, entryOfMap, handleUnits and entryUnits are for an element of a list or a
	// value in it, for an entry of a map that is lifted, for what is done with a handle, and for the call of a function that the
	// specification prescribes, as realloc. That may run 256 units which no check of the
	// guest's counts.
	elementUnits = 8
	entryOfMap   = 64
	handleUnits  = 32
	entryUnits   = 64 + 256
	// roomUnits is for a value that is lifted to memory of its own, and for a string or list
	// however short.
	roomUnits = 4
	// copyShift, textShift and runeShift are the logarithms of how many bytes are copied,
	// checked to be UTF-8, and encoded anew for a unit.
	copyShift = 4
	textShift = 2
	runeShift = 0
	// callsToLook is how many calls of host functions lie between two looks at the context:
	// what those do is not counted, and a guest may call them a thousand times between two
	// checks of its own.
	callsToLook = 16
	// piece is how many bytes are copied between two looks.
	piece = lookUnits << copyShift
	// shortText is how many bytes of text are checked and copied without a look.
	shortText = lookUnits
)

// work counts units, for a call that has not failed before: if it was refused, another
// goroutine may be in the guest. It reports whether the call goes on.
func (c *Call) work(units uint64) bool {
	i := c.inst
	i.units += units
	return int64(i.units) < i.lookAt || c.look()
}

// done counts units of work that take no fuel, as it was taken before, or as they depend on
// more than the guest and its caller, such as the order of the keys of a map. It reports
// whether the call goes on.
func (c *Call) done(units uint64) bool {
	i := c.inst
	if c.err != nil {
		return false
	}
	i.lookAt -= int64(units)
	return int64(i.units) < i.lookAt || c.look()
}

// look is goesOn with the units that were counted, if they are as many as to be taken.
//
//go:noinline
func (c *Call) look() bool {
	i := c.inst
	units := i.units
	if i.looked != nil {
		i.looked(units - i.lookedAt + uint64(lookUnits-i.lookAt))
	}
	if units < lookUnits {
		units = 0
	}
	i.units -= units
	i.lookedAt, i.lookAt = i.units, lookUnits
	return c.err == nil && c.goesOn(units)
}

// elements counts n elements of a list or map before they are lifted or lowered.
func (c *Call) elements(n, units uint64) bool {
	if n*units <= lookUnits {
		return c.work(n * units)
	}
	return c.look() && c.goesOn(n*units)
}

// goesOn takes units from the fuel. It fails the call, and reports false, if they are more
// than is left or if its context has ended.
func (c *Call) goesOn(units uint64) bool {
	limit := c.inst.spend(c.funcName(), units)
	if limit == nil {
		return true
	}
	limit.Fatal = c.export == nil || c.nested || c.invoked || c.reallocated
	c.fail(limit)
	return false
}

// spend takes units from the fuel of the call that is under way. It returns an error that
// names a function if they are more than is left or if the caller's context has ended.
func (i *Instance) spend(name string, units uint64) *host.LimitError {
	switch {
	case !i.metering.on:
		return nil
	case !i.metering.spend(units):
		return i.metering.outOfFuel(name)
	case i.caller.Err() != nil:
		return ContextError(name, i.caller.Err())
	default:
		return nil
	}
}

// copied copies memory in pieces, and counts it.
func (c *Call) copied(dst, src []byte) {
	for len(src) > piece {
		copy(dst, src[:piece])
		dst, src = dst[piece:], src[piece:]
		if !c.work(piece >> copyShift) {
			return
		}
	}
	copy(dst, src)
	c.work(uint64(len(src)) >> copyShift)
}

// textOf returns a string of text that has been checked. It is "" if the call has failed.
func (c *Call) textOf(b []byte) string {
	if len(b) <= piece {
		c.work(uint64(len(b)) >> copyShift)
		return string(b)
	}
	var s strings.Builder
	s.Grow(len(b))
	for len(b) > 0 && c.err == nil && c.work(piece>>copyShift) {
		n := min(len(b), piece)
		s.Write(b[:n])
		b = b[n:]
	}
	return s.String()
}

// validText reports whether bytes are UTF-8. It checks them in pieces, and counts them. If
// the call has failed meanwhile, the result has no meaning.
func (c *Call) validText(b []byte) bool {
	const most = lookUnits << textShift
	for len(b) > most {
		n := most
		for n > most-utf8.UTFMax && !utf8.RuneStart(b[n]) {
			n--
		}
		if !utf8.Valid(b[:n]) {
			return false
		}
		b = b[n:]
		if !c.work(most >> textShift) {
			return true
		}
	}
	return utf8.Valid(b) && (c.work(uint64(len(b))>>textShift) || true)
}
