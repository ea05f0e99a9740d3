package component

import (
	"errors"
	"fmt"

	"github.com/witgen/witgen/internal/wasm"
)

// newCursor returns a cursor over a part of a file whose first error is a panic with
// an *Error: decoders read like the grammar.
func newCursor(b []byte, base int) *wasm.Cursor {
	c := wasm.NewCursor(b, base)
	c.OnFail(raise)
	return c
}

// raise panics with the *Error that stands for an error of package wasm.
func raise(err error) {
	var bad *wasm.Error
	if !errors.As(err, &bad) {
		panic(err)
	}
	panic(&Error{Offset: bad.Offset, Malformed: true, Rule: bad.Rule})
}

// failAt ends reading at an offset.
func failAt(offset int, format string, args ...any) {
	panic(&Error{Offset: offset, Malformed: true, Rule: fmt.Sprintf(format, args...)})
}

func invalidAt(offset int, format string, args ...any) {
	panic(&Error{Offset: offset, Rule: fmt.Sprintf(format, args...)})
}

// lookup returns an item of an index space.
func lookup[T any](space []T, index uint32, what string, at int) T {
	if int64(index) >= int64(len(space)) {
		invalidAt(at, "%s %d is out of range: there are %d", what, index, len(space))
	}
	return space[index]
}
