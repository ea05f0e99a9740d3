package parser

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/ast"
)

// attributes parses the attributes before an item.
//
//	gate ::= gate-item*
//	gate-item ::= unstable-gate | since-gate | deprecated-gate
func (p *parser) attributes() []*ast.Attribute {
	var list []*ast.Attribute
	for p.peek() == tokAt {
		list = append(list, p.attribute())
	}
	return list
}

// attribute parses one attribute.
//
//	unstable-gate ::= '@unstable' '(' 'feature' '=' id ')'
//	since-gate ::= '@since' '(' 'version' '=' <valid semver> ')'
//	deprecated-gate ::= '@deprecated' '(' 'version' '=' <valid semver> ')'
//	external-id ::= '@external-id' '(' string-literal ')'
func (p *parser) attribute() *ast.Attribute {
	start := p.start()
	p.expect(tokAt)
	name := p.cur
	a := &ast.Attribute{Name: p.id()}
	switch a.Name.Text {
	case "since":
		a.Kind = ast.Since
		p.field("version")
		a.Version = p.version()
	case "deprecated":
		a.Kind = ast.Deprecated
		p.field("version")
		a.Version = p.version()
	case "unstable":
		a.Kind = ast.Unstable
		p.field("feature")
		feature := p.id()
		a.Feature = &feature
	case "external-id":
		a.Kind = ast.ExternalID
		p.expect(tokLParen)
		t := p.expect(tokString)
		a.ExternalID, _ = unquote(p.scanner.file, int(t.start))
	default:
		p.cur = name
		d := &diag.Diagnostic{
			Code: diag.UnknownAttribute, Span: a.Name.Where,
			Message: fmt.Sprintf("there is no attribute `%s`", shorten(a.Name.Text)),
		}
		known := []string{"since", "unstable", "deprecated", "external-id"}
		if near := diag.Nearest(a.Name.Text, slices.Values(known)); near != "" {
			d.Hint("did you mean `@" + near + "`?")
		} else {
			d.Hint("the attributes are @since, @unstable, @deprecated and @external-id")
		}
		panic(p.fail(d))
	}
	p.expect(tokRParen)
	a.Pos = p.from(start)
	return a
}

// field parses the start of the argument of an attribute.
//
//	'(' name '='
func (p *parser) field(name string) {
	p.expect(tokLParen)
	at := p.cur
	id := p.id()
	if id.Text != name {
		p.cur = at
		panic(p.fail(&diag.Diagnostic{
			Code: diag.Syntax, Span: id.Where,
			Message: fmt.Sprintf("expected `%s`, found `%s`", name, shorten(id.Text)),
		}))
	}
	p.expect(tokEquals)
}
