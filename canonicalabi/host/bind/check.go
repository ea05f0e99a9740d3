package bind

import (
	"fmt"
	"unicode/utf8"

	"github.com/witgen/witgen/canonicalabi/host"
)

// The Check functions return an error for a value that must not be sent to a guest,
// and nil for other values. The error has no path: its methods In, At and AtKey add
// the path from the inside out.

// CheckString refuses a string that is not UTF-8 or longer than WIT allows.
func CheckString(s string) *host.BadValueError {
	if len(s) > maxBytes {
		return badValue("a string of %d bytes is longer than the %d that WIT allows", len(s), maxBytes)
	}
	if !utf8.ValidString(s) {
		return badText()
	}
	return nil
}

func badText() *host.BadValueError { return badValue("the string is not valid UTF-8") }

// CheckChar refuses a rune that is a surrogate or out of Unicode's range.
func CheckChar(r rune) *host.BadValueError {
	if !utf8.ValidRune(r) {
		return badValue("U+%04X is not a Unicode scalar value", uint32(r))
	}
	return nil
}

// CheckEnum refuses a value that is not less than n, the number of the enum's cases.
func CheckEnum(v, n uint32) *host.BadValueError {
	if v >= n {
		return badValue("%d is not a case of the enum, which has %d", v, n)
	}
	return nil
}

// CheckFlags refuses a value with other bits than the lowest n.
func CheckFlags(v uint32, n uint) *host.BadValueError {
	if uint64(v)>>n != 0 {
		return badValue("0x%x has bits that are not flags; there are %d flags", v, n)
	}
	return nil
}

// CheckList refuses a list that is longer than WIT allows, of n elements of size bytes
// in guest memory.
func CheckList(n int, size uint32) *host.BadValueError {
	if bytes := uint64(n) * uint64(size); bytes > maxBytes {
		return badValue("a list of %d bytes is longer than the %d that WIT allows", bytes, maxBytes)
	}
	return nil
}

// NilValue returns the error of a variant or resource that is nil.
func NilValue(typ string) *host.BadValueError { return badValue("the %s is nil", typ) }

// UnknownCase returns the error of a value that is not a case of its variant.
func UnknownCase(typ string, v any) *host.BadValueError {
	return badValue("%T is not a case of %s", v, typ)
}

func badValue(format string, args ...any) *host.BadValueError {
	return &host.BadValueError{Detail: fmt.Sprintf(format, args...)}
}
