package meter

import (
	"slices"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	core "github.com/witgen/witgen/internal/wasm"
)

// An adversary is a guest that tries to run for long without a check. It exports run(i32).
type adversary struct {
	name string
	wasm []byte
	ends bool // by itself
}

// An attack builds an adversary.
type attack struct {
	core.Module
	run  core.Code
	runs []core.ValType // its locals
}

func valTypes(s string) []core.ValType {
	var all []core.ValType
	for _, c := range []byte(s) {
		all = append(all, core.ValType{Code: c})
	}
	return all
}

// bytes returns the module, with a data count section where there are segments.
func (a *attack) bytes() []byte {
	b := a.Bytes()
	if len(a.Data) == 0 {
		return b
	}
	c := core.NewCursor(b, 0)
	for s := range c.Sections() {
		if s.ID == core.CodeSection {
			return slices.Concat(b[:s.Start], sec(core.DataCountSection, u(uint32(len(a.Data)))), b[s.Start:])
		}
	}
	return b
}

// sig returns the index of a type, whose parameters and results are strings of types.
func (a *attack) sig(params, results string) uint32 {
	return a.Type(core.SubType{Kind: core.FuncForm, Params: valTypes(params), Results: valTypes(results)})
}

func (a *attack) fn(params, results, locals string, code ...core.Code) uint32 {
	return a.Func(a.sig(params, results), valTypes(locals), code...)
}

func times(n int, code ...core.Code) core.Code {
	return core.Code(slices.Repeat([]byte(core.Seq(code...)), n))
}

func each(n int, code func(i int) core.Code) core.Code {
	var all core.Code
	for i := range n {
		all = append(all, code(i)...)
	}
	return all
}

// Parts of code.
var (
	get0   = core.I(core.OpLocalGet, 0)
	drop   = core.I(core.OpDrop)
	end    = core.I(core.OpEnd)
	div    = core.Code{0x80} // i64.div_u
	divide = core.Seq(core.I(core.OpLocalGet, 1), core.I64Const(3), div, core.I(core.OpLocalSet, 1))
	add1   = core.Seq(core.I(core.OpLocalGet, 1), core.I64Const(1), core.I(core.OpI64Add), core.I(core.OpLocalSet, 1))
	less   = core.Seq(get0, core.I32Const(1), core.I(core.OpI32Sub))
)

// forever repeats code.
func forever(code ...core.Code) core.Code {
	return core.Loop(core.Seq(code...), core.I(core.OpBr, 0))
}

