package bind

import (
	"context"
	"errors"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// Of the errors of a call, fullStack knows the one of a full stack.
func TestFullStack(t *testing.T) {
	ctx := context.Background()
	r := wazero.NewRuntime(ctx)
	defer r.Close(ctx)
	_, err := r.NewHostModuleBuilder("host").NewFunctionBuilder().WithFunc(func() { panic(errors.New(stackOverflow)) }).Export("panic").Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	m := &wasmtest.Module{}
	imported := m.Import("host", "panic", "->")
	self := m.Declare("->")
	m.DefineFunc(self, "", wasmtest.Call(self))
	m.Export("recursion", wasmtest.KindFunc, self)
	m.ExportFunc("unreachable", "->", "", wasmtest.Unreachable)
	m.ExportFunc("import", "->", "", wasmtest.Call(imported))
	module, err := r.Instantiate(ctx, m.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"recursion": true, "unreachable": false, "import": false} {
		err := module.ExportedFunction(name).CallWithStack(ctx, nil)
		if err == nil || fullStack(err) != want {
			t.Errorf("%s: fullStack is %v for %v", name, !want, err)
		}
	}
}

// The stacks of wazero's compiler and interpreter are found, and grow with the calls.
func TestStackOf(t *testing.T) {
	ctx := context.Background()
	for name, config := range map[string]wazero.RuntimeConfig{"as it is here": wazero.NewRuntimeConfig(), "interpreter": wazero.NewRuntimeConfigInterpreter()} {
		r := wazero.NewRuntimeWithConfig(ctx, config)
		defer r.Close(ctx)
		var f coreFunc
		during := 0
		_, err := r.NewHostModuleBuilder("host").NewFunctionBuilder().WithFunc(func() { during = f.size() }).Export("look").Instantiate(ctx)
		if err != nil {
			t.Fatal(err)
		}
		m := &wasmtest.Module{}
		look := m.Import("host", "look", "->")
		self := m.Declare("i32 ->")
		m.DefineFunc(self, "", wasmtest.Get(0), wasmtest.If(wasmtest.Get(0), wasmtest.I32(1), wasmtest.I32Sub, wasmtest.Call(self)),
			wasmtest.Get(0), wasmtest.I32Eqz, wasmtest.If(wasmtest.Call(look)))
		m.Export("f", wasmtest.KindFunc, self)
		module, err := r.Instantiate(ctx, m.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		f = newCoreFunc(module.ExportedFunction("f"))
		if err := f.CallWithStack(ctx, []uint64{1000}); err != nil {
			t.Fatal(err)
		}
		if least := 1000 * 16; during < least || during > 2000*least || !f.grown() {
			t.Errorf("%s: a thousand calls take %d bytes of stack", name, during)
		}
		if f.interpreted() == f.compiledGrown() {
			t.Errorf("%s: the stack is not known as one of the compiler or of the interpreter", name)
		}
	}
}
