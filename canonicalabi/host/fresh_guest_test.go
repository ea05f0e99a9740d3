package host_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/guestbuild"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/store"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// The parameters of run of a freshGuest.
const (
	remember = iota // changes all that the guest has, and returns what it had
	trap
	growTable
	openEntries // returns the handles of three, one in each decimal
	dropEntry   // the first of them
	dropEntries
)

// freshGuest is a guest whose run(remember) returns a number that is another one each time
// that it is called, unless all state of the guest is as it was: memory, memory size, a
// global and a table.
func freshGuest() []byte {
	g := hosttest.NewGuest("store.open-all", "store.[resource-drop]entry", "shop.[resource-new]item")
	global := g.Global("i32", wasmtest.I32(3))
	one := g.Func("-> i32", "", wasmtest.I32(1))
	two := g.Func("-> i32", "", wasmtest.I32(2))
	g.Table(2, -1)
	g.Elements(0, one, two)
	code := wasmtest.Seq
	at := func(addr uint32) wasmtest.Code { return code(wasmtest.I32(addr), wasmtest.Load32(0)) }
	increment := func(addr uint32) wasmtest.Code {
		return code(wasmtest.I32(addr), at(addr), wasmtest.I32(1), wasmtest.I32Add, wasmtest.Store32(0))
	}
	when := func(n uint32, then ...wasmtest.Code) wasmtest.Code {
		return code(wasmtest.Get(0), wasmtest.I32(n), wasmtest.I32Eq, wasmtest.If(then...))
	}
	drop := func(handle uint32) wasmtest.Code {
		return code(wasmtest.I32(handle), g.Call("store.[resource-drop]entry"))
	}
	g.Define("run", "i32 i32",
		when(trap, wasmtest.Unreachable),
		when(growTable, wasmtest.RefNullFunc, wasmtest.I32(1), wasmtest.TableGrow, wasmtest.Drop),
		when(openEntries, wasmtest.I32(3), wasmtest.I32(hosttest.Area), g.Call("store.open-all"),
			at(hosttest.Area), wasmtest.Tee(1), wasmtest.Load32(0), wasmtest.I32(10), wasmtest.I32Mul, wasmtest.Get(1), wasmtest.Load32(4), wasmtest.I32Add,
			wasmtest.I32(10), wasmtest.I32Mul, wasmtest.Get(1), wasmtest.Load32(8), wasmtest.I32Add, wasmtest.I64ExtendU, wasmtest.Return),
		when(dropEntry, drop(1)),
		when(dropEntries, drop(1), drop(2), drop(3)),
		// What it has: 4 numbers of 16 bits, but for the size.
		at(100), at(60_000), wasmtest.I32Add,
		wasmtest.GlobalGet(global), wasmtest.I32Add,
		wasmtest.I32(0), wasmtest.CallIndirect(g.Type("-> i32")), wasmtest.I32(1000), wasmtest.I32Mul, wasmtest.I32Add,
		wasmtest.MemorySize, wasmtest.I32(100_000), wasmtest.I32Mul, wasmtest.I32Add, wasmtest.Set(1),
		// What it does with that.
		increment(100), increment(60_000),
		wasmtest.GlobalGet(global), wasmtest.I32(7), wasmtest.I32Add, wasmtest.GlobalSet(global),
		wasmtest.I32(0), wasmtest.I32(1), wasmtest.I32(1), wasmtest.TableCopy,
		wasmtest.I32(2), wasmtest.MemoryGrow, wasmtest.I32(16), wasmtest.I32Shl, wasmtest.Set(2),
		wasmtest.Get(2), wasmtest.I32(0), wasmtest.I32Eq, wasmtest.If(wasmtest.Unreachable), // at most 2 pages more
		wasmtest.Get(2), wasmtest.Load32(0), wasmtest.Get(1), wasmtest.I32Add, wasmtest.Set(1), // which are zero
		wasmtest.Get(2), wasmtest.I32(5), wasmtest.Store32(0),
		wasmtest.Get(1), wasmtest.I64ExtendU)
	g.Define("shop.[constructor]item", "", wasmtest.Get(0), g.Call("shop.[resource-new]item"))
	g.Define("shop.[method]item.value", "", wasmtest.Get(0))
	return g.Bytes()
}

