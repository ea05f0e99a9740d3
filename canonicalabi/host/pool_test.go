package host_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
)

// pooled stands for an instance.
type pooled struct {
	from   *fakeSource
	number int
	err    atomic.Pointer[error]
	closes atomic.Int32
}

func (p *pooled) Err() error {
	if err := p.err.Load(); err != nil {
		return *err
	}
	return nil
}

func (p *pooled) Close(ctx context.Context) error {
	if ctx.Err() != nil {
		panic("an instance is closed under a context that has ended")
	}
	if p.closes.Add(1) == 1 {
		p.from.live.Add(-1)
		p.kill(host.ErrClosed)
	}
	return p.from.closeErr
}

func (p *pooled) kill(err error) { p.err.Store(&err) }

// fakeSource makes pooled and counts them.
type fakeSource struct {
	name                        string
	started, live, most, closes atomic.Int32
	err, closeErr               error
}

func (s *fakeSource) source() host.Source[*pooled] {
	return host.Source[*pooled]{
		Instantiate: func(context.Context) (*pooled, error) {
			if s.err != nil {
				return nil, s.err
			}
			if s.closes.Load() > 0 {
				return nil, errors.New("the source is closed already")
			}
			live := s.live.Add(1)
			for most := s.most.Load(); live > most && !s.most.CompareAndSwap(most, live); most = s.most.Load() {
			}
			return &pooled{from: s, number: int(s.started.Add(1))}, nil
		},
		Close: func(context.Context) error {
			if s.live.Load() != 0 {
				return errors.New("the source is closed while it has instances")
			}
			s.closes.Add(1)
			return nil
		},
	}
}

func take(t *testing.T, p *host.Pool[*pooled]) *pooled {
	t.Helper()
	inst, err := p.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return inst
}

func closePool(t *testing.T, p *host.Pool[*pooled]) {
	t.Helper()
	if err := p.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
}

func TestPoolReusesInstances(t *testing.T) {
	var s fakeSource
	p := host.NewPool(3, s.source())
	a, b := take(t, p), take(t, p)
	if a == b {
		t.Fatal("an instance is handed out twice")
	}
	p.Put(t.Context(), a)
	if again := take(t, p); again != a {
		t.Errorf("the idle instance is not taken again")
	}
	p.Put(t.Context(), b)
	p.Put(t.Context(), a)
	closePool(t, p)
	if s.started.Load() != 2 || s.live.Load() != 0 || s.closes.Load() != 1 {
		t.Errorf("%d started, %d live, source closed %d times; want 2, 0, 1", s.started.Load(), s.live.Load(), s.closes.Load())
	}
}

func TestPoolStartsNothingUnasked(t *testing.T) {
	var s fakeSource
	p := host.NewPool(3, s.source())
	closePool(t, p)
	if s.started.Load() != 0 || s.closes.Load() != 1 {
		t.Errorf("%d started, source closed %d times; want 0 and 1", s.started.Load(), s.closes.Load())
	}
}

func TestPoolReplacesTheDead(t *testing.T) {
	var s fakeSource
	p := host.NewPool(1, s.source())
	a := take(t, p)
	a.kill(host.ErrDead)
	p.Put(t.Context(), a)
	if a.closes.Load() != 1 {
		t.Error("the dead instance is not closed")
	}
	b := take(t, p)
	if b == a {
		t.Fatal("the dead instance is handed out")
	}
	p.Put(t.Context(), b)
	b.kill(host.ErrDead) // while it is idle
	c := take(t, p)
	if c == b || b.closes.Load() != 1 {
		t.Errorf("an instance that died while it was idle is handed out or not closed")
	}
	p.Put(t.Context(), c)
	closePool(t, p)
}

func TestPoolBoundsItsSize(t *testing.T) {
	var s fakeSource
	p := host.NewPool(4, s.source())
	var wg sync.WaitGroup
	var most, now atomic.Int32
	for g := range 16 {
		wg.Go(func() {
			for n := range 500 {
				err := p.Do(t.Context(), func(inst *pooled) error {
					if n := now.Add(1); n > most.Load() {
						most.Store(n)
					}
					defer now.Add(-1)
					if (g+n)%7 == 0 {
						inst.kill(host.ErrDead)
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	closePool(t, p)
	if s.most.Load() > 4 || most.Load() > 4 {
		t.Errorf("%d instances lived and %d were in use at a time, of a pool of 4", s.most.Load(), most.Load())
	}
	if s.live.Load() != 0 || s.closes.Load() != 1 {
		t.Errorf("after Close %d instances live, and the source was closed %d times", s.live.Load(), s.closes.Load())
	}
}

func TestPoolWaitsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s fakeSource
		p := host.NewPool(1, s.source())
		first := take(t, p)
		var order []int
		var wg sync.WaitGroup
		for n := range 5 {
			wg.Go(func() {
				_ = p.Do(t.Context(), func(inst *pooled) error {
					order = append(order, n)
					if n == 2 {
						inst.kill(host.ErrDead) // the next one starts another
					}
					return nil
				})
			})
			synctest.Wait()
		}
		p.Put(t.Context(), first)
		wg.Wait()
		if want := []int{0, 1, 2, 3, 4}; !slices.Equal(order, want) {
			t.Errorf("served in the order %v, want %v", order, want)
		}
		if s.started.Load() != 2 {
			t.Errorf("%d instances were started, want 2", s.started.Load())
		}
		closePool(t, p)
	})
}

func TestPoolWaitsUnderTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s fakeSource
		p := host.NewPool(1, s.source())
		inst := take(t, p)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := p.Get(ctx)
		var limit *host.LimitError
		if !errors.As(err, &limit) || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "all 1 instances") {
			t.Errorf("Get of a busy pool returns %v", err)
		}
		if _, err := p.Get(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Get under a context that has ended returns %v", err)
		}
		p.Put(t.Context(), inst)
		if again := take(t, p); again != inst {
			t.Errorf("the instance was lost to the goroutine that stopped waiting")
		}
		p.Put(t.Context(), inst)
		closePool(t, p)
	})
}

