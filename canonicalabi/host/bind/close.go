package bind

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
)

// Close closes the instance. A second Close does nothing. Close may be called during a
// call: it does not wait for the call, and the instance's modules are freed after the
// guest has returned.
func (i *Instance) Close(ctx context.Context) error {
	i.mu.Lock()
	closed := i.closed
	i.closed = true
	i.mu.Unlock()
	if closed {
		return nil
	}
	i.leak.Closed()
	i.lock.close()
	if i.lock.tryEnd() {
		return i.end(ctx)
	}
	go func() {
		for wait := time.Microsecond; !i.lock.tryEnd(); wait = min(2*wait, maxCloseWait) {
			time.Sleep(wait)
		}
		_ = i.end(context.WithoutCancel(ctx)) // Close has returned
	}()
	return nil
}

// maxCloseWait bounds how long the memory of a closed instance outlives its last call.
const maxCloseWait = 10 * time.Millisecond

// end frees a closed instance.
func (i *Instance) end(ctx context.Context) (err error) {
	i.metering.watch.Close()
	defer func() { err = errors.Join(err, i.free(ctx)) }() // even if the Close of a resource does not return
	return i.closeObjects(ctx)
}

// free releases what the instance runs on, once: when it dies, or when it is closed. No
// call is under way then.
func (i *Instance) free(ctx context.Context) error {
	release := i.release
	i.release = nil
	if release == nil {
		return nil
	}
	return release(ctx)
}

// closeTime bounds how long the destructors of other guests may take together for the
// resources that they defined and that an instance owned which has ended.
const closeTime = time.Second

// closeObjects closes the host's resources that the guest owned. One of them may be
// another guest's, whose destructor does not end.
func (i *Instance) closeObjects(ctx context.Context) error {
	if i.held == 0 {
		return nil
	}
	var errs []error
	// Nobody closes them later, so the end of the context must not keep them open.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
	defer cancel()
	for n := range i.components {
		table := &i.components[n].handles
		for _, e := range table.entries {
			if e.own && e.typ != nil && !e.typ.Guest {
				errs = append(errs, closeObject(ctx, e.object))
			}
		}
		*table = handleTable{}
	}
	return errors.Join(errs...)
}

// closeLost closes a resource that the call can give nobody, also if its context has
// ended.
func (c *Call) closeLost(object any) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Context()), closeTime)
	defer cancel()
	_ = c.ends(ctx, object, closeObject) // the caller gets the error of the call
}

func closeObject(ctx context.Context, object any) error {
	if c, ok := object.(interface{ Close(context.Context) error }); ok {
		return c.Close(ctx)
	}
	return nil
}

// die kills the instance, which the caller has locked, because of err.
func (i *Instance) die(err error) {
	ctx := i.markDead(err)
	defer i.lock.end() // even if the Close of a resource panics
	// The caller hears of err. The guest has returned for good, so its memory need not
	// wait for Close.
	_ = i.closeObjects(ctx)
	_ = i.free(ctx)
	freeStack(err)
}

// leaveForGood kills the instance because of err while the goroutine of its call ends.
// wazero's frames are still on the stack, so Close frees the modules.
func (i *Instance) leaveForGood(err error) {
	ctx := i.markDead(err)
	defer i.lock.end()
	_ = i.closeObjects(ctx) // no caller is left to get an error
}

// markDead keeps err for later callers. It returns a context for what the end of the
// instance calls.
func (i *Instance) markDead(err error) context.Context {
	i.mu.Lock()
	i.death = err
	i.mu.Unlock()
	ctx := context.WithoutCancel(i.caller)
	if i.special {
		i.settle()
	}
	i.metering.watch.Close()
	return ctx
}

// ended reports whether the instance is dead or closed.
func (i *Instance) ended() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.closed || i.death != nil
}

// died reports whether the instance is dead, so that nothing of it is left to close.
func (i *Instance) died() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.death != nil
}

// Err returns nil while the instance can be called. Afterwards it returns ErrClosed, or
// ErrDead joined with the error that killed the instance.
func (i *Instance) Err() error {
	if i.lock.isFree() {
		return nil
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.closed:
		return host.ErrClosed
	case i.death != nil:
		return fmt.Errorf("%w since an earlier call: %w", host.ErrDead, i.death)
	default:
		return nil
	}
}

// refusal returns the error of a call of the function name that cannot enter the
// instance.
func (i *Instance) refusal(name string) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.closed:
		return &host.InstanceError{Func: name, Err: host.ErrClosed}
	case i.death != nil:
		return &host.InstanceError{Func: name, Err: fmt.Errorf("%w since an earlier call: %w", host.ErrDead, i.death)}
	default:
		return &host.InstanceError{Func: name, Err: host.ErrBusy}
	}
}
