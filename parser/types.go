package parser

import (
	"strconv"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/ast"
)

// typeDecl parses the declaration of a named type.
//
//	typedef-item ::= resource-item | variant-items | record-item | flags-items | enum-items | type-item
//	type-item ::= 'type' id '=' ty ';'
func (p *parser) typeDecl(docs ast.Docs, attrs []*ast.Attribute) *ast.TypeDecl {
	start := p.start()
	k := p.peek()
	d := &ast.TypeDecl{Docs: docs, Attrs: attrs, Keyword: p.keyword(), Name: p.id()}
	switch k {
	case kwType:
		p.expect(tokEquals)
		at := p.start()
		alias := &ast.Alias{Type: p.ty(0)}
		alias.Pos = p.from(at)
		d.Def = alias
		p.expect(tokSemicolon)
	case kwRecord:
		d.Def = p.record()
	case kwFlags:
		f := &ast.Flags{}
		f.Flags, f.Pos = p.labels()
		d.Def = f
	case kwEnum:
		e := &ast.Enum{}
		e.Cases, e.Pos = p.labels()
		d.Def = e
	case kwVariant:
		d.Def = p.variant()
	default:
		d.Def = p.resource()
	}
	d.Pos = p.from(start)
	return d
}

// record parses the braces of a record.
//
//	record-item ::= 'record' id '{' record-fields '}'
//	record-fields ::= record-field | record-field ',' record-fields?
//	record-field ::= id ':' ty
func (p *parser) record() *ast.Record {
	start := p.start()
	p.expect(tokLBrace)
	r := &ast.Record{}
	for p.peek() != tokRBrace {
		f := &ast.Field{Docs: p.docs()}
		at := p.start()
		f.Name = p.id()
		p.expect(tokColon)
		f.Type = p.ty(0)
		f.Pos = p.from(at)
		r.Fields = append(r.Fields, f)
		if !p.comma(tokRBrace) {
			break
		}
	}
	p.expect(tokRBrace)
	r.Pos = p.from(start)
	return r
}

// labels parses the braces of flags or an enum.
//
//	flags-items ::= 'flags' id '{' flags-fields '}'
//	flags-fields ::= id | id ',' flags-fields?
//	enum-items ::= 'enum' id '{' enum-cases '}'
//	enum-cases ::= id | id ',' enum-cases?
func (p *parser) labels() ([]*ast.Label, ast.Pos) {
	start := p.start()
	p.expect(tokLBrace)
	var labels []*ast.Label
	for p.peek() != tokRBrace {
		l := &ast.Label{Docs: p.docs()}
		l.Name = p.id()
		l.Pos = l.Name.Pos
		labels = append(labels, l)
		if !p.comma(tokRBrace) {
			break
		}
	}
	p.expect(tokRBrace)
	return labels, p.from(start)
}

// variant parses the braces of a variant.
//
//	variant-items ::= 'variant' id '{' variant-cases '}'
//	variant-cases ::= variant-case | variant-case ',' variant-cases?
//	variant-case ::= id | id '(' ty ')'
func (p *parser) variant() *ast.Variant {
	start := p.start()
	p.expect(tokLBrace)
	v := &ast.Variant{}
	for p.peek() != tokRBrace {
		c := &ast.Case{Docs: p.docs()}
		at := p.start()
		c.Name = p.id()
		if p.accept(tokLParen) {
			c.Type = p.ty(0)
			p.expect(tokRParen)
		}
		c.Pos = p.from(at)
		v.Cases = append(v.Cases, c)
		if !p.comma(tokRBrace) {
			break
		}
	}
	p.expect(tokRBrace)
	v.Pos = p.from(start)
	return v
}

