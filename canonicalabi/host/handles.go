package host

import (
	"context"
	"fmt"
)

// ResourceType is the identity of a resource in a plugin.
type ResourceType struct {
	// Name is the name that errors show, as in "example:kv/store#bucket".
	Name string
	// Dtor is the core function that destroys a resource which the guest
	// defines. It is "" where the host defines the resource, or the guest needs
	// no destructor.
	Dtor string
	// Guest says that the guest defines the resource.
	Guest bool
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
	held    int
}

// maxHandles is the most elements of a table (CanonicalABI.md, Table.MAX_LENGTH).
const maxHandles = 1<<28 - 1

func (t *handleTable) add(e entry) uint32 {
	t.held++
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
	t.held--
}

// Handle is a resource of a guest in the host's hands. A generated type that
// embeds it implements the resource's Go interface.
type Handle struct {
	inst *Instance
	typ  *ResourceType
	rep  uint32
	// gone says why the handle can no longer be used; "" while it can.
	gone string
	// borrowed says that the guest lent the resource for the time of a call.
	borrowed bool
}

// guestHandle is promoted to the types that embed a Handle.
func (h *Handle) guestHandle() *Handle { return h }

// ownedHandle returns the Handle inside a resource's Go value, and nil where the
// value is the host's own.
func ownedHandle(v any) *Handle {
	if g, ok := v.(interface{ guestHandle() *Handle }); ok {
		return g.guestHandle()
	}
	return nil
}

// Close destroys the resource in the guest. A second Close does nothing, nor
// does Close after the resource was given away or its instance has ended.
func (h *Handle) Close(ctx context.Context) error {
	i := h.inst
	if !i.lock.tryLock() {
		if i.ended() {
			return nil
		}
		return i.refusal(h.typ.Name + ": Close")
	}
	if h.gone != "" || h.borrowed {
		i.lock.unlock()
		return nil
	}
	h.gone = "it is closed"
	i.ctx.Context = ctx
	err := i.destroy(h.typ, h.rep)
	if err != nil {
		i.die(err)
		return err
	}
	i.lock.unlock()
	return nil
}

// destroy runs the guest's destructor.
func (i *Instance) destroy(typ *ResourceType, rep uint32) error {
	if typ.Dtor == "" {
		return nil
	}
	dtor := i.module.ExportedFunction(typ.Dtor)
	if dtor == nil {
		return nil
	}
	stack := []uint64{uint64(rep)}
	mayLeave := i.mayLeave
	i.mayLeave = true
	err := dtor.CallWithStack(&i.ctx, stack)
	i.mayLeave = mayLeave
	if err != nil {
		return i.guestError(typ.Dtor, "", err)
	}
	return nil
}

// CheckHandle refuses a value for a parameter of the interface's resource number
// where it is a handle that cannot be used, or not one of this instance although
// the guest defines the resource. It is called before Begin.
func (f *Func) CheckHandle(number int, v any) *BadValueError {
	typ := f.call.types[number]
	h := ownedHandle(v)
	switch {
	case v == nil:
		return NilValue(typ.Name)
	case h != nil && h.gone != "":
		return badValue("the %s cannot be used: %s", typ.Name, h.gone)
	case typ.Guest && (h == nil || h.inst != f.call.inst):
		return badValue("the %s is not of this instance, which defines the resource", typ.Name)
	}
	return nil
}

// LowerOwn gives a resource to the guest and returns the guest's handle for it.
func (c *Call) LowerOwn(number int, v any) uint32 {
	typ := c.types[number]
	if !typ.Guest {
		return c.addHandle(entry{typ: typ, object: v, own: true})
	}
	h := c.usable(typ, v)
	if h == nil {
		return 0
	}
	if h.borrowed {
		c.fail(badValue("the %s is lent and cannot be given away", typ.Name))
		return 0
	}
	h.gone = "it was given away"
	return c.addHandle(entry{typ: typ, rep: h.rep, own: true})
}

