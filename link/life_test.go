package link_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/link"
	"github.com/witgen/witgen/link/internal/linear"
)

// startGrowing starts an instance and closes it with the test.
func startGrowing(t *testing.T, plugin *dynamic.Plugin, opts ...host.Option) *dynamic.Instance {
	t.Helper()
	inst, err := plugin.Instantiate(context.Background(), nil, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = inst.Close(context.Background()) })
	return inst
}

func compileGrowing(t *testing.T, opts ...host.Option) *dynamic.Plugin {
	t.Helper()
	plugin, err := dynamic.Compile(context.Background(), growing(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = plugin.Close(context.Background()) })
	return plugin
}

func TestMemoryBudgetRefuses(t *testing.T) {
	const page = linear.PageSize
	budget := host.NewBudget(10 * page)
	plugin, other := compileGrowing(t, host.SharedMemoryBudget(budget)), compileGrowing(t, host.SharedMemoryBudget(budget))
	first := startGrowing(t, plugin)
	wants(t, first, 1, "run", 7) // 8 pages
	second := startGrowing(t, other)
	wants(t, second, math.MaxUint32, "run", 2) // one page is left
	wants(t, second, 1, "run", 1)
	var limit *host.LimitError
	if _, err := plugin.Instantiate(t.Context(), nil); !errors.As(err, &limit) || limit.Limit != "memory budget" || !strings.Contains(err.Error(), "655360 of 655360") {
		t.Errorf("an instance beyond the budget: %v", err)
	}
	if err := second.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if got := budget.Used(); got != 8*page {
		t.Errorf("%d bytes are in use after one instance was closed, want %d", got, 8*page)
	}
	if _, err := first.Call(t.Context(), "run", uint32(1000)); err == nil {
		t.Error("the guest did not trap")
	}
	if got := budget.Used(); got != 0 {
		t.Errorf("%d bytes are in use after the other died", got)
	}
}

func TestMemoryBudgetWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		plugin, err := dynamic.Compile(ctx, growing(), host.MemoryBudget(2*linear.PageSize), host.WaitForMemory())
		if err != nil {
			t.Fatal(err)
		}
		defer plugin.Close(ctx)
		first, err := plugin.Instantiate(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		wants(t, first, 1, "run", 1)
		short, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		var limit *host.LimitError
		if _, err := plugin.Instantiate(short, nil); !errors.As(err, &limit) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting under a context that ends: %v", err)
		}
		started := make(chan error, 1)
		go func() {
			inst, err := plugin.Instantiate(ctx, nil)
			if err == nil {
				err = inst.Close(ctx)
			}
			started <- err
		}()
		synctest.Wait()
		if len(started) != 0 {
			t.Error("an instance does not wait for memory")
		}
		if err := first.Close(ctx); err != nil {
			t.Error(err)
		}
		if err := <-started; err != nil {
			t.Error(err)
		}
	})
}

// An option that waits must not wait for what can never be.
func TestMemoryBudgetTooSmall(t *testing.T) {
	plugin := compileGrowing(t, host.MemoryBudget(1000), host.WaitForMemory())
	var limit *host.LimitError
	if _, err := plugin.Instantiate(t.Context(), nil); !errors.As(err, &limit) {
		t.Errorf("got %v", err)
	}
}

// Memory of an instance that nobody closes is given back once the instance is collected,
// and the instance does not count any more.
func TestAbandonedInstance(t *testing.T) {
	budget := host.NewBudget(1 << 30)
	plugin := compileGrowing(t, host.SharedMemoryBudget(budget), host.InstanceLimit(2))
	kept := startGrowing(t, plugin)
	func() {
		inst, err := plugin.Instantiate(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		wants(t, inst, 1, "run", 9)
	}()
	for end := time.Now().Add(time.Minute); budget.Used() != linear.PageSize; runtime.Gosched() {
		if runtime.GC(); time.Now().After(end) {
			t.Fatalf("%d bytes are in use, want those of the instance that lives", budget.Used())
		}
	}
	wants(t, kept, 1, "run", 0)
	for end := time.Now().Add(time.Minute); ; runtime.Gosched() {
		inst, err := plugin.Instantiate(context.Background(), nil)
		if err == nil {
			_ = inst.Close(context.Background())
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the abandoned instance still counts: %v", err)
		}
	}
}

// wazero frees the memories of a runtime when that is closed, also of an instance whose
// call is under way. The guest goes on with its memory until it returns.
func TestRuntimeClosesDuringCall(t *testing.T) {
	ctx := context.Background()
	m := &wasmtest.Module{}
	hook := m.Import("test:a/hooks", "hook", "->")
	m.Memory(1, -1)
	// It writes to its memory and makes it larger after the runtime was closed.
	m.ExportFunc("run", "i32 -> i32", "", wasmtest.Call(hook),
		wasmtest.I32(100), wasmtest.I32(7), wasmtest.Store32(0),
		wasmtest.I32(3), wasmtest.MemoryGrow, wasmtest.Drop,
		wasmtest.I32(100), wasmtest.Load32(0), wasmtest.I32(7), wasmtest.I32Eq, wasmtest.If(wasmtest.Call(hook)),
		wasmtest.I32(7))
	runtime := wazero.NewRuntime(ctx)
	plugin, err := link.Compile(ctx, m.Bytes(), running(hooks), host.Runtime(runtime))
	if err != nil {
		t.Fatal(err)
	}
	before := linear.InUse()
	calls := 0
	var other []byte
	inst, err := plugin.Instantiate(ctx, []any{func() {
		if calls++; calls > 1 {
			return
		}
		if err := runtime.Close(ctx); err != nil {
			t.Error(err)
		}
		set := linear.NewSet(linear.PageSize, nil, 0)
		t.Cleanup(set.Release)
		other = set.Allocate(0, linear.PageSize).Reallocate(linear.PageSize)
	}})
	if err != nil {
		t.Fatal(err)
	}
	f := plugin.Export(inst, 0).Func(0)
	var exit *host.ExitError // by wazero, once the guest has returned
	if _, err := f.Begin(ctx).Finish(); !errors.As(err, &exit) {
		t.Errorf("got %v, want wazero's error of a closed module", err)
	}
	if calls != 2 || !bytes.Equal(other, make([]byte, len(other))) {
		t.Errorf("the guest called %d times, or wrote to the memory of another instance", calls)
	}
	if err := inst.Close(ctx); err != nil {
		t.Error(err)
	}
	if got := linear.InUse() - linear.PageSize; got != before { // other's
		t.Errorf("%d bytes are in use after Close, and %d were before", got, before)
	}
	if err := plugin.Close(ctx); err != nil {
		t.Error(err)
	}
}

// hooks is an interface whose function calls the implementation, a func().
var hooks = bind.Item{Name: "test:a/hooks", Field: "Hooks", Interface: &bind.Interface{
	Functions: []bind.Function{{Name: "hook", Import: "->", Handle: func(c *bind.Call) { c.Impl().(func())() }}}}}
