// Package interp runs the Programs of internal/abi on values of its own, over a
// memory and a realloc that the caller brings. It is the measure for everything
// that lifts or lowers in another way: where generated code and an interpreted
// Program differ, the generated code is wrong.
package interp

import (
	"fmt"
	"math"
)

// Value is a WIT value. Its Go type follows from its WIT type:
//
//	bool                             bool
//	u8, u16, u32, u64                uint64
//	s8, s16, s32, s64                int64
//	f32, f64                         F32, F64
//	char, string                     rune, string
//	record, tuple, list, list<T, N>  []Value, in order
//	map                              []Value of []Value{key, value}
//	variant, enum, option, result    Case
//	flags                            Flags
//	own, borrow                      whatever Handles takes and gives
//
// Two values of one type are equal if reflect.DeepEqual says so: floats are
// their bits.
type Value any

// F32 and F64 are floats as bits.
type (
	F32 uint32
	F64 uint64
)

// Case is a variant, enum, option or result: the index of the case (of an
// option none is 0, of a result ok is 0) and its payload, nil where it has none.
type Case struct {
	Index   int
	Payload Value
}

// Flags has bit n set where flag n is.
type Flags uint32

// The NaNs that all others become on their way in and out (CanonicalABI.md,
// "Loading", canonicalize_nan32, and "Storing": the deterministic profile).
const (
	canonicalNaN32 F32 = 0x7fc00000
	canonicalNaN64 F64 = 0x7ff8000000000000
)

func canonical32(f F32) F32 {
	if v := math.Float32frombits(uint32(f)); v != v {
		return canonicalNaN32
	}
	return f
}

func canonical64(f F64) F64 {
	if math.IsNaN(math.Float64frombits(uint64(f))) {
		return canonicalNaN64
	}
	return f
}

// Rule names a rule of the canonical ABI that a Trap is about.
type Rule string

// The rules that lifting and lowering trap on.
const (
	Misaligned    Rule = "a pointer is not aligned"
	OutOfBounds   Rule = "memory is not all there"
	ListTooLong   Rule = "a list is too long"
	StringTooLong Rule = "a string is too long"
	InvalidUTF8   Rule = "a string is not UTF-8"
	InvalidChar   Rule = "a char is no Unicode scalar value"
	InvalidCase   Rule = "a discriminant is not of the type"
)

// Trap is the error for a guest that breaks a rule.
type Trap struct {
	Rule   Rule
	Detail string
}

// Error returns the rule and what broke it.
func (t *Trap) Error() string { return fmt.Sprintf("trap: %s: %s", t.Rule, t.Detail) }

// BadValue is the error for a value that its WIT type does not have: of another
// Go type, out of range, with fields missing.
type BadValue struct {
	Type  string
	Value Value
}

// Error returns the value and the type.
func (b *BadValue) Error() string { return fmt.Sprintf("%v (%T) is no %s", b.Value, b.Value, b.Type) }
