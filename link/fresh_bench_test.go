package link_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/examples/calculator/gen/example/calculator/log"
	"github.com/witgen/witgen/examples/calculator/gen/example/calculator/scientific"
	"github.com/witgen/witgen/internal/testing/guestbuild"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/link"
	"github.com/witgen/witgen/link/internal/linear"
)

type silent struct{}

func (silent) Write(context.Context, log.Level, string) error { return nil }

// BenchmarkFresh takes a fresh instance of the scientific calculator, has it add, and
// gives it back. Beside it, in the same run: a comparison of as many bytes as the guest's
// memory has, and for a core module what raw wazero takes to instantiate it, which is not
// all: the call comes to it.
//
//	go test ./link -run '^$' -bench Fresh
func BenchmarkFresh(b *testing.B) {
	ctx := context.Background()
	for _, c := range guestbuild.Compilers(b) {
		core := guestbuild.Build(b, c, "../examples/calculator/scientific")
		guests := map[string][]byte{"core module": core}
		if c != guestbuild.Go {
			guests["component"] = guestbuild.Componentize(b, core, "../examples/calculator/wit", "scientific")
		}
		for form, guest := range guests {
			b.Run(fmt.Sprintf("%s %s", c, form), func(b *testing.B) {
				before := linear.InUse()
				plugin, err := scientific.Compile(ctx, guest, host.Fresh(), host.SnapshotAfterStart())
				if err != nil {
					b.Fatal(err)
				}
				pool := host.NewPool(1, host.Source[*scientific.Instance]{Close: plugin.Close, Instantiate: func(ctx context.Context) (*scientific.Instance, error) {
					return plugin.Instantiate(ctx, scientific.Imports{Log: silent{}})
				}})
				defer pool.Close(ctx)
				turn := func(b *testing.B) {
					inst, err := pool.Get(ctx)
					if err != nil {
						b.Fatal(err)
					}
					if sum, err := inst.Operations().Add(ctx, 2, 3); sum != 5 || err != nil {
						b.Fatal(sum, err)
					}
					pool.Put(ctx, inst)
				}
				turn(b)
				size := int(linear.InUse() - before)
				b.Run("take, add, give back", func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						turn(b)
					}
					b.ReportMetric(float64(size)/1024, "KiB")
				})
				if got := pool.Stats(); got.Replaced != 0 {
					b.Errorf("the pool counts %+v", got)
				}
				one, two := make([]byte, size), make([]byte, size)
				_, _ = rand.Read(one)
				copy(two, one)
				b.Run("compare the memory", func(b *testing.B) {
					for b.Loop() {
						if !bytes.Equal(one, two) {
							b.Fatal("they differ")
						}
					}
				})
				b.Run("instantiate and close", func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						inst, err := plugin.Instantiate(ctx, scientific.Imports{Log: silent{}})
						if err != nil {
							b.Fatal(err)
						}
						_ = inst.Close(ctx)
					}
				})
				if form == "core module" && c == guestbuild.TinyGoUnknown {
					b.Run("raw wazero, instantiate and close", func(b *testing.B) { rawInstantiate(b, guest) })
				}
			})
		}
	}
}

func rawInstantiate(b *testing.B, guest []byte) {
	ctx := context.Background()
	r := wazero.NewRuntime(ctx)
	defer r.Close(ctx)
	if _, err := r.NewHostModuleBuilder("example:calculator/log").NewFunctionBuilder().
		WithFunc(func(uint32, uint32, uint32) {}).Export("write").Instantiate(ctx); err != nil {
		b.Fatal(err)
	}
	compiled, err := r.CompileModule(ctx, guest)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		mod, err := r.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize"))
		if err != nil {
			b.Fatal(err)
		}
		_ = mod.Close(ctx)
	}
}

// BenchmarkIdleFresh reports what 1,000 idle instances of a guest with 20 MiB of memory
// own, each of which has written to three pages.
func BenchmarkIdleFresh(b *testing.B) {
	const instances, pages = 1000, 320
	ctx := context.Background()
	m := &wasmtest.Module{}
	m.Memory(pages, -1)
	fill := wasmtest.Seq(wasmtest.I32(0), wasmtest.I32(7), wasmtest.I32(pages<<16), wasmtest.MemoryFill)
	m.ExportFunc("_initialize", "->", "", fill)
	touch := func(at uint32) wasmtest.Code {
		return wasmtest.Seq(wasmtest.I32(at), wasmtest.Get(0), wasmtest.Store32(0))
	}
	m.ExportFunc("run", "i32 -> i32", "", touch(100), touch(1<<20), touch(5<<20), wasmtest.Get(0))
	for _, opts := range [][]host.Option{nil, {host.Fresh()}} {
		b.Run(fmt.Sprintf("fresh=%t", len(opts) > 0), func(b *testing.B) {
			plugin, err := link.Compile(ctx, m.Bytes(), running(), opts...)
			if err != nil {
				b.Fatal(err)
			}
			defer plugin.Close(ctx)
			count := instances
			if len(opts) == 0 {
				count = 20 // all their pages are their own
			}
			for b.Loop() {
				before := anonymous(b)
				for range count {
					inst, err := plugin.Instantiate(ctx, nil)
					if err != nil {
						b.Fatal(err)
					}
					f := plugin.Export(inst, 0).Func(0)
					if _, err := f.Begin(ctx).Finish(); err != nil {
						b.Fatal(err)
					}
					if len(opts) > 0 {
						if err := inst.Reset(ctx); err != nil {
							b.Fatal(err)
						}
					}
					defer inst.Close(ctx)
				}
				b.ReportMetric(float64(anonymous(b)-before)/float64(count), "KiB/instance")
			}
		})
	}
}

// anonymous returns how many KiB of memory the process has that is no file's.
func anonymous(b *testing.B) (kib int) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("the system has no /proc/self/status")
	}
	for line := range strings.Lines(string(text)) {
		if n, _ := fmt.Sscanf(line, "RssAnon: %d kB", &kib); n == 1 {
			return kib
		}
	}
	b.Skip("the system does not tell")
	return 0
}