// LowerBorrow lends a resource to the guest until the call ends: as a handle, or
// as its representation where the guest itself defines the resource.
func (c *Call) LowerBorrow(number int, v any) uint32 {
	typ := c.types[number]
	if typ.Guest {
		if h := c.usable(typ, v); h != nil {
			return h.rep
		}
		return 0
	}
	handle := c.addHandle(entry{typ: typ, object: v})
	if c.err == nil {
		c.lent = append(c.lent, handle)
		c.loans = true
	}
	return handle
}

// usable returns the Handle of a resource that the guest defines.
func (c *Call) usable(typ *ResourceType, v any) *Handle {
	h := ownedHandle(v)
	switch {
	case h == nil || h.inst != c.inst || h.typ != typ:
		c.fail(badValue("the %s is not of this instance, which defines the resource", typ.Name))
	case h.gone != "":
		c.fail(badValue("the %s cannot be used: %s", typ.Name, h.gone))
	default:
		return h
	}
	return nil
}

func (c *Call) addHandle(e entry) uint32 {
	if c.err != nil {
		return 0
	}
	if !e.typ.Guest && e.object == nil {
		c.Fail(NilValue(e.typ.Name))
		return 0
	}
	table := &c.inst.handles
	if limit := c.inst.limits.Handles; table.held >= min(limit, maxHandles) {
		c.limit("handles held", fmt.Sprintf("more than %d", limit))
		return 0
	}
	return table.add(e)
}

// LiftOwn takes a resource from the guest, whose handle ends.
func LiftOwn[R any](c *Call, number int, handle uint32) R {
	v, _ := c.liftOwn(c.types[number], handle).(R)
	return v
}

func (c *Call) liftOwn(typ *ResourceType, handle uint32) any {
	e := c.entry(typ, handle)
	if e == nil {
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
	c.inst.handles.remove(handle)
	return v
}

// LiftBorrow takes a resource on loan from the guest, until the call ends.
func LiftBorrow[R any](c *Call, number int, handle uint32) R {
	v, _ := c.liftBorrow(c.types[number], handle).(R)
	return v
}

func (c *Call) liftBorrow(typ *ResourceType, handle uint32) any {
	e := c.entry(typ, handle)
	if e == nil {
		return nil
	}
	if e.own {
		e.lends++
		c.lenders = append(c.lenders, handle)
		c.loans = true
	}
	if !typ.Guest {
		return e.object
	}
	h := &Handle{inst: c.inst, typ: typ, rep: e.rep, borrowed: true}
	c.borrows = append(c.borrows, h)
	c.loans = true
	return c.inst.wrap(typ, h)
}

func (c *Call) entry(typ *ResourceType, handle uint32) *entry {
	if c.err != nil {
		return nil
	}
	e, why := c.inst.handles.get(handle, typ)
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
// dropped the handles that it borrowed.
func (c *Call) endLoans() {
	for _, handle := range c.lenders {
		c.inst.handles.entries[handle].lends--
	}
	for _, h := range c.borrows {
		h.gone = "it was borrowed for a call that has ended"
	}
	for _, handle := range c.lent {
		if e := c.inst.handles.entries[handle]; e.typ != nil && !e.own {
			c.trap(RuleBorrowKept, fmt.Sprintf("handle %d of a %s", handle, e.typ.Name))
		}
	}
	c.loans = false
	c.lenders, c.borrows, c.lent = c.lenders[:0], c.borrows[:0], c.lent[:0]
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
	i := c.inst
	i.handles.remove(handle)
	if !dropped.own {
		return
	}
	var err error
	if typ.Guest {
		err = i.destroy(typ, dropped.rep)
	} else if err = closeObject(c.Context(), dropped.object); err != nil {
		err = &Trap{Func: c.funcName(), Rule: RuleImportFailed, Err: err}
	}
	if err != nil {
		c.fail(err)
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
