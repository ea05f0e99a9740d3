package meter

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/internal/testing/guestbuild"
	core "github.com/witgen/witgen/internal/wasm"
)

// BenchmarkRewrite rewrites guests; MB/s is of the module that goes in.
func BenchmarkRewrite(b *testing.B) {
	for _, compiler := range guestbuild.Compilers(b) {
		in := guest(b, compiler)
		for name, config := range map[string]Config{"depth": {Depth: true}, "stack": {Stack: true}} {
			b.Run(string(compiler)+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(len(in)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := Rewrite(in, config); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// versions are a module as it is and as it is rewritten.
func versions(b *testing.B, in []byte) map[string][]byte {
	return map[string][]byte{
		"plain": in,
		"fuel":  mustRewrite(b, in, Config{}).Wasm,
		"depth": mustRewrite(b, in, Config{Stack: true}).Wasm,
	}
}

func benchmarkCall(b *testing.B, mod api.Module, name string, arg uint64) {
	ctx := context.Background()
	f := mod.ExportedFunction(name)
	stack := make([]uint64, 1)
	b.ReportAllocs()
	for b.Loop() {
		stack[0] = arg
		if err := f.CallWithStack(ctx, stack); err != nil {
			b.Fatal(err)
		}
	}
}

// benchLoops are functions run(i32) -> i32 that turn 100,000 times.
var benchLoops = map[string][]byte{
	// sum += n; n -= 1
	"sum": {
		opcodeLoop, blockEmpty, opcodeLocalGet, 0, opcodeLocalGet, 1, opcodeI32Add, opcodeLocalSet, 1,
		opcodeLocalGet, 0, opcodeI32Const, 1, opcodeI32Sub, opcodeLocalTee, 0, opcodeBrIf, 0, opcodeEnd, opcodeLocalGet, 1,
	},
	// x = x*1664525 + n
	"lcg": seq([]byte{opcodeLoop, blockEmpty, opcodeLocalGet, 1}, i32(1664525), []byte{
		0x6c, opcodeLocalGet, 0, opcodeI32Add, opcodeLocalSet, 1,
		opcodeLocalGet, 0, opcodeI32Const, 1, opcodeI32Sub, opcodeLocalTee, 0, opcodeBrIf, 0, opcodeEnd, opcodeLocalGet, 1,
	}),
	// sum += memory[n*4 & 0xfffc]; memory[n*4 & 0xfffc] = sum
	"memory": seq([]byte{opcodeLoop, blockEmpty, opcodeLocalGet, 0, opcodeI32Const, 2, 0x74}, i32(0xfffc), []byte{
		0x71, opcodeLocalTee, 2, opcodeLocalGet, 2, 0x28, 2, 0, opcodeLocalGet, 1, opcodeI32Add, opcodeLocalTee, 1, 0x36, 2, 0,
		opcodeLocalGet, 0, opcodeI32Const, 1, opcodeI32Sub, opcodeLocalTee, 0, opcodeBrIf, 0, opcodeEnd, opcodeLocalGet, 1,
	}),
}

// BenchmarkLoop runs tight loops plain and metered.
func BenchmarkLoop(b *testing.B) {
	for _, loop := range sortedKeys(benchLoops) {
		all := versions(b, simple(ti, ti, ti+ti, benchLoops[loop]))
		for _, version := range []string{"plain", "fuel"} {
			b.Run(loop+"/"+version, func(b *testing.B) {
				benchmarkCall(b, instantiate(b, newRuntime(b), all[version]), "run", 100_000)
			})
		}
	}
}

// BenchmarkGuest runs guests plain and metered.
func BenchmarkGuest(b *testing.B) {
	for _, compiler := range guestbuild.Compilers(b) {
		all := versions(b, guest(b, compiler))
		for _, f := range []struct {
			name string
			arg  uint64
		}{{"fib", 22}, {"sieve", 100_000}, {"mixed", 2000}} {
			for _, version := range []string{"plain", "fuel", "depth"} {
				b.Run(string(compiler)+"/"+f.name+"/"+version, func(b *testing.B) {
					benchmarkCall(b, initialized(b, wasiRuntime(b), all[version]), f.name, f.arg)
				})
			}
		}
	}
}

// BenchmarkUnits runs instructions that take long, each on what the one before gave, and reports how many nanoseconds
// they take for each unit: the dearest decide how long the units last that run between two checks.
func BenchmarkUnits(b *testing.B) {
	const n = 200
	long, double := core.I(core.OpLocalGet, 1), core.I(core.OpLocalGet, 2)
	set, setDouble := core.I(core.OpLocalSet, 1), core.I(core.OpLocalSet, 2)
	chase := core.Seq(get0, core.I(core.OpI32Load, 2, 0), core.I(core.OpLocalSet, 0))
	for name, code := range map[string]core.Code{
		"i64.add":         core.Seq(long, core.I64Const(7), core.I(core.OpI64Add), set),
		"i64.mul":         core.Seq(long, core.I64Const(7), core.I(core.OpI64Mul), set),
		"i64.div_u":       core.Seq(long, core.I64Const(3), div, set),
		"i64.rem_s":       core.Seq(long, core.I64Const(1<<40+1), core.Code{0x81}, set),
		"f64.sqrt":        core.Seq(double, core.Code{0x9f}, setDouble),
		"f64.div":         core.Seq(double, core.F64Const(1.5), core.Code{0xa3}, setDouble),
		"f64.max":         core.Seq(double, core.F64Const(1.5), core.Code{0xa5}, setDouble),
		"i64.trunc":       core.Seq(double, core.Code{0xb0}, set),
		"ref.func":        core.Seq(core.I(core.OpRefFunc, 0), drop),
		"memory.size":     core.Seq(core.I(core.OpMemorySize, 0), drop),
		"short fill":      core.Seq(core.I32Const(0), core.I32Const(0), core.I32Const(1024), core.Code{opcodeMisc, miscMemoryFill, 0}),
		"chase in 64 MiB": chase,
	} {
		b.Run(name, func(b *testing.B) {
			m := &attack{}
			m.Memory(core.Limits{Min: 1024})
			m.Table(core.Table{Elem: core.FuncRef, Limits: core.Limits{Min: 1}})
			m.Element(0, 0)
			m.fn(ti, "", tl+"\x7c", core.F64Const(3), setDouble, core.I64Const(1<<62), set, times(n, code),
				// What was computed is used, or wazero would leave it out.
				core.I32Const(0), long, core.I(core.OpI64Store, 3, 1056), core.I32Const(0), double, core.Code{0x39, 3, 0x88, 0x08},
				core.I32Const(0), get0, core.I(core.OpI32Store, 2, 1040))
			m.Export("run", core.FuncKind, 0)
			m.Export("memory", core.MemoryKind, 0)
			out := mustRewrite(b, m.Bytes(), Config{})
			mod, c := controlled(b, newRuntime(b), out.Wasm)
			// A way through all lines of the memory that no processor guesses.
			const lines = 1 << 20
			at := uint32(0)
			for range lines {
				next := (at + 0x9e3779b1%lines | 1) % lines
				mod.Memory().WriteUint32Le(at*64, next*64)
				at = next
			}
			c.SetFuel(Unlimited)
			call(mod, "run", 0)
			units := Unlimited - c.Fuel()
			f := mod.ExportedFunction("run")
			stack := make([]uint64, 1)
			for i := 0; b.Loop(); i++ {
				stack[0] = uint64(i*7919%lines) * 64
				if err := f.CallWithStack(context.Background(), stack); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(units), "ns/unit")
		})
	}
}

// BenchmarkCall is the cost of a call of a function that adds: plain, metered, and under contexts.
func BenchmarkCall(b *testing.B) {
	in := simple(ti, ti, "", []byte{opcodeLocalGet, 0, opcodeLocalGet, 0, opcodeI32Add})
	all := versions(b, in)
	for _, version := range []string{"plain", "fuel"} {
		b.Run(version, func(b *testing.B) {
			benchmarkCall(b, instantiate(b, newRuntime(b), all[version]), "run", 1)
		})
	}
	watched := func(b *testing.B, context func() (context.Context, context.CancelFunc)) {
		mod, c := metered(b, newRuntime(b), in, Config{})
		w := NewWatch(c)
		defer w.Close()
		f := mod.ExportedFunction("run")
		stack := make([]uint64, 1)
		b.ReportAllocs()
		for b.Loop() {
			ctx, cancel := context()
			stack[0] = 1
			if err := w.Begin(ctx); err != nil {
				b.Fatal(err)
			}
			if err := f.CallWithStack(ctx, stack); err != nil {
				b.Fatal(err)
			}
			w.End()
			cancel()
		}
	}
	b.Run("background context", func(b *testing.B) {
		watched(b, func() (context.Context, context.CancelFunc) { return context.Background(), func() {} })
	})
	b.Run("one context", func(b *testing.B) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		watched(b, func() (context.Context, context.CancelFunc) { return ctx, func() {} })
	})
	b.Run("fresh context", func(b *testing.B) {
		watched(b, func() (context.Context, context.CancelFunc) { return context.WithCancel(context.Background()) })
	})
	b.Run("fresh context unwatched", func(b *testing.B) { // what the context itself takes
		mod := instantiate(b, newRuntime(b), in)
		f := mod.ExportedFunction("run")
		stack := make([]uint64, 1)
		b.ReportAllocs()
		for b.Loop() {
			ctx, cancel := context.WithCancel(context.Background())
			stack[0] = 1
			if err := f.CallWithStack(ctx, stack); err != nil {
				b.Fatal(err)
			}
			cancel()
		}
	})
}

// BenchmarkCancel is the time from the cancel of a context to the return of a guest that would run for
// ever.
func BenchmarkCancel(b *testing.B) {
	for _, name := range sortedKeys(endless) {
		b.Run(name, func(b *testing.B) {
			mod, c := metered(b, newRuntime(b), endless[name], Config{Stack: true})
			w := NewWatch(c)
			defer w.Close()
			f := mod.ExportedFunction("run")
			var times []time.Duration
			for b.Loop() {
				c.SetStack(Unlimited)
				ctx, cancel := context.WithCancel(context.Background())
				at := make(chan time.Time, 1)
				time.AfterFunc(2*time.Millisecond, func() {
					at <- time.Now()
					cancel()
				})
				if err := w.Begin(ctx); err != nil {
					b.Fatal(err)
				}
				if err := f.CallWithStack(ctx, []uint64{1000}); err == nil {
					b.Fatal("it returned")
				}
				times = append(times, time.Since(<-at))
				w.End()
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2].Microseconds()), "µs/cancel")
			b.ReportMetric(float64(times[len(times)-1].Microseconds()), "max-µs/cancel")
		})
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
