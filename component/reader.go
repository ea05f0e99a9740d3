package component

import (
	"fmt"
	"unicode/utf8"

	"github.com/witgen/witgen/internal/leb128"
)

// reader reads a part of a file. Its methods panic with *Error.
type reader struct {
	data []byte
	at   int // of the next byte in data
	base int // offset of data in the file
}

// offset returns the offset of the next byte in the file.
func (r *reader) offset() int { return r.base + r.at }

func (r *reader) done() bool { return r.at == len(r.data) }

// fail ends reading at the next byte.
func (r *reader) fail(format string, args ...any) { failAt(r.offset(), format, args...) }

func failAt(offset int, format string, args ...any) {
	panic(&Error{Offset: offset, Malformed: true, Rule: fmt.Sprintf(format, args...)})
}

func (r *reader) byte() byte {
	if r.done() {
		r.fail("the binary ends too early")
	}
	b := r.data[r.at]
	r.at++
	return b
}

func (r *reader) peek() byte {
	if r.done() {
		r.fail("the binary ends too early")
	}
	return r.data[r.at]
}

// oneOf reads a byte that must be at most max.
func (r *reader) oneOf(max byte, what string) byte {
	b := r.byte()
	if b > max {
		r.at--
		r.fail("0x%02x is no %s", b, what)
	}
	return b
}

// flag reads 0 or 1.
func (r *reader) flag(what string) bool { return r.oneOf(1, what+", which is 0x00 or 0x01") == 1 }

// expect reads a byte that must be b.
func (r *reader) expect(b byte, what string) {
	if got := r.byte(); got != b {
		r.at--
		r.fail("0x%02x stands where %s, 0x%02x, must stand", got, what, b)
	}
}

func (r *reader) bytes(n uint32) []byte {
	if int64(n) > int64(len(r.data)-r.at) {
		r.fail("%d bytes are announced and %d are there", n, len(r.data)-r.at)
	}
	b := r.data[r.at : r.at+int(n) : r.at+int(n)]
	r.at += int(n)
	return b
}

// sub returns a reader of the next n bytes and skips them.
func (r *reader) sub(n uint32) *reader {
	base := r.offset()
	return &reader{data: r.bytes(n), base: base}
}

// took moves on by n bytes as the leb128 package counts them.
func (r *reader) took(n int) {
	switch {
	case n == 0:
		r.fail("the binary ends inside an integer")
	case n < 0:
		r.fail("an integer is too long or too large for its type")
	}
	r.at += n
}

func (r *reader) u32() uint32 {
	v, n := leb128.Uint32(r.data[r.at:])
	r.took(n)
	return v
}

func (r *reader) u64() uint64 {
	v, n := leb128.Uint64(r.data[r.at:])
	r.took(n)
	return v
}

func (r *reader) s33() int64 {
	v, n := leb128.Int33(r.data[r.at:])
	r.took(n)
	return v
}

func (r *reader) s64() int64 {
	v, n := leb128.Int64(r.data[r.at:])
	r.took(n)
	return v
}

// name reads a core:name: UTF-8 with its length.
func (r *reader) name() string {
	start := r.offset()
	b := r.bytes(r.u32())
	if !utf8.Valid(b) {
		failAt(start, "a name is not valid UTF-8")
	}
	return string(b)
}

// vec reads a vector. It never makes room for more items than there are bytes
// left, since each takes one at least.
func vec[T any](r *reader, item func() T) []T {
	n := r.u32()
	items := make([]T, 0, min(int64(n), int64(len(r.data)-r.at), 64))
	for range n {
		items = append(items, item())
	}
	return items
}

// indices reads a vector of indices.
func (r *reader) indices() []uint32 { return vec(r, r.u32) }

// end checks that everything was read.
func (r *reader) end(what string) {
	if !r.done() {
		r.fail("%d bytes are left at the end of %s", len(r.data)-r.at, what)
	}
}
