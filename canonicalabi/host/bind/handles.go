package bind

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/witgen/witgen/canonicalabi/host"
)

// ResourceType is the identity of a resource in a plugin.
type ResourceType struct {
	// Name is the name that errors show, as in "example:kv/store#bucket".
	Name string
	// Dtor is the core function that destroys a resource of the guest's. It is nil if
	// the host defines the resource or it has no destructor.
	Dtor *CoreItem
	// Guest reports whether the guest defines the resource. Component is the component
	// instance that does.
	Guest     bool
	Component int
	// Number is the place of the type among the plugin's.
	Number int
}

// entry is an element of a handle table (CanonicalABI.md, "Resource State").
type entry struct {
	typ *ResourceType // nil if the element is free
	// rep is the representation of a guest's resource, and object the Go value of a
	// host's.
	rep    uint32
	object any
	own    bool
	// first tells that the element is the one that was there after the start.
	first bool
	// lends counts the borrows of an owned handle that have not ended.
	lends uint32
	// next is the next free element after a free one.
	next uint32
}

// handleTable holds the handles of a component instance. Element 0 is not used.
type handleTable struct {
	entries []entry
	free    uint32
}

// maxHandles is the largest size of a table (CanonicalABI.md, Table.MAX_LENGTH).
const maxHandles = 1<<28 - 1

func (t *handleTable) add(e entry) uint32 {
	if t.free != 0 {
		index := t.free
		t.free = t.entries[index].next
		t.entries[index] = e
		return index
	}
	if len(t.entries) == 0 {
		t.entries = append(t.entries, entry{})
	}
	t.entries = append(t.entries, e)
	return uint32(len(t.entries) - 1)
}

// get returns the element of a handle of the given type, or nil and the reason.
func (t *handleTable) get(index uint32, typ *ResourceType) (e *entry, why string) {
	if uint64(index) >= uint64(len(t.entries)) || t.entries[index].typ == nil {
		return nil, fmt.Sprintf("there is no handle %d", index)
	}
	e = &t.entries[index]
	if e.typ != typ {
		return nil, fmt.Sprintf("handle %d is a %s and not a %s", index, e.typ.Name, typ.Name)
	}
	return e, ""
}

func (t *handleTable) remove(index uint32) {
	t.entries[index] = entry{next: t.free}
	t.free = index
}

// addHandle and removeHandle add and remove a handle of a component instance.
func (i *Instance) addHandle(comp *component, e entry) uint32 {
	i.held++
	return comp.handles.add(e)
}

func (i *Instance) removeHandle(comp *component, handle uint32) {
	i.held--
	comp.handles.remove(handle)
}

// dtorName is the name that errors show for the destructor.
func (t *ResourceType) dtorName() string {
	if at := strings.LastIndexByte(t.Name, '#'); at >= 0 {
		return t.Name[:at+1] + "[dtor]" + t.Name[at+1:]
	}
	return "[dtor]" + t.Name
}

// definedIn reports whether a component instance defines the resource. Its own
// resources are lent to it as their representations.
func (t *ResourceType) definedIn(c *component) bool { return t.Guest && t.Component == c.number }

// Handle is a resource of a guest in the host's hands. A generated type that
// embeds it implements the resource's Go interface.
type Handle struct {
	inst *Instance
	typ  *ResourceType
	rep  uint32
	// gone is usable, closed or givenAway. It changes while the instance is locked,
	// and is read at any time.
	gone atomic.Uint32
	leak *host.Leak
}

// The states of a Handle.
const (
	usable uint32 = iota
	closed
	givenAway
)

// why returns the reason that the handle cannot be used, or "" if it can.
func (h *Handle) why() string {
	switch h.gone.Load() {
	case usable:
		return ""
	case closed:
		return "it is closed"
	case givenAway:
		return "it was given away"
	default:
		panic(fmt.Sprintf("bind: unhandled state of a handle %d", h.gone.Load()))
	}
}

// guestHandle is promoted to the types that embed a Handle.
func (h *Handle) guestHandle() *Handle { return h }

// handleIn returns the Handle in the Go value of a guest's resource, and nil for a
// resource of the host's.
func handleIn(v any) *Handle {
	if g, ok := v.(interface{ guestHandle() *Handle }); ok {
		return g.guestHandle()
	}
	return nil
}

// Close destroys the resource in the guest. It does nothing if the resource was closed
// or given away, or if its instance is dead or closed.
func (h *Handle) Close(ctx context.Context) error {
	i := h.inst
	if h.why() != "" {
		return nil
	}
	if i.ended() {
		h.leak.Closed()
		return nil
	}
	if err := i.enter(ctx, h.typ.Name+": Close"); err != nil {
		if i.ended() {
			return nil
		}
		return err
	}
	if !h.gone.CompareAndSwap(usable, closed) {
		i.leave()
		return nil
	}
	h.leak.Closed()
	if err := i.destroy(h.typ, h.rep, nil, false); err != nil {
		i.die(err)
		return err
	}
	i.leave()
	return nil
}

