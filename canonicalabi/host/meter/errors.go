package meter

import (
	"errors"
	"fmt"
	"strings"

	core "github.com/witgen/witgen/internal/wasm"
)

// The three reasons for which [Rewrite] refuses a module; errors.Is finds them in an [*Error].
var (
	// ErrMalformed: the bytes are no valid module. What needs types to be noticed (an operand of the
	// wrong type) is left to wazero.
	ErrMalformed = errors.New("malformed module")
	// ErrLimit: the module is larger than the [Limits] allow.
	ErrLimit = errors.New("module exceeds a limit")
	// ErrUnsupported: the module uses something that cannot be metered.
	ErrUnsupported = errors.New("module cannot be metered")
)

// Error says why a module was refused, and where.
type Error struct {
	// Kind is ErrMalformed, ErrLimit or ErrUnsupported.
	Kind error
	// Rule names the rule in a few words that do not change: a limit's name as in [Limits]
	// ("FunctionBlocks"), or what is wrong ("local index out of range", "atomic wait").
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

// fail records a mistake outside of functions. The first one stays.
func fail(c *core.Cursor, at int, kind error, rule string) {
	c.Fail(&Error{Kind: kind, Rule: rule, Func: -1, Offset: at})
}

// limit fails where got exceeds a limit that is set.
func limit(c *core.Cursor, name string, got, limit uint64) {
	if limit != 0 && got > limit {
		c.Fail(&Error{Kind: ErrLimit, Rule: name, Got: got, Limit: limit, Func: -1, Offset: c.Offset()})
	}
}

// index reads an index and checks that it is below n.
func index(c *core.Cursor, n uint32, rule string) uint32 {
	at := c.Offset()
	i := c.Uint32()
	if i >= n {
		fail(c, at, ErrMalformed, rule)
	}
	return i
}

// errorOf returns the error of a cursor as one of this package, or nil. fn is the function that it
// reads, or -1.
func errorOf(c *core.Cursor, fn int) *Error {
	if c.Err() == nil {
		return nil
	}
	return convert(c.Err(), fn)
}

func convert(err error, fn int) *Error {
	var ours *Error
	if errors.As(err, &ours) {
		ours.Func = fn
		return ours
	}
	var e *core.Error
	if !errors.As(err, &e) {
		panic(fmt.Sprintf("meter: unhandled error %v", err))
	}
	out := &Error{Kind: ErrMalformed, Rule: e.Rule, Func: fn, Offset: e.Offset}
	switch e.Kind {
	case core.UnexpectedEnd, core.IntegerCut, core.TooFewBytes:
		out.Rule = "unexpected end"
	case core.IntegerTooLong:
		out.Rule = "integer too long"
	case core.TooManyItems:
		out.Rule = "vector longer than its section"
	case core.NotUTF8:
		out.Rule = "name is not valid UTF-8"
	case core.LeftOver:
		out.Rule = "section longer than its content"
	case core.NotModule:
		out.Rule = "not a core module"
	case core.UnknownSection:
		out.Rule = "unknown section"
	case core.NotConstant, core.UnknownOpcode:
		out.Rule = "instruction in a constant expression"
	case core.UnknownType:
		out.Kind, out.Rule = ErrUnsupported, "unknown type"
	case core.UnknownHeapType:
		out.Kind, out.Rule = ErrUnsupported, "unknown heap type"
	}
	return out
}
