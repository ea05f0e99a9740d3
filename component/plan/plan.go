// Package plan flattens a component into what it takes to run it. The tree of
// component instances is instantiated without running anything, which leaves a list of
// core modules in the order of their instantiation, the functions that the host
// supplies to them, and for each function of the root's exports the core function and
// the canonical options behind it.
package plan

import (
	"context"
	"fmt"
	"strings"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/coretype"
	"github.com/witgen/witgen/component/internal/check"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/wit"
)

// Plan describes how to instantiate a component.
type Plan struct {
	// Resolve holds the types of the component's functions.
	Resolve *wit.Resolve
	// Asks are the root's imports with all that the instances among them have, whether
	// anything uses it or not.
	Asks []Ask
	// Components are the component instances, the root first, each by its parent,
	// which is -1 for the root. A parent has a lower number than its children.
	Components []int
	// Cores are the instances of core modules in the order of their instantiation.
	Cores []Core
	// Functions are the functions that the host supplies to core modules, by number.
	Functions []HostFunction
	Resources []*Resource
	Options   []Options
	// Imports are those of the root, and Exports its exports.
	Imports []*Import
	Exports *Instance
	// Reentrant is true where calls between component instances may come back to
	// one that they have left: only then must the runtime watch for it.
	Reentrant bool
}

// The limits of a plan. A component of a few kilobytes can describe more instances
// than there are atoms.
const (
	maxComponents    = 1000
	maxCoreInstances = 1000
	maxPlanSteps     = 1 << 19
)

// Host is the number of the module of the plan's host functions, where that of a core
// instance is asked for.
const Host = -1

// noCore is that of a Ref that stands for nothing.
const noCore = -2

// Ref is an export of a core instance of the plan, or a host function, whose name is
// its number.
type Ref struct {
	Core int
	Name string
}

var noRef = Ref{Core: noCore}

// Valid reports whether r stands for something.
func (r Ref) Valid() bool { return r.Core != noCore }

// Core is an instance of a core module.
type Core struct {
	// Module is the module as it stands in the component, and nil where no instance
	// is made: the module has nothing to do at run time, or nothing but to call Start.
	Module *Module
	// Start is the function to call in the place of an instance, where it is valid.
	Start Ref

	component int
	module    *Module
	// args are what the module imports, by module name.
	args map[string]coreInstance
	// Of a shim that is left out, meant are the functions that its own stand for.
	meant map[string]Ref
}

// coreInstance is a core instance of an index space: one of the plan's, or a bag of
// exports.
type coreInstance struct {
	core int
	bag  map[string]Ref
}

func (i coreInstance) get(name string) Ref {
	if i.bag != nil {
		return i.bag[name]
	}
	return Ref{i.core, name}
}

// HostFunction is a core function that the host supplies.
type HostFunction struct {
	// Op is CanonLower, CanonResourceNew, CanonResourceRep or CanonResourceDrop.
	Op binary.CanonOp
	// Component is the component instance that the function belongs to.
	Component int
	Type      coretype.SubType
	// Callee, WIT and Scope are of a lowered function: what it calls, its type as the
	// caller sees it, and the resources of that type.
	Callee *Function
	WIT    *wit.Function
	Scope  *Scope
	// Options are the caller's.
	Options int
	// Resource is that of the other operations.
	Resource *Resource
}

// Function is a component function: one that the root imports, where From is not nil,
// or one that is lifted.
type Function struct {
	// Label names the function in errors. A long one is cut.
	Label string
	From  *Import
	Name  string // in From, or "" where that is the function

	Component  int
	Core, Post Ref
	Type       coretype.SubType
	Options    int
	WIT        *wit.Function
	Scope      *Scope
}

// Options are canonical options: those of one component instance that are equal share
// a number.
type Options struct {
	Component       int
	Memory, Realloc Ref
	// Encoding is UTF8, UTF16 or Latin1UTF16.
	Encoding binary.OptionKind
}

// Resource is a resource type at run time: one that a component instance defines, or
// one that the root imports.
type Resource struct {
	Number    int
	Component int // -1 where it is imported
	Dtor      Ref
	// Mentions are the places among the root's imports where the resource has a
	// name.
	Mentions []Mention
}

// Mention is a resource's name in an imported interface. Import is empty for a
// resource that the world itself imports.
type Mention struct{ Import, Name string }

// Scope maps the types of one component instance to the resources that they mean.
type Scope struct {
	byType map[wit.TypeID]*Resource
}

// Resource returns the resource of a type, or nil where no handle of it exists.
func (s *Scope) Resource(id wit.TypeID) *Resource { return s.byType[id] }

// Import is an import of the root component.
type Import struct {
	Name string
	// Sort is SortFunc, SortInstance or SortType.
	Sort binary.Sort
	// WIT is the type of a function. Functions and Resources are the names of those
	// that an instance must have.
	WIT       *wit.Function
	Functions []string
	Resources []string
}

// Ask is an import of the root, or an export of an instance that it imports.
type Ask struct {
	// Path has the names, that of the import first.
	Path []string
	Sort binary.Sort
	// Func is the type of a function.
	Func *wit.Function
	// Resource reports whether it is a resource that the one who supplies it defines.
	Resource bool
}

