package binary

import (
	"fmt"

	"github.com/witgen/witgen/component/internal/fault"
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

// malformed ends decoding at an offset.
func malformed(offset int, format string, args ...any) {
	fault.Throw(malformedError(offset, fmt.Sprintf(format, args...)))
}

func malformedError(offset int, rule string) error {
	return &Error{Offset: offset, Malformed: true, Rule: rule}
}

func newCursor(b []byte, base int) *wasm.Cursor { return fault.NewCursor(b, base, malformedError) }
