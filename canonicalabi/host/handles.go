package host

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
)

// ResourceType is the identity of a resource in a plugin.
type ResourceType struct {
	// Name is the name that errors show, as in "example:kv/store#bucket".
	Name string
	// Dtor is the core function that destroys a resource which the guest
	// defines. It is nil where the host defines the resource, or the guest needs
	// no destructor.
	Dtor *CoreItem
	// Guest says that the guest defines the resource, and Component which of its
	// component instances does.
	Guest     bool
	Component int
	// Number is the place of the type among the plugin's.
	Number int
}

// entry is an element of a handle table (CanonicalABI.md, "Resource State").
type entry struct {
	typ *ResourceType // nil where the element is free
	// rep is the representation that the guest gave; object the host's object.
	rep    uint32
	object any
	own    bool
	// lends counts the borrows of an owned handle that are under way.
	lends uint32
	// next is the next free element, where the element is free.
	next uint32
}

// handleTable is the handles that an instance's guest holds. Element 0 stands
// for no handle.
type handleTable struct {
	entries []entry
	free    uint32
}

// maxHandles is the most elements of a table (CanonicalABI.md, Table.MAX_LENGTH).
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

// get returns the element of a handle of the given type, and nil where there is
// none; why says what is wrong.
func (t *handleTable) get(index uint32, typ *ResourceType) (e *entry, why string) {
	if int(index) >= len(t.entries) || t.entries[index].typ == nil {
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

// definedIn reports whether a component instance defines the resource: it is lent
// its own resources as their representations.
func (t *ResourceType) definedIn(c *component) bool { return t.Guest && t.Component == c.number }

// Handle is a resource of a guest in the host's hands. A generated type that
// embeds it implements the resource's Go interface.
type Handle struct {
	inst *Instance
	typ  *ResourceType
	rep  uint32
	// gone says why the handle can no longer be used. It changes while the
	// instance is locked, and is read at any time.
	gone atomic.Uint32
}

// What became of a Handle.
const (
	usable uint32 = iota
	closed
	givenAway
)

// why says why a handle cannot be used, and "" where it can.
func (h *Handle) why() string {
	switch h.gone.Load() {
	case usable:
		return ""
	case closed:
		return "it is closed"
	default:
		return "it was given away"
	}
}

// guestHandle is promoted to the types that embed a Handle.
func (h *Handle) guestHandle() *Handle { return h }

// handleIn returns the Handle inside a resource's Go value, and nil where the
// value is the host's own.
func handleIn(v any) *Handle {
	if g, ok := v.(interface{ guestHandle() *Handle }); ok {
		return g.guestHandle()
	}
	return nil
}

// Close destroys the resource in the guest. A second Close does nothing, nor
// does Close after the resource was given away or its instance has ended.
func (h *Handle) Close(ctx context.Context) error {
	i := h.inst
	if h.why() != "" || i.ended() {
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
	if err := i.destroy(h.typ, h.rep, nil); err != nil {
		i.die(err)
		return err
	}
	i.leave()
	return nil
}

// maxNested bounds how many destructors may run inside each other: a guest's
// destructor may drop a handle, whose destructor drops another, and each has a
// stack of its own on the host.
const maxNested = 16

// destroy runs the guest's destructor (CanonicalABI.md, "canon resource.drop").
// dropper is the component instance that drops the resource, nil for the host.
func (i *Instance) destroy(typ *ResourceType, rep uint32, dropper *component) error {
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
	if i.tree.Tracked && !i.enterComponent(owner.number, caller) {
		return &Trap{Func: name, Rule: RuleMayEnter}
	}
	if i.nested == maxNested {
		return &LimitError{Func: name, Limit: "nested destructors", Detail: fmt.Sprintf("more than %d", maxNested), stopped: true}
	}
	dtor := i.core(typ.Dtor)
	stack := []uint64{uint64(rep)}
	// It is as if the one that drops called an import: it is inside of none now.
	ownerLeaves, dropperLeaves, importing := owner.mayLeave, dropper.mayLeave, i.importing
	owner.mayLeave, dropper.mayLeave, i.importing = true, true, false
	i.nested++
	err := dtor.CallWithStack(i.context(), stack)
	i.nested--
	if err != nil {
		err = i.guestError(name, "", err)
	}
	dropper.mayLeave, owner.mayLeave, i.importing = dropperLeaves, ownerLeaves, importing
	if i.tree.Tracked {
		i.leaveComponent(owner.number, caller)
	}
	return err
}

// CheckHandle refuses a value for a parameter of the interface's resource number
// where it is a handle that cannot be used, or not one of this instance although
// the guest defines the resource. It is called before Begin.
func (f *Func) CheckHandle(number int, v any) *BadValueError {
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

// CheckSelf is CheckHandle for the resource whose method is called.
func (f *Func) CheckSelf(number int, self *Handle) *BadValueError {
	if self.usableAs(f.types[number], f.inst) {
		return nil
	}
	return f.CheckHandle(number, self)
}

// usableAs reports whether a handle can be used where the instance takes one of
// the type.
func (h *Handle) usableAs(typ *ResourceType, inst *Instance) bool {
	return h.inst == inst && h.typ == typ && h.gone.Load() == usable
}

// loans is what a call has moved or lent so far, to be settled at its end.
type loans struct {
	// lent are the handles that the guest borrowed for a call of an export.
	lent []uint32
	// borrowed are resources of the guest's own that it borrowed for a call of an
	// export.
	borrowed []*Handle
	// lenders are the guest's handles of what it lent for a call of an import.
	lenders []uint32
	// given are the handles that the guest was given, lifted the resources that
	// it has given: a call that fails gives them back, or closes them.
	given  []gift
	lifted []any
}

// gift is an owned handle that was added to the guest's table; from is the
// Handle that it was before, nil for the host's objects.
type gift struct {
	handle uint32
	from   *Handle
}

func (l *loans) clear() {
	clear(l.borrowed)
	clear(l.lifted)
	l.borrowed = l.borrowed[:0]
	l.lent, l.lenders, l.given, l.lifted = l.lent[:0], l.lenders[:0], l.given[:0], l.lifted[:0]
}

// LowerOwn gives a resource to the guest and returns the guest's handle for it.
func (c *Call) LowerOwn(number int, v any) uint32 {
	typ := c.types[number]
	if !typ.Guest {
		handle := c.addHandle(entry{typ: typ, object: v, own: true})
		if c.err == nil {
			c.give(gift{handle: handle})
		} else if c.export == nil { // of an import's result, which nobody receives
			_ = closeObject(context.WithoutCancel(c.Context()), v)
		}
		return handle
	}
	h := c.guestOf(typ, v)
	if h == nil {
		return 0
	}
	if h == c.self || slices.Contains(c.loans.borrowed, h) {
		c.refuseBad(badValue("the %s is lent in the same call and cannot be given away", typ.Name))
		return 0
	}
	handle := c.addHandle(entry{typ: typ, rep: h.rep, own: true})
	if c.err == nil {
		h.gone.Store(givenAway)
		c.give(gift{handle, h})
	}
	return handle
}

// give notes what is to be taken back where the guest is not entered.
func (c *Call) give(g gift) {
	if c.export != nil {
		c.loans.given = append(c.loans.given, g)
		c.slow = true
	}
}

// LowerBorrow lends a resource to the guest until the call ends: as a handle, or
// as its representation where the guest itself defines the resource.
func (c *Call) LowerBorrow(number int, v any) uint32 {
	typ := c.types[number]
	e := entry{typ: typ, object: v}
	if typ.Guest {
		h := c.guestOf(typ, v)
		if h == nil {
			return 0
		}
		c.loans.borrowed = append(c.loans.borrowed, h)
		c.slow = true
		if typ.definedIn(c.opts.comp) {
			return h.rep
		}
		e = entry{typ: typ, rep: h.rep}
	}
	handle := c.addHandle(e)
	if c.err == nil {
		c.loans.lent = append(c.loans.lent, handle)
		c.slow = true
	}
	return handle
}

// LowerSelf is LowerBorrow for the resource whose method is called.
func (c *Call) LowerSelf(number int, self *Handle) uint32 {
	if typ := c.types[number]; c.err == nil && self.usableAs(typ, c.inst) && typ.definedIn(c.opts.comp) {
		if c.self != self { // a store costs more than a look
			c.self = self
		}
		return self.rep
	}
	return c.LowerBorrow(number, self)
}

// guestOf returns the Handle of a resource that the guest defines. It checks
// again what CheckHandle has: the same handle may be passed twice.
func (c *Call) guestOf(typ *ResourceType, v any) *Handle {
	if c.err != nil {
		return nil
	}
	h := handleIn(v)
	if h == nil || h.inst != c.inst || h.typ != typ {
		c.refuseBad(badValue("the %s is not of this instance, which defines the resource", typ.Name))
		return nil
	}
	if why := h.why(); why != "" {
		c.refuseBad(badValue("the %s cannot be used: %s", typ.Name, why))
		return nil
	}
	return h
}

func (c *Call) addHandle(e entry) uint32 {
	if c.err != nil {
		return 0
	}
	if !e.typ.Guest && e.object == nil {
		c.refuseBad(NilValue(e.typ.Name))
		return 0
	}
	i := c.inst
	if limit := i.handleLimit; i.held >= limit {
		c.limit("handles held", fmt.Sprintf("more than %d", limit))
		return 0
	}
	return i.addHandle(c.opts.comp, e)
}

// LiftOwn takes a resource from the guest, whose handle ends.
func LiftOwn[R any](c *Call, number int, handle uint32) R {
	v, _ := c.liftOwn(c.types[number], handle).(R)
	return v
}

// handleBytes is what a resource that is lifted takes in Go, about.
const handleBytes = 96

func (c *Call) liftOwn(typ *ResourceType, handle uint32) any {
	e := c.entry(typ, handle)
	if e == nil || !c.charge(handleBytes) {
		return nil
	}
	if !e.own || e.lends != 0 {
		c.trap(RuleHandle, fmt.Sprintf("handle %d of a %s is %s and cannot be given away", handle, typ.Name, borrowedOrLent(e)))
		return nil
	}
	v := e.object
	if typ.Guest {
		v = c.inst.wrap(typ, &Handle{inst: c.inst, typ: typ, rep: e.rep})
	}
	c.inst.removeHandle(c.opts.comp, handle)
	c.loans.lifted = append(c.loans.lifted, v)
	c.slow = true
	return v
}

// LiftBorrow takes a resource of the host's on loan from the guest, until the
// call ends.
func LiftBorrow[R any](c *Call, number int, handle uint32) R {
	v, _ := c.liftBorrow(c.types[number], handle).(R)
	return v
}

func (c *Call) liftBorrow(typ *ResourceType, handle uint32) any {
	e := c.entry(typ, handle)
	if e == nil || !c.charge(handleBytes) {
		return nil
	}
	e.lends++
	c.loans.lenders = append(c.loans.lenders, handle)
	return e.object
}

func (c *Call) entry(typ *ResourceType, handle uint32) *entry {
	if c.err != nil {
		return nil
	}
	e, why := c.opts.comp.handles.get(handle, typ)
	if e == nil {
		c.trap(RuleHandle, why)
	}
	return e
}

func borrowedOrLent(e *entry) string {
	if e.own {
		return "lent"
	}
	return "borrowed"
}

// endLoans ends what was lent for the time of the call: the guest must have
// dropped the handles that it borrowed (CanonicalABI.md, Task.return_).
func (c *Call) endLoans() {
	if len(c.loans.lenders) == 0 && len(c.loans.lent) == 0 {
		return
	}
	table := &c.opts.comp.handles
	for _, handle := range c.loans.lenders {
		table.entries[handle].lends--
	}
	for _, handle := range c.loans.lent {
		switch e := &table.entries[handle]; {
		case !c.invoked:
			c.inst.removeHandle(c.opts.comp, handle)
		case e.typ != nil && !e.own:
			c.trap(RuleBorrowKept, fmt.Sprintf("handle %d of a %s", handle, e.typ.Name))
		}
	}
}

// undo takes back what a call that has failed gave to the guest before it was
// entered, and closes what the guest gave and nobody received.
func (c *Call) undo() {
	i := c.inst
	if !c.invoked {
		for _, g := range c.loans.given {
			i.removeHandle(c.opts.comp, g.handle)
			if g.from != nil {
				g.from.gone.Store(usable)
			}
		}
	}
	for _, v := range c.loans.lifted {
		h := handleIn(v)
		if h == nil || h.inst != i {
			_ = closeObject(context.WithoutCancel(c.Context()), v) // the call's error is what the caller hears of
		} else if h.gone.CompareAndSwap(usable, closed) && !c.fatal() {
			if err := i.destroy(h.typ, h.rep, nil); err != nil {
				c.err = err
			}
		}
	}
}

// dropHandle serves a guest's [resource-drop].
func dropHandle(c *Call) {
	typ, handle := c.types[c.resource], uint32(c.Stack[0])
	e := c.entry(typ, handle)
	if e == nil {
		return
	}
	if e.lends != 0 {
		c.trap(RuleHandle, fmt.Sprintf("handle %d of a %s is lent and cannot be dropped", handle, typ.Name))
		return
	}
	dropped := *e
	i, comp := c.inst, c.opts.comp
	i.removeHandle(comp, handle)
	switch {
	case !dropped.own:
	case typ.Guest:
		name := c.name // the destructor may call imports, which use the same Call
		err := i.destroy(typ, dropped.rep, comp)
		c.name = name
		if err != nil {
			c.fail(err)
		}
	default:
		if err := closeObject(c.Context(), dropped.object); err != nil {
			c.Fail(err)
		}
	}
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
