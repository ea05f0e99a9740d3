package maker_test

import (
	"context"
	"strings"
	"testing"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/internal/wasm"
)

// adapterWorld is the world of stackAdapter.
const adapterWorld = `package test:a@0.2.8;
	interface clock { now: func() -> u32; }
	interface log { log: func(n: u32) -> u32; }
	world adapted { import clock; import log; }`

var toI32 = wasm.FuncType(nil, []wasm.ValType{wasm.I32})

// stackAdapter is an adapter as Rust makes them: it has a stack pointer and no stack. touch
// uses the stack, now calls the clock, and far calls the log through a table. state is
// true where it keeps in a global whether its stack is there.
func stackAdapter(t *testing.T, state bool) []byte {
	var m wasm.Module
	get := m.Type(toI32)
	one := m.Type(wasm.FuncType([]wasm.ValType{wasm.I32}, []wasm.ValType{wasm.I32}))
	m.Type(wasm.FuncType([]wasm.ValType{wasm.I64}, nil)) // for nobody
	realloc := m.Type(wasm.FuncType([]wasm.ValType{wasm.I32, wasm.I32, wasm.I32, wasm.I32}, []wasm.ValType{wasm.I32}))
	imported := func(module, name string, typ uint32) uint32 {
		return m.Import(wasm.Import{Module: module, Name: name, Type: wasm.Extern{Kind: wasm.FuncKind, Func: typ}})
	}
	m.Import(wasm.Import{Module: "env", Name: "memory", Type: wasm.Extern{Kind: wasm.MemoryKind}})
	now := imported("test:a/clock@0.2.8", "now", get)
	allocate := imported("__main_module__", "cabi_realloc", realloc)
	log := imported("test:a/log@0.2.8", "log", one)
	spare := m.Global(wasm.Global{Type: wasm.I64}, wasm.I64Const(5))
	sp := m.Global(wasm.Global{Type: wasm.I32, Mutable: true}, wasm.I32Const(0))
	there := m.Global(wasm.Global{Type: wasm.I32, Mutable: true}, wasm.I32Const(0))
	m.Table(wasm.Table{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 1}})

	touch := wasm.Seq(
		wasm.I(wasm.OpGlobalGet, sp), wasm.I32Const(16), wasm.I(wasm.OpI32Sub), wasm.I(wasm.OpLocalTee, 0),
		wasm.I32Const(7), wasm.I(wasm.OpI32Store, 2, 0),
		wasm.I(wasm.OpLocalGet, 0), wasm.I(wasm.OpI32Load, 2, 0))
	if state {
		touch = wasm.Seq(wasm.I(wasm.OpGlobalGet, there), wasm.I32Const(2), wasm.I(wasm.OpI32Sub), wasm.If(wasm.I(wasm.OpUnreachable)), touch)
	}
	m.Export("touch", wasm.FuncKind, m.Func(get, []wasm.ValType{wasm.I32}, touch))
	m.Export("now", wasm.FuncKind, m.Func(get, nil, wasm.I(wasm.OpCall, now)))
	logged := m.Func(one, nil, wasm.I(wasm.OpLocalGet, 0), wasm.I(wasm.OpCall, log))
	m.Element(0, logged)
	m.Export("far", wasm.FuncKind, m.Func(get, nil, wasm.Block(), wasm.I32Const(5), wasm.I32Const(0), wasm.I(wasm.OpCallIndirect, one, 0)))
	m.Export("more", wasm.FuncKind, m.Func(get, nil,
		wasm.I(wasm.OpGlobalGet, spare), wasm.I(wasm.OpDrop), wasm.I32Const(0), wasm.I32Const(0), wasm.I32Const(4), wasm.I32Const(1<<16+1), wasm.I(wasm.OpCall, allocate)))
	m.Custom = nameSection(map[byte]map[uint32]string{
		wasm.NamesOfFunctions: {now: "now"},
		wasm.NamesOfGlobals:   {sp: "__stack_pointer", there: map[bool]string{true: "allocation_state", false: "other"}[state]},
	})
	return embedded(t, m.Bytes(), adapterWorld)
}

