package component

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/fault"
)

// importItem checks an import and adds what it defines (Binary.md, "Import and
// Export Definitions").
func (s *scope) importItem(name binary.ExternName, t binary.ExternType) {
	it := s.externType(name, t)
	// "Imported types cannot transitively refer to the external names of exported
	// types": Explainer.md, "External Visibility of Types".
	if t.Sort == binary.SortType && t.Bound == binary.BoundEq {
		if of := s.types[t.Index]; s.exports.named[of] && !s.imports.named[of] {
			s.v.fail("the import %q is of a type that an export introduces: imports cannot depend on exports", name.Name)
		}
	}
	switch {
	case it.sort == binary.SortInstance:
		for _, b := range s.freshen(it) {
			s.importedResources = append(s.importedResources, bound{b.res, append([]string{name.Name}, b.path...)})
		}
	case it.fresh:
		s.importedResources = append(s.importedResources, bound{it.typ.(*resourceType).res, []string{name.Name}})
	}
	s.define(it)
	s.addExtern(&s.imports, it)
}

// exportItem checks an export and adds what it defines.
func (s *scope) exportItem(it *item) {
	switch {
	case it.sort == binary.SortInstance:
		for _, b := range s.freshen(it) {
			s.defined = append(s.defined, b.res)
		}
	case it.fresh:
		s.defined = append(s.defined, it.typ.(*resourceType).res)
	}
	s.define(it)
	if it.sort == binary.SortValue {
		s.values[len(s.values)-1].consumed = true
	}
	s.addExtern(&s.exports, it)
}

// freshen gives an instance resources of its own where its type introduces some.
func (s *scope) freshen(it *item) []bound {
	t := it.typ.(*instanceType)
	if len(t.defines) == 0 {
		return nil
	}
	sub := s.v.newSubst()
	list := sub.fresh(t.defines)
	it.typ = &instanceType{exports: sub.items(&t.exports), info: t.info}
	return list
}

// export checks an export definition.
func (s *scope) export(d *binary.Export) {
	it := s.lookup(d.Sort, d.Index)
	it.name, it.at = d.Name, d.At()
	if d.Type == nil {
		if it.sort == binary.SortType {
			it.typ = rename(it.typ)
		}
		s.exportItem(it)
		return
	}
	ascribed := s.externType(d.Name, *d.Type)
	var m *mismatch
	if _, ok := it.typ.(*resourceType); !ok || it.sort != binary.SortType || !ascribed.fresh {
		m = s.v.subItem(it, ascribed)
	}
	if m != nil {
		s.v.fail("the type that is ascribed to the export %q does not fit: %s", d.Name.Name, m.what)
	}
	s.exportItem(ascribed)
}

// rename gives a type a new identity.
func rename(t anyType) anyType {
	switch t := t.(type) {
	case *resourceType:
		return &resourceType{res: t.res, alias: t}
	case *valType:
		out := *t
		out.alias = t
		return &out
	case *funcType:
		out := *t
		return &out
	case *instanceType:
		out := *t
		return &out
	case *componentType:
		out := *t
		return &out
	default:
		panic(fmt.Sprintf("component: unhandled type %T", t))
	}
}

// externType resolves the type of an import or export.
func (s *scope) externType(name binary.ExternName, t binary.ExternType) *item {
	at := s.v.at
	it := &item{name: name, sort: t.Sort, at: at}
	want := func(ok bool) {
		if !ok {
			s.v.fail("type %d is not that of a %s", t.Index, t.Sort)
		}
	}
	switch t.Sort {
	case binary.SortCoreModule:
		it.module = fault.Lookup(s.coreTypes, t.Index, "core type", at).module
		want(it.module != nil)
	case binary.SortFunc:
		f, ok := fault.Lookup(s.types, t.Index, "type", at).(*funcType)
		it.typ = f
		want(ok)
	case binary.SortComponent:
		c, ok := fault.Lookup(s.types, t.Index, "type", at).(*componentType)
		it.typ = c
		want(ok)
	case binary.SortInstance:
		i, ok := fault.Lookup(s.types, t.Index, "type", at).(*instanceType)
		it.typ = i
		want(ok)
	case binary.SortValue:
		if t.Bound == binary.BoundEq {
			it.val = fault.Lookup(s.values, t.Index, "value", at).typ
		} else {
			it.val = s.val(t.Value)
		}
	case binary.SortType:
		if t.Bound == binary.BoundSub {
			it.fresh = true
			it.typ = &resourceType{res: &resource{}}
		} else {
			it.typ = rename(fault.Lookup(s.types, t.Index, "type", at))
		}
	default:
		panic(fmt.Sprintf("component: unhandled sort %s", t.Sort))
	}
	return it
}

// addExtern checks the name and the visibility of an import or export and adds it.
func (s *scope) addExtern(e *externs, it *item) {
	if r, ok := it.typ.(*resourceType); ok && it.sort == binary.SortType {
		e.resources[r] = it.name.Name
	}
	if s.kind != inInstanceType {
		s.visible(e, it, it.name.Name)
	}
	s.v.checkName(e, it)
	e.add(it)
}

// visible checks that an import or export refers only to types with an external
// name, and gives names to the types that it introduces itself (Explainer.md,
// "External Visibility of Types").
func (s *scope) visible(e *externs, it *item, name string) {
	s.v.work(1)
	unnamed := ""
	switch it.sort {
	case binary.SortType:
		unnamed = s.v.unnamedInside(e, it.typ)
		if i, ok := it.typ.(*instanceType); ok {
			for _, x := range i.exports.list {
				s.visible(e, x, name)
			}
		}
		e.named[it.typ] = true
		// What is imported has a name for exports too.
		s.exports.named[it.typ] = true
	case binary.SortInstance:
		for _, x := range it.typ.(*instanceType).exports.list {
			s.visible(e, x, name)
		}
	case binary.SortFunc:
		unnamed = s.v.unnamedInside(e, it.typ)
	case binary.SortValue:
		unnamed = s.v.unnamed(e, it.val)
	case binary.SortComponent, binary.SortCoreModule:
		// They are closed: what they refer to was checked with them.
	default:
		panic(fmt.Sprintf("component: unhandled sort %s", it.sort))
	}
	if unnamed != "" {
		s.v.fail("the %s %q refers to %s that no %s gives a name: types must be %sed before they are used so", e.kind, name, unnamed, e.kind, e.kind)
	}
}

// unnamed returns what in t has no external name, and "" where all has one.
func (v *validator) unnamed(e *externs, t val) string {
	if t.t == nil || e.named[t.t] {
		return ""
	}
	if t.t.named() {
		return kindName(t.t.def)
	}
	return v.unnamedInside(e, t.t)
}

// unnamedInside is like unnamed and does not ask it of t itself.
func (v *validator) unnamedInside(e *externs, t anyType) string {
	if e.clean[t] {
		return ""
	}
	v.work(1)
	switch t := t.(type) {
	case *resourceType, *componentType, *instanceType:
		// The types of components are closed: what they refer to was checked when
		// they were made. Those of instances are looked into by visible.
		return ""
	case *valType:
		if t.res != nil && !e.named[t.res] {
			return "a resource"
		}
		for _, p := range t.parts {
			if bad := v.unnamed(e, p); bad != "" {
				return bad
			}
		}
	case *funcType:
		for _, p := range t.params {
			if bad := v.unnamed(e, p.typ); bad != "" {
				return bad
			}
		}
		if bad := v.unnamed(e, t.result); bad != "" {
			return bad
		}
	default:
		panic(fmt.Sprintf("component: unhandled type %T", t))
	}
	e.clean[t] = true
	return ""
}
