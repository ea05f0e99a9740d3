package bind

import (
	"math"

	"github.com/tetratelabs/wazero/api"
)

// Tree describes the component instances of an Instance: those of a component, or one
// for a core module. They share one life, one lock and one set of limits.
type Tree struct {
	// Parents has one element for each component instance: the number of its parent.
	// The root is the first, with -1. A parent comes before its children.
	Parents []int
	// Modules is the number of instantiated core modules.
	Modules int
	// Options are the canonical options of exports and imports.
	Options []CanonOptions
	// Inner is the number of InnerCalls.
	Inner int
	// Reentrant reports whether calls between component instances may return to one
	// that they came through. The runtime keeps them from entering it twice then.
	Reentrant bool
	// Errors are the error types of exported functions in WIT, by Export.Name, for those
	// that take no other error.
	Errors map[string]string
}

// HostModule stands for the module of the host's functions in a CoreItem.
const HostModule = -1

// CoreItem identifies an export of a core module of the tree by its number, or a
// function of the host's module if Module is HostModule.
type CoreItem struct {
	Module int
	Name   string
}

// CanonOptions are the canonical options of a function (CanonicalABI.md, "Canonical ABI
// Options").
type CanonOptions struct {
	// Component is the component instance of the function.
	Component int
	// Memory and Realloc are nil if the function has none.
	Memory, Realloc *CoreItem
	Encoding        StringEncoding
}

// ModuleTree returns the Tree of a core module.
func ModuleTree() *Tree {
	return &Tree{
		Parents: []int{-1},
		Modules: 1,
		Errors:  map[string]string{},
		Options: []CanonOptions{{Memory: &CoreItem{Name: "memory"}, Realloc: &CoreItem{Name: "cabi_realloc"}}},
	}
}

// component is the state of a component instance (CanonicalABI.md, "Component
// Instances").
type component struct {
	number int
	// mayLeave reports whether the guest may call imports. It may not during its
	// realloc and post-return, or during a call of an import.
	mayLeave bool
	// entered reports whether the instance must not be entered. It is the opposite of
	// the specification's may_enter, and only used in a Reentrant tree.
	entered bool
	handles handleTable
}

// canon is CanonOptions in an instance.
type canon struct {
	inst     *Instance
	comp     *component
	encoding StringEncoding
	options  *CanonOptions
	memory   api.Memory // nil until first needed
	realloc  coreFunc   // not found until first needed
}

// core returns an exported function of the tree, or nil.
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

// readMemory returns the guest's memory, or nil. Of a memory of 4 GiB it leaves out the
// last byte.
func (o *canon) readMemory() []byte {
	if o.memory == nil && !o.lookupMemory() {
		return nil
	}
	size := o.memory.Size()
	if size == 0 { // or 4 GiB, for which wazero's Size returns 0
		if mem, ok := o.memory.Read(0, math.MaxUint32); ok {
			return mem
		}
	}
	mem, _ := o.memory.Read(0, size)
	return mem
}

// lookupMemory looks the guest's memory up. It reports whether the guest has one.
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

// lookupRealloc looks the guest's realloc up. It reports whether the guest has one.
func (o *canon) lookupRealloc() bool {
	f := o.inst.core(o.options.Realloc)
	if f == nil {
		return false
	}
	if o.inst.reallocs == keptFunctions {
		o.inst.forgetReallocs()
	}
	o.inst.reallocs++
	o.realloc = newCoreFunc(f)
	return true
}

// noComponent takes the place of a component instance if the host is the caller.
const noComponent = -1

// enterComponent marks the component instances that a call from caller to callee
// enters: the callee and its ancestors that are not the caller or its ancestors. It
// reports false if one of them was entered before (CanonicalABI.md, "Component
// Instances", may_enter_from and enter_from).
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

// leaveComponent undoes enterComponent.
func (i *Instance) leaveComponent(callee, caller int) {
	end := i.meeting(callee, caller)
	for n := callee; n != end; n = i.tree.Parents[n] {
		i.components[n].entered = false
	}
}

// meeting returns the nearest component instance that is each of a and b or an ancestor
// of it, or -1. A parent has a lower number than its children.
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

// enterComponents marks the component instances that a call from the host enters, in a
// Reentrant tree.
func (i *Instance) enterComponents(comp *component) {
	if i.tree.Reentrant {
		i.enterComponent(comp.number, noComponent)
	}
}

// leaveComponents undoes enterComponents.
func (i *Instance) leaveComponents(comp *component) {
	if i.tree.Reentrant {
		i.leaveComponent(comp.number, noComponent)
	}
}

// forgetReallocs drops the realloc functions.
func (i *Instance) forgetReallocs() {
	for n := range i.options {
		i.options[n].realloc = coreFunc{}
	}
	i.reallocs = 0
}

// forget drops the core functions, whose stacks may be large.
func (i *Instance) forget() {
	i.forgetReallocs()
	clear(i.frames)
	for _, c := range i.tops {
		c.core, c.post = coreFunc{}, coreFunc{}
	}
	i.tops, i.nested = nil, nil
}
