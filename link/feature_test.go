package link_test

import (
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/internal/wasm"

	"github.com/witgen/witgen/component"
)

// TestMissingFeature: a guest that needs what the engine does not have is refused with
// the name of the feature, metered or not, and the remedy leads to no other error.
func TestMissingFeature(t *testing.T) {
	r, pkg := comptest.WITOf(t, "package a:b; world w { export run: func() -> u32; }")
	run := func(local wasm.ValType, code ...wasm.Code) []byte {
		var m wasm.Module
		m.Export("run", wasm.FuncKind, m.Func(m.Type(wasm.FuncType(nil, []wasm.ValType{wasm.I32})), []wasm.ValType{local}, code...))
		core, err := component.Embed(m.Bytes(), r, comptest.WorldNamed(t, r, pkg, "w"), component.UTF8)
		if err != nil {
			t.Fatal(err)
		}
		return core
	}
	for _, test := range []struct {
		feature string
		core    []byte
	}{
		{"exceptions", run(wasm.I32, wasm.Code{0x0a})},
		{"gc", run(wasm.ValType{Code: 0x6e}, wasm.I32Const(1))},
		{"gc", run(wasm.I32, wasm.I32Const(1), wasm.Code{0xfb, 28}, wasm.I(wasm.OpDrop), wasm.I32Const(1))},
		{"tail-call", run(wasm.I32, wasm.Code{0x12, 0})},
		{"threads", run(wasm.I32, wasm.I32Const(0), wasm.Code{0xfe, 0x10, 2, 0})},
		{"relaxed-simd", run(wasm.I32, wasm.Code{0xfd, 0x80, 2}, wasm.I32Const(1))},
	} {
		made, err := component.New(test.core, component.NewOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, guest := range [][]byte{test.core, made} {
			for _, opts := range [][]host.Option{nil, {host.Unmetered()}} {
				_, err := dynamic.Compile(t.Context(), guest, opts...)
				if err == nil || !strings.Contains(err.Error(), "the guest needs the feature "+test.feature+" of WebAssembly, at offset 0x") || strings.Contains(err.Error(), "Unmetered") {
					t.Errorf("%s: %v", test.feature, err)
				}
			}
		}
	}
}
