package bind_test

import (
	"context"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/values"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

func addGuest() []byte {
	g := hosttest.NewGuest()
	g.Define("values.add", "", wasmtest.Get(0), wasmtest.Get(1), wasmtest.I32Add)
	return g.Bytes()
}

// BenchmarkAdd is a call of add through the generated bindings under contexts and
// options, beside the same by hand.
func BenchmarkAdd(b *testing.B) {
	ctx := context.Background()
	cancellable, cancel := context.WithCancel(ctx)
	defer cancel()
	for _, test := range []struct {
		name string
		ctx  context.Context
		opts []host.Option
	}{
		{"witgen", ctx, nil},
		{"cancellable", cancellable, nil},
		{"fuel", ctx, []host.Option{host.Fuel(1 << 30)}},
		{"cancellable-fuel", cancellable, []host.Option{host.Fuel(1 << 30)}},
		{"unmetered", ctx, []host.Option{host.Unmetered()}},
	} {
		b.Run(test.name, func(b *testing.B) {
			values := startAdd(b, test.opts...)
			b.ReportAllocs()
			for b.Loop() {
				if sum, err := values.Add(test.ctx, 2, 3); sum != 5 || err != nil {
					b.Fatal(sum, err)
				}
			}
		})
	}
	b.Run("fresh", func(b *testing.B) {
		values := startAdd(b)
		b.ReportAllocs()
		for b.Loop() {
			ctx, cancel := context.WithCancel(ctx)
			if sum, err := values.Add(ctx, 2, 3); sum != 5 || err != nil {
				b.Fatal(sum, err)
			}
			cancel()
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

func startAdd(b *testing.B, opts ...host.Option) values.Interface {
	ctx := context.Background()
	plugin, err := subject.Compile(ctx, addGuest(), opts...)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { plugin.Close(ctx) })
	inst, err := plugin.Instantiate(ctx, subject.Imports{})
	if err != nil {
		b.Fatal(err)
	}
	return inst.Values()
}
