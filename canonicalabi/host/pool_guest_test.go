package host_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// answering returns the source of a guest whose run returns n, and traps for a
// parameter of 13.
func answering(t testing.TB, n uint64) host.Source[*subject.Instance] {
	t.Helper()
	g := hosttest.NewGuest()
	g.Define("run", "", wasmtest.Get(0), wasmtest.I32(13), wasmtest.I32Eq,
		wasmtest.If(wasmtest.Unreachable), wasmtest.I64(n))
	plugin, err := subject.Compile(t.Context(), g.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return host.Source[*subject.Instance]{
		Instantiate: func(ctx context.Context) (*subject.Instance, error) {
			return plugin.Instantiate(ctx, subject.Imports{})
		},
		Close: plugin.Close,
	}
}

// A plugin is reloaded again and again under eight goroutines, and no call fails
// but those that trap.
func TestPoolReloadsWhileServing(t *testing.T) {
	ctx := t.Context()
	p := host.NewPool(3, answering(t, 1))
	var stop atomic.Bool
	var wg sync.WaitGroup
	var newest atomic.Uint64
	var calls, traps atomic.Int64
	newest.Store(1)
	for g := range 8 {
		wg.Go(func() {
			for n := 0; !stop.Load(); n++ {
				least := newest.Load()
				param := uint32((g + n) % 50)
				err := p.Do(ctx, func(inst *subject.Instance) error {
					got, err := inst.Run(ctx, param)
					if err == nil && got < least {
						t.Errorf("run answers %d after the reload of %d", got, least)
					}
					return err
				})
				calls.Add(1)
				var trap *host.Trap
				switch {
				case param == 13 && errors.As(err, &trap):
					traps.Add(1)
				case param == 13 || err != nil:
					t.Errorf("run(%d): %v", param, err)
					return
				}
			}
		})
	}
	for n := uint64(2); n < 12; n++ {
		for before := calls.Load(); calls.Load() < before+200 && !t.Failed(); {
			if err := p.Do(ctx, func(inst *subject.Instance) error { _, err := inst.Run(ctx, 1); return err }); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Swap(ctx, answering(t, n)); err != nil {
			t.Fatal(err)
		}
		newest.Store(n)
	}
	stop.Store(true)
	wg.Wait()
	if err := p.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if traps.Load() == 0 {
		t.Error("no call trapped, so nothing was replaced")
	}
	t.Logf("%d calls, %d of which trapped, over 10 reloads", calls.Load(), traps.Load())
}

// The memory of old plugins goes: the source is closed, and so is its runtime.
func TestPoolClosesOldPlugins(t *testing.T) {
	ctx := t.Context()
	old := answering(t, 1)
	p := host.NewPool(1, old)
	if err := p.Do(ctx, func(inst *subject.Instance) error { _, err := inst.Run(ctx, 1); return err }); err != nil {
		t.Fatal(err)
	}
	if err := p.Swap(ctx, answering(t, 2)); err != nil {
		t.Fatal(err)
	}
	if _, err := old.Instantiate(ctx); !errors.Is(err, host.ErrClosed) {
		t.Errorf("the old plugin still makes instances: %v", err)
	}
	if err := p.Close(ctx); err != nil {
		t.Error(err)
	}
}

func BenchmarkPool(b *testing.B) {
	for _, goroutines := range []int{1, 2, 8} {
		b.Run(fmt.Sprint("goroutines=", goroutines), func(b *testing.B) {
			ctx := context.Background()
			p := host.NewPool(goroutines, answering(b, 1))
			defer p.Close(ctx)
			b.ReportAllocs()
			var wg sync.WaitGroup
			for g := range goroutines {
				wg.Go(func() {
					for range (b.N + g) / goroutines {
						inst, err := p.Get(ctx)
						if err != nil {
							b.Error(err)
							return
						}
						if _, err := inst.Run(ctx, 1); err != nil {
							b.Error(err)
						}
						p.Put(ctx, inst)
					}
				})
			}
			wg.Wait()
		})
	}
}
