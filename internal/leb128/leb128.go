// Package leb128 reads and appends the variable-length integers of the WebAssembly binary format.
//
// The decoders follow section 5.2.2 of the core specification: an integer of N bits takes at most
// ceil(N/7) bytes, and the bits of the last byte that lie beyond N are zero (unsigned) or equal to the
// sign (signed). Longer encodings of small numbers within that length are allowed.
package leb128

// The most bytes that an integer takes.
const (
	MaxLen32 = 5
	MaxLen33 = 5
	MaxLen64 = 10
)

// Uint32 reads an unsigned 32-bit integer from the start of b. It returns the value and the number of
// bytes it took: 0 where b ends too early, and minus the number of bytes looked at where the encoding
// is too long or has bits beyond 32.
func Uint32(b []byte) (uint32, int) {
	// Most integers in a module take one byte.
	if len(b) > 0 && b[0] < 0x80 {
		return uint32(b[0]), 1
	}
	v, n := unsigned(b, 32)
	return uint32(v), n
}

// Uint64 reads an unsigned 64-bit integer; see [Uint32] for the count.
func Uint64(b []byte) (uint64, int) { return unsigned(b, 64) }

// Int32 reads a signed 32-bit integer; see [Uint32] for the count.
func Int32(b []byte) (int32, int) {
	v, n := signed(b, 32)
	return int32(v), n
}

// Int33 reads a signed 33-bit integer, which is how block types and heap types are written; see
// [Uint32] for the count.
func Int33(b []byte) (int64, int) { return signed(b, 33) }

// Int64 reads a signed 64-bit integer; see [Uint32] for the count.
func Int64(b []byte) (int64, int) { return signed(b, 64) }

func unsigned(b []byte, bits uint) (uint64, int) {
	var v uint64
	var shift uint
	for i := 0; i < len(b); i++ {
		c := b[i]
		if shift+7 >= bits { // the last byte there can be
			if c >= 1<<(bits-shift) {
				return 0, -(i + 1)
			}
			return v | uint64(c)<<shift, i + 1
		}
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v, i + 1
		}
		shift += 7
	}
	return 0, 0
}

func signed(b []byte, bits uint) (int64, int) {
	var v int64
	var shift uint
	for i := 0; i < len(b); i++ {
		c := b[i]
		if shift+7 >= bits { // the last byte there can be
			used := bits - shift
			// Bit used-1 is the sign; the unused bits above it, up to bit 6, repeat it.
			high := int8(c<<1) >> used // arithmetic: all ones or all zeros where they agree
			if c >= 0x80 || (high != 0 && high != -1) {
				return 0, -(i + 1)
			}
			return v | int64(int8(c<<1)>>1)<<shift, i + 1
		}
		v |= int64(c&0x7f) << shift
		shift += 7
		if c < 0x80 {
			return v << (64 - shift) >> (64 - shift), i + 1
		}
	}
	return 0, 0
}

// Len returns how many bytes the integer at the start of b takes, by the bits that tell that another byte
// follows: 0 where b ends too early, and minus the number of bytes looked at where it takes more than most.
// It does not look at the value.
func Len(b []byte, most int) int {
	for i, c := range b {
		if i == most {
			return -i
		}
		if c < 0x80 {
			return i + 1
		}
	}
	return 0
}

// AppendUint32 appends the shortest encoding of v to b.
func AppendUint32(b []byte, v uint32) []byte { return AppendUint64(b, uint64(v)) }

// AppendUint64 appends the shortest encoding of v to b.
func AppendUint64(b []byte, v uint64) []byte {
	for v >= 0x80 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}

// AppendInt32 appends the shortest encoding of v to b.
func AppendInt32(b []byte, v int32) []byte { return AppendInt64(b, int64(v)) }

// AppendInt64 appends the shortest encoding of v to b. A 33-bit integer is written by it too.
func AppendInt64(b []byte, v int64) []byte {
	for v < -0x40 || v >= 0x40 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v&0x7f))
}

// LenUint32 is the number of bytes that [AppendUint32] appends.
func LenUint32(v uint32) int {
	n := 1
	for v >= 0x80 {
		v >>= 7
		n++
	}
	return n
}
