package bind_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/shop"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/values"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// keeper is a guest that logs in run, makes items, keeps the entries that it is
// handed, and logs one byte for each item that is destroyed.
func keeper() *hosttest.Guest {
	g := hosttest.NewGuest("log", newItem, repItem, dropItem, dropEntry, openEntries)
	g.Define("run", "", wasmtest.I32(0), wasmtest.I32(0), g.Call("log"), wasmtest.I64(1))
	g.Define("shop.[constructor]item", "", wasmtest.Get(0), g.Call(newItem))
	g.Define("shop.[method]item.value", "", wasmtest.Get(0))
	g.Define("shop.[method]item.compare", "", wasmtest.Get(0), wasmtest.Get(1), wasmtest.I32Sub)
	g.Define("shop.[static]item.merge", "", wasmtest.Get(0), g.Call(dropItem), wasmtest.Get(1))
	g.Define("shop.peek", "", wasmtest.Get(0))
	g.Define("shop.take", "", wasmtest.Get(0), g.Call(repItem), wasmtest.Get(0), g.Call(dropItem))
	g.Define("shop.both", "", wasmtest.Get(0), g.Call(dropItem))
	g.Define("shop.all", "", wasmtest.I32(hosttest.Area), wasmtest.Get(0), wasmtest.Store32(0),
		wasmtest.I32(hosttest.Area), wasmtest.Get(1), wasmtest.Store32(4), wasmtest.I32(hosttest.Area))
	g.Define("shop.visit", "", wasmtest.Get(0), g.Call(dropEntry), wasmtest.I32(0))
	g.Define("shop.visit-both", "", wasmtest.Get(0), g.Call(dropEntry), wasmtest.Get(1), g.Call(dropEntry), wasmtest.I32(0))
	g.Define("shop.hand", "", wasmtest.I32(0))
	g.Define("shop.give-all", "", wasmtest.I32(3), wasmtest.I32(hosttest.Area), g.Call(openEntries), wasmtest.I32(hosttest.Area))
	g.Define("values.length", "", wasmtest.Get(1))
	g.Dtor("item", "", wasmtest.I32(0), wasmtest.I32(1), g.Call("log"))
	return g
}

func items(t *testing.T, inst *subject.Instance, n uint32) []shop.Item {
	t.Helper()
	var list []shop.Item
	for i := range n {
		item, err := inst.Shop().NewItem(t.Context(), i+10)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, item)
	}
	return list
}

// wants fails the test unless err is (errors.Is) want.
func wants(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v; want %v", what, err, want)
	}
}

