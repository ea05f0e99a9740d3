package bind_test

import (
	"context"
	"runtime"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/wasmtest"
)

// deep defines a function of i32 that calls itself so often, with so many locals that are
// in use meanwhile, and then runs code.
func deep(m *wasmtest.Module, locals int, code ...wasmtest.Code) uint32 {
	self := m.Declare("i32 ->")
	var fill, use wasmtest.Code
	for n := range uint32(locals) {
		fill = wasmtest.Seq(fill, wasmtest.Get(n/2), wasmtest.I32(n), wasmtest.I32Add, wasmtest.Set(n+1))
		use = wasmtest.Seq(use, wasmtest.I32(4*n), wasmtest.Get(n+1), wasmtest.Store32(0))
	}
	again := wasmtest.Seq(wasmtest.Get(0), wasmtest.I32(1), wasmtest.I32Sub, wasmtest.Call(self))
	m.DefineFunc(self, strings.Repeat("i32 ", locals), fill,
		wasmtest.Get(0), wasmtest.If(again), wasmtest.Get(0), wasmtest.I32Eqz, wasmtest.If(wasmtest.Seq(code...)), use)
	return self
}

// ordinary is how deep guests may nest calls of ordinary functions. wazero's interpreter
// allows 2,000.
var ordinary = map[bool]uint32{true: 10_000, false: 1_500}[runtime.GOARCH == "amd64" || runtime.GOARCH == "arm64"]

// dropping is code that makes an item and drops it, which runs its destructor.
func dropping(g *hosttest.Guest, rep wasmtest.Code) wasmtest.Code {
	return wasmtest.Seq(rep, g.Call(newItem), g.Call(dropItem))
}

// destructors is a guest whose callRun drops an item, and whose destructor write defines.
func destructors(name string, want outcome, write func(g *hosttest.Guest) wasmtest.Code) hostile {
	return hostile{
		name:    name,
		imports: handleImports,
		write: func(g *hosttest.Guest) {
			g.Dtor("item", "", write(g))
			g.Define("shop.[constructor]item", "", wasmtest.Get(0), g.Call(newItem))
			g.Define("run", "", dropping(g, wasmtest.I32(1000)), wasmtest.I64(0))
		},
		call: callRun,
		want: want,
	}
}

// once is a destructor that drops another item until the representation is 0.
func once(g *hosttest.Guest, code wasmtest.Code) wasmtest.Code {
	return wasmtest.Seq(wasmtest.Get(0), wasmtest.If(dropping(g, wasmtest.Seq(wasmtest.Get(0), wasmtest.I32(1), wasmtest.I32Sub))), wasmtest.Get(0), wasmtest.I32Eqz, wasmtest.If(code))
}

// stackRules are guests that would take as much stack as they get.
func stackRules() []rule {
	full := limit("run", "stack")
	return []rule{
		{"stacks of nested destructors", []hostile{
			destructors("a thousand", allowed, func(g *hosttest.Guest) wasmtest.Code { return once(g, wasmtest.Nop) }),
			destructors("without end", full, func(g *hosttest.Guest) wasmtest.Code { return dropping(g, wasmtest.I32(1)) }),
			destructors("a thousand, and a trap", trap("run", "", "in import "), func(g *hosttest.Guest) wasmtest.Code { return once(g, wasmtest.Unreachable) }),
			destructors("a thousand, and a recursion", full, func(g *hosttest.Guest) wasmtest.Code {
				self := g.Declare("->")
				g.DefineFunc(self, "", wasmtest.Call(self))
				return once(g, wasmtest.Call(self))
			}),
			destructors("each behind a deep recursion", full, func(g *hosttest.Guest) wasmtest.Code {
				return wasmtest.Seq(wasmtest.I32(50), wasmtest.Call(deep(&g.Module, 400, dropping(g, wasmtest.I32(1)))))
			}),
			destructors("each after a deep recursion", full, func(g *hosttest.Guest) wasmtest.Code {
				return wasmtest.Seq(wasmtest.I32(500), wasmtest.Call(deep(&g.Module, 400)), dropping(g, wasmtest.I32(1)))
			}),
			destructors("each after a shallow recursion", full, func(g *hosttest.Guest) wasmtest.Code {
				return wasmtest.Seq(wasmtest.I32(5), wasmtest.Call(deep(&g.Module, 900)), dropping(g, wasmtest.I32(1)))
			}),
			destructors("of two kinds", full, func(g *hosttest.Guest) wasmtest.Code {
				g.Dtor("crate", "", dropping(g, wasmtest.I32(1)))
				return wasmtest.Seq(wasmtest.I32(1), g.Call(newCrate), g.Call(dropCrate))
			}),
			destructors("within a small limit", full, func(g *hosttest.Guest) wasmtest.Code { return once(g, wasmtest.Nop) }).with(host.StackLimit(1 << 20)),
			destructors("without a limit", full, func(g *hosttest.Guest) wasmtest.Code { return dropping(g, wasmtest.I32(1)) }).withoutLimit(),
			destructors("unmetered", full, func(g *hosttest.Guest) wasmtest.Code { return dropping(g, wasmtest.I32(1)) }).with(host.Unmetered()),
			closesDeep(),
			startsDeep(),
		}},
		{"stacks of realloc and post-return", []hostile{
			recursesIn("realloc", "cabi_realloc", limit("values.length", "stack"), 4, wasmtest.I32(8)).sends(numbers).ending("realloc", limit("values.echo-numbers", "stack")),
			recursesIn("realloc, for an import's result", "cabi_realloc", full, 4, wasmtest.I32(8)),
			recursesIn("post-return", "", limit("values.echo-string", "stack"), 0).sends(func(ctx context.Context, inst *subject.Instance) error {
				_, err := inst.Values().EchoString(ctx, "")
				return err
			}),
		}},
		{"stacks of one call", []hostile{
			runsWith("frames of 900 locals", full, func(g *hosttest.Guest) {
				g.Define("run", "", wasmtest.I32(100_000), wasmtest.Call(deep(&g.Module, 900)), wasmtest.I64(0))
			}),
			runsWith("three functions in turn", full, func(g *hosttest.Guest) {
				a, b, c := g.Declare("->"), g.Declare("i64 ->"), g.Declare("i32 i32 ->")
				g.DefineFunc(a, "", wasmtest.I64(1), wasmtest.Call(b))
				g.DefineFunc(b, "i64 i64", wasmtest.I32(1), wasmtest.I32(1), wasmtest.Call(c))
				g.DefineFunc(c, "", wasmtest.Call(a))
				g.Define("run", "", wasmtest.Call(a), wasmtest.I64(0))
			}),
			runsWith("many calls deep", allowed, func(g *hosttest.Guest) {
				g.Define("run", "", wasmtest.I32(ordinary), wasmtest.Call(deep(&g.Module, 3)), wasmtest.I64(0))
			}),
		}},
	}
}

