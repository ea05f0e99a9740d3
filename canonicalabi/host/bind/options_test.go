package bind_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/sys"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/ctxtest"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// wantsLimit checks for a LimitError of a context that has ended.
func wantsLimit(t *testing.T, what string, err, cause error) {
	t.Helper()
	var limit *host.LimitError
	if !errors.As(err, &limit) || !errors.Is(err, cause) {
		t.Errorf("%s: got %T %v; want a LimitError of %v", what, err, err, cause)
	}
}

// spinner is a guest whose run loops without end.
func spinner() *hosttest.Guest {
	g := keeper()
	g.Define("values.nothing", "", wasmtest.Loop(wasmtest.Br(0)))
	return g
}

// A call whose context has ended is refused, and the instance lives on; one whose
// context ends while the guest runs is stopped.
func TestDeadline(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]func(t *testing.T) []host.Option{
		"own runtime":    func(*testing.T) []host.Option { return nil },
		"shared runtime": func(t *testing.T) []host.Option { return []host.Option{shared(t, false)} },
		"shared runtime that closes": func(t *testing.T) []host.Option {
			return []host.Option{shared(t, true)}
		},
		"unmetered, in a runtime that closes": func(t *testing.T) []host.Option {
			return []host.Option{shared(t, true), host.Unmetered()}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := &hosttest.Host{}
			inst := start(t, spinner(), h, opt(t)...)
			item := items(t, inst, 1)[0]
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			for call, err := range everyCall(ended, inst, item) {
				wantsLimit(t, call, err, context.Canceled)
			}
			wantsLimit(t, "close of an item", item.Close(ended), context.Canceled)
			if n, err := item.Value(t.Context()); n != 10 || err != nil {
				t.Errorf("the item after refused calls: %d, %v", n, err)
			}
			wantsLimit(t, "a loop", inst.Values().Nothing(ctxtest.Soon(t.Context())), context.DeadlineExceeded)
			_, err := inst.Run(t.Context(), 0)
			wants(t, "a call afterwards", err, host.ErrDead)
			wants(t, "a call afterwards", err, context.DeadlineExceeded)
		})
	}
}

// shared is a runtime of the caller's, which closes modules when contexts end or
// does not.
func shared(t *testing.T, closes bool) host.Option {
	r := wazero.NewRuntimeWithConfig(t.Context(), wazero.NewRuntimeConfig().WithCloseOnContextDone(closes))
	t.Cleanup(func() { r.Close(context.Background()) })
	return host.Runtime(r)
}

// Host functions get the caller's context, which may end while they run.
func TestContextOfHostFunctions(t *testing.T) {
	t.Parallel()
	type key struct{}
	for name, opts := range map[string][]host.Option{"metered": nil, "unmetered": {host.Unmetered()}} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, 7))
			seen := false
			h := &hosttest.Host{OnLog: func(ctx context.Context, _ string) error {
				seen = ctx.Value(key{}) == 7 && ctx.Err() == nil
				cancel()
				seen = seen && ctx.Err() == context.Canceled
				return nil
			}}
			inst := start(t, keeper(), h, opts...)
			// run calls log last, and there is nothing left to stop.
			if n, err := inst.Run(ctx, 0); n != 1 || err != nil || !seen {
				t.Errorf("run under a context that ends in a host function: %d, %v; the host function saw it: %v", n, err, seen)
			}
			_, err := inst.Run(ctx, 0)
			wantsLimit(t, "a call afterwards", err, context.Canceled)
			checkState(t, inst, true)
		})
	}
}

// A guest whose start loops is stopped too.
func TestDeadlineOfStart(t *testing.T) {
	t.Parallel()
	loop := wasmtest.Loop(wasmtest.Br(0))
	for name, write := range map[string]func(g *hosttest.Guest){
		"start":       func(g *hosttest.Guest) { g.Start(g.Func("->", "", loop)) },
		"_initialize": func(g *hosttest.Guest) { g.ExportFunc("_initialize", "->", "", loop) },
	} {
		t.Run(name, func(t *testing.T) {
			g := hosttest.NewGuest()
			write(g)
			plugin := compile(t, g)
			_, err := plugin.Instantiate(ctxtest.Soon(t.Context()), subject.Imports{})
			wantsLimit(t, "a start that loops", err, context.DeadlineExceeded)
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			_, err = plugin.Instantiate(ended, subject.Imports{})
			wantsLimit(t, "a start under a context that has ended", err, context.Canceled)
		})
	}
}

// wantsExit checks for an ExitError of a function with a status.
func wantsExit(t *testing.T, err error, function string, code uint32) {
	t.Helper()
	var exit *host.ExitError
	var trap *host.Trap
	if !errors.As(err, &exit) || errors.As(err, &trap) || exit.Func != function || exit.Code != code {
		t.Errorf("got %T %v; want an ExitError of %s with status %d", err, err, function, code)
	}
}

// A guest that exits is no trap, whatever the status, and it cannot pretend that its
// context has ended. The adapter of components traps, see docs/components.md.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	for _, code := range []uint32{0, 1, 0xffffffff, 0xefffffff} {
		g := &hosttest.Guest{}
		exit := g.Module.Import("wasi_snapshot_preview1", "proc_exit", "i32 ->")
		g.Heap = g.Global("i32", wasmtest.I32(hosttest.Heap))
		g.Define("run", "", wasmtest.I32(code), wasmtest.Call(exit), wasmtest.I64(0))
		inst := start(t, g, &hosttest.Host{})
		_, err := inst.Run(t.Context(), 0)
		if asComponent {
			var trap *host.Trap
			if !errors.As(err, &trap) {
				t.Errorf("exit code 0x%x of a component: got %T %v; want a Trap", code, err, err)
			}
			continue
		}
		wantsExit(t, err, "run", code)
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("exit code 0x%x: %v is the end of a context", code, err)
		}
		checkState(t, inst, false)
		_, err = inst.Run(t.Context(), 0)
		wants(t, "a call after an exit", err, host.ErrDead)
		wantsExit(t, err, "run", code)
	}
}

