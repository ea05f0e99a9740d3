package parser

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/ast"
)

// MaxFileSize is how many bytes a file may have.
const MaxFileSize = 16 << 20

// Limits of the parser. Each has a diagnostic code of its own, as MaxFileSize has.
const (
	maxTokenSize    = 100_000 // bytes of a name, number or string
	maxTypeDepth    = 100     // types within types
	maxPackageDepth = 100     // packages within packages
	maxErrors       = 20      // mistakes reported of a file
)

// scanner cuts a file into tokens, in one pass from its start to its end.
type scanner struct {
	file     *diag.File
	text     []byte
	pos      int
	tokens   []token
	comments []ast.Comment
	// mistake is what is wrong with the first tokInvalid. It is made only where
	// explaining: a file may hold millions.
	mistake    *diag.Diagnostic
	explaining bool
}

// scan reads all tokens; the last is tokEOF.
func (s *scanner) scan() {
	s.tokens = make([]token, 0, len(s.text)/4+16)
	if len(s.text) >= 3 && string(s.text[:3]) == "\uFEFF" {
		s.pos = 3
	}
	for s.pos < len(s.text) {
		s.next()
	}
	s.add(tokEOF, s.pos)
}

// add adds a token that ends at the present position.
func (s *scanner) add(k kind, start int) {
	s.tokens = append(s.tokens, token{uint32(start), uint32(s.pos), uint32(len(s.comments)), k})
}

// span returns the place from start to end.
func (s *scanner) span(start, end int) diag.Span {
	return diag.Span{File: s.file, Start: start, End: end}
}

// invalid adds a token that stands for a mistake. Parsing goes on behind it, so
// the position must have moved.
func (s *scanner) invalid(start int, code diag.Code, at diag.Span, format string, args ...any) {
	if s.explaining {
		s.mistake = &diag.Diagnostic{Code: code, Span: at, Message: fmt.Sprintf(format, args...)}
	}
	s.add(tokInvalid, start)
}

// explain returns what is wrong with a tokInvalid, which it reads again.
func (s *scanner) explain(t token) *diag.Diagnostic {
	again := scanner{file: s.file, text: s.text, pos: int(t.start), explaining: true}
	again.next()
	return again.mistake
}

// single holds the operators of one character that start nothing longer.
var single = [256]kind{
	'=': tokEquals, ',': tokComma, ':': tokColon, '.': tokPeriod, ';': tokSemicolon,
	'(': tokLParen, ')': tokRParen, '{': tokLBrace, '}': tokRBrace,
	'<': tokLess, '>': tokGreater, '*': tokStar, '@': tokAt, '+': tokPlus,
}

// next reads one token, comment or stretch of whitespace.
//
//	token ::= whitespace | operator | keyword | integer | identifier | string-literal
func (s *scanner) next() {
	start := s.pos
	c := s.text[start]
	switch {
	case c == ' ' || c == '\t' || c == '\n':
		s.pos++
	case c == '\r' && s.at(1) == '\n':
		s.pos += 2
	case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_':
		s.word(start)
	case single[c] != tokEOF:
		s.pos++
		s.add(single[c], start)
	case c == '-':
		s.pos++
		if s.at(0) == '>' {
			s.pos++
			s.add(tokArrow, start)
		} else {
			s.add(tokMinus, start)
		}
	case c == '/':
		s.slash(start)
	case c >= '0' && c <= '9':
		for c := s.at(0); c >= '0' && c <= '9'; c = s.at(0) {
			s.pos++
		}
		s.addLong(tokInteger, start)
	case c == '%':
		s.pos++
		if r, _ := utf8.DecodeRune(s.text[s.pos:]); isNameStart(r) {
			s.name()
		}
		s.addLong(tokExplicitID, start)
	case c == '"':
		s.stringLiteral(start)
	default:
		s.other(start)
	}
}

// at returns the byte at an offset from the position, and 0 behind the end. No
// file that is scanned holds a NUL.
func (s *scanner) at(offset int) byte {
	if s.pos+offset < len(s.text) {
		return s.text[s.pos+offset]
	}
	return 0
}

// addLong adds a token unless it is longer than tokens may be.
func (s *scanner) addLong(k kind, start int) {
	if s.pos-start > maxTokenSize {
		s.invalid(start, diag.TokenTooLong, s.span(start, s.pos), "this token has %d bytes; the most is %d", s.pos-start, maxTokenSize)
		return
	}
	s.add(k, start)
}

// word reads a keyword or an identifier.
func (s *scanner) word(start int) {
	s.name()
	k := tokID
	if s.pos-start <= len("error-context") {
		k = keyword(s.text[start:s.pos])
	}
	s.addLong(k, start)
}

// name moves behind all characters that may continue a name. It takes more than
// names may hold: the parser of names reports the others.
func (s *scanner) name() {
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		switch {
		case c >= 'a' && c <= 'z' || c == '-' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c == '_':
			s.pos++
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(s.text[s.pos:])
			if !isNameContinue(r) {
				return
			}
			s.pos += n
		default:
			return
		}
	}
}

// isNameStart reports whether r is read as the start of a name.
func isNameStart(r rune) bool {
	return r == '_' || r == '-' || unicode.In(r, unicode.L, unicode.Nl, unicode.Other_ID_Start)
}

// isNameContinue reports whether r is read as part of a name.
func isNameContinue(r rune) bool {
	return isNameStart(r) || unicode.In(r, unicode.Nd, unicode.Mn, unicode.Mc, unicode.Pc, unicode.Other_ID_Continue)
}

// slash reads '/' or a comment.
//
//	comment ::= '//' character-that-isnt-a-newline*
//	          | '/*' any-unicode-character* '*/'
func (s *scanner) slash(start int) {
	s.pos++
	switch s.at(0) {
	case '/':
		for s.pos < len(s.text) && s.text[s.pos] != '\n' {
			s.pos++
		}
		end := s.pos
		if s.text[end-1] == '\r' && s.pos < len(s.text) {
			end--
		}
		s.comments = append(s.comments, ast.Comment{Pos: ast.Pos{Where: s.span(start, end)}})
	case '*':
		s.pos++
		s.blockComment(start)
	default:
		s.add(tokSlash, start)
	}
}

// blockComment reads the rest of a block comment, which may hold others.
func (s *scanner) blockComment(start int) {
	for depth := 1; depth > 0; {
		switch {
		case s.pos == len(s.text):
			s.invalid(start, diag.UnterminatedComment, s.span(start, start+2), "this block comment is not closed")
			return
		case s.text[s.pos] == '/' && s.at(1) == '*':
			depth++
			s.pos += 2
		case s.text[s.pos] == '*' && s.at(1) == '/':
			depth--
			s.pos += 2
		default:
			s.pos++
		}
	}
	s.comments = append(s.comments, ast.Comment{Pos: ast.Pos{Where: s.span(start, s.pos)}})
}

// other reads what no ASCII character starts: a name in another script, which
// is reported where a name is parsed, or a character that WIT has no use for.
func (s *scanner) other(start int) {
	r, n := utf8.DecodeRune(s.text[start:])
	s.pos += n
	if isNameStart(r) {
		s.name()
		s.addLong(tokID, start)
		return
	}
	s.invalid(start, diag.UnexpectedCharacter, s.span(start, s.pos), "unexpected character %s", showRune(r))
}

// showRune shows a character in a message.
func showRune(r rune) string {
	if unicode.IsGraphic(r) && !unicode.IsSpace(r) {
		return fmt.Sprintf("`%c`", r)
	}
	return fmt.Sprintf("U+%04X", r)
}
