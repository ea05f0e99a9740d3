package parser

import (
	"unicode/utf8"

	"github.com/witgen/witgen/diag"
)

// stringLiteral reads a string and reports what is wrong in it.
//
//	string-literal ::= <core:name>
func (s *scanner) stringLiteral(start int) {
	_, mistake := unquote(s.file, start)
	if mistake == nil {
		s.pos = closingQuote(s.text, start)
		s.addLong(tokString, start)
		return
	}
	// Go on behind the string, or at the end of its line where it has no end.
	s.pos = closingQuote(s.text, start)
	s.mistake = mistake
	s.add(tokInvalid, start)
}

// closingQuote returns the offset behind the string that starts at start, or
// that of the end of the line or file.
func closingQuote(text []byte, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '"':
			return i + 1
		case '\\':
			if i+1 < len(text) && text[i+1] != '\n' {
				i++
			}
		case '\n':
			return i
		}
	}
	return len(text)
}

// unquote returns the value of the string literal that starts at offset start,
// or what is wrong with it. The text format of core WebAssembly, "Strings" and
// "Names", is the grammar.
func unquote(file *diag.File, start int) (string, *diag.Diagnostic) {
	u := unquoter{file: file, pos: start + 1}
	for u.mistake == nil {
		at := u.pos
		switch r := u.next(); {
		case u.mistake != nil:
		case r == '"':
			if !utf8.Valid(u.value) {
				u.fail(start, u.pos, "the escapes of this string do not make valid UTF-8")
				return "", u.mistake
			}
			return string(u.value), nil
		case r == '\\':
			u.escape()
		case r == '\n' || r == '\r':
			u.fail(at, u.pos, "the line ends within a string")
			u.mistake.Code = diag.UnterminatedString
			u.mistake.Hint("a string ends with `\"` on the line where it starts; write a line end as \\n")
		case r < 0x20 || r == 0x7f:
			u.fail(at, u.pos, "a string may not hold "+showRune(r))
		default:
			u.value = utf8.AppendRune(u.value, r)
		}
	}
	return "", u.mistake
}

// unquoter reads one string literal.
type unquoter struct {
	file    *diag.File
	pos     int
	value   []byte
	mistake *diag.Diagnostic
}

func (u *unquoter) fail(start, end int, message string) {
	u.mistake = &diag.Diagnostic{Code: diag.InvalidString, Span: diag.Span{File: u.file, Start: start, End: end}, Message: message}
}

// next reads a character; at the end of the file it fails.
func (u *unquoter) next() rune {
	if u.pos >= len(u.file.Text) {
		u.fail(u.pos, u.pos, "the file ends within a string")
		u.mistake.Code = diag.UnterminatedString
		return 0
	}
	r, n := utf8.DecodeRune(u.file.Text[u.pos:])
	u.pos += n
	return r
}

// escapes are the escapes of one letter.
var escapes = map[rune]byte{'"': '"', '\'': '\'', 't': '\t', 'n': '\n', 'r': '\r', '\\': '\\'}

// escape reads what follows a backslash.
func (u *unquoter) escape() {
	at := u.pos
	r := u.next()
	if u.mistake != nil {
		return
	}
	if c, ok := escapes[r]; ok {
		u.value = append(u.value, c)
		return
	}
	if r == 'u' {
		u.unicodeEscape(at)
		return
	}
	high, ok := hexDigit(r)
	if !ok {
		u.fail(at, u.pos, "there is no escape \\"+string(r))
		return
	}
	at = u.pos
	low, ok := hexDigit(u.next())
	if !ok && u.mistake == nil {
		u.fail(at, u.pos, "an escaped byte has two hexadecimal digits")
	}
	u.value = append(u.value, byte(high<<4|low))
}

// unicodeEscape reads the {...} of \u{...}; letter is the place of the u.
func (u *unquoter) unicodeEscape(letter int) {
	at := u.pos
	if r := u.next(); u.mistake != nil || r != '{' {
		u.failHere(at, "expected `{` after \\u")
		return
	}
	first, value := u.pos, rune(0)
	digits, underscore := 0, false
	for {
		at = u.pos
		r := u.next()
		if u.mistake != nil {
			return
		}
		if r == '_' && digits > 0 {
			underscore = true
			continue
		}
		d, ok := hexDigit(r)
		switch {
		case !ok && digits == 0:
			u.failHere(at, "expected a hexadecimal digit")
			return
		case !ok && underscore:
			u.failHere(first, "an underscore stands between two digits")
			return
		case !ok && r != '}':
			u.failHere(at, "expected `}`")
			return
		case !ok:
			if !utf8.ValidRune(value) {
				u.failHere(letter, "this is not the number of a Unicode character")
				return
			}
			u.value = utf8.AppendRune(u.value, value)
			return
		}
		digits, underscore = digits+1, false
		value = value<<4 | rune(d)
		if value > 0x0fff_ffff/16 {
			// Larger than any character; keep it so without overflow.
			value = 0x0fff_ffff / 16
		}
	}
}

// failHere reports a mistake from start to the present position, unless there
// is one already.
func (u *unquoter) failHere(start int, message string) {
	if u.mistake == nil {
		u.fail(start, u.pos, message)
	}
}

// hexDigit returns the value of a hexadecimal digit.
func hexDigit(r rune) (int, bool) {
	switch {
	case r >= '0' && r <= '9':
		return int(r - '0'), true
	case r >= 'a' && r <= 'f':
		return int(r-'a') + 10, true
	case r >= 'A' && r <= 'F':
		return int(r-'A') + 10, true
	}
	return 0, false
}
