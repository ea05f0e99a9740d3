// Package poll waits until one of several things is ready: timers, streams, sockets,
// futures. Nothing here spins, and nothing takes a goroutine to wait.
package poll

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// Source is something that is ready or not. Its methods may be called from any
// goroutine.
type Source interface {
	// Ready reports whether the source is ready. It does not wait.
	Ready() bool
	// Watch has w woken once Ready may have changed to true, and may wake it for no
	// reason. A change before Watch need not wake w. stop ends the watch.
	Watch(w *Waiter) (stop func())
}

// Waiter is woken by the sources that it watches.
type Waiter struct{ woken chan struct{} }

// NewWaiter returns a waiter that nothing has woken.
func NewWaiter() *Waiter { return &Waiter{woken: make(chan struct{}, 1)} }

// Wake wakes w. It does not wait.
func (w *Waiter) Wake() {
	select {
	case w.woken <- struct{}{}:
	default:
	}
}

// Wait waits until one of the sources is ready, and returns the indices of those that
// are, in ascending order. It fails when ctx ends first, and with nothing to wait for
// it waits for that. A source that is already ready is found without looking at ctx.
func Wait(ctx context.Context, sources ...Source) ([]int, error) {
	if ready := readyOf(sources); ready != nil {
		return ready, nil
	}
	w := NewWaiter()
	for _, source := range sources {
		defer source.Watch(w)()
	}
	for {
		// What became ready before its watch began did not wake w.
		if ready := readyOf(sources); ready != nil {
			return ready, nil
		}
		select {
		case <-w.woken:
		case <-ctx.Done():
			return nil, ended(ctx)
		}
	}
}

// ended returns the error of a context that has ended, with its cause.
func ended(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if cause == err {
		return err
	}
	return fmt.Errorf("%w: %w", err, cause)
}

func readyOf(sources []Source) []int {
	var ready []int
	for n, source := range sources {
		if source.Ready() {
			ready = append(ready, n)
		}
	}
	return ready
}

// Signal keeps the waiters of a source. Its zero value has none.
type Signal struct {
	mu      sync.Mutex
	waiters map[*Waiter]int
}

// Watch adds w to those that Fire wakes, until stop is called.
func (s *Signal) Watch(w *Waiter) (stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiters == nil {
		s.waiters = map[*Waiter]int{}
	}
	s.waiters[w]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.waiters[w]--; s.waiters[w] == 0 {
			delete(s.waiters, w)
		}
	}
}

// Fire wakes those who watch.
func (s *Signal) Fire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for w := range s.waiters {
		w.Wake()
	}
}

// Event is a source that becomes ready once and stays so. Its zero value is not
// ready.
type Event struct {
	Signal
	happened atomic.Bool
}

// Set makes e ready.
func (e *Event) Set() {
	e.happened.Store(true)
	e.Fire()
}

// Ready reports whether Set was called.
func (e *Event) Ready() bool { return e.happened.Load() }

// Always is a source that is always ready.
type Always struct{}

// Ready reports true.
func (Always) Ready() bool { return true }

// Watch does nothing.
func (Always) Watch(*Waiter) (stop func()) { return func() {} }

// Never is a source that is never ready.
type Never struct{}

// Ready reports false.
func (Never) Ready() bool { return false }

// Watch does nothing.
func (Never) Watch(*Waiter) (stop func()) { return func() {} }

// Func is a source that asks a function, and that others make ready by its Signal.
type Func struct {
	*Signal
	Is func() bool
}

// Ready reports Is.
func (f Func) Ready() bool { return f.Is() }
