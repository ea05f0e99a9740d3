package meter

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// ErrWatchClosed is what [Watch.Begin] returns after [Watch.Close].
var ErrWatchClosed = errors.New("meter: the watch is closed")

// An Interrupter is what a [Watch] stops: a [Controller], or several of them where an instance is made
// of several modules. Its methods are called with the Watch's lock held and must not call the Watch.
type Interrupter interface {
	Interrupt()
	Resume()
}

// A Watch interrupts a guest when the context of the running call is done. From the second call in a row
// under one context on it keeps one context.AfterFunc: further calls under that context, or under others
// that share its Done channel, register nothing and allocate nothing. A context of one call only is let
// go of at the end, since it would start a goroutine when it is cancelled. It has no goroutine of its own.
//
// Begin and End belong to whoever calls the guest, one call at a time: calls that the guest makes back
// through the host belong to the outer one. Close may be called at any time and from any goroutine.
type Watch struct {
	guest  Interrupter
	last   *watched        // of the last context that could be cancelled, or nil
	active *watched        // of the running call, or nil
	seen   <-chan struct{} // the Done channel of a context that one call ran under

	mu         sync.Mutex // held by whoever interrupts or resumes, and guards what follows
	registered *watched   // whose AfterFunc is waiting, or nil
	closed     bool
}

// A watched is a context that is watched.
type watched struct {
	done  <-chan struct{}
	once  bool        // it is let go of at the end of the call
	stop  func() bool // takes the AfterFunc back
	state atomic.Uint32
}

// The bits of a watched's state. All but running are set with the Watch's lock held.
const (
	running   = 1 << iota // a call is running under the context
	cancelled             // the context is done
	released              // its AfterFunc was taken back
)

// NewWatch returns a watch for a guest.
func NewWatch(guest Interrupter) *Watch { return &Watch{guest: guest} }

// Begin watches ctx for a call that is about to start. If it returns an error, the context's or
// [ErrWatchClosed], the call must not start and End must not be called.
func (w *Watch) Begin(ctx context.Context) error {
	done := ctx.Done()
	if done == nil {
		return nil // cannot be cancelled
	}
	// A guest that is interrupted is lost, so a context that is done already is refused before.
	select {
	case <-done:
		return ctx.Err()
	default:
	}
	x := w.last
	if x == nil || x.done != done || x.state.Or(running)&released != 0 {
		var err error
		if x, err = w.register(ctx, done); err != nil {
			return err
		}
	}
	w.active = x
	return nil
}

// register watches another context than the last one.
func (w *Watch) register(ctx context.Context, done <-chan struct{}) (*watched, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = nil
	if w.closed {
		return nil, ErrWatchClosed
	}
	w.release()
	x := &watched{done: done, once: done != w.seen}
	w.seen = done
	x.state.Store(running)
	x.stop = context.AfterFunc(ctx, func() { w.cancel(x) })
	w.last, w.registered = x, x
	return x, nil
}

// cancel runs when a watched context is done.
func (w *Watch) cancel(x *watched) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if x.state.Or(cancelled)&(running|released) == running {
		w.guest.Interrupt()
	}
	if w.registered == x {
		w.registered = nil // its stop function holds on to the context
	}
}

// release takes the AfterFunc back that is waiting. The lock is held.
func (w *Watch) release() {
	if w.registered != nil {
		w.registered.stop()
		w.registered.state.Or(released)
		w.registered = nil
	}
}

// End ends what Begin began, after the call. It reports whether the context was done before that; the guest
// may have been interrupted then, or may have returned just before, and [Controller.Cause] knows which.
// The guest's next call will not be interrupted by this context.
func (w *Watch) End() (wasCancelled bool) {
	x := w.active
	if x == nil {
		return false
	}
	w.active = nil
	if x.state.And(^uint32(running))&cancelled == 0 {
		if x.once {
			w.Release()
		}
		return false
	}
	// cancel has the lock until the interrupt is set.
	w.mu.Lock()
	w.guest.Resume()
	w.mu.Unlock()
	return true
}

// Release lets go of the last context, for a guest that will be idle: until then the context holds on
// to the guest and the guest to the context. It is for whoever calls the guest, between calls.
func (w *Watch) Release() {
	w.mu.Lock()
	w.release()
	w.mu.Unlock()
	w.last = nil
}

// Close lets go of the last context for good. A call that is running is no longer interrupted. It may
// be called again.
func (w *Watch) Close() {
	w.mu.Lock()
	w.closed = true
	w.release()
	w.mu.Unlock()
}
