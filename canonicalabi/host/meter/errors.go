package meter

import (
	"errors"
	"fmt"
	"strings"
)

// The reasons for which [Rewrite] refuses a module; errors.Is finds them in an [*Error].
var (
	// ErrMalformed: the bytes are no valid module. What needs types to be noticed (an operand of the
	// wrong type) is left to wazero.
	ErrMalformed = errors.New("malformed module")
	// ErrLimit: the module is larger than the [Limits] allow.
	ErrLimit = errors.New("module exceeds a limit")
	// ErrUnsupported: the module uses something that cannot be metered.
	ErrUnsupported = errors.New("module cannot be metered")
	// ErrStopped: [Config].Done was closed.
	ErrStopped = errors.New("rewriting was stopped")
)

// Error says why a module was refused, and where.
type Error struct {
	// Kind is ErrMalformed, ErrLimit, ErrUnsupported or ErrStopped.
	Kind error
	// Rule names the rule in a few words that do not change: a limit's name as in [Limits]
	// ("Functions"), or what is wrong ("local index out of range", "atomic wait").
	Rule string
	// Got and Limit are set where a limit was exceeded.
	Got, Limit uint64
	// Func is the index of the function in the module's index space, or -1 outside functions.
	Func int
	// Name is the function's name, where the module has one for it.
	Name string
	// Offset is the place in the module that was given, in bytes from its start.
	Offset int
}

// Unwrap returns the kind.
func (e *Error) Unwrap() error { return e.Kind }

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "meter: %v: %s", e.Kind, e.Rule)
	if errors.Is(e.Kind, ErrLimit) {
		fmt.Fprintf(&b, " is %d, at most %d allowed", e.Got, e.Limit)
	}
	if e.Func >= 0 {
		fmt.Fprintf(&b, ", in function %d", e.Func)
		if e.Name != "" {
			fmt.Fprintf(&b, " (%s)", e.Name)
		}
	}
	fmt.Fprintf(&b, ", at offset %#x", e.Offset)
	return b.String()
}
