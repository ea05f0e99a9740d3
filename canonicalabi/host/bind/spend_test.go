package bind_test

import (
	"context"
	"errors"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
)

// spending is a host whose Nothing spends fuel.
type spending struct {
	hosttest.Values
	units uint64
	ctx   context.Context // of the last call
}

func (s *spending) Nothing(ctx context.Context) error {
	s.ctx = ctx
	return host.Spend(ctx, s.units)
}

func (s *spending) EchoBools(ctx context.Context, v []bool) ([]bool, error) {
	s.ctx = ctx
	return v, nil
}

func startSpending(t *testing.T, s *spending, options ...host.Option) *subject.Instance {
	t.Helper()
	plugin, err := subject.Compile(t.Context(), hosttest.NewEcho().Bytes(), options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = plugin.Close(context.Background()) })
	imports := (&hosttest.Host{}).Imports()
	imports.Values = s
	inst, err := plugin.Instantiate(t.Context(), imports)
	if err != nil {
		t.Fatal(err)
	}
	return inst
}

// A host function spends fuel of the call that it runs in, and of no other.
func TestSpend(t *testing.T) {
	t.Parallel()
	const fuel = 100_000
	s := &spending{}
	inst := startSpending(t, s, host.Fuel(fuel))
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "value")
	for _, s.units = range []uint64{0, 1, fuel - 1000, fuel - 1000} {
		if err := inst.Values().Nothing(ctx); err != nil {
			t.Fatalf("spending %d: %v", s.units, err)
		}
		if s.ctx.Value(key{}) != "value" {
			t.Error("the context of the host function does not have the caller's value")
		}
		if err := host.Spend(s.ctx, 0); err == nil {
			t.Error("a host function that has returned spends")
		}
	}
	s.units = fuel
	err := inst.Values().Nothing(ctx)
	var limit *host.LimitError
	if !errors.As(err, &limit) || limit.Limit != "fuel" || !limit.Fatal || limit.Func != "test:subject/values@1.2.3#nothing" {
		t.Errorf("spending all: %v", err)
	}
	checkState(t, inst, false)
}

// Without fuel, to spend is to look at the context.
func TestSpendWithoutFuel(t *testing.T) {
	t.Parallel()
	for _, options := range [][]host.Option{nil, {host.Unmetered(), host.Fuel(5)}} {
		s := &spending{units: 1 << 60}
		inst := startSpending(t, s, options...)
		if err := inst.Values().Nothing(t.Context()); err != nil {
			t.Error(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := host.Spend(ctx, 1<<60); err != nil {
		t.Error(err)
	}
	cancel()
	if err := host.Spend(ctx, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

// While the guest's result is lifted, no host function runs, and none that has returned spends.
func TestSpendLate(t *testing.T) {
	t.Parallel()
	s := &spending{}
	inst := startSpending(t, s, host.Fuel(100_000_000))
	var spent []error
	instanceOf(inst).OnLook(func(uint64) {
		if s.ctx != nil {
			spent = append(spent, host.Spend(s.ctx, 0))
		}
	})
	if _, err := inst.Values().EchoBools(t.Context(), make([]bool, 100_000)); err != nil {
		t.Fatal(err)
	}
	if len(spent) < 2 || spent[0] != nil || spent[len(spent)-1] == nil {
		t.Errorf("spending at each look: %v", spent)
	}
}
