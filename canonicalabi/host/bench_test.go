package host_test

import (
	"context"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/internal/hosttest"
	"github.com/witgen/witgen/internal/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/wasmtest"
)

func addGuest() []byte {
	g := hosttest.NewGuest()
	g.Define("values.add", "", wasmtest.Get(0), wasmtest.Get(1), wasmtest.I32Add)
	return g.Bytes()
}

// BenchmarkAdd is a call of add through the generated bindings, beside the same
// by hand.
func BenchmarkAdd(b *testing.B) {
	ctx := context.Background()
	b.Run("witgen", func(b *testing.B) {
		plugin, err := subject.Compile(ctx, addGuest())
		if err != nil {
			b.Fatal(err)
		}
		defer plugin.Close(ctx)
		inst, err := plugin.Instantiate(ctx, subject.Imports{})
		if err != nil {
			b.Fatal(err)
		}
		values := inst.Values()
		b.ReportAllocs()
		for b.Loop() {
			if sum, err := values.Add(ctx, 2, 3); sum != 5 || err != nil {
				b.Fatal(sum, err)
			}
		}
	})
	b.Run("hand", func(b *testing.B) {
		r := wazero.NewRuntime(ctx)
		defer r.Close(ctx)
		mod, err := r.Instantiate(ctx, addGuest())
		if err != nil {
			b.Fatal(err)
		}
		add := mod.ExportedFunction(hosttest.ExportName("values.add"))
		stack := make([]uint64, 2)
		b.ReportAllocs()
		for b.Loop() {
			stack[0], stack[1] = 2, 3
			if err := add.CallWithStack(ctx, stack); err != nil || uint32(stack[0]) != 5 {
				b.Fatal(stack, err)
			}
		}
	})
}
