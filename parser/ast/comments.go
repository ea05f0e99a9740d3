package ast

import (
	"strings"
	"unicode"

	"github.com/witgen/witgen/diag"
)

// Comment is one comment: "// to the end of the line", without the line's end,
// or "/* a block */".
type Comment struct{ Pos }

// Text returns the comment as written, with its slashes.
func (c Comment) Text() string { return c.Where.Text() }

// Docs are the comments right before a node. Without comments they are nowhere.
// As wit-parser does, witgen takes every comment there for documentation, not
// only those that start with /// or /**.
type Docs struct{ Comments []Comment }

// Span returns the place from the first comment to the last, or the zero Span for
// docs without comments.
func (d Docs) Span() diag.Span {
	if len(d.Comments) == 0 {
		return diag.Span{}
	}
	s := d.Comments[0].Where
	s.End = d.Comments[len(d.Comments)-1].Where.End
	return s
}

// Text returns the text of the documentation: the comments without their
// slashes, stars and common leading space, a line each. The result is that of
// wit-parser, to the byte.
func (d Docs) Text() string {
	if len(d.Comments) == 0 {
		return ""
	}
	lines := make([]string, len(d.Comments))
	indent := -1
	for i, c := range d.Comments {
		lines[i] = strings.TrimRightFunc(commentBody(c.Text()), unicode.IsSpace)
		if lines[i] == "" {
			continue
		}
		n := len(lines[i]) - len(strings.TrimLeft(lines[i], " \t\r\n"))
		if indent < 0 || n < indent {
			indent = n
		}
	}
	prefix := strings.Repeat(" ", max(indent, 0))
	var b strings.Builder
	for _, l := range lines {
		l = strings.TrimPrefix(l, prefix)
		b.WriteString(strings.ReplaceAll(l, "\r\n", "\n"))
		b.WriteByte('\n')
	}
	return strings.TrimRight(b.String(), "\n")
}

// commentBody returns what documentation takes of a comment.
func commentBody(text string) string {
	if body, ok := strings.CutPrefix(text, "/**"); ok {
		// The comment /**/ has no body between its two ends.
		body, _ = strings.CutSuffix(body, "*/")
		return strings.TrimPrefix(body, "/")
	}
	return strings.TrimLeft(text, "/")
}
