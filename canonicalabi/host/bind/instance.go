package bind

import (
	"context"
	"sync"

	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/meter"
)

// Instance is one running guest. It serves one call at a time, and refuses another
// call with ErrBusy until that one returns. It dies if a host function ends its goroutine
// by runtime.Goexit.
type Instance struct {
	lock lock
	// caller is the context of the caller that entered the guest, and
	// context.Background between calls.
	caller context.Context
	// plain is the type of the contexts under which a call needs only the lock: that
	// of context.Background, or 0 if there are none.
	plain contextType
	// special reports whether the current call is under another context or has fuel,
	// and watched whether the watch watches its context.
	special, watched bool
	// liftLimit and handleLimit are host.Config's LiftedBytes and Handles.
	liftLimit   int64
	leaks       *host.Leaks
	leak        *host.Leak
	handleLimit int
	growth      *refusedGrowth
	// guarded is the context of the current call after GuardContexts, or nil.
	guarded *guardedContext
	// metering stops the guest. It has no modules if the guest is not metered.
	metering metering
	// starting reports whether the guest has not finished its start, and startCheck judges
	// the imports that it calls during that, if it is not nil.
	starting   bool
	startCheck func(name string) *host.LinkError
	// served reports whether the host has served a call since the instance was started or put
	// back.
	served bool
	// fresh is nil for an instance that cannot be put back.
	fresh *freshState
	// keepsFresh is host.Config's Fresh.
	keepsFresh bool
	// spender is the context of the host functions in the call under way, or nil.
	spender *spender
	// importing reports whether the host serves a call of an import.
	importing bool
	stack     [maxStack]uint64 // of the current call of an export
	imported  Call             // the current call of an import
	// units is the work of the host that was not yet taken from the fuel. If it reaches
	// lookAt, the host looks whether the call is to stop. At the last look, lookedAt was left
	// of it. looked, if not nil, is called at each look with the work since the last one.
	units, lookedAt uint64
	lookAt          int64
	looked          func(units uint64)
	// calls counts the calls of host functions in the call that is under way.
	calls uint
	// tops are the exports that were called, and top is the one that was called last.
	// nested is the function whose call is under way, if it is another one.
	tops   []*Call
	top    uint32
	nested *coreFunc
	// depth is how deep the call under way is nested.
	depth int
	// stackLimit bounds the bytes of all stacks, and stackLeft is what the call under way
	// and those nested in it may take. stackCounted is what the meter was told of it. kept
	// is by how much stacks have grown that are kept.
	stackLimit, stackLeft, stackCounted int64
	kept                                int
	// reallocs and inner count the entries of options and frames that keep functions.
	reallocs, inner int
	// importErr is the error with which a handler stopped the guest.
	importErr error
	// impls are the implementations of World.Imports, in the same order.
	impls []any
	// system is SetSystem's, worker SetWorker's or nil.
	system any
	worker *Worker
	// wrappers make the Go value of a guest's resource, by ResourceType.Number.
	wrappers []func(*Handle) any
	// held counts the handles in all tables.
	held int
	// tree describes the fields below.
	tree       *Tree
	components []component
	options    []canon
	modules    []api.Module
	hostModule api.Module
	frames     []*innerFrame // by InnerCall.Number, nil until first needed
	release    func(ctx context.Context) error

	mu     sync.Mutex
	death  error // what killed the instance
	closed bool
}

// maxStack is the largest number of parameters or results of a core function of the
// canonical ABI: 16 flat parameters and a return pointer.
const maxStack = 17

