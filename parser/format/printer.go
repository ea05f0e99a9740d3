package format

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/witgen/witgen/parser"
	"github.com/witgen/witgen/parser/ast"
)

// gap is what stands between two tokens.
type gap uint8

const (
	glue      gap = iota // nothing
	space                // a blank
	firstLine            // a line end; no empty line
	line                 // a line end, and one empty line where there are some
	blankLine            // a line end and an empty line
)

// indentation is one level of indentation.
const indentation = "  "

// printer prints the tokens of a file one by one, and with each the comments
// before it.
type printer struct {
	source []byte
	tokens []parser.Token
	state
	out []byte
}

// state is what printing changes, apart from the output.
type state struct {
	next    int // index of the next token
	printed int // bytes of the output
	end     int // where the last token or comment printed ends in the source
	indent  int // levels
	// carried are the comments of tokens dropped right before the next one.
	carried []ast.Comment
}

// token returns the text of the next token.
func (p *printer) token() string { return p.tokens[p.next].Text }

// pending returns the comments before the next token.
func (p *printer) pending() []ast.Comment {
	comments := p.tokens[p.next].Comments
	if len(p.carried) == 0 {
		return comments
	}
	return append(p.carried[:len(p.carried):len(p.carried)], comments...)
}

// mark returns the present state, for reset.
func (p *printer) mark() state {
	p.printed = len(p.out)
	return p.state
}

// reset takes back what was printed since the state.
func (p *printer) reset(s state) {
	p.state = s
	p.out = p.out[:s.printed]
}

// emit prints the next token with a gap before it, in which its comments go.
func (p *printer) emit(before gap) {
	t := p.tokens[p.next]
	if before >= firstLine {
		p.emitLine(t, before, p.indent)
	} else {
		p.emitInline(t, before)
	}
}

// closing prints the brace or parenthesis that closes an indented list, on a
// line of its own.
func (p *printer) closing() {
	before := line
	if last := p.tokens[p.next-1].Text; last == "{" || last == "(" {
		before = firstLine
	}
	p.indent--
	p.emitLine(p.tokens[p.next], before, p.indent+1)
}

// take ends the printing of the next token.
func (p *printer) take(t parser.Token) {
	p.write(t.Text)
	p.end = t.Span.End
	p.carried = nil
	p.next++
}

// insert prints a token that the source does not have, right after the last one.
func (p *printer) insert(text string) { p.write(text) }

// drop leaves out the next token. Its comments stand before the one after it.
func (p *printer) drop() {
	p.carried = p.pending()
	p.next++
}

// emitLine prints a token at the start of a line. Comments that trail the last
// token stay on its line; the others have lines of their own, at a level of
// indentation, except that the token may stand behind a block comment.
func (p *printer) emitLine(t parser.Token, before gap, level int) {
	comments := p.pending()
	trailing := p.trailing(comments, t)
	joined := false // whether what comes next may stand behind the last comment
	for i, c := range comments {
		ends := p.lineEnds(p.end, c.Where.Start)
		switch {
		case i < trailing || joined && ends == 0:
			p.write(" ")
		default:
			p.startLine(before, ends, level)
			before = line
			joined = true
		}
		p.comment(c)
		joined = joined && !isLineComment(c)
	}
	ends := p.lineEnds(p.end, t.Span.Start)
	switch {
	case t.Text == "":
	case isClosing(t.Text):
		p.startLine(firstLine, 0, p.indent)
	case joined && ends == 0:
		p.write(" ")
	default:
		p.startLine(before, ends, p.indent)
	}
	p.take(t)
}

// trailing returns how many of the comments before t stand on the line of the
// last token, with nothing but each other behind them. A comment for
// documentation does not trail an opening brace.
func (p *printer) trailing(comments []ast.Comment, t parser.Token) int {
	if len(comments) == 0 || len(p.out) == 0 || p.afterOpening() && isDoc(comments[0]) {
		return 0
	}
	end := p.end
	for i, c := range comments {
		if p.lineEnds(end, c.Where.Start) > 0 {
			return i
		}
		end = c.Where.End
	}
	if p.lineEnds(end, t.Span.Start) > 0 || t.Text == "" || isClosing(t.Text) {
		return len(comments)
	}
	return 0
}

// isDoc reports whether a comment is meant as documentation.
func isDoc(c ast.Comment) bool {
	return strings.HasPrefix(c.Text(), "///") || strings.HasPrefix(c.Text(), "/**")
}

// startLine ends the line and starts another one, after an empty one where the
// gap has it. ends is how many line ends the source has there.
func (p *printer) startLine(before gap, ends, level int) {
	if len(p.out) > 0 {
		p.write("\n")
		if before == blankLine || before == line && ends > 1 {
			p.write("\n")
		}
	}
	for range level {
		p.write(indentation)
	}
}

// emitInline prints a token on the line of the last one. Comments go between;
// behind one that takes the rest of its line the text goes on in the next line,
// a level deeper.
func (p *printer) emitInline(t parser.Token, before gap) {
	comments := p.pending()
	if len(comments) == 0 {
		if before == space {
			p.write(" ")
		}
		p.take(t)
		return
	}
	newLine := false
	for i, c := range comments {
		own := isLineComment(c) && p.lineEnds(p.end, c.Where.Start) > 0
		switch {
		case newLine || own:
			p.startLine(firstLine, 0, p.indent+1)
		case i == 0 && before == glue && p.afterOpening():
		default:
			p.write(" ")
		}
		p.comment(c)
		newLine = isLineComment(c)
	}
	switch {
	case newLine:
		p.startLine(firstLine, 0, p.indent+1)
	case before == glue && strings.Contains(";,)>}", t.Text):
	default:
		p.write(" ")
	}
	p.take(t)
}

// afterOpening reports whether the last thing printed opens a list.
func (p *printer) afterOpening() bool {
	return len(p.out) > 0 && strings.IndexByte("(<{", p.out[len(p.out)-1]) >= 0
}

// comment prints a comment, with line ends of one byte and without blanks at its
// end.
func (p *printer) comment(c ast.Comment) {
	p.write(strings.TrimRight(strings.ReplaceAll(c.Text(), "\r\n", "\n"), " \t\r"))
	p.end = c.Where.End
}

// isLineComment reports whether a comment takes the rest of its line.
func isLineComment(c ast.Comment) bool { return strings.HasPrefix(c.Text(), "//") }

// needsLineEnd reports whether a comment cannot stand within a line.
func needsLineEnd(text string) bool {
	return strings.HasPrefix(text, "//") || strings.Contains(text, "\n")
}

// lineEnds counts the line ends of the source between two offsets.
func (p *printer) lineEnds(start, end int) int {
	return bytes.Count(p.source[start:end], []byte("\n"))
}

// column returns how many characters the last line of the output has.
func (p *printer) column() int {
	return utf8.RuneCount(p.out[bytes.LastIndexByte(p.out, '\n')+1:])
}

func (p *printer) write(s string) { p.out = append(p.out, s...) }

// finish returns the output, which ends in one line end unless it is empty.
func (p *printer) finish() []byte {
	if len(p.out) == 0 {
		return p.out
	}
	return append(p.out, '\n')
}
