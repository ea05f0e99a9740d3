package resolve

import (
	"fmt"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/ast"
	"github.com/witgen/witgen/wit"
)

// interfaceBody fills in an interface: its types, then its functions in the
// order of the text.
func (b *builder) interfaceBody(id wit.InterfaceID, items []ast.InterfaceItem, d ast.Docs, attrs []*ast.Attribute) {
	iface := b.u.interfaces[id]
	iface.Docs = docs(d)
	iface.Stability = b.stability(attrs)
	var uses []*ast.Use
	var decls []*ast.TypeDecl
	for _, it := range items {
		switch it := it.(type) {
		case *ast.Use:
			uses = append(uses, it)
		case *ast.TypeDecl:
			decls = append(decls, it)
		case *ast.FuncDecl:
		default:
			panic(fmt.Sprintf("resolve: unhandled item %T", it))
		}
	}
	t := b.typeItems(id, uses, decls)
	for _, e := range t.order {
		if !e.faulty {
			iface.Types = append(iface.Types, e.id)
		}
	}
	for _, it := range items {
		switch it := it.(type) {
		case *ast.FuncDecl:
			b.define(t, &typeEntry{name: it.Name.Text, span: it.Name.Where, what: "function"})
			if f, ok := b.function(t, it.Name.Text, it, wit.Freestanding, -1); ok {
				iface.Functions = append(iface.Functions, f)
			}
		case *ast.TypeDecl:
			iface.Functions = append(iface.Functions, b.members(t, it)...)
		case *ast.Use: // typeItems has dealt with it
		default:
			panic(fmt.Sprintf("resolve: unhandled item %T", it))
		}
	}
	b.names[id] = t
}

// members returns the functions of a resource, and nothing for other types.
func (b *builder) members(t *nameTable, d *ast.TypeDecl) []*wit.Function {
	r, ok := d.Def.(*ast.Resource)
	if !ok {
		return nil
	}
	e := t.index[d.Name.Text]
	if e == nil || e.faulty || e.what != "" {
		return nil
	}
	var functions []*wit.Function
	for _, f := range r.Items {
		name, kind := "", wit.Method
		switch f.Kind {
		case ast.FuncPlain:
			name = "[method]" + d.Name.Text + "." + f.Name.Text
		case ast.FuncStatic:
			name, kind = "[static]"+d.Name.Text+"."+f.Name.Text, wit.Static
		case ast.FuncConstructor:
			name, kind = "[constructor]"+d.Name.Text, wit.Constructor
		default:
			panic(fmt.Sprintf("resolve: unhandled function kind %d", f.Kind))
		}
		if fn, ok := b.function(t, name, f, kind, e.id); ok {
			functions = append(functions, fn)
		}
	}
	return functions
}

// checkMembers reports functions of a resource that have one name, or that of
// the resource (Explainer, "Name Uniqueness").
func (b *builder) checkMembers(resource *ast.Ident, r *ast.Resource) bool {
	seen := make(map[string]*ast.FuncDecl)
	labels := newLabelSet(b)
	for _, f := range r.Items {
		if f.Kind == ast.FuncConstructor {
			if prev := seen["["]; prev != nil {
				b.report(diag.DuplicateMethod, f.Name.Where, "duplicate constructors").
					Relate(prev.Name.Where, "the other constructor").
					Hint("a static function that returns the resource may stand beside the constructor")
				labels.ok = false
			}
			seen["["] = f
			continue
		}
		if prev := seen[f.Name.Text]; prev != nil {
			b.report(diag.DuplicateMethod, f.Name.Where, "duplicate function name `%s`", f.Name.Text).
				Relate(prev.Name.Where, "the other function").
				Hint("methods and static functions share one set of names")
			labels.ok = false
			continue
		}
		seen[f.Name.Text] = f
		labels.add("function", &f.Name)
	}
	canonical := wit.CanonicalName(resource.Text)
	for _, f := range r.Items {
		if f.Kind != ast.FuncConstructor && wit.CanonicalName(f.Name.Text) == canonical {
			b.report(diag.DuplicateMethod, f.Name.Where, "function `%s` conflicts with the name of its resource `%s`", f.Name.Text, resource.Text).
				Relate(resource.Where, "the resource").
				Hint("only a constructor may have the name of the resource: many languages call it by that name")
			labels.ok = false
		}
	}
	return labels.ok
}

