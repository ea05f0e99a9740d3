package host_test

import (
	"context"
	"errors"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
)

// freshly is a pooled instance that can be put back.
type freshly struct {
	*pooled
	resets int
	reset  func(n int) error // of the reset number n
}

func (f *freshly) Reset(context.Context) error {
	f.resets++
	if err := f.reset(f.resets); err != nil {
		if err != host.ErrNotFresh {
			f.kill(err)
		}
		return err
	}
	return nil
}

func freshPool(s *fakeSource, size int, reset func(n int) error) *host.Pool[*freshly] {
	source := s.source()
	return host.NewPool(size, host.Source[*freshly]{Close: source.Close, Instantiate: func(ctx context.Context) (*freshly, error) {
		inst, err := source.Instantiate(ctx)
		return &freshly{pooled: inst, reset: reset}, err
	}})
}

func TestPoolResets(t *testing.T) {
	var s fakeSource
	gone := errors.New("a table has grown")
	p := freshPool(&s, 1, func(n int) error {
		if n == 3 {
			return gone
		}
		return nil
	})
	for range 7 {
		if err := p.Do(t.Context(), func(*freshly) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if got := p.Stats(); got.Started != 3 || got.Reset != 5 || got.Replaced != 2 || !errors.Is(got.Reason, gone) {
		t.Errorf("the pool counts %+v; want 3 started, 5 reset, 2 replaced", got)
	}
	if err := p.Close(t.Context()); err != nil || s.live.Load() != 0 {
		t.Errorf("Close returns %v, and %d live", err, s.live.Load())
	}
}

// An instance that was not compiled for it is used again as it is, and a dead one is not
// put back.
func TestPoolOfInstancesThatStayAsTheyAre(t *testing.T) {
	var s fakeSource
	p := freshPool(&s, 1, func(int) error { return host.ErrNotFresh })
	inst, err := p.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.Put(t.Context(), inst)
	again, _ := p.Get(t.Context())
	if got := p.Stats(); again != inst || got.Reset != 0 || got.Replaced != 0 {
		t.Errorf("the pool counts %+v, and the instance is another one: %t", got, again != inst)
	}
	again.kill(host.ErrDead)
	p.Put(t.Context(), again)
	if got := p.Stats(); again.resets != 1 || got.Replaced != 1 || again.closes.Load() != 1 {
		t.Errorf("a dead instance was reset %d times and closed %d times; the pool counts %+v", again.resets-1, again.closes.Load(), got)
	}
	_ = p.Close(t.Context())
}

func TestPoolSurvivesAPanicOfReset(t *testing.T) {
	var s fakeSource
	p := freshPool(&s, 1, func(int) error { panic("the resource's own") })
	inst, _ := p.Get(t.Context())
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is lost")
			}
		}()
		p.Put(t.Context(), inst)
	}()
	if inst.closes.Load() != 1 || p.Stats().Replaced != 1 {
		t.Errorf("the instance was closed %d times; the pool counts %+v", inst.closes.Load(), p.Stats())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // Close has nothing to wait for
	if err := p.Close(ctx); err != nil {
		t.Error(err)
	}
}