// A goroutine may stop waiting at the moment that it is granted something: an
// instance, or leave to start one in the place of a dead one.
func TestPoolLosesNothingToThoseWhoGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s fakeSource
		p := host.NewPool(1, s.source())
		gaveUp := 0
		for n := range 200 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			inst, err := p.Get(ctx)
			cancel()
			if err != nil {
				t.Fatalf("round %d, after %d gave up: %v", n, gaveUp, err)
			}
			ctx, cancel = context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- p.Do(ctx, func(*pooled) error { return nil }) }()
			synctest.Wait()
			if n%2 == 0 {
				inst.kill(host.ErrDead)
			}
			cancel() // wakes the waiter, which is granted something before it has looked
			p.Put(t.Context(), inst)
			if err := <-done; errors.Is(err, context.Canceled) {
				gaveUp++
			} else if err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("%d of 200 gave up", gaveUp)
		closePool(t, p)
		if s.live.Load() != 0 || s.most.Load() != 1 {
			t.Errorf("%d instances live after Close, and %d lived at a time", s.live.Load(), s.most.Load())
		}
	})
}

func TestPoolPassesOnAFailedStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fakeSource{err: errors.New("no room")}
		p := host.NewPool(1, s.source())
		for range 3 { // none of them uses up the room
			if _, err := p.Get(t.Context()); !errors.Is(err, s.err) {
				t.Fatalf("Get returns %v, want %v", err, s.err)
			}
		}
		s.err = nil
		inst := take(t, p)
		failed := make(chan error, 2)
		for range 2 {
			go func() {
				_, err := p.Get(t.Context())
				failed <- err
			}()
		}
		synctest.Wait()
		s.err = errors.New("no more room")
		inst.kill(host.ErrDead)
		p.Put(t.Context(), inst) // wakes the first, whose failure wakes the second
		for range 2 {
			if err := <-failed; !errors.Is(err, s.err) {
				t.Errorf("a waiter gets %v, want %v", err, s.err)
			}
		}
		closePool(t, p)
	})
}

func TestPoolGivesBackAfterAPanic(t *testing.T) {
	var s fakeSource
	p := host.NewPool(1, s.source())
	var first *pooled
	func() {
		defer func() { _ = recover() }()
		_ = p.Do(t.Context(), func(inst *pooled) error {
			first = inst
			panic("the caller's own")
		})
	}()
	if second := take(t, p); second == first || first.closes.Load() == 0 {
		t.Error("the instance of a panic is used again")
	} else {
		p.Put(t.Context(), second)
	}
	closePool(t, p)
}

func TestPoolRefusesASecondPut(t *testing.T) {
	var s fakeSource
	p := host.NewPool(1, s.source())
	inst := take(t, p)
	p.Put(t.Context(), inst)
	defer func() {
		if r := recover(); !strings.Contains(fmt.Sprint(r), "not in use") {
			t.Errorf("the second Put panics with %v", r)
		}
	}()
	p.Put(t.Context(), inst)
}

func TestPoolSwap(t *testing.T) {
	a, b := &fakeSource{name: "a"}, &fakeSource{name: "b"}
	p := host.NewPool(2, a.source())
	busy, idle := take(t, p), take(t, p)
	p.Put(t.Context(), idle)
	if err := p.Swap(t.Context(), b.source()); err != nil {
		t.Fatal(err)
	}
	if idle.closes.Load() != 1 || busy.closes.Load() != 0 || a.closes.Load() != 0 {
		t.Errorf("closed: idle %d, busy %d, source %d; want 1, 0, 0", idle.closes.Load(), busy.closes.Load(), a.closes.Load())
	}
	next := take(t, p)
	if next.from != b {
		t.Errorf("after Swap an instance of %s is handed out", next.from.name)
	}
	p.Put(t.Context(), busy)
	if busy.closes.Load() != 1 || a.closes.Load() != 1 {
		t.Errorf("closed after Put: busy %d, source %d; want 1, 1", busy.closes.Load(), a.closes.Load())
	}
	p.Put(t.Context(), next)
	closePool(t, p)
	if b.closes.Load() != 1 {
		t.Errorf("the new source was closed %d times", b.closes.Load())
	}
}

