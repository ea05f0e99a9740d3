package wasm

import (
	"errors"
	"fmt"
	"iter"
	"unicode/utf8"

	"github.com/witgen/witgen/internal/leb128"
)

// ErrorKind tells the errors of this package apart.
type ErrorKind uint8

// The kinds of errors.
const (
	Malformed       ErrorKind = iota // any that is not below
	UnexpectedEnd                    // the input ends where a byte must follow
	IntegerCut                       // the input ends inside an integer
	IntegerTooLong                   // an integer has too many bytes, or bits beyond its type
	TooFewBytes                      // a length announces more bytes than follow
	TooManyItems                     // a vector has more items than bytes follow
	NotUTF8                          // a name is not UTF-8
	LeftOver                         // bytes are left where a part must end
	NotModule                        // the preamble is not that of a core module
	UnknownSection                   // a section has an id that the format does not have
	UnknownKind                      // an import or export has a kind that the format does not have
	UnknownType                      // a type starts with a byte that the format does not have
	UnknownHeapType                  // a heap type is a negative number that the format does not have
	UnknownOpcode                    // an instruction is not in the table
	NotConstant                      // an instruction stands in a constant expression and is not constant
)

// Error describes bytes that break the binary format.
type Error struct {
	Kind ErrorKind
	// Offset is the place in the file, in bytes.
	Offset int
	// Rule describes the mistake.
	Rule string
}

// Error returns the rule with the offset in hexadecimal.
func (e *Error) Error() string { return fmt.Sprintf("at offset 0x%x: %s", e.Offset, e.Rule) }

// KindOf returns the kind of an *Error, and Malformed for other errors.
func KindOf(err error) ErrorKind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Malformed
}

// Cursor reads a part of a file from front to back. The first error stays with it
// and moves it to the end of the part: everything read after it is zero, so that a
// loop over what a file announces ends. The zero Cursor is at the end of an empty
// part.
type Cursor struct {
	b      []byte // the file's bytes from base on, up to the end of the part
	pos    int
	base   int
	err    error
	onFail func(error)
	look   *Look
}

// NewCursor returns a cursor over b, which stands at offset base of its file.
func NewCursor(b []byte, base int) *Cursor { return &Cursor{b: b, base: base} }

// OnFail sets a function that is called with the first error. It may panic, for
// readers that go on with nothing after an error. Cursors made by Sub have it too.
func (c *Cursor) OnFail(f func(error)) { c.onFail = f }

// SetLook has the cursor, and cursors made by Sub from then on, fail once l ends the reading.
// Items of vectors, sections and the instructions of constant expressions are steps.
func (c *Cursor) SetLook(l *Look) { c.look = l }

// step counts a step, and fails where the reading has ended.
func (c *Cursor) step() {
	if c.look != nil {
		if err := c.look.Step(1); err != nil {
			c.Fail(err)
		}
	}
}

// Offset returns the offset of the next byte in the file.
func (c *Cursor) Offset() int { return c.base + c.pos }

// Len returns the number of bytes that are left.
func (c *Cursor) Len() int { return len(c.b) - c.pos }

// Done reports whether all bytes are read.
func (c *Cursor) Done() bool { return c.pos == len(c.b) }

// Err returns the first error, or nil.
func (c *Cursor) Err() error { return c.err }

// Fail records an error, where it is the first, and moves to the end.
func (c *Cursor) Fail(err error) {
	if c.err != nil {
		return
	}
	c.err = err
	c.pos = len(c.b)
	if c.onFail != nil {
		c.onFail(err)
	}
}

// FailAt is Fail with an *Error at an offset of the file.
func (c *Cursor) FailAt(offset int, kind ErrorKind, format string, args ...any) {
	c.Fail(&Error{Kind: kind, Offset: offset, Rule: fmt.Sprintf(format, args...)})
}

func (c *Cursor) failHere(kind ErrorKind, format string, args ...any) {
	c.FailAt(c.Offset(), kind, format, args...)
}

// Peek returns the next byte without reading it, and fails at the end.
func (c *Cursor) Peek() byte {
	if c.pos < len(c.b) {
		return c.b[c.pos]
	}
	c.failHere(UnexpectedEnd, "the binary ends too early")
	return 0
}

// Byte reads a byte.
func (c *Cursor) Byte() byte {
	if c.pos < len(c.b) {
		c.pos++
		return c.b[c.pos-1]
	}
	return c.Peek() // which fails
}

// Bytes reads n bytes. They share the file's memory.
func (c *Cursor) Bytes(n uint32) []byte {
	if int64(n) > int64(c.Len()) {
		c.failHere(TooFewBytes, "%d bytes are announced and %d are left", n, c.Len())
		return nil
	}
	from := c.pos
	c.pos += int(n)
	return c.b[from:c.pos:c.pos]
}

// Rest reads all bytes that are left.
func (c *Cursor) Rest() []byte {
	from := c.pos
	c.pos = len(c.b)
	return c.b[from:c.pos:c.pos]
}

// Ahead returns the bytes that are left without reading them.
func (c *Cursor) Ahead() []byte { return c.b[c.pos:len(c.b):len(c.b)] }

// Since returns the bytes from an earlier [Cursor.Offset] to the next byte.
func (c *Cursor) Since(offset int) []byte { return c.b[offset-c.base : c.pos : c.pos] }

// Sub skips n bytes and returns a cursor over them, with the same offsets. Where it
// fails, so does the cursor that it returns.
func (c *Cursor) Sub(n uint32) *Cursor {
	sub := *c
	c.Bytes(n)
	if c.err != nil {
		sub.err, sub.pos = c.err, len(c.b)
		return &sub
	}
	sub.b = c.b[:c.pos:c.pos]
	return &sub
}

