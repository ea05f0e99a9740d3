package instance

import (
	"fmt"
	"strconv"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// plan says how to instantiate a component. The component tree is instantiated in
// the mind, once: what is left are core modules in the order in which they are
// instantiated, host functions that they import, and the functions that the root
// exports.
type plan struct {
	resolve *wit.Resolve
	// components are the component instances, the root first, each by its
	// parent, which is -1 for the root.
	components []int
	cores      []coreInstance
	functions  []hostFunction
	resources  []*resource
	options    []canonOptions
	// imports and exports are those of the root.
	imports []*rootImport
	exports map[string]item
}

// The limits of a plan. A component of a few kilobytes can describe more instances
// than there are atoms.
const (
	maxComponents    = 1000
	maxCoreInstances = 1000
	maxPlanSteps     = 1 << 20
)

// theHost stands for the module of the plan's host functions, where a number of
// a core instance is asked for.
const theHost = host.HostModule

// noModule is that of a coreRef that stands for nothing.
const noModule = -2

// coreRef is an export of a core instance of the plan, or a host function whose
// name is its number.
type coreRef struct {
	core int
	name string
}

var noRef = coreRef{core: noModule}

func (r coreRef) is() bool { return r.core != noModule }

// coreInstance is an instance of a core module.
type coreInstance struct {
	component int
	module    *component.CoreModule
	// args are what the module imports, by module name.
	args map[string]coreItems
	// dropped says that no instance is made. Of a shim, meant are the functions
	// that its own stand for; of a filler, start is what is called in its place.
	dropped bool
	meant   map[string]coreRef
	start   coreRef
}

// coreItems is a core instance of an index space: one of the plan's, or a bag of
// exports.
type coreItems struct {
	core int
	bag  map[string]coreRef
}

func (i coreItems) get(name string) coreRef {
	if i.bag != nil {
		return i.bag[name]
	}
	return coreRef{i.core, name}
}

// hostFunction is a core function that the host supplies.
type hostFunction struct {
	op component.CanonOp // lower, resource.new, resource.rep or resource.drop
	// component is the component instance that the function is of.
	component int
	typ       component.CoreFunc
	// callee, fn and options are of lower: what is called, its type as the caller
	// sees it, and the caller's options.
	callee  *function
	fn      *wit.Function
	scope   *resourceScope
	options int
	// resource is of the others.
	resource *resource
}

// function is a component function: one that the root imports, where from is not
// nil, or one that is lifted.
type function struct {
	// label names the function in errors.
	label string
	from  *rootImport
	name  string // in from, or "" where that is the function

	component  int
	core, post coreRef
	coreType   component.CoreFunc
	options    int
	fn         *wit.Function
	scope      *resourceScope
}

// canonOptions are canonical options: those of one component instance that are
// equal share a number.
type canonOptions struct {
	component       int
	memory, realloc coreRef
	encoding        host.StringEncoding
}

// resource is a resource type at run time: one that a component instance defines,
// or one that the root imports.
type resource struct {
	number    int
	component int // -1 where it is imported
	dtor      coreRef
	// mentions are the places among the root's imports where the resource has a
	// name.
	mentions []mention
}

// mention is a resource's name in an imported interface; item is root for a
// resource that the world itself imports.
type mention struct{ item, name string }

// resourceScope says which resources the types of one component instance mean.
type resourceScope struct {
	byType map[wit.TypeID]*resource
}

// rootImport is an import of the root component.
type rootImport struct {
	name string
	sort component.Sort
	// fn is the type of a function; functions are those of an instance.
	fn        *wit.Function
	functions []string
	resources []string
}

// item is a definition of a component index space.
type item struct {
	sort      component.Sort
	module    *component.CoreModule
	function  *function
	typ       typeItem
	component *closure
	instance  *instanceItem
}

// typeItem is what running needs to know of a type.
type typeItem struct {
	resource *resource      // or nil
	def      component.Type // of an instance type, or nil
}

// closure is a component with what its outer aliases mean.
type closure struct {
	def   *component.Component
	outer *env
}

// instanceItem is a component instance as others see it: a set of exports.
type instanceItem struct {
	exports map[string]item
	// imported is set where the root imports the instance.
	imported *rootImport
	// path leads from imported to an instance inside it.
	path      []string
	resources map[string]*resource // of an import, by joined path
}

// planError says why a component cannot be run.
type planError struct {
	offset int
	what   string
}

func (e *planError) Error() string {
	if e.offset < 0 {
		return e.what
	}
	return fmt.Sprintf("%s (at offset 0x%x)", e.what, e.offset)
}

// planner instantiates a component tree in the mind.
type planner struct {
	plan     *plan
	analysis *component.Analysis
	steps    int
	at       int // offset of the definition at hand
	numbers  map[canonOptions]int
	abi      *abi.ABI
}

// makePlan validates a component and plans it. The error is a *component.Error or
// a *planError.
func makePlan(wasm []byte) (made *plan, err error) {
	root, err := component.Decode(wasm)
	if err != nil {
		return nil, err
	}
	analysis, err := component.Analyze(root)
	if err != nil {
		return nil, err
	}
	p := &planner{plan: &plan{resolve: analysis.Resolve}, analysis: analysis, numbers: map[canonOptions]int{}, abi: abi.New(analysis.Resolve)}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *planError:
			made, err = nil, e
		default:
			panic(e)
		}
	}()
	p.plan.exports = p.instantiate(&closure{def: root}, nil, -1).exports
	p.plan.dropShims()
	return p.plan, nil
}

func (p *planner) fail(format string, args ...any) {
	panic(&planError{p.at, fmt.Sprintf(format, args...)})
}

func (p *planner) step(n int) {
	if p.steps += n; p.steps > maxPlanSteps {
		p.fail("the component takes more than %d steps to instantiate", maxPlanSteps)
	}
}

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