// destroy runs the guest's destructor (CanonicalABI.md, "canon resource.drop").
// dropper is the component instance that drops the resource, nil for the host. nested
// reports whether a call of the guest is under way.
func (i *Instance) destroy(typ *ResourceType, rep uint32, dropper *component, nested bool) error {
	if typ.Dtor == nil {
		return nil
	}
	name := typ.dtorName()
	caller, owner := noComponent, &i.components[typ.Component]
	if dropper != nil {
		caller = dropper.number
	} else {
		dropper = owner
	}
	if i.tree.Reentrant && !i.enterComponent(owner.number, caller) {
		return &host.Trap{Func: name, Rule: host.RuleMayEnter}
	}
	dtor := newCoreFunc(i.core(typ.Dtor))
	stack := []uint64{uint64(rep)}
	// The dropper is not in a call of an import while the destructor runs.
	ownerLeaves, dropperLeaves, importing := owner.mayLeave, dropper.mayLeave, i.importing
	owner.mayLeave, dropper.mayLeave, i.importing = true, true, false
	var err error
	if nested {
		err = i.callNested(name, &dtor, stack)
	} else {
		err = i.call(&dtor, stack)
	}
	if err != nil {
		err = i.guestError(name, "", err)
	}
	dropper.mayLeave, owner.mayLeave, i.importing = dropperLeaves, ownerLeaves, importing
	if i.tree.Reentrant {
		i.leaveComponent(owner.number, caller)
	}
	return err
}

// CheckHandle refuses a value for a parameter of the interface's resource number if it
// is nil, a handle that cannot be used, or a resource that this guest must define and
// does not. It is called before Begin.
func (f *Func) CheckHandle(number int, v any) *host.BadValueError {
	typ := f.types[number]
	if v == nil {
		return NilValue(typ.Name)
	}
	h := handleIn(v)
	if h != nil {
		if why := h.why(); why != "" {
			return badValue("the %s cannot be used: %s", typ.Name, why)
		}
	}
	if typ.Guest && (h == nil || h.inst != f.inst || h.typ != typ) {
		return badValue("the %s is not of this instance, which defines the resource", typ.Name)
	}
	return nil
}

// CheckSelf refuses the resource whose method is called, like CheckHandle.
func (f *Func) CheckSelf(number int, self *Handle) *host.BadValueError {
	if self.usableAs(f.types[number], f.inst) {
		return nil
	}
	return f.CheckHandle(number, self)
}

// usableAs reports whether the instance takes the handle for one of the type.
func (h *Handle) usableAs(typ *ResourceType, inst *Instance) bool {
	return h.inst == inst && h.typ == typ && h.gone.Load() == usable
}

// dropHandle serves a guest's [resource-drop].
func dropHandle(c *Call) {
	typ, handle := c.types[c.resource], uint32(c.Stack[0])
	e := c.entry(typ, handle)
	if e == nil {
		return
	}
	if e.lends != 0 {
		c.trap(host.RuleHandle, fmt.Sprintf("handle %d of a %s is lent and cannot be dropped", handle, typ.Name))
		return
	}
	dropped := *e
	i, comp := c.inst, c.opts.comp
	i.removeHandle(comp, handle)
	switch {
	case !dropped.own:
	case typ.Guest:
		name := c.name // the destructor may call imports, which use this Call
		err := i.destroy(typ, dropped.rep, comp, true)
		c.name = name
		if err != nil {
			c.fail(err)
		}
	default:
		if err := c.ends(c.Context(), dropped.object, dropObject); err != nil {
			c.Fail(err)
		}
	}
}

// Dropper is a resource of the host's that a guest's drop ends in another way than the
// end of its instance, which calls Close: it may refuse a drop that comes too early.
type Dropper interface {
	// Drop ends the resource. An error has the guest trap.
	Drop(ctx context.Context) error
}

func dropObject(ctx context.Context, object any) error {
	if d, ok := object.(Dropper); ok {
		return d.Drop(ctx)
	}
	return closeObject(ctx, object)
}

// newHandle serves a guest's [resource-new].
func newHandle(c *Call) {
	typ := c.types[c.resource]
	c.Stack[0] = uint64(c.addHandle(entry{typ: typ, rep: uint32(c.Stack[0]), own: true}))
}

// handleRep serves a guest's [resource-rep].
func handleRep(c *Call) {
	if e := c.entry(c.types[c.resource], uint32(c.Stack[0])); e != nil {
		c.Stack[0] = uint64(e.rep)
	}
}
