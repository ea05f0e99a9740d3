package parser

import (
	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/ast"
)

// file parses the whole file.
//
//	wit-file ::= (package-decl ';')? (package-items | nested-package-definition)*
func (p *parser) file(tree *ast.File) {
	defer func() {
		if r := recover(); r != nil {
			if _, mine := r.(giveUp); !mine {
				panic(r)
			}
		}
	}()
	if p.peek() == kwPackage && p.endsHeader() {
		p.item(false, func() { tree.Package = p.packageDecl() })
	}
	parse := func() { tree.Items = append(tree.Items, p.topItem()) }
	for p.peek() != tokEOF {
		p.item(false, parse)
	}
}

// endsHeader reports whether the package at the head of the file is the file's
// own, and so not one in braces.
func (p *parser) endsHeader() bool {
	for _, t := range p.tokens[p.cur:] {
		switch t.kind {
		case tokSemicolon:
			return true
		case tokLBrace, tokRBrace, tokEOF:
			return false
		}
	}
	return false
}

// packageDecl parses the head of a file.
//
//	package-decl ::= 'package' id ':' id ('@' valid-semver)?
func (p *parser) packageDecl() *ast.PackageDecl {
	d := &ast.PackageDecl{Docs: p.docs()}
	start := p.start()
	p.expect(kwPackage)
	d.Name = p.packageName()
	p.expect(tokSemicolon)
	d.Pos = p.from(start)
	return d
}

// topItem parses an item of a file or of a nested package.
//
//	nested-package-definition ::= package-decl '{' package-items* '}'
//	package-items ::= toplevel-use-item | interface-item | world-item
func (p *parser) topItem() ast.Item {
	docs := p.docs()
	attrs := p.attributes()
	switch p.peek() {
	case kwInterface:
		return p.interfaceItem(docs, attrs)
	case kwWorld:
		return p.world(docs, attrs)
	case kwUse:
		return p.topUse(docs, attrs)
	case kwPackage:
		return p.nestedPackage(docs, attrs)
	default:
		panic(p.unexpected("`world`, `interface` or `use`"))
	}
}

// nestedPackage parses a package in braces. Packages within it are parsed too:
// that they may not stand there is for resolve to say.
//
//	nested-package-definition ::= package-decl '{' package-items* '}'
func (p *parser) nestedPackage(docs ast.Docs, attrs []*ast.Attribute) ast.Item {
	start := p.start()
	at := p.tokenSpan(p.tokens[p.cur])
	if len(attrs) > 0 {
		panic(p.fail(&diag.Diagnostic{Code: diag.MisplacedAttribute, Span: at, Message: "a nested package takes no attributes"}))
	}
	if p.packages >= maxPackageDepth {
		panic(p.fail(&diag.Diagnostic{Code: diag.PackageTooDeep, Span: at, Message: "packages are nested too deep"}))
	}
	first := p.cur == 0
	n := &ast.NestedPackage{Docs: docs, Keyword: p.keyword(), Name: p.packageName()}
	if first && p.peek() != tokLBrace {
		panic(p.unexpected("`;` or `{`"))
	}
	p.expect(tokLBrace)
	p.packages++
	defer func() { p.packages-- }()
	p.body(func() { n.Items = append(n.Items, p.topItem()) })
	n.Pos = p.from(start)
	return n
}

// topUse parses a use at the top level.
//
//	toplevel-use-item ::= 'use' use-path ('as' id)? ';'
func (p *parser) topUse(docs ast.Docs, attrs []*ast.Attribute) ast.Item {
	start := p.start()
	u := &ast.TopUse{Docs: docs, Attrs: attrs, Keyword: p.keyword(), Path: p.usePath()}
	if p.accept(kwAs) {
		as := p.id()
		u.As = &as
	}
	p.expect(tokSemicolon)
	u.Pos = p.from(start)
	return u
}

// interfaceItem parses a named interface.
//
//	interface-item ::= gate 'interface' id '{' interface-items* '}'
func (p *parser) interfaceItem(docs ast.Docs, attrs []*ast.Attribute) ast.Item {
	start := p.start()
	p.keyword()
	i := &ast.Interface{Docs: docs, Attrs: attrs, Name: p.id()}
	p.interfaceBody(&i.Body)
	i.Pos = p.from(start)
	return i
}

// interfaceBody parses the braces of an interface.
//
//	interface-items ::= gate interface-definition
//	interface-definition ::= use-item | typedef-item | func-item
func (p *parser) interfaceBody(body *ast.InterfaceBody) {
	start := p.start()
	p.expect(tokLBrace)
	p.body(func() {
		docs := p.docs()
		attrs := p.attributes()
		body.Items = append(body.Items, p.interfaceDefinition(docs, attrs))
	})
	body.Pos = p.from(start)
}

func (p *parser) interfaceDefinition(docs ast.Docs, attrs []*ast.Attribute) ast.InterfaceItem {
	switch p.peek() {
	case tokID, tokExplicitID:
		return p.function(docs, attrs)
	case kwUse:
		return p.use(docs, attrs)
	case kwType, kwFlags, kwEnum, kwVariant, kwResource, kwRecord:
		return p.typeDecl(docs, attrs)
	default:
		panic(p.unexpected("`type`, `resource` or `func`"))
	}
}