// NewInstance returns an Instance of a tree, which refuses calls until FinishStart.
// impls are the implementations of the world's imports, in the same order; those that
// the guest does not import may be nil. resources is the number of resource types of
// the plugin. release frees the modules of the instance.
func NewInstance(config *host.Config, tree *Tree, impls []any, resources int, release func(ctx context.Context) error) *Instance {
	i := &Instance{
		liftLimit:   config.LiftedBytes,
		leaks:       config.Leaks,
		handleLimit: min(config.Handles, maxHandles),
		growth:      &refusedGrowth{},
		stackLimit:  stacks(config),
		caller:      context.Background(),
		lookAt:      lookUnits,
		impls:       impls,
		tree:        tree,
		components:  make([]component, len(tree.Parents)),
		options:     make([]canon, len(tree.Options)),
		modules:     make([]api.Module, max(tree.Modules, 1)),
		release:     release,
	}
	if tree.Inner > 0 {
		i.frames = make([]*innerFrame, tree.Inner)
	}
	for n := range i.components {
		i.components[n].number = n
	}
	for n := range i.options {
		o := &tree.Options[n]
		i.options[n] = canon{inst: i, comp: &i.components[o.Component], encoding: o.Encoding, options: o}
	}
	if i.leaks != nil {
		i.leak = i.leaks.Made("the instance", i.died)
	}
	i.stackLeft, i.stackCounted = i.stackLimit, i.stackLimit
	i.metering.on, i.metering.fuel, i.metering.frames = !config.Unmetered, config.Fuel, meter.Unlimited
	if config.StackBytes > 0 {
		i.metering.frames = frames(i.stackLimit)
	}
	i.metering.watch = meter.NewWatch(&i.metering)
	if resources > 0 {
		i.wrappers = make([]func(*Handle) any, resources)
	}
	i.lock.hold()
	i.starting, i.keepsFresh = true, config.Fresh
	i.imported.inst, i.imported.nested = i, true
	return i
}

// Start begins the start of the guest of a world under ctx. It returns the context
// under which the caller must instantiate and start the guest's modules, so that their
// imports find the instance. If ctx has ended, it returns a LimitError, and the
// instance is dead.
func (i *Instance) Start(ctx context.Context, world string) (context.Context, error) {
	if err := i.admit(ctx, world); err != nil {
		i.die(err) // if not, Close would wait for the start to end
		return nil, err
	}
	if i.guarded == nil && i.metering.fuel == 0 {
		i.plain = background
	}
	for n := range i.components {
		i.components[n].mayLeave = true
	}
	return i.context(), nil
}

// SetModule gives the instance a core module by its number in the tree. The caller
// calls it after each instantiation.
func (i *Instance) SetModule(number int, module api.Module) { i.modules[number] = module }

// SetHostModule gives the instance the module of the host's functions, which a
// CoreItem names by HostModule.
func (i *Instance) SetHostModule(module api.Module) { i.hostModule = module }

// FinishStart ends the start. The instance takes calls afterwards.
func (i *Instance) FinishStart() {
	i.starting = false
	i.leave()
}

// FailStart returns the Trap or LimitError for the error with which the guest of a
// world failed to start. The instance is dead afterwards.
func (i *Instance) FailStart(world string, err error) error {
	err = i.guestError(world, host.RuleStart, err)
	i.die(err)
	return err
}

// Wrap sets the function that makes the Go value of a resource of the guest's from a
// handle. number is the place of the resource in Interface.Resources.
func (e Exports) Wrap(number int, wrap func(*Handle) any) {
	e.inst.wrappers[e.exports.Types[number].Number] = wrap
}

func (i *Instance) wrap(typ *ResourceType, h *Handle) any { return i.wrappers[typ.Number](h) }

// enter locks the instance for a call of the function name. It fails if the instance
// cannot be entered or ctx has ended.
func (i *Instance) enter(ctx context.Context, name string) error {
	if !i.lock.tryLock() {
		return i.refusal(name)
	}
	if err := i.admit(ctx, name); err != nil {
		i.lock.unlock()
		return err
	}
	return nil
}

// admit begins a call of the function name under ctx in the instance, which the caller
// has locked. It fails if ctx has ended.
func (i *Instance) admit(ctx context.Context, name string) error {
	if ctx.Done() != nil {
		if i.metering.on {
			if err := i.metering.watch.Begin(ctx); err != nil {
				return ContextError(name, err)
			}
			i.watched = true
		} else if err := ctx.Err(); err != nil {
			return ContextError(name, err)
		}
	}
	i.special = true
	i.units, i.lookAt, i.lookedAt, i.calls = 0, lookUnits, 0, 0
	i.growth.refused = false
	i.metering.refuel()
	i.setCaller(ctx)
	return nil
}

// leave ends a call after which the instance lives.
func (i *Instance) leave() {
	if i.special {
		i.settle()
	}
	i.lock.unlock()
}

// settle undoes admit.
func (i *Instance) settle() {
	if i.watched {
		i.watched = false
		i.metering.watch.End()
	}
	i.special = false
	i.setCaller(context.Background())
}
