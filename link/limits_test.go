package link_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/link"
)

// A module that is larger than the limits is refused before it is compiled, with
// the limit, the place and the remedy.
func TestCompileLimits(t *testing.T) {
	t.Parallel()
	runtime := wazero.NewRuntime(context.Background())
	t.Cleanup(func() { runtime.Close(context.Background()) })
	limits := func(change func(l *host.Limits)) host.Option {
		l := host.DefaultLimits()
		change(&l)
		return host.ModuleLimits(l)
	}
	memory := func(pages uint32) []byte {
		return guest(nil, func(g *hosttest.Guest) { g.Export("memory", wasmtest.KindMemory, g.Memory(pages, -1)) })
	}
	table := func(elements uint32) []byte {
		return guest(nil, func(g *hosttest.Guest) { g.Table(elements, -1) })
	}
	// A function of n blocks that lie in one another or follow one another.
	blocks := func(n int) []byte {
		return guest(nil, func(g *hosttest.Guest) {
			var code wasmtest.Code
			for range n {
				code = append(code, wasmtest.Seq(wasmtest.I32(0), wasmtest.If())...)
			}
			g.Define("run", "", code, wasmtest.I64(0))
		})
	}
	for name, test := range map[string]struct {
		wasm   []byte
		opts   []host.Option
		limit  string
		detail string
	}{
		"memory": {memory(17), []host.Option{host.MemoryLimit(1 << 20)}, "memory",
			"the guest starts with 1114112 bytes, and the limit is 1048576; raise it with host.MemoryLimit, or give the guest less"},
		"memory in a shared runtime": {memory(17), []host.Option{host.MemoryLimit(1 << 20), host.Runtime(runtime)}, "memory",
			"the guest starts with 1114112 bytes, and the limit is 1048576;"},
		"memory, unmetered":   {memory(17), []host.Option{host.MemoryLimit(1 << 20), host.Unmetered()}, "memory", "the guest starts with 1114112 bytes, and the limit is 1048576;"},
		"all memory there is": {memory(1 << 16), nil, "memory", "the guest starts with 4294967296 bytes, and the limit is 268435456;"},
		"table":               {table(11), []host.Option{host.TableLimit(10)}, "table elements", "11 at offset 0x"},
		"largest table":       {table(1<<32 - 1), nil, "table elements", "and the limit is 1000000; raise it with host.TableLimit, or give the guest less"},
		"empty ifs":           {blocks(60_000), nil, "CompileTime", "most of it in function 0 at offset 0x"},
		"bytes":               {memory(1), []host.Option{limits(func(l *host.Limits) { l.ModuleBytes = 100 })}, "ModuleBytes", "and the limit is 100; raise it with host.ModuleLimits, or make the guest smaller"},
		"functions":           {memory(1), []host.Option{limits(func(l *host.Limits) { l.Functions = 3 })}, "Functions", "and the limit is 3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plugin, err := subject.Compile(context.Background(), test.wasm, test.opts...)
			var limit *host.LimitError
			if plugin != nil || !errors.As(err, &limit) {
				t.Fatalf("got %T %v; want a LimitError", err, err)
			}
			if limit.Func != "test:subject/subject@1.2.3" || limit.Limit != test.limit || !strings.Contains(limit.Detail, test.detail) {
				t.Errorf("got %q of %q, detail %q; want %q, %q", limit.Limit, limit.Func, limit.Detail, test.limit, test.detail)
			}
		})
	}
}