// adversaries returns guests that are made to get round the meter. Functions are named by their indices: run
// is 0.
func adversaries(t testing.TB) []adversary {
	var all []adversary
	add := func(name string, ends bool, build func(a *attack)) {
		a := &attack{}
		a.Memory(core.Limits{Min: 1, Max: 20, HasMax: true})
		a.fn(ti, "", tl) // run, whose code comes last
		build(a)
		a.SetBody(a.Imported(core.FuncKind), core.Body(append(valTypes(tl), a.runs...), a.run))
		a.Export("run", core.FuncKind, a.Imported(core.FuncKind))
		all = append(all, adversary{name, a.bytes(), ends})
	}
	straight := func(name string, code ...core.Code) {
		add(name, false, func(a *attack) { a.run = forever(code...) })
	}
	leaf := func(a *attack, code ...core.Code) uint32 { return a.fn(ti, "", tl, code...) }

	// Leaves.
	add("a long leaf, called in a straight line", true, func(a *attack) {
		f := leaf(a, times(1100, divide))
		a.run = times(100, get0, core.I(core.OpCall, f))
	})
	add("leaves just short enough, called in a straight line", true, func(a *attack) {
		f := leaf(a, times(62, add1))
		a.run = times(300, get0, core.I(core.OpCall, f))
	})
	add("leaves just too long", true, func(a *attack) {
		f := leaf(a, times(64, add1))
		a.run = times(300, get0, core.I(core.OpCall, f))
	})
	add("many small leaves", true, func(a *attack) {
		var all core.Code
		for i := range 100 {
			all = core.Seq(all, get0, core.I(core.OpCall, leaf(a, times(i%60, add1))))
		}
		a.run = times(3, all)
	})
	add("a leaf of dear instructions by a table", true, func(a *attack) {
		f := leaf(a, times(10, divide))
		a.Table(core.Table{Elem: core.FuncRef, Limits: core.Limits{Min: 1}})
		a.Element(0, f)
		a.run = times(200, get0, core.I32Const(0), core.I(core.OpCallIndirect, a.sig(ti, ""), 0))
	})
	add("a long leaf by a table", true, func(a *attack) {
		f := leaf(a, times(450, divide))
		a.Table(core.Table{Elem: core.FuncRef, Limits: core.Limits{Min: 1}})
		a.Element(0, f)
		a.run = times(100, get0, core.I32Const(0), core.I(core.OpCallIndirect, a.sig(ti, ""), 0))
	})
	add("leaves called in a loop", false, func(a *attack) {
		f := leaf(a, times(60, add1))
		a.run = forever(times(200, get0, core.I(core.OpCall, f)))
	})
	add("leaves with branches", true, func(a *attack) {
		f := leaf(a, get0, core.IfElse(times(20, add1), times(3, divide)), times(20, add1))
		a.run = times(300, get0, core.I(core.OpCall, f))
	})
	add("a leaf that never returns", true, func(a *attack) {
		f := leaf(a, times(30, add1), core.I(core.OpUnreachable))
		a.run = core.Seq(times(6000, add1), get0, core.I(core.OpCall, f))
	})
	add("a tail call of a leaf behind long code", false, func(a *attack) {
		f := leaf(a, times(50, add1))
		g := leaf(a, times(2100, add1), get0, core.I(core.OpReturnCall, f))
		a.run = forever(get0, core.I(core.OpCall, g))
	})

	// Straight lines, branches and loops.
	straight("a straight line of divisions", times(2200, divide))
	straight("a straight line of additions", times(6000, add1))
	straight("nothing but a branch", nil)
	straight("instructions that take no time", times(20_000, core.I(core.OpNop)), times(200, core.Block()))
	straight("a long side of an if", core.Seq(get0, core.IfElse(times(5000, add1), add1), get0, core.IfElse(add1, times(5000, add1))))
	straight("ifs without else", times(300, get0, core.If(times(30, add1))))
	straight("br_ifs in a chain", core.Block(times(500, get0, core.I(core.OpI32Eqz), core.I(core.OpBrIf, 0), times(20, add1))))
	straight("selects in a chain", core.Seq(core.I64Const(1), times(6000, core.I64Const(2), get0, core.I(core.OpSelect)), core.I(core.OpLocalSet, 1)))
	straight("blocks in each other", core.Seq(core.Code(slices.Repeat([]byte{2, 0x40}, 300)), get0, core.I(core.OpI32Eqz), core.I(core.OpBrIf, 299), times(300, times(20, add1), end)))
	straight("code that is not reached", core.Seq(core.Block(core.I(core.OpBr, 0), times(2000, divide), core.Loop(divide, core.I(core.OpBr, 0)))))
	straight("a fan of a br_table", core.Seq(
		core.Code(slices.Repeat([]byte{2, 0x40}, 150)), get0, core.Code{opcodeBrTable}, u(149), each(150, func(i int) core.Code { return u(uint32(i)) }),
		each(150, func(i int) core.Code { return core.Seq(end, times(i, add1)) })))
	straight("a br_table back", core.Block(core.Loop(add1, get0, core.Code{opcodeBrTable, 3, 0, 0, 0, 0})))
	add("loops in each other", false, func(a *attack) {
		a.run = core.Seq(core.Code(slices.Repeat([]byte{3, 0x40}, 50)), add1, each(50, func(int) core.Code { return core.Seq(get0, core.I(core.OpBrIf, 0), add1, end) }))
		a.run = forever(a.run)
	})
	add("a loop with operands", false, func(a *attack) {
		a.run = core.Seq(get0, core.Code{3}, u(a.sig(ti, ti)), times(5000, add1), core.I(core.OpBr, 0), end, drop)
	})
	straight("a loop left from deep inside", core.Block(core.Loop(core.Block(core.Block(get0, core.I(core.OpBrIf, 3), core.I(core.OpBr, 2)), times(5000, add1)))))

	// Calls.
	add("exponential recursion", false, func(a *attack) {
		a.run = core.Seq(get0, core.If(less, core.I(core.OpCall, 0), less, core.I(core.OpCall, 0)))
	})
	add("a chain of functions that return for long", true, func(a *attack) {
		a.run = core.Seq(get0, core.If(less, core.I(core.OpCall, 0)), times(15, add1))
	})
	add("a chain of functions that return for a moment", true, func(a *attack) {
		a.run = core.Seq(get0, core.If(less, core.I(core.OpCall, 0)), add1)
	})
	add("a chain of functions that return from within blocks", true, func(a *attack) {
		a.run = core.Block(core.Block(get0, core.I(core.OpI32Eqz), core.I(core.OpBrIf, 0), less, core.I(core.OpCall, 0), times(10, add1), core.I(core.OpReturn)), add1)
	})
	add("a chain of functions that run for long before and after", true, func(a *attack) {
		a.run = core.Seq(times(3000, add1), get0, core.If(less, core.I(core.OpCall, 0), times(3000, add1)), times(3000, add1))
	})
	add("mutual recursion", true, func(a *attack) {
		f := a.fn(ti, "", tl, times(40, add1), less, core.I(core.OpCall, 0), times(40, add1))
		a.run = core.Seq(get0, core.If(less, core.I(core.OpCall, f), times(40, add1)))
	})
	add("recursion by a table", true, func(a *attack) {
		a.Table(core.Table{Elem: core.FuncRef, Limits: core.Limits{Min: 1}})
		a.Element(0, 0)
		a.run = core.Seq(get0, core.If(less, core.I32Const(0), core.I(core.OpCallIndirect, a.sig(ti, ""), 0), times(20, add1)), add1)
	})
	add("recursion by references", true, func(a *attack) {
		a.Element(0, 0)
		a.Table(core.Table{Elem: core.FuncRef, Limits: core.Limits{Min: 1}})
		a.run = core.Seq(get0, core.If(less, core.I(core.OpRefFunc, 0), core.I(core.OpCallRef, a.sig(ti, "")), times(20, add1)), add1)
	})
	add("tail calls", false, func(a *attack) { a.run = core.Seq(times(20, add1), get0, core.I(core.OpReturnCall, 0)) })
	add("tail calls behind long code", false, func(a *attack) {
		a.run = core.Seq(times(3000, add1), get0, core.If(get0, core.I(core.OpReturnCall, 0)), get0, core.I(core.OpReturnCall, 0))
	})
	add("tail calls by a table", false, func(a *attack) {
		a.Table(core.Table{Elem: core.FuncRef, Limits: core.Limits{Min: 1}})
		a.Element(0, 0)
		a.run = core.Seq(times(2500, add1), get0, core.I32Const(0), core.I(core.OpReturnCallIndirect, a.sig(ti, ""), 0))
	})
	add("tail calls with many operands", false, func(a *attack) {
		many := ti + tl + ti + tl + ti + tl + ti + tl + ti + tl + ti + tl
		f := a.fn(many, "", "", each(12, func(i int) core.Code { return core.I(core.OpLocalGet, uint32(i)) }), core.I(core.OpReturnCall, 1))
		a.run = core.Seq(each(6, func(int) core.Code { return core.Seq(get0, core.I(core.OpLocalGet, 1)) }), core.I(core.OpCall, f))
	})
	add("calls in a straight line", true, func(a *attack) {
		f := a.fn("", "", "")
		g := a.fn("", "", "", core.I(core.OpCall, f))
		a.run = times(1000, core.I(core.OpCall, g))
	})
	add("calls with something between them", true, func(a *attack) {
		f := a.fn("", "", "")
		g := a.fn("", "", "", core.I(core.OpCall, f))
		a.run = times(500, core.I(core.OpCall, g), times(20, add1))
	})
	add("calls on both sides of ifs", true, func(a *attack) {
		f := a.fn("", "", "")
		g := a.fn("", "", "", core.I(core.OpCall, f))
		a.run = times(100, get0, core.IfElse(core.Seq(core.I(core.OpCall, g), times(10, add1)), add1), times(5, add1), get0, core.IfElse(add1, core.I(core.OpCall, g)))
	})
	add("a loop that goes on behind a call", false, func(a *attack) {
		f := a.fn("", "", "")
		g := a.fn("", "", "", core.I(core.OpCall, f))
		a.run = core.Loop(times(10, add1), core.I(core.OpCall, g), times(30, add1), core.Loop(add1, core.I(core.OpCall, g), add1, get0, core.I(core.OpI32Eqz), core.I(core.OpBrIf, 0)), core.I(core.OpBr, 0))
	})
	add("loops with calls in each other", false, func(a *attack) {
		f := a.fn("", "", "")
		g := a.fn("", "", "", core.I(core.OpCall, f))
		a.run = forever(each(20, func(int) core.Code { return core.Code{3, 0x40} }),
			each(20, func(int) core.Code {
				return core.Seq(core.I(core.OpCall, g), times(7, add1), get0, core.I(core.OpI32Eqz), core.I(core.OpBrIf, 0), add1, end)
			}))
	})
	add("a loop of a br_table with calls, as Go has them", false, func(a *attack) {
		f := a.fn("", "", "")
		g := a.fn("", "", "", core.I(core.OpCall, f))
		a.run = core.Loop(core.Block(core.Block(core.Block(core.Block(get0, core.Code{opcodeBrTable, 3, 0, 1, 2, 3}),
			times(9, add1), core.I(core.OpCall, g)), times(20, add1), core.I(core.OpCall, g)), times(40, add1)), core.I32Const(1), core.I(core.OpLocalSet, 0), core.I(core.OpBr, 0))
	})
	add("calls of the host", false, func(a *attack) { *a = *hostAttack(a) })
	add("operands and results by the hundred", true, func(a *attack) {
		many := string(slices.Repeat([]byte(tl), 200))
		f := a.fn(many, many, "", each(200, func(i int) core.Code { return core.I(core.OpLocalGet, uint32(i)) }))
		a.run = times(20, times(200, core.I(core.OpLocalGet, 1)), core.I(core.OpCall, f), times(200, drop))
	})
	add("branches with operands by the hundred", true, func(a *attack) {
		many := string(slices.Repeat([]byte(tl), 200))
		a.run = times(20, core.Code{2}, u(a.sig("", many)), times(200, core.I(core.OpLocalGet, 1)), get0, core.I(core.OpBrIf, 0), end, times(200, drop))
	})
	add("a thousand locals that change in ifs", false, func(a *attack) {
		a.runs = slices.Repeat(valTypes(tl), 1000)
		set := each(1000, func(i int) core.Code { return core.Seq(core.I64Const(int64(i)), core.I(core.OpLocalSet, uint32(i+2))) })
		a.run = forever(get0, core.I(core.OpI32Eqz), core.If(set))
	})

	// What depends on lengths.
	bulk := func(name string, ends bool, length int32, op core.Code, more func(a *attack)) {
		add(name, ends, func(a *attack) {
			if more != nil {
				more(a)
			}
			a.run = forever(times(20, core.I32Const(0), core.I32Const(0), core.I32Const(length), core.I32Const(0), core.I(core.OpI32Add), op))
			if ends {
				a.run = core.Seq(core.I32Const(0), core.I32Const(0), core.I32Const(length), op)
			}
		})
	}
	fill, cpy := core.Code{opcodeMisc, miscMemoryFill, 0}, core.Code{opcodeMisc, miscMemoryCopy, 0, 0}
	grown := func(a *attack) { a.Memories = [][]byte{{1, 20, 20}} }
	bulk("fills of nothing", false, 0, fill, nil)
	bulk("fills of a page", false, 65536, fill, nil)
	bulk("fills of all", false, 20<<16, fill, grown)
	bulk("fills beyond the end", true, -1, fill, nil)
	bulk("copies of all", false, 20<<16, cpy, grown)
	bulk("copies of nothing", false, 0, cpy, nil)
	straight("short fills", times(100, core.I32Const(0), core.I32Const(0), core.I32Const(1024), fill))
	bulk("memory.init", false, 1<<16, core.Code{opcodeMisc, miscMemoryInit, 0, 0}, func(a *attack) {
		a.Data = [][]byte{append([]byte{1}, sized(make([]byte, 1<<16))...)}
	})
	table := func(a *attack) {
		a.Table(core.Table{Elem: core.FuncRef, Limits: core.Limits{Min: 100_000, Max: 200_000, HasMax: true}})
	}
	nothing := core.RefNull(core.CodeFuncRef)
	add("table.fill", false, func(a *attack) {
		table(a)
		a.run = forever(core.I32Const(0), nothing, core.I32Const(100_000), core.Code{opcodeMisc, miscTableFill, 0})
	})
	bulk("table.copy", false, 99_999, core.Code{opcodeMisc, miscTableCopy, 0, 0}, table)
	bulk("table.init", false, 3000, core.Code{opcodeMisc, miscTableInit, 0, 0}, func(a *attack) {
		table(a)
		a.Elements = [][]byte{seq([]byte{1, 0}, vec(slices.Repeat([][]byte{{0}}, 3000)...))}
	})
	add("table.grow by everything", false, func(a *attack) {
		table(a)
		a.run = forever(nothing, core.I32Const(-1), core.Code{opcodeMisc, miscTableGrow, 0}, drop)
	})
	add("table.grow by nothing", false, func(a *attack) {
		table(a)
		a.run = forever(times(100, nothing, core.I32Const(0), core.Code{opcodeMisc, miscTableGrow, 0}, drop))
	})
	straight("memory.grow by nothing", times(100, core.I32Const(0), core.I(core.OpMemoryGrow, 0), drop))
	straight("memory.grow by everything", times(100, core.I32Const(-1), core.I(core.OpMemoryGrow, 0), drop))

	// Instructions that take long.
	straight("vectors", times(2000, core.Code{opcodeVector, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, opcodeVector, 0xef, 1}, drop))
	straight("square roots", times(2500, core.F64Const(2), core.Code{0x9f}, drop))
	straight("references to functions", times(100, core.I32Const(0), core.I(core.OpMemoryGrow, 0), drop, core.I32Const(8), core.Code{0x28, 2, 0}, drop))
	add("atomic instructions", false, func(a *attack) {
		a.Memories = [][]byte{{3, 1, 1}}
		a.run = forever(times(500, core.I32Const(0), core.I32Const(1), core.Code{opcodeAtomic, 0x1e, 2, 0}, drop, core.I32Const(0), core.I32Const(1), core.Code{opcodeAtomic, 0, 2, 0}, drop))
	})
	add("references that are null", false, func(a *attack) {
		a.run = forever(times(200, core.Block(nothing, core.I(core.OpBrOnNull, 0), drop)))
	})
	return all
}

