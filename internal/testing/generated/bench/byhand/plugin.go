// Package byhand calls the guests of the benchmarks as a careful user of wazero
// would by hand: typed methods, functions looked up once, one stack for all
// calls, every pointer of the guest checked, all text checked to be UTF-8. It
// imports wazero and nothing of witgen's.
package byhand

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// Ticks is what guests call in their host.
type Ticks interface {
	Tick(ctx context.Context, n int32) (int32, error)
}

// Plugin is a compiled guest.
type Plugin struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	ticks    Ticks
	back     Back
	counters handles
	gauges   gauges
	guests   guests
}

// handles are the handles of the counters that guests own.
type handles struct {
	mu   sync.Mutex
	reps []uint32
	free []uint32
}

func (h *handles) add(rep uint32) uint32 {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := len(h.free); n > 0 {
		i := h.free[n-1]
		h.free = h.free[:n-1]
		h.reps[i] = rep
		return i + 1
	}
	h.reps = append(h.reps, rep)
	return uint32(len(h.reps))
}

var errHandle = errors.New("the guest has no such handle")

func (h *handles) take(handle uint32) (uint32, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if handle == 0 || int(handle) > len(h.reps) {
		return 0, errHandle
	}
	h.free = append(h.free, handle-1)
	return h.reps[handle-1], nil
}

func (h *handles) rep(handle uint32) (uint32, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if handle == 0 || int(handle) > len(h.reps) {
		return 0, errHandle
	}
	return h.reps[handle-1], nil
}

// guests finds the guest of a module that calls the host: mostly the one that
// called last.
type guests struct {
	last atomic.Pointer[Guest]
	all  sync.Map // of *Guest by api.Module
}

func (s *guests) of(module api.Module) *Guest {
	if g := s.last.Load(); g != nil && g.module == module {
		return g
	}
	g, _ := s.all.Load(module)
	guest, _ := g.(*Guest)
	s.last.Store(guest)
	return guest
}

// Compile compiles a guest. deadline makes calls end with their context; cache
// may be nil.
func Compile(ctx context.Context, wasm []byte, ticks Ticks, back Back, deadline bool, cache wazero.CompilationCache) (*Plugin, error) {
	config := wazero.NewRuntimeConfig().WithMemoryLimitPages(4096).WithCloseOnContextDone(deadline)
	if cache != nil {
		config = config.WithCompilationCache(cache)
	}
	p := &Plugin{runtime: wazero.NewRuntimeWithConfig(ctx, config), ticks: ticks, back: back}
	if err := p.compile(ctx, wasm); err != nil {
		return nil, errors.Join(err, p.Close(ctx))
	}
	return p, nil
}

func (p *Plugin) compile(ctx context.Context, wasm []byte) error {
	i32 := []api.ValueType{api.ValueTypeI32}
	_, err := p.runtime.NewHostModuleBuilder("bench:calls/ticks").
		NewFunctionBuilder().WithGoFunction(api.GoFunc(p.tick), i32, i32).Export("tick").
		Instantiate(ctx)
	if err != nil {
		return err
	}
	if err := p.supplyBack(ctx); err != nil {
		return err
	}
	_, err = p.runtime.NewHostModuleBuilder("[export]bench:calls/work").
		NewFunctionBuilder().WithGoFunction(api.GoFunc(p.newCounter), i32, i32).Export("[resource-new]counter").
		NewFunctionBuilder().WithGoFunction(api.GoFunc(p.counterRep), i32, i32).Export("[resource-rep]counter").
		NewFunctionBuilder().WithGoFunction(api.GoFunc(p.dropCounter), i32, nil).Export("[resource-drop]counter").
		Instantiate(ctx)
	if err != nil {
		return err
	}
	// What standard Go's guests import. wazero's default opens nothing of it.
	if _, err = wasi_snapshot_preview1.Instantiate(ctx, p.runtime); err != nil {
		return err
	}
	p.compiled, err = p.runtime.CompileModule(ctx, wasm)
	return err
}

func (p *Plugin) tick(ctx context.Context, stack []uint64) {
	n, err := p.ticks.Tick(ctx, int32(uint32(stack[0])))
	if err != nil {
		panic(err)
	}
	stack[0] = uint64(uint32(n))
}

func (p *Plugin) newCounter(_ context.Context, stack []uint64) {
	stack[0] = uint64(p.counters.add(uint32(stack[0])))
}

func (p *Plugin) counterRep(_ context.Context, stack []uint64) {
	rep, err := p.counters.rep(uint32(stack[0]))
	if err != nil {
		panic(err)
	}
	stack[0] = uint64(rep)
}

func (p *Plugin) dropCounter(_ context.Context, stack []uint64) {
	if _, err := p.counters.take(uint32(stack[0])); err != nil {
		panic(err)
	}
}

// Close frees the compiled code and all guests.
func (p *Plugin) Close(ctx context.Context) error { return p.runtime.Close(ctx) }

// Guest is a running guest. It serves one call at a time.
type Guest struct {
	plugin *Plugin
	module api.Module
	memory api.Memory
	stack  [16]uint64
	area   [4]uint64 // for realloc and post-return

	realloc api.Function
	// Each function is looked up on its first call, as wazero gives it a stack.
	add, tickTimes, sixteen, takeBytes, find, newCounter, next            function
	callBack, eval, echoText, giveBytes, echoFloats, echoItems, echoShape function
	postEval, postEchoText, postGiveBytes, postEchoFloats                 function
	postEchoItems, postEchoShape, echoJSON, postEchoJSON, destroy         function
}

type function struct{ api.Function }

// get returns the function, after looking it up if this is its first use.
func (g *Guest) get(f *function, name string) api.Function {
	if f.Function == nil {
		f.Function = g.module.ExportedFunction(name)
	}
	return f.Function
}

// Instantiate starts a guest.
func (p *Plugin) Instantiate(ctx context.Context) (*Guest, error) {
	module, err := p.runtime.InstantiateModule(ctx, p.compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize"))
	if err != nil {
		return nil, err
	}
	g := &Guest{plugin: p, module: module, memory: module.Memory()}
	p.guests.all.Store(module, g)
	return g, nil
}

// Close ends the guest.
func (g *Guest) Close(ctx context.Context) error {
	g.plugin.guests.all.Delete(g.module)
	g.plugin.guests.last.CompareAndSwap(g, nil)
	return g.module.Close(ctx)
}
