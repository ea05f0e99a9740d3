package meter

import (
	"unicode/utf8"

	"github.com/witgen/witgen/internal/leb128"
)

// A reader reads the parts of a module other than code. Its positions are offsets in the module. The
// first error stays, and everything read after it is zero.
type reader struct {
	b   []byte // the module up to the end of the part that is read
	pos int
	err *Error
}

func (r *reader) fail(kind error, rule string) {
	if r.err == nil {
		r.err = &Error{Kind: kind, Rule: rule, Func: -1, Offset: r.pos}
	}
	r.pos = len(r.b)
}

// limit fails where got exceeds a limit that is set.
func (r *reader) limit(name string, got, limit uint64) {
	if limit != 0 && got > limit && r.err == nil {
		r.fail(ErrLimit, name)
		r.err.Got, r.err.Limit = got, limit
	}
}

func (r *reader) left() int { return len(r.b) - r.pos }

func (r *reader) byte() byte {
	if r.pos >= len(r.b) {
		r.fail(ErrMalformed, "unexpected end")
		return 0
	}
	c := r.b[r.pos]
	r.pos++
	return c
}

func (r *reader) bytes(n uint32) []byte {
	if uint64(n) > uint64(r.left()) {
		r.fail(ErrMalformed, "unexpected end")
		return nil
	}
	b := r.b[r.pos : r.pos+int(n)]
	r.pos += int(n)
	return b
}

func (r *reader) u32() uint32 {
	v, n := leb128.Uint32(r.b[r.pos:])
	r.advance(n)
	return v
}

func (r *reader) s33() int64 {
	v, n := leb128.Int33(r.b[r.pos:])
	r.advance(n)
	return v
}

func (r *reader) advance(n int) {
	if n <= 0 {
		if n == 0 {
			r.fail(ErrMalformed, "unexpected end")
		} else {
			r.fail(ErrMalformed, "integer too long")
		}
		return
	}
	r.pos += n
}

// count reads the length of a vector whose items take at least one byte each. No length is believed
// that the bytes at hand cannot hold: wazero allocates by it.
func (r *reader) count() uint32 {
	n := r.u32()
	if uint64(n) > uint64(r.left()) {
		r.fail(ErrMalformed, "vector longer than its section")
		return 0
	}
	return n
}

// index reads an index and checks that it is below n.
func (r *reader) index(n uint32, rule string) uint32 {
	at := r.pos
	i := r.u32()
	if i >= n && r.err == nil {
		r.pos = at
		r.fail(ErrMalformed, rule)
	}
	return i
}

func (r *reader) name() string {
	at := r.pos
	b := r.bytes(r.u32())
	if !utf8.Valid(b) {
		r.pos = at
		r.fail(ErrMalformed, "name is not valid UTF-8")
	}
	return string(b)
}
