package host

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Trap says that a call ended because the guest trapped, broke a rule of the
// canonical ABI, or because a host function that it called failed. The instance
// is dead afterwards.
type Trap struct {
	// Func is the function that the host called, as in
	// "example:calculator/operations#divide".
	Func string
	// Rule is the rule that was broken, and empty where the guest trapped by
	// itself.
	Rule Rule
	// Detail says what broke the rule, in words.
	Detail string
	// Err is the error of wazero, with its stack, or of the host function; nil
	// where the host found the breach after the guest had returned.
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

// Error names the function and what went wrong, on one line, and what wazero
// knows of the guest's stack on the lines after it.
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

// LimitError says that a call was stopped by a limit. Where running guest code
// was stopped, the instance is dead afterwards.
type LimitError struct {
	Func string
	// Limit is the limit, as in "deadline" or "size of lifted values".
	Limit string
	// Detail says what was asked for and what is allowed.
	Detail string
	// Err is the cause: context.DeadlineExceeded, context.Canceled, wazero's error
	// of a full stack, or nil.
	Err error
	// Fatal reports whether running guest code was stopped, so that the instance is
	// dead.
	Fatal bool
}

// Error names the function, the limit and the figures.
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

// BadValueError says that the host's own value cannot be sent to a guest: an
// unknown enum, a nil variant, a string that is not UTF-8. The guest was not
// entered.
type BadValueError struct {
	// Path is the place of the value, as in "people[3].name".
	Path string
	// Detail says what is wrong with it.
	Detail string
}

// Error names the place and what is wrong there.
func (e *BadValueError) Error() string { return e.Path + ": " + e.Detail }

// InstanceError says that an instance could not be entered.
type InstanceError struct {
	Func string
	// Err is ErrDead, ErrClosed or ErrBusy; ErrDead wraps what killed the
	// instance.
	Err error
}

// Error names the function and the reason.
func (e *InstanceError) Error() string { return e.Func + ": " + e.Err.Error() }

// Unwrap returns the reason.
func (e *InstanceError) Unwrap() error { return e.Err }

// Why an instance cannot be entered.
var (
	// ErrDead: an earlier call trapped or was stopped.
	ErrDead = errors.New("the instance is dead")
	// ErrClosed: the instance was closed.
	ErrClosed = errors.New("the instance is closed")
	// ErrBusy: another call of the instance is under way, in another goroutine
	// or further up on this one (guests may not be re-entered).
	ErrBusy = errors.New("the instance is busy with another call; an instance serves one call at a time")
)

// LinkError says that a guest does not fit the world that it was compiled for,
// or that an import is not supplied.
type LinkError struct {
	// World is the world's qualified name.
	World string
	// Item is the import or export concerned.
	Item string
	// Detail says what does not fit, and the remedy.
	Detail string
}

// Error names the world, the item and the remedy.
func (e *LinkError) Error() string {
	if e.Item == "" {
		return e.World + ": " + e.Detail
	}
	return fmt.Sprintf("%s: %s: %s", e.World, e.Item, e.Detail)
}

// In puts the value into a field, parameter or result called name. A nil e stays
// nil.
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

// At puts the value at an index of a list. A nil e stays nil.
func (e *BadValueError) At(index int) *BadValueError {
	if e == nil {
		return nil
	}
	return e.inBrackets(strconv.Itoa(index))
}

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
