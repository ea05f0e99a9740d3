package bind_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/ctxtest"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// runs is a guest whose callRun is code.
func runs(name string, want outcome, code ...wasmtest.Code) hostile {
	return hostile{
		name:  name,
		write: func(g *hosttest.Guest) { g.Define("run", "i32", wasmtest.Seq(code...)) },
		call:  callRun,
		want:  want,
	}
}

// starts is a guest that does something when it is instantiated.
func starts(name string, want outcome, write func(g *hosttest.Guest)) hostile {
	want.fn = starting
	return hostile{name: name, imports: []string{"log"}, write: write, want: want}
}

// within makes the calls of a guest end soon.
func (h hostile) within(limit func(ctx context.Context) context.Context) hostile {
	call := h.call
	h.call = func(ctx context.Context, inst *subject.Instance, host *hosttest.Host) error {
		return call(limit(ctx), inst, host)
	}
	return h
}

// cancelled is a context that is cancelled while a guest loops.
func cancelled(ctx context.Context) context.Context { return ctxtest.Ends(ctx, context.Canceled) }

func conductRules() []rule {
	crash := func(text string) outcome { return trap("run", "", text) }
	loop := wasmtest.Seq(wasmtest.Loop(wasmtest.Br(0)), wasmtest.I64(0))
	stopped := func(limit string, is error) outcome { return outcome{fn: "run", limit: limit, is: is} }
	return []rule{
		{"traps of core code", []hostile{
			runs("unreachable", crash("unreachable"), wasmtest.Unreachable),
			runs("division by zero", crash("integer divide by zero"), wasmtest.I32(1), wasmtest.I32(0), wasmtest.I32DivS, wasmtest.I64ExtendU),
			runs("division overflow", crash("integer overflow"), wasmtest.I32(1<<31), wasmtest.I32(1<<32-1), wasmtest.I32DivS, wasmtest.I64ExtendU),
			runs("load out of bounds", crash("out of bounds memory access"), wasmtest.I32(page), wasmtest.Load64(0)),
			runs("store out of bounds", crash("out of bounds memory access"), wasmtest.I32(1<<32-1), wasmtest.I32(1), wasmtest.Store32(0), wasmtest.I64(0)),
			runs("copy out of bounds", crash("out of bounds memory access"), wasmtest.I32(0), wasmtest.I32(1), wasmtest.I32(page), wasmtest.MemoryCopy, wasmtest.I64(0)),
			{
				name: "call of nothing",
				write: func(g *hosttest.Guest) {
					g.Table(1, 1)
					g.Define("run", "", wasmtest.I32(0), wasmtest.CallIndirect(g.Type("-> i64")))
				},
				call: callRun,
				want: crash("invalid table access"),
			},
			{
				name: "call of another type",
				write: func(g *hosttest.Guest) {
					g.Table(1, 1)
					g.Elements(0, g.Func("->", ""))
					g.Define("run", "", wasmtest.I32(0), wasmtest.CallIndirect(g.Type("-> i64")))
				},
				call: callRun,
				want: crash("indirect call type mismatch"),
			},
		}},
		{"recursion without end", []hostile{
			{
				name: "of a function",
				write: func(g *hosttest.Guest) {
					self := g.Declare("->")
					g.DefineFunc(self, "", wasmtest.Call(self))
					g.Define("run", "", wasmtest.Call(self), wasmtest.I64(0))
				},
				call: callRun,
				want: limit("run", "call depth"),
			},
			{
				name: "with large frames",
				write: func(g *hosttest.Guest) {
					self := g.Declare("i64 i64 i64 i64 i64 i64 i64 i64 -> i64")
					code := wasmtest.Code{}
					for i := range uint32(8) {
						code = wasmtest.Seq(code, wasmtest.Get(i), wasmtest.I64(1), wasmtest.I64Add)
					}
					g.DefineFunc(self, "", code, wasmtest.Call(self), wasmtest.Get(0), wasmtest.I64Add)
					g.Define("run", "", wasmtest.Seq(wasmtest.I64(0), wasmtest.I64(0), wasmtest.I64(0), wasmtest.I64(0)),
						wasmtest.I64(0), wasmtest.I64(0), wasmtest.I64(0), wasmtest.I64(0), wasmtest.Call(self))
				},
				call: callRun,
				want: limit("run", "call depth"),
			},
		}},
		{"loops without end", []hostile{
			runs("deadline", stopped("deadline", context.DeadlineExceeded), loop).within(ctxtest.Soon),
			runs("cancel", stopped("cancel", context.Canceled), loop).within(cancelled),
			imports("of calls of an import", "log", stopped("deadline", context.DeadlineExceeded)).looping().within(ctxtest.Soon),
		}},
		{"memory", []hostile{
			runs("grows without end", allowed, wasmtest.Loop(wasmtest.I32(15), wasmtest.MemoryGrow, wasmtest.I32(1<<32-1), wasmtest.I32Eq, wasmtest.I32Eqz, wasmtest.BrIf(0)),
				wasmtest.MemorySize, wasmtest.I64ExtendU).limited(16<<20, 16<<20/page),
			runs("grows by everything", allowed, wasmtest.I32(1<<16-1), wasmtest.MemoryGrow, wasmtest.Drop, wasmtest.MemorySize, wasmtest.I64ExtendU).limited(16<<20, 1),
		}},
		{"start", []hostile{
			starts("traps", outcome{rule: host.RuleStart, text: "unreachable"}, func(g *hosttest.Guest) { g.Start(g.Func("->", "", wasmtest.Unreachable)) }),
			starts("breaks a rule", outcome{rule: host.RuleBounds, text: "in import log"}, func(g *hosttest.Guest) {
				g.Start(g.Func("->", "", wasmtest.I32(page), wasmtest.I32(1), g.Call("log")))
			}).callsEarly(),
			starts("_initialize traps", outcome{rule: host.RuleStart, text: "unreachable"}, func(g *hosttest.Guest) {
				g.ExportFunc("_initialize", "->", "", wasmtest.Unreachable)
			}),
			starts("_initialize breaks a rule", outcome{rule: host.RuleBounds, text: "in import log"}, func(g *hosttest.Guest) {
				g.ExportFunc("_initialize", "->", "", wasmtest.I32(page), wasmtest.I32(1), g.Call("log"))
			}),
			starts("data past the end", outcome{rule: host.RuleStart, text: "out of bounds"}, func(g *hosttest.Guest) { g.Data(page, []byte{1}) }),
			{
				name:    "calls imports, and the host calls it",
				early:   true,
				imports: []string{"log", "values.echo-string"},
				write: func(g *hosttest.Guest) {
					g.Start(g.Func("->", "", wasmtest.I32(0), wasmtest.I32(3), g.Call("log"), wasmtest.I32(0), wasmtest.I32(3), wasmtest.I32(hosttest.Area), g.Call("values.echo-string")))
					g.Define("run", "", wasmtest.I32(hosttest.Area), wasmtest.Load32(4), wasmtest.I64ExtendU)
				},
				call: func(ctx context.Context, inst *subject.Instance, h *hosttest.Host) error {
					if n, err := inst.Run(ctx, 0); n != 3 || err != nil || len(h.Logged) != 1 {
						return errors.Join(err, fmt.Errorf("the guest has %d, logged %q", n, h.Logged))
					}
					return nil
				},
				want: allowed,
			},
		}},
		{"exports that are not the guest's own", []hostile{
			{
				name:    "an import exported",
				imports: []string{"values.add"},
				write: func(g *hosttest.Guest) {
					g.Export(hosttest.ExportName("values.add"), wasmtest.KindFunc, g.Import("values.add"))
				},
				call: func(ctx context.Context, inst *subject.Instance, _ *hosttest.Host) error {
					n, err := inst.Values().Add(ctx, 2, 2)
					if err == nil && n != 4 {
						err = fmt.Errorf("the sum is %d", n)
					}
					return err
				},
				want: allowed,
			},
			{
				name:    "resource.drop as destructor",
				imports: []string{newItem, dropItem},
				write: func(g *hosttest.Guest) {
					g.Export("test:subject/shop@1.2.3#[dtor]item", wasmtest.KindFunc, g.Import(dropItem))
					g.Define("run", "", wasmtest.I32(1), g.Call(newItem), g.Call(dropItem), wasmtest.I64(0))
				},
				call: callRun,
				want: trap("run", host.RuleHandle, "there is no handle 1"),
			},
		}},
	}
}

// looping makes callRun call the import without end.
func (h hostile) looping() hostile {
	h.write = func(g *hosttest.Guest) {
		g.Define("run", "", wasmtest.Loop(wasmtest.I32(0), wasmtest.I32(0), g.Call("log"), wasmtest.Br(0)), wasmtest.I64(0))
	}
	return h
}

// limited bounds the memory, and checks how many pages the guest says it has.
func (h hostile) limited(bytes, pages uint64) hostile {
	h.opts = []host.Option{host.MemoryLimit(bytes)}
	h.call = func(ctx context.Context, inst *subject.Instance, _ *hosttest.Host) error {
		n, err := inst.Run(ctx, 0)
		if err == nil && n != pages {
			err = fmt.Errorf("a memory of %d pages, want %d", n, pages)
		}
		return err
	}
	return h
}
