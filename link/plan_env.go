package link

import (
	"fmt"
	"strconv"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/wit"
)

// env is the inside of one component instance, with its index spaces.
type env struct {
	p      *planner
	number int
	outer  *env
	def    *binary.Component
	static *component.Scope
	args   map[string]item // nil for the root
	scope  *resourceScope

	coreFuncs, coreTables, coreMemories, coreGlobals, coreTags []coreRef
	coreInstances                                              []coreItems
	modules                                                    []*binary.CoreModule
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

func (e *env) define(d binary.Def) {
	switch d := d.(type) {
	case *binary.Custom, *binary.CoreTypeDef:
	case *binary.CoreModule:
		e.modules = append(e.modules, d)
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
		panic(fmt.Sprintf("instance: unhandled definition %T", d))
	}
}

// coreInstance plans an instance of a core module. A bag needs no instance.
func (e *env) coreInstance(d *binary.CoreInstance) {
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
func (e *env) coreItem(sort binary.Sort, index uint32) *coreRef {
	return &(*e.coreSpace(sort))[index]
}

func (e *env) coreSpace(sort binary.Sort) *[]coreRef {
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
		panic(fmt.Sprintf("instance: unhandled sort %s", sort))
	}
}

// instance returns an instance of a component, or a bag of exports.
func (e *env) instance(d *binary.Instance) *instanceItem {
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
func (e *env) lookup(sort binary.Sort, index uint32) item {
	it := item{sort: sort}
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
		panic(fmt.Sprintf("instance: unhandled sort %s", sort))
	}
	return it
}

// add adds an item to the index space of its sort.
func (e *env) add(it item) {
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

func (e *env) alias(d *binary.Alias) {
	switch d.Target {
	case binary.AliasCoreExport:
		space := e.coreSpace(d.Sort)
		*space = append(*space, e.coreInstances[d.Instance].get(d.Name))
	case binary.AliasExport:
		e.add(e.instances[d.Instance].get(d.Sort, d.Name))
	case binary.AliasOuter:
		target := e
		for range d.Count {
			target = target.outer
		}
		if d.Sort != binary.SortCoreType {
			e.add(target.lookup(d.Sort, d.Index))
		}
	default:
		panic(fmt.Sprintf("instance: unhandled alias target %d", d.Target))
	}
}

func (e *env) typeDef(d *binary.TypeDef) {
	t := typeItem{}
	switch def := d.Type.(type) {
	case *binary.Resource:
		t.resource = e.p.newResource(e.number)
		if def.Rep != binary.CoreI32 {
			e.p.fail("a resource has a representation of type %s, and only i32 is supported", def.Rep)
		}
		if def.Dtor != nil {
			t.resource.dtor = e.coreFuncs[*def.Dtor]
		}
	case *binary.InstanceType:
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
func (e *env) export(d *binary.Export) {
	it := e.lookup(d.Sort, d.Index)
	it.setLabel(d.Name.Name)
	e.exports[d.Name.Name] = it
	e.add(it)
}

// setLabel names lifted functions after the export under which they are seen.
func (it item) setLabel(name string) {
	switch it.sort {
	case binary.SortFunc:
		if it.function.from == nil {
			it.function.label = name
		}
	case binary.SortInstance:
		for inner, x := range it.instance.exports {
			if x.sort == binary.SortFunc {
				x.setLabel(name + "#" + inner)
			}
		}
	}
}

// hostRef is the coreRef of a host function.
func hostRef(number int) coreRef { return coreRef{theHost, strconv.Itoa(number)} }
