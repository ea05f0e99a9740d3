package link_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/testing/guestbuild"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/link"
	"github.com/witgen/witgen/link/internal/linear"
	"github.com/witgen/witgen/wasi"
)

func compileFresh(t *testing.T, guest []byte, world *bind.World, opts ...host.Option) *link.Plugin {
	t.Helper()
	plugin, err := link.Compile(context.Background(), guest, world, append(opts, host.Fresh())...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = plugin.Close(context.Background()) })
	return plugin
}

// run calls run(n).
func run(t *testing.T, plugin *link.Plugin, inst *bind.Instance, n uint64) uint64 {
	t.Helper()
	f := plugin.Export(inst, 0).Func(0)
	c := f.Begin(context.Background())
	c.Stack[0] = n
	got, err := c.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func reset(t *testing.T, inst *bind.Instance) {
	t.Helper()
	if err := inst.Reset(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// Guests of each compiler start anew for each call, whatever the call before did.
func TestFreshGuests(t *testing.T) {
	for _, compiler := range guestbuild.Compilers(t) {
		t.Run(string(compiler), func(t *testing.T) {
			guest := guestbuild.Build(t, compiler, "testdata/stateful")
			plugin := compileFresh(t, guest, running(), host.SnapshotAfterStart())
			// The second instance shares what is equal in its memory with the first.
			for range 2 {
				inst, err := plugin.Instantiate(context.Background(), nil)
				if err != nil {
					t.Fatal(err)
				}
				const large = 300 // 3 MB, more than the memory has
				wants := map[uint64]uint64{}
				for _, n := range []uint64{0, 1, large, 0, 3, large, 1, 0} {
					got := run(t, plugin, inst, n)
					if want, ok := wants[n]; ok && got != want {
						t.Errorf("run(%d) returns %d, and %d when it was called first", n, got, want)
					}
					wants[n] = got
					if again := run(t, plugin, inst, n); again == got {
						t.Errorf("run(%d) returns %d twice without a reset", n, got)
					}
					reset(t, inst)
				}
				if err := inst.Close(context.Background()); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// A memory may grow to its own maximum and to the limit, not beyond, again and again.
func TestFreshMemoryLimits(t *testing.T) {
	for _, test := range []struct {
		most  int64
		limit uint64
		want  uint64 // pages that it may grow by
	}{{4, 100, 3}, {-1, 5, 4}, {9, 5, 4}, {1, 5, 0}} {
		m := &wasmtest.Module{}
		m.Memory(1, test.most)
		m.ExportFunc("run", "i32 -> i32", "", wasmtest.Get(0), wasmtest.MemoryGrow)
		plugin := compileFresh(t, m.Bytes(), running(), host.MemoryLimit(test.limit<<16))
		inst, err := plugin.Instantiate(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if got := run(t, plugin, inst, test.want+1); uint32(got) != 1<<32-1 {
				t.Errorf("%+v: it grows beyond that: %d", test, got)
			}
			if got := run(t, plugin, inst, test.want); got != 1 {
				t.Errorf("%+v: it does not grow by that: %d", test, got)
			}
			reset(t, inst)
		}
	}
	m := &wasmtest.Module{}
	m.Memory(6, -1)
	m.ExportFunc("run", "i32 -> i32", "", wasmtest.Get(0))
	var limit *host.LimitError
	if _, err := link.Compile(t.Context(), m.Bytes(), running(), host.Fresh(), host.MemoryLimit(5<<16)); !errors.As(err, &limit) {
		t.Errorf("a guest that starts with a page more than the limit: %v", err)
	}
}

// The tables that are added to save others count.
func TestFreshTableLimit(t *testing.T) {
	m := &wasmtest.Module{}
	m.Table(10, -1)
	m.ExportFunc("run", "i32 -> i32", "", wasmtest.RefNullFunc, wasmtest.Get(0), wasmtest.TableGrow)
	var limit *host.LimitError
	if _, err := link.Compile(t.Context(), m.Bytes(), running(), host.Fresh(), host.TableLimit(19)); !errors.As(err, &limit) || limit.Limit != "table elements" {
		t.Errorf("a table of 10 elements within a limit of 19: %v", err)
	}
	plugin := compileFresh(t, m.Bytes(), running(), host.TableLimit(20))
	inst, err := plugin.Instantiate(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := run(t, plugin, inst, 1); uint32(got) != 1<<32-1 {
		t.Errorf("a table grows beyond the limit: %d", got)
	}
	reset(t, inst)
}

// The modules of a component are put back together: memory, globals and tables that one
// defines and another changes.
func TestFreshComponent(t *testing.T) {
	first := &wasm.Module{}
	none := first.Type(wasm.FuncType(nil, nil))
	one := first.Func(none, nil)
	first.Memory(wasm.Limits{Min: 1, Max: 3, HasMax: true})
	first.Global(wasm.Global{Type: wasm.I32, Mutable: true}, wasm.I32Const(10))
	first.Table(wasm.Table{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 2}})
	first.Element(0, one)
	first.Export("memory", wasm.MemoryKind, 0)
	first.Export("global", wasm.GlobalKind, 0)
	first.Export("table", wasm.TableKind, 0)

	second := &wasm.Module{}
	typ := second.Type(wasm.FuncType([]wasm.ValType{wasm.I32}, []wasm.ValType{wasm.I32}))
	second.Import(wasm.Import{Module: "a", Name: "memory", Type: wasm.Extern{Kind: wasm.MemoryKind, Memory: wasm.Limits{Min: 1, Max: 3, HasMax: true}}})
	second.Import(wasm.Import{Module: "a", Name: "global", Type: wasm.Extern{Kind: wasm.GlobalKind, Global: wasm.Global{Type: wasm.I32, Mutable: true}}})
	second.Import(wasm.Import{Module: "a", Name: "table", Type: wasm.Extern{Kind: wasm.TableKind, Table: wasm.Table{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 2}}}})
	second.Global(wasm.Global{Type: wasm.I32, Mutable: true}, wasm.I32Const(100))
	get := func(n uint32) wasm.Code { return wasm.I(wasm.OpGlobalGet, n) }
	set := func(n uint32) wasm.Code { return wasm.I(wasm.OpGlobalSet, n) }
	second.Export("run", wasm.FuncKind, second.Func(typ, nil,
		// What it finds.
		get(0), get(1), wasm.I(wasm.OpI32Add),
		wasm.I32Const(8), wasm.I(wasm.OpI32Load, 2, 0), wasm.I(wasm.OpI32Add),
		wasm.I32Const(0), wasm.I(wasm.OpTableGet, 0), wasm.I(wasm.OpRefIsNull), wasm.I(wasm.OpI32Add),
		wasm.I(wasm.OpMemorySize, 0), wasm.I32Const(16), wasm.I(wasm.OpI32Shl), wasm.I(wasm.OpI32Add),
		// What it does.
		get(0), wasm.I32Const(1), wasm.I(wasm.OpI32Add), set(0),
		get(1), wasm.I32Const(1), wasm.I(wasm.OpI32Add), set(1),
		wasm.I32Const(8), wasm.I32Const(7), wasm.I(wasm.OpI32Store, 2, 0),
		wasm.I32Const(0), wasm.RefNull(wasm.CodeFuncRef), wasm.I(wasm.OpTableSet, 0),
		wasm.I32Const(2), wasm.I(wasm.OpMemoryGrow, 0), wasm.I(wasm.OpDrop)))
	b := &builder{}
	a := b.Core(b.Module(first.Bytes()))
	liftExport(b, b.Core(b.Module(second.Bytes()), coreArg("a", a)), "run", funcType(1, true))
	plugin, err := dynamic.Compile(t.Context(), b.Bytes(), host.Fresh())
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(context.Background())
	inst := startGrowing(t, plugin)
	for range 3 {
		wants(t, inst, 1<<16+110, "run", 0)
		wants(t, inst, 3<<16+110+2+7+1, "run", 0)
		if err := inst.Reset(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// importer is a guest that calls hook, or a function of WASI preview 1, while it starts.
func starter(module, name, signature string, call ...wasmtest.Code) []byte {
	m := &wasmtest.Module{}
	f := m.Import(module, name, signature)
	m.Memory(1, -1)
	m.ExportFunc("_initialize", "->", "", append(call, wasmtest.Call(f), drops(signature))...)
	m.ExportFunc("run", "i32 -> i32", "", wasmtest.I32(100), wasmtest.Load32(0))
	return m.Bytes()
}

func drops(signature string) wasmtest.Code {
	if strings.HasSuffix(signature, "i32") {
		return wasmtest.Drop
	}
	return nil
}

// A guest may call imports while it starts from which it learns nothing that may be another
// thing later.
func TestImportsDuringStart(t *testing.T) {
	two := []wasmtest.Code{wasmtest.I32(100), wasmtest.I32(104)}
	const preview1 = "wasi_snapshot_preview1"
	hook := starter("test:a/hooks", "hook", "->")
	for _, test := range []struct {
		name    string
		guest   []byte
		opts    []host.Option
		refused string
	}{
		{"the host's own", hook, nil, "import test:a/hooks#hook: the guest calls it while it starts"},
		{"the host's own, allowed", hook, []host.Option{host.SnapshotAfterStart()}, ""},
		{"random", starter(preview1, "random_get", "i32 i32 -> i32", two...), nil, "random_get"},
		{"random, allowed", starter(preview1, "random_get", "i32 i32 -> i32", two...), []host.Option{host.SnapshotAfterStart()}, ""},
		{"clock", starter(preview1, "clock_time_get", "i32 i64 i32 -> i32", wasmtest.I32(0), wasmtest.I64(0), wasmtest.I32(100)), nil, "clock_time_get"},
		{"no arguments", starter(preview1, "args_sizes_get", "i32 i32 -> i32", two...), nil, ""},
		{"no arguments, but output", starter(preview1, "args_sizes_get", "i32 i32 -> i32", two...), []host.Option{wasi.Stdout(os.Stderr)}, ""},
		{"arguments", starter(preview1, "args_sizes_get", "i32 i32 -> i32", two...), []host.Option{wasi.Args("a")}, "args_sizes_get"},
		{"no environment", starter(preview1, "environ_sizes_get", "i32 i32 -> i32", two...), []host.Option{wasi.Args("a")}, ""},
		{"environment", starter(preview1, "environ_sizes_get", "i32 i32 -> i32", two...), []host.Option{wasi.Env("A", "b")}, "environ_sizes_get"},
		{"no folders", starter(preview1, "fd_prestat_get", "i32 i32 -> i32", wasmtest.I32(3), wasmtest.I32(100)), nil, ""},
		{"folders", starter(preview1, "fd_prestat_get", "i32 i32 -> i32", wasmtest.I32(3), wasmtest.I32(100)), []host.Option{wasi.Dir(t.TempDir(), "/")}, "fd_prestat_get"},
		{"output", starter(preview1, "fd_write", "i32 i32 i32 i32 -> i32", wasmtest.I32(1), wasmtest.I32(100), wasmtest.I32(0), wasmtest.I32(8)), nil, ""},
	} {
		plugin := compileFresh(t, test.guest, running(hooks), test.opts...)
		inst, err := plugin.Instantiate(t.Context(), []any{func() {}})
		if test.refused != "" {
			wantsLink(t, err, test.refused)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		reset(t, inst)
	}
	// Without Fresh there is nothing to refuse.
	plugin, err := link.Compile(t.Context(), hook, running(hooks))
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(context.Background())
	if _, err := plugin.Instantiate(t.Context(), []any{func() {}}); err != nil {
		t.Error(err)
	}
}

// Each instance has the arguments of its own options, before and after a reset.
func TestFreshInstanceOptions(t *testing.T) {
	guest := starter("wasi_snapshot_preview1", "args_sizes_get", "i32 i32 -> i32", wasmtest.I32(100), wasmtest.I32(104))
	plugin := compileFresh(t, guest, running(), host.SnapshotAfterStart(), wasi.Args("a"))
	for _, args := range [][]string{{"a"}, {"a", "b", "c"}, {}} {
		inst, err := plugin.Instantiate(t.Context(), nil, wasi.Args(args...))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if got := run(t, plugin, inst, 0); got != uint64(len(args)) {
				t.Errorf("the guest of %q has %d arguments", args, got)
			}
			reset(t, inst)
		}
	}
}

// What WASI has for the guest starts anew: files that a call opened are closed.
func TestFreshFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/f", []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	m := &wasmtest.Module{}
	const preview1 = "wasi_snapshot_preview1"
	open := m.Import(preview1, "path_open", "i32 i32 i32 i32 i32 i64 i64 i32 i32 -> i32")
	m.Memory(1, -1)
	m.Data(200, []byte("f"))
	code := wasmtest.Seq(wasmtest.I32(3), wasmtest.I32(0), wasmtest.I32(200), wasmtest.I32(1), wasmtest.I32(0), wasmtest.I64(2), wasmtest.I64(2), wasmtest.I32(0), wasmtest.I32(100),
		wasmtest.Call(open), wasmtest.If(wasmtest.Unreachable))
	m.ExportFunc("run", "i32 -> i32", "", code, wasmtest.I32(100), wasmtest.Load32(0))
	plugin := compileFresh(t, m.Bytes(), running(), wasi.Dir(dir, "/"), wasi.Descriptors(4))
	inst, err := plugin.Instantiate(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	first := run(t, plugin, inst, 0)
	if again := run(t, plugin, inst, 0); again == first {
		t.Fatalf("both files have the number %d", first)
	}
	for range 10 {
		reset(t, inst)
		if got := run(t, plugin, inst, 0); got != first {
			t.Errorf("the first file of a call has the number %d, and not %d", got, first)
		}
	}

	// A file that is opened during the start is not there after a reset.
	m.ExportFunc("_initialize", "->", "", code)
	plugin = compileFresh(t, m.Bytes(), running(), wasi.Dir(dir, "/"), host.SnapshotAfterStart())
	if inst, err = plugin.Instantiate(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	var bad *host.ResetError
	if err := inst.Reset(t.Context()); !errors.As(err, &bad) || !strings.Contains(err.Error(), "path_open") || inst.Err() == nil {
		t.Errorf("Reset returns %v", err)
	}
}

// A resource of the host's that the guest got while it started is there after each reset,
// unless it gave it up.
func TestFreshResourcesOfTheStart(t *testing.T) {
	m := &wasmtest.Module{}
	mk, peek, drop := m.Import("a", "make", "i32 -> i32"), m.Import("a", "peek", "i32 -> i32"), m.Import("a", "[resource-drop]r", "i32 ->")
	handle := m.Global("i32", wasmtest.I32(0))
	m.Memory(1, -1)
	m.ExportFunc("_initialize", "->", "", wasmtest.I32(7), wasmtest.Call(mk), wasmtest.GlobalSet(handle))
	m.ExportFunc("run", "i32 -> i32", "",
		wasmtest.GlobalGet(handle), wasmtest.Call(peek),
		wasmtest.I32(9), wasmtest.Call(mk), wasmtest.GlobalSet(handle), // which the next call would see
		wasmtest.Get(0), wasmtest.If(wasmtest.I32(1), wasmtest.Call(drop)))
	provider := &boxProvider{}
	plugin := compileFresh(t, m.Bytes(), running(), host.Provide(provider), host.SnapshotAfterStart())
	inst, err := plugin.Instantiate(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if got := run(t, plugin, inst, 0); got != 7 {
			t.Errorf("the box of the start holds %d", got)
		}
		reset(t, inst)
	}
	if provider.supplied != 1 || provider.released != 0 {
		t.Errorf("the provider of the resource supplied %d times and was released %d times", provider.supplied, provider.released)
	}
	run(t, plugin, inst, 1)
	var bad *host.ResetError
	if err := inst.Reset(t.Context()); !errors.As(err, &bad) || !strings.Contains(err.Error(), "has given up a a#r") {
		t.Errorf("Reset returns %v", err)
	}
	if provider.released != 1 {
		t.Errorf("the provider was released %d times after its instance died", provider.released)
	}
}

// Providers are asked anew where the guest called one, and only there.
func TestFreshProviders(t *testing.T) {
	for name, guest := range boxUsers() {
		provider := &boxProvider{}
		plugin := compileFresh(t, guest, running(), host.Provide(provider))
		inst, err := plugin.Instantiate(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		reset(t, inst)
		reset(t, inst)
		if provider.supplied != 1 || provider.released != 0 {
			t.Errorf("%s: an unused provider supplied %d times", name, provider.supplied)
		}
		for n := range 3 {
			provider.boxer.adds = uint32(n)
			if got := run(t, plugin, inst, 5); got != 5+uint64(n) {
				t.Errorf("%s: run(5) is %d", name, got)
			}
			reset(t, inst)
			if provider.supplied != n+2 || provider.released != n+1 {
				t.Errorf("%s: the provider supplied %d times and was released %d times", name, provider.supplied, provider.released)
			}
		}
		provider.err = errors.New("nothing left")
		run(t, plugin, inst, 5)
		if err := inst.Reset(t.Context()); !errors.Is(err, provider.err) || !errors.Is(inst.Err(), host.ErrDead) {
			t.Errorf("%s: Reset returns %v, Err %v", name, err, inst.Err())
		}
	}
}

func TestFreshExcludes(t *testing.T) {
	m := &wasmtest.Module{}
	m.ExportFunc("run", "i32 -> i32", "", wasmtest.Get(0))
	_, err := link.Compile(t.Context(), m.Bytes(), running(), host.Fresh(), host.Unmetered())
	wantsLink(t, err, "host.Fresh and host.Unmetered exclude each other")
	plugin := compileFresh(t, m.Bytes(), running())
	_, err = plugin.Instantiate(t.Context(), nil, host.Memory(linear.NewSet(0, nil, 0)))
	wantsLink(t, err, "host.Fresh and host.Memory exclude each other")
	_, err = plugin.Instantiate(t.Context(), nil, host.Fresh())
	wantsLink(t, err, "host.Fresh is decided when the guest is compiled")

	// A malformed module is refused as it is without Fresh, at the same place.
	bad := &wasm.Module{}
	bad.Export("run", wasm.FuncKind, bad.Func(bad.Type(wasm.FuncType([]wasm.ValType{wasm.I32}, []wasm.ValType{wasm.I32})), nil, wasm.I(wasm.OpGlobalGet, 3)))
	_, want := link.Compile(t.Context(), bad.Bytes(), running())
	_, got := link.Compile(t.Context(), bad.Bytes(), running(), host.Fresh())
	if want == nil || got == nil || got.Error() != want.Error() {
		t.Errorf("got %v, and without Fresh %v", got, want)
	}
}

// On a runtime of the caller's, with either engine of wazero's, memories shrink too, unless
// the runtime's own limit leaves no page for that.
func TestFreshOnOtherRuntimes(t *testing.T) {
	ctx := context.Background()
	for name, config := range map[string]wazero.RuntimeConfig{"interpreter": wazero.NewRuntimeConfigInterpreter(), "default": wazero.NewRuntimeConfig()} {
		m := &wasmtest.Module{}
		m.Memory(1, -1)
		global := m.Global("i32", wasmtest.I32(0))
		m.ExportFunc("run", "i32 -> i32", "", wasmtest.Get(0), wasmtest.MemoryGrow,
			wasmtest.GlobalGet(global), wasmtest.I32Add, wasmtest.I32(8), wasmtest.Load32(0), wasmtest.I32Add,
			wasmtest.I32(9), wasmtest.GlobalSet(global), wasmtest.I32(8), wasmtest.I32(5), wasmtest.Store32(0))
		r := wazero.NewRuntimeWithConfig(ctx, config.WithMemoryLimitPages(8))
		defer r.Close(ctx)
		plugin := compileFresh(t, m.Bytes(), running(), host.Runtime(r))
		inst, err := plugin.Instantiate(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if got := run(t, plugin, inst, 6); got != 1 {
				t.Errorf("%s: run returns %d, want 1", name, got)
			}
			reset(t, inst)
		}
		if got := run(t, plugin, inst, 7); uint32(got) != 1<<32-1 {
			t.Errorf("%s: the guest gets the page that is kept for resets: %d", name, got)
		}
		_ = inst.Close(ctx)
	}
}
