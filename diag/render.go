package diag

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// WriteText writes the diagnostics for people: a line with place, code and
// message, the source lines with carets under the span, the related places
// likewise, and the hints. color adds ANSI colours.
func (l List) WriteText(w io.Writer, color bool) error {
	b := bufio.NewWriter(w)
	r := renderer{w: b, color: color}
	for i, d := range l {
		if i > 0 {
			r.text("\n")
		}
		r.diagnostic(d)
	}
	return b.Flush()
}

// The styles, as ANSI escapes.
const (
	styleError  = "\x1b[1;31m"
	styleNote   = "\x1b[1;36m"
	styleHint   = "\x1b[1;32m"
	stylePlace  = "\x1b[1m"
	styleGutter = "\x1b[34m"
	styleReset  = "\x1b[0m"
)

// renderer writes diagnostics as text.
type renderer struct {
	w     *bufio.Writer
	color bool
}

// text writes a text as it is. Errors of the writer come out of Flush.
func (r *renderer) text(s string) { r.w.WriteString(s) }

// styled writes a text in a style.
func (r *renderer) styled(style, s string) {
	if r.color {
		s = style + s + styleReset
	}
	r.text(s)
}

func (r *renderer) diagnostic(d *Diagnostic) {
	severity := "error"
	if d.Code != "" {
		severity += "[" + string(d.Code) + "]"
	}
	message := d.Message
	if d.Span.IsZero() && d.File != "" {
		message = d.File + ": " + message
	}
	r.head(d.Span, styleError, severity, message)
	r.snippet(d.Span, "^", styleError)
	for _, rel := range d.Related {
		r.head(rel.Span, styleNote, "note", rel.Message)
		r.snippet(rel.Span, "-", styleNote)
	}
	for _, h := range d.Hints {
		r.styled(styleHint, "help")
		r.text(": " + printable(h) + "\n")
	}
}

// head writes file:line:col: severity: message.
func (r *renderer) head(span Span, style, severity, message string) {
	if !span.IsZero() {
		r.styled(stylePlace, printable(place(span))+":")
		r.text(" ")
	}
	r.styled(style, severity)
	r.text(": " + printable(message) + "\n")
}

// snippet writes the first and the last source line of a span with marks under
// what the span covers.
func (r *renderer) snippet(span Span, mark, style string) {
	if span.IsZero() {
		return
	}
	f := span.File
	start := f.clamp(span.Start)
	end := max(start, f.clamp(span.End))
	first := f.line(start)
	last := first
	if end > start {
		last = f.line(end - 1)
	}
	width := max(2, len(strconv.Itoa(last+1)))
	r.gutter(width, "")
	r.text("\n")
	r.line(f, first, width, start, end, mark, style)
	if last > first+1 {
		r.gutter(width, "..")
		r.text("\n")
	}
	if last > first {
		r.line(f, last, width, start, end, mark, style)
	}
}

// gutter writes the column of line numbers.
func (r *renderer) gutter(width int, number string) {
	r.styled(styleGutter, fmt.Sprintf("%*s |", width, number))
}

// line writes one source line and marks under the part of it that lies between
// start and end.
func (r *renderer) line(f *File, line, width, start, end int, mark, style string) {
	c := cutLine(f, line, start, end)
	r.gutter(width, strconv.Itoa(line+1))
	if c.text != "" {
		r.text(" " + c.text)
	}
	r.text("\n")
	r.gutter(width, "")
	r.text(" " + strings.Repeat(" ", c.before))
	r.styled(style, strings.Repeat(mark, max(c.marked, 1)))
	r.text("\n")
}