// everyCall makes a call of each kind, by name.
func everyCall(ctx context.Context, inst *subject.Instance, item shop.Item) map[string]error {
	all := map[string]error{}
	for name, call := range calling {
		all[name] = call(ctx, inst.Values())
	}
	v, s := inst.Values(), inst.Shop()
	_, all["add"] = v.Add(ctx, 1, 2)
	_, all["seventeen"] = v.Seventeen(ctx, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	_, all["strings"] = v.EchoStrings(ctx, []string{"a", "b"})
	_, all["shapes"] = v.EchoShapes(ctx, []values.Shape{values.ShapeLabel{Value: "a"}})
	_, all["map"] = v.EchoMap(ctx, map[uint32]string{1: "a"})
	_, all["value"] = item.Value(ctx)
	_, all["compare"] = item.Compare(ctx, item)
	_, all["peek"] = s.Peek(ctx, item)
	_, all["take"] = s.Take(ctx, item)
	_, all["all"] = s.All(ctx, []shop.Item{item})
	_, all["new"] = s.NewItem(ctx, 1)
	_, all["visit"] = s.Visit(ctx, &hosttest.Entry{})
	_, all["hand"] = s.Hand(ctx, &hosttest.Entry{}, "text")
	_, all["give"] = s.Give(ctx)
	_, all["run"] = inst.Run(ctx, 0)
	return all
}

// A dead instance refuses every call, and the error tells why it died.
func TestDead(t *testing.T) {
	t.Parallel()
	h := &hosttest.Host{OnLog: func(context.Context, string) error { return errStorm }}
	inst := start(t, keeper(), h)
	item := items(t, inst, 1)[0]
	if _, err := inst.Run(t.Context(), 0); !errors.Is(err, errStorm) {
		t.Fatalf("run: %v", err)
	}
	for name, err := range everyCall(t.Context(), inst, item) {
		wants(t, name, err, host.ErrDead)
		wants(t, name, err, errStorm)
		var trap *host.Trap
		if !errors.As(err, &trap) || trap.Rule != host.RuleImportFailed {
			t.Errorf("%s does not tell of the trap: %v", name, err)
		}
	}
	if err := item.Close(t.Context()); err != nil {
		t.Errorf("close of an item: %v", err)
	}
	if err := errors.Join(inst.Close(t.Context()), inst.Close(t.Context())); err != nil {
		t.Errorf("close: %v", err)
	}
	_, err := inst.Run(t.Context(), 0)
	wants(t, "run", err, host.ErrClosed)
}

// A host function that ends its goroutine leaves a dead instance behind, not a busy one,
// and the instance whose call led there dies too.
func TestGoexit(t *testing.T) {
	t.Parallel()
	inner := start(t, keeper(), &hosttest.Host{OnLog: func(context.Context, string) error {
		runtime.Goexit()
		return nil
	}})
	outer := start(t, keeper(), &hosttest.Host{OnLog: func(ctx context.Context, _ string) error {
		_, err := inner.Run(ctx, 0)
		return err
	}})
	ended := make(chan struct{})
	returned := false
	go func() {
		defer close(ended)
		_, _ = outer.Run(context.Background(), 0)
		returned = true
	}()
	<-ended
	if returned {
		t.Error("the call returned")
	}
	for name, inst := range map[string]*subject.Instance{"inner": inner, "outer": outer} {
		_, err := inst.Run(t.Context(), 0)
		wants(t, name, err, host.ErrDead)
		if err == nil || !strings.Contains(err.Error(), "runtime.Goexit") {
			t.Errorf("%s: %v does not tell of Goexit", name, err)
		}
		if err := inst.Close(t.Context()); err != nil {
			t.Errorf("%s: close: %v", name, err)
		}
	}
}

// A call of a busy instance is refused, whoever makes it; the call under way
// goes on.
func TestBusy(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}), make(chan struct{})
	h := &hosttest.Host{OnLog: func(_ context.Context, text string) error {
		if text == "" {
			entered <- struct{}{}
			<-leave
		}
		return nil
	}}
	inst := start(t, keeper(), h)
	item := items(t, inst, 1)[0]
	done := make(chan error)
	go func() {
		n, err := inst.Run(context.Background(), 0)
		if n != 1 {
			err = errors.Join(err, errors.New("run gives another result"))
		}
		done <- err
	}()
	<-entered
	for name, err := range everyCall(t.Context(), inst, item) {
		wants(t, name, err, host.ErrBusy)
	}
	wants(t, "close of an item", item.Close(t.Context()), host.ErrBusy)
	close(leave)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if n, err := item.Value(t.Context()); n != 10 || err != nil {
		t.Errorf("the item is worth %d, %v", n, err)
	}
	if err := item.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// After Close every call is refused.