// took moves on by the bytes of an integer, as the leb128 package counts them.
func (c *Cursor) took(n int) {
	switch {
	case n == 0:
		c.failHere(IntegerCut, "the binary ends inside an integer")
	case n < 0:
		c.failHere(IntegerTooLong, "an integer is too long or too large for its type")
	default:
		c.pos += n
	}
}

// Short reads an unsigned integer of one byte. It reports false, and reads nothing, where
// the next one takes more. It is a shortcut for those who read much code: the compiler
// inlines it, unlike Uint32.
func (c *Cursor) Short() (uint32, bool) {
	if i := c.pos; i < len(c.b) && c.b[i] < 0x80 {
		c.pos = i + 1
		return uint32(c.b[i]), true
	}
	return 0, false
}

// Uint32 reads an unsigned integer of 32 bits.
func (c *Cursor) Uint32() uint32 {
	if v, ok := c.Short(); ok {
		return v
	}
	v, n := leb128.Uint32(c.b[c.pos:])
	c.took(n)
	return v
}

// Uint64 reads an unsigned integer of 64 bits.
func (c *Cursor) Uint64() uint64 {
	v, n := leb128.Uint64(c.b[c.pos:])
	c.took(n)
	return v
}

// Int32 reads a signed integer of 32 bits.
func (c *Cursor) Int32() int32 {
	v, n := leb128.Int32(c.b[c.pos:])
	c.took(n)
	return v
}

// Int33 reads a signed integer of 33 bits, as block types and heap types are.
func (c *Cursor) Int33() int64 {
	v, n := leb128.Int33(c.b[c.pos:])
	c.took(n)
	return v
}

// Int64 reads a signed integer of 64 bits.
func (c *Cursor) Int64() int64 {
	v, n := leb128.Int64(c.b[c.pos:])
	c.took(n)
	return v
}

// LaxInt32 reads a signed integer of 32 bits whose last byte may have any bits beyond 32:
// engines take such code. It reports whether the integer is well-formed; the number is
// of use only then.
func (c *Cursor) LaxInt32() (v int32, ok bool) {
	if v, ok := c.Short(); ok {
		return int32(v) << 25 >> 25, true
	}
	rest := c.b[c.pos:]
	n := leb128.Len(rest, leb128.MaxLen32)
	c.took(n)
	v, exact := leb128.Int32(rest)
	return v, exact == n && n > 0
}

// SkipInt64 skips a signed integer of 64 bits, whose last byte may have any bits beyond 64.
func (c *Cursor) SkipInt64() {
	if _, ok := c.Short(); !ok {
		c.took(leb128.Len(c.b[c.pos:], leb128.MaxLen64))
	}
}

// Items reads the length of a vector, as Count does, and yields the number of each item,
// which must be read before the next. It stops at the first error.
func (c *Cursor) Items() iter.Seq[uint32] { return c.Times(c.Count()) }

// Times yields the numbers below n, for n items that are read one after the other. It
// stops at the first error.
func (c *Cursor) Times(n uint32) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for i := uint32(0); i < n && c.err == nil; i++ {
			if c.step(); c.err != nil || !yield(i) {
				return
			}
		}
	}
}

// Count reads the length of a vector whose items take at least one byte each. It
// fails where fewer bytes are left: nothing may be allocated by a length that the
// file cannot hold.
func (c *Cursor) Count() uint32 {
	at := c.Offset()
	n := c.Uint32()
	if int64(n) > int64(c.Len()) {
		c.FailAt(at, TooManyItems, "a vector has %d items and %d bytes are left", n, c.Len())
		return 0
	}
	return n
}

// Name reads a name: UTF-8 with its length.
func (c *Cursor) Name() string {
	at := c.Offset()
	b := c.Bytes(c.Uint32())
	if !utf8.Valid(b) {
		c.FailAt(at, NotUTF8, "a name is not valid UTF-8")
		return ""
	}
	return string(b)
}

// OneOf reads a byte that must be at most most. what names it in the error, as in
// "invalid form of a name 0x02".
func (c *Cursor) OneOf(most byte, what string) byte {
	b := c.Peek()
	if b > most {
		c.failHere(Malformed, "invalid %s 0x%02x", what, b)
		return 0
	}
	return c.Byte()
}

// Flag reads 0 or 1.
func (c *Cursor) Flag(what string) bool { return c.OneOf(1, what) == 1 }

// Expect reads a byte that must be b.
func (c *Cursor) Expect(b byte, what string) {
	if got := c.Peek(); got != b {
		c.failHere(Malformed, "0x%02x stands where %s, 0x%02x, must stand", got, what, b)
		return
	}
	c.Byte()
}

// End fails where bytes are left; what names the part.
func (c *Cursor) End(what string) {
	if !c.Done() {
		c.failHere(LeftOver, "%d bytes are left at the end of %s", c.Len(), what)
	}
}

// Vec reads a vector. It makes no room for more items than there are bytes left, and
// stops at the first error.
func Vec[T any](c *Cursor, item func() T) []T {
	n := c.Uint32()
	items := make([]T, 0, min(int64(n), int64(c.Len()), 64))
	for ; n > 0 && c.err == nil; n-- {
		if c.step(); c.err == nil {
			items = append(items, item())
		}
	}
	return items
}

// Indices reads a vector of indices.
func (c *Cursor) Indices() []uint32 { return Vec(c, c.Uint32) }
