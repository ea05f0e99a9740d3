// Package diag holds source positions, diagnostics with stable codes, and the
// renderer that shows them with the source lines they speak of.
package diag

import (
	"fmt"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"
)

// File is a source text with the name that diagnostics show for it.
type File struct {
	Name string
	Text []byte

	once  sync.Once
	lines []int // offset of each line's first byte, made on first use
}

// NewFile returns a File of the given name and text.
func NewFile(name string, text []byte) *File { return &File{Name: name, Text: text} }

// Position is a place in a file for people: line and column count from 1, and
// the column counts characters (Unicode code points), not bytes.
type Position struct {
	Line, Column int
}

// Position returns the line and column of a byte offset. An offset outside the
// text counts as the nearest inside.
func (f *File) Position(offset int) Position {
	offset = f.clamp(offset)
	line := f.line(offset)
	return Position{Line: line + 1, Column: utf8.RuneCount(f.Text[f.lines[line]:offset]) + 1}
}

// clamp returns the offset of the text that is nearest to offset.
func (f *File) clamp(offset int) int { return min(max(offset, 0), len(f.Text)) }

// line returns the index of the line that holds offset.
func (f *File) line(offset int) int {
	f.once.Do(func() {
		f.lines = []int{0}
		for i, c := range f.Text {
			if c == '\n' {
				f.lines = append(f.lines, i+1)
			}
		}
	})
	return sort.SearchInts(f.lines, offset+1) - 1
}

// Span is a range of bytes in a file, End excluded. The zero Span is nowhere.
type Span struct {
	File       *File
	Start, End int
}

// IsZero reports whether the span is nowhere.
func (s Span) IsZero() bool { return s.File == nil }

// Text returns the bytes that the span covers.
func (s Span) Text() string {
	if s.IsZero() {
		return ""
	}
	start := s.File.clamp(s.Start)
	return string(s.File.Text[start:max(start, s.File.clamp(s.End))])
}

// Code is the stable name of a kind of diagnostic.
type Code string

// Diagnostic is one mistake in the user's input.
type Diagnostic struct {
	Code Code
	Span Span
	// File names the file where Span is nowhere: a binary, or one that cannot be read.
	File    string
	Message string
	// Hints are remedies, a sentence each.
	Hints []string
	// Related are other places that matter: the earlier definition, the steps
	// of a cycle.
	Related []Related
}

// Related is another place that a diagnostic speaks of.
type Related struct {
	Span    Span
	Message string
}

// Hint adds a hint and returns d.
func (d *Diagnostic) Hint(text string) *Diagnostic {
	if text != "" {
		d.Hints = append(d.Hints, text)
	}
	return d
}

// Relate adds a related place and returns d.
func (d *Diagnostic) Relate(span Span, message string) *Diagnostic {
	d.Related = append(d.Related, Related{span, message})
	return d
}

// Error returns the diagnostic on one line: file:line:col: message [code]. Where it has
// no line, it has the file alone, or nothing.
func (d *Diagnostic) Error() string {
	text := d.Message
	if d.Code != "" {
		text += " [" + string(d.Code) + "]"
	}
	switch {
	case !d.Span.IsZero():
		return place(d.Span) + ": " + text
	case d.File != "":
		return d.File + ": " + text
	}
	return text
}

// List is the diagnostics of one run. It is an error where it is not empty.
type List []*Diagnostic

// Error returns the diagnostics, a line each.
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, d := range l {
		lines[i] = d.Error()
	}
	return strings.Join(lines, "\n")
}

// Err returns l as an error, and nil where l is empty.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// place returns file:line:col of where a span starts.
func place(s Span) string {
	p := s.File.Position(s.Start)
	return fmt.Sprintf("%s:%d:%d", s.File.Name, p.Line, p.Column)
}
