package host

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Trap is the error of a call in which the guest trapped or broke a rule of the
// canonical ABI, or a host function that it called failed. The instance is dead
// afterwards.
type Trap struct {
	// Func is the function that the host called, as in
	// "example:calculator/operations#divide".
	Func string
	// Rule is the rule that was broken, or "" if the guest itself trapped.
	Rule Rule
	// Detail describes how the rule was broken.
	Detail string
	// Err is the error of wazero, with the guest's stack, or that of the host
	// function. It is nil if the host found the broken rule after the guest had
	// returned.
	Err error
}

// Rule names a rule of the canonical ABI.
type Rule string

// The rules that a guest can break.
const (
	RuleBounds       Rule = "pointer out of bounds"
	RuleAlignment    Rule = "pointer is not aligned"
	RuleUTF8         Rule = "string is not valid UTF-8"
	RuleUTF16        Rule = "string is not valid UTF-16"
	RuleStringLength Rule = "string is too long"
	RuleListLength   Rule = "list is too long"
	RuleChar         Rule = "char is not a Unicode scalar value"
	RuleDiscriminant Rule = "discriminant out of range"
	RuleRealloc      Rule = "realloc returned a bad pointer"
	RuleMayLeave     Rule = "guest called an import where it may not leave"
	RuleMayEnter     Rule = "component instance was entered again during a call of it"
	RuleHandle       Rule = "handle is not valid"
	RuleBorrowKept   Rule = "guest kept a borrowed handle after the call"
	RuleImportFailed Rule = "host function failed"
	RuleReallocTrap  Rule = "realloc trapped"
	RulePostReturn   Rule = "post-return trapped"
	RuleStart        Rule = "guest failed to start"
)

// Error returns the function and the reason on one line, followed by lines with the
// guest's stack if wazero knows it.
func (t *Trap) Error() string {
	var b strings.Builder
	b.WriteString(t.Func)
	b.WriteString(": ")
	if t.Rule == "" {
		b.WriteString("guest trapped")
	} else {
		b.WriteString(string(t.Rule))
	}
	if t.Detail != "" {
		b.WriteString(": ")
		b.WriteString(t.Detail)
	}
	if t.Err != nil {
		b.WriteString(": ")
		b.WriteString(t.Err.Error())
	}
	return b.String()
}

// Unwrap returns the error of wazero or of the host function.
func (t *Trap) Unwrap() error { return t.Err }

// ExitError is the error of a call in which the guest ended itself, with proc_exit of WASI
// preview 1 or with an import that ends guests, such as exit of wasi:cli/exit. Code 0 is
// an error too: the call has no result. The instance is dead afterwards.
//
// A host function that returns an ExitError, whose Code alone it sets, ends the guest that
// called it.
type ExitError struct {
	// Func is the function that the host called, or the world if the guest ended while
	// it started.
	Func string
	// Code is the guest's exit status.
	Code uint32
	// Err is the error of wazero or of the host function, or nil.
	Err error
}

// Error returns the function and the exit status.
func (e *ExitError) Error() string {
	s := "the guest exited with status " + strconv.FormatUint(uint64(e.Code), 10)
	if e.Func == "" {
		return s
	}
	return e.Func + ": " + s
}

// Unwrap returns the error of wazero or of the host function.
func (e *ExitError) Unwrap() error { return e.Err }

// LimitError is the error of a call that a limit refused or stopped, and of Compile
// and Instantiate if a guest exceeds one.
type LimitError struct {
	// Func is the function that the host called, or the world.
	Func string
	// Limit names the limit, as in "deadline" or "size of lifted values".
	Limit string
	// Detail gives the figures, and the remedy if there is one.
	Detail string
	// Err is the cause: context.DeadlineExceeded, context.Canceled, wazero's error
	// of a full stack, or nil.
	Err error
	// Fatal reports whether guest code was stopped while it ran. The instance is
	// dead then.
	Fatal bool
}

