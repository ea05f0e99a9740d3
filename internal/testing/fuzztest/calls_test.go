package fuzztest

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/shop"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// FuzzCalls has several goroutines use instances and a Pool as the bytes say: they
// call any export with any arguments, under contexts that end, while others close
// what they use. Errors are of the documented types, nothing hangs, and afterwards
// no goroutine and no guest's memory is left.
func FuzzCalls(f *testing.F) {
	random := rand.New(rand.NewPCG(7, 8))
	for i := range 20 {
		f.Add(randomBytes(random, 600), i%2 == 0)
	}
	cache := wazero.NewCompilationCache()
	f.Cleanup(func() { cache.Close(ctx) })
	core, component := busyGuest(), asComponent(f, busyGuest())
	f.Fuzz(func(t *testing.T, bytes []byte, asComponent bool) {
		wasm := core
		if asComponent {
			wasm = component
		}
		newCalls(t, wasm, cache).run(bytes)
	})
}

// TestCalls is FuzzCalls for random bytes.
func TestCalls(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	cache := wazero.NewCompilationCache()
	defer cache.Close(ctx)
	ends := &sync.Map{}
	wasm := [][]byte{busyGuest(), asComponent(t, busyGuest())}
	for i := range 40 {
		c := newCalls(t, wasm[i%2], cache)
		c.ends = ends
		c.run(randomBytes(random, 2000))
	}
	for _, end := range []any{"", "limit", "instance"} { // what else there is depends on the time that calls have
		if _, ok := ends.Load(end); !ok {
			t.Errorf("no call ends with %q", end)
		}
	}
}

// What the guest's run does, by its argument.
const (
	runNothing = iota
	runTrap
	runForever
	runDeep
	runGrow
	runBadPointer
	runLog
	runNewItem
	runOpen
	runFill
	runCount
)

// busyGuest is a guest whose values go through the host, that keeps what it is
// given, and whose run does much that it should not.
var busyGuest = sync.OnceValue(func() []byte {
	g := hosttest.NewEcho("log", "store.open-all", "store.[resource-drop]entry", "shop.[resource-new]item", "shop.[resource-drop]item", "shop.[resource-rep]item")
	deep := g.Declare("->")
	g.DefineFunc(deep, "", wasmtest.Call(deep))
	cases := [runCount]wasmtest.Code{
		runTrap:       wasmtest.Unreachable,
		runForever:    wasmtest.Loop(wasmtest.Br(0)),
		runDeep:       wasmtest.Call(deep),
		runGrow:       wasmtest.Seq(wasmtest.I32(3), wasmtest.MemoryGrow, wasmtest.Drop),
		runBadPointer: wasmtest.Seq(wasmtest.I32(1<<32-1), wasmtest.I32(2), g.Call("log")),
		runLog:        wasmtest.Seq(wasmtest.I32(0), wasmtest.I32(0), g.Call("log")),
		runNewItem:    wasmtest.Seq(wasmtest.I32(5), g.Call("shop.[resource-new]item"), wasmtest.Drop),
		runOpen:       wasmtest.Seq(wasmtest.I32(3), wasmtest.I32(hosttest.Area), g.Call("store.open-all")),
		runFill:       wasmtest.Seq(wasmtest.I32(0), wasmtest.I32(0), wasmtest.I32(pageSize), wasmtest.MemoryFill),
	}
	var code wasmtest.Code
	for n, body := range cases {
		code = wasmtest.Seq(code, wasmtest.Get(0), wasmtest.I32(uint32(n)), wasmtest.I32Eq, wasmtest.If(body))
	}
	g.Define("run", "", code, wasmtest.I64(0))
	drop := func(local uint32) wasmtest.Code {
		return wasmtest.Seq(wasmtest.Get(local), g.Call("store.[resource-drop]entry"))
	}
	g.Define("shop.[constructor]item", "", wasmtest.Get(0), g.Call("shop.[resource-new]item"))
	g.Define("shop.[method]item.value", "", wasmtest.Get(0))
	g.Define("shop.[method]item.compare", "", wasmtest.Get(0), wasmtest.Get(1), wasmtest.I32Sub)
	g.Define("shop.[static]item.merge", "", wasmtest.Get(1), g.Call("shop.[resource-drop]item"), wasmtest.Get(0))
	g.Define("shop.peek", "", wasmtest.Get(0))
	g.Define("shop.take", "", wasmtest.Get(0), g.Call("shop.[resource-rep]item"))
	g.Define("shop.both", "", wasmtest.Get(0), g.Call("shop.[resource-drop]item"))
	g.Define("shop.all", "", hosttest.Words(hosttest.Area, 0, 0), wasmtest.I32(hosttest.Area), wasmtest.Get(0), wasmtest.Store32(0),
		wasmtest.I32(hosttest.Area), wasmtest.Get(1), wasmtest.Store32(4), wasmtest.I32(hosttest.Area))
	g.Define("shop.visit", "", drop(0), wasmtest.I32(0))
	g.Define("shop.visit-both", "", drop(0), drop(1), wasmtest.I32(0))
	g.Define("shop.hand", "", wasmtest.I32(0))
	g.Define("shop.give-all", "", wasmtest.I32(3), wasmtest.I32(hosttest.Area), g.Call("store.open-all"), wasmtest.I32(hosttest.Area))
	g.Dtor("item", "", wasmtest.I32(0), wasmtest.I32(1), g.Call("log"))
	return g.Bytes()
})