// resource parses what follows the name of a resource.
//
//	resource-item ::= 'resource' id ';'
//	                | 'resource' id '{' ( gate resource-method )* '}'
//	resource-method ::= func-item
//	                  | id ':' 'static' func-type ';'
//	                  | 'constructor' param-list result-list ';'
func (p *parser) resource() *ast.Resource {
	start := p.start()
	r := &ast.Resource{}
	if !p.accept(tokLBrace) {
		if p.peek() != tokSemicolon {
			panic(p.unexpected("`;` or `{`"))
		}
		p.cur++
		r.Pos = p.from(start)
		return r
	}
	r.HasBody = true
	p.body(func() {
		docs := p.docs()
		attrs := p.attributes()
		switch p.peek() {
		case kwConstructor:
			r.Items = append(r.Items, p.constructor(docs, attrs))
		case tokID, tokExplicitID:
			r.Items = append(r.Items, p.method(docs, attrs))
		default:
			panic(p.unexpected("`constructor` or a name"))
		}
	})
	r.Pos = p.from(start)
	return r
}

// constructor parses a constructor.
//
//	'constructor' param-list result-list ';'
func (p *parser) constructor(docs ast.Docs, attrs []*ast.Attribute) *ast.FuncDecl {
	start := p.start()
	at := p.keyword()
	d := &ast.FuncDecl{Docs: docs, Attrs: attrs, Kind: ast.FuncConstructor}
	d.Name = ast.Ident{Pos: ast.Pos{Where: at}, Text: "constructor"}
	d.Func = &ast.Func{Keyword: at}
	p.signature(d.Func)
	d.Func.Pos = p.from(start)
	p.expect(tokSemicolon)
	d.Pos = p.from(start)
	return d
}

// method parses a method or static function of a resource.
//
//	func-item | id ':' 'static' func-type ';'
func (p *parser) method(docs ast.Docs, attrs []*ast.Attribute) *ast.FuncDecl {
	start := p.start()
	d := &ast.FuncDecl{Docs: docs, Attrs: attrs, Name: p.id()}
	p.expect(tokColon)
	if p.accept(kwStatic) {
		d.Kind = ast.FuncStatic
	}
	d.Func = p.funcType()
	p.expect(tokSemicolon)
	d.Pos = p.from(start)
	return d
}

// function parses a function of an interface.
//
//	func-item ::= id ':' func-type ';'
func (p *parser) function(docs ast.Docs, attrs []*ast.Attribute) *ast.FuncDecl {
	start := p.start()
	d := &ast.FuncDecl{Docs: docs, Attrs: attrs, Name: p.id()}
	p.expect(tokColon)
	d.Func = p.funcType()
	p.expect(tokSemicolon)
	d.Pos = p.from(start)
	return d
}

// funcType parses the type of a function.
//
//	func-type ::= 'async'? 'func' param-list result-list
func (p *parser) funcType() *ast.Func {
	start := p.start()
	f := &ast.Func{Async: p.accept(kwAsync)}
	f.Keyword = p.tokenSpan(p.expect(kwFunc))
	p.signature(f)
	f.Pos = p.from(start)
	return f
}

// signature parses parameters and result.
//
//	param-list ::= '(' named-type-list ')'
//	named-type-list ::= ϵ | named-type ( ',' named-type )* ','?
//	named-type ::= id ':' ty
//	result-list ::= ϵ | '->' ty
func (p *parser) signature(f *ast.Func) {
	p.expect(tokLParen)
	for p.peek() != tokRParen {
		at := p.start()
		param := &ast.Param{Name: p.id()}
		p.expect(tokColon)
		param.Type = p.ty(0)
		param.Pos = p.from(at)
		f.Params = append(f.Params, param)
		if !p.comma(tokRParen) {
			break
		}
	}
	p.expect(tokRParen)
	if p.accept(tokArrow) {
		f.Result = p.ty(0)
	}
}

