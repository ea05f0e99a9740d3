package diag

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Of a long line, this many bytes before a span and after its start are shown.
const (
	bytesBefore = 80
	bytesAfter  = 120
	tabWidth    = 4
)

// cut is a source line as it is shown, with the columns that marks take.
type cut struct {
	text   string
	before int // columns before the marks
	marked int // columns of the marks
}

// cutLine returns a line of the file as a terminal may show it: tabs are blanks,
// control characters are visible, and a long line is cut around the marks, which
// stand under what lies between start and end.
func cutLine(f *File, line, start, end int) cut {
	from := f.lines[line]
	to := len(f.Text)
	if line+1 < len(f.lines) {
		to = f.lines[line+1] - 1
	}
	if to > from && f.Text[to-1] == '\r' {
		to--
	}
	start, end = max(start, from), max(min(end, to), from)
	var b strings.Builder
	columns := 0
	if start-from > bytesBefore {
		from = runeStart(f.Text, start-bytesBefore)
		b.WriteString("...")
		columns = 3
	}
	dots := to-start > bytesAfter
	if dots {
		to = runeStart(f.Text, start+bytesAfter)
	}
	c := cut{before: -1}
	for i := from; i < to; {
		if i >= start && c.before < 0 {
			c.before = columns
		}
		r, n := utf8.DecodeRune(f.Text[i:to])
		shown, width := showRune(r, n, columns)
		b.WriteString(shown)
		columns += width
		if i >= start && i < end {
			c.marked += width
		}
		i += n
	}
	if c.before < 0 {
		c.before = columns
	}
	if dots {
		b.WriteString("...")
	}
	c.text = strings.TrimRight(b.String(), " ")
	return c
}

// runeStart returns the start of the character that offset lies in.
func runeStart(text []byte, offset int) int {
	for n := 0; n < utf8.UTFMax && offset > 0 && offset < len(text) && !utf8.RuneStart(text[offset]); n++ {
		offset--
	}
	return offset
}

// showRune returns how a character of n bytes is shown at a column, and how many
// columns it takes.
func showRune(r rune, n, column int) (string, int) {
	switch {
	case r == '\t':
		width := tabWidth - column%tabWidth
		return strings.Repeat(" ", width), width
	case r == utf8.RuneError && n <= 1:
		return "\uFFFD", 1
	case hidden(r):
		s := fmt.Sprintf("<U+%04X>", r)
		return s, len(s)
	case unicode.In(r, unicode.Mn, unicode.Me):
		return string(r), 0
	case wide(r):
		return string(r), 2
	default:
		return string(r), 1
	}
}

// hidden reports whether a terminal would not show r, or act on it.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

// wideRanges are the characters that take two columns: East Asian scripts and
// emoji (Unicode Standard Annex 11, coarsely).
var wideRanges = [...][2]rune{
	{0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0x4dbf}, {0x4e00, 0xa4cf}, {0xa960, 0xa97c},
	{0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xfe30, 0xfe6f}, {0xff01, 0xff60}, {0xffe0, 0xffe6},
	{0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
}

// wide reports whether r takes two columns.
func wide(r rune) bool {
	for _, w := range wideRanges {
		if r >= w[0] && r <= w[1] {
			return true
		}
	}
	return false
}

// printable returns a text with what a terminal would act on made visible. Line
// ends stay.
func printable(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r != '\n' && hidden(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if r == '\n' || !hidden(r) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "<U+%04X>", r)
	}
	return b.String()
}
