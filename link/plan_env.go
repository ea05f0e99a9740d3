package link

import (
	"fmt"
	"strconv"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/wit"
)

// env is the inside of one component instance, with its index spaces.
type env struct {
	p      *planner
	number int
	outer  *env
	def    *component.Component
	static *component.Scope
	args   map[string]item // nil for the root
	scope  *resourceScope

	coreFuncs, coreTables, coreMemories, coreGlobals, coreTags []coreRef
	coreInstances                                              []coreItems
	modules                                                    []*component.CoreModule
	functions                                                  []*function
	types                                                      []typeItem
	components                                                 []*closure
	instances                                                  []*instanceItem
	exports                                                    map[string]item
}

// instantiate plans an instance of a component. args are nil for the root.
func (p *planner) instantiate(c *closure, args map[string]item, parent int) *instanceItem {
	number := len(p.plan.components)
	if number == maxComponents {
		p.fail("there are more than %d component instances", maxComponents)
	}
	p.plan.components = append(p.plan.components, parent)
	e := &env{p: p, number: number, outer: c.outer, def: c.def, static: p.analysis.Scopes[c.def], args: args,
		scope: &resourceScope{map[wit.TypeID]*resource{}}, exports: map[string]item{}}
	for d := range c.def.Defs() {
		p.step(1)
		p.at = d.At()
		e.define(d)
	}
	return &instanceItem{exports: e.exports}
}

func (e *env) define(d component.Def) {
	switch d := d.(type) {
	case *component.Custom, *component.CoreTypeDef:
	case *component.CoreModule:
		e.modules = append(e.modules, d)
	case *component.CoreInstance:
		e.coreInstance(d)
	case *component.Component:
		e.components = append(e.components, &closure{d, e})
	case *component.Instance:
		e.addInstance(e.instance(d))
	case *component.Alias:
		e.alias(d)
	case *component.TypeDef:
		e.typeDef(d)
	case *component.Canon:
		e.canon(d)
	case *component.Start:
		e.p.fail("the component has a start function, which is not supported")
	case *component.Import:
		e.importItem(d)
	case *component.Export:
		e.export(d)
	case *component.Value:
		e.p.fail("the component has values, which are not supported")
	default:
		panic(fmt.Sprintf("instance: unhandled definition %T", d))
	}
}

// coreInstance plans an instance of a core module. A bag needs no instance.
func (e *env) coreInstance(d *component.CoreInstance) {
	p := e.p
	p.step(len(d.Exports) + len(d.Args))
	if d.Exports != nil {
		bag := make(map[string]coreRef, len(d.Exports))
		for _, x := range d.Exports {
			bag[x.Name] = *e.coreItem(x.Sort, x.Index)
		}
		e.coreInstances = append(e.coreInstances, coreItems{bag: bag})
		return
	}
	if len(p.plan.cores) == maxCoreInstances {
		p.fail("there are more than %d instances of core modules", maxCoreInstances)
	}
	args := make(map[string]coreItems, len(d.Args))
	for _, a := range d.Args {
		args[a.Name] = e.coreInstances[a.Instance]
	}
	e.coreInstances = append(e.coreInstances, coreItems{core: len(p.plan.cores)})
	p.plan.cores = append(p.plan.cores, coreInstance{component: e.number, module: e.modules[d.Module], args: args, start: noRef})
}

// coreItem returns an item of a core index space.
func (e *env) coreItem(sort component.Sort, index uint32) *coreRef {
	return &(*e.coreSpace(sort))[index]
}

func (e *env) coreSpace(sort component.Sort) *[]coreRef {
	switch sort {
	case component.SortCoreFunc:
		return &e.coreFuncs
	case component.SortCoreTable:
		return &e.coreTables
	case component.SortCoreMemory:
		return &e.coreMemories
	case component.SortCoreGlobal:
		return &e.coreGlobals
	case component.SortCoreTag:
		return &e.coreTags
	default:
		panic(fmt.Sprintf("instance: unhandled sort %s", sort))
	}
}

// instance returns an instance of a component, or a bag of exports.
func (e *env) instance(d *component.Instance) *instanceItem {
	e.p.step(len(d.Exports) + len(d.Args))
	if d.Exports != nil {
		made := &instanceItem{exports: make(map[string]item, len(d.Exports))}
		for _, x := range d.Exports {
			made.exports[x.Name.Name] = e.lookup(x.Sort, x.Index)
		}
		return made
	}
	args := make(map[string]item, len(d.Args))
	for _, a := range d.Args {
		args[a.Name] = e.lookup(a.Sort, a.Index)
	}
	at := e.p.at
	made := e.p.instantiate(e.components[d.Component], args, e.number)
	e.p.at = at
	return made
}