func nameSection(names map[byte]map[uint32]string) []byte {
	var w, section wasm.Writer
	for _, id := range []byte{wasm.NamesOfFunctions, wasm.NamesOfGlobals} {
		w.Byte(id)
		w.Sized(func() {
			w.Uint32(uint32(len(names[id])))
			for index := range uint32(10) {
				if name, ok := names[id][index]; ok {
					w.Uint32(index)
					w.Name(name)
				}
			}
		})
	}
	section.Custom("name", w.Buf)
	return section.Buf
}

// adapted is a guest whose functions call those of the adapter "old".
func adapted(t *testing.T, memory string, realloc string, functions ...string) []byte {
	var m wasm.Module
	get := m.Type(toI32)
	var imports []uint32
	for _, f := range functions {
		imports = append(imports, m.Import(wasm.Import{Module: "old", Name: f, Type: wasm.Extern{Kind: wasm.FuncKind, Func: get}}))
	}
	text := "package a:b; world w {"
	for i, f := range functions {
		m.Export(f, wasm.FuncKind, m.Func(get, nil, wasm.I(wasm.OpCall, imports[i])))
		text += " export " + f + ": func() -> u32;"
	}
	if memory != "" {
		m.Export(memory, wasm.MemoryKind, m.Memory(wasm.Limits{Min: 1, Max: 4, HasMax: true}))
	}
	if realloc != "" { // It gives 40,000, whatever is asked, and needs the guest to have been started.
		started := m.Global(wasm.Global{Type: wasm.I32, Mutable: true}, wasm.I32Const(0))
		start := m.Func(m.Type(wasm.FuncType(nil, nil)), nil, wasm.I32Const(40_000-1<<16), wasm.I(wasm.OpGlobalSet, started))
		m.Export("_initialize", wasm.FuncKind, start)
		typ := m.Type(wasm.FuncType([]wasm.ValType{wasm.I32, wasm.I32, wasm.I32, wasm.I32}, []wasm.ValType{wasm.I32}))
		m.Export(realloc, wasm.FuncKind, m.Func(typ, nil, wasm.I(wasm.OpGlobalGet, started), wasm.I(wasm.OpI32Eqz), wasm.If(wasm.I(wasm.OpUnreachable)), wasm.I(wasm.OpGlobalGet, started)))
	}
	return embedded(t, m.Bytes(), text+" }")
}

// newWith makes a component with an adapter "old".
func newWith(core, adapter []byte) ([]byte, error) {
	return component.New(core, component.NewOptions{Adapters: []component.Adapter{{Name: "old", Wasm: adapter}}})
}

// TestAdapterStack: an adapter gets a stack from the guest's realloc, or from the memory
// where the guest has none, and runs.
func TestAdapterStack(t *testing.T) {
	ctx := context.Background()
	for _, test := range []struct{ name, memory, realloc string }{
		{"no realloc", "memory", ""},
		{"a realloc", "memory", "cabi_realloc"},
		{"a realloc for adapters", "memory", "cabi_realloc_adapter"},
		{"the names of cm32p2", "cm32p2_memory", "cm32p2_realloc"},
		{"the name of old", "memory", "canonical_abi_realloc"},
	} {
		for _, state := range []bool{false, true} {
			t.Run(test.name, func(t *testing.T) {
				made, err := newWith(adapted(t, test.memory, test.realloc, "touch"), stackAdapter(t, state))
				if err != nil {
					t.Fatal(err)
				}
				plugin, err := dynamic.Compile(ctx, made)
				if err != nil {
					t.Fatal(err)
				}
				defer plugin.Close(ctx)
				guest, err := plugin.Instantiate(ctx, nil)
				if err != nil {
					t.Fatal(err)
				}
				defer guest.Close(ctx)
				for range 2 {
					if got, err := guest.Call(ctx, "touch"); err != nil || got != uint32(7) {
						t.Errorf("touch() = %v, %v", got, err)
					}
				}
			})
		}
	}
}

