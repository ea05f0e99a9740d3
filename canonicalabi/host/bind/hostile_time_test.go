package bind_test

import (
	"context"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/internal/testing/ctxtest"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// timeRules are guests that would run, recurse, grow or be compiled without end.
// They have the default limits and a deadline, unless the limit is another.
func timeRules() []rule {
	deadline := outcome{fn: "run", limit: "deadline", is: context.DeadlineExceeded}
	const huge = 1<<32 - 1
	forever := wasmtest.Loop(wasmtest.Br(0))
	grown := wasmtest.Seq(wasmtest.I32(255), wasmtest.MemoryGrow, wasmtest.Drop)
	again := func(code ...wasmtest.Code) wasmtest.Code {
		return wasmtest.Seq(wasmtest.Loop(wasmtest.Seq(code...), wasmtest.Br(0)), wasmtest.I64(0))
	}
	return []rule{
		{"a start without end", []hostile{
			startsForever("start", func(g *hosttest.Guest) { g.Start(g.Func("->", "", forever)) }),
			startsForever("_initialize", func(g *hosttest.Guest) { g.ExportFunc("_initialize", "->", "", forever) }),
			startsForever("start that calls an import", func(g *hosttest.Guest) {
				g.Start(g.Func("->", "", wasmtest.Loop(wasmtest.I32(0), wasmtest.I32(0), g.Call("log"), wasmtest.Br(0))))
			}).callsEarly(),
			starts("start out of fuel", outcome{limit: "fuel"}, func(g *hosttest.Guest) { g.Start(g.Func("->", "", forever)) }).with(host.Fuel(1e6)),
			starts("_initialize out of fuel", outcome{limit: "fuel"}, func(g *hosttest.Guest) { g.ExportFunc("_initialize", "->", "", forever) }).with(host.Fuel(1e6)),
			starts("start too deep", outcome{limit: "stack"}, func(g *hosttest.Guest) {
				self := g.Declare("->")
				g.DefineFunc(self, "", wasmtest.Call(self))
				g.Start(self)
			}),
		}},
		{"exponential recursion", []hostile{
			runsWith("2^1000 calls", deadline, func(g *hosttest.Guest) {
				self := g.Declare("i32 ->")
				less := wasmtest.Seq(wasmtest.Get(0), wasmtest.I32(1), wasmtest.I32Sub, wasmtest.Call(self))
				g.DefineFunc(self, "", wasmtest.Get(0), wasmtest.If(less, less))
				g.Define("run", "", wasmtest.I32(1000), wasmtest.Call(self), wasmtest.I64(0))
			}).within(ctxtest.Soon),
			runsWith("2^1000 calls without a condition", deadline, func(g *hosttest.Guest) {
				next := g.Func("->", "")
				for range 1000 {
					next = g.Func("->", "", wasmtest.Call(next), wasmtest.Call(next))
				}
				g.Define("run", "", wasmtest.Call(next), wasmtest.I64(0))
			}).within(ctxtest.Soon),
			runsWith("2^1000 calls, out of fuel", limit("run", "fuel"), func(g *hosttest.Guest) {
				self := g.Declare("i32 ->")
				less := wasmtest.Seq(wasmtest.Get(0), wasmtest.I32(1), wasmtest.I32Sub, wasmtest.Call(self))
				g.DefineFunc(self, "", wasmtest.Get(0), wasmtest.If(less, less))
				g.Define("run", "", wasmtest.I32(1000), wasmtest.Call(self), wasmtest.I64(0))
			}).with(host.Fuel(1e6)),
			runsWith("too deep, through a table", limit("run", "stack"), func(g *hosttest.Guest) {
				g.Table(1, 1)
				self := g.Declare("->")
				g.Elements(0, self)
				g.DefineFunc(self, "", wasmtest.I32(0), wasmtest.CallIndirect(g.Type("->")))
				g.Define("run", "", wasmtest.Call(self), wasmtest.I64(0))
			}),
			runsWith("too deep, with 1,000 locals that live", limit("run", "stack"), func(g *hosttest.Guest) {
				const n = 1000
				self := g.Declare("i64 -> i64")
				code := wasmtest.Code{}
				for i := range uint32(n) {
					code = wasmtest.Seq(code, wasmtest.Get(i), wasmtest.I64(uint64(i)), wasmtest.I64Add, wasmtest.Set(i+1))
				}
				code = wasmtest.Seq(code, wasmtest.Get(0), wasmtest.Call(self))
				for i := range uint32(n) {
					code = wasmtest.Seq(code, wasmtest.Get(i), wasmtest.I64Add)
				}
				g.DefineFunc(self, strings.Repeat("i64 ", n), code)
				g.Define("run", "", wasmtest.I64(0), wasmtest.Call(self))
			}),
			runsWith("within the limit", allowed, func(g *hosttest.Guest) {
				self := g.Declare("i32 ->")
				g.DefineFunc(self, "", wasmtest.Get(0), wasmtest.If(wasmtest.Get(0), wasmtest.I32(1), wasmtest.I32Sub, wasmtest.Call(self)))
				g.Define("run", "", wasmtest.I32(100), wasmtest.Call(self), wasmtest.I64(0))
			}).with(host.StackLimit(256 << 10)),
			runsWith("deeper than the limit", limit("run", "stack"), func(g *hosttest.Guest) {
				self := g.Declare("i32 ->")
				g.DefineFunc(self, "", wasmtest.Get(0), wasmtest.If(wasmtest.Get(0), wasmtest.I32(1), wasmtest.I32Sub, wasmtest.Call(self)))
				g.Define("run", "", wasmtest.I32(100_000), wasmtest.Call(self), wasmtest.I64(0))
			}).with(host.StackLimit(256 << 10)),
		}},
		{"a destructor without end", []hostile{
			destroysForever("in the guest's drop", outcome{fn: "run", limit: "deadline", is: context.DeadlineExceeded}, func(ctx context.Context, inst *subject.Instance) error {
				_, err := inst.Run(ctxtest.Soon(ctx), 0)
				return err
			}),
			destroysForever("in the host's Close", outcome{fn: "test:subject/shop@1.2.3#[dtor]item", limit: "deadline", is: context.DeadlineExceeded}, func(ctx context.Context, inst *subject.Instance) error {
				item, err := inst.Shop().NewItem(ctx, 1)
				if err != nil {
					return err
				}
				return item.Close(ctxtest.Soon(ctx))
			}),
		}},
		{"growth without end", []hostile{
			runs("memory.grow by nothing", deadline, again(wasmtest.I32(0), wasmtest.MemoryGrow, wasmtest.Drop)).within(ctxtest.Soon),
			runs("memory.grow by one", deadline, again(wasmtest.I32(1), wasmtest.MemoryGrow, wasmtest.Drop)).within(ctxtest.Soon).with(host.MemoryLimit(16 << 20)),
			grows("table.grow by one", deadline, again(wasmtest.RefNullFunc, wasmtest.I32(1), wasmtest.TableGrow, wasmtest.Drop)).within(ctxtest.Soon),
			grows("table.grow by everything", deadline, again(wasmtest.RefNullFunc, wasmtest.I32(huge), wasmtest.TableGrow, wasmtest.Drop)).within(ctxtest.Soon),
		}},
		{"bulk operations of huge length", []hostile{
			runs("memory.fill", deadline, grown, again(wasmtest.I32(0), wasmtest.I32(1), wasmtest.I32(16<<20), wasmtest.MemoryFill)).within(ctxtest.Soon).with(host.MemoryLimit(16 << 20)),
			runs("memory.copy", deadline, grown, again(wasmtest.I32(0), wasmtest.I32(1), wasmtest.I32(16<<20-1), wasmtest.MemoryCopy)).within(ctxtest.Soon).with(host.MemoryLimit(16 << 20)),
			runs("memory.fill past the end", trap("run", "", "out of bounds memory access"), wasmtest.I32(1), wasmtest.I32(1), wasmtest.I32(huge), wasmtest.MemoryFill, wasmtest.I64(0)),
			runs("memory.copy past the end", trap("run", "", "out of bounds memory access"), wasmtest.I32(1), wasmtest.I32(1), wasmtest.I32(huge), wasmtest.MemoryCopy, wasmtest.I64(0)),
			runs("memory.fill out of fuel", limit("run", "fuel"), again(wasmtest.I32(0), wasmtest.I32(1), wasmtest.I32(page), wasmtest.MemoryFill)).with(host.Fuel(1e6)),
			grows("table.fill", deadline, wasmtest.RefNullFunc, wasmtest.I32(999_999), wasmtest.TableGrow, wasmtest.Drop,
				again(wasmtest.I32(0), wasmtest.RefNullFunc, wasmtest.I32(1_000_000), wasmtest.TableFill)).within(ctxtest.Soon),
			grows("table.copy", deadline, wasmtest.RefNullFunc, wasmtest.I32(999_999), wasmtest.TableGrow, wasmtest.Drop,
				again(wasmtest.I32(0), wasmtest.I32(1), wasmtest.I32(999_999), wasmtest.TableCopy)).within(ctxtest.Soon),
			grows("table.fill past the end", trap("run", "", "invalid table access"), wasmtest.I32(0), wasmtest.RefNullFunc, wasmtest.I32(huge), wasmtest.TableFill, wasmtest.I64(0)),
		}},
		{"compiling without end", []hostile{
			refused("a function of empty ifs", "CompileTime", func(g *hosttest.Guest) {
				g.Define("run", "", repeat(100_000, wasmtest.I32(0), wasmtest.If()), wasmtest.I64(0))
			}),
			refused("a function of blocks in each other", "Nesting", func(g *hosttest.Guest) {
				g.Define("run", "", wasmtest.Code(strings.Repeat("\x02\x40", 9_000)+strings.Repeat("\x0b", 9_000)), wasmtest.I64(0))
			}),
			refused("many functions of empty ifs", "CompileTime", func(g *hosttest.Guest) {
				for range 1000 {
					g.Func("->", "", repeat(3_000, wasmtest.I32(0), wasmtest.If()))
				}
			}),
			refused("a function of 50,000 locals", "FunctionLocals", func(g *hosttest.Guest) {
				g.Define("run", strings.Repeat("i64 ", 50_000), wasmtest.I64(0))
			}),
			refused("a function that says it has 4,000,000,000 locals", "FunctionLocals", func(g *hosttest.Guest) {
				g.DefineRaw("run", []byte{1, 0xff, 0xd7, 0xe3, 0xee, 0x0e, 0x7e, 0x42, 0, 0x0b})
			}),
			refused("a function of 4 MB", "FunctionBytes", func(g *hosttest.Guest) {
				g.Define("run", "", repeat(4<<20, wasmtest.Nop), wasmtest.I64(0))
			}),
			refused("a table of all there is", "table elements", func(g *hosttest.Guest) { g.Table(huge, -1) }),
			refused("a thousand tables", "Tables", func(g *hosttest.Guest) {
				for range 1000 {
					g.Table(0, -1)
				}
			}),
			refused("a hundred tables of all that one may have", "table elements", func(g *hosttest.Guest) {
				for range 100 {
					g.Table(1_000_000, -1)
				}
			}),
			refused("memory of all there is", "memory", func(g *hosttest.Guest) { g.Export("memory", wasmtest.KindMemory, g.Memory(1<<16, -1)) }),
			refused("more functions than the limit", "Functions", func(g *hosttest.Guest) { g.Func("->", ""); g.Func("->", "") }).with(fewFunctions()),
		}},
		{"calls of imports without end", []hostile{
			imports("out of fuel", "log", limit("run", "fuel")).looping().with(host.Fuel(1e6)),
		}},
	}
}

// Host functions may take their time, which nothing counts. A guest that calls one again and
// again under a context that has ended is stopped soon, long before its own next check.
func TestEndsBetweenImports(t *testing.T) {
	t.Parallel()
	g := hosttest.NewGuest("log")
	g.Define("run", "", repeat(500, wasmtest.I32(0), wasmtest.I32(0), g.Call("log")), wasmtest.I64(0))
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	inst := start(t, g, &hosttest.Host{OnLog: func(context.Context, string) error {
		calls++
		cancel()
		return nil
	}})
	_, err := inst.Run(ctx, 0)
	wantsLimit(t, "run", err, context.Canceled)
	if calls > bind.CallsToLook {
		t.Errorf("%d calls after the end, want at most %d", calls, bind.CallsToLook)
	}
	checkState(t, inst, false)
}

// with adds options.
func (h hostile) with(opts ...host.Option) hostile {
	h.opts = append(h.opts, opts...)
	return h
}

// runsWith is a guest whose callRun write defines.
func runsWith(name string, want outcome, write func(g *hosttest.Guest)) hostile {
	return hostile{name: name, write: write, call: callRun, want: want}
}

// grows is a guest with a table whose callRun is code.
func grows(name string, want outcome, code ...wasmtest.Code) hostile {
	return runsWith(name, want, func(g *hosttest.Guest) {
		g.Table(1, -1)
		g.Define("run", "", wasmtest.Seq(code...))
	})
}

// startsForever is a guest that starts without end.
func startsForever(name string, write func(g *hosttest.Guest)) hostile {
	h := starts(name, outcome{limit: "deadline", is: context.DeadlineExceeded}, write)
	h.startWithin = ctxtest.Soon
	return h
}

// refused is a guest that Compile refuses for a limit.
func refused(name, limit string, write func(g *hosttest.Guest)) hostile {
	return hostile{name: name, write: write, refused: true, want: outcome{fn: starting, limit: limit}}
}

// destroysForever is a guest whose destructor does not end.
func destroysForever(name string, want outcome, call func(ctx context.Context, inst *subject.Instance) error) hostile {
	return hostile{
		name:    name,
		imports: handleImports,
		write: func(g *hosttest.Guest) {
			g.Dtor("item", "", wasmtest.Loop(wasmtest.Br(0)))
			g.Define("shop.[constructor]item", "", wasmtest.Get(0), g.Call(newItem))
			g.Define("run", "", wasmtest.I32(1), g.Call(newItem), g.Call(dropItem), wasmtest.I64(0))
		},
		call: func(ctx context.Context, inst *subject.Instance, _ *hosttest.Host) error { return call(ctx, inst) },
		want: want,
	}
}

func repeat(n int, code ...wasmtest.Code) wasmtest.Code {
	return wasmtest.Code(strings.Repeat(string(wasmtest.Seq(code...)), n))
}

func fewFunctions() host.Option {
	limits := host.DefaultLimits()
	limits.Functions = 10
	return host.ModuleLimits(limits)
}