// Error returns the function, the limit and the figures.
func (l *LimitError) Error() string {
	s := l.Func + ": limit reached: " + l.Limit
	if l.Detail != "" {
		s += ": " + l.Detail
	}
	if l.Err != nil {
		s += ": " + l.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (l *LimitError) Unwrap() error { return l.Err }

// BadValueError is the error of a call whose parameters hold a value that cannot be
// sent to a guest, such as an unknown enum, a nil variant or a string that is not
// UTF-8. The guest was not entered.
type BadValueError struct {
	// Path locates the value, as in "people[3].name".
	Path string
	// Detail describes the fault.
	Detail string
}

// Error returns the path and the fault.
func (e *BadValueError) Error() string { return e.Path + ": " + e.Detail }

// InstanceError is the error of a call of an instance that cannot be entered.
type InstanceError struct {
	// Func is the function that the host called.
	Func string
	// Err is ErrDead, ErrClosed or ErrBusy. ErrDead comes together with the error
	// that killed the instance; errors.Is and errors.As find both.
	Err error
}

// Error returns the function and the reason.
func (e *InstanceError) Error() string { return e.Func + ": " + e.Err.Error() }

// Unwrap returns the reason.
func (e *InstanceError) Unwrap() error { return e.Err }

// The reasons for an InstanceError.
var (
	// ErrDead: an earlier call trapped or was stopped.
	ErrDead = errors.New("the instance is dead")
	// ErrClosed: the instance was closed.
	ErrClosed = errors.New("the instance is closed")
	// ErrBusy: another call of the instance has not returned, in another goroutine
	// or in this one: a host function cannot call the guest that called it.
	ErrBusy = errors.New("the instance is busy with another call; an instance serves one call at a time")
)

// ErrNotFresh is the error of Reset of an instance whose guest was compiled without
// [Fresh]. The instance is as it was.
var ErrNotFresh = errors.New("the instance cannot be put back to its start: its guest was compiled without host.Fresh")

// ResetError is the error of Reset of an instance that cannot be put back. The instance is
// dead afterwards.
type ResetError struct {
	// World is the world's qualified name.
	World string
	// Reason is what is in the way.
	Reason string
	// Err is the cause, or nil.
	Err error
}

// Error returns the world and the reason.
func (e *ResetError) Error() string {
	s := e.World + ": the instance cannot be put back to its start: " + e.Reason
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *ResetError) Unwrap() error { return e.Err }

// MissingError is the error of a call of a function that the guest does not have, since it
// was built for an older version of the interface. Only functions that the bindings were
// generated for as optional have it; Compile refuses a guest that lacks another one.
type MissingError struct {
	// Func is the function that the host called.
	Func string
}

// Error returns the function and the reason.
func (e *MissingError) Error() string {
	return e.Func + ": the guest does not have this function; it was built for another version of the interface"
}

// LinkError is the error of Compile if a guest does not fit its world, and of
// Instantiate if the host does not supply an import.
type LinkError struct {
	// World is the world's qualified name.
	World string
	// Item is the import or export at fault, or "".
	Item string
	// Detail describes the fault and the remedy.
	Detail string
}

// Error returns the world, the item, the fault and the remedy.
func (e *LinkError) Error() string {
	if e.Item == "" {
		return e.World + ": " + e.Detail
	}
	return fmt.Sprintf("%s: %s: %s", e.World, e.Item, e.Detail)
}

// In prefixes the path with a field, parameter or result, and returns e. It
// returns nil if e is nil. Generated code calls it.
func (e *BadValueError) In(name string) *BadValueError {
	if e == nil {
		return nil
	}
	return e.in(name)
}

func (e *BadValueError) in(name string) *BadValueError {
	if e.Path != "" && !strings.HasPrefix(e.Path, "[") {
		name += "."
	}
	e.Path = name + e.Path
	return e
}

// At prefixes the path with an index of a list, and returns e. It returns nil if e is
// nil. Generated code calls it.
func (e *BadValueError) At(index int) *BadValueError {
	if e == nil {
		return nil
	}
	return e.inBrackets(strconv.Itoa(index))
}

// AtKey prefixes the path with a key of a map, and returns e. Generated code calls
// it.
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
