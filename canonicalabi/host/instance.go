package host

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"
)

// Instance is one running guest. It serves one call at a time; another call
// meanwhile, from anywhere, is refused with ErrBusy.
type Instance struct {
	lock lock
	// unusable is set once the instance is dead or closed.
	unusable atomic.Bool
	limits   Limits
	// ctx is the context that wazero is called with. It carries the instance to
	// the handlers of its imports without an allocation.
	ctx callContext
	// mayLeave says whether the guest may call imports now: not while its
	// realloc or post-return runs, nor while it is in an import already.
	mayLeave bool
	exported Call // the call of an export that is under way
	imported Call // the call of an import that is under way
	// importErr is the error with which a handler stopped the guest.
	importErr error
	// impls are what the host supplies, in the order of World.Imports.
	impls   []any
	module  api.Module
	memory  api.Memory   // nil where the guest has none
	realloc api.Function // looked up when first needed
	close   func(ctx context.Context) error

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

// NewInstance returns an Instance that lets no calls in until Ready is called.
// impls are the implementations of the world's imports, in their order; nil
// where there is none. close releases what the instance runs on.
func NewInstance(limits Limits, impls []any, close func(ctx context.Context) error) *Instance {
	i := &Instance{limits: limits, impls: impls, close: close}
	i.lock.tryLock()
	i.ctx.inst = i
	i.ctx.Context = context.Background()
	i.exported.inst, i.imported.inst = i, i
	i.exported.Stack = make([]uint64, maxStack)
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

// lookupRealloc finds the guest's realloc. It reports false where it has none.
func (i *Instance) lookupRealloc() bool {
	if i.module != nil {
		i.realloc = i.module.ExportedFunction("cabi_realloc")
	}
	return i.realloc != nil
}

// Ready lets calls in.
func (i *Instance) Ready() {
	i.mayLeave = false
	i.ctx.Context = context.Background()
	i.lock.unlock()
}

// Abandon lets go of an instance that did not start, so that Close releases it.
func (i *Instance) Abandon() { i.lock.unlock() }

// StartError returns the error that says why the guest of a world did not
// start.
func (i *Instance) StartError(world string, err error) error {
	return i.guestError(world, RuleStart, err)
}

// Close ends the instance. A second Close does nothing. It may be called while a
// call is under way: that call ends with an error as soon as the guest returns,
// and what the instance runs on is released then.
func (i *Instance) Close(ctx context.Context) error {
	i.mu.Lock()
	closed := i.closed
	i.closed = true
	i.unusable.Store(true)
	i.mu.Unlock()
	if closed {
		return nil
	}
	if i.lock.tryLock() { // and never unlocked
		return i.close(ctx)
	}
	go func() {
		for wait := time.Microsecond; !i.lock.tryLock(); wait = min(2*wait, maxCloseWait) {
			time.Sleep(wait)
		}
		_ = i.close(context.WithoutCancel(ctx)) // nobody is left to hear of it
	}()
	return nil
}

// maxCloseWait is how long a closed instance's memory may outlive its last call.
const maxCloseWait = 10 * time.Millisecond

// die marks the instance dead because of err.
func (i *Instance) die(err error) {
	i.mu.Lock()
	if i.death == nil {
		i.death = err
	}
	i.unusable.Store(true)
	i.mu.Unlock()
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

func (i *Instance) isClosed() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.closed
}

// guestError turns the error of a call into the guest into a Trap or a
// LimitError. rule is the rule that a plain trap breaks, or "".
func (i *Instance) guestError(name string, rule Rule, err error) error {
	cause := i.importErr
	i.importErr = nil
	var limit *LimitError
	if errors.As(cause, &limit) {
		return &LimitError{Func: name, Limit: limit.Limit, Detail: limit.Func + ": " + limit.Detail, Err: limit.Err}
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
		return &LimitError{Func: name, Limit: "deadline", Err: context.DeadlineExceeded}
	case sys.ExitCodeContextCanceled:
		return &LimitError{Func: name, Limit: "cancel", Err: context.Canceled}
	}
	if i.isClosed() {
		return &InstanceError{name, ErrClosed}
	}
	return &Trap{Func: name, Rule: rule, Detail: fmt.Sprintf("guest exited with status %d", exit.ExitCode()), Err: err}
}
