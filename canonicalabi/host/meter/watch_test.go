package meter

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/witgen/witgen/internal/testing/ctxtest"
)

// counter is an Interrupter that counts.
type counter struct {
	mu                 sync.Mutex
	interrupts, resume int
	interrupted        chan struct{} // gets a value for each interrupt
}

func newCounter() *counter { return &counter{interrupted: make(chan struct{}, 1000)} }

func (c *counter) Interrupt() {
	c.mu.Lock()
	c.interrupts++
	c.mu.Unlock()
	c.interrupted <- struct{}{}
}

func (c *counter) Resume() {
	c.mu.Lock()
	c.resume++
	c.mu.Unlock()
}

func (c *counter) count() (interrupts, resume int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.interrupts, c.resume
}

func TestWatchInterrupts(t *testing.T) {
	c := newCounter()
	w := NewWatch(c)
	ctx, cancel := context.WithCancel(context.Background())
	for range 3 { // calls under one context, none of them cancelled
		if err := w.Begin(ctx); err != nil {
			t.Fatal(err)
		}
		if w.End() {
			t.Fatal("cancelled")
		}
	}
	if err := w.Begin(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
	<-c.interrupted
	if !w.End() {
		t.Error("End does not report the cancel")
	}
	if i, r := c.count(); i != 1 || r != 1 {
		t.Errorf("%d interrupts, %d resumes, want 1 and 1", i, r)
	}
	// The context is refused from now on, and another one is not.
	if err := w.Begin(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Begin: %v", err)
	}
	if err := w.Begin(context.Background()); err != nil || w.End() {
		t.Errorf("Begin under a context that cannot be cancelled: %v", err)
	}
}

func TestWatchDeadline(t *testing.T) {
	c := newCounter()
	w := NewWatch(c)
	ctx := ctxtest.Soon(context.Background())
	if err := w.Begin(ctx); err != nil {
		t.Fatal(err)
	}
	<-c.interrupted
	w.End()
	if err := w.Begin(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Begin: %v", err)
	}
}

// TestWatchOtherContexts: a context that is done interrupts no call but its own.
func TestWatchOtherContexts(t *testing.T) {
	c := newCounter()
	w := NewWatch(c)
	one, cancelOne := context.WithCancel(context.Background())
	two, cancelTwo := context.WithCancel(context.Background())
	defer cancelTwo()
	twice(t, w, one)
	if err := w.Begin(context.Background()); err != nil { // leaves one's registration in place
		t.Fatal(err)
	}
	cancelOne()
	waitFor(t, func() bool { w.mu.Lock(); defer w.mu.Unlock(); return w.registered == nil })
	if w.End() {
		t.Error("a call without a context was cancelled")
	}
	twice(t, w, two)
	// A value's context has its parent's Done channel and so shares its registration.
	last := w.last
	if err := w.Begin(context.WithValue(two, counter{}, 1)); err != nil || w.last != last {
		t.Errorf("a context with a value was registered anew: %v", err)
	}
	w.End()
	if i, _ := c.count(); i != 0 {
		t.Errorf("%d interrupts", i)
	}
}

// twice makes two calls under a context. After the first nothing is registered, after the second the
// context is.
func twice(t *testing.T, w *Watch, ctx context.Context) {
	t.Helper()
	for _, want := range []bool{false, true} {
		if err := w.Begin(ctx); err != nil {
			t.Fatal(err)
		}
		if w.registered == nil {
			t.Error("the context of a running call is not registered")
		}
		w.End()
		if got := w.registered != nil; got != want {
			t.Errorf("registered after the call: %v, want %v", got, want)
		}
	}
}

func TestWatchReleaseAndClose(t *testing.T) {
	c := newCounter()
	w := NewWatch(c)
	ctx, cancel := context.WithCancel(context.Background())
	twice(t, w, ctx)
	w.Release()
	if err := w.Begin(ctx); err != nil {
		t.Fatal(err)
	}
	w.Close() // while a call runs
	w.Close()
	cancel()
	w.End()
	if i, _ := c.count(); i != 0 {
		t.Errorf("%d interrupts after Close", i)
	}
	other, cancelOther := context.WithCancel(context.Background())
	defer cancelOther()
	if err := w.Begin(other); !errors.Is(err, ErrWatchClosed) {
		t.Errorf("Begin after Close: %v", err)
	}
}

// ownContext is a context of a type that package context does not know: it keeps a goroutine for each
// AfterFunc of it.
type ownContext struct {
	context.Context
	done chan struct{}
}

func (c ownContext) Done() <-chan struct{} { return c.done }

// TestWatchLeaksNothing counts goroutines after many watches were closed, under contexts that are
// never done.
func TestWatchLeaksNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 100 {
		w := NewWatch(newCounter())
		for range 3 {
			ctx := ownContext{context.Background(), make(chan struct{})}
			if err := w.Begin(ctx); err != nil {
				t.Fatal(err)
			}
			w.End()
		}
		w.Close()
	}
	waitFor(t, func() bool { return runtime.NumGoroutine() <= before })
}

// waitFor lets other goroutines run until a condition holds.
func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("the condition does not come to hold")
		}
	}
}

// TestWatchRaces cancels contexts at any time of a call. No interrupt may be left over from one call to
// the next; the race detector looks at the rest.
func TestWatchRaces(t *testing.T) {
	mod, c := metered(t, newRuntime(t), simple(ti, "", "", []byte{
		opcodeLoop, blockEmpty, opcodeLocalGet, 0, opcodeI32Const, 1, opcodeI32Sub, opcodeLocalTee, 0, opcodeBrIf, 0, opcodeEnd,
	}), Config{})
	w := NewWatch(c)
	defer w.Close()
	stopped := 0
	for i := range 300 {
		ctx, cancel := context.WithCancel(context.Background())
		go cancel()
		if err := w.Begin(ctx); err == nil {
			_, trap := call(mod, "run", uint64(1+i*1000))
			if trap != "" {
				stopped++
			}
			if trap != "" && c.Cause() != Interrupted {
				t.Fatalf("trap %q, cause %v", trap, c.Cause())
			}
			if cancelled := w.End(); trap != "" && !cancelled {
				t.Fatal("interrupted without a cancel")
			}
			c.ClearCause()
		}
		if err := w.Begin(context.Background()); err != nil {
			t.Fatal(err)
		}
		if _, trap := call(mod, "run", 50_000); trap != "" {
			t.Fatalf("call %d was interrupted by the context of the one before", i)
		}
		w.End()
	}
	t.Logf("%d of 300 calls were interrupted", stopped)
}

// TestWatchAllocations: a call under a context that was seen before allocates nothing.
func TestWatchAllocations(t *testing.T) {
	w := NewWatch(newCounter())
	defer w.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if n := testing.AllocsPerRun(100, func() {
		if w.Begin(ctx) != nil || w.End() {
			t.Fatal("cancelled")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