func TestPoolSwapServesWaiters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := &fakeSource{name: "a"}, &fakeSource{name: "b"}
		p := host.NewPool(1, a.source())
		busy := take(t, p)
		got := make(chan *pooled, 2)
		for range 2 {
			go func() {
				inst, _ := p.Get(t.Context())
				got <- inst
			}()
		}
		synctest.Wait()
		if err := p.Swap(t.Context(), b.source()); err != nil {
			t.Fatal(err)
		}
		first := <-got
		p.Put(t.Context(), busy)
		synctest.Wait()
		if len(got) != 0 {
			t.Error("the pool of one has two instances after its Swap")
		}
		p.Put(t.Context(), first)
		if second := <-got; first.from != b || second != first {
			t.Errorf("waiters of a swapped pool get %v and %v", first, second)
		}
		p.Put(t.Context(), first)
		closePool(t, p)
	})
}

func TestPoolRefusesABadSwap(t *testing.T) {
	a, b := &fakeSource{name: "a"}, &fakeSource{name: "b", err: errors.New("broken")}
	p := host.NewPool(1, a.source())
	if err := p.Swap(t.Context(), b.source()); !errors.Is(err, b.err) {
		t.Errorf("Swap returns %v, want %v", err, b.err)
	}
	inst := take(t, p)
	if inst.from != a || b.closes.Load() != 0 {
		t.Errorf("after a failed Swap an instance of %s is handed out; the new source was closed %d times", inst.from.name, b.closes.Load())
	}
	p.Put(t.Context(), inst)
	closePool(t, p)
	c := &fakeSource{name: "c"}
	if err := p.Swap(t.Context(), c.source()); !errors.Is(err, host.ErrClosed) || c.live.Load() != 0 {
		t.Errorf("Swap of a closed pool returns %v and leaves %d instances", err, c.live.Load())
	}
}

func TestPoolCloseWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fakeSource{}
		p := host.NewPool(1, s.source())
		inst := take(t, p)
		refused := make(chan error, 1)
		go func() {
			_, err := p.Get(t.Context())
			refused <- err
		}()
		synctest.Wait()
		done := make(chan error, 2)
		for range 2 {
			go func() { done <- p.Close(t.Context()) }()
		}
		synctest.Wait()
		if len(done) != 0 || inst.closes.Load() != 0 {
			t.Error("Close does not wait for an instance in use")
		}
		if err := <-refused; !errors.Is(err, host.ErrClosed) {
			t.Errorf("a waiter of a closed pool gets %v", err)
		}
		if _, err := p.Get(t.Context()); !errors.Is(err, host.ErrClosed) {
			t.Errorf("Get of a closed pool returns %v", err)
		}
		p.Put(t.Context(), inst)
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if s.live.Load() != 0 || s.closes.Load() != 1 {
			t.Errorf("%d live, source closed %d times", s.live.Load(), s.closes.Load())
		}
	})
}

func TestPoolCloseEndsUnderItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fakeSource{}
		p := host.NewPool(1, s.source())
		inst := take(t, p)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := p.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Close returns %v, want a deadline", err)
		}
		if !errors.Is(inst.Err(), host.ErrClosed) || s.closes.Load() != 0 {
			t.Errorf("the instance says %v and the source was closed %d times; want ErrClosed and 0", inst.Err(), s.closes.Load())
		}
		p.Put(t.Context(), inst)
		if s.live.Load() != 0 || s.closes.Load() != 1 {
			t.Errorf("%d live, source closed %d times", s.live.Load(), s.closes.Load())
		}
		closePool(t, p)
	})
}

// An instance that starts while the pool closes is not handed out.
func TestPoolCloseDuringStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fakeSource{}
		source := s.source()
		start := source.Instantiate
		goOn := make(chan struct{})
		source.Instantiate = func(ctx context.Context) (*pooled, error) {
			<-goOn
			return start(ctx)
		}
		p := host.NewPool(1, source)
		failed := make(chan error, 1)
		go func() {
			_, err := p.Get(t.Context())
			failed <- err
		}()
		synctest.Wait()
		closed := make(chan error, 1)
		go func() { closed <- p.Close(t.Context()) }()
		synctest.Wait()
		close(goOn)
		if err := <-failed; !errors.Is(err, host.ErrClosed) {
			t.Errorf("Get returns %v", err)
		}
		if err := <-closed; err != nil || s.live.Load() != 0 || s.closes.Load() != 1 {
			t.Errorf("Close returns %v, %d live, source closed %d times", err, s.live.Load(), s.closes.Load())
		}
	})
}

func TestPoolCloseReportsErrors(t *testing.T) {
	s := &fakeSource{closeErr: errors.New("a file stays open")}
	p := host.NewPool(1, s.source())
	p.Put(t.Context(), take(t, p))
	if err := p.Close(t.Context()); !errors.Is(err, s.closeErr) {
		t.Errorf("Close returns %v, want %v", err, s.closeErr)
	}
}

func TestPoolHasASize(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("NewPool takes a size of 0")
		}
	}()
	var s fakeSource
	host.NewPool(0, s.source())
}
