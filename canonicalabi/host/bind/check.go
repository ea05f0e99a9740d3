package bind

import (
	"fmt"
	"unicode/utf8"

	"github.com/witgen/witgen/canonicalabi/host"
)

// The Check functions refuse a value of the host's that a guest must not be
// sent, before the guest is entered. They return nil, or the reason without a
// place, to which At, InField, InIndex and InKey add the place from the inside
// out.

// CheckString refuses a string that is not UTF-8 or is longer than WIT allows.
func CheckString(s string) *host.BadValueError {
	if len(s) > maxBytes {
		return badValue("a string of %d bytes is longer than the %d that WIT allows", len(s), maxBytes)
	}
	if !utf8.ValidString(s) {
		return badValue("the string is not valid UTF-8")
	}
	return nil
}

// CheckChar refuses a rune that is a surrogate or out of Unicode's range.
func CheckChar(r rune) *host.BadValueError {
	if !utf8.ValidRune(r) {
		return badValue("U+%04X is not a Unicode scalar value", uint32(r))
	}
	return nil
}

// CheckEnum refuses a case that an enum of n cases does not have.
func CheckEnum(v, n uint32) *host.BadValueError {
	if v >= n {
		return badValue("%d is not a case of the enum, which has %d", v, n)
	}
	return nil
}

// CheckFlags refuses bits beyond the first n.
func CheckFlags(v uint32, n uint) *host.BadValueError {
	if uint64(v)>>n != 0 {
		return badValue("0x%x has bits that are not flags; there are %d flags", v, n)
	}
	return nil
}

// CheckList refuses a list of n elements of size bytes each in guest memory that
// is longer than WIT allows.
func CheckList(n int, size uint32) *host.BadValueError {
	if bytes := uint64(n) * uint64(size); bytes > maxBytes {
		return badValue("a list of %d bytes is longer than the %d that WIT allows", bytes, maxBytes)
	}
	return nil
}

// NilValue refuses a variant or resource that is nil.
func NilValue(typ string) *host.BadValueError { return badValue("the %s is nil", typ) }

// UnknownCase refuses a value that is none of a variant's cases.
func UnknownCase(typ string, v any) *host.BadValueError {
	return badValue("%T is not a case of %s", v, typ)
}

func badValue(format string, args ...any) *host.BadValueError {
	return &host.BadValueError{Detail: fmt.Sprintf(format, args...)}
}
