package link

import (
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/internal/wasm"
)

// TestInvalidFunction compares invalidFunction with what wazero says: of the body of the
// third function that a module defines, of an exported one, and of something else.
func TestInvalidFunction(t *testing.T) {
	r := wazero.NewRuntime(t.Context())
	defer r.Close(t.Context())
	module := func(edit func(m *wasm.Module, last uint32)) []byte {
		var m wasm.Module
		typ := m.Type(wasm.FuncType(nil, nil))
		m.Import(wasm.Import{Module: "m", Name: "f", Type: wasm.Extern{Kind: wasm.FuncKind, Func: typ}})
		m.Func(typ, nil)
		m.Func(typ, nil)
		edit(&m, m.Func(typ, nil, wasm.I(wasm.OpDrop)))
		return m.Bytes()
	}
	for _, test := range []struct {
		name   string
		module []byte
		n      int
		ok     bool
	}{
		{"a body", module(func(*wasm.Module, uint32) {}), 2, true},
		{"a body that is exported", module(func(m *wasm.Module, last uint32) { m.Export("x", wasm.FuncKind, last) }), 2, true},
		{"an export", module(func(m *wasm.Module, _ uint32) { m.Export("x", wasm.FuncKind, 9) }), 0, false},
	} {
		_, err := r.CompileModule(t.Context(), test.module)
		if err == nil {
			t.Fatalf("%s: wazero compiles the module", test.name)
		}
		if n, ok := invalidFunction(err); ok != test.ok || ok && n != test.n {
			t.Errorf("%s: function %d, %t, of %v", test.name, n, ok, err)
		}
	}
}