// world parses a world.
//
//	world-item ::= gate 'world' id '{' world-items* '}'
//	world-items ::= gate world-definition
func (p *parser) world(docs ast.Docs, attrs []*ast.Attribute) ast.Item {
	start := p.start()
	p.keyword()
	w := &ast.World{Docs: docs, Attrs: attrs, Name: p.id()}
	p.expect(tokLBrace)
	p.body(func() {
		docs := p.docs()
		attrs := p.attributes()
		w.Items = append(w.Items, p.worldDefinition(docs, attrs))
	})
	w.Pos = p.from(start)
	return w
}

// worldDefinition parses an item of a world.
//
//	world-definition ::= export-item | import-item | use-item | typedef-item | include-item
func (p *parser) worldDefinition(docs ast.Docs, attrs []*ast.Attribute) ast.WorldItem {
	switch p.peek() {
	case kwImport, kwExport:
		return p.extern(docs, attrs)
	case kwUse:
		return p.use(docs, attrs)
	case kwType, kwFlags, kwEnum, kwVariant, kwResource, kwRecord:
		return p.typeDecl(docs, attrs)
	case kwInclude:
		return p.include(docs, attrs)
	default:
		panic(p.unexpected("`import`, `export`, `include`, `use`, or a type definition"))
	}
}

// extern parses an import or export.
//
//	export-item ::= 'export' id ':' extern-type | 'export' use-path ';'
//	import-item ::= 'import' id ':' extern-type | 'import' use-path ';'
//	extern-type ::= func-type ';' | 'interface' '{' interface-items* '}' | use-path ';'
func (p *parser) extern(docs ast.Docs, attrs []*ast.Attribute) ast.WorldItem {
	start := p.start()
	e := &ast.Extern{Docs: docs, Attrs: attrs, Export: p.peek() == kwExport, Keyword: p.keyword()}
	if p.named() {
		name := p.id()
		e.Name = &name
		p.expect(tokColon)
	}
	switch {
	case e.Name != nil && (p.peek() == kwFunc || p.peek() == kwAsync):
		e.Type = p.funcType()
		p.expect(tokSemicolon)
	case e.Name != nil && p.peek() == kwInterface:
		at := p.start()
		p.keyword()
		inline := &ast.InlineInterface{}
		p.interfaceBody(&inline.Body)
		inline.Pos = p.from(at)
		e.Type = inline
	default:
		e.Type = p.usePath()
		p.expect(tokSemicolon)
	}
	e.Pos = p.from(start)
	return e
}

// named reports whether an import or export has a plain name: id and ':', with
// something behind them that does not make them the start of a path, a:b/c.
func (p *parser) named() bool {
	if !isName(p.peek()) || p.peekAt(1) != tokColon {
		return false
	}
	return !isName(p.peekAt(2)) || p.peekAt(3) != tokSlash
}

// use parses a use in an interface or world.
//
//	use-item ::= 'use' use-path '.' '{' use-names-list '}' ';'
//	use-names-list ::= use-names-item | use-names-item ',' use-names-list?
//	use-names-item ::= id | id 'as' id
func (p *parser) use(docs ast.Docs, attrs []*ast.Attribute) *ast.Use {
	start := p.start()
	u := &ast.Use{Docs: docs, Attrs: attrs, Keyword: p.keyword(), Path: p.usePath()}
	p.expect(tokPeriod)
	p.expect(tokLBrace)
	for p.peek() != tokRBrace {
		at := p.start()
		n := &ast.UseName{Name: p.id()}
		if p.accept(kwAs) {
			as := p.id()
			n.As = &as
		}
		n.Pos = p.from(at)
		u.Names = append(u.Names, n)
		if !p.comma(tokRBrace) {
			break
		}
	}
	p.expect(tokRBrace)
	p.expect(tokSemicolon)
	u.Pos = p.from(start)
	return u
}

// include parses an include. With a list of names it ends without a semicolon.
//
//	include-item ::= 'include' use-path ';'
//	               | 'include' use-path 'with' '{' include-names-list '}'
//	include-names-list ::= include-names-item | include-names-list ',' include-names-item
//	include-names-item ::= id 'as' id
func (p *parser) include(docs ast.Docs, attrs []*ast.Attribute) *ast.Include {
	start := p.start()
	i := &ast.Include{Docs: docs, Attrs: attrs, Keyword: p.keyword(), Path: p.usePath()}
	if p.accept(kwWith) {
		i.HasWith = true
		p.expect(tokLBrace)
		for p.peek() != tokRBrace {
			at := p.start()
			n := &ast.IncludeName{Name: p.id()}
			p.expect(kwAs)
			n.As = p.id()
			n.Pos = p.from(at)
			i.With = append(i.With, n)
			if !p.comma(tokRBrace) {
				break
			}
		}
		p.expect(tokRBrace)
	} else {
		p.expect(tokSemicolon)
	}
	i.Pos = p.from(start)
	return i
}

// comma takes the comma between two elements of a list. It returns false at the
// token that ends the list.
func (p *parser) comma(end kind) bool {
	if p.accept(tokComma) {
		return true
	}
	if p.peek() != end {
		panic(p.unexpected("`,` or " + describe(end)))
	}
	return false
}
