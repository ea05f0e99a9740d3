// Package format writes WIT in one style, which docs/format.md describes. It
// keeps every comment and changes nothing of what the text means.
package format

import (
	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser"
)

// Source returns the text of a file in the style of docs/format.md. Where the
// file does not parse it returns the mistakes and no text. Formatting the result
// again changes nothing.
func Source(file *diag.File) ([]byte, diag.List) {
	if _, list := parser.Parse(file); len(list) > 0 {
		return nil, list
	}
	f := formatter{printer: printer{source: file.Text, tokens: parser.Tokens(file)}}
	f.items("", true)
	f.emit(line)
	return f.finish(), nil
}

// maxWidth is the number of columns that a line with a list in it should not
// exceed.
const maxWidth = 100

// formatter walks the tokens of a file along the grammar and prints each with
// what has to stand before it. The file parses, so that it only looks at what
// tells two productions apart.
type formatter struct{ printer }

// items prints items up to the token end, which is "" for the end of the file.
// At the top level, items with braces stand apart.
func (f *formatter) items(end string, top bool) {
	before := firstLine
	for f.token() != end {
		apart := f.standsApart()
		if top && apart && before == line {
			before = blankLine
		}
		f.item(before)
		before = line
		if top && apart {
			before = blankLine
		}
	}
}

// standsApart reports whether the item that comes next has an empty line before
// and after it at the top level: all but uses have.
func (f *formatter) standsApart() bool {
	i := f.next
	for f.tokens[i].Text == "@" {
		for f.tokens[i].Text != ")" {
			i++
		}
		i++
	}
	return f.tokens[i].Text != "use"
}

// item prints an item of a file, a package, an interface, a world or a resource,
// with its attributes.
func (f *formatter) item(before gap) {
	for f.token() == "@" {
		f.attribute(before)
		before = firstLine
	}
	head := f.token()
	f.emit(before)
	switch head {
	case "interface", "world":
		f.emit(space)
		f.block()
	case "package":
		f.path(space)
		f.blockOrSemicolon()
	case "resource":
		f.emit(space)
		f.blockOrSemicolon()
	case "record", "variant", "flags", "enum":
		f.emit(space)
		f.members()
	case "type":
		f.emit(space)
		f.emit(space) // =
		f.ty(space)
		f.emit(glue)
	case "use":
		f.use()
	case "include":
		f.include()
	case "import", "export":
		f.extern()
	case "constructor":
		f.signature()
	default:
		f.emit(glue) // :
		f.function()
	}
}

// attribute prints "@name(name = value)".
func (f *formatter) attribute(before gap) {
	f.emit(before)
	f.emit(glue)
	f.emit(glue) // (
	if f.tokens[f.next+1].Text == "=" {
		f.emit(glue)
		f.emit(space)
		f.version(space)
	} else {
		f.emit(glue)
	}
	f.emit(glue) // )
}

// path prints a name, or the path of an interface or package with its version.
func (f *formatter) path(before gap) {
	f.emit(before)
	for f.token() == ":" || f.token() == "/" {
		f.emit(glue)
		f.emit(glue)
	}
	if f.token() == "@" {
		f.emit(glue)
		f.version(glue)
	}
}

// version prints a version, or the name that stands in its place in @unstable. A
// version is several tokens without anything between them.
func (f *formatter) version(before gap) {
	number := isDigit(f.token()[0])
	f.emit(before)
	if !number {
		return
	}
	for range 4 {
		f.emit(glue) // .2.3
	}
	for f.token() == "-" || f.token() == "+" {
		f.emit(glue)
		for isVersionPart(f.token()) || f.token() == "." && isVersionPart(f.tokens[f.next+1].Text) {
			f.emit(glue)
		}
	}
}