func TestClosed(t *testing.T) {
	t.Parallel()
	inst := start(t, keeper(), &hosttest.Host{})
	item := items(t, inst, 1)[0]
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if err := inst.Close(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for name, err := range everyCall(t.Context(), inst, item) {
		wants(t, name, err, host.ErrClosed)
	}
	if err := item.Close(t.Context()); err != nil {
		t.Errorf("close of an item: %v", err)
	}
}

// An instance, or its plugin, that is closed while a call is under way ends after
// that call.
func TestCloseDuringCall(t *testing.T) {
	for name, end := range map[string]func(ctx context.Context, p *subject.Plugin, inst *subject.Instance) error{
		"instance": func(ctx context.Context, _ *subject.Plugin, inst *subject.Instance) error { return inst.Close(ctx) },
		"plugin":   func(ctx context.Context, p *subject.Plugin, _ *subject.Instance) error { return p.Close(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			var plugin *subject.Plugin
			var inst *subject.Instance
			h := &hosttest.Host{}
			h.OnLog = func(context.Context, string) error { return end(ctx, plugin, inst) }
			plugin = compile(t, keeper())
			inst = instantiate(t, plugin, h)
			closed := make(chan struct{})
			e := h.Make("kept")
			e.OnClose = func(context.Context) error { close(closed); return nil }
			if _, err := inst.Shop().Hand(ctx, e, ""); err != nil {
				t.Fatal(err)
			}
			if n, err := inst.Run(ctx, 0); n != 1 || err != nil {
				t.Errorf("the call that was under way: %d, %v", n, err)
			}
			_, err := inst.Run(ctx, 0)
			wants(t, "a call after Close", err, host.ErrClosed)
			<-closed // by what waits for the call to end
			if name == "plugin" {
				_, err = plugin.Instantiate(ctx, h.Imports())
				wants(t, "instantiate", err, host.ErrClosed)
			}
		})
	}
}

// Close may race with calls. The race detector and the guest's memory tell.
func TestCloseRaces(t *testing.T) {
	t.Parallel()
	plugin := compile(t, keeper())
	for range 50 {
		inst := instantiate(t, plugin, &hosttest.Host{})
		item := items(t, inst, 1)[0]
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for {
					_, err := inst.Values().Length(context.Background(), "hello")
					var gone *host.BadValueError
					if _, e := item.Value(context.Background()); e != nil && !errors.As(e, &gone) {
						err = e
					}
					if errors.Is(err, host.ErrClosed) {
						return
					}
					if err != nil && !errors.Is(err, host.ErrBusy) {
						t.Error(err)
						return
					}
				}
			})
		}
		group.Go(func() {
			if err := item.Close(context.Background()); err != nil && !errors.Is(err, host.ErrBusy) {
				t.Error(err)
			}
		})
		runtime.Gosched()
		group.Go(func() { inst.Close(context.Background()) })
		if t.Failed() {
			inst.Close(context.Background())
		}
		group.Wait()
	}
}

// What a guest owned is closed with it, once; what it borrowed is not.
func TestObjectsOfTheEnded(t *testing.T) {
	for name, end := range map[string]func(ctx context.Context, inst *subject.Instance) error{
		"closed": func(ctx context.Context, inst *subject.Instance) error { return inst.Close(ctx) },
		"dead": func(ctx context.Context, inst *subject.Instance) error {
			if err := calling["parse"](ctx, inst.Values()); err == nil {
				return errors.New("no trap")
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &hosttest.Host{}
			inst := start(t, keeper(), h)
			owned, borrowed, broken := h.Make("owned"), h.Make("borrowed"), h.Make("broken")
			broken.OnClose = func(context.Context) error { return errStorm }
			for _, e := range []*hosttest.Entry{owned, broken} {
				if _, err := inst.Shop().Hand(t.Context(), e, ""); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := inst.Shop().Visit(t.Context(), borrowed); err != nil {
				t.Fatal(err)
			}
			err := end(t.Context(), inst)
			if name == "closed" {
				wants(t, "close", err, errStorm)
			} else if err != nil {
				t.Error(err)
			}
			inst.Close(t.Context())
			if owned.Closed != 1 || borrowed.Closed != 0 || broken.Closed != 1 {
				t.Errorf("closed %d, %d and %d times", owned.Closed, borrowed.Closed, broken.Closed)
			}
		})
	}
}

// Everything that instances and plugins take is given back: goroutines and
// memory.
func TestNothingIsKept(t *testing.T) {
	ctx := t.Context()
	wasm := keeper().Bytes()
	cycle := func() {
		plugin, err := subject.Compile(ctx, wasm)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			inst := instantiate(t, plugin, &hosttest.Host{})
			items(t, inst, 2)
			if _, err := inst.Run(ctx, 0); err != nil {
				t.Fatal(err)
			}
		}
		if err := plugin.Close(ctx); err != nil {
			t.Fatal(err)
		}
	}
	measure := func() (memory uint64, goroutines int) {
		runtime.GC()
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc, runtime.NumGoroutine()
	}
	cycle()
	memory, goroutines := measure()
	for range 20 {
		cycle()
	}
	deadline := time.Now().Add(10 * time.Second)
	for {
		now, n := measure()
		if n <= goroutines && now < memory+256<<10 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines where %d were; %d bytes where %d were", n, goroutines, now, memory)
		}
		runtime.Gosched()
	}
}

