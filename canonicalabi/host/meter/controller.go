package meter

import (
	"context"
	"fmt"
	"sync"

	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
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
	slice, reserve, stack, flag, cause api.MutableGlobal
	start                              api.Function

	mu sync.Mutex // orders the writers of flag
}

// NewController returns the controller of an instance of a module that [Rewrite] made, or of [Globals] for
// the modules that share it. For others it is an error.
func NewController(mod api.Module) (*Controller, error) {
	c := &Controller{start: mod.ExportedFunction(prefix + "start")}
	for i, g := range []*api.MutableGlobal{&c.slice, &c.reserve, &c.stack, &c.flag, &c.cause} {
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
func (c *Controller) Start(ctx context.Context) error { return start(ctx, c.start) }

// Start is [Controller.Start] for a module that shares its globals with others, see [Config].Shared.
func Start(ctx context.Context, mod api.Module) error { return start(ctx, StartFunction(mod)) }

// StartFunction returns the function that Start calls, or nil if the module has no start function.
func StartFunction(mod api.Module) api.Function { return mod.ExportedFunction(prefix + "start") }

func start(ctx context.Context, f api.Function) error {
	if f == nil {
		return nil
	}
	return f.CallWithStack(ctx, nil)
}

// Interrupt makes the guest trap soon: within some 100,000 units. A guest that does not run may trap in
// its next call, unless [Controller.Resume] comes first. A host function that the guest called is not
// interrupted.
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

// SetFuel sets how much the guest may still do, at most [Unlimited], in units. Most instructions take 1;
// nop, drop and what only marks the start or end of a block take nothing; loads and stores take 2, and
// what takes a processor long takes up to 16: divisions, square roots, atomic instructions. A call takes
// 4, by a table 12, of an import 64, and ref.func 64, as it enters the host. A bulk operation takes 1
// more for each 16 bytes or 2 table elements, table.grow 1 for each element, memory.grow 4096 for each
// page. What is passed takes more where it is much: 1 for each 8 parameters, results or operands of a
// branch beyond 16, and 1 at each branch for each 16 locals beyond 64.
//
// Fuel is taken where a part of the code begins that runs as a whole, a short part is taken with the one
// before it, run or not, and some of what runs after calls is taken twice. So the count is a little above
// what ran, and the same in every run and on every machine. A guest runs at most 20,000 units beyond its
// fuel.
func (c *Controller) SetFuel(n uint64) {
	n = min(n, Unlimited)
	slice := min(n, units.Slice)
	c.slice.Set(slice)
	c.reserve.Set(n - slice)
}

// Fuel returns how much of the fuel is left. It is 0 once the guest ran out.
func (c *Controller) Fuel() uint64 {
	return uint64(max(0, int64(c.slice.Get())+int64(c.reserve.Get())))
}

// SetStack sets how many bytes of stack the guest's functions may take together, at most [Unlimited]. It
// needs [Config.Stack]. What they give back comes back by itself, but for a trap.
//
// Each function is counted with a bound of its frame: never less than what wazero uses, mostly 4 to 10
// times as much, as wazero gives each value a place of its own that is out of a register for a while, and
// which these are is not known before. Functions that call none are not counted unless their frames may
// be large; they take at most 4 KiB more. wazero doubles a stack that is full and copies it, so that up to
// four times the frames is allocated for a moment, and keeps the larger one for the next call of the same
// api.Function.
func (c *Controller) SetStack(bytes uint64) { c.stack.Set(min(bytes, Unlimited)) }

// SetDepth sets how many calls may be nested, where the module was rewritten with [Config.Depth]: 1 allows a
// function that calls another. Functions that call none do not count.
func (c *Controller) SetDepth(n uint64) { c.SetStack(n) }

// StackLeft returns how much of either is left.
func (c *Controller) StackLeft() uint64 { return uint64(max(0, int64(c.stack.Get()))) }

// Cause returns why the guest trapped, and [None] where that was its own doing. It stays until
// ClearCause.
func (c *Controller) Cause() Cause { return Cause(c.cause.Get()) }

// ClearCause forgets why the guest trapped, for those who go on with it.
func (c *Controller) ClearCause() { c.cause.Set(uint64(None)) }
