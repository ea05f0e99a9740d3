package bind

import (
	"fmt"
	"slices"
	"strings"

	"github.com/witgen/witgen/canonicalabi/host"
)

// loans holds the resources that a call has moved or lent. The end of the call settles
// them.
type loans struct {
	// lent are the handles that the guest borrows during a call of an export.
	lent []uint32
	// borrowed are resources of the guest's own that it borrows during a call of an
	// export.
	borrowed []*Handle
	// lenders are the guest's handles that it lends during a call of an import.
	lenders []uint32
	// given are the handles that were moved to the guest, and lifted the resources
	// that it moved to the host. A failed call takes the first back and closes the
	// others.
	given  []gift
	lifted []any
}

// gift is an owned handle that was added to the guest's table. from is its Handle, or
// nil for a resource of the host's.
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

// LowerOwn moves a resource to the guest and returns the guest's handle. number is the
// place of the resource in Interface.Resources.
func (c *Call) LowerOwn(number int, v any) uint32 {
	typ := c.types[number]
	if !typ.Guest {
		handle := c.addHandle(entry{typ: typ, object: v, own: true})
		if c.err == nil {
			c.give(gift{handle: handle})
		} else if c.export == nil { // an import's result, which the guest does not get
			c.closeLost(v)
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
		h.leak.Closed()
		c.give(gift{handle, h})
	}
	return handle
}

// give notes a gift of a call of an export, which is taken back if the guest is not
// entered.
func (c *Call) give(g gift) {
	if c.export != nil {
		c.loans.given = append(c.loans.given, g)
		c.slow = true
	}
}

// LowerBorrow lends a resource to the guest until the call ends, and returns the
// guest's handle, or the representation if the component instance defines the
// resource. number is as for LowerOwn.
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

// LowerSelf lends the resource whose method is called, like LowerBorrow. It is lowered
// first, so that generated code calls CheckSelf only if the parameters are passed in
// memory.
func (c *Call) LowerSelf(number int, self *Handle) uint32 {
	if typ := c.types[number]; c.err == nil && self.usableAs(typ, c.inst) && typ.definedIn(c.opts.comp) {
		if c.self != self { // a store costs more than a comparison
			c.self = self
		}
		return self.rep
	}
	return c.lowerSelfSlow(number, self)
}

// lowerSelfSlow lends a resource of another component instance, or refuses one that
// cannot be used.
//
//go:noinline
func (c *Call) lowerSelfSlow(number int, self *Handle) uint32 {
	if typ := c.types[number]; c.err == nil {
		if bad := (*Func)(c).CheckSelf(number, self); bad != nil {
			c.fail(bad.In(typ.Name[strings.LastIndexByte(typ.Name, '#')+1:]))
			return 0
		}
	}
	return c.LowerBorrow(number, self)
}

// guestOf returns the Handle of a guest's resource. It repeats the checks of
// CheckHandle, since two parameters may hold the same handle.
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
	if !c.work(handleUnits) {
		return 0
	}
	if !e.typ.Guest && e.object == nil {
		c.refuseBad(NilValue(e.typ.Name))
		return 0
	}
	i := c.inst
	if limit := i.handleLimit; i.held >= limit {
		c.limit("handles held", i.handlesHeld())
		return 0
	}
	return i.addHandle(c.opts.comp, e)
}

// handlesHeld returns the detail of the error of a guest that holds as many handles as it
// may.
func (i *Instance) handlesHeld() string {
	counts := map[*ResourceType]int{}
	var most *ResourceType
	for n := range i.components {
		for _, e := range i.components[n].handles.entries {
			if e.typ != nil {
				counts[e.typ]++
				if most == nil || counts[e.typ] > counts[most] {
					most = e.typ
				}
			}
		}
	}
	detail := fmt.Sprintf("the guest holds %d", i.held)
	if most != nil {
		detail += fmt.Sprintf(", %d of them of %s", counts[most], most.Name)
	}
	return detail + "; raise it with host.HandleLimit, or have the guest close what it needs no longer"
}

// LiftOwn moves a resource from the guest to the host and removes the guest's handle.
// number is as for LowerOwn.
func LiftOwn[R any](c *Call, number int, handle uint32) R {
	return implementing[R](c, number, c.liftOwn(c.types[number], handle))
}

// implementing returns a resource as its Go interface. One that the host has got from
// another implementation, as that of a provider, may not implement it.
func implementing[R any](c *Call, number int, v any) R {
	r, ok := v.(R)
	if !ok && v != nil {
		c.trap(host.RuleImportFailed, fmt.Sprintf("the %s is a %T, of another implementation than this function: one must supply all interfaces that share a resource", c.types[number].Name, v))
	}
	return r
}

// handleBytes is about the size of a lifted resource in Go.
const handleBytes = 96

func (c *Call) liftOwn(typ *ResourceType, handle uint32) any {
	e := c.entry(typ, handle)
	if e == nil || !c.charge(handleBytes) {
		return nil
	}
	if !e.own || e.lends != 0 {
		c.trap(host.RuleHandle, fmt.Sprintf("handle %d of a %s is %s and cannot be given away", handle, typ.Name, borrowedOrLent(e)))
		return nil
	}
	v := e.object
	if typ.Guest {
		h := &Handle{inst: c.inst, typ: typ, rep: e.rep}
		if leaks := c.inst.leaks; leaks != nil {
			h.leak = leaks.Made("the "+typ.Name, c.inst.died)
		}
		if c.inst.fresh != nil {
			c.inst.fresh.handOut(h)
		}
		v = c.inst.wrap(typ, h)
	}
	c.inst.removeHandle(c.opts.comp, handle)
	c.loans.lifted = append(c.loans.lifted, v)
	c.slow = true
	return v
}

// LiftBorrow borrows a resource of the host's from the guest until the call ends.
// number is as for LowerOwn.
func LiftBorrow[R any](c *Call, number int, handle uint32) R {
	return implementing[R](c, number, c.liftBorrow(c.types[number], handle))
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
	if !c.work(handleUnits) {
		return nil
	}
	e, why := c.opts.comp.handles.get(handle, typ)
	if e == nil {
		c.trap(host.RuleHandle, why)
	}
	return e
}

func borrowedOrLent(e *entry) string {
	if e.own {
		return "lent"
	}
	return "borrowed"
}

// endLoans ends the loans of the call. The guest must have dropped the handles that it
// borrowed (CanonicalABI.md, Task.return_).
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
			c.trap(host.RuleBorrowKept, fmt.Sprintf("handle %d of a %s", handle, e.typ.Name))
		}
	}
}

// undo takes back the resources that a failed call moved to a guest which it did not
// enter, and closes those that it lifted, since no one gets them.
func (c *Call) undo() {
	i := c.inst
	if !c.invoked {
		for _, g := range c.loans.given {
			i.removeHandle(c.opts.comp, g.handle)
			if g.from != nil {
				g.from.gone.Store(usable)
				g.from.leak.Back()
			}
		}
	}
	for _, v := range c.loans.lifted {
		h := handleIn(v)
		if h == nil || h.inst != i {
			c.closeLost(v)
		} else if h.leak.Closed(); h.gone.CompareAndSwap(usable, closed) && !c.fatal() {
			if err := i.destroy(h.typ, h.rep, nil, c.nested); err != nil {
				c.err = err
			}
		}
	}
}
