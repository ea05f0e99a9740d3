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

// reallocs is a guest with a realloc of its own, which is sent a string.
func reallocs(name string, want outcome, code ...wasmtest.Code) hostile {
	return hostile{
		name:    name,
		imports: []string{"log", "store.[resource-drop]entry", "shop.[resource-new]item", "shop.[resource-rep]item", "values.echo-string"},
		write: func(g *hosttest.Guest) {
			g.ExportFunc("cabi_realloc", "i32 i32 i32 i32 -> i32", "i32", code...)
			g.Define("values.length", "", wasmtest.Get(1))
			g.Define("values.echo-string", "", hosttest.Return(0, 0))
			g.Define("run", "", wasmtest.I32(0), wasmtest.I32(5), wasmtest.I32(hosttest.Area), g.Call("values.echo-string"), wasmtest.I64(0))
		},
		call: func(ctx context.Context, inst *subject.Instance, _ *hosttest.Host) error {
			n, err := inst.Values().Length(ctx, "hello")
			if err == nil && n != 5 {
				err = fmt.Errorf("a length of %d", n)
			}
			return err
		},
		want: want,
	}
}

// inRun is the same guest, which has an import return a string instead.
func (h hostile) inRun() hostile {
	h.name += ", for an import's result"
	h.call = callRun
	if h.want.fn != "" {
		h.want.fn = "run"
	}
	return h
}

// sends changes the call.
func (h hostile) sends(call func(ctx context.Context, inst *subject.Instance) error) hostile {
	h.call = func(ctx context.Context, inst *subject.Instance, _ *hosttest.Host) error { return call(ctx, inst) }
	return h
}

func empty(ctx context.Context, inst *subject.Instance) error {
	_, err := inst.Values().Length(ctx, "")
	return err
}

func numbers(ctx context.Context, inst *subject.Instance) error {
	_, err := inst.Values().EchoNumbers(ctx, []uint32{1})
	return err
}

