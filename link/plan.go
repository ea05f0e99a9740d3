package link

import (
	"fmt"

	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
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
const theHost = bind.HostModule

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
	module    *binary.CoreModule
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
	op binary.CanonOp // lower, resource.new, resource.rep or resource.drop
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
	encoding        bind.StringEncoding
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
	sort binary.Sort
	// fn is the type of a function; functions are those of an instance.
	fn        *wit.Function
	functions []string
	resources []string
}

// item is a definition of a component index space.
type item struct {
	sort      binary.Sort
	module    *binary.CoreModule
	function  *function
	typ       typeItem
	component *closure
	instance  *instanceItem
}

// typeItem is what running needs to know of a type.
type typeItem struct {
	resource *resource   // or nil
	def      binary.Type // of an instance type, or nil
}

// closure is a component with what its outer aliases mean.
type closure struct {
	def   *binary.Component
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
	root, err := binary.Decode(wasm)
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
