package resolve

import (
	"fmt"

	"github.com/witgen/witgen/diag"
)

// Limits of one run. Each has a code that says so.
const (
	// maxErrors is how many mistakes are reported.
	maxErrors = 1000
	// maxHints is how many mistakes get a guess at the name that was meant.
	maxHints = 100
	// maxWorldItems is how many imports and exports all worlds may have.
	maxWorldItems = 1_000_000
	// maxWorldText is how many bytes all worlds may come to as text, about.
	maxWorldText = 32 << 20
)

// reporter collects the diagnostics of a run, each place and code once.
type reporter struct {
	list  diag.List
	seen  map[reportKey]bool
	hints int
	// empty collects types that only a binary refuses: they are mistakes where
	// Options.EmptyTypes is false and list holds none.
	empty *reporter
}

type reportKey struct {
	code diag.Code
	span diag.Span
}

// report adds a diagnostic and returns it for hints. The result is never nil, but it
// is not kept where the place has been reported already.
func (p *reporter) report(code diag.Code, span diag.Span, format string, args ...any) *diag.Diagnostic {
	d := &diag.Diagnostic{Code: code, Span: span, Message: fmt.Sprintf(format, args...)}
	key := reportKey{code, span}
	if !span.IsZero() && p.seen[key] || len(p.list) > maxErrors {
		return d
	}
	if p.seen == nil {
		p.seen = make(map[reportKey]bool)
	}
	p.seen[key] = true
	if len(p.list) == maxErrors {
		d = &diag.Diagnostic{
			Code:    diag.TooManyErrors,
			Span:    span,
			Message: fmt.Sprintf("there are more than %d mistakes; the rest is not shown", maxErrors),
		}
	}
	p.list = append(p.list, d)
	return d
}

// guess returns a hint with the candidate nearest to name, and "" where none is
// near or enough hints have been given.
func (p *reporter) guess(name string, candidates func(yield func(string) bool)) string {
	if p.hints >= maxHints {
		return ""
	}
	p.hints++
	if near := nearest(name, candidates); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}