// lookup returns an item of an index space.
func (e *env) lookup(sort component.Sort, index uint32) item {
	it := item{sort: sort}
	switch sort {
	case component.SortCoreModule:
		it.module = e.modules[index]
	case component.SortFunc:
		it.function = e.functions[index]
	case component.SortType:
		it.typ = e.types[index]
	case component.SortComponent:
		it.component = e.components[index]
	case component.SortInstance:
		it.instance = e.instances[index]
	case component.SortValue:
		e.p.fail("the component has values, which are not supported")
	default:
		panic(fmt.Sprintf("instance: unhandled sort %s", sort))
	}
	return it
}

// add adds an item to the index space of its sort.
func (e *env) add(it item) {
	switch it.sort {
	case component.SortCoreModule:
		e.modules = append(e.modules, it.module)
	case component.SortFunc:
		e.functions = append(e.functions, it.function)
	case component.SortType:
		e.addType(it.typ)
	case component.SortComponent:
		e.components = append(e.components, it.component)
	case component.SortInstance:
		e.addInstance(it.instance)
	case component.SortValue:
		e.p.fail("the component has values, which are not supported")
	default:
		panic(fmt.Sprintf("instance: unhandled sort %s", it.sort))
	}
}

// addType adds a type, and notes which resource the static type means.
func (e *env) addType(t typeItem) {
	if id := e.static.Types[len(e.types)].Resource; id >= 0 && t.resource != nil {
		e.scope.byType[id] = t.resource
	}
	e.types = append(e.types, t)
}

// addInstance adds an instance, and notes which resources the static types that it
// exports mean.
func (e *env) addInstance(i *instanceItem) {
	for _, path := range e.static.Instances[len(e.instances)] {
		e.p.step(len(path.Path))
		if i.imported != nil && e.args == nil {
			e.importedResource(i, path)
		} else if r := i.resourceAt(path.Path); r != nil {
			e.scope.byType[path.Resource] = r
		}
	}
	e.instances = append(e.instances, i)
}

func (e *env) alias(d *component.Alias) {
	switch d.Target {
	case component.AliasCoreExport:
		space := e.coreSpace(d.Sort)
		*space = append(*space, e.coreInstances[d.Instance].get(d.Name))
	case component.AliasExport:
		e.add(e.instances[d.Instance].get(d.Sort, d.Name))
	case component.AliasOuter:
		target := e
		for range d.Count {
			target = target.outer
		}
		if d.Sort != component.SortCoreType {
			e.add(target.lookup(d.Sort, d.Index))
		}
	default:
		panic(fmt.Sprintf("instance: unhandled alias target %d", d.Target))
	}
}

func (e *env) typeDef(d *component.TypeDef) {
	t := typeItem{}
	switch def := d.Type.(type) {
	case *component.Resource:
		t.resource = e.p.newResource(e.number)
		if def.Rep != component.CoreI32 {
			e.p.fail("a resource has a representation of type %s, and only i32 is supported", def.Rep)
		}
		if def.Dtor != nil {
			t.resource.dtor = e.coreFuncs[*def.Dtor]
		}
	case *component.InstanceType:
		t.def = def
	}
	e.addType(t)
}

func (p *planner) newResource(component int) *resource {
	r := &resource{number: len(p.plan.resources), component: component, dtor: noRef}
	p.plan.resources = append(p.plan.resources, r)
	return r
}

// export adds an export. It is a definition of its own, which means the same.
func (e *env) export(d *component.Export) {
	it := e.lookup(d.Sort, d.Index)
	it.setLabel(d.Name.Name)
	e.exports[d.Name.Name] = it
	e.add(it)
}

// setLabel names lifted functions after the export under which they are seen.
func (it item) setLabel(name string) {
	switch it.sort {
	case component.SortFunc:
		if it.function.from == nil {
			it.function.label = name
		}
	case component.SortInstance:
		for inner, x := range it.instance.exports {
			if x.sort == component.SortFunc {
				x.setLabel(name + "#" + inner)
			}
		}
	}
}

// hostRef is the coreRef of a host function.
func hostRef(number int) coreRef { return coreRef{theHost, strconv.Itoa(number)} }
