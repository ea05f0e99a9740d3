package wave

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/witgen/witgen/wit"
)

// prim reads a value of a primitive type, t behind its aliases.
func (p *parser) prim(t wit.Type, prim wit.Prim) any {
	switch prim {
	case wit.Bool:
		switch {
		case p.keyword("true"):
			return true
		case p.keyword("false"):
			return false
		}
		p.expected(t, "true or false")
	case wit.U8:
		return uint8(p.unsigned(t, 8))
	case wit.U16:
		return uint16(p.unsigned(t, 16))
	case wit.U32:
		return uint32(p.unsigned(t, 32))
	case wit.U64:
		return p.unsigned(t, 64)
	case wit.S8:
		return int8(p.signed(t, 8))
	case wit.S16:
		return int16(p.signed(t, 16))
	case wit.S32:
		return int32(p.signed(t, 32))
	case wit.S64:
		return p.signed(t, 64)
	case wit.F32:
		return float32(p.float(t, 32))
	case wit.F64:
		return p.float(t, 64)
	case wit.Char:
		return p.char(t)
	case wit.String:
		return p.string(t)
	case wit.ErrorContext:
		p.fail(p.name(t), "an error-context has no text")
	default:
		panic(fmt.Sprintf("wave: unhandled primitive type %d", prim))
	}
	return nil
}

// numberLength returns how many bytes of a finite number a text begins with.
//
//	number ::= '-'? ('0' | [1-9] [0-9]*) ('.' [0-9]+)? ([eE] [+-]? [0-9]+)?
func numberLength(text string) int {
	n := 0
	digits := func() bool {
		start := n
		for n < len(text) && isDigit(text[n]) {
			n++
		}
		return n > start
	}
	if n < len(text) && text[n] == '-' {
		n++
	}
	if n < len(text) && text[n] == '0' {
		n++
	} else if !digits() {
		return 0
	}
	end := n
	if n < len(text) && text[n] == '.' {
		n++
		if !digits() {
			return end
		}
		end = n
	}
	if n < len(text) && text[n]|0x20 == 'e' {
		n++
		if n < len(text) && (text[n] == '+' || text[n] == '-') {
			n++
		}
		if digits() {
			end = n
		}
	}
	return end
}

// number reads a finite number as text, and fails where what follows it is stuck
// to it.
func (p *parser) number(t wit.Type, what string) string {
	rest := p.text[p.at:]
	n := numberLength(rest)
	if n == 0 {
		p.expected(t, what)
	}
	if n < len(rest) && (isLetter(rest[n]) || isDigit(rest[n]) || rest[n] == '.' || rest[n] == '_') {
		end := n
		for end < len(rest) && (isLetter(rest[end]) || isDigit(rest[end]) || rest[end] == '.' || rest[end] == '_') {
			end++
		}
		p.fail(p.name(t), "expected %s, found %s", what, shorten(rest[:end]))
	}
	return rest[:n]
}

// integer reads an integer as text.
func (p *parser) integer(t wit.Type) string {
	text := p.number(t, "an integer")
	if strings.ContainsAny(text, ".eE") {
		p.fail(p.name(t), "expected an integer, found %s", shorten(text))
	}
	return text
}

func (p *parser) unsigned(t wit.Type, bits int) uint64 {
	text := p.integer(t)
	n, err := strconv.ParseUint(strings.TrimPrefix(text, "-"), 10, bits)
	if err != nil || text[0] == '-' && n != 0 {
		p.fail(p.name(t), "%s is out of range: 0 to %d", shorten(text), uint64(math.MaxUint64)>>(64-bits))
	}
	p.at += len(text)
	return n
}

func (p *parser) signed(t wit.Type, bits int) int64 {
	text := p.integer(t)
	n, err := strconv.ParseInt(text, 10, bits)
	if err != nil {
		p.fail(p.name(t), "%s is out of range: %d to %d", shorten(text), int64(math.MinInt64)>>(64-bits), int64(math.MaxInt64)>>(64-bits))
	}
	p.at += len(text)
	return n
}

func (p *parser) float(t wit.Type, bits int) float64 {
	switch {
	case p.keyword("nan"):
		return math.NaN()
	case p.keyword("inf"):
		return math.Inf(1)
	case strings.HasPrefix(p.text[p.at:], "-inf") && labelLength(p.text[p.at+1:]) == len("inf"):
		p.at += len("-inf")
		return math.Inf(-1)
	}
	text := p.number(t, "a number")
	f, err := strconv.ParseFloat(text, bits)
	if err != nil {
		p.fail(p.name(t), "%s is out of range", shorten(text))
	}
	p.at += len(text)
	return f
}