func freshSource(t testing.TB, h *hosttest.Host, opts ...host.Option) host.Source[*subject.Instance] {
	t.Helper()
	plugin, err := subject.Compile(t.Context(), freshGuest(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return host.Source[*subject.Instance]{Close: plugin.Close, Instantiate: func(ctx context.Context) (*subject.Instance, error) {
		return plugin.Instantiate(ctx, h.Imports())
	}}
}

func runs(t testing.TB, inst *subject.Instance, param uint32) uint64 {
	t.Helper()
	got, err := inst.Run(t.Context(), param)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// times is how often the tests put an instance back.
func times() int {
	if guestbuild.Whole() {
		return 1_000_000
	}
	return 10_000
}

// Whatever a taker of an instance has its guest do, the next one finds nothing of it, and
// nothing grows.
func TestFreshInstances(t *testing.T) {
	budget := host.NewBudget(1 << 30)
	p := host.NewPool(1, freshSource(t, &hosttest.Host{}, host.Fresh(), host.SharedMemoryBudget(budget)))
	inst, err := p.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want, used := runs(t, inst, remember), budget.Used()
	if again := runs(t, inst, remember); again == want {
		t.Fatal("the guest does not remember")
	}
	p.Put(t.Context(), inst)
	heap := func() uint64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	n, before := times(), uint64(0)
	for k := range n {
		if k == n/2 {
			before = heap()
		}
		inst, err := p.Get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := runs(t, inst, remember); got != want {
			t.Fatalf("call %d finds %d, and the first found %d", k, got, want)
		}
		if budget.Used() != used {
			t.Fatalf("after call %d the memory has %d bytes, and %d after the first", k, budget.Used(), used)
		}
		p.Put(t.Context(), inst)
	}
	if after := heap(); after > before+1<<20 {
		t.Errorf("the heap grew from %d to %d bytes", before, after)
	}
	if got := p.Stats(); got.Started != 1 || got.Replaced != 0 || got.Reset != uint64(n)+1 {
		t.Errorf("the pool counts %+v", got)
	}
	if err := p.Close(t.Context()); err != nil || budget.Used() != 0 {
		t.Errorf("Close returns %v and leaves %d bytes", err, budget.Used())
	}
}

func TestFreshInstancesOnManyGoroutines(t *testing.T) {
	p := host.NewPool(3, freshSource(t, &hosttest.Host{}, host.Fresh(), host.Fuel(100_000)))
	inst, err := p.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := runs(t, inst, remember)
	p.Put(t.Context(), inst)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for n := range 300 {
				err := p.Do(t.Context(), func(inst *subject.Instance) error {
					if (g+n)%17 == 0 {
						_, err := inst.Run(t.Context(), trap)
						if err == nil {
							t.Error("no trap")
						}
						return nil
					}
					got, err := inst.Run(t.Context(), remember)
					if got != want && err == nil {
						t.Errorf("got %d, want %d", got, want)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	got := p.Stats()
	if got.Replaced == 0 || got.Started > got.Replaced+3 || got.Reset+got.Replaced != 8*300+1 {
		t.Errorf("the pool counts %+v", got)
	}
	closePools(t, p)
}

func closePools(t *testing.T, p *host.Pool[*subject.Instance]) {
	t.Helper()
	if err := p.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
}

// What cannot be put back is replaced, and the pool tells why.
func TestInstancesThatCannotBeFresh(t *testing.T) {
	p := host.NewPool(1, freshSource(t, &hosttest.Host{}, host.Fresh()))
	for n, test := range []struct {
		param uint32
		want  string
	}{{trap, "dead"}, {growTable, "a table of the guest's has grown"}} {
		inst, err := p.Get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = inst.Run(t.Context(), test.param)
		p.Put(t.Context(), inst)
		got := p.Stats()
		if got.Replaced != uint64(n)+1 || got.Started != uint64(n)+1 || !strings.Contains(got.Reason.Error(), test.want) {
			t.Errorf("run(%d): the pool counts %+v", test.param, got)
		}
	}
	closePools(t, p)
}

// The host's resources that a guest holds are closed, and the guest's own that the host
// holds are gone.
func TestFreshHandles(t *testing.T) {
	h := &hosttest.Host{}
	h.OnOpen = func(_ context.Context, n uint32) ([]store.Entry, error) {
		var list []store.Entry
		for range n {
			list = append(list, h.Make(""))
		}
		return list, nil
	}
	source := freshSource(t, h, host.Fresh(), host.LeakCheck(t), host.HandleLimit(4))
	inst, err := source.Instantiate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for n := range 6 {
		h.Entries = nil
		if got := runs(t, inst, openEntries); got != 123 {
			t.Errorf("the handles of three entries are %d, not 123", got)
		}
		runs(t, inst, []uint32{dropEntry, dropEntries}[n%2])
		item, err := inst.Shop().NewItem(t.Context(), 5)
		if err != nil {
			t.Fatal(err)
		}
		if err := inst.Reset(t.Context()); err != nil {
			t.Fatal(err)
		}
		for n, e := range h.Entries {
			if e.Closed != 1 {
				t.Errorf("entry %d was closed %d times", n, e.Closed)
			}
		}
		var bad *host.BadValueError
		if _, err := item.Value(t.Context()); !errors.As(err, &bad) || !strings.Contains(err.Error(), "it is closed") {
			t.Errorf("an item of before the reset: %v", err)
		}
		if err := item.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if _, err := inst.Run(t.Context(), dropEntry); err == nil {
		t.Error("a handle of before the reset is there")
	}
	if err := inst.Reset(t.Context()); !errors.Is(err, host.ErrDead) {
		t.Errorf("Reset of a dead instance returns %v", err)
	}
	_ = inst.Close(t.Context())
	if err := inst.Reset(t.Context()); !errors.Is(err, host.ErrClosed) {
		t.Errorf("Reset of a closed instance returns %v", err)
	}
	if err := source.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestResetWithoutFresh(t *testing.T) {
	source := freshSource(t, &hosttest.Host{})
	inst, err := source.Instantiate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	runs(t, inst, remember)
	if err := inst.Reset(t.Context()); err != host.ErrNotFresh || inst.Err() != nil {
		t.Errorf("Reset returns %v, and the instance has %v", err, inst.Err())
	}
	if err := source.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestResetDuringCall(t *testing.T) {
	h := &hosttest.Host{}
	source := freshSource(t, h, host.Fresh())
	inst, err := source.Instantiate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.OnOpen = func(ctx context.Context, _ uint32) ([]store.Entry, error) {
		if err := inst.Reset(ctx); !errors.Is(err, host.ErrBusy) {
			t.Errorf("Reset during a call returns %v", err)
		}
		return nil, nil
	}
	_, _ = inst.Run(t.Context(), openEntries)
	if err := source.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
