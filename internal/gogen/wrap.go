package gogen

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"unicode/utf8"
)

// lineWidth is the most columns of a line, with tabs of tabWidth. Longer are only
// lines that cannot be broken: import paths, directives, string literals.
const (
	lineWidth = 120
	tabWidth  = 8
)

// breakLines breaks the lines of formatted Go that are longer than lineWidth, where
// Go lets them: between arguments, parameters, elements and operands. The result is
// formatted.
func breakLines(source []byte) []byte {
	hopeless := map[string]bool{} // lines that cannot be broken
	for {
		var b breaker
		b.source = source
		if !b.findLong(hopeless) {
			return source
		}
		b.breakAll(hopeless)
		if len(b.breaks) == 0 {
			continue // all that were left are hopeless now
		}
		formatted, err := format.Source(b.apply())
		if err != nil {
			panic(fmt.Sprintf("gogen: broken lines do not format: %v\n%s", err, b.apply()))
		}
		source = formatted
	}
}

// breaker breaks lines of one file, once each.
type breaker struct {
	source []byte
	long   []span // the lines that are too long
	file   *token.File
	groups map[int][]group // by index in long
	breaks []int           // where lines are broken
}

// span is a part of the source, without the newline at its end.
type span struct{ start, end int }

// group is where one construct may be broken.
type group struct {
	outer span
	// breaks are the offsets of what may begin a line. The first is that of the
	// first element where first is set, which is broken off only where nothing else
	// helps.
	breaks []int
	first  bool
	// every says to break at all of them, if at any; last that it is to be broken
	// only where nothing else helps.
	every, last bool
}

// columns returns the width of a line.
func columns(line []byte) int {
	tabs := bytes.Count(line, []byte("\t"))
	return utf8.RuneCount(line) + tabs*(tabWidth-1)
}

// findLong finds the lines that are too long and not hopeless.
func (b *breaker) findLong(hopeless map[string]bool) bool {
	for start := 0; start < len(b.source); {
		end := bytes.IndexByte(b.source[start:], '\n')
		if end < 0 {
			end = len(b.source) - start
		}
		line := b.source[start : start+end]
		if len(line) > lineWidth/2 && columns(line) > lineWidth && !hopeless[string(line)] && !bytes.HasPrefix(bytes.TrimSpace(line), []byte("//")) {
			b.long = append(b.long, span{start, start + end})
		}
		start += end + 1
	}
	return len(b.long) > 0
}

// breakAll breaks one construct of each long line: the outermost that makes all lines
// short enough, or else the outermost that makes the line shorter, whose parts are
// broken next.
func (b *breaker) breakAll(hopeless map[string]bool) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, "", b.source, parser.SkipObjectResolution)
	if err != nil {
		panic(fmt.Sprintf("gogen: %v", err))
	}
	b.file = set.File(tree.Pos())
	b.groups = map[int][]group{}
	ast.Inspect(tree, func(n ast.Node) bool {
		b.node(n)
		return true
	})
	for i, line := range b.long {
		before := columns(b.source[line.start:line.end])
		breaks := b.breakLine(line, b.groups[i], lineWidth)
		if breaks == nil {
			breaks = b.breakLine(line, b.groups[i], before-1)
		}
		if breaks == nil {
			hopeless[string(b.source[line.start:line.end])] = true
		}
		b.breaks = append(b.breaks, breaks...)
	}
}

// breakLine returns where to break a line within one of the groups, so that no
// line is longer than most.
func (b *breaker) breakLine(line span, groups []group, most int) []int {
	for pass := range 3 {
		for _, g := range groups {
			if g.last && pass < 2 {
				continue
			}
			if g.first && pass < 1 {
				g.breaks = g.breaks[1:]
			}
			if breaks, width := b.breakGroup(line, g); len(breaks) > 0 && width <= most {
				return breaks
			}
		}
	}
	return nil
}

