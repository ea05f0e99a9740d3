package bind

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tetratelabs/wazero/sys"

	"github.com/witgen/witgen/canonicalabi/host"
)

// guestError returns the Trap or LimitError for the error of a call into the guest.
// rule is the rule that a plain trap breaks, or "".
func (i *Instance) guestError(name string, rule host.Rule, err error) error {
	cause, importing := i.importErr, i.importing
	i.importErr, i.importing = nil, false
	switch cause := cause.(type) {
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
	if importing && rule == "" {
		return &host.Trap{Func: name, Rule: host.RuleImportFailed, Detail: inImport(i.imported.name, "it panicked"), Err: err}
	}
	var exit *sys.ExitError
	if !errors.As(err, &exit) {
		if limit := overflow(name, err); limit != nil {
			return limit
		}
		return &host.Trap{Func: name, Rule: rule, Err: err}
	}
	code := exit.ExitCode()
	if code == sys.ExitCodeDeadlineExceeded || code == sys.ExitCodeContextCanceled {
		if ended := i.caller.Err(); ended != nil {
			limit := ContextError(name, ended)
			limit.Fatal = true
			return limit
		}
		err = nil // the guest itself exited with this code, and wazero's error would name a context
	}
	return &host.Trap{Func: name, Rule: rule, Detail: fmt.Sprintf("guest exited with status %d", code), Err: err}
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