// isVersionPart reports whether a token belongs to a version behind a dash or plus.
func isVersionPart(text string) bool {
	if text == "-" {
		return true
	}
	return text != "" && (isDigit(text[0]) || isNameByte(text[0])) && !parser.IsKeyword(text)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isNameByte(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// block prints the braces of what holds items, an item a line.
func (f *formatter) block() {
	f.emit(space) // {
	if f.emptyBraces() {
		return
	}
	f.indent++
	f.items("}", false)
	f.closing()
}

// blockOrSemicolon prints what ends a resource or a package.
func (f *formatter) blockOrSemicolon() {
	if f.token() == ";" {
		f.emit(glue)
		return
	}
	f.block()
}

// emptyBraces prints the closing brace of braces with nothing in them, not even
// a comment.
func (f *formatter) emptyBraces() bool {
	if f.token() != "}" || len(f.pending()) > 0 {
		return false
	}
	f.emit(glue)
	return true
}

// members prints the braces of a record, a variant, flags or an enum, one a line
// with a comma after each.
func (f *formatter) members() {
	f.emit(space) // {
	if f.emptyBraces() {
		return
	}
	f.indent++
	before := firstLine
	for f.token() != "}" {
		f.emit(before)
		before = line
		switch f.token() {
		case ":":
			f.emit(glue)
			f.ty(space)
		case "(":
			f.emit(glue)
			f.ty(glue)
			f.emit(glue)
		}
		f.comma()
	}
	f.closing()
}

// comma prints the comma after an element of a list that takes a line for each.
func (f *formatter) comma() {
	if f.token() == "," {
		f.emit(glue)
		return
	}
	f.insert(",")
}

// use prints the rest of a use, at the top level or with names.
func (f *formatter) use() {
	f.path(space)
	if f.token() != "." {
		if f.token() == "as" {
			f.emit(space)
			f.emit(space)
		}
		f.emit(glue)
		return
	}
	f.emit(glue) // .
	f.fit(func(broken bool) {
		f.list(glue, glue, broken, f.renamed)
		f.emit(glue) // ;
	})
}

// include prints the rest of an include.
func (f *formatter) include() {
	f.path(space)
	if f.token() == ";" {
		f.emit(glue)
		return
	}
	f.emit(space) // with
	f.fit(func(broken bool) { f.list(space, space, broken, f.renamed) })
}

// renamed prints "a" or "a as b".
func (f *formatter) renamed(before gap) {
	f.emit(before)
	if f.token() == "as" {
		f.emit(space)
		f.emit(space)
	}
}

// extern prints the rest of an import or export.
func (f *formatter) extern() {
	if f.tokens[f.next+1].Text != ":" || f.tokens[f.next+3].Text == "/" {
		f.path(space)
		f.emit(glue)
		return
	}
	f.emit(space)
	f.emit(glue) // :
	switch f.token() {
	case "interface":
		f.emit(space)
		f.block()
	case "func", "async":
		f.function()
	default:
		f.path(space)
		f.emit(glue)
	}
}

// function prints a function behind its colon.
func (f *formatter) function() {
	for f.token() != "(" {
		f.emit(space) // static async func
	}
	f.signature()
}

// signature prints parameters, result and semicolon.
func (f *formatter) signature() {
	f.fit(func(broken bool) {
		f.list(glue, glue, broken, func(before gap) {
			f.emit(before)
			f.emit(glue) // :
			f.ty(space)
		})
		if f.token() == "->" {
			f.emit(space)
			f.ty(space)
		}
		f.emit(glue) // ;
	})
}

// list prints a list in braces or parentheses: in one line, with the gap inside
// after the opening and before the closing, or broken, with a line and a comma
// for each element.
func (f *formatter) list(before, inside gap, broken bool, element func(before gap)) {
	f.emit(before)
	if isClosing(f.token()) {
		f.emit(glue)
		return
	}
	if broken {
		f.indent++
	}
	for first := true; !isClosing(f.token()); first = false {
		switch {
		case broken && first:
			element(firstLine)
		case broken:
			element(line)
		case first:
			element(inside)
		default:
			element(space)
		}
		switch {
		case broken:
			f.comma()
		case f.token() != ",":
		case isClosing(f.tokens[f.next+1].Text):
			f.drop()
		default:
			f.emit(glue)
		}
	}
	if broken {
		f.closing()
		return
	}
	f.emit(inside)
}

// fit prints with a list that has its opening next, in one line where the list is
// written so and the line is not too long, and broken otherwise.
func (f *formatter) fit(print func(broken bool)) {
	broken, empty := f.isBroken()
	if broken || empty {
		print(broken)
		return
	}
	start := f.mark()
	print(false)
	if f.column() > maxWidth {
		f.reset(start)
		print(true)
	}
}

// isBroken reports whether the list that opens next has a line of its own for
// its first element, or comments that keep it from standing in one line; and
// whether it has no elements.
func (f *formatter) isBroken() (broken, empty bool) {
	open := f.tokens[f.next]
	first := f.tokens[f.next+1]
	if isClosing(first.Text) {
		return false, true
	}
	if f.lineEnds(open.Span.End, first.Span.Start) > 0 {
		return true, false
	}
	for i := f.next + 1; ; i++ {
		for _, c := range f.tokens[i].Comments {
			if needsLineEnd(c.Text()) {
				return true, false
			}
		}
		if isClosing(f.tokens[i].Text) {
			return false, false
		}
	}
}

// isClosing reports whether a token ends a list in braces or parentheses.
func isClosing(text string) bool { return text == "}" || text == ")" }

// ty prints a type.
func (f *formatter) ty(before gap) {
	f.emit(before)
	if f.token() != "<" {
		return
	}
	f.emit(glue)
	for first := true; f.token() != ">"; first = false {
		if first {
			f.ty(glue)
		} else {
			f.ty(space)
		}
		switch {
		case f.token() != ",":
		case f.tokens[f.next+1].Text == ">":
			f.drop()
		default:
			f.emit(glue)
		}
	}
	f.emit(glue)
}
