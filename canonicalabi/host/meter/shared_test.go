package meter

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host/meter/verify"
	core "github.com/witgen/witgen/internal/wasm"
)

// sharedConfig is how modules of a tree are rewritten in these tests.
var sharedConfig = Config{Stack: true, Shared: "meter"}

// sharedGlobals instantiates the globals of a tree in a runtime.
func sharedGlobals(t testing.TB, r wazero.Runtime) *Controller {
	t.Helper()
	mod, err := r.InstantiateWithConfig(context.Background(), Globals(), wazero.NewModuleConfig().WithName("meter"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewController(mod)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// named instantiates a module of a tree under a name.
func named(t testing.TB, r wazero.Runtime, name string, in []byte) api.Module {
	t.Helper()
	out := mustRewrite(t, in, sharedConfig).Wasm
	mod, err := r.InstantiateWithConfig(context.Background(), out, wazero.NewModuleConfig().WithName(name).WithStartFunctions())
	if err != nil {
		t.Fatal(err)
	}
	return mod
}

// pair returns two modules that call each other: a exports a table that holds its function and that of b, both
// (i32) -> (); each calls the other with one less, and counts in a global of its own.
func pair() (a, b []byte) {
	build := func(self, other int32, m *attack, table func(m *attack), extra core.Code) []byte {
		table(m)
		m.Global(core.Global{Type: core.I64, Mutable: true}, core.I64Const(0))
		count := core.Seq(core.I(core.OpGlobalGet, 0), core.I64Const(1), core.I(core.OpI64Add), core.I(core.OpGlobalSet, 0))
		f := m.fn(ti, "", "", count, extra, get0, core.If(less, core.I32Const(other), core.I(core.OpCallIndirect, m.sig(ti, ""), 0)))
		m.Element(self, f)
		m.Export("run", core.FuncKind, f)
		m.Export("count", core.GlobalKind, 0)
		return m.Bytes()
	}
	limits := core.Limits{Min: 2}
	a = build(0, 1, &attack{}, func(m *attack) {
		m.Table(core.Table{Elem: core.FuncRef, Limits: limits})
		m.Export("table", core.TableKind, 0)
	}, nil)
	b = build(1, 0, &attack{}, func(m *attack) {
		m.Import(core.Import{Module: "a", Name: "table", Type: core.Extern{Kind: core.TableKind, Table: core.Table{Elem: core.FuncRef, Limits: limits}}})
	}, nil)
	return a, b
}

// TestShared: modules that share their globals share fuel, stack and interrupts.
func TestShared(t *testing.T) {
	inA, inB := pair()
	start := func(t *testing.T) (a, b api.Module, c *Controller) {
		r := newRuntime(t)
		c = sharedGlobals(t, r)
		return named(t, r, "a", inA), named(t, r, "b", inB), c
	}
	t.Run("fuel", func(t *testing.T) {
		a, b, c := start(t)
		c.SetFuel(Unlimited)
		if _, trap := call(a, "run", 1000); trap != "" {
			t.Fatal(trap)
		}
		used := Unlimited - c.Fuel()
		if ca, cb := globalValue(a, "count"), globalValue(b, "count"); ca != 501 || cb != 500 {
			t.Errorf("counted %d and %d", ca, cb)
		}
		c.SetFuel(used / 2)
		if _, trap := call(a, "run", 1000); trap == "" || c.Cause() != OutOfFuel || c.Fuel() != 0 {
			t.Errorf("half the fuel: trap %q, cause %v", trap, c.Cause())
		}
	})
	t.Run("stack", func(t *testing.T) {
		a, _, c := start(t)
		for n := uint64(1); n < 4000; n *= 2 {
			c.SetStack(Unlimited)
			before := c.StackLeft()
			if _, trap := call(a, "run", n); trap != "" || c.StackLeft() != before {
				t.Fatalf("%d calls: trap %q, %d bytes missing", n, trap, before-c.StackLeft())
			}
		}
		c.SetStack(64 << 10)
		if _, trap := call(a, "run", 1<<20); trap == "" || c.Cause() != TooDeep {
			t.Errorf("trap %q, cause %v", trap, c.Cause())
		}
	})
	t.Run("interrupt", func(t *testing.T) {
		r := newRuntime(t)
		c := sharedGlobals(t, r)
		endless := core.Seq(core.Loop(core.I(core.OpBr, 0)))
		m := &attack{}
		m.Export("run", core.FuncKind, m.fn(ti, "", "", endless))
		named(t, r, "inner", m.Bytes())
		m = &attack{}
		f := m.Import(core.Import{Module: "inner", Name: "run", Type: core.Extern{Kind: core.FuncKind, Func: m.sig(ti, "")}})
		m.Export("run", core.FuncKind, m.fn(ti, "", "", get0, core.I(core.OpCall, f)))
		outer := named(t, r, "outer", m.Bytes())
		done := make(chan string)
		go func() {
			_, trap := call(outer, "run", 1)
			done <- trap
		}()
		runtime.GC()
		c.Interrupt()
		if trap := <-done; trap == "" || c.Cause() != Interrupted {
			t.Errorf("trap %q, cause %v", trap, c.Cause())
		}
	})
	t.Run("start", func(t *testing.T) {
		r := newRuntime(t)
		c := sharedGlobals(t, r)
		m := &attack{}
		start := m.fn("", "", "", core.Loop(core.I(core.OpBr, 0)))
		m.Start = &start
		mod := named(t, r, "a", m.Bytes())
		c.SetFuel(1000)
		if err := Start(t.Context(), mod); err == nil || c.Cause() != OutOfFuel {
			t.Errorf("error %v, cause %v", err, c.Cause())
		}
		c.ClearCause()
		if err := c.Start(t.Context()); err != nil {
			t.Errorf("the globals have a start function: %v", err)
		}
	})
}

// TestSharedIndices: the globals that a module defines have other indices, in code, exports and names, and those that
// it imports have the same, also in other globals and in the offsets of segments. There wazero takes only those.
func TestSharedIndices(t *testing.T) {
	build := func() []byte {
		m := &attack{}
		m.Import(core.Import{Module: "env", Name: "base", Type: core.Extern{Kind: core.GlobalKind, Global: core.Global{Type: core.I32}}})
		m.Memory(core.Limits{Min: 1})
		m.Table(core.Table{Elem: core.FuncRef, Limits: core.Limits{Min: 10}})
		m.Global(core.Global{Type: core.I32}, core.I32Const(40)) // 1
		second := m.Global(core.Global{Type: core.I32, Mutable: true}, core.I(core.OpGlobalGet, 0))
		m.Global(core.Global{Type: core.I32}, core.I(core.OpGlobalGet, 0))
		f := m.fn("", ti, "", core.I(core.OpGlobalGet, second), core.I32Const(1), core.I(core.OpI32Add), core.I(core.OpGlobalSet, second),
			core.I(core.OpGlobalGet, second), core.I(core.OpGlobalGet, 0), core.I(core.OpI32Add), core.I(core.OpGlobalGet, 3), core.I(core.OpI32Add))
		m.Elements = append(m.Elements, seq([]byte{0}, core.I(core.OpGlobalGet, 0), []byte{opcodeEnd}, vec(u(f))))
		m.Data = append(m.Data, seq([]byte{0}, core.I(core.OpGlobalGet, 0), []byte{opcodeEnd}, str("here")))
		m.Export("run", core.FuncKind, f)
		m.Export("second", core.GlobalKind, second)
		m.Export("base", core.GlobalKind, 0)
		m.Export("memory", core.MemoryKind, 0)
		m.AddCustom("name", seq([]byte{core.NamesOfGlobals}, sized(vec(seq(u(0), str("base")), seq(u(1), str("own")), seq(u(2), str("second"))))))
		return m.Bytes()
	}
	in := build()
	results := func(shared bool) (got []uint64, memory []byte) {
		r := newRuntime(t)
		env := &attack{}
		env.Export("base", core.GlobalKind, env.Global(core.Global{Type: core.I32}, core.I32Const(5)))
		if _, err := r.InstantiateWithConfig(t.Context(), env.Bytes(), wazero.NewModuleConfig().WithName("env")); err != nil {
			t.Fatal(err)
		}
		var mod api.Module
		if shared {
			sharedGlobals(t, r)
			mod = named(t, r, "a", in)
		} else {
			mod = instantiate(t, r, in)
		}
		for range 3 {
			values, trap := call(mod, "run")
			if trap != "" {
				t.Fatal(trap)
			}
			got = append(got, values[0], globalValue(mod, "second"), globalValue(mod, "base"))
		}
		memory, _ = mod.Memory().Read(0, 64)
		return got, bytes.Clone(memory)
	}
	want, wantMemory := results(false)
	got, memory := results(true)
	if !slices.Equal(got, want) || !bytes.Equal(memory, wantMemory) {
		t.Errorf("got %v %q, want %v %q", got, memory, want, wantMemory)
	}
	_, subs := customs(t, mustRewrite(t, in, sharedConfig).Wasm)
	for _, s := range subs {
		if s.id != core.NamesOfGlobals {
			continue
		}
		names := readAssocs(s)
		for i, name := range map[uint32]string{0: "base", 1: prefix + "slice", 5: prefix + "cause", 6: "own", 7: "second"} {
			if names[i] != name {
				t.Errorf("global %d is called %q, want %q", i, names[i], name)
			}
		}
	}
}

// TestSharedRandom: random modules do the same with shared globals, take the same fuel, and keep to the bounds.
func TestSharedRandom(t *testing.T) {
	for seed := range uint64(60) {
		in, functions := randomModule(seed)
		own, shared := newRuntime(t), newRuntime(t)
		mod := instantiate(t, own, in)
		metered, c := controlled(t, own, mustRewrite(t, in, Config{Stack: true}).Wasm)
		cs := sharedGlobals(t, shared)
		other := named(t, shared, "", in)
		for i := range functions {
			want, wantTrap := call(mod, fmt.Sprint(i), seed, seed<<20)
			got, trap := call(other, fmt.Sprint(i), seed, seed<<20)
			call(metered, fmt.Sprint(i), seed, seed<<20)
			if trap != wantTrap || !sameValues(got, want) {
				t.Fatalf("seed %d function %d: got %v %q, want %v %q", seed, i, got, trap, want, wantTrap)
			}
			if c.Fuel() != cs.Fuel() {
				t.Fatalf("seed %d function %d: %d fuel left, %d where it is shared", seed, i, c.Fuel(), cs.Fuel())
			}
			if trap != "" {
				break
			}
		}
		own.Close(t.Context())
		shared.Close(t.Context())
	}
}

// TestSharedRefused: a guest does not reach the globals by their module or by their names, and the verifier does not
// take globals that are not those of the module that it is told.
func TestSharedRefused(t *testing.T) {
	imports := func(module, name string) []byte {
		m := &attack{}
		m.Import(core.Import{Module: module, Name: name, Type: core.Extern{Kind: core.GlobalKind, Global: core.Global{Type: core.I64, Mutable: true}}})
		return m.Bytes()
	}
	wantError(t, imports("meter", "slice"), sharedConfig, ErrUnsupported, "import from the module of the meter's globals")
	wantError(t, imports("other", prefix+"slice"), sharedConfig, ErrUnsupported, "reserved import name")
	mustRewrite(t, imports("other", "slice"), sharedConfig)

	out := mustRewrite(t, simple(ti, "", "", nil), sharedConfig).Wasm
	for _, cfg := range []verify.Config{{Stack: true}, {Stack: true, Shared: "other"}} {
		if err := verify.Module(out, cfg); err == nil {
			t.Errorf("%+v: taken", cfg)
		}
	}
	own := mustRewrite(t, simple(ti, "", "", nil), Config{Stack: true}).Wasm
	if err := verify.Module(own, verify.Config{Stack: true, Shared: "meter"}); err == nil {
		t.Error("globals of its own are taken for shared ones")
	}
}

// BenchmarkShared runs guests with globals of their own and with shared ones.
func BenchmarkShared(b *testing.B) {
	in := simple(ti, ti, ti+ti, benchLoops["sum"])
	fib := &attack{}
	self := uint32(0)
	fib.Export("run", core.FuncKind, fib.fn(ti, ti, "", get0, core.I32Const(2), core.Code{0x48}, core.If(get0, core.I(core.OpReturn)),
		less, core.I(core.OpCall, self), get0, core.I32Const(2), core.I(core.OpI32Sub), core.I(core.OpCall, self), core.I(core.OpI32Add)))
	for name, guest := range map[string]struct {
		in  []byte
		arg uint64
	}{"loop": {in, 100_000}, "fib": {fib.Bytes(), 20}} {
		b.Run(name+"/own", func(b *testing.B) {
			benchmarkCall(b, instantiate(b, newRuntime(b), mustRewrite(b, guest.in, Config{Stack: true}).Wasm), "run", guest.arg)
		})
		b.Run(name+"/shared", func(b *testing.B) {
			r := newRuntime(b)
			sharedGlobals(b, r)
			benchmarkCall(b, named(b, r, "", guest.in), "run", guest.arg)
		})
	}
}