// node adds the groups of a node.
func (b *breaker) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.CallExpr:
		b.list(n.Lparen, n.Rparen, n.Args, false)
	case *ast.CompositeLit:
		b.list(n.Lbrace, n.Rbrace, n.Elts, false)
	case *ast.FuncType:
		b.fields(n.Params)
		b.fields(n.Results)
	case *ast.CaseClause:
		if len(n.List) > 0 {
			b.list(n.List[0].Pos(), n.Colon, n.List, false)
		}
	case *ast.IndexListExpr:
		b.list(n.Lbrack, n.Rbrack, n.Indices, true)
	case *ast.AssignStmt:
		if len(n.Rhs) > 1 {
			b.list(n.Rhs[0].Pos(), n.End(), n.Rhs, false)
		}
	case *ast.BinaryExpr:
		b.add(group{outer: b.span(n.Pos(), n.End()), breaks: []int{b.offset(n.Y.Pos())}})
	case *ast.FuncDecl:
		b.body(n.Body)
	case *ast.FuncLit:
		b.body(n.Body)
	case *ast.ValueSpec:
		b.names(n.Names)
	case *ast.Field:
		b.names(n.Names)
	}
}

func (b *breaker) offset(p token.Pos) int { return b.file.Offset(p) }

func (b *breaker) span(from, to token.Pos) span { return span{b.offset(from), b.offset(to)} }

// add adds a group to the line that it lies in, if that is one line and too long.
func (b *breaker) add(g group) {
	i, found := slices.BinarySearchFunc(b.long, g.outer.start, func(line span, at int) int {
		switch {
		case line.end < at:
			return -1
		case line.start > at:
			return 1
		}
		return 0
	})
	if found && g.outer.end <= b.long[i].end && len(g.breaks) > 0 {
		b.groups[i] = append(b.groups[i], g)
	}
}

// list adds the group of elements between brackets.
func (b *breaker) list(open, closing token.Pos, elements []ast.Expr, last bool) {
	var breaks []int
	for _, e := range elements {
		breaks = append(breaks, b.offset(e.Pos()))
	}
	b.add(group{outer: b.span(open, closing), breaks: breaks, first: true, last: last})
}

// fields adds the group of parameters.
func (b *breaker) fields(list *ast.FieldList) {
	if list == nil || !list.Opening.IsValid() {
		return
	}
	var breaks []int
	for _, f := range list.List {
		for _, name := range f.Names {
			breaks = append(breaks, b.offset(name.Pos()))
		}
		if len(f.Names) == 0 {
			breaks = append(breaks, b.offset(f.Pos()))
		}
	}
	b.add(group{outer: b.span(list.Opening, list.Closing), breaks: breaks, first: true})
}

// names adds the group of names that are declared together.
func (b *breaker) names(names []*ast.Ident) {
	var breaks []int
	for _, name := range names {
		breaks = append(breaks, b.offset(name.Pos()))
	}
	if len(breaks) > 1 {
		b.add(group{outer: b.span(names[0].Pos(), names[len(names)-1].End()), breaks: breaks[1:]})
	}
}

// body adds the group of a function's body of one statement in one line.
func (b *breaker) body(body *ast.BlockStmt) {
	if body != nil && len(body.List) > 0 {
		breaks := []int{b.offset(body.List[0].Pos()), b.offset(body.Rbrace)}
		b.add(group{outer: b.span(body.Lbrace, body.Rbrace), breaks: breaks, every: true})
	}
}

// breakGroup returns where to break a line within a group, and the width of
// the longest line that they leave.
func (b *breaker) breakGroup(line span, g group) (breaks []int, width int) {
	indent := columns(b.source[line.start:line.end]) - columns(bytes.TrimLeft(b.source[line.start:line.end], "\t")) + tabWidth
	from, lead := line.start, 0
	cut := func(at int) {
		end := at
		for end > from && b.source[end-1] == ' ' {
			end--
		}
		width = max(width, lead+columns(b.source[from:end]))
		breaks = append(breaks, at)
		from, lead = at, indent
	}
	for i, at := range g.breaks {
		next := line.end
		if i+1 < len(g.breaks) {
			next = g.breaks[i+1]
		}
		if g.every || lead+columns(bytes.TrimRight(b.source[from:next], " ")) > lineWidth {
			cut(at)
		}
	}
	return breaks, max(width, lead+columns(b.source[from:line.end]))
}

// apply returns the source with the lines broken.
func (b *breaker) apply() []byte {
	slices.Sort(b.breaks)
	var out strings.Builder
	from := 0
	for _, at := range b.breaks {
		out.Write(bytes.TrimRight(b.source[from:at], " "))
		out.WriteByte('\n')
		from = at
	}
	out.Write(b.source[from:])
	return []byte(out.String())
}
