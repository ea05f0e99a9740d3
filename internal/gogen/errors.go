package gogen

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/wit"
)

// findErrorTypes finds the types that implement error: those that a function of
// their WIT package has as the error of its result, in whichever interface or
// world. Which ones they are depends on no world, and so the neutral files are the
// same for all.
func (p *Plan) findErrorTypes() map[wit.TypeID]bool {
	r, found := p.Resolve, map[wit.TypeID]bool{}
	add := func(of wit.PackageID, f *wit.Function) {
		result := p.Results(f).Result
		if result == nil || result.Err == nil {
			return
		}
		id, ok := r.Dealias(result.Err).(wit.TypeID)
		if !ok {
			return
		}
		switch def := r.Types[id]; def.Kind.(type) {
		case *wit.Record, *wit.Variant, *wit.Enum, *wit.Flags:
			found[id] = found[id] || p.ownerPackage(def.Owner) == of
		}
	}
	for _, iface := range r.Interfaces {
		for _, f := range iface.Functions {
			add(iface.Package, f)
		}
	}
	for _, w := range r.Worlds {
		for _, item := range slices.Concat(w.Imports, w.Exports) {
			if f, ok := item.Item.(*wit.Function); ok {
				add(w.Package, f)
			}
		}
	}
	return found
}

// ownerPackage returns the WIT package of what owns a type.
func (p *Plan) ownerPackage(owner wit.Owner) wit.PackageID {
	switch owner := owner.(type) {
	case wit.InterfaceID:
		return p.Resolve.Interfaces[owner].Package
	case wit.WorldID:
		return p.Resolve.Worlds[owner].Package
	default:
		panic(fmt.Sprintf("gogen: unhandled owner %T", owner))
	}
}

// IsError reports whether the Go type of t implements error. Any other type
// arrives as a types.Error.
func (p *Plan) IsError(t wit.Type) bool {
	id, ok := p.Resolve.Dealias(t).(wit.TypeID)
	return ok && p.errorTypes[id]
}

// WrapError returns the Go error for an error value of type e. A nil e is an
// absent error type; value is not looked at then.
func (p *Plan) WrapError(e wit.Type, value *jen.Statement) *jen.Statement {
	if e == nil {
		return Error.Qual().Types(Unit.Qual()).Values()
	}
	if p.IsError(e) {
		return value
	}
	return Error.Qual().Types(p.GoType(e)).Values(jen.Id("Value").Op(":").Add(value))
}

// findTexts finds the types of which the package's errors hold values, and which have
// no method that gives these as text: its files have a function for each.
func (p *Plan) findTexts(pkg *Package) {
	seen := map[wit.TypeID]bool{}
	var visit func(t wit.Type)
	visit = func(t wit.Type) {
		id, ok := p.Resolve.Dealias(t).(wit.TypeID)
		if !ok || seen[id] || p.errorTypes[id] {
			return
		}
		seen[id] = true
		kind := p.Resolve.Types[id].Kind
		switch kind.(type) {
		case *wit.Record, *wit.Variant:
			pkg.Texts = append(pkg.Texts, id)
		}
		wit.EachType(kind, visit)
	}
	for _, id := range pkg.Types {
		if _, ok := p.Resolve.Types[id].Kind.(*wit.Alias); !ok && p.errorTypes[id] {
			wit.EachType(p.Resolve.Types[id].Kind, visit)
		}
	}
	described := map[wit.Type]bool{}
	for _, f := range slices.Concat(pkg.Functions, pkg.Exports) {
		r := p.Results(f).Result
		if r == nil || p.tellsItself(r.Err) {
			continue
		}
		visit(r.Err)
		if t := p.Resolve.Dealias(r.Err); !described[t] {
			described[t] = true
			pkg.Described = append(pkg.Described, t)
		}
	}
}

// tellsItself reports whether the runtime's types.Error can give a value of type t as
// text by its Go type alone.
func (p *Plan) tellsItself(t wit.Type) bool {
	if t == nil || p.IsError(t) {
		return true
	}
	id, ok := p.Resolve.Dealias(t).(wit.TypeID)
	if !ok {
		return true // a wit.Prim
	}
	switch k := p.Resolve.Types[id].Kind.(type) {
	case *wit.Enum, *wit.Flags:
		return true
	case *wit.List:
		_, prim := p.Resolve.Dealias(k.Type).(wit.Prim)
		return prim
	case *wit.Option:
		return p.tellsItself(k.Type)
	case *wit.Result:
		return p.tellsItself(k.OK) && p.tellsItself(k.Err)
	case *wit.Tuple:
		for _, part := range k.Types {
			if !p.tellsItself(part) {
				return false
			}
		}
		return len(k.Types) <= maxTuple
	default:
		return false
	}
}

// TextName returns the name of the function in pkg's files that gives a value of a
// type among pkg.Texts as text.
func (p *Plan) TextName(pkg *Package, t wit.Type) string { return pkg.texts[p.def(t)] }
