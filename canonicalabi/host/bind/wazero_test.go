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