// A guest's memory and tables do not grow beyond the limits, whoever's the runtime.
func TestGrowthLimits(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, shared := range map[string]bool{"own runtime": false, "shared runtime": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts := []host.Option{host.MemoryLimit(20 << 16), host.TableLimit(30)}
			if shared {
				r := wazero.NewRuntime(ctx)
				t.Cleanup(func() { r.Close(ctx) })
				opts = append(opts, host.Runtime(r))
			}
			wasm := guest(nil, func(g *hosttest.Guest) {
				g.Table(1, -1)
				// Each grows to its limit, and cannot grow by one more: 1 + 0 + 1 + 0.
				memory := func(by uint32) wasmtest.Code { return wasmtest.Seq(wasmtest.I32(by), wasmtest.MemoryGrow) }
				table := func(by uint32) wasmtest.Code {
					return wasmtest.Seq(wasmtest.RefNullFunc, wasmtest.I32(by), wasmtest.TableGrow)
				}
				failed := wasmtest.Seq(wasmtest.I32(1), wasmtest.I32Add)
				g.Define("run", "",
					memory(19), memory(1), failed, wasmtest.I32Add,
					table(29), table(1), failed, wasmtest.I32Add,
					wasmtest.I32Add, wasmtest.I64ExtendU)
			})
			plugin, err := subject.Compile(ctx, wasm, opts...)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { plugin.Close(ctx) })
			inst, err := plugin.Instantiate(ctx, subject.Imports{})
			if err != nil {
				t.Fatal(err)
			}
			if n, err := inst.Run(ctx, 0); n != 2 || err != nil {
				t.Errorf("growth returns %d, %v", n, err)
			}
		})
	}
}

// A plugin has no more instances than its limit at a time.
func TestInstanceLimit(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	plugin, err := subject.Compile(ctx, guest(nil, func(*hosttest.Guest) {}), host.InstanceLimit(2))
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(ctx)
	var last *subject.Instance
	for range 2 {
		if last, err = plugin.Instantiate(ctx, subject.Imports{}); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		_, err = plugin.Instantiate(ctx, subject.Imports{})
		var limit *host.LimitError
		if !errors.As(err, &limit) || limit.Limit != "instances" || limit.Detail != "2 exist; close some, or raise it with host.InstanceLimit" {
			t.Fatalf("got %T %v; want a LimitError", err, err)
		}
	}
	if err := last.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := plugin.Instantiate(ctx, subject.Imports{}); err != nil {
		t.Errorf("after one was closed: %v", err)
	}
}

// tabled is a module with a memory and a table, whose functions grow them.
func tabled() []byte {
	m := &wasmtest.Module{}
	m.Memory(1, -1)
	m.Table(1, -1)
	m.ExportFunc("memory", "i32 -> i32", "", wasmtest.Get(0), wasmtest.MemoryGrow)
	m.ExportFunc("table", "i32 -> i32", "", wasmtest.RefNullFunc, wasmtest.Get(0), wasmtest.TableGrow)
	return m.Bytes()
}

// The limits of memory and tables hold for all modules of a component together.
func TestComponentLimits(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := &builder{}
	module := b.Module(tabled())
	for _, suffix := range []string{"1", "2"} {
		inst := b.Core(module)
		for _, name := range []string{"memory", "table"} {
			f := b.Lift(b.CoreAlias(binary.SortCoreFunc, inst, name), b.Type(funcType(1, true)))
			b.Export(name+suffix, binary.SortFunc, f)
		}
	}
	world := &bind.World{Name: "test:limits/w", Exports: []bind.Item{{Name: "$root", Interface: &bind.Interface{Functions: []bind.Function{
		{Name: "memory1", Export: "i32 -> i32"}, {Name: "memory2", Export: "i32 -> i32"},
		{Name: "table1", Export: "i32 -> i32"}, {Name: "table2", Export: "i32 -> i32"},
	}}}}}
	plugin, err := link.Compile(ctx, b.Bytes(), world, host.MemoryLimit(10<<16), host.TableLimit(20))
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(ctx)
	for range 2 { // each instance has as much
		inst, err := plugin.Instantiate(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		const failed = 1<<32 - 1
		for _, call := range []struct {
			function int
			by, want uint32
		}{
			{0, 5, 1}, {1, 4, failed}, {1, 3, 1}, {0, 1, failed}, // two pages and eight more
			{2, 9, 1}, {2, 1, failed}, {3, 9, 1}, {3, 1, failed}, // ten elements each
		} {
			f := plugin.Export(inst, 0).Func(call.function)
			c := f.Begin(ctx)
			c.Stack[0] = uint64(call.by)
			if got, err := c.Finish(); uint32(got) != call.want || err != nil {
				t.Errorf("%+v: %d, %v", call, int32(got), err)
			}
		}
	}
	_, err = link.Compile(ctx, b.Bytes(), world, host.MemoryLimit(1<<16))
	var limit *host.LimitError
	if !errors.As(err, &limit) || limit.Limit != "memory" {
		t.Errorf("two memories where one fits: %v", err)
	}
}
