package component_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/internal/wasm"
)

// TestInteropAdapters: the standard adapters of preview 1 go with guests that have a
// realloc and with guests that have none, and the component of the former is that of
// wasm-tools, byte for byte.
func TestInteropAdapters(t *testing.T) {
	run := wasmTools(t)
	files, err := filepath.Glob(filepath.Join(os.Getenv("WITGEN_INTEROP"), "node_modules/@bytecodealliance/jco/lib/wasi_snapshot_preview1.*.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 2 {
		t.Fatalf("WITGEN_INTEROP holds %d adapters of jco", len(files))
	}
	r, pkg := comptest.WITOf(t, "package a:b; world w { export run: func() -> u32; }")
	for _, file := range files {
		adapter, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, realloc := range []bool{false, true} {
			core, err := component.Embed(preview1Guest(realloc), r, comptest.WorldNamed(t, r, pkg, "w"), component.UTF8)
			if err != nil {
				t.Fatal(err)
			}
			made, err := component.New(core, component.NewOptions{Adapters: []component.Adapter{{Name: "wasi_snapshot_preview1", Wasm: adapter}}})
			if err != nil {
				t.Errorf("%s, realloc %v: %v", filepath.Base(file), realloc, err)
				continue
			}
			if out, err := run(made, "validate"); err != nil {
				t.Errorf("%s, realloc %v: wasm-tools refuses it: %s", filepath.Base(file), realloc, firstLine(out))
			}
			out := filepath.Join(t.TempDir(), "theirs.wasm")
			if msg, err := run(core, "component", "new", "--adapt", "wasi_snapshot_preview1="+file, "-o", out); err != nil {
				t.Fatalf("%s: %s", filepath.Base(file), msg)
			}
			theirs, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			// Without a realloc, the function that stands for it differs: here it takes any size.
			if realloc && string(plainComponent(made)) != string(plainComponent(theirs)) {
				t.Errorf("%s: the components differ", filepath.Base(file))
			}
		}
	}
}

// preview1Guest is a command that asks for arguments, random numbers and output.
func preview1Guest(realloc bool) []byte {
	var m wasm.Module
	two := m.Type(wasm.FuncType([]wasm.ValType{wasm.I32, wasm.I32}, []wasm.ValType{wasm.I32}))
	four := m.Type(wasm.FuncType([]wasm.ValType{wasm.I32, wasm.I32, wasm.I32, wasm.I32}, []wasm.ValType{wasm.I32}))
	imported := func(name string, typ uint32) {
		m.Import(wasm.Import{Module: "wasi_snapshot_preview1", Name: name, Type: wasm.Extern{Kind: wasm.FuncKind, Func: typ}})
	}
	imported("random_get", two)
	imported("args_sizes_get", two)
	imported("fd_write", four)
	m.Export("run", wasm.FuncKind, m.Func(m.Type(wasm.FuncType(nil, []wasm.ValType{wasm.I32})), nil, wasm.I(wasm.OpUnreachable)))
	m.Export("_start", wasm.FuncKind, m.Func(m.Type(wasm.FuncType(nil, nil)), nil, nil))
	if realloc {
		m.Export("cabi_realloc", wasm.FuncKind, m.Func(four, nil, wasm.I(wasm.OpUnreachable)))
	}
	m.Export("memory", wasm.MemoryKind, m.Memory(wasm.Limits{Min: 1}))
	return m.Bytes()
}
