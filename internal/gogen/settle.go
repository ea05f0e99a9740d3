package gogen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"
	"github.com/witgen/witgen/wit"
)

// names are the exported Go names of a plan.
type names struct {
	types     map[wit.TypeID]string
	cases     map[wit.TypeID][]string
	fields    map[wit.TypeID][]string
	functions map[*wit.Function]string
	items     map[*wit.WorldItem]string
}

// settleNames gives every package its names, in the order of its WIT: types
// first, then their cases, then functions, so that a new function does not
// rename a type.
func (p *Plan) settleNames() {
	p.names = names{
		types:     map[wit.TypeID]string{},
		cases:     map[wit.TypeID][]string{},
		fields:    map[wit.TypeID][]string{},
		functions: map[*wit.Function]string{},
		items:     map[*wit.WorldItem]string{},
	}
	for _, pkg := range p.Packages {
		reserved := reservedInterface
		if pkg.Interface < 0 {
			reserved = reservedWorld
		}
		pkg.Scope = NewScope().Reserve(reserved...)
		spell := p.spellerOf(pkg)
		for _, id := range pkg.Types {
			p.names.types[id] = pkg.Scope.Declare(spell.camel(p.Resolve.Types[id].Name))
		}
		for _, id := range pkg.Types {
			p.settleParts(spell, pkg.Scope, id)
		}
		p.settleFunctions(spell, pkg.Scope, pkg.Functions)
		p.settleFunctions(spell, NewScope().Reserve(reserved...).Reserve(reservedInstance...), pkg.Exports)
		pkg.own = map[string]string{}
		for _, name := range ownNames {
			pkg.own[name] = pkg.Scope.Declare(name)
		}
		pkg.texts = map[wit.TypeID]string{}
		for _, id := range pkg.Texts {
			pkg.texts[id] = pkg.Scope.Declare("text" + spell.camel(p.Resolve.Types[id].Name))
		}
	}
	p.settleItems()
}

// settleParts names the fields or the cases of a type.
func (p *Plan) settleParts(spell speller, scope *Scope, id wit.TypeID) {
	name := p.names.types[id]
	switch k := p.Resolve.Types[id].Kind.(type) {
	case *wit.Record:
		fields := NewScope().Reserve(reservedFields...)
		for _, f := range k.Fields {
			p.names.fields[id] = append(p.names.fields[id], fields.Declare(spell.camel(f.Name)))
		}
	case *wit.Variant:
		for _, c := range k.Cases {
			p.names.cases[id] = append(p.names.cases[id], scope.Declare(name+spell.camel(c.Name)))
		}
	case *wit.Enum:
		for _, c := range k.Cases {
			p.names.cases[id] = append(p.names.cases[id], scope.Declare(name+spell.camel(c.Name)))
		}
	case *wit.Flags:
		for _, f := range k.Flags {
			p.names.cases[id] = append(p.names.cases[id], scope.Declare(name+spell.camel(f.Name)))
		}
	}
}

// settleFunctions names functions: methods in a scope of their resource, all
// others in the given scope.
func (p *Plan) settleFunctions(spell speller, scope *Scope, functions []*wit.Function) {
	methods := map[wit.TypeID]*Scope{}
	for _, f := range functions {
		name := spell.camel(f.Base())
		in := scope
		switch f.Kind {
		case wit.Constructor:
			name = "New" + p.names.types[f.Resource]
		case wit.Static:
			name = p.names.types[f.Resource] + name
		case wit.Method:
			if methods[f.Resource] == nil {
				methods[f.Resource] = NewScope().Reserve(reservedMethods...)
			}
			in = methods[f.Resource]
		case wit.Freestanding: // a method of Interface as well
			if slices.Contains(vetMethods, name) {
				name += "_"
			}
		default:
			panic(fmt.Sprintf("gogen: unhandled kind of function %v", f.Kind))
		}
		p.names.functions[f] = in.Declare(name)
	}
}

// settleItems names what the plan's world imports and exports: the fields of
// Imports, and the methods of an instance.
func (p *Plan) settleItems() {
	w := p.Resolve.Worlds[p.World]
	// sharing counts the interfaces of each name, in both directions.
	sharing := map[string]map[wit.InterfaceID]bool{}
	for _, item := range slices.Concat(w.Imports, w.Exports) {
		if id, ok := item.KeyInterface(); ok {
			name := p.Camel(p.Resolve.Interfaces[id].Name)
			if sharing[name] == nil {
				sharing[name] = map[wit.InterfaceID]bool{}
			}
			sharing[name][id] = true
		}
	}
	for _, items := range [][]*wit.WorldItem{w.Imports, w.Exports} {
		scope := NewScope().Reserve(reservedInstance...)
		for _, item := range items {
			if f, ok := item.Item.(*wit.Function); ok && f.Kind == wit.Freestanding {
				p.names.items[item] = scope.Declare(p.names.functions[f])
			}
		}
		for _, item := range items {
			if id, ok := item.Item.(wit.InterfaceID); ok {
				p.names.items[item] = scope.Declare(p.interfaceItem(item, id, sharing))
			}
		}
	}
}

// interfaceItem returns the name of an interface among the items of the world.
// Interfaces that share a name are all called after their packages too, with as
// much of the packages' names as tells them apart.
func (p *Plan) interfaceItem(item *wit.WorldItem, id wit.InterfaceID, sharing map[string]map[wit.InterfaceID]bool) string {
	if item.Name != "" {
		return p.Camel(item.Name)
	}
	name := p.Camel(p.Resolve.Interfaces[id].Name)
	others := sharing[name]
	if len(others) < 2 {
		return name
	}
	level := byName
	for ; level < byAll; level++ {
		distinct := map[string]bool{}
		for other := range others {
			distinct[p.Camel(p.qualifier(p.interfaces[other], level))] = true
		}
		if len(distinct) == len(others) {
			break
		}
	}
	return p.Camel(p.qualifier(p.interfaces[id], level)) + name
}

