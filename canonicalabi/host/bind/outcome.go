package bind

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/tetratelabs/wazero/sys"

	"github.com/witgen/witgen/canonicalabi/host"
)

// guestError returns the Trap, LimitError or ExitError for the error of a call into the
// guest.
// rule is the rule that a plain trap breaks, or "".
func (i *Instance) guestError(name string, rule host.Rule, err error) error {
	cause, importing := i.importErr, i.importing
	i.importErr, i.importing = nil, false
	switch cause := cause.(type) {
	case *host.ExitError: // of a component instance or a destructor within this call
		return &host.ExitError{Func: name, Code: cause.Code, Err: cause.Err}
	case *host.LinkError: // of calledAtStart
		return cause
	case *host.LimitError:
		return &host.LimitError{Func: name, Limit: cause.Limit, Detail: inImport(cause.Func, cause.Detail), Err: cause.Err, Fatal: true}
	case *host.Trap:
		// A host function returned the error of the caller's context.
		if ended := i.caller.Err(); ended != nil && errors.Is(cause.Err, ended) {
			limit := ContextError(name, ended)
			limit.Detail, limit.Fatal = inImport(cause.Func, ""), true
			return limit
		}
		// A limit of another instance stays one.
		var limit *host.LimitError
		if errors.As(cause.Err, &limit) {
			return &host.LimitError{Func: name, Limit: limit.Limit, Detail: inImport(cause.Func, ""), Err: cause.Err, Fatal: true}
		}
		// A host function ends the guest, as that of wasi:cli/exit does.
		if exit := exitOf(name, cause.Err); exit != nil {
			return exit
		}
		detail := cause.Detail
		if detail == "" && cause.Err != nil {
			detail, _, _ = strings.Cut(cause.Err.Error(), "\n")
		}
		if i.depth > maxCauses {
			err = cause.Err
		}
		return &host.Trap{Func: name, Rule: cause.Rule, Detail: inImport(cause.Func, detail), Err: err}
	}
	if limit, ok := err.(*host.LimitError); ok { // of callNested, or of the start
		return limit
	}
	if limit := i.meterLimit(name); limit != nil {
		return limit
	}
	// A function of WASI has waited until the caller's context ended.
	if ended := i.caller.Err(); ended != nil && errors.Is(err, ended) {
		limit := ContextError(name, ended)
		limit.Fatal = true
		return limit
	}
	if exit := i.exited(name, err); exit != nil {
		return exit
	}
	if importing && rule == "" {
		if exit := exitOf(name, err); exit != nil {
			return exit
		}
		return &host.Trap{Func: name, Rule: host.RuleImportFailed, Detail: inImport(i.imported.name, "it panicked"), Err: err}
	}
	if limit := overflow(name, err); limit != nil {
		return limit
	}
	trap := &host.Trap{Func: name, Rule: rule, Err: err}
	if stopsItself(err) {
		trap.Detail = cmp.Or(i.note(name), i.growth.describe())
	}
	return trap
}

// stopsItself reports whether a guest trapped by the instruction unreachable, as compilers
// have it for panics and for memory that runs out.
func stopsItself(err error) bool { return strings.HasPrefix(err.Error(), "wasm error: unreachable") }

// exited returns the error of a guest that called proc_exit of WASI preview 1, and nil
// for another error. wazero ends a guest with such an error, too, if the caller's context
// ends in a runtime that guards contexts.
func (i *Instance) exited(name string, err error) error {
	var exit *sys.ExitError
	if !errors.As(err, &exit) {
		return nil
	}
	if endsContext(exit) {
		if ended := i.caller.Err(); ended != nil {
			limit := ContextError(name, ended)
			limit.Fatal = true
			return limit
		}
		return &host.ExitError{Func: name, Code: exit.ExitCode()} // wazero's error would name a context
	}
	return &host.ExitError{Func: name, Code: exit.ExitCode(), Err: err}
}

// endsContext reports whether wazero takes an exit for the end of a context. A guest may
// exit with these statuses, too.
func endsContext(exit *sys.ExitError) bool {
	code := exit.ExitCode()
	return code == sys.ExitCodeDeadlineExceeded || code == sys.ExitCodeContextCanceled
}

// exitOf returns the error of a guest whose host function returned an error that holds
// a *host.ExitError or wazero's *sys.ExitError, and nil if it holds neither.
func exitOf(name string, err error) error {
	var exit *host.ExitError
	if errors.As(err, &exit) {
		return &host.ExitError{Func: name, Code: exit.Code, Err: err}
	}
	var system *sys.ExitError
	if errors.As(err, &system) && !endsContext(system) {
		return &host.ExitError{Func: name, Code: system.ExitCode(), Err: err}
	}
	return nil
}

// Calls may be nested some thousand deep. The error of the outermost wraps those of as many
// nested ones as maxCauses, and its detail is not much longer than maxDetail.
const (
	maxCauses = 32
	maxDetail = 1000
)

// inImport returns the detail of an error in an import.
func inImport(name, detail string) string {
	switch {
	case detail == "":
		return "in import " + name
	case len(detail) > maxDetail:
		return detail
	}
	return "in import " + name + ": " + detail
}

// ContextError returns the error of a call of the function name whose context has
// ended with err.
func ContextError(name string, err error) *host.LimitError {
	if errors.Is(err, context.DeadlineExceeded) {
		return &host.LimitError{Func: name, Limit: "deadline", Err: context.DeadlineExceeded}
	}
	return &host.LimitError{Func: name, Limit: "cancel", Err: context.Canceled}
}