// withoutLimit gives a guest an instance whose stacks only wazero limits, which takes long.
func (h hostile) withoutLimit() hostile {
	h = h.with(host.StackLimit(0))
	h.heavy, h.unlimited = true, true
	return h
}

// closesDeep is a guest whose destructor recurses when the host closes the item.
func closesDeep() hostile {
	h := destructors("in the host's Close", limit("test:subject/shop@1.2.3#[dtor]item", "stack"), func(g *hosttest.Guest) wasmtest.Code { return dropping(g, wasmtest.I32(1)) })
	return h.sends(func(ctx context.Context, inst *subject.Instance) error {
		item, err := inst.Shop().NewItem(ctx, 1)
		if err != nil {
			return err
		}
		return item.Close(ctx)
	})
}

// startsDeep is a guest whose start function drops items whose destructors do so too.
func startsDeep() hostile {
	h := destructors("in the start function", outcome{fn: starting, limit: "stack"}, func(g *hosttest.Guest) wasmtest.Code {
		g.Start(g.Func("->", "", dropping(g, wasmtest.I32(1))))
		return dropping(g, wasmtest.I32(1))
	})
	h.call = nil
	if asComponent { // the destructor is in a table that is filled later
		h.want = outcome{fn: starting, text: "invalid table access"}
	}
	return h
}

// recursesIn is a guest whose realloc or post-return recurses without end.
func recursesIn(name, export string, want outcome, params int, result ...wasmtest.Code) hostile {
	return hostile{
		name:    name,
		imports: []string{"values.echo-string"},
		write: func(g *hosttest.Guest) {
			self := g.Declare("->")
			g.DefineFunc(self, "", wasmtest.Call(self))
			if export != "" {
				g.ExportFunc(export, strings.Repeat("i32 ", params)+"-> i32", "", wasmtest.Call(self), wasmtest.Seq(result...))
			} else {
				g.Define("values.echo-string", "", hosttest.Return(0, 0))
				g.Post("values.echo-string", wasmtest.Call(self))
			}
			g.Define("run", "", wasmtest.I32(0), wasmtest.I32(5), wasmtest.I32(hosttest.Area), g.Call("values.echo-string"), wasmtest.I64(0))
		},
		call: callRun,
		want: want,
	}
}

// The error of a trap a thousand calls deep does not name each of them.
func TestDeepTrap(t *testing.T) {
	t.Parallel()
	for _, r := range stackRules() {
		for _, g := range r.guests {
			if g.name != "a thousand, and a trap" {
				continue
			}
			guest := hosttest.NewGuest(g.imports...)
			g.write(guest)
			err := g.call(context.Background(), start(t, guest, &hosttest.Host{}), nil)
			if n := len(err.Error()); n > 20_000 {
				t.Errorf("the error has %d bytes", n)
			}
			return
		}
	}
	t.Error("no such guest")
}

// What stacks have grown by in a call is not kept, but for a little.
func TestGrownStacksAreDropped(t *testing.T) {
	t.Parallel()
	g := hosttest.NewGuest(handleImports...)
	g.Dtor("item", "", wasmtest.Get(0), wasmtest.If(dropping(g, wasmtest.I32(0))))
	g.Define("run", "", wasmtest.Get(0), wasmtest.Call(deep(&g.Module, 100, dropping(g, wasmtest.I32(1)))), wasmtest.I64(0))
	inst := start(t, g, &hosttest.Host{})
	kept := 0
	for _, n := range []uint32{10, 100, 1000, 100, min(2000, ordinary), 10} {
		for range 3 {
			if _, err := inst.Run(context.Background(), n); err != nil {
				t.Fatal(err)
			}
			kept = max(kept, instanceOf(inst).KeptStacks())
		}
	}
	if kept == 0 || kept > bindKept {
		t.Errorf("%d bytes are kept, want at most %d", kept, bindKept)
	}
	checkState(t, inst, true)
}
