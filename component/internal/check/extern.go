package check

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/checked"
	"github.com/witgen/witgen/component/internal/core"
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
	case it.Sort == binary.SortInstance:
		for _, b := range s.freshen(it) {
			s.importedResources = append(s.importedResources, checked.Bound{Resource: b.Resource, Path: append([]string{name.Name}, b.Path...)})
		}
	case it.Fresh:
		s.importedResources = append(s.importedResources, checked.Bound{Resource: it.Type.(*checked.ResourceType).Resource, Path: []string{name.Name}})
	}
	s.define(it)
	s.addExtern(&s.imports, it)
}

// exportItem checks an export and adds what it defines.
func (s *scope) exportItem(it *checked.Item) {
	switch {
	case it.Sort == binary.SortInstance:
		for _, b := range s.freshen(it) {
			s.defined = append(s.defined, b.Resource)
		}
	case it.Fresh:
		s.defined = append(s.defined, it.Type.(*checked.ResourceType).Resource)
	}
	s.define(it)
	if it.Sort == binary.SortValue {
		s.values[len(s.values)-1].consumed = true
	}
	s.addExtern(&s.exports, it)
}

// freshen gives an instance resources of its own where its type introduces some.
func (s *scope) freshen(it *checked.Item) []checked.Bound {
	t := it.Type.(*checked.Instance)
	if len(t.Defines) == 0 {
		return nil
	}
	sub := s.v.newSubst()
	list := sub.fresh(t.Defines)
	it.Type = &checked.Instance{Exports: sub.items(&t.Exports), Info: t.Info}
	return list
}

// export checks an export definition.
func (s *scope) export(d *binary.Export) {
	it := s.lookup(d.Sort, d.Index)
	it.Name, it.Offset = d.Name, d.At()
	if d.Type == nil {
		if it.Sort == binary.SortType {
			it.Type = rename(it.Type)
		}
		s.exportItem(it)
		return
	}
	ascribed := s.externType(d.Name, *d.Type)
	var m *mismatch
	if _, ok := it.Type.(*checked.ResourceType); !ok || it.Sort != binary.SortType || !ascribed.Fresh {
		m = s.v.subItem(it, ascribed)
	}
	if m != nil {
		s.v.fail("the type that is ascribed to the export %q does not fit: %s", d.Name.Name, m.what)
	}
	s.exportItem(ascribed)
}

// rename gives a type a new identity.
func rename(t checked.Type) checked.Type {
	switch t := t.(type) {
	case *checked.ResourceType:
		return &checked.ResourceType{Resource: t.Resource, Alias: t}
	case *checked.Value:
		out := *t
		out.Alias = t
		return &out
	case *checked.Func:
		out := *t
		return &out
	case *checked.Instance:
		out := *t
		return &out
	case *checked.Component:
		out := *t
		return &out
	default:
		panic(fmt.Sprintf("check: unhandled type %T", t))
	}
}

// externType resolves the type of an import or export.
func (s *scope) externType(name binary.ExternName, t binary.ExternType) *checked.Item {
	at := s.v.at
	it := &checked.Item{Name: name, Sort: t.Sort, Offset: at}
	want := func(ok bool) {
		if !ok {
			s.v.fail("type %d is not that of a %s", t.Index, t.Sort)
		}
	}
	switch t.Sort {
	case binary.SortCoreModule:
		it.Module = core.Lookup(s.coreTypes, t.Index, "core type", at).module
		want(it.Module != nil)
	case binary.SortFunc:
		f, ok := core.Lookup(s.types, t.Index, "type", at).(*checked.Func)
		it.Type = f
		want(ok)
	case binary.SortComponent:
		c, ok := core.Lookup(s.types, t.Index, "type", at).(*checked.Component)
		it.Type = c
		want(ok)
	case binary.SortInstance:
		i, ok := core.Lookup(s.types, t.Index, "type", at).(*checked.Instance)
		it.Type = i
		want(ok)
	case binary.SortValue:
		if t.Bound == binary.BoundEq {
			it.Ref = core.Lookup(s.values, t.Index, "value", at).typ
		} else {
			it.Ref = s.val(t.Value)
		}
	case binary.SortType:
		if t.Bound == binary.BoundSub {
			it.Fresh = true
			it.Type = &checked.ResourceType{Resource: &checked.Resource{}}
		} else {
			it.Type = rename(core.Lookup(s.types, t.Index, "type", at))
		}
	default:
		panic(fmt.Sprintf("check: unhandled sort %s", t.Sort))
	}
	return it
}

// addExtern checks the name and the visibility of an import or export and adds it.
func (s *scope) addExtern(e *externs, it *checked.Item) {
	if r, ok := it.Type.(*checked.ResourceType); ok && it.Sort == binary.SortType {
		e.resources[r], e.resourceNames[it.Name.Name] = it.Name.Name, true
	}
	if s.kind != inInstanceType {
		s.visible(e, it, it.Name.Name)
	}
	s.v.checkName(e, it)
	e.Add(it)
}

// visible checks that an import or export refers only to types with an external
// name, and gives names to the types that it introduces itself (Explainer.md,
// "External Visibility of Types").
func (s *scope) visible(e *externs, it *checked.Item, name string) {
	s.v.work(1)
	unnamed := ""
	switch it.Sort {
	case binary.SortType:
		unnamed = s.v.unnamedInside(e, it.Type)
		if i, ok := it.Type.(*checked.Instance); ok {
			for _, x := range i.Exports.List {
				s.visible(e, x, name)
			}
		}
		e.named[it.Type] = true
		// What is imported has a name for exports too.
		s.exports.named[it.Type] = true
	case binary.SortInstance:
		for _, x := range it.Type.(*checked.Instance).Exports.List {
			s.visible(e, x, name)
		}
	case binary.SortFunc:
		unnamed = s.v.unnamedInside(e, it.Type)
	case binary.SortValue:
		unnamed = s.v.unnamed(e, it.Ref)
	case binary.SortComponent, binary.SortCoreModule:
		// They are closed: what they refer to was checked with them.
	default:
		panic(fmt.Sprintf("check: unhandled sort %s", it.Sort))
	}
	if unnamed != "" {
		s.v.fail("the %s %q refers to %s that no %s gives a name: types must be %sed before they are used so", e.kind, name, unnamed, e.kind, e.kind)
	}
}

// unnamed returns what in t has no external name, and "" where all has one.
func (v *validator) unnamed(e *externs, t checked.Ref) string {
	if t.Value == nil || e.named[t.Value] {
		return ""
	}
	if t.Value.Named() {
		return checked.KindName(t.Value.Def)
	}
	return v.unnamedInside(e, t.Value)
}

// unnamedInside is like unnamed and does not ask it of t itself.
func (v *validator) unnamedInside(e *externs, t checked.Type) string {
	if e.clean[t] {
		return ""
	}
	v.work(1)
	switch t := t.(type) {
	case *checked.ResourceType, *checked.Component, *checked.Instance:
		// The types of components are closed: what they refer to was checked when
		// they were made. Those of instances are looked into by visible.
		return ""
	case *checked.Value:
		if t.Resource != nil && !e.named[t.Resource] {
			return "a resource"
		}
		for _, p := range t.Parts {
			if bad := v.unnamed(e, p); bad != "" {
				return bad
			}
		}
	case *checked.Func:
		for _, p := range t.Params {
			if bad := v.unnamed(e, p.Type); bad != "" {
				return bad
			}
		}
		if bad := v.unnamed(e, t.Result); bad != "" {
			return bad
		}
	default:
		panic(fmt.Sprintf("check: unhandled type %T", t))
	}
	e.clean[t] = true
	return ""
}
