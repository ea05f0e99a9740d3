// Package fault has the error of the packages that read and make components, and
// the panics by which they end: decoders and the validator read like the grammar and
// the rules, and what the outside calls recovers with [Catch].
package fault

import (
	"errors"
	"fmt"

	"github.com/witgen/witgen/internal/wasm"
)

// Error describes the mistake in a binary, or in what a binary shall be made of.
type Error struct {
	// Offset is the place in the file, in bytes, and -1 where the error has none.
	Offset int
	// Malformed is true where the binary breaks the format itself, and false where
	// it breaks a rule of validation.
	Malformed bool
	// Rule describes the mistake and what the specification asks for.
	Rule string
}

// Error returns the rule with the offset in hexadecimal.
func (e *Error) Error() string {
	if e.Offset < 0 {
		return e.Rule
	}
	return fmt.Sprintf("at offset 0x%x: %s", e.Offset, e.Rule)
}

// Catch turns the panic of an *Error into an error. It is deferred.
func Catch(err *error) {
	if e := recover(); e != nil {
		bad, ok := e.(*Error)
		if !ok {
			panic(e)
		}
		*err = bad
	}
}

// Malformed panics with the error of a binary that breaks the format.
func Malformed(offset int, format string, args ...any) {
	panic(&Error{Offset: offset, Malformed: true, Rule: fmt.Sprintf(format, args...)})
}

// Invalid panics with the error of a binary that breaks a rule of validation.
func Invalid(offset int, format string, args ...any) {
	panic(&Error{Offset: offset, Rule: fmt.Sprintf(format, args...)})
}

// Lookup returns an item of an index space. It panics as Invalid does where the index
// is out of range; what names the space.
func Lookup[T any](space []T, index uint32, what string, at int) T {
	if int64(index) >= int64(len(space)) {
		Invalid(at, "%s %d is out of range: there are %d", what, index, len(space))
	}
	return space[index]
}

// NewCursor returns a cursor over b, which stands at offset base of its file, whose
// first error is a panic as that of Malformed.
func NewCursor(b []byte, base int) *wasm.Cursor {
	c := wasm.NewCursor(b, base)
	c.OnFail(raise)
	return c
}

func raise(err error) {
	var bad *wasm.Error
	if !errors.As(err, &bad) {
		panic(err)
	}
	panic(&Error{Offset: bad.Offset, Malformed: true, Rule: bad.Rule})
}