// A host function ends the guest that calls it, as exit of wasi:cli/exit does.
func TestExitOfHostFunctions(t *testing.T) {
	t.Parallel()
	for name, outcome := range map[string]struct {
		err  error
		code uint32
	}{
		"ours":          {&host.ExitError{Code: 0}, 0},
		"ours, wrapped": {fmt.Errorf("the guest leaves: %w", &host.ExitError{Code: 7}), 7},
		"wazero's":      {sys.NewExitError(3), 3},
	} {
		for how, end := range map[string]func(context.Context, string) error{
			"returned": func(context.Context, string) error { return outcome.err },
			"panicked": func(context.Context, string) error { panic(outcome.err) },
		} {
			t.Run(name+", "+how, func(t *testing.T) {
				inst := start(t, keeper(), &hosttest.Host{OnLog: end})
				_, err := inst.Run(t.Context(), 0)
				wantsExit(t, err, "run", outcome.code)
				wants(t, "the exit", err, outcome.err)
				checkState(t, inst, false)
			})
		}
	}
}

// A guest may exit while it starts.
func TestExitOfStart(t *testing.T) {
	t.Parallel()
	g := &hosttest.Guest{}
	exit := g.Module.Import("wasi_snapshot_preview1", "proc_exit", "i32 ->")
	g.Heap = g.Global("i32", wasmtest.I32(hosttest.Heap))
	g.ExportFunc("_initialize", "->", "", wasmtest.I32(5), wasmtest.Call(exit))
	plugin, err := subject.Compile(t.Context(), g.Bytes()) // in a component the adapter traps
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(t.Context())
	_, err = plugin.Instantiate(t.Context(), subject.Imports{})
	wantsExit(t, err, "test:subject/subject@1.2.3", 5)
}

// named is a guest of two that import functions of the same name.
func named() []byte {
	g := hosttest.NewGuest("log", "store.count")
	g.Define("run", "", wasmtest.I32(0), wasmtest.I32(0), g.Call("log"), wasmtest.I32(0), wasmtest.I32(0), g.Call("store.count"), wasmtest.I64ExtendU)
	return g.Bytes()
}

// Plugins share a runtime though their imports have the same names, and one goes
// without harm to the other, even where they are the same module.
func TestSharedRuntime(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	r := wazero.NewRuntime(ctx)
	defer r.Close(ctx)
	var plugins []*subject.Plugin
	var instances []*subject.Instance
	hosts := []*hosttest.Host{{}, {}, {}}
	for i, wasm := range [][]byte{named(), keeper().Bytes(), named()} {
		plugin, err := subject.Compile(ctx, wasm, host.Runtime(r))
		if err != nil {
			t.Fatal(err)
		}
		plugins = append(plugins, plugin)
		inst, err := plugin.Instantiate(ctx, hosts[i].Imports())
		if err != nil {
			t.Fatal(err)
		}
		instances = append(instances, inst)
	}
	for len(plugins) > 0 {
		for i, inst := range instances {
			before := len(hosts[i].Logged)
			if _, err := inst.Run(ctx, 0); err != nil {
				t.Errorf("plugin %d of %d: %v", i, len(plugins), err)
			}
			if len(hosts[i].Logged) != before+1 {
				t.Errorf("plugin %d logs to another's host", i)
			}
		}
		if err := plugins[0].Close(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := instances[0].Run(ctx, 0); !errors.Is(err, host.ErrClosed) {
			t.Errorf("an instance of a closed plugin: %v", err)
		}
		plugins, instances, hosts = plugins[1:], instances[1:], hosts[1:]
		for i, p := range plugins {
			inst, err := p.Instantiate(ctx, hosts[i].Imports())
			if err != nil {
				t.Fatalf("plugin %d after another was closed: %v", i, err)
			}
			if err := inst.Close(ctx); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := r.Instantiate(ctx, []byte("\x00asm\x01\x00\x00\x00")); err != nil {
		t.Errorf("the runtime is of no use after its plugins were closed: %v", err)
	}
}

// Plugins share a cache, which keeps nothing of those that were closed.
func TestCache(t *testing.T) {
	ctx := t.Context()
	cache := wazero.NewCompilationCache()
	defer cache.Close(ctx)
	wasm := named()
	cycle := func() {
		plugin, err := subject.Compile(ctx, wasm, host.Cache(cache))
		if err != nil {
			t.Fatal(err)
		}
		inst := instantiate(t, plugin, &hosttest.Host{})
		if _, err := inst.Run(ctx, 0); err != nil {
			t.Fatal(err)
		}
		if err := plugin.Close(ctx); err != nil {
			t.Fatal(err)
		}
	}
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	cycle()
	before := heap()
	const rounds = 100
	for range rounds {
		cycle()
	}
	// What a cleanup releases is collected some collections later.
	after := heap()
	for i := 0; i < 10 && after > before+rounds*1000; i++ {
		after = heap()
	}
	if after > before+rounds*1000 {
		t.Errorf("after %d plugins %d bytes are in use, where %d were", rounds, after, before)
	}
}

// A call of add takes no memory.
func TestAllocations(t *testing.T) {
	ctx := t.Context()
	values := start(t, hosttest.NewGuest(), &hosttest.Host{}).Values()
	if n := testing.AllocsPerRun(100, func() { values.Add(ctx, 2, 3) }); n != 0 {
		t.Errorf("add allocates %v times", n)
	}
}
