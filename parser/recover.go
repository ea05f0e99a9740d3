package parser

import "bytes"

// item runs a function that parses one item. Where it fails, item moves to where
// the next item starts or the braces around it end, and returns the index of the
// token at which it failed; otherwise it returns -1. inBraces reports whether the
// items stand in braces.
func (p *parser) item(inBraces bool, parse func()) (failed int) {
	first := p.cur
	defer func() {
		if failed == -1 {
			return
		}
		r := recover()
		if _, mine := r.(bailout); !mine {
			panic(r)
		}
		failed = p.cur
		p.resync(first, inBraces)
	}()
	parse()
	return -1
}

// resync moves from the token at which an item failed to the end of the item: a
// semicolon or closing brace of its own, the brace that closes what it stands
// in, or a line that looks like the start of another item. first is the item's
// first token.
func (p *parser) resync(first int, inBraces bool) {
	braces, parens := 0, 0
	for i := first; ; i++ {
		t := p.tokens[i]
		behind := i >= p.cur
		switch t.kind {
		case tokEOF:
			// What is missing at the end follows from the mistake reported.
			p.cur, p.failed = i, i
			return
		case tokLBrace:
			braces, parens = braces+1, 0
		case tokLParen:
			parens++
		case tokRParen:
			parens = max(parens-1, 0)
		case tokRBrace:
			if braces == 0 && inBraces && behind {
				p.cur = i
				return
			}
			braces, parens = max(braces-1, 0), 0
			if braces == 0 && behind {
				p.cur = i + 1
				return
			}
		case tokSemicolon:
			if braces == 0 && behind {
				p.cur = i + 1
				return
			}
		default:
			if behind && i > first && braces == 0 && parens == 0 && p.startsItem(i) {
				p.cur = i
				return
			}
		}
	}
}

// startsItem reports whether the token is the first of its line and looks like
// the start of an item.
func (p *parser) startsItem(i int) bool {
	switch p.tokens[i].kind {
	case kwUse, kwType, kwRecord, kwFlags, kwVariant, kwEnum, kwResource, kwImport, kwExport,
		kwInclude, kwInterface, kwWorld, kwPackage, kwConstructor, tokAt:
	case tokID, tokExplicitID:
		if p.tokens[i+1].kind != tokColon {
			return false
		}
	default:
		return false
	}
	for at := int(p.tokens[i].start) - 1; at >= int(p.tokens[i-1].end); at-- {
		if p.text[at] == '\n' {
			return true
		}
	}
	return false
}

// body parses items up to the closing brace and takes the brace. An item that
// fails because it belongs outside the braces ends them without one.
func (p *parser) body(parse func()) {
	open := p.cur - 1
	for p.peek() != tokRBrace {
		first := p.cur
		failed := p.item(true, parse)
		if failed == -1 {
			continue
		}
		if failed == first && p.belongsOutside(first, open) {
			p.cur, p.failed = first, first
		}
		if p.cur == first || p.peek() == tokEOF {
			return
		}
	}
	p.expect(tokRBrace)
}

// belongsOutside reports whether the item at first, which failed, starts like
// one of the file and is indented no more than what the brace at open belongs
// to, so that a closing brace is probably missing before it.
func (p *parser) belongsOutside(first, open int) bool {
	switch p.tokens[first].kind {
	case kwInterface, kwWorld, kwPackage:
		// A package that failed for being too deep is where it belongs.
		return p.packages < maxPackageDepth && p.indent(first) <= p.indent(open)
	default:
		return false
	}
}

// indent returns the number of blanks at the start of a token's line.
func (p *parser) indent(i int) int {
	line := p.text[:p.tokens[i].start]
	line = line[bytes.LastIndexByte(line, '\n')+1:]
	return len(line) - len(bytes.TrimLeft(line, " \t"))
}