// TestAdapterRealloc: the realloc that stands for the guest's takes as many pages as it
// is asked for, and the memory's maximum is its limit.
func TestAdapterRealloc(t *testing.T) {
	ctx := context.Background()
	made, err := newWith(adapted(t, "memory", "", "more"), stackAdapter(t, true))
	if err != nil {
		t.Fatal(err)
	}
	plugin, err := dynamic.Compile(ctx, made)
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(ctx)
	guest, err := plugin.Instantiate(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer guest.Close(ctx)
	// Of four pages there is one from the start, and no stack, which nothing uses.
	if got, err := guest.Call(ctx, "more"); err != nil || got != uint32(1<<16) {
		t.Errorf("more() = %v, %v", got, err)
	}
	if got, err := guest.Call(ctx, "more"); err == nil {
		t.Errorf("more() = %v beyond the memory's maximum", got)
	}
}

// TestAdapterTrimmed: of an adapter, a component holds what something needs.
func TestAdapterTrimmed(t *testing.T) {
	for _, test := range []struct {
		calls  []string
		want   string
		absent []string
	}{
		{[]string{"touch"}, "", []string{"clock", "log", `"more"`, "funcref 1\n"}},
		{[]string{"now"}, "import test:a/clock@0.2.8;", []string{"log", `"touch"`, `"__main_module__"`, "start"}},
		{[]string{"far"}, "import test:a/log@0.2.8;", []string{"clock", `"touch"`}},
		{[]string{"now", "far", "touch", "more"}, "import test:a/clock@0.2.8; import test:a/log@0.2.8;", nil},
	} {
		made, err := newWith(adapted(t, "memory", "cabi_realloc", test.calls...), stackAdapter(t, true))
		if err != nil {
			t.Fatal(err)
		}
		exports := ""
		for _, f := range test.calls {
			exports += " export " + f + ": func() -> u32;"
		}
		if got := words(worldText(t, made)); got != words("package root:component; world root { "+test.want+exports+" }") {
			t.Errorf("%v: the world is %s", test.calls, got)
		}
		text := comptest.Inspected(t, made)
		for _, absent := range test.absent {
			if strings.Contains(text, absent) {
				t.Errorf("%v: the component has %s:\n%s", test.calls, absent, text)
			}
		}
		plugin, err := dynamic.Compile(context.Background(), made)
		if err != nil {
			t.Errorf("%v: %v", test.calls, err)
			continue
		}
		_ = plugin.Close(context.Background())
	}
	// An adapter that nothing calls and that exports nothing is left out.
	made, err := newWith(adapted(t, "memory", "cabi_realloc"), stackAdapter(t, true))
	if err != nil {
		t.Fatal(err)
	}
	if text := comptest.Inspected(t, made); strings.Contains(text, "core module 2") || strings.Contains(text, "old") {
		t.Errorf("the component holds an adapter that nothing needs:\n%s", text)
	}
}

// TestAdapterNeeds: what an adapter needs and the guest does not have is named.
func TestAdapterNeeds(t *testing.T) {
	if _, err := newWith(adapted(t, "", "cabi_realloc", "now"), stackAdapter(t, true)); err == nil || err.Error() != `the adapter "old" needs the memory "memory" of the core module, which does not export it` {
		t.Errorf("a guest without a memory: %v", err)
	}
	// The adapter brings the only world: a command of plain preview 1 carries none.
	bare := adapted(t, "memory", "", "now")
	bare = withoutMetadata(bare)
	made, err := newWith(bare, stackAdapter(t, true))
	if err != nil {
		t.Fatal(err)
	}
	if got := words(worldText(t, made)); got != "package root:component; world root { import test:a/clock@0.2.8; }" {
		t.Errorf("the world of a guest without one is %s", got)
	}
}

// withoutMetadata drops the custom sections of a core module.
func withoutMetadata(core []byte) []byte {
	var w wasm.Writer
	w.Preamble()
	for s := range wasm.NewCursor(core, 0).Sections() {
		if s.ID != wasm.CustomSection {
			w.Section(s.ID, func() { w.Byte(s.Data...) })
		}
	}
	return w.Buf
}
