package check

import (
	"github.com/witgen/witgen/internal/wasm"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/checked"
	"github.com/witgen/witgen/component/internal/core"
)

// coreTypeDef resolves a core type definition (Binary.md, "Type Definitions").
func (s *scope) coreTypeDef(d *binary.CoreTypeDef) {
	if d.Module != nil {
		s.coreTypes = append(s.coreTypes, coreType{module: s.moduleType(d.Module)})
		return
	}
	// Indices count module types too, which no core type may refer to.
	space := make([]core.TypeID, len(s.coreTypes))
	for i, t := range s.coreTypes {
		if space[i] = t.id; t.module != nil && refersTo(d.Rec, int64(i)) {
			s.v.fail("a core type refers to core type %d, which is that of a module", i)
		}
	}
	s.v.work(len(space))
	ids, wrong := s.v.core.Group(d.Rec, space)
	if wrong != "" {
		s.v.fail("in a core type: %s", wrong)
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
func (s *scope) moduleType(t *binary.ModuleType) *core.Module {
	m := &core.Reader{Types: s.v.core, Module: &core.Module{Exports: map[string]core.Entity{}}}
	imported := make(map[[2]string]bool)
	for _, d := range t.Decls {
		at := d.At()
		s.v.work(1)
		switch {
		case d.Import != nil:
			name := [2]string{d.Import.Module, d.Import.Name}
			if imported[name] {
				core.Invalid(at, "a module type imports %q %q twice", name[0], name[1])
			}
			imported[name] = true
			m.Module.Imports = append(m.Module.Imports, core.Import{Module: name[0], Name: name[1], Entity: m.Entity(d.Import.Type, at)})
		case d.Type != nil:
			m.AddGroup(d.Type, at)
		case d.Alias != nil:
			m.Space = append(m.Space, s.outerCoreType(m, d.Alias, at))
		case d.Export != nil:
			m.Module.Export(d.Export.Name, m.Entity(d.Export.Type, at), at)
		default:
			panic("check: an empty declarator of a module type")
		}
	}
	return m.Module
}

// outerCoreType resolves an outer alias inside a module type, whose own types are
// zero scopes away.
func (s *scope) outerCoreType(m *core.Reader, a *binary.CoreAlias, at int) core.TypeID {
	if a.Count == 0 {
		return core.Lookup(m.Space, a.Index, "core type", at)
	}
	target := s
	for range a.Count - 1 {
		if target = target.parent; target == nil {
			core.Invalid(at, "an outer alias goes %d scopes outwards, and there are fewer", a.Count)
		}
	}
	t := core.Lookup(target.coreTypes, a.Index, "core type", at)
	if t.module != nil {
		core.Invalid(at, "a module type refers to core type %d, which is that of a module", a.Index)
	}
	return t.id
}

// coreInstance resolves an instance of a core module (Binary.md, "Instance
// Definitions").
func (s *scope) coreInstance(d *binary.CoreInstance) map[string]core.Entity {
	if d.Exports != nil {
		return s.coreBag(d)
	}
	v := s.v
	module := core.Lookup(s.coreModules, d.Module, "core module", v.at)
	args := make(map[string]map[string]core.Entity, len(d.Args))
	for _, a := range d.Args {
		if args[a.Name] != nil {
			v.fail("the argument %q is given twice", a.Name)
		}
		args[a.Name] = core.Lookup(s.coreInstances, a.Instance, "core instance", v.at)
	}
	for _, i := range module.Imports {
		v.work(1 + (len(i.Module)+len(i.Name))>>nameShift)
		arg, ok := args[i.Module]
		if !ok {
			v.fail("core module %d imports from %q, which no argument supplies", d.Module, i.Module)
		}
		e, ok := arg[i.Name]
		if !ok {
			v.fail("core module %d imports %q from %q, which the argument does not export", d.Module, i.Name, i.Module)
		}
		if wrong := v.core.Match(e, i.Entity); wrong != "" {
			v.fail("core module %d imports %q from %q: %s", d.Module, i.Name, i.Module, wrong)
		}
	}
	return module.Exports
}

// coreBag resolves a bag of core exports.
func (s *scope) coreBag(d *binary.CoreInstance) map[string]core.Entity {
	at := s.v.at
	exports := make(map[string]core.Entity, len(d.Exports))
	s.v.work(len(d.Exports))
	for _, x := range d.Exports {
		e := core.Entity{Sort: x.Sort}
		switch x.Sort {
		case binary.SortCoreFunc:
			e.Type = core.Lookup(s.coreFuncs, x.Index, "core function", at)
		case binary.SortCoreTag:
			e.Type = core.Lookup(s.coreTags, x.Index, "core tag", at)
		case binary.SortCoreTable:
			e.Table = core.Lookup(s.coreTables, x.Index, "core table", at)
		case binary.SortCoreMemory:
			e.Memory = core.Lookup(s.coreMemories, x.Index, "core memory", at)
		case binary.SortCoreGlobal:
			e.Global = core.Lookup(s.coreGlobals, x.Index, "core global", at)
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
func (s *scope) instance(d *binary.Instance) *checked.Instance {
	if d.Exports != nil {
		return s.bag(d)
	}
	v := s.v
	c := core.Lookup(s.components, d.Component, "component", v.at)
	var args checked.Items
	for _, a := range d.Args {
		it := s.lookup(a.Sort, a.Index)
		it.Name.Name = a.Name
		if !args.Add(it) {
			v.fail("the argument %q is given twice", a.Name)
		}
	}
	sub, m := v.open(&args, &c.Imports, c.ImportedResources)
	if m != nil {
		v.fail("the arguments do not fit component %d: %s", d.Component, m.what)
	}
	// A new substitution: what was replaced so far was so without the names of the
	// arguments.
	given := v.newSubst()
	given.res = sub.res
	given.supply(&args, &c.Imports)
	for _, b := range given.fresh(c.Defines) {
		s.defined = append(s.defined, b.Resource)
	}
	t := &checked.Instance{Exports: given.items(&c.Exports)}
	t.Info = v.measureItems(t.Exports.List)
	return t
}

// bag resolves a bag of exports. It introduces no indices, and so no resources for
// methods to belong to.
func (s *scope) bag(d *binary.Instance) *checked.Instance {
	t := &checked.Instance{}
	e := &s.v.newScope(inInstanceType, nil).exports
	for _, x := range d.Exports {
		it := s.lookup(x.Sort, x.Index)
		it.Name, it.Offset = x.Name, s.v.at
		s.v.work(1)
		s.v.checkName(e, it)
		t.Exports.Add(it)
	}
	t.Info = s.v.measureItems(t.Exports.List)
	return t
}
