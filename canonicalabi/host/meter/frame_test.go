package meter

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/frame"
	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	core "github.com/witgen/witgen/internal/wasm"
)

// A framed is a recursive function run(i32): code runs before it calls itself, and after, with the same values.
type framed struct {
	name          string
	locals        string
	before, after core.Code
	more          string // parameters beyond the i32
	results       string
	again         core.Code // pushes the parameters beyond the i32
	dropped       core.Code // drops the results of the call, and gives those of the function
}

// frames are functions whose frames are large, each for another reason.
func frames() []framed {
	local := func(op core.Op) func(i int) core.Code {
		return func(i int) core.Code { return core.I(op, uint32(i+1)) }
	}
	load := func(i int) core.Code { return core.Seq(core.I32Const(0), core.I(core.OpI64Load, 0, uint32(8*i%60000))) }
	fill := func(n int) core.Code {
		return each(n, func(i int) core.Code { return core.Seq(load(i), core.I(core.OpLocalSet, uint32(i+1))) })
	}
	use := func(n int) core.Code {
		return each(n, func(i int) core.Code {
			return core.Seq(core.I32Const(0), local(core.OpLocalGet)(i), core.I(core.OpI64Store, 0, 0))
		})
	}
	longs := func(n int) string { return string(slices.Repeat([]byte(tl), n)) }
	all := []framed{{name: "nothing"}}
	for _, n := range []int{10, 300, 900} {
		name := func(s string) string { return fmt.Sprint(n, " ", s) }
		all = append(all,
			framed{name: name("parameters"), more: longs(n), again: each(n, local(core.OpLocalGet)), after: use(n)},
			framed{name: name("parameters and results"), more: longs(n), results: longs(n), again: each(n, local(core.OpLocalGet)), after: use(n),
				dropped: core.Seq(times(n, drop), each(n, local(core.OpLocalGet)))},
			framed{name: name("locals that live over the call"), locals: longs(n), before: fill(n), after: use(n)},
			framed{name: name("operands that wait for the call"), before: each(n, load), after: core.Seq(times(n-1, core.I(core.OpI64Add)), drop)},
			framed{name: name("vectors"), locals: string(slices.Repeat([]byte{typeV128}, n)),
				before: each(n, func(i int) core.Code {
					return core.Seq(core.I32Const(0), core.Code{opcodeVector, 0, 0, byte(i % 100)}, core.I(core.OpLocalSet, uint32(i+1)))
				}),
				after: each(n, func(i int) core.Code {
					return core.Seq(core.I32Const(0), local(core.OpLocalGet)(i), core.Code{opcodeVector, 0x0b, 0, 0})
				})},
			framed{name: name("locals set in ifs"), locals: longs(n),
				before: core.Seq(fill(n), times(10, get0, core.If(fill(n)))), after: use(n)},
			framed{name: name("locals that meet at the ends of blocks"), locals: longs(n),
				before: core.Seq(core.Code(slices.Repeat([]byte{2, 0x40}, 20)), each(20, func(i int) core.Code { return core.Seq(get0, core.I(core.OpBrIf, uint32(i))) }), fill(n), times(20, end)),
				after:  use(n)},
			framed{name: name("locals that change places in a loop"), locals: longs(n + 1),
				before: core.Seq(fill(n), core.Loop(each(n, local(core.OpLocalGet)), each(n, func(i int) core.Code { return core.I(core.OpLocalSet, uint32(n-i+1)) }),
					core.I(core.OpLocalGet, 2), core.I(core.OpLocalSet, 1), core.I(core.OpLocalGet, 1), core.Code{0xa7}, core.I(core.OpBrIf, 0))),
				after: use(n)},
		)
	}
	return all
}