// ty parses a type. depth counts the types around it.
//
//	ty ::= 'u8' | ... | 'string' | tuple | list | option | result | map | handle | future | stream | id
func (p *parser) ty(depth int) ast.Type {
	if depth >= maxTypeDepth {
		at := p.tokenSpan(p.tokens[p.cur])
		panic(p.fail(&diag.Diagnostic{Code: diag.TypeTooDeep, Span: at, Message: "types are nested too deep"}))
	}
	k, start := p.peek(), p.start()
	if prims[k].is {
		return &ast.PrimType{Pos: ast.Pos{Where: p.keyword()}, Prim: prims[k].prim}
	}
	switch k {
	case tokID, tokExplicitID:
		return &ast.NamedType{Name: p.id()}
	case kwList:
		return p.list(depth)
	case kwOption:
		t := &ast.OptionType{Keyword: ast.Keyword{At: p.keyword()}}
		p.expect(tokLess)
		t.Type = p.ty(depth + 1)
		p.expect(tokGreater)
		t.Pos = p.from(start)
		return t
	case kwResult:
		return p.result(depth)
	case kwTuple:
		return p.tuple(depth)
	case kwMap:
		t := &ast.MapType{Keyword: ast.Keyword{At: p.keyword()}}
		p.expect(tokLess)
		t.Key = p.ty(depth + 1)
		p.expect(tokComma)
		t.Value = p.ty(depth + 1)
		p.expect(tokGreater)
		t.Pos = p.from(start)
		return t
	case kwOwn, kwBorrow:
		p.keyword()
		p.expect(tokLess)
		t := &ast.HandleType{Borrow: k == kwBorrow, Resource: p.id()}
		p.expect(tokGreater)
		t.Pos = p.from(start)
		return t
	case kwStream:
		t := &ast.StreamType{Keyword: ast.Keyword{At: p.keyword()}}
		t.Type = p.payload(depth)
		t.Pos = p.from(start)
		return t
	case kwFuture:
		t := &ast.FutureType{Keyword: ast.Keyword{At: p.keyword()}}
		t.Type = p.payload(depth)
		t.Pos = p.from(start)
		return t
	default:
		panic(p.unexpected("a type"))
	}
}

// payload parses the type that a stream or future may carry.
//
//	future ::= 'future' '<' ty '>' | 'future'
//	stream ::= 'stream' '<' ty '>' | 'stream'
func (p *parser) payload(depth int) ast.Type {
	if !p.accept(tokLess) {
		return nil
	}
	t := p.ty(depth + 1)
	p.expect(tokGreater)
	return t
}

// list parses a list.
//
//	list ::= 'list' '<' ty '>' | 'list' '<' ty ',' uint '>'
func (p *parser) list(depth int) ast.Type {
	start := p.start()
	t := &ast.ListType{Keyword: ast.Keyword{At: p.keyword()}}
	p.expect(tokLess)
	t.Elem = p.ty(depth + 1)
	if p.comma(tokGreater) {
		if p.peek() != tokInteger {
			panic(p.unexpected("the length of the list"))
		}
		at := p.keyword()
		n, err := strconv.ParseUint(at.Text(), 10, 32)
		if err != nil {
			p.report(diag.InvalidListSize, at, "the length of a list is a number below 2^32")
		} else if n == 0 {
			p.report(diag.InvalidListSize, at, "the length of a list is 1 or more")
		}
		t.Size = &ast.ListSize{Pos: ast.Pos{Where: at}, Value: uint32(n)}
	}
	p.expect(tokGreater)
	t.Pos = p.from(start)
	return t
}

// result parses a result.
//
//	result ::= 'result' '<' ty ',' ty '>' | 'result' '<' '_' ',' ty '>'
//	         | 'result' '<' ty '>' | 'result'
func (p *parser) result(depth int) ast.Type {
	start := p.start()
	t := &ast.ResultType{Keyword: ast.Keyword{At: p.keyword()}}
	if p.accept(tokLess) {
		if p.accept(kwUnderscore) {
			p.expect(tokComma)
			t.Err = p.ty(depth + 1)
		} else {
			t.OK = p.ty(depth + 1)
			if p.comma(tokGreater) {
				t.Err = p.ty(depth + 1)
			}
		}
		p.expect(tokGreater)
	}
	t.Pos = p.from(start)
	return t
}

// tuple parses a tuple.
//
//	tuple ::= 'tuple' '<' tuple-list '>'
//	tuple-list ::= ty | ty ',' tuple-list?
func (p *parser) tuple(depth int) ast.Type {
	start := p.start()
	t := &ast.TupleType{Keyword: ast.Keyword{At: p.keyword()}}
	p.expect(tokLess)
	for p.peek() != tokGreater {
		t.Types = append(t.Types, p.ty(depth+1))
		if !p.comma(tokGreater) {
			break
		}
	}
	p.expect(tokGreater)
	t.Pos = p.from(start)
	return t
}