// hostAttack calls an imported function for ever.
func hostAttack(*attack) *attack {
	a := &attack{}
	a.Import(core.Import{Module: "host", Name: "f", Type: core.Extern{Kind: core.FuncKind, Func: a.sig("", "")}})
	a.Memory(core.Limits{Min: 1})
	a.fn(ti, "", tl)
	a.run = forever(times(100, core.I(core.OpCall, 0), add1))
	return a
}

// TestAdversaries rewrites guests that are made to get round the meter, proves what comes out, and runs it
// while it counts: with much fuel, with little, and until it is interrupted.
func TestAdversaries(t *testing.T) {
	all := adversaries(t)
	if len(all) < 50 {
		t.Errorf("%d adversaries", len(all))
	}
	for _, tt := range all {
		t.Run(tt.name, func(t *testing.T) {
			for _, cfg := range []Config{{}, {Stack: true}, {Depth: true}} {
				r := newRuntime(t)
				host := r.NewHostModuleBuilder("host").NewFunctionBuilder().WithFunc(func() {}).Export("f")
				if _, err := host.Instantiate(t.Context()); err != nil {
					t.Fatal(err)
				}
				c := countedInstance(t, r, mustRewrite(t, tt.wasm, cfg).Wasm)
				for _, fuel := range []uint64{0, 1000, 5000, 500_000} {
					c.reset(fuel)
					_, trap := call(c, "run", 2000)
					c.checkCounts(t, tt.name)
					if all := c.count(countAll); all > fuel+units.Bound {
						t.Errorf("%d units ran with fuel %d", all, fuel)
					}
					if !tt.ends && (trap == "" || c.Cause() != OutOfFuel) {
						t.Errorf("fuel %d: trap %q, cause %v", fuel, trap, c.Cause())
					}
				}
			}
		})
	}
}
