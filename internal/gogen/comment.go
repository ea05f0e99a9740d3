package gogen

import (
	"go/doc/comment"
	"regexp"
	"strings"
	"unicode"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/wit"
)

// commentWidth is how long the text of a comment's line may be, so that the line
// keeps to lineWidth behind two tabs.
const commentWidth = 100

// CommentText returns text as the lines of a comment, in one string.
func CommentText(text string) string { return strings.Join(commentLines(text), "\n") }

// Comment returns text as comment lines, each with the end of its line. Nothing
// in text can end the comment or become a directive, and gofmt leaves the lines as
// they are.
func Comment(text string) *jen.Statement {
	s := &jen.Statement{}
	for _, line := range commentLines(text) {
		s.Comment(line).Line()
	}
	return s
}

// Doc returns the comment of a declaration called name in Go: the WIT
// documentation of what is called witName there, or otherwise the sentence that
// begins with name and goes on with says; and the deprecation. A first word that
// is the WIT name becomes the Go name.
func Doc(name, witName, docs, says string, stability wit.Stability) *jen.Statement {
	docs = strings.TrimSpace(docs)
	if docs == "" {
		docs = name + " " + says
	} else if first, rest, _ := strings.Cut(docs, " "); strings.Trim(first, "`") == witName {
		docs = name + " " + rest
	}
	if stability.Deprecated != "" {
		docs += "\n\nDeprecated: since version " + stability.Deprecated + "."
	}
	return Comment(docs)
}

// commentLines returns text as the lines of a comment that gofmt would not change
// (see go.dev/doc/comment). Text is the Markdown that WIT's documentation is written
// in.
func commentLines(text string) []string {
	text = strings.Join(fromMarkdown(sanitize(strings.TrimSpace(text))), "\n")
	// gofmt writes what it has written the same way again, but for texts that it
	// reads otherwise by then.
	for range 4 {
		again := wrapLines(formatted(text))
		if again == text {
			break
		}
		text = again
	}
	if text == "" {
		return nil
	}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case line == "":
			lines = append(lines, "//")
		case line[0] == '\t':
			lines = append(lines, "//"+line)
		default:
			lines = append(lines, "// "+line)
		}
	}
	return lines
}

// formatted returns the text of a comment as gofmt writes it.
func formatted(text string) string {
	doc := new(comment.Parser).Parse(text)
	return strings.TrimRight(string(new(comment.Printer).Comment(doc)), "\n")
}

// sanitize returns the lines of text without what must not stand in a comment.
func sanitize(text string) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRightFunc(strings.Map(printable, line), unicode.IsSpace)
		if strings.HasPrefix(strings.TrimSpace(line), "+build") {
			line = "'" + strings.TrimSpace(line) + "'"
		}
		lines = append(lines, line)
	}
	return lines
}

// printable drops what Go does not take in a comment and what would change how
// the text around it is read.
func printable(c rune) rune {
	switch {
	case c == '\t':
		return c
	case c < ' ' || c == 0x7f || c == 0xfeff || c == 0xfffd,
		c >= 0x2028 && c <= 0x202e, c >= 0x2066 && c <= 0x2069:
		return -1
	default:
		return c
	}
}

var (
	fence   = regexp.MustCompile("^\\s*(```|~~~)")
	heading = regexp.MustCompile(`^#+\s*(.*?)\s*#*$`)
)

// fromMarkdown turns what Markdown spells otherwise than Go into Go's: fenced code
// is indented, headings have one #, with a blank line before and after.
func fromMarkdown(lines []string) []string {
	var out []string
	end := "" // what ends the code that the line is in
	blank := func() {
		if len(out) > 0 && out[len(out)-1] != "" {
			out = append(out, "")
		}
	}
	for _, line := range lines {
		switch m := fence.FindStringSubmatch(line); {
		case end == "" && m != nil:
			end = m[1]
			blank()
		case end != "" && m != nil && m[1] == end:
			end = ""
			out = append(out, "")
		case end != "" && line != "":
			out = append(out, "\t"+line)
		case end == "" && heading.MatchString(line):
			if title := heading.FindStringSubmatch(line)[1]; title != "" {
				blank()
				out = append(out, "# "+title, "")
			}
		case line == "" && len(out) > 0 && out[len(out)-1] == "":
		default:
			out = append(out, line)
		}
	}
	return out
}

// marker matches a word that begins an item of a list; special matches words that
// mean something at the beginning of a line.
var (
	marker  = regexp.MustCompile(`^([-*+•]|\d+[.)])$`)
	special = regexp.MustCompile(`^([-*+•#]|\d+[.)]|\+build.*|\[.*\]:)$`)
)

// wrapLines breaks lines of formatted text that are longer than commentWidth between
// words, and leaves code and headings alone.
func wrapLines(text string) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " \t")
		words := strings.Fields(line)
		if len(line) <= commentWidth || strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "# ") {
			out = append(out, line)
			continue
		}
		indent := line[:strings.Index(line, words[0])]
		current := indent + words[0]
		if indent != "" && marker.MatchString(words[0]) {
			indent += strings.Repeat(" ", len(words[0])+1)
		}
		for _, word := range words[1:] {
			if len(current)+1+len(word) > commentWidth && !special.MatchString(word) {
				out = append(out, current)
				current = indent + word
			} else {
				current += " " + word
			}
		}
		out = append(out, current)
	}
	return strings.Join(out, "\n")
}
