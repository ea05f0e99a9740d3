package meter

import (
	"context"
	"fmt"
	"sync"

	"github.com/tetratelabs/wazero/api"
)

// A Controller reads and sets what [Rewrite] added to a module, for one instance of it.
//
// Interrupt and Resume may be called from any goroutine at any time, also after the instance is closed.
// All other methods are for whoever calls the guest, between calls or from host functions that the
// guest called.
//
// Setting a wazero global is a plain store of 8 aligned bytes, and the guest's load of the flag is one
// of 4: with wazero's compiler the guest sees the store whole and soon, and Go's race detector has
// nothing to say, as it does not see compiled code. With wazero's interpreter both are Go code, and
// the detector reports Interrupt as a race.
type Controller struct {
	slice, reserve, depth, flag, cause api.MutableGlobal
	start                              api.Function

	mu sync.Mutex // orders the writers of flag
}

// NewController returns the controller of an instance. It is an error if the module was not made by
// [Rewrite].
func NewController(mod api.Module) (*Controller, error) {
	c := &Controller{start: mod.ExportedFunction(prefix + "start")}
	for i, g := range []*api.MutableGlobal{&c.slice, &c.reserve, &c.depth, &c.flag, &c.cause} {
		var ok bool
		if *g, ok = mod.ExportedGlobal(prefix + globalNames[i]).(api.MutableGlobal); !ok {
			return nil, fmt.Errorf("meter: module %q is not metered", mod.Name())
		}
	}
	return c, nil
}

// Start runs the module's start function, if it has one. Call it once, after instantiation and before
// anything else of the guest runs, _start and _initialize too: instantiate with
// wazero.ModuleConfig.WithStartFunctions() and call those after it.
func (c *Controller) Start(ctx context.Context) error {
	if c.start == nil {
		return nil
	}
	return c.start.CallWithStack(ctx, nil)
}

// Interrupt makes the guest trap soon: within some 65,000 instructions or 1 MiB of bulk operations. A
// guest that does not run may trap in its next call, unless [Controller.Resume] comes first. A host
// function that the guest called is not interrupted.
func (c *Controller) Interrupt() {
	c.mu.Lock()
	c.flag.Set(1)
	c.mu.Unlock()
}

// Resume takes an interrupt back. It does not repair a guest that trapped: its stack pointer and data
// are wherever they were.
func (c *Controller) Resume() {
	c.mu.Lock()
	c.flag.Set(0)
	c.mu.Unlock()
}

// SetFuel sets how much the guest may still do, at most [Unlimited]. An instruction takes 1; nop, drop
// and what only marks the start or end of a block take nothing; the call of an import takes 64; a bulk
// operation takes 1 more for each 16 bytes or 2 table elements, table.grow 1 for each element,
// memory.grow 4096 for each page. Fuel is taken where a part of the code begins that runs as a whole,
// and a short part is taken with the one before it, run or not. So the count is a little above what
// ran, and the same in every run and on every machine.
func (c *Controller) SetFuel(n uint64) {
	n = min(n, Unlimited)
	slice := min(n, sliceSize)
	c.slice.Set(slice)
	c.reserve.Set(n - slice)
}

// Fuel returns how much of the fuel is left. It is 0 once the guest ran out.
func (c *Controller) Fuel() uint64 {
	return uint64(max(0, int64(c.slice.Get())+int64(c.reserve.Get())))
}

// SetDepth sets how many calls may be nested: 1 allows a function that calls another. Functions that
// call none do not count. It needs [Config.Depth]. It comes back by itself, but for a trap.
func (c *Controller) SetDepth(n uint64) { c.depth.Set(min(n, Unlimited)) }

// Cause returns why the guest trapped, and [None] where that was its own doing. It stays until
// ClearCause.
func (c *Controller) Cause() Cause { return Cause(c.cause.Get()) }

// ClearCause forgets why the guest trapped, for those who go on with it.
func (c *Controller) ClearCause() { c.cause.Set(uint64(None)) }