// A call that fails before the guest is entered moves nothing.
func TestFailedCallsMoveNothing(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := &hosttest.Host{}
	inst := start(t, keeper(), h, host.HandleLimit(3))
	list := items(t, inst, 2)
	s := inst.Shop()
	fn := func(name string) string { return hosttest.ExportName("shop." + name) }

	_, err := s.ItemMerge(ctx, list[0], list[0])
	wantsBadValue(t, err, fn("[static]item.merge"), "the test:subject/shop@1.2.3#item cannot be used: it was given away")
	wantsBadValue(t, s.Both(ctx, list[0], list[0]), fn("both"), "the test:subject/shop@1.2.3#item cannot be used: it was given away")
	_, err = s.All(ctx, []shop.Item{list[0], list[1], list[0]})
	wantsBadValue(t, err, fn("all"), "the test:subject/shop@1.2.3#item cannot be used: it was given away")
	for i, item := range list {
		if n, err := item.Value(ctx); n != uint32(i+10) || err != nil {
			t.Errorf("an item is worth %d, %v", n, err)
		}
	}

	// The table has room for three: two borrowed entries fit, again and again,
	// and nothing stays of calls that do not.
	for range 3 {
		if _, err := s.Hand(ctx, h.Make("kept"), ""); err != nil {
			t.Fatal(err)
		}
		_, err = s.VisitBoth(ctx, h.Make("a"), h.Make("b"), "")
	}
	var limit *host.LimitError
	if !errors.As(err, &limit) || limit.Limit != "handles held" {
		t.Fatalf("too many handles: %v", err)
	}
	for range 5 {
		e := h.Make("visitor")
		if _, err := s.VisitBoth(ctx, e, e, ""); !errors.As(err, &limit) {
			t.Errorf("too many handles: %v", err)
		}
		if _, err := s.Hand(ctx, e, ""); !errors.As(err, &limit) {
			t.Errorf("too many handles: %v", err)
		}
		if _, err := s.Take(ctx, list[0]); !errors.As(err, &limit) {
			t.Errorf("too many handles: %v", err)
		}
		if n, err := list[0].Value(ctx); n != 10 || err != nil {
			t.Errorf("the item is worth %d, %v", n, err)
		}
		if e.Closed != 0 {
			t.Error("an entry that the guest never had is closed")
		}
	}
}

// What a failed call has lifted is closed, since nobody receives it.
func TestFailedCallsCloseWhatTheyLifted(t *testing.T) {
	t.Parallel()
	ctx := t.Context()

	// Of three entries and items there is room for two.
	h := &hosttest.Host{}
	inst := start(t, keeper(), h, host.LiftLimit(3*16+2*96))
	_, err := inst.Shop().GiveAll(ctx)
	var limit *host.LimitError
	if !errors.As(err, &limit) || limit.Limit != "size of lifted values" {
		t.Fatalf("give-all: %v", err)
	}
	if a, b, c := h.Entries[0].Closed, h.Entries[1].Closed, h.Entries[2].Closed; a != 1 || b != 1 || c != 0 {
		t.Errorf("the entries are closed %d, %d and %d times; the first two were lifted", a, b, c)
	}
	list := items(t, inst, 3)
	if _, err = inst.Shop().All(ctx, list); !errors.As(err, &limit) {
		t.Fatalf("all: %v", err)
	}
	if len(h.Logged) != 2 {
		t.Errorf("%d items are destroyed; two were lifted", len(h.Logged))
	}
	for _, item := range list {
		_, err := item.Value(ctx)
		wantsBadValue(t, err, "item", "the test:subject/shop@1.2.3#item cannot be used: it was given away")
	}
	if err := inst.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if h.Entries[2].Closed != 1 {
		t.Error("the entry that was not lifted is not closed with the instance")
	}

	// A parameter of an import is bad after one that the guest gave.
	h = &hosttest.Host{}
	g := hosttest.NewGuest(openEntries, takeEntryAnd)
	g.Define("run", "", wasmtest.I32(1), wasmtest.I32(hosttest.Area), g.Call(openEntries),
		wasmtest.I32(1), wasmtest.I32(page), wasmtest.I32(1), g.Call(takeEntryAnd), wasmtest.I64(0))
	inst = start(t, g, h)
	var trap *host.Trap
	if _, err := inst.Run(ctx, 0); !errors.As(err, &trap) || trap.Rule != host.RuleBounds {
		t.Fatalf("run: %v", err)
	}
	if h.Entries[0].Closed != 1 {
		t.Errorf("the entry is closed %d times", h.Entries[0].Closed)
	}
}

