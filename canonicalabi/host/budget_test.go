package host_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
)

func TestBudget(t *testing.T) {
	b := host.NewBudget(10)
	if !b.Take(6) || b.Take(5) || !b.Take(4) || b.Take(1) {
		t.Errorf("of 10 bytes %d are taken", b.Used())
	}
	b.Give(10)
	if b.Used() != 0 || b.Limit() != 10 {
		t.Errorf("%d of %d bytes are taken after all were given back", b.Used(), b.Limit())
	}
	var limit *host.LimitError
	if err := b.Wait(t.Context(), 11); !errors.As(err, &limit) {
		t.Errorf("Wait for more than there is returns %v", err)
	}
}

func TestBudgetServesInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := host.NewBudget(10)
		b.Take(10)
		var mu sync.Mutex
		var order []int
		var wg sync.WaitGroup
		for n, bytes := range []uint64{8, 2, 9} {
			wg.Go(func() {
				if err := b.Wait(t.Context(), bytes); err != nil {
					t.Error(err)
				}
				mu.Lock()
				order = append(order, n)
				mu.Unlock()
			})
			synctest.Wait()
		}
		served := func(what string, want ...int) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if !slices.Equal(order, want) {
				t.Errorf("%s: %v were served, want %v", what, order, want)
			}
		}
		b.Give(2) // enough for the second, but the first comes first
		served("2 of 10")
		b.Give(6)
		served("8 of 10", 0)
		b.Give(2)
		served("10 of 10", 0, 1)
		b.Give(10)
		served("all given back", 0, 1, 2)
		wg.Wait()
		if b.Used() != 9 {
			t.Errorf("%d bytes are taken, want 9", b.Used())
		}
	})
}

func TestBudgetWaitEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := host.NewBudget(10)
		b.Take(5)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		failed := make(chan error, 1)
		go func() { failed <- b.Wait(ctx, 6) }()
		synctest.Wait()
		behind := make(chan error, 1)
		go func() { behind <- b.Wait(t.Context(), 5) }() // which there would be
		synctest.Wait()
		if len(behind) != 0 {
			t.Error("one who came later was served before the first")
		}
		if err := <-failed; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Wait under a context that ends returns %v", err)
		}
		if err := <-behind; err != nil || b.Used() != 10 {
			t.Errorf("the one behind gets %v, and %d bytes are taken", err, b.Used())
		}
		if err := b.Wait(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Wait under a context that has ended returns %v", err)
		}
	})
}