// char reads a char.
//
//	char ::= ['] (common-char | '"') [']
func (p *parser) char(t wit.Type) rune {
	if !p.peek('\'') {
		p.expected(t, "a char in ' '")
	}
	start := p.at
	p.at++
	if p.at == len(p.text) || p.text[p.at] == '\n' || p.text[p.at] == '\'' {
		p.at = start
		p.fail(p.name(t), "expected one char between ' and '")
	}
	r := p.rune(t)
	if p.at == len(p.text) || p.text[p.at] != '\'' {
		p.at = start
		p.fail(p.name(t), "expected one char between ' and '")
	}
	p.at++
	return r
}

// rune reads one char of a char or string, which may be an escape.
//
//	escape ::= '\' (['"tnr\\] | 'u{' [0-9a-fA-F]+ '}')
func (p *parser) rune(t wit.Type) rune {
	r, n := utf8.DecodeRuneInString(p.text[p.at:])
	if r == utf8.RuneError && n == 1 {
		p.fail(p.name(t), "the text is not valid UTF-8")
	}
	if r != '\\' {
		p.at += n
		return r
	}
	rest := p.text[p.at+1:]
	if rest == "" {
		p.fail(p.name(t), "expected an escape, found the end")
	}
	if i := strings.IndexByte(`'"tnr\`, rest[0]); i >= 0 {
		p.at += 2
		return rune("'\"\t\n\r\\"[i])
	}
	digits, _, ok := strings.Cut(strings.TrimPrefix(rest, "u{"), "}")
	if !strings.HasPrefix(rest, "u{") || !ok {
		p.fail(p.name(t), `expected an escape: one of \' \" \t \n \r \\ \u{...}`)
	}
	// ParseUint takes a + and underscores; the grammar takes hex digits.
	code, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || !utf8.ValidRune(rune(code)) || strings.ContainsAny(digits, "+_") {
		p.fail(p.name(t), `\u{%s} is not a Unicode scalar value`, shorten(digits))
	}
	p.at += len(`\u{}`) + len(digits)
	return rune(code)
}

// string reads a string, in one line or in several.
//
//	string ::= '"' (common-char | ['])* '"'
func (p *parser) string(t wit.Type) string {
	if !p.peek('"') {
		p.expected(t, "a string")
	}
	if strings.HasPrefix(p.text[p.at:], multiline) {
		return p.lines(t)
	}
	start := p.at
	p.at++
	var b strings.Builder
	for {
		if p.at == len(p.text) || p.text[p.at] == '\n' {
			p.at = start
			p.fail(p.name(t), `the string does not end in its line; a line feed in it is written \n`)
		}
		if p.text[p.at] == '"' {
			p.at++
			return b.String()
		}
		b.WriteRune(p.rune(t))
	}
}

// multiline begins and ends a string of several lines.
const multiline = `"""`

// lines reads a string of several lines. Blanks before the quotes at its end are
// taken away from the beginning of each line.
//
//	multiline-string ::= '"""' line-break (line line-break)* [ ]* '"""'
func (p *parser) lines(t wit.Type) string {
	start := p.at
	body := p.text[p.at+len(multiline):]
	body, ok := strings.CutPrefix(strings.TrimPrefix(body, "\r"), "\n")
	if !ok {
		p.fail(p.name(t), `expected a line end after """`)
	}
	at := len(p.text) - len(body)
	body, _, ok = strings.Cut(body, multiline)
	if !ok {
		p.fail(p.name(t), `the string does not end; """ must stand in a line of its own after it`)
	}
	indent := body[strings.LastIndexByte(body, '\n')+1:]
	if strings.Trim(indent, " ") != "" {
		p.fail(p.name(t), `""" must stand in a line of its own after the string`)
	}
	end := at + len(body)
	var b strings.Builder
	for first := true; at < end-len(indent); first = false {
		line, _, _ := strings.Cut(p.text[at:], "\n")
		next := at + len(line) + 1
		line = strings.TrimSuffix(line, "\r")
		if !first {
			b.WriteByte('\n')
		}
		p.at = at
		if !strings.HasPrefix(line, indent) {
			p.fail(p.name(t), `the line must begin with the %d blanks that stand before """ at the end`, len(indent))
		}
		sub := &parser{codec: p.codec, text: p.text[:at+len(line)], at: at + len(indent)}
		for sub.at < len(sub.text) {
			b.WriteRune(sub.rune(t))
		}
		at = next
	}
	p.at = max(start, end) + len(multiline)
	return b.String()
}
