package check

import (
	std "encoding/binary"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/checked"
	"github.com/witgen/witgen/component/internal/core"
	"github.com/witgen/witgen/internal/wasm"
)

// checkValue checks that the encoding of a constant is one of its type (Binary.md,
// "Value Definitions").
func (s *scope) checkValue(t checked.Ref, d *binary.Value) {
	r := &valueReader{Cursor: core.NewCursor(d.Data, s.v.at), v: s.v}
	r.SetLook(s.v.look)
	r.value(t)
	r.End("a value")
}

// valueReader reads over a constant.
type valueReader struct {
	*wasm.Cursor
	v *validator
}

func (r *valueReader) fail(format string, args ...any) { core.Malformed(r.Offset(), format, args...) }

func (r *valueReader) value(t checked.Ref) {
	r.v.work(1)
	if t.Value == nil {
		r.prim(t.Prim)
		return
	}
	o := t.Value.Origin()
	switch def := o.Def.(type) {
	case *binary.PrimType:
		r.prim(def.Prim)
	case *binary.Record, *binary.Tuple:
		for _, p := range o.Parts {
			r.value(p)
		}
	case *binary.Variant, *binary.Enum:
		n := r.Uint32()
		if count := len(checked.Labels(def)); int64(n) >= int64(count) {
			r.fail("case %d is out of range: there are %d", n, count)
		}
		if len(o.Parts) > 0 {
			r.payload(o.Parts[n])
		}
	case *binary.Option:
		if r.Flag("mark of an option") {
			r.value(o.Parts[0])
		}
	case *binary.Result:
		if r.Flag("mark of a result") {
			r.payload(o.Parts[1])
		} else {
			r.payload(o.Parts[0])
		}
	case *binary.Flags:
		r.Bytes(uint32(len(def.Labels)+7) / 8)
	case *binary.List:
		for range r.Uint32() {
			r.value(o.Parts[0])
		}
	case *binary.FixedList:
		for range def.Length {
			r.value(o.Parts[0])
		}
	case *binary.Map:
		for range r.Uint32() {
			r.value(o.Parts[0])
			r.value(o.Parts[1])
		}
	case *binary.Own, *binary.Borrow, *binary.Stream, *binary.Future:
		r.fail("a constant of %s is not possible", checked.KindName(def))
	default:
		panic(fmt.Sprintf("check: unhandled type %T", def))
	}
}

func (r *valueReader) payload(t checked.Ref) {
	if !t.Absent() {
		r.value(t)
	}
}

func (r *valueReader) prim(p binary.Prim) {
	switch p {
	case binary.Bool:
		r.Flag("bool")
	case binary.U8, binary.S8:
		r.Byte()
	case binary.U16, binary.U32:
		if v := r.Uint32(); p == binary.U16 && v > math.MaxUint16 {
			r.fail("%d is not a u16", v)
		}
	case binary.S16, binary.S32:
		if v := r.Int33(); p == binary.S16 && v != int64(int16(v)) || v != int64(int32(v)) {
			r.fail("%d is not an %s", v, p)
		}
	case binary.U64:
		r.Uint64()
	case binary.S64:
		r.Int64()
	case binary.F32:
		if b := r.Bytes(4); isNaN32(b) && [4]byte(b) != [4]byte{0, 0, 0xc0, 0x7f} {
			r.fail("a NaN must be the canonical one")
		}
	case binary.F64:
		if b := r.Bytes(8); isNaN64(b) && [8]byte(b) != [8]byte{0, 0, 0, 0, 0, 0, 0xf8, 0x7f} {
			r.fail("a NaN must be the canonical one")
		}
	case binary.Char:
		r.char()
	case binary.String:
		r.Name()
	default:
		r.fail("a constant of %s is not possible", p)
	}
}

func isNaN32(b []byte) bool {
	f := math.Float32frombits(std.LittleEndian.Uint32(b))
	return f != f
}

func isNaN64(b []byte) bool {
	return math.IsNaN(math.Float64frombits(std.LittleEndian.Uint64(b)))
}

// char reads one character in UTF-8.
func (r *valueReader) char() {
	c, n := utf8.DecodeRune(r.Ahead())
	if c == utf8.RuneError && n <= 1 {
		r.fail("a char is not valid UTF-8")
	}
	r.Bytes(uint32(n))
}
