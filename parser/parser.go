// Package parser reads WIT text into the syntax tree of package ast. It is a
// scanner and a recursive-descent parser; the grammar is that of WIT.md, "Lexical
// structure" and after, as wit-parser reads it.
//
// Time and memory are linear in the size of the file. The limits are constants
// in scanner.go, and each has a diagnostic of its own.
package parser

import (
	"bytes"
	"fmt"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/ast"
)

// Parse reads a file. It reports up to 20 mistakes, in the order of the file;
// after one it goes on with the next item. The tree is never nil; where there
// are mistakes, items are missing from it, so that it is not fit to be resolved.
func Parse(file *diag.File) (*ast.File, diag.List) {
	tree := &ast.File{Source: file}
	if list := checkText(file); len(list) > 0 {
		return tree, list
	}
	s := scanner{file: file, text: file.Text}
	s.scan()
	tree.Comments = s.comments
	p := parser{scanner: s, source: string(file.Text), failed: -1}
	p.file(tree)
	return tree, p.mistakes
}

// parser reads the tokens of one file.
type parser struct {
	scanner
	source   string // the text; names are sections of it
	cur      int    // index of the next token
	packages int    // how many nested packages are open
	mistakes diag.List
	failed   int // index of the token at which parsing failed last, or -1
}

// bailout is what the parser panics with to leave an item that has a mistake;
// item recovers it.
type bailout struct{}

// giveUp is what the parser panics with after the last mistake that it reports;
// file recovers it.
type giveUp struct{}

// peek returns the kind of the next token.
func (p *parser) peek() kind { return p.tokens[p.cur].kind }

// peekAt returns the kind of a token after the next.
func (p *parser) peekAt(offset int) kind {
	return p.tokens[min(p.cur+offset, len(p.tokens)-1)].kind
}

// accept takes the next token where it is of the kind.
func (p *parser) accept(k kind) bool {
	if p.peek() != k {
		return false
	}
	p.cur++
	return true
}

// expect takes the next token, which has to be of the kind.
func (p *parser) expect(k kind) token {
	t := p.tokens[p.cur]
	if t.kind != k {
		panic(p.unexpected(describe(k)))
	}
	p.cur++
	return t
}

// tokenSpan returns the place of a token.
func (p *parser) tokenSpan(t token) diag.Span {
	return p.scanner.span(int(t.start), int(t.end))
}

// keyword takes the next token, which the caller knows, and returns its place.
func (p *parser) keyword() diag.Span {
	p.cur++
	return p.tokenSpan(p.tokens[p.cur-1])
}

// start returns the offset of the next token.
func (p *parser) start() int { return int(p.tokens[p.cur].start) }

// from returns the place from an offset to the end of the last token taken.
func (p *parser) from(start int) ast.Pos {
	return ast.Pos{Where: p.scanner.span(start, int(p.tokens[p.cur-1].end))}
}

// docs returns the comments between the last token and the next one.
func (p *parser) docs() ast.Docs {
	first := uint32(0)
	if p.cur > 0 {
		first = p.tokens[p.cur-1].comments
	}
	last := p.tokens[p.cur].comments
	if first == last {
		return ast.Docs{}
	}
	return ast.Docs{Comments: p.comments[first:last:last]}
}

// report records a mistake after which parsing goes on as if it were none.
func (p *parser) report(code diag.Code, at diag.Span, format string, args ...any) *diag.Diagnostic {
	d := &diag.Diagnostic{Code: code, Span: at, Message: fmt.Sprintf(format, args...)}
	p.note(d)
	return d
}

// note adds a mistake to those of the file, and gives up where they are too many.
func (p *parser) note(d *diag.Diagnostic) {
	if len(p.mistakes) == maxErrors {
		p.mistakes = append(p.mistakes, tooManyErrors(d.Span))
		panic(giveUp{})
	}
	p.mistakes = append(p.mistakes, d)
}

// fail records a mistake at the next token, and the caller panics with what it
// returns. A token at which parsing failed before is not reported again.
func (p *parser) fail(d *diag.Diagnostic) bailout {
	if p.cur > p.failed {
		p.failed = p.cur
		p.note(d)
	}
	return bailout{}
}

// unexpected reports that the next token is not what the grammar wants, and the
// caller panics with what it returns.
func (p *parser) unexpected(expected string) bailout {
	t := p.tokens[p.cur]
	if t.kind == tokInvalid {
		return p.fail(p.explain(t))
	}
	d := &diag.Diagnostic{
		Code: diag.Syntax, Span: p.tokenSpan(t),
		Message: fmt.Sprintf("expected %s, found %s", expected, p.found(t)),
	}
	p.hint(d, t)
	return p.fail(d)
}

// describe names a kind of token in a message.
func describe(k kind) string {
	switch {
	case k == tokEOF:
		return "the end of the file"
	case k == tokInteger:
		return "a number"
	case k == tokString:
		return "a string"
	case k.isKeyword():
		return "keyword `" + keywordNames[k] + "`"
	default:
		return "`" + punctuation[k] + "`"
	}
}

// found names a token in a message.
func (p *parser) found(t token) string {
	text := p.source[t.start:t.end]
	if len(text) > 40 {
		text = text[:40] + "..."
	}
	switch t.kind {
	case tokID, tokExplicitID:
		return "the name `" + text + "`"
	case tokInteger:
		return "the number `" + text + "`"
	default:
		return describe(t.kind)
	}
}

// hint adds to a mistake at t what the user probably has to do.
func (p *parser) hint(d *diag.Diagnostic, t token) {
	switch {
	case d.Message == "expected "+expectedName+", found "+describe(t.kind) && t.kind.isKeyword() && t.kind != kwUnderscore:
		d.Hint(fmt.Sprintf("write `%%%s` to use the keyword as a name", keywordNames[t.kind]))
	case p.cur == 0:
	case t.kind == tokSemicolon && p.tokens[p.cur-1].kind == tokRBrace:
		d.Hint("remove the `;`: what ends in `}` takes none")
	case d.Message == "expected `{`, found `;`" && p.inPackageName():
		d.Hint("a file has one `package` line, at its head; further packages are written `package name { ... }`")
	case d.Message == "expected `;`, found "+p.found(t) && p.endsLine(t):
		before := p.tokenSpan(p.tokens[p.cur-1])
		d.Relate(before, "the `;` is missing after this")
		d.Hint(fmt.Sprintf("put a `;` after `%s`", shorten(before.Text())))
	}
}

// endsLine reports whether something ends right before the next token t: a line,
// a pair of braces or the file.
func (p *parser) endsLine(t token) bool {
	before := p.text[p.tokens[p.cur-1].end:t.start]
	return t.kind == tokRBrace || t.kind == tokEOF || bytes.IndexByte(before, '\n') >= 0
}

// inPackageName reports whether the tokens before the next one are the name of a
// package declaration.
func (p *parser) inPackageName() bool {
	for i := p.cur - 1; i >= 0 && i > p.cur-16; i-- {
		switch p.tokens[i].kind {
		case kwPackage:
			return true
		case tokID, tokExplicitID, tokColon, tokAt, tokInteger, tokPeriod, tokMinus, tokPlus:
		default:
			return false
		}
	}
	return false
}
