package host

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The Check functions refuse a value of the host's that a guest must not be
// sent, before the guest is entered. They return nil, or the reason without a
// place, to which At, InField, InIndex and InKey add the place from the inside
// out.

// CheckString refuses a string that is not UTF-8 or is longer than WIT allows.
func CheckString(s string) *BadValueError {
	if len(s) > maxBytes {
		return badValue("a string of %d bytes is longer than the %d that WIT allows", len(s), maxBytes)
	}
	if !utf8.ValidString(s) {
		return badValue("the string is not valid UTF-8")
	}
	return nil
}

// CheckChar refuses a rune that is a surrogate or out of Unicode's range.
func CheckChar(r rune) *BadValueError {
	if !utf8.ValidRune(r) {
		return badValue("U+%04X is not a Unicode scalar value", uint32(r))
	}
	return nil
}

// CheckEnum refuses a case that an enum of n cases does not have.
func CheckEnum(v, n uint32) *BadValueError {
	if v >= n {
		return badValue("%d is not a case of the enum, which has %d", v, n)
	}
	return nil
}

// CheckFlags refuses bits beyond the first n.
func CheckFlags(v uint32, n uint) *BadValueError {
	if uint64(v)>>n != 0 {
		return badValue("0x%x has bits that are not flags; there are %d flags", v, n)
	}
	return nil
}

// CheckList refuses a list of n elements of size bytes each in guest memory that
// is longer than WIT allows.
func CheckList(n int, size uint32) *BadValueError {
	if bytes := uint64(n) * uint64(size); bytes > maxBytes {
		return badValue("a list of %d bytes is longer than the %d that WIT allows", bytes, maxBytes)
	}
	return nil
}

// NilValue refuses a variant or resource that is nil.
func NilValue(typ string) *BadValueError { return badValue("the %s is nil", typ) }

// UnknownCase refuses a value that is none of a variant's cases.
func UnknownCase(typ string, v any) *BadValueError {
	return badValue("%T is not a case of %s", v, typ)
}

func badValue(format string, args ...any) *BadValueError {
	return &BadValueError{Detail: fmt.Sprintf(format, args...)}
}

// In puts the value into a field, parameter or result called name.
func (e *BadValueError) In(name string) *BadValueError {
	if e.Path != "" && !strings.HasPrefix(e.Path, "[") {
		name += "."
	}
	e.Path = name + e.Path
	return e
}

// At puts the value at an index of a list.
func (e *BadValueError) At(index int) *BadValueError { return e.inBrackets(strconv.Itoa(index)) }

// AtKey puts the value under a key of a map.
func (e *BadValueError) AtKey(key any) *BadValueError {
	if s, ok := key.(string); ok {
		return e.inBrackets(strconv.Quote(s))
	}
	return e.inBrackets(fmt.Sprint(key))
}

func (e *BadValueError) inBrackets(index string) *BadValueError {
	dot := ""
	if e.Path != "" && !strings.HasPrefix(e.Path, "[") {
		dot = "."
	}
	e.Path = "[" + index + "]" + dot + e.Path
	return e
}
