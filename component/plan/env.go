package plan

import (
	"fmt"
	"strconv"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/coretype"
	"github.com/witgen/witgen/component/internal/check"
	"github.com/witgen/witgen/wit"
)

// env is the inside of one component instance, with its index spaces.
type env struct {
	p      *planner
	number int
	outer  *env
	def    *binary.Component
	static *check.Scope
	args   map[string]definition // nil for the root
	scope  *Scope

	coreFuncs, coreTables, coreMemories, coreGlobals, coreTags []Ref
	coreInstances                                              []coreInstance
	modules                                                    []*Module
	functions                                                  []*Function
	types                                                      []typeDef
	components                                                 []*closure
	instances                                                  []*Instance
	exports                                                    map[string]definition
	// passed are the types of functions that are lowered, whose layouts are made for each
	// instance anew.
	passed map[wit.TypeID]bool
}

// instantiate plans an instance of a component. args are nil for the root.
func (p *planner) instantiate(c *closure, args map[string]definition, parent int) *Instance {
	number := len(p.plan.Components)
	if number == maxComponents {
		p.fail("there are more than %d component instances", maxComponents)
	}
	p.plan.Components = append(p.plan.Components, parent)
	e := &env{p: p, number: number, outer: c.outer, def: c.def, static: p.analysis.Scopes[c.def], args: args,
		scope: &Scope{map[wit.TypeID]*Resource{}}, exports: map[string]definition{}, passed: map[wit.TypeID]bool{}}
	for d := range c.def.Defs() {
		p.step(1)
		p.at = d.At()
		e.define(d)
	}
	return &Instance{exports: e.exports}
}

func (e *env) define(d binary.Def) {
	switch d := d.(type) {
	case *binary.Custom, *binary.CoreTypeDef:
	case *binary.CoreModule:
		e.modules = append(e.modules, e.p.module(d))
	case *binary.CoreInstance:
		e.coreInstance(d)
	case *binary.Component:
		e.components = append(e.components, &closure{d, e})
	case *binary.Instance:
		e.addInstance(e.instance(d))
	case *binary.Alias:
		e.alias(d)
	case *binary.TypeDef:
		e.typeDef(d)
	case *binary.Canon:
		e.canon(d)
	case *binary.Start:
		e.p.fail("the component has a start function, which is not supported")
	case *binary.Import:
		e.importItem(d)
	case *binary.Export:
		e.export(d)
	case *binary.Value:
		e.p.fail("the component has values, which are not supported")
	default:
		panic(fmt.Sprintf("plan: unhandled definition %T", d))
	}
}

// coreInstance plans an instance of a core module. A bag needs no instance.
func (e *env) coreInstance(d *binary.CoreInstance) {
	p := e.p
	p.step(len(d.Exports) + len(d.Args))
	if d.Exports != nil {
		bag := make(map[string]Ref, len(d.Exports))
		for _, x := range d.Exports {
			p.names(x.Name)
			bag[x.Name] = *e.coreItem(x.Sort, x.Index)
		}
		e.coreInstances = append(e.coreInstances, coreInstance{bag: bag})
		return
	}
	if len(p.plan.Cores) == maxCoreInstances {
		p.fail("there are more than %d instances of core modules", maxCoreInstances)
	}
	args := make(map[string]coreInstance, len(d.Args))
	for _, a := range d.Args {
		p.names(a.Name)
		args[a.Name] = e.coreInstances[a.Instance]
	}
	m := e.modules[d.Module]
	p.step(m.importSteps)
	e.coreInstances = append(e.coreInstances, coreInstance{core: len(p.plan.Cores)})
	p.plan.Cores = append(p.plan.Cores, Core{Module: m, Start: noRef, component: e.number, module: m, args: args})
}

// coreItem returns an definition of a core index space.
func (e *env) coreItem(sort binary.Sort, index uint32) *Ref {
	return &(*e.coreSpace(sort))[index]
}

func (e *env) coreSpace(sort binary.Sort) *[]Ref {
	switch sort {
	case binary.SortCoreFunc:
		return &e.coreFuncs
	case binary.SortCoreTable:
		return &e.coreTables
	case binary.SortCoreMemory:
		return &e.coreMemories
	case binary.SortCoreGlobal:
		return &e.coreGlobals
	case binary.SortCoreTag:
		return &e.coreTags
	default:
		panic(fmt.Sprintf("plan: unhandled sort %s", sort))
	}
}

// instance returns an instance of a component, or a bag of exports.
func (e *env) instance(d *binary.Instance) *Instance {
	e.p.step(len(d.Exports) + len(d.Args))
	if d.Exports != nil {
		made := &Instance{exports: make(map[string]definition, len(d.Exports))}
		for _, x := range d.Exports {
			e.p.names(x.Name.Name)
			made.exports[x.Name.Name] = e.lookup(x.Sort, x.Index)
		}
		return made
	}
	args := make(map[string]definition, len(d.Args))
	for _, a := range d.Args {
		e.p.names(a.Name)
		args[a.Name] = e.lookup(a.Sort, a.Index)
	}
	at := e.p.at
	made := e.p.instantiate(e.components[d.Component], args, e.number)
	e.p.at = at
	return made
}

