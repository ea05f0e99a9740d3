package wave

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/witgen/witgen/wit"
)

// found returns a description of what stands at p.at, for errors.
func (p *parser) found() string {
	rest := p.text[p.at:]
	if rest == "" {
		return "the end"
	}
	if n := labelLength(rest); n > 0 {
		return shorten(rest[:n])
	}
	if n := numberLength(rest); n > 0 {
		return shorten(rest[:n])
	}
	r, _ := utf8.DecodeRuneInString(rest)
	switch r {
	case '"':
		return "a string"
	case '\'':
		return "a char"
	}
	return fmt.Sprintf("%q", r)
}

func shorten(s string) string {
	const most = 40
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}

// blanks skips blanks and comments.
//
//	ws ::= ([ \t\n\r] | '//' [^\n]*)*
func (p *parser) blanks() {
	for p.at < len(p.text) {
		switch rest := p.text[p.at:]; {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			p.at++
		case strings.HasPrefix(rest, "//"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			p.at += end
		default:
			return
		}
	}
}

// peek reports whether a byte comes next, behind blanks.
func (p *parser) peek(b byte) bool {
	p.blanks()
	return p.at < len(p.text) && p.text[p.at] == b
}

// accept takes a byte where it comes next.
func (p *parser) accept(b byte) bool {
	if p.peek(b) {
		p.at++
		return true
	}
	return false
}

func (p *parser) expect(t wit.Type, b byte) {
	if !p.accept(b) {
		p.expected(t, fmt.Sprintf("%q", rune(b)))
	}
}

// labelLength returns how many bytes of a label, with its %, a text begins with.
//
//	label ::= '%'? word ('-' word)*
func labelLength(text string) int {
	start := 0
	if strings.HasPrefix(text, "%") {
		start = 1
	}
	n := start
	for n < len(text) && (isLetter(text[n]) || n > start && (isDigit(text[n]) || text[n] == '-')) {
		n++
	}
	if n == start {
		return 0
	}
	return n
}

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }
func isDigit(b byte) bool  { return '0' <= b && b <= '9' }

// label reads a label, and reports whether it was written with a %. what is what
// it names, for errors.
func (p *parser) label(t wit.Type, what string) (name string, escaped bool) {
	p.blanks()
	n := labelLength(p.text[p.at:])
	if n == 0 {
		p.expected(t, what)
	}
	name = p.text[p.at : p.at+n]
	p.at += n
	return strings.TrimPrefix(name, "%"), name[0] == '%'
}

// keyword reports whether a word that is no label comes next, and takes it.
func (p *parser) keyword(word string) bool {
	p.blanks()
	rest := p.text[p.at:]
	if n := labelLength(rest); n > 0 && rest[:n] == word {
		p.at += n
		return true
	}
	return false
}
