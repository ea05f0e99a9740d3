package bind

import "context"

// OnLook has f called with the units of work that the host has done, each time that it
// looks whether a call is to stop.
func (i *Instance) OnLook(f func(units uint64)) { i.looked = f }

// KeptStacks returns by how many bytes the stacks that the instance keeps have grown.
func (i *Instance) KeptStacks() (grown int) {
	count := func(f *coreFunc) { grown += f.size() - int(f.least) }
	for _, c := range i.tops {
		count(&c.core)
		count(&c.post)
	}
	for n := range i.options {
		count(&i.options[n].realloc)
	}
	for _, f := range i.frames {
		if f != nil {
			count(&f.core)
			count(&f.post)
		}
	}
	return grown
}

// MostKeptStacks is what KeptStacks may return.
const MostKeptStacks = keptStacks

// MostWork is how much the host may do between two looks.
const MostWork = 2 * lookUnits

// CallsToLook is how many calls of host functions lie between two looks at the context.
const CallsToLook = callsToLook

// ElementUnits is the work of lifting an element of a list.
const ElementUnits = elementUnits

// LookingCall returns a call under a context, which has looked called at each look.
func LookingCall(ctx context.Context, looked func(units uint64)) *Call {
	i := &Instance{caller: ctx, lookAt: lookUnits, looked: looked, metering: metering{on: true}}
	return &Call{inst: i, left: 1 << 40}
}

// Err returns the error of the call.
func (c *Call) Err() error { return c.err }

// SetMemory sets the memory that the call sees.
func (c *Call) SetMemory(mem []byte) { c.mem = mem }