// lookup returns an definition of an index space.
func (e *env) lookup(sort binary.Sort, index uint32) definition {
	it := definition{sort: sort}
	switch sort {
	case binary.SortCoreModule:
		it.module = e.modules[index]
	case binary.SortFunc:
		it.function = e.functions[index]
	case binary.SortType:
		it.typ = e.types[index]
	case binary.SortComponent:
		it.component = e.components[index]
	case binary.SortInstance:
		it.instance = e.instances[index]
	case binary.SortValue:
		e.p.fail("the component has values, which are not supported")
	default:
		panic(fmt.Sprintf("plan: unhandled sort %s", sort))
	}
	return it
}

// add adds an definition to the index space of its sort.
func (e *env) add(it definition) {
	switch it.sort {
	case binary.SortCoreModule:
		e.modules = append(e.modules, it.module)
	case binary.SortFunc:
		e.functions = append(e.functions, it.function)
	case binary.SortType:
		e.addType(it.typ)
	case binary.SortComponent:
		e.components = append(e.components, it.component)
	case binary.SortInstance:
		e.addInstance(it.instance)
	case binary.SortValue:
		e.p.fail("the component has values, which are not supported")
	default:
		panic(fmt.Sprintf("plan: unhandled sort %s", it.sort))
	}
}

// addType adds a type, and notes which resource the static type means.
func (e *env) addType(t typeDef) {
	if id := e.static.Types[len(e.types)].Resource; id >= 0 && t.resource != nil {
		e.scope.byType[id] = t.resource
	}
	e.types = append(e.types, t)
}

// addInstance adds an instance, and notes which resources the static types that it
// exports mean.
func (e *env) addInstance(i *Instance) {
	for _, path := range e.static.Instances[len(e.instances)] {
		e.p.step(len(path.Path))
		e.p.names(path.Path...)
		e.p.names(i.path...)
		if i.imported != nil && e.args == nil {
			e.importedResource(i, path)
		} else if r := i.resourceAt(path.Path); r != nil {
			e.scope.byType[path.Resource] = r
		}
	}
	e.instances = append(e.instances, i)
}

func (e *env) alias(d *binary.Alias) {
	e.p.names(d.Name)
	switch d.Target {
	case binary.AliasCoreExport:
		space := e.coreSpace(d.Sort)
		*space = append(*space, e.coreInstances[d.Instance].get(d.Name))
	case binary.AliasExport:
		from := e.instances[d.Instance]
		if from.imported != nil && (d.Sort == binary.SortCoreModule || d.Sort == binary.SortComponent) {
			e.p.fail("the component imports %q, whose %q is a %s, and a host supplies interfaces and functions only", from.imported.Name, d.Name, d.Sort)
		}
		e.add(from.get(d.Sort, d.Name))
	case binary.AliasOuter:
		target := e
		for range d.Count {
			target = target.outer
		}
		if d.Sort != binary.SortCoreType {
			e.add(target.lookup(d.Sort, d.Index))
		}
	default:
		panic(fmt.Sprintf("plan: unhandled alias target %d", d.Target))
	}
}

func (e *env) typeDef(d *binary.TypeDef) {
	t := typeDef{}
	switch def := d.Type.(type) {
	case *binary.Resource:
		t.resource = e.p.newResource(e.number)
		if def.Rep != coretype.I32 {
			e.p.fail("a resource has a representation of type %s, and only i32 is supported", def.Rep)
		}
		if def.Dtor != nil {
			t.resource.Dtor = e.coreFuncs[*def.Dtor]
		}
	case *binary.InstanceType:
		t.def = def
	case *binary.PrimType, *binary.Record, *binary.Variant, *binary.List, *binary.FixedList, *binary.Tuple, *binary.Flags, *binary.Enum, *binary.Option,
		*binary.Result, *binary.Map, *binary.Own, *binary.Borrow, *binary.Stream, *binary.Future, *binary.Func, *binary.ComponentType: // which validation has told all of
	default:
		panic(fmt.Sprintf("plan: unhandled type %T", def))
	}
	e.addType(t)
}

func (p *planner) newResource(component int) *Resource {
	r := &Resource{Number: len(p.plan.Resources), Component: component, Dtor: noRef}
	p.plan.Resources = append(p.plan.Resources, r)
	return r
}

// export adds an export. It is a definition of its own, which means the same.
func (e *env) export(d *binary.Export) {
	it := e.lookup(d.Sort, d.Index)
	e.p.names(d.Name.Name)
	e.setLabel(it, shortLabel(d.Name.Name))
	e.exports[d.Name.Name] = it
	e.add(it)
}

// setLabel names lifted functions after the export under which they are seen.
func (e *env) setLabel(it definition, name string) {
	switch it.sort {
	case binary.SortFunc:
		if it.function.From == nil {
			it.function.Label = name
		}
	case binary.SortInstance:
		e.p.step(len(it.instance.exports))
		for inner, x := range it.instance.exports {
			if x.sort == binary.SortFunc {
				e.setLabel(x, shortLabel(name+"#"+shortLabel(inner)))
			}
		}
	case binary.SortCoreModule, binary.SortType, binary.SortComponent:
	default:
		panic(fmt.Sprintf("plan: unhandled sort %s", it.sort))
	}
}

// hostRef is the Ref of a host function.
func hostRef(number int) Ref { return Ref{Host, strconv.Itoa(number)} }