// module returns the function as a module that imports mark(i32), which it calls when it is back from itself.
func (f framed) module() []byte {
	var m core.Module
	typ := func(params, results string) uint32 {
		return m.Type(core.SubType{Kind: core.FuncForm, Params: valTypes(params), Results: valTypes(results)})
	}
	mark := m.Import(core.Import{Module: "host", Name: "mark", Type: core.Extern{Kind: core.FuncKind, Func: typ(ti, "")}})
	m.Memory(core.Limits{Min: 1})
	params := ti + f.more
	results := f.results
	self := m.Func(typ(params, results), nil)
	code := core.Seq(f.before, get0, core.If(less, f.again, core.I(core.OpCall, self), times(len(results), drop)), get0, core.I(core.OpCall, mark), f.after)
	for i := range len(results) {
		code = core.Seq(code, core.I(core.OpLocalGet, uint32(i+1)))
	}
	m.SetBody(self, core.Body(valTypes(f.locals), code))
	zeros := each(len(f.more), func(int) core.Code { return core.I64Const(0) })
	run := m.Func(typ(ti, ""), nil, get0, zeros, core.I(core.OpCall, self), times(len(results), drop))
	m.Export("run", core.FuncKind, run)
	return m.Bytes()
}

// marks runs run(n) and returns where on the stack each level calls the host, the deepest first. The stack is not
// moved in between, as it is not full on the way back.
func marks(t testing.TB, r wazero.Runtime, wasm []byte, n uint64) []uintptr {
	t.Helper()
	var at []uintptr
	host, err := r.NewHostModuleBuilder("host").NewFunctionBuilder().WithGoFunction(api.GoFunc(func(_ context.Context, stack []uint64) {
		at = append(at, uintptr(unsafe.Pointer(&stack[0])))
	}), []api.ValueType{api.ValueTypeI32}, nil).Export("mark").Instantiate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close(t.Context())
	mod := instantiate(t, r, wasm)
	defer mod.Close(t.Context())
	if _, trap := call(mod, "run", n); trap != "" {
		t.Fatal(trap)
	}
	return at
}

// TestFrames measures frames on wazero: what is counted for a function is never less than it takes.
func TestFrames(t *testing.T) {
	const levels = 5
	worst := 1e9
	for _, f := range frames() {
		t.Run(f.name, func(t *testing.T) {
			in := f.module()
			r := newRuntime(t)
			out := mustRewrite(t, in, Config{Stack: true}).Wasm
			at := marks(t, r, out, levels)
			if len(at) != levels+1 {
				t.Fatalf("%d levels", len(at))
			}
			took := int(at[levels]-at[0]) / levels
			counted := countedFrame(t, out, 1)
			worst = min(worst, float64(counted)/float64(took))
			t.Logf("takes %d bytes, counted as %d", took, counted)
			if counted < took {
				t.Errorf("a frame of %d bytes is counted as %d", took, counted)
			}
		})
	}
	t.Logf("counted at least %.2f times what they take", worst)
	if worst > 1.3 {
		t.Errorf("no frame comes near its bound: the functions test too little")
	}
}

// countedFrame returns what a function of a rewritten module counts for its frame.
func countedFrame(t testing.TB, out []byte, fn uint32) int {
	t.Helper()
	bytes := 0
	eachSite(out, func(i int, s *site) bool {
		if uint32(i)+s.c.imported == fn && s.at == 0 && s.frames() {
			bytes = -int(s.code[1].Value)
		}
		return false
	})
	if bytes == 0 {
		t.Fatalf("function %d counts no frame", fn)
	}
	return bytes
}

// TestRandomFrames measures the frames of random functions: each calls mark, and so does its caller.
func TestRandomFrames(t *testing.T) {
	for seed := range uint64(150) {
		in := randomFrame(seed)
		r := newRuntime(t)
		out := mustRewrite(t, in, Config{Stack: true}).Wasm
		at := marks(t, r, out, 3)
		for k := 1; k < len(at); k++ {
			if took, counted := int(at[k]-at[k-1]), countedFrame(t, out, 1); counted < took {
				t.Errorf("seed %d: a frame of %d bytes is counted as %d", seed, took, counted)
			}
		}
		r.Close(t.Context())
	}
}

// randomFrame returns a random function that calls itself, with mark behind that. It ends: its loops count, and it
// accesses the memory's first page only.
func randomFrame(seed uint64) []byte {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 9)), calm: true}
	g.sigs = nil
	const saved = genFirst + genCounters // the local that holds the parameter
	f := framed{more: tl, again: core.I(core.OpLocalGet, 1), locals: genLocals + string(slices.Repeat([]byte{typeI32}, genCounters+1))}
	part := func(n int) core.Code {
		g.out = nil
		g.inside(label{}, func() { g.statements(n) })
		return slices.Concat(core.Code{opcodeBlock, blockEmpty}, core.Code(g.out), core.Code{opcodeEnd})
	}
	f.before = core.Seq(get0, core.I(core.OpLocalSet, saved), part(14), core.I(core.OpLocalGet, saved), core.I(core.OpLocalSet, 0))
	f.after = part(8)
	return f.module()
}

