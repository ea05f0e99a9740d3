package core

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/fault"
	"github.com/witgen/witgen/internal/wasm"
)

// Malformed throws the error of a binary that breaks the format.
func Malformed(offset int, format string, args ...any) {
	fault.Throw(malformed(offset, fmt.Sprintf(format, args...)))
}

func malformed(offset int, rule string) error {
	return &binary.Error{Offset: offset, Malformed: true, Rule: rule}
}

// Invalid throws the error of a binary that breaks a rule of validation.
func Invalid(offset int, format string, args ...any) {
	fault.Throw(&binary.Error{Offset: offset, Rule: fmt.Sprintf(format, args...)})
}

// Lookup returns an item of an index space. It throws an error where the index is out
// of range; what names the space.
func Lookup[T any](space []T, index uint32, what string, at int) T {
	if int64(index) >= int64(len(space)) {
		Invalid(at, "%s %d is out of range: there are %d", what, index, len(space))
	}
	return space[index]
}

// NewCursor returns a cursor over b, which stands at offset base of its file, whose
// first error is thrown as that of Malformed.
func NewCursor(b []byte, base int) *wasm.Cursor { return fault.NewCursor(b, base, malformed) }
