package host

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"
)

// Instance is one running guest. It serves one call at a time; another call
// meanwhile, from anywhere, is refused with ErrBusy.
type Instance struct {
	lock   lock
	limits Limits
	// ctx is the context that wazero is called with. It carries the instance to
	// the handlers of its imports without an allocation.
	ctx callContext
	// mayLeave says whether the guest may call imports now: not while its
	// realloc or post-return runs, nor while it is in an import already.
	mayLeave bool
	stack    [maxStack]uint64 // of the call of an export that is under way
	imported Call             // the call of an import that is under way
	// importErr is the error with which a handler stopped the guest.
	importErr error
	// impls are what the host supplies, in the order of World.Imports.
	impls []any
	// wrappers make the Go value of a resource that the guest defines, by
	// ResourceType.Number.
	wrappers []func(*Handle) any
	handles  handleTable
	module   api.Module
	memory   api.Memory   // nil where the guest has none
	realloc  api.Function // looked up when first needed
	release  func(ctx context.Context) error

	mu     sync.Mutex
	death  error // what killed the instance
	closed bool
}

// callContext is the caller's context together with the instance.
type callContext struct {
	context.Context
	inst *Instance
}

// maxStack is the most parameters or results that a core function of the
// canonical ABI has: 16 flat parameters and a return pointer.
const maxStack = 17

// The states of a lock.
const (
	lockFree uint32 = iota
	lockHeld
	lockEnded
)

// NewInstance returns an Instance that lets no calls in until Ready is called.
// impls are the implementations of the world's imports, in their order; nil
// where there is none. resources is how many resource types the plugin has.
// release frees what the instance runs on.
func NewInstance(limits Limits, impls []any, resources int, release func(ctx context.Context) error) *Instance {
	i := &Instance{limits: limits, impls: impls, release: release}
	if resources > 0 {
		i.wrappers = make([]func(*Handle) any, resources)
	}
	i.lock.tryLock()
	i.ctx.inst = i
	i.ctx.Context = context.Background()
	i.imported.inst = i
	return i
}

// Context returns the context under which the guest must be instantiated and
// started, so that its imports find the instance.
func (i *Instance) Context(ctx context.Context) context.Context {
	i.ctx.Context = ctx
	return &i.ctx
}

// Starting lets the guest call its imports from now on, while it starts.
func (i *Instance) Starting() { i.mayLeave = true }

// Started gives the instance its module, once that is instantiated.
func (i *Instance) Started(module api.Module) {
	i.module = module
	i.memory = module.ExportedMemory("memory")
}

// Ready lets calls in.
func (i *Instance) Ready() {
	i.mayLeave = false
	i.ctx.Context = context.Background()
	i.lock.unlock()
}

// StartFailed turns the error with which the guest of a world failed to start
// into a Trap or LimitError. The instance is dead.
func (i *Instance) StartFailed(world string, err error) error {
	err = i.guestError(world, RuleStart, err)
	i.die(err)
	return err
}

// Wrap tells how the Go value of a resource that the guest defines is made from
// a handle.
func (e Exports) Wrap(number int, wrap func(*Handle) any) {
	e.inst.wrappers[e.exports.Types[number].Number] = wrap
}

func (i *Instance) wrap(typ *ResourceType, h *Handle) any { return i.wrappers[typ.Number](h) }

// lookupRealloc finds the guest's realloc. It reports false where it has none.
func (i *Instance) lookupRealloc() bool {
	if i.module != nil {
		i.realloc = i.module.ExportedFunction("cabi_realloc")
	}
	return i.realloc != nil
}

// Close ends the instance. A second Close does nothing. It may be called while a
// call is under way: that call ends as soon as the guest returns, and what the
// instance runs on is released then.
func (i *Instance) Close(ctx context.Context) error {
	i.mu.Lock()
	closed := i.closed
	i.closed = true
	i.mu.Unlock()
	if closed {
		return nil
	}
	if i.lock.tryEnd() {
		return i.end(ctx)
	}
	go func() {
		for wait := time.Microsecond; !i.lock.tryEnd(); wait = min(2*wait, maxCloseWait) {
			time.Sleep(wait)
		}
		_ = i.end(context.WithoutCancel(ctx)) // nobody is left to hear of it
	}()
	return nil
}

// maxCloseWait bounds how long a closed instance's memory outlives its last
// call.
const maxCloseWait = 10 * time.Millisecond

// end releases what a closed instance holds.
func (i *Instance) end(ctx context.Context) error {
	return errors.Join(i.closeObjects(ctx), i.release(ctx))
}

// closeObjects closes the host's objects that the guest owned.
func (i *Instance) closeObjects(ctx context.Context) error {
	var errs []error
	for _, e := range i.handles.entries {
		if e.own && e.typ != nil && !e.typ.Guest {
			errs = append(errs, closeObject(ctx, e.object))
		}
	}
	i.handles = handleTable{}
	return errors.Join(errs...)
}

func closeObject(ctx context.Context, object any) error {
	if c, ok := object.(interface{ Close(context.Context) error }); ok {
		return c.Close(ctx)
	}
	return nil
}

// die ends the instance, which the caller has locked, because of err.
func (i *Instance) die(err error) {
	i.mu.Lock()
	i.death = err
	i.mu.Unlock()
	_ = i.closeObjects(context.WithoutCancel(i.ctx.Context)) // err is what the caller hears of
	i.lock.end()
}

// ended reports whether the instance is dead or closed.
func (i *Instance) ended() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.closed || i.death != nil
}

// refusal says why the function cannot be called now.
func (i *Instance) refusal(name string) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.closed:
		return &InstanceError{name, ErrClosed}
	case i.death != nil:
		return &InstanceError{name, fmt.Errorf("%w since an earlier call: %w", ErrDead, i.death)}
	default:
		return &InstanceError{name, ErrBusy}
	}
}

// guestError turns the error of a call into the guest into a Trap or a
// LimitError. rule is the rule that a plain trap breaks, or "".
func (i *Instance) guestError(name string, rule Rule, err error) error {
	cause := i.importErr
	i.importErr = nil
	var limit *LimitError
	if errors.As(cause, &limit) {
		return &LimitError{Func: name, Limit: limit.Limit, Detail: limit.Func + ": " + limit.Detail, Err: limit.Err, stopped: true}
	}
	var trap *Trap
	if errors.As(cause, &trap) {
		detail := "in import " + trap.Func
		if trap.Detail != "" {
			detail += ": " + trap.Detail
		}
		return &Trap{Func: name, Rule: trap.Rule, Detail: detail, Err: err}
	}
	var exit *sys.ExitError
	if !errors.As(err, &exit) {
		return &Trap{Func: name, Rule: rule, Err: err}
	}
	switch exit.ExitCode() {
	case sys.ExitCodeDeadlineExceeded:
		return &LimitError{Func: name, Limit: "deadline", Err: context.DeadlineExceeded, stopped: true}
	case sys.ExitCodeContextCanceled:
		return &LimitError{Func: name, Limit: "cancel", Err: context.Canceled, stopped: true}
	}
	return &Trap{Func: name, Rule: rule, Detail: fmt.Sprintf("guest exited with status %d", exit.ExitCode()), Err: err}
}
