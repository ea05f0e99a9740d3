package link_test

import (
	"context"
	"errors"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/testing/ctxtest"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// spinning is a component whose run calls f of its child. f goes on for ever; or,
// given 0, returns it, and given 1, calls itself for ever.
func spinning() []byte {
	m := &wasmtest.Module{}
	self := m.Declare("i32 -> i32")
	m.DefineFunc(self, "", wasmtest.Get(0), wasmtest.Call(self))
	m.ExportFunc("f", "i32 -> i32", "",
		wasmtest.Get(0), wasmtest.I32Eqz, wasmtest.If(wasmtest.I32(0), wasmtest.Return),
		wasmtest.Get(0), wasmtest.I32(1), wasmtest.I32Eq, wasmtest.If(wasmtest.I32(0), wasmtest.Call(self), wasmtest.Return),
		wasmtest.Loop(wasmtest.Br(0)), wasmtest.I32(0))
	child := &builder{}
	liftExport(child, child.Core(child.Module(m.Bytes())), "f", funcType(1, true))

	b := &builder{}
	i := b.Instance(b.Add(&child.Component))
	bag := b.Bag(coreExport("f", binary.SortCoreFunc, b.Lower(b.Alias(binary.SortFunc, i, "f"))))
	u := b.Core(b.Module(caller("c", "f", 1)), coreArg("c", bag))
	b.Export("run", binary.SortFunc, b.Lift(b.CoreAlias(binary.SortCoreFunc, u, "f"), b.Type(funcType(1, true))))
	return b.Bytes()
}

// The limits hold in whichever component instance the guest runs.
func TestInnerLimits(t *testing.T) {
	for _, test := range []struct {
		name, limit string
		arg         uint32
		opts        []host.Option
	}{
		{"deadline", "deadline", 2, nil},
		{"fuel", "fuel", 2, []host.Option{host.Fuel(1_000_000)}},
		{"depth", "call depth", 1, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			plugin, err := dynamic.Compile(context.Background(), spinning(), test.opts...)
			if err != nil {
				t.Fatal(err)
			}
			defer plugin.Close(context.Background())
			inst, err := plugin.Instantiate(context.Background(), nil)
			if err != nil {
				t.Fatal(err)
			}
			wants(t, inst, 0, "run", 0)
			ctx := context.Background()
			if test.limit == "deadline" {
				ctx = ctxtest.Soon(ctx)
			}
			_, err = inst.Call(ctx, "run", test.arg)
			var limit *host.LimitError
			if !errors.As(err, &limit) || limit.Limit != test.limit {
				t.Errorf("got %v; want limit %q", err, test.limit)
			}
			if !errors.Is(inst.Err(), host.ErrDead) {
				t.Errorf("the instance afterwards: %v", inst.Err())
			}
		})
	}
}