// TestLargeFrames: a function that calls none counts its frame if that may be large, and one whose frame may be
// huge is refused.
func TestLargeFrames(t *testing.T) {
	locals := func(n int) []byte {
		a := &attack{}
		a.Memory(core.Limits{Min: 1})
		a.Func(a.sig(ti, ""), valTypes(string(slices.Repeat([]byte(tl), n))), each(n, func(i int) core.Code {
			return core.Seq(core.I32Const(0), core.I(core.OpI64Load, 0, 0), core.I(core.OpLocalSet, uint32(i+1)))
		}))
		a.Export("run", core.FuncKind, 0)
		return a.Bytes()
	}
	mod, c := metered(t, newRuntime(t), locals(2000), Config{Stack: true})
	c.SetStack(10_000)
	if _, trap := call(mod, "run", 0); trap == "" || c.Cause() != TooDeep {
		t.Errorf("a frame of 16,000 bytes in 10,000: trap %q, cause %v", trap, c.Cause())
	}
	c.SetStack(100_000)
	if _, trap := call(mod, "run", 0); trap != "" || c.StackLeft() != 100_000 {
		t.Errorf("trap %q, %d bytes left", trap, c.StackLeft())
	}
	wantError(t, locals(units.MostFrame/8), Config{Stack: true}, ErrUnsupported, "function whose frame may take too much stack")
}

// TestEffects holds the table of what instructions pop and push to wazero: each is valid with operands of some
// types, as many as the table says.
func TestEffects(t *testing.T) {
	r := newRuntimeWith(t, wazero.NewRuntimeConfigInterpreter())
	checked := 0
	check := func(op core.Op) {
		pops, pushes := frame.Effect(op)
		operands := append(core.I(op), operandsOf(op)...)
		ok := false
		kinds := []string{ti, tl, "\x7d", "\x7c", "\x7b", "\x70"}
		var try func(params string)
		try = func(params string) {
			if ok || len(params) == pops {
				if !ok {
					ok = validEffect(t, r, params, pushes, operands)
				}
				return
			}
			for _, k := range kinds {
				try(params + k)
			}
		}
		if try(""); ok {
			checked++
		} else {
			t.Errorf("instruction % x: not valid with %d operands and %d results", operands, pops, pushes)
		}
	}
	for c := range 256 {
		op := core.Op(c)
		switch op.Immediates() {
		case core.None, core.MemArgImm, core.I32Imm, core.I64Imm, core.F32Imm, core.F64Imm, core.TableImm, core.MemoryImm, core.HeapImm:
			if supported(op) && op > core.OpCatchAll && op != core.OpRefIsNull && op != core.OpRefAsNonNull {
				check(op)
			}
		}
		for _, prefix := range []byte{core.MiscPrefix, core.VectorPrefix} {
			if op, _ := core.Prefixed(prefix, uint32(c)); supported(op) {
				check(op)
			}
		}
	}
	if checked < 400 {
		t.Errorf("%d instructions checked", checked)
	}
}

// validEffect reports whether wazero takes an instruction with these operands.
func validEffect(t *testing.T, r wazero.Runtime, params string, pushes int, code []byte) bool {
	get := each(len(params), func(i int) core.Code { return core.I(core.OpLocalGet, uint32(i)) })
	in := wasm(
		sec(core.TypeSection, vec(sig(params, ""))),
		sec(core.FunctionSection, vec(u(0))),
		sec(core.TableSection, vec([]byte{typeFuncRef, 0, 1})),
		sec(core.MemorySection, vec([]byte{0, 1})),
		sec(core.ElementSection, vec(seq([]byte{1, 0}, vec()))),
		sec(core.DataCountSection, u(1)),
		sec(core.CodeSection, vec(body("", get, code, times(pushes, drop)))),
		sec(core.DataSection, vec([]byte{1, 0})),
	)
	compiled, err := r.CompileModule(t.Context(), in)
	if err != nil {
		return false
	}
	compiled.Close(t.Context())
	return true
}