// Resources that do not belong to the instance, or can no longer be used, are
// refused before the guest is entered.
func TestForeignResources(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	plugin := compile(t, keeper())
	inst, other := instantiate(t, plugin, &hosttest.Host{}), instantiate(t, plugin, &hosttest.Host{})
	foreign := items(t, other, 1)[0]
	mine := items(t, inst, 3)
	s := inst.Shop()
	const typ = "the test:subject/shop@1.2.3#item "
	for name, item := range map[string]shop.Item{"another instance": foreign, "the host": impostor{}} {
		_, err := s.Peek(ctx, item)
		wantsBadValue(t, err, "i", typ+"is not of this instance, which defines the resource")
		wantsBadValue(t, s.Both(ctx, mine[0], item), "b", typ+"is not of this instance, which defines the resource")
		_, err = s.All(ctx, []shop.Item{mine[0], item})
		wantsBadValue(t, err, "items[1]", typ+"is not of this instance, which defines the resource")
		if t.Failed() {
			t.Fatalf("an item of %s", name)
		}
	}
	_, err := s.Take(ctx, nil)
	wantsBadValue(t, err, "i", typ+"is nil")
	_, err = mine[0].Compare(ctx, nil)
	wantsBadValue(t, err, "other", typ+"is nil")
	_, err = s.Visit(ctx, nil)
	wantsBadValue(t, err, "e", "the test:subject/store@1.2.3#entry is nil")

	if n, err := s.Take(ctx, mine[1]); n != 11 || err != nil {
		t.Errorf("take: %d, %v", n, err)
	}
	if err := errors.Join(mine[2].Close(ctx), mine[2].Close(ctx), mine[1].Close(ctx)); err != nil {
		t.Errorf("close: %v", err)
	}
	for item, why := range map[shop.Item]string{mine[1]: "it was given away", mine[2]: "it is closed"} {
		_, err := item.Value(ctx)
		wantsBadValue(t, err, "item", typ+"cannot be used: "+why)
		_, err = s.Take(ctx, item)
		wantsBadValue(t, err, "i", typ+"cannot be used: "+why)
	}
	if n, err := mine[0].Compare(ctx, mine[0]); n != 0 || err != nil {
		t.Errorf("the instance does not live on: %d, %v", n, err)
	}
}

// impostor implements an item on the host, where only the guest defines it.
type impostor struct{ shop.Item }

// An item goes to the guest and comes back as another handle; each is destroyed
// once.
func TestDestructors(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := &hosttest.Host{}
	inst := start(t, keeper(), h)
	destroyed := func(what string, want int) {
		t.Helper()
		if len(h.Logged) != want {
			t.Errorf("after %s %d items are destroyed, want %d", what, len(h.Logged), want)
		}
	}
	list, err := inst.Shop().All(ctx, items(t, inst, 3))
	if err != nil {
		t.Fatal(err)
	}
	destroyed("a round trip", 0)
	if n, err := list[1].Value(ctx); n != 11 || err != nil {
		t.Errorf("an item came back worth %d, %v", n, err)
	}
	if err := list[0].Close(ctx); err != nil {
		t.Error(err)
	}
	destroyed("Close", 1)
	merged, err := inst.Shop().ItemMerge(ctx, list[1], list[2])
	if err != nil {
		t.Fatal(err)
	}
	destroyed("merge", 2)
	if err := errors.Join(merged.Close(ctx), merged.Close(ctx), list[1].Close(ctx), list[2].Close(ctx)); err != nil {
		t.Error(err)
	}
	destroyed("all", 3)

	// A destructor that traps kills the instance.
	g := keeper()
	g.Dtor("crate", "", wasmtest.Unreachable)
	g.Define("shop.[constructor]crate", "", wasmtest.Unreachable)
	h.OnLog = func(context.Context, string) error { return errStorm }
	item := items(t, inst, 1)[0]
	var trap *host.Trap
	if err := item.Close(ctx); !errors.As(err, &trap) || trap.Func != "test:subject/shop@1.2.3#[dtor]item" || !errors.Is(err, errStorm) {
		t.Errorf("a destructor that traps: %v", err)
	}
	_, err = inst.Run(ctx, 0)
	wants(t, "a call afterwards", err, host.ErrDead)
}