// definition is what an index of a component's index spaces stands for.
type definition struct {
	sort      binary.Sort
	module    *Module
	function  *Function
	typ       typeDef
	component *closure
	instance  *Instance
}

// typeDef is what running needs to know of a type.
type typeDef struct {
	resource *Resource   // or nil
	def      binary.Type // of an instance type, or nil
}

// closure is a component with what its outer aliases mean.
type closure struct {
	def   *binary.Component
	outer *env
}

// Instance is a component instance as others see it: a set of exports.
type Instance struct {
	exports map[string]definition
	// imported is set where the root imports the instance.
	imported *Import
	// path leads from imported to an instance inside it.
	path      []string
	resources map[string]*Resource // of an import, by joined path
}

// Instances returns the names of the instances among the exports, in no order.
func (i *Instance) Instances() []string {
	var names []string
	for name, x := range i.exports {
		if x.sort == binary.SortInstance {
			names = append(names, name)
		}
	}
	return names
}

// Instance returns an exported instance, or nil.
func (i *Instance) Instance(name string) *Instance {
	return i.get(binary.SortInstance, name).instance
}

// Function returns an exported function, or nil.
func (i *Instance) Function(name string) *Function { return i.get(binary.SortFunc, name).function }

// Resource returns an exported resource, or nil.
func (i *Instance) Resource(name string) *Resource {
	return i.get(binary.SortType, name).typ.resource
}

// Error describes what keeps a valid component from being run.
type Error struct {
	// Offset is the place in the file, in bytes, and -1 where the error has none.
	Offset int
	Reason string
}

// Error returns the reason with the offset in hexadecimal.
func (e *Error) Error() string {
	if e.Offset < 0 {
		return e.Reason
	}
	return fmt.Sprintf("%s (at offset 0x%x)", e.Reason, e.Offset)
}

// planner makes a plan.
type planner struct {
	plan     *Plan
	analysis *check.Analysis
	steps    int
	look     *wasm.Look
	at       int // offset of the definition at hand
	numbers  map[Options]int
	lifted   []*Function
	modules  map[*binary.CoreModule]*Module
	abi      *abi.ABI
}

// New validates a component and plans it. The error is a *binary.Error where the
// component is not valid, and an *Error where it uses something that is not supported
// or takes more instances than a host makes.
func New(wasm []byte) (made *Plan, err error) { return NewContext(context.Background(), wasm) }

// NewContext is New, which ends with the context's error soon after the context does.
func NewContext(ctx context.Context, file []byte) (made *Plan, err error) {
	root, err := binary.DecodeContext(ctx, file)
	if err != nil {
		return nil, err
	}
	analysis, err := check.Analyze(ctx, root)
	if err != nil {
		return nil, err
	}
	p := &planner{plan: &Plan{Resolve: analysis.Resolve}, analysis: analysis, numbers: map[Options]int{},
		modules: map[*binary.CoreModule]*Module{}, abi: abi.New(analysis.Resolve), look: wasm.NewLook(ctx.Err)}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *Error:
			made, err = nil, e
		case ended:
			made, err = nil, e.err
		default:
			panic(e)
		}
	}()
	for _, ask := range analysis.Asks {
		p.plan.Asks = append(p.plan.Asks, Ask(ask))
	}
	p.plan.Exports = p.instantiate(&closure{def: root}, nil, -1)
	p.plan.Reentrant = p.plan.tracked()
	p.plan.dropShims()
	p.settle()
	return p.plan, nil
}

func (p *planner) fail(format string, args ...any) {
	panic(&Error{p.at, fmt.Sprintf(format, args...)})
}

// ended is the value of a panic for the error of a context that has ended.
type ended struct{ err error }

// step counts n steps, and ends the planning where there are too many or the context has ended.
func (p *planner) step(n int) {
	if err := p.look.Step(n); err != nil {
		panic(ended{err})
	}
	if p.steps += n; p.steps > maxPlanSteps {
		p.fail("the component takes more than %d steps to instantiate", maxPlanSteps)
	}
}

// names counts the steps of names that are looked up, for each instance anew.
func (p *planner) names(names ...string) {
	for _, name := range names {
		p.step(len(name) >> nameShift)
	}
}

// nameShift is the logarithm of how many bytes of a name are a step.
const nameShift = 6

// shortLabel returns a label that is not longer than maxLabel: many functions may have the
// same long one before their names.
func shortLabel(label string) string {
	if len(label) <= maxLabel {
		return label
	}
	const half = maxLabel/2 - len("...")
	return strings.ToValidUTF8(label[:half], "") + "..." + strings.ToValidUTF8(label[len(label)-half:], "")
}

// maxLabel is how many bytes of a label are kept.
const maxLabel = 512

// module returns a core module, which is outlined once.
func (p *planner) module(d *binary.CoreModule) *Module {
	m := p.modules[d]
	if m == nil {
		m = newModule(d.Bytes, p.look)
		p.step(0)
		p.modules[d] = m
	}
	return m
}

// show writes the type of a core function as people do: (i32, i64) -> (i32).
func show(f coretype.SubType) string {
	list := func(types []coretype.ValType) string {
		s := "("
		for i, t := range types {
			if i > 0 {
				s += ", "
			}
			s += t.String()
		}
		return s + ")"
	}
	return list(f.Params) + " -> " + list(f.Results)
}
