package bind_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/ctxtest"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// worker is a guest whose run(n) loops n times, calls a function each time, grows
// its memory, fills some of it, and logs once.
func worker() *hosttest.Guest {
	g := hosttest.NewGuest("log")
	work := g.Func("i32 -> i32", "", wasmtest.Get(0), wasmtest.I32(3), wasmtest.I32Mul)
	g.Define("run", "", wasmtest.I32(0), wasmtest.I32(5), g.Call("log"),
		wasmtest.I32(1), wasmtest.MemoryGrow, wasmtest.Drop,
		wasmtest.I32(0), wasmtest.I32(0), wasmtest.I32(40_000), wasmtest.MemoryFill,
		wasmtest.Loop(
			wasmtest.Get(0), wasmtest.Call(work), wasmtest.Drop,
			wasmtest.Get(0), wasmtest.I32(1), wasmtest.I32Sub, wasmtest.Tee(0), wasmtest.BrIf(0)),
		wasmtest.I64(0))
	return g
}

// The same call burns the same fuel: in each run, in each instance, under wazero's
// compiler and under its interpreter.
func TestFuelIsDeterministic(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	interpreter := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	t.Cleanup(func() { interpreter.Close(ctx) })
	const turns = 20_000 // more than one slice of fuel
	enough := func(fuel uint64, opts ...host.Option) bool {
		inst := start(t, worker(), &hosttest.Host{}, append(opts, host.Fuel(fuel))...)
		defer inst.Close(ctx)
		_, err := inst.Run(ctx, turns)
		var limit *host.LimitError
		if err != nil && (!errors.As(err, &limit) || limit.Limit != "fuel") {
			t.Fatalf("with %d: %v", fuel, err)
		}
		return err == nil
	}
	low, high := uint64(0), uint64(10_000_000) // too little, and enough
	for high-low > 1 {
		if middle := (low + high) / 2; enough(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	t.Logf("the call takes %d", high)
	if high < turns || high > 20*turns {
		t.Errorf("%d turns take %d", turns, high)
	}
	for range 5 {
		if !enough(high) || enough(high-1) {
			t.Fatalf("the call does not take %d again", high)
		}
	}
	if !enough(high, host.Runtime(interpreter)) || enough(high-1, host.Runtime(interpreter)) {
		t.Errorf("the interpreter burns something else than %d", high)
	}

	// Each call has as much.
	inst := start(t, worker(), &hosttest.Host{}, host.Fuel(high))
	for range 20 {
		if _, err := inst.Run(ctx, turns); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := inst.Run(ctx, turns+1); err == nil {
		t.Error("a call that takes more passes")
	}
	checkState(t, inst, false)
}

// A guest is stopped by a cancel, whatever it does. Package meter bounds how many units
// it runs until then, and its BenchmarkCancel measures the time.
func TestCancel(t *testing.T) {
	recursion := func(g *hosttest.Guest) {
		self := g.Declare("i32 ->")
		less := wasmtest.Seq(wasmtest.Get(0), wasmtest.I32(1), wasmtest.I32Sub, wasmtest.Call(self))
		g.DefineFunc(self, "", wasmtest.Get(0), wasmtest.If(less, less))
		g.Define("run", "", wasmtest.I32(1000), wasmtest.Call(self), wasmtest.I64(0))
	}
	for name, write := range map[string]func(g *hosttest.Guest){
		"loop":                  func(g *hosttest.Guest) { g.Define("run", "", wasmtest.Loop(wasmtest.Br(0)), wasmtest.I64(0)) },
		"exponential recursion": recursion,
		"memory.fill": func(g *hosttest.Guest) {
			g.Define("run", "", wasmtest.Loop(wasmtest.I32(0), wasmtest.I32(1), wasmtest.I32(page), wasmtest.MemoryFill, wasmtest.Br(0)), wasmtest.I64(0))
		},
		"import": func(g *hosttest.Guest) {
			g.Define("run", "", wasmtest.Loop(wasmtest.I32(0), wasmtest.I32(0), g.Call("log"), wasmtest.Br(0)), wasmtest.I64(0))
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := hosttest.NewGuest("log")
			write(g)
			h := &hosttest.Host{OnLog: func(context.Context, string) error { return nil }}
			inst := start(t, g, h)
			_, err := inst.Run(cancelled(t.Context()), 0)
			wantsLimit(t, "run", err, context.Canceled)
			checkState(t, inst, false)
		})
	}
}

// Contexts that end at any time of a call stop that call or none.
func TestCancelRaces(t *testing.T) {
	t.Parallel()
	plugin := compile(t, worker())
	h := &hosttest.Host{OnLog: func(context.Context, string) error { return nil }}
	inst := instantiate(t, plugin, h)
	stopped, refused := 0, 0
	for i := range 500 {
		ctx, cancel := context.WithCancel(context.Background())
		go cancel()
		_, err := inst.Run(ctx, uint32(i*10+1))
		if err != nil {
			wantsLimit(t, "run", err, context.Canceled)
		}
		if inst.Err() != nil {
			stopped++
			if err == nil {
				t.Fatal("the instance is dead after a call that went well")
			}
			inst.Close(ctx)
			inst = instantiate(t, plugin, h)
			continue
		}
		if err != nil {
			refused++
		}
		if _, err := inst.Run(context.Background(), 10_000); err != nil {
			t.Fatalf("the call after one whose context ended: %v", err)
		}
	}
	t.Logf("%d of 500 calls were stopped, %d refused", stopped, refused)
}

// A context that ends while a guest's import runs another guest stops both. It may end
// before the inner guest runs, which then lives, so each try has more time than the one
// before.
func TestDeadlineOfTwoGuests(t *testing.T) {
	t.Parallel()
	for delay := time.Millisecond; delay < time.Minute; delay *= 2 {
		ctx, cancel := context.WithCancel(t.Context())
		inner := start(t, spinner(), &hosttest.Host{})
		h := &hosttest.Host{OnLog: func(ctx context.Context, _ string) error {
			time.AfterFunc(delay, cancel)
			return inner.Values().Nothing(ctx)
		}}
		outer := start(t, keeper(), h)
		_, err := outer.Run(ctx, 0)
		wantsLimit(t, "run", err, context.Canceled)
		if inner.Err() == nil {
			continue
		}
		for name, inst := range map[string]*subject.Instance{"inner": inner, "outer": outer} {
			if !errors.Is(inst.Err(), host.ErrDead) {
				t.Errorf("the %s instance: %v", name, inst.Err())
			}
		}
		return
	}
	t.Error("no context ended while the inner guest ran")
}

// A host function that returns the error of the call's context ends the call with
// a LimitError; one that returns such an error of another context with a Trap.
func TestContextErrorsOfHostFunctions(t *testing.T) {
	t.Parallel()
	h := &hosttest.Host{OnLog: func(ctx context.Context, _ string) error {
		<-ctx.Done()
		return ctx.Err()
	}}
	_, err := start(t, keeper(), h).Run(ctxtest.Soon(t.Context()), 0)
	wantsLimit(t, "run", err, context.DeadlineExceeded)
	h = &hosttest.Host{OnLog: func(context.Context, string) error { return context.DeadlineExceeded }}
	_, err = start(t, keeper(), h).Run(t.Context(), 0)
	checkOutcome(t, err, outcome{fn: "run", rule: host.RuleImportFailed, is: context.DeadlineExceeded})
}

// A call under a context that can end allocates nothing, if the context was seen
// before, nor does fuel.
func TestStoppableAllocations(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for name, opts := range map[string][]host.Option{"metered": nil, "with fuel": {host.Fuel(1e9)}} {
		values := start(t, hosttest.NewGuest(), &hosttest.Host{}, opts...).Values()
		if n := testing.AllocsPerRun(100, func() { values.Add(ctx, 2, 3) }); n != 0 {
			t.Errorf("%s, add allocates %v times", name, n)
		}
	}
}
