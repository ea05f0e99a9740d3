package bind

import (
	"math"

	"github.com/tetratelabs/wazero/api"
)

// Tree says what an instance of a plugin consists of: the component instances of
// a component, or one that stands for a core module. All of them live and die
// together, and serve one call of the host at a time.
type Tree struct {
	// Parents are the component instances, the root first: the number of each
	// one's parent, and -1 for the root.
	Parents []int
	// Modules is how many core modules are instantiated.
	Modules int
	// Options are the canonical options of exports and imports.
	Options []CanonOptions
	// Inner is how many InnerCalls there are.
	Inner int
	// Reentrant says that calls between component instances may come back to one that
	// they have left, so that the runtime must keep them from entering it twice.
	Reentrant bool
}

// HostModule stands for the module of the host's functions in a CoreItem.
const HostModule = -1

// CoreItem names an export of a core module of the tree, or a function of the
// host's module where Module is HostModule.
type CoreItem struct {
	Module int
	Name   string
}

// CanonOptions are the canonical options of a function (CanonicalABI.md,
// "Canonical ABI Options"), with the component instance that it is of.
type CanonOptions struct {
	Component int
	// Memory and Realloc are nil where there is none.
	Memory, Realloc *CoreItem
	Encoding        StringEncoding
}

// ModuleTree is the Tree of a core module that follows witgen's names.
func ModuleTree() *Tree {
	return &Tree{
		Parents: []int{-1},
		Modules: 1,
		Options: []CanonOptions{{Memory: &CoreItem{Name: "memory"}, Realloc: &CoreItem{Name: "cabi_realloc"}}},
	}
}

// component is the state of a component instance (CanonicalABI.md, "Component
// Instances").
type component struct {
	number int
	// mayLeave says whether the guest may call imports now: not while its
	// realloc or post-return runs, nor while it is in an import already.
	mayLeave bool
	// entered says that the instance must not be entered now: may_enter of the
	// specification, the other way round. It is kept in Reentrant trees only.
	entered bool
	handles handleTable
}

// canon is CanonOptions in an instance.
type canon struct {
	inst     *Instance
	comp     *component
	encoding StringEncoding
	options  *CanonOptions
	memory   api.Memory   // looked up when first needed
	realloc  api.Function // likewise
}

// core returns an exported function of the tree, and nil where there is none.
func (i *Instance) core(item *CoreItem) api.Function {
	if item == nil {
		return nil
	}
	module := i.hostModule
	if item.Module != HostModule {
		module = i.modules[item.Module]
	}
	if module == nil {
		return nil
	}
	return module.ExportedFunction(item.Name)
}

// readMemory returns the guest's memory, and nil where it has none. The last
// byte of a memory of 4 GiB is out of reach.
func (o *canon) readMemory() []byte {
	if o.memory == nil && !o.lookupMemory() {
		return nil
	}
	size := o.memory.Size()
	if size == 0 { // or 4 GiB, which wazero's Size cannot say
		if mem, ok := o.memory.Read(0, math.MaxUint32); ok {
			return mem
		}
	}
	mem, _ := o.memory.Read(0, size)
	return mem
}

// lookupMemory finds the guest's memory. It reports false where it has none.
func (o *canon) lookupMemory() bool {
	item := o.options.Memory
	if item == nil || o.inst.modules[item.Module] == nil {
		return false
	}
	memory := o.inst.modules[item.Module].ExportedMemory(item.Name)
	if memory == nil {
		return false
	}
	o.memory = memory
	return true
}

// lookupRealloc finds the guest's realloc. It reports false where it has none.
func (o *canon) lookupRealloc() bool {
	o.realloc = o.inst.core(o.options.Realloc)
	return o.realloc != nil
}

// noComponent stands for the host as the caller of a component instance.
const noComponent = -1

// enter marks what a call from one component instance enters when it calls
// another: the callee and its ancestors, but those that the caller is inside of. It
// reports false where one of them was entered before (CanonicalABI.md,
// "Component Instances", may_enter_from and enter_from).
func (i *Instance) enterComponent(callee, caller int) bool {
	end := i.meeting(callee, caller)
	for n := callee; n != end; n = i.tree.Parents[n] {
		if i.components[n].entered {
			return false
		}
	}
	for n := callee; n != end; n = i.tree.Parents[n] {
		i.components[n].entered = true
	}
	return true
}

// leaveComponent takes back what enterComponent has done.
func (i *Instance) leaveComponent(callee, caller int) {
	end := i.meeting(callee, caller)
	for n := callee; n != end; n = i.tree.Parents[n] {
		i.components[n].entered = false
	}
}

// meeting returns the nearest component instance that is an ancestor of both, or
// one of them and an ancestor of the other; -1 where there is none. A parent has a
// lower number than its children.
func (i *Instance) meeting(a, b int) int {
	for a != b {
		if a > b {
			a = i.tree.Parents[a]
		} else {
			b = i.tree.Parents[b]
		}
	}
	return a
}

// enterComponents marks what a call of the host's enters, in a tree where that
// matters.
func (i *Instance) enterComponents(comp *component) {
	if i.tree.Reentrant {
		i.enterComponent(comp.number, noComponent)
	}
}

// leaveComponents takes it back.
func (i *Instance) leaveComponents(comp *component) {
	if i.tree.Reentrant {
		i.leaveComponent(comp.number, noComponent)
	}
}

// forget lets go of functions, whose stacks may be large.
func (i *Instance) forget() {
	for n := range i.options {
		i.options[n].realloc = nil
	}
	clear(i.frames)
}