// calls is one run of FuzzCalls.
type calls struct {
	t      *testing.T
	wasm   []byte
	cache  wazero.CompilationCache
	plugin *subject.Plugin
	pool   *host.Pool[*subject.Instance]
	ends   *sync.Map
	memory countedMemory
	count  atomic.Uint32

	mu    sync.Mutex
	insts [3]*subject.Instance
	items []shop.Item
	// entries are the objects of the host's.
	entries []*hosttest.Entry
	hosts   []*hosttest.Host
}

func newCalls(t *testing.T, wasm []byte, cache wazero.CompilationCache) *calls {
	c := &calls{t: t, wasm: wasm, cache: cache, plugin: compileBusy(t, wasm, cache)}
	c.pool = host.NewPool(2, c.source())
	return c
}

func compileBusy(t *testing.T, wasm []byte, cache wazero.CompilationCache) *subject.Plugin {
	plugin, err := subject.Compile(ctx, wasm, host.Cache(cache), host.MemoryLimit(1<<20), host.HandleLimit(50))
	if err != nil {
		t.Error(err)
	}
	return plugin
}

// source is a source of instances for the Pool.
func (c *calls) source() host.Source[*subject.Instance] {
	plugin := compileBusy(c.t, c.wasm, c.cache)
	return host.Source[*subject.Instance]{
		Instantiate: func(ctx context.Context) (*subject.Instance, error) { return c.start(ctx, plugin) },
		Close:       plugin.Close,
	}
}

// patience is how long a test waits for what must come: longer than any load makes it
// take.
const patience = 5 * time.Minute

// run does what the bytes say, each goroutine with a part of them, and closes
// everything.
func (c *calls) run(bytes []byte) {
	before := runtime.NumGoroutine()
	const actors = 4
	var group sync.WaitGroup
	for n := range actors {
		part := bytes[len(bytes)*n/actors : len(bytes)*(n+1)/actors]
		group.Go(func() { (&actor{calls: c, bytes: part}).run() })
	}
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(patience):
		panic("fuzztest: a goroutine hangs\n" + stacks())
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := errors.Join(c.pool.Close(limited), c.plugin.Close(limited)); err != nil && !errors.Is(err, errObject) {
		c.t.Errorf("Close: %v", err)
	}
	for deadline := time.Now().Add(patience); runtime.NumGoroutine() > before || c.memory.used.Load() != 0; runtime.Gosched() {
		if time.Now().After(deadline) {
			c.t.Fatalf("%d goroutines where %d were, %d bytes of memory\n%s", runtime.NumGoroutine(), before, c.memory.used.Load(), stacks())
		}
	}
	for _, h := range c.hosts {
		c.entries = append(c.entries, h.Entries...)
	}
	for _, e := range c.entries {
		if e.Closed > 1 {
			c.t.Errorf("an object is closed %d times", e.Closed)
		}
	}
}

func stacks() string {
	b := make([]byte, 1<<20)
	return string(b[:runtime.Stack(b, true)])
}

var errObject = errors.New("an object does not close")

// start starts an instance of a plugin, with a host that misbehaves at times.
func (c *calls) start(ctx context.Context, plugin *subject.Plugin) (*subject.Instance, error) {
	var self atomic.Pointer[subject.Instance]
	h := &hosttest.Host{}
	h.OnMake = func(e *hosttest.Entry) {
		if c.count.Add(1)%16 == 0 {
			e.OnClose = func(context.Context) error { return errObject }
		}
	}
	h.OnLog = func(ctx context.Context, _ string) error {
		switch c.count.Add(1) % 16 {
		case 0:
			return errors.New("a storm")
		case 1:
			panic("a storm")
		case 2, 3:
			if inst := self.Load(); inst != nil {
				return inst.Close(ctx)
			}
		case 4, 5:
			if inst := self.Load(); inst != nil {
				if _, err := inst.Values().Add(ctx, 1, 2); err == nil {
					c.t.Error("a guest is entered twice")
				}
			}
		case 6:
			return context.Canceled
		}
		return nil
	}
	inst, err := plugin.Instantiate(ctx, h.Imports(), host.Memory(&c.memory))
	if err == nil {
		self.Store(inst)
		c.mu.Lock()
		c.hosts = append(c.hosts, h)
		c.mu.Unlock()
	}
	return inst, err
}

// countedMemory counts the bytes of memory that guests have.
type countedMemory struct{ used atomic.Int64 }

type countedBytes struct {
	ownBytes
	all *countedMemory
}

func (m *countedMemory) Allocate(_, _ uint64) experimental.LinearMemory { return &countedBytes{all: m} }

func (b *countedBytes) Reallocate(size uint64) []byte {
	b.all.used.Add(int64(size) - int64(len(b.bytes)))
	return b.ownBytes.Reallocate(size)
}

func (b *countedBytes) Free() {
	b.all.used.Add(-int64(len(b.bytes)))
	b.bytes = nil
}