func spilled(ctx context.Context, inst *subject.Instance) error {
	_, err := inst.Values().Seventeen(ctx, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	return err
}

func reallocRules() []rule {
	const length = "values.length"
	fail := func(r host.Rule, text string) outcome { return trap(length, r, text) }
	null := reallocs("null", allowed, wasmtest.I32(0))
	inUse := reallocs("memory in use", allowed, wasmtest.I32(hosttest.Area))
	garbage := reallocs("garbage", fail(host.RuleRealloc, "0xdeadbeef for 5 bytes"), wasmtest.I32(0xdeadbeef))
	overEnd := reallocs("over the end", fail(host.RuleRealloc, ""), wasmtest.I32(page-4))
	traps := reallocs("traps", fail(host.RuleReallocTrap, "unreachable"), wasmtest.Unreachable)
	leaves := reallocs("calls an import", fail(host.RuleMayLeave, "in import log"), wasmtest.I32(0), wasmtest.I32(0), wasmtest.Call(0), wasmtest.I32(0))
	forever := wasmtest.Seq(wasmtest.Loop(wasmtest.Br(0)), wasmtest.I32(0))
	loops := reallocs("loops", outcome{fn: length, limit: "deadline", is: context.DeadlineExceeded}, forever).
		sends(func(ctx context.Context, inst *subject.Instance) error {
			_, err := inst.Values().Length(ctxtest.Soon(ctx), "hello")
			return err
		})
	none := reallocs("missing", fail(host.RuleRealloc, "exports no cabi_realloc")).notMade("exports no cabi_realloc")
	none.write = func(g *hosttest.Guest) {
		g.NoMemory = true
		g.Export("memory", wasmtest.KindMemory, g.Memory(1, -1))
	}
	noMemory := reallocs("memory missing", fail(host.RuleRealloc, "in a memory of 0")).notMade("exports no memory")
	noMemory.write = func(g *hosttest.Guest) {
		g.NoMemory = true
		g.ExportFunc("cabi_realloc", "i32 i32 i32 i32 -> i32", "", wasmtest.I32(8))
	}
	grows := reallocs("grows memory", allowed, wasmtest.I32(1), wasmtest.MemoryGrow, wasmtest.I32(16), wasmtest.I32Shl)
	return []rule{
		{"store_string_copy: ptr + dst_byte_length > len(memory)", []hostile{
			null, null.inRun(), inUse, inUse.inRun(), grows, grows.inRun(),
			garbage, garbage.inRun(), overEnd, overEnd.inRun(),
			reallocs("to the end", allowed, wasmtest.I32(page-5)),
			reallocs("last address", fail(host.RuleRealloc, ""), wasmtest.I32(1<<32-1)),
			none, noMemory,
			// The guest's realloc is called for 0 bytes too.
			none.sends(empty).ending("missing, for no bytes", trap("values.length", host.RuleRealloc, "exports no cabi_realloc")),
			reallocs("over the end, for no bytes", trap("values.length", host.RuleRealloc, "0x10001 for 0 bytes"), wasmtest.I32(page+1)).sends(empty),
			reallocs("to the end, for no bytes", allowed, wasmtest.I32(page)).sends(empty),
		}},
		{"store_list_into_range: ptr != align_to(ptr, alignment)", []hostile{
			reallocs("1 of 4", trap("values.echo-numbers", host.RuleRealloc, "0x401 for 4 bytes aligned to 4"), wasmtest.I32(1025)).sends(numbers),
		}},
		{"store_list_into_range: ptr + byte_length > len(memory)", []hostile{
			reallocs("at the end", trap("values.echo-numbers", host.RuleRealloc, ""), wasmtest.I32(page)).sends(numbers),
			reallocs("sum overflows", trap("values.echo-numbers", host.RuleRealloc, ""), wasmtest.I32(1<<32-4)).sends(numbers),
		}},
		{"lower_flat_values: ptr != align_to(ptr, alignment)", []hostile{
			reallocs("4 of 8", trap("values.seventeen", host.RuleRealloc, "0x404 for 72 bytes aligned to 8"), wasmtest.I32(1028)).sends(spilled),
		}},
		{"lower_flat_values: ptr + elem_size > len(memory)", []hostile{
			reallocs("over the end", trap("values.seventeen", host.RuleRealloc, ""), wasmtest.I32(page-64)).sends(spilled),
		}},
		{"call_and_trap_on_throw, of realloc", []hostile{
			traps, traps.inRun(), loops,
			reallocs("recurses", limit(length, "call depth"), wasmtest.I32(0), wasmtest.I32(0), wasmtest.I32(0), wasmtest.I32(0), wasmtest.Call(5)),
		}},
		{"canon_lower: not may_leave, in realloc", []hostile{
			leaves, leaves.inRun(),
			reallocs("drops a handle", fail(host.RuleMayLeave, ""), wasmtest.I32(1), wasmtest.Call(1), wasmtest.I32(0)),
			reallocs("makes a handle", fail(host.RuleMayLeave, ""), wasmtest.I32(1), wasmtest.Call(2)),
			reallocs("asks for the representation of no handle", fail(host.RuleHandle, "there is no handle 1"), wasmtest.I32(1), wasmtest.Call(3)),
		}},
		{"canon_lower: not may_leave, in post-return", []hostile{
			posts("calls an import", outcome{fn: "values.echo-string", rule: host.RuleMayLeave, text: "in import log"}, wasmtest.I32(0), wasmtest.I32(0), wasmtest.Call(0)),
			posts("makes a handle", outcome{fn: "values.echo-string", rule: host.RuleMayLeave}, wasmtest.I32(0), wasmtest.Call(2), wasmtest.Drop),
			posts("drops a handle", outcome{fn: "values.echo-string", rule: host.RuleMayLeave}, wasmtest.I32(0), wasmtest.Call(1)),
			representation(),
		}},
		{"call_and_trap_on_throw, of post-return", []hostile{
			posts("traps", trap("values.echo-string", host.RulePostReturn, "unreachable"), wasmtest.Unreachable),
			posts("returns", allowed),
			postLoops(),
		}},
	}
}

// ending gives a guest another name and outcome.
func (h hostile) ending(name string, want outcome) hostile {
	h.name, h.want = name, want
	return h
}

// posts is a guest with a post-return function.
func posts(name string, want outcome, code ...wasmtest.Code) hostile {
	h := reallocs(name, want, wasmtest.I32(0)).sends(func(ctx context.Context, inst *subject.Instance) error {
		_, err := inst.Values().EchoString(ctx, "")
		return err
	})
	write := h.write
	h.write = func(g *hosttest.Guest) {
		write(g)
		g.Post("values.echo-string", code...)
	}
	return h
}

func postLoops() hostile {
	h := posts("loops", outcome{fn: "values.echo-string", limit: "deadline", is: context.DeadlineExceeded}, wasmtest.Loop(wasmtest.Br(0))).
		sends(func(ctx context.Context, inst *subject.Instance) error {
			_, err := inst.Values().EchoString(ctxtest.Soon(ctx), "")
			return err
		})
	return h
}

// representation is a guest that asks for a handle's representation in realloc
// and in post-return, which is allowed.
func representation() hostile {
	const rep = 77
	return hostile{
		name:    "asks for a representation",
		imports: []string{"shop.[resource-new]item", "shop.[resource-rep]item"},
		write: func(g *hosttest.Guest) {
			handle, seen := g.Global("i32", wasmtest.I32(0)), g.Global("i32", wasmtest.I32(0))
			ask := wasmtest.Seq(wasmtest.GlobalGet(seen), wasmtest.GlobalGet(handle), g.Call("shop.[resource-rep]item"), wasmtest.I32Add, wasmtest.GlobalSet(seen))
			g.ExportFunc("cabi_realloc", "i32 i32 i32 i32 -> i32", "", ask, wasmtest.I32(hosttest.Heap))
			g.Define("run", "", wasmtest.I32(rep), g.Call("shop.[resource-new]item"), wasmtest.GlobalSet(handle), wasmtest.GlobalGet(seen), wasmtest.I64ExtendU)
			g.Define("values.echo-string", "", hosttest.Return(0, 0))
			g.Post("values.echo-string", ask)
		},
		call: func(ctx context.Context, inst *subject.Instance, _ *hosttest.Host) error {
			if _, err := inst.Run(ctx, 0); err != nil {
				return err
			}
			if _, err := inst.Values().EchoString(ctx, "x"); err != nil {
				return err
			}
			if n, err := inst.Run(ctx, 0); n != 2*rep || err != nil {
				return errors.Join(err, fmt.Errorf("the guest has seen %d", n))
			}
			return nil
		},
		want: allowed,
	}
}