// function returns a function under the name that components know it by.
func (b *builder) function(t *nameTable, name string, d *ast.FuncDecl, kind wit.FuncKind, resource wit.TypeID) (*wit.Function, bool) {
	return b.signature(t, d.Func, &wit.Function{
		Name:       name,
		Kind:       kind,
		Resource:   resource,
		Docs:       docs(d.Docs),
		Stability:  b.stability(d.Attrs),
		ExternalID: b.externalID(d.Attrs),
		Span:       d.Name.Where,
	})
}

// signature fills in the parameters and the result of a function.
func (b *builder) signature(t *nameTable, from *ast.Func, f *wit.Function) (*wit.Function, bool) {
	f.Async = from.Async
	allOK := true
	var none wit.Stability
	f.Params = make([]wit.Param, 0, len(from.Params)+1)
	if f.Kind == wit.Method {
		self := b.anonymous(&wit.Borrow{Resource: f.Resource}, none, from.Keyword)
		f.Params = append(f.Params, wit.Param{Name: "self", Type: self, Span: from.Keyword})
	}
	seen := paramIndex(len(from.Params))
	for _, p := range from.Params {
		if prev, ok := seen(f.Params, p.Name.Text); ok {
			d := b.report(diag.DuplicateParam, p.Name.Where, "param `%s` is defined more than once", p.Name.Text)
			if prev.Span == from.Keyword {
				d.Hint("a method has the parameter `self` already: the resource it is called on")
			} else {
				d.Relate(prev.Span, "the other parameter")
			}
			if prev.Name != p.Name.Text {
				d.Hint(oneName)
			}
			allOK = false
			continue
		}
		typ, ok := b.typ(t, p.Type, none)
		allOK = allOK && ok
		f.Params = append(f.Params, wit.Param{Name: p.Name.Text, Type: typ, Span: p.Name.Where})
	}
	switch {
	case from.Result != nil:
		result, ok := b.typ(t, from.Result, none)
		f.Result = result
		allOK = allOK && ok
		if ok && f.Kind == wit.Constructor {
			allOK = b.checkConstructor(from.Result, f) && allOK
		}
	case f.Kind == wit.Constructor:
		f.Result = f.Resource
	}
	return f, allOK
}

// paramIndex returns a function that finds a parameter with the canonical name of
// another among those so far: it looks at each where there will be few, and uses a
// map otherwise.
func paramIndex(more int) func(params []wit.Param, name string) (wit.Param, bool) {
	if more <= 16 {
		return func(params []wit.Param, name string) (wit.Param, bool) {
			if len(params) == 0 {
				return wit.Param{}, false
			}
			canonical := wit.CanonicalName(name)
			for _, p := range params {
				if wit.CanonicalName(p.Name) == canonical {
					return p, true
				}
			}
			return wit.Param{}, false
		}
	}
	index := make(map[string]wit.Param, more)
	known := 0
	return func(params []wit.Param, name string) (wit.Param, bool) {
		for ; known < len(params); known++ {
			index[wit.CanonicalName(params[known].Name)] = params[known]
		}
		p, ok := index[wit.CanonicalName(name)]
		return p, ok
	}
}

// checkConstructor reports a result that a constructor may not have.
func (b *builder) checkConstructor(from ast.Type, f *wit.Function) bool {
	var result *wit.Result
	if id, ok := f.Result.(wit.TypeID); ok {
		result, _ = b.u.types[id].Kind.(*wit.Result)
	}
	name := b.u.types[f.Resource].Name
	if result == nil {
		b.report(diag.ConstructorResult, from.Head(), "if a constructor return type is declared it must be a `result`").
			Hint(fmt.Sprintf("write result<%s, E>, or leave the result out: a constructor returns its resource", name))
		return false
	}
	if result.OK == f.Resource {
		return true
	}
	span := from.Head()
	if r, ok := from.(*ast.ResultType); ok && r.OK != nil {
		span = r.OK.Head()
	}
	b.report(diag.ConstructorResult, span, "the `ok` type must be the resource being constructed").
		Hint(fmt.Sprintf("write result<%s, E>", name))
	return false
}
