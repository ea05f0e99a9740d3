package component

import (
	"github.com/witgen/witgen/internal/wasm"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/fault"
)

// coreTypeDef resolves a core type definition (Binary.md, "Type Definitions").
func (s *scope) coreTypeDef(d *binary.CoreTypeDef) {
	if d.Module != nil {
		s.coreTypes = append(s.coreTypes, coreType{module: s.moduleType(d.Module)})
		return
	}
	// Indices count module types too, which no core type may refer to.
	space := make([]coreTypeID, len(s.coreTypes))
	for i, t := range s.coreTypes {
		if space[i] = t.id; t.module != nil && refersTo(d.Rec, int64(i)) {
			s.v.fail("a core type refers to core type %d, which is that of a module", i)
		}
	}
	s.v.work(len(space))
	ids, bad := s.v.core.group(d.Rec, space)
	if bad >= 0 {
		s.v.fail("core type %d is out of range: there are %d", bad, len(space))
	}
	for _, id := range ids {
		s.coreTypes = append(s.coreTypes, coreType{id: id})
	}
}

// refersTo reports whether a type of the group refers to an index.
func refersTo(g *wasm.RecGroup, index int64) bool {
	is := func(t wasm.ValType) bool {
		return (t.Code == wasm.CodeRef || t.Code == wasm.CodeRefNull) && t.Heap == index
	}
	for _, t := range g.Types {
		for _, s := range t.Supers {
			if int64(s) == index {
				return true
			}
		}
		for _, p := range t.Params {
			if is(p) {
				return true
			}
		}
		for _, r := range t.Results {
			if is(r) {
				return true
			}
		}
		for _, f := range t.Fields {
			if is(f.Type) {
				return true
			}
		}
	}
	return false
}

// moduleType resolves the type of a core module. It has an index space of types of
// its own, which starts empty.
func (s *scope) moduleType(t *binary.ModuleType) *moduleType {
	m := &moduleReader{types: s.v.core, typ: &moduleType{exports: map[string]coreEntity{}}}
	imported := make(map[[2]string]bool)
	for _, d := range t.Decls {
		at := d.At()
		s.v.work(1)
		switch {
		case d.Import != nil:
			name := [2]string{d.Import.Module, d.Import.Name}
			if imported[name] {
				fault.Invalid(at, "a module type imports %q %q twice", name[0], name[1])
			}
			imported[name] = true
			m.typ.imports = append(m.typ.imports, moduleImport{name[0], name[1], m.entity(d.Import.Type, at)})
		case d.Type != nil:
			m.addGroup(d.Type, at)
		case d.Alias != nil:
			m.space = append(m.space, s.outerCoreType(m, d.Alias, at))
		case d.Export != nil:
			m.typ.export(d.Export.Name, m.entity(d.Export.Type, at), at)
		default:
			panic("component: an empty declarator of a module type")
		}
	}
	return m.typ
}

// outerCoreType resolves an outer alias inside a module type, whose own types are
// zero scopes away.
func (s *scope) outerCoreType(m *moduleReader, a *binary.CoreAlias, at int) coreTypeID {
	if a.Count == 0 {
		return fault.Lookup(m.space, a.Index, "core type", at)
	}
	target := s
	for range a.Count - 1 {
		if target = target.parent; target == nil {
			fault.Invalid(at, "an outer alias goes %d scopes outwards, and there are fewer", a.Count)
		}
	}
	t := fault.Lookup(target.coreTypes, a.Index, "core type", at)
	if t.module != nil {
		fault.Invalid(at, "a module type refers to core type %d, which is that of a module", a.Index)
	}
	return t.id
}

// coreInstance resolves an instance of a core module (Binary.md, "Instance
// Definitions").
func (s *scope) coreInstance(d *binary.CoreInstance) map[string]coreEntity {
	if d.Exports != nil {
		return s.coreBag(d)
	}
	v := s.v
	module := fault.Lookup(s.coreModules, d.Module, "core module", v.at)
	args := make(map[string]map[string]coreEntity, len(d.Args))
	for _, a := range d.Args {
		if args[a.Name] != nil {
			v.fail("the argument %q is given twice", a.Name)
		}
		args[a.Name] = fault.Lookup(s.coreInstances, a.Instance, "core instance", v.at)
	}
	for _, i := range module.imports {
		v.work(1)
		arg, ok := args[i.module]
		if !ok {
			v.fail("core module %d imports from %q, which no argument supplies", d.Module, i.module)
		}
		e, ok := arg[i.name]
		if !ok {
			v.fail("core module %d imports %q from %q, which the argument does not export", d.Module, i.name, i.module)
		}
		if wrong := v.core.match(e, i.entity); wrong != "" {
			v.fail("core module %d imports %q from %q: %s", d.Module, i.name, i.module, wrong)
		}
	}
	return module.exports
}

// coreBag resolves a bag of core exports.
func (s *scope) coreBag(d *binary.CoreInstance) map[string]coreEntity {
	at := s.v.at
	exports := make(map[string]coreEntity, len(d.Exports))
	s.v.work(len(d.Exports))
	for _, x := range d.Exports {
		e := coreEntity{sort: x.Sort}
		switch x.Sort {
		case binary.SortCoreFunc:
			e.typ = fault.Lookup(s.coreFuncs, x.Index, "core function", at)
		case binary.SortCoreTag:
			e.typ = fault.Lookup(s.coreTags, x.Index, "core tag", at)
		case binary.SortCoreTable:
			e.table = fault.Lookup(s.coreTables, x.Index, "core table", at)
		case binary.SortCoreMemory:
			e.memory = fault.Lookup(s.coreMemories, x.Index, "core memory", at)
		case binary.SortCoreGlobal:
			e.global = fault.Lookup(s.coreGlobals, x.Index, "core global", at)
		default:
			s.v.fail("a core instance exports no %s", x.Sort)
		}
		if _, twice := exports[x.Name]; twice {
			s.v.fail("a core instance exports %q twice", x.Name)
		}
		exports[x.Name] = e
	}
	return exports
}

// instance resolves an instance of a component (Binary.md, "Instance
// Definitions").
func (s *scope) instance(d *binary.Instance) *instanceType {
	if d.Exports != nil {
		return s.bag(d)
	}
	v := s.v
	c := fault.Lookup(s.components, d.Component, "component", v.at)
	var args items
	for _, a := range d.Args {
		it := s.lookup(a.Sort, a.Index)
		it.name.Name = a.Name
		if !args.add(it) {
			v.fail("the argument %q is given twice", a.Name)
		}
	}
	sub, m := v.open(&args, &c.imports, c.importedResources)
	if m != nil {
		v.fail("the arguments do not fit component %d: %s", d.Component, m.what)
	}
	// A new substitution: what was replaced so far was so without the names of the
	// arguments.
	given := v.newSubst()
	given.res = sub.res
	given.supply(&args, &c.imports)
	for _, b := range given.fresh(c.defines) {
		s.defined = append(s.defined, b.res)
	}
	t := &instanceType{exports: given.items(&c.exports)}
	t.info = v.measureItems(t.exports.list)
	return t
}

// bag resolves a bag of exports. It introduces no indices, and so no resources for
// methods to belong to.
func (s *scope) bag(d *binary.Instance) *instanceType {
	t := &instanceType{}
	e := &s.v.newScope(inInstanceType, nil).exports
	for _, x := range d.Exports {
		it := s.lookup(x.Sort, x.Index)
		it.name, it.at = x.Name, s.v.at
		s.v.work(1)
		s.v.checkName(e, it)
		t.exports.add(it)
	}
	t.info = s.v.measureItems(t.exports.list)
	return t
}