// TypeName returns the Go name of a named type in its package. For a type that
// is anonymous it is empty.
func (p *Plan) TypeName(id wit.TypeID) string { return p.names.types[id] }

// HelperName returns a Go name of a type for the functions that serve it: that of its
// declaration, or for an anonymous type one that tells its form.
func (p *Plan) HelperName(id wit.TypeID) string {
	if name := p.names.types[id]; name != "" {
		return name
	}
	words := p.formOf(id)
	return p.Camel(strings.Join(words[:min(len(words), 3)], "-"))
}

// formOf returns the words for the form of a type, from the outside in.
func (p *Plan) formOf(t wit.Type) []string {
	switch t := t.(type) {
	case nil:
		return nil
	case wit.Prim:
		return []string{t.String()}
	case wit.TypeID:
		if name := p.names.types[t]; name != "" {
			return []string{name}
		}
		kind := p.Resolve.Types[t].Kind
		words := []string{kindWord(kind)}
		wit.EachType(kind, func(part wit.Type) {
			if len(words) < 3 {
				words = append(words, p.formOf(part)...)
			}
		})
		return words
	default:
		panic(fmt.Sprintf("gogen: unhandled type %T", t))
	}
}

// kindWord returns the word for a kind of anonymous types.
func kindWord(k wit.Kind) string {
	switch k.(type) {
	case *wit.List:
		return "list"
	case *wit.FixedList:
		return "array"
	case *wit.Map:
		return "map"
	case *wit.Option:
		return "option"
	case *wit.Result:
		return "result"
	case *wit.Tuple:
		return "tuple"
	case *wit.Own:
		return "own"
	case *wit.Borrow:
		return "borrowed"
	default:
		panic(fmt.Sprintf("gogen: unhandled kind %T", k))
	}
}

// TypeRef returns a named type for use in any package.
func (p *Plan) TypeRef(id wit.TypeID) *jen.Statement {
	return jen.Qual(p.PackageOf(p.Resolve.Types[id].Owner).ImportPath, p.names.types[id])
}

// FieldName returns the Go name of a field of a record, or of an alias of one.
// The i-th element of a tuple is called F and its number.
func (p *Plan) FieldName(t wit.Type, i int) string { return p.names.fields[p.def(t)][i] }

// CaseName returns the Go name of a case, in the package of the type: the struct
// of a variant's case, the constant of an enum's or of a flag.
func (p *Plan) CaseName(t wit.Type, i int) string { return p.names.cases[p.def(t)][i] }

// CaseRef returns what CaseName names for use in any package.
func (p *Plan) CaseRef(t wit.Type, i int) *jen.Statement {
	id := p.def(t)
	return jen.Qual(p.PackageOf(p.Resolve.Types[id].Owner).ImportPath, p.names.cases[id][i])
}

// def returns the type behind aliases.
func (p *Plan) def(t wit.Type) wit.TypeID { return p.Resolve.Dealias(t).(wit.TypeID) }

// FuncName returns the Go name of a function: of a function in the package and
// a method of Interface, or for methods of a resource of a method of the
// resource's Go interface.
func (p *Plan) FuncName(f *wit.Function) string { return p.names.functions[f] }

// ItemName returns the Go name of an import or export of the plan's world, as a
// field of Imports or a method of an instance. Types and the functions of
// resources have none.
func (p *Plan) ItemName(item *wit.WorldItem) string { return p.names.items[item] }

// Own returns the name of what a generator declares in the package for other
// generated packages to use: name itself, or name with a suffix where WIT has it.
func (pkg *Package) Own(name string) string {
	own, ok := pkg.own[name]
	if !ok {
		panic(fmt.Sprintf("gogen: %s is not among ownNames", name))
	}
	return own
}

// Param is a parameter of a Go function.
type Param struct {
	Name string
	Type wit.Type
}

// Params declares the parameters of f in scope. For a method the first is self,
// which is the receiver in Go.
func (p *Plan) Params(scope *Scope, f *wit.Function) []Param {
	params := make([]Param, len(f.Params))
	for i, param := range f.Params {
		params[i] = Param{scope.Declare(p.LowerCamel(param.Name)), param.Type}
	}
	return params
}

// Grouped spells parameters of Go, with the type once for neighbours that share it.
func (p *Plan) Grouped(params []Param) []jen.Code {
	var list, names []jen.Code
	for i, param := range params {
		names = append(names, jen.Id(param.Name))
		if i+1 == len(params) || p.goIdentity(params[i+1].Type) != p.goIdentity(param.Type) {
			list = append(list, jen.List(names...).Add(p.GoType(param.Type)))
			names = nil
		}
	}
	return list
}

// goIdentity returns what stands for the Go type of t as it is spelled: own and
// borrowed handles of a resource are spelled alike.
func (p *Plan) goIdentity(t wit.Type) wit.Type {
	if id, ok := t.(wit.TypeID); ok && p.Resolve.Types[id].Owner == nil {
		switch k := p.Resolve.Types[id].Kind.(type) {
		case *wit.Own:
			return k.Resource
		case *wit.Borrow:
			return k.Resource
		}
	}
	return t
}
