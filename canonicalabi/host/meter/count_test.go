package meter

import (
	"slices"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	core "github.com/witgen/witgen/internal/wasm"
)

// A counted is a rewritten module in which each instruction of the guest's counts its units, by code that
// this test adds: what was proved is looked at while it runs.
type counted struct {
	api.Module
	*Controller
}

// The globals that count: units since the last check, the most of these, units since the guest was left, the
// most of these, and all units.
const (
	countRan = iota
	countMost
	countSince
	countMostSince
	countAll
	countGlobals
)

var countNames = [countGlobals]string{"ran", "most", "since", "mostSince", "all"}

// reset forgets what was counted, and gives fuel.
func (c counted) reset(fuel uint64) {
	for _, name := range countNames {
		c.ExportedGlobal("count/" + name).(api.MutableGlobal).Set(0)
	}
	c.SetFuel(fuel)
	c.SetStack(Unlimited)
	c.ClearCause()
}

func (c counted) count(i int) uint64 { return c.ExportedGlobal("count/" + countNames[i]).Get() }

// checkCounts fails where the guest ran for too long between two checks or until it was left.
func (c counted) checkCounts(t testing.TB, name string) {
	t.Helper()
	if most := max(c.count(countMost), c.count(countRan)); most > units.Bound {
		t.Errorf("%s: %d units ran between two checks, at most %d allowed", name, most, units.Bound)
	}
	if most := max(c.count(countMostSince), c.count(countSince)); most > units.Slice+2*units.Bound {
		t.Errorf("%s: %d units ran until the guest was left, at most %d allowed", name, most, units.Slice+2*units.Bound)
	}
}

// countedInstance instantiates a rewritten module that counts.
func countedInstance(t testing.TB, r wazero.Runtime, out []byte) counted {
	t.Helper()
	mod := instantiate(t, r, addCounts(out))
	c, err := NewController(mod)
	if err != nil {
		t.Fatal(err)
	}
	return counted{mod, c}
}

// A unitCounter adds code that counts to a rewritten module.
type unitCounter struct {
	types    []core.SubType
	funcs    []uint32 // their types
	imported uint32
	globals  uint32
	meter    globals
	refill   uint32
}

// newUnitCounter reads what it must know of a rewritten module.
func newUnitCounter(out []byte) (*unitCounter, []core.Section) {
	c := &unitCounter{}
	var sections []core.Section
	cur := core.NewCursor(out, 0)
	for s := range cur.Sections() {
		sections = append(sections, s)
		in := *s.Content
		switch s.ID {
		case core.TypeSection:
			for range in.Count() {
				c.types = append(c.types, in.RecGroup().Types...)
			}
		case core.ImportSection:
			for range in.Count() {
				switch i := in.Import(); i.Type.Kind {
				case core.FuncKind:
					c.funcs = append(c.funcs, i.Type.Func)
					c.imported++
				case core.GlobalKind:
					c.globals++
				}
			}
		case core.FunctionSection:
			c.funcs = append(c.funcs, in.Indices()...)
		case core.GlobalSection:
			c.globals += in.Count()
		case core.ExportSection:
			for range in.Count() {
				e := in.Export()
				for i, p := range []*uint32{&c.meter.slice, &c.meter.reserve, &c.meter.stack, &c.meter.flag, &c.meter.cause} {
					if e.Name == prefix+globalNames[i] {
						*p = e.Index
					}
				}
			}
		case core.CodeSection:
			// The first helper is refill.
			c.refill = c.imported + firstHelper(in, c.meter)
		}
	}
	return c, sections
}

// addCounts returns a rewritten module with code that counts.
func addCounts(out []byte) []byte {
	c, sections := newUnitCounter(out)
	var w core.Writer
	w.Preamble()
	for _, s := range sections {
		in := s.Content
		switch s.ID {
		case core.GlobalSection:
			n := in.Count()
			w.Section(s.ID, func() {
				w.Uint32(n + countGlobals)
				w.Byte(in.Rest()...)
				for range countGlobals {
					w.Byte(typeI64, 1, opcodeI64Const, 0, opcodeEnd)
				}
			})
		case core.ExportSection:
			n := in.Count()
			w.Section(s.ID, func() {
				w.Uint32(n + countGlobals)
				w.Byte(in.Rest()...)
				for i, name := range countNames {
					w.Export(core.Export{Name: "count/" + name, Kind: core.GlobalKind, Index: c.globals + uint32(i)})
				}
			})
		case core.CodeSection:
			n := in.Count()
			w.Section(s.ID, func() {
				w.Uint32(n)
				for i := range n {
					body := in.Sub(in.Uint32())
					w.Bytes(c.body(c.imported+i, body))
				}
			})
		default:
			w.Byte(out[s.Start:s.End]...)
		}
	}
	return w.Buf
}

// firstHelper returns the function that traps with a cause.
func firstHelper(in core.Cursor, g globals) uint32 {
	for i := range in.Count() {
		body := in.Sub(in.Uint32())
		for range body.Uint32() {
			body.Uint32()
			body.ValType()
		}
		found := false
		body.Expr(func(i core.Instr) { found = found || i.Op == core.OpGlobalSet && i.X == g.cause })
		if found {
			return i
		}
	}
	panic("no refill")
}

// A coding is an instruction with its bytes.
type coding struct {
	core.Instr
	bytes   []byte
	results int // of a block's type
	params  int
	labels  []uint32
}

// decode reads a function's body: its locals, its code, and the locals that are kept equal to the slice.
func (c *unitCounter) decode(in *core.Cursor) (locals []byte, code []coding, kept map[uint32]bool, edge int64) {
	at := in.Offset()
	for range in.Uint32() {
		in.Uint32()
		in.ValType()
	}
	locals = in.Since(at)
	kept = map[uint32]bool{}
	set := map[uint32]bool{}
	for !in.Done() {
		from := in.Offset()
		k := coding{}
		switch op := core.Op(in.Peek()); op {
		case core.OpBrTable:
			in.Byte()
			k.Op = op
			k.labels = append(in.Indices(), in.Uint32())
		default:
			k.Instr = in.Instr()
			k.results = k.Block.Results()
			if k.Block.HasFunc {
				t := c.types[k.Block.Func]
				k.params, k.results = len(t.Params), len(t.Results)
			}
		}
		if k.Op == core.OpLocalSet || k.Op == core.OpLocalTee {
			set[k.X] = true
			if n := len(code); n > 0 && code[n-1].Op == core.OpGlobalGet && code[n-1].X == c.meter.slice {
				kept[k.X] = true
			}
		}
		k.bytes = in.Since(from)
		code = append(code, k)
	}
	if in.Err() != nil {
		panic(in.Err())
	}
	return locals, code, kept, int64(units.Edge(len(set)))
}

// body returns a function's body with code that counts.
func (c *unitCounter) body(index uint32, in *core.Cursor) []byte {
	locals, code, kept, edge := c.decode(in)
	out := slices.Clone(locals)
	if index == c.refill {
		out = append(out, c.left()...)
		for _, k := range code {
			out = append(out, k.bytes...)
		}
		return out
	}
	var run []byte // simple instructions, and what they take
	cost := int64(units.Call)
	flush := func() {
		if cost > 0 {
			out = append(out, c.add(cost)...)
		}
		out = append(out, run...)
		run, cost = run[:0], 0
	}
	arity := func(label uint32, open []coding) int {
		if b := open[len(open)-1-int(label)]; b.Op == core.OpLoop {
			return b.params
		} else {
			return b.results
		}
	}
	open := []coding{{results: len(c.types[c.funcs[index]].Results)}}
	for n := 0; n < len(code); {
		if taken, check := c.added(code[n:], kept); taken > 0 {
			flush()
			for _, k := range code[n : n+taken] {
				out = append(out, k.bytes...)
			}
			if check {
				out = append(out, c.checked()...)
			}
			n += taken
			continue
		}
		k := code[n]
		if simpleRun(k.Op) {
			cost += int64(units.Cost(k.Op))
			run = append(run, k.bytes...)
			n++
			continue
		}
		flush()
		cost = int64(units.Cost(k.Op))
		switch k.Op {
		case core.OpBlock, core.OpLoop, core.OpIf:
			cost += edge + int64(units.Moves(k.params+k.results))
			open = append(open, k)
			if between(code, n, k) {
				cost = 0
			}
		case core.OpEnd:
			open = open[:len(open)-1]
		case core.OpBr, core.OpBrIf, core.OpBrOnNull, core.OpBrOnNonNull:
			cost += edge + int64(units.Moves(arity(k.X, open)))
			if k.Op == core.OpBr && c.around(code, n) {
				cost = 0
			}
		case core.OpBrTable:
			cost += edge + int64(units.Moves(arity(k.labels[0], open)))
		case core.OpReturn:
			cost += int64(units.Moves(open[0].results))
		case core.OpCall, core.OpReturnCall, core.OpCallIndirect, core.OpCallRef, core.OpReturnCallIndirect, core.OpReturnCallRef:
			typ := k.X
			if k.Op == core.OpCall || k.Op == core.OpReturnCall {
				typ = c.funcs[k.X]
				if k.X < c.imported {
					cost += units.Import
				}
			}
			if k.Op == core.OpCall && k.X == c.refill {
				out = append(append(out, k.bytes...), c.checked()...)
				cost = 0
				n++
				continue
			}
			cost += int64(units.Moves(len(c.types[typ].Params) + len(c.types[typ].Results)))
		case core.OpMemoryInit, core.OpMemoryCopy, core.OpMemoryFill, core.OpTableInit, core.OpTableCopy, core.OpTableFill:
			shift := int64(units.BulkShift)
			if k.Op != core.OpMemoryInit && k.Op != core.OpMemoryCopy && k.Op != core.OpMemoryFill {
				shift = units.ElementShift
			}
			if last := code[n-1]; last.Op == core.OpI32Const {
				cost += int64(uint32(last.Value)) >> shift
			} else {
				out = append(out, c.addLength(last.X, shift)...)
			}
		}
		run = append(run, k.bytes...)
		flush()
		n++
	}
	return out
}

// simpleRun reports whether an instruction does nothing but compute.
func simpleRun(op core.Op) bool {
	switch op.Immediates() {
	case core.None, core.LocalImm, core.GlobalImm, core.MemArgImm, core.I32Imm, core.I64Imm, core.F32Imm, core.F64Imm, core.BytesImm, core.HeapImm:
		return op != core.OpUnreachable && op != core.OpElse && op != core.OpEnd && op != core.OpReturn
	}
	return false
}

// between reports whether a block or loop stands right inside a loop that was added.
func between(code []coding, n int, k coding) bool {
	plain := func(i int, op core.Op) bool {
		return i >= 0 && i < len(code) && code[i].Op == op && code[i].params+code[i].results == 0
	}
	is := func(i int, op core.Op) bool { return i >= 0 && i < len(code) && code[i].Op == op }
	return plain(n-1, core.OpLoop) && plain(n, core.OpBlock) && is(n+1, core.OpLoop) ||
		plain(n-2, core.OpLoop) && plain(n-1, core.OpBlock) && is(n, core.OpLoop)
}

// around reports whether a branch stands beside the call of refill in a loop.
func (c *unitCounter) around(code []coding, n int) bool {
	refill := func(i int) bool {
		return i >= 0 && i < len(code) && code[i].Op == core.OpCall && code[i].X == c.refill
	}
	return refill(n+2) || refill(n-1) || refill(n-3)
}

// added returns how many instructions were added here, and whether they are a check that is passed behind them.
func (c *unitCounter) added(code []coding, kept map[uint32]bool) (n int, check bool) {
	op := func(i int) core.Op {
		if i < len(code) {
			return code[i].Op
		}
		return 0
	}
	reads := func(i int, g uint32) bool { return op(i) == core.OpGlobalGet && code[i].X == g }
	local := op(0) == core.OpLocalGet && kept[code[0].X]
	if reads(0, c.meter.stack) {
		return 4, false
	}
	if !local && !reads(0, c.meter.slice) {
		return 0, false
	}
	switch {
	case op(1) == core.OpLocalSet:
		return 2, false
	case op(1) == core.OpI64Const && op(2) == core.OpI64Sub:
		if local {
			return 5, false
		}
		return 4, false
	case op(1) == core.OpLocalGet:
		return 7, false
	case reads(1, c.meter.stack):
		n = 5
	case op(1) == core.OpI64Const && op(2) == core.OpI64LtS:
		n = 3
	default:
		panic("unknown code around the slice")
	}
	if op(n) == core.OpBrIf {
		return n + 1, true
	}
	for n++; op(n) != core.OpEnd; n++ {
	}
	return n + 1, true
}

func (c *unitCounter) global(i int) uint32 { return c.globals + uint32(i) }

// add adds units.
func (c *unitCounter) add(n int64) core.Code {
	var code core.Code
	for _, g := range []int{countRan, countSince, countAll} {
		code = core.Seq(code, core.I(core.OpGlobalGet, c.global(g)), core.I64Const(n), core.I(core.OpI64Add), core.I(core.OpGlobalSet, c.global(g)))
	}
	return code
}

// addLength adds units for a length in a local.
func (c *unitCounter) addLength(local uint32, shift int64) core.Code {
	var code core.Code
	for _, g := range []int{countRan, countSince, countAll} {
		code = core.Seq(code, core.I(core.OpGlobalGet, c.global(g)), core.I(core.OpLocalGet, local), core.I(core.OpI64ExtendI32U),
			core.I64Const(shift), core.I(core.OpI64ShrU), core.I(core.OpI64Add), core.I(core.OpGlobalSet, c.global(g)))
	}
	return code
}

// reset moves a count to the most that there was.
func (c *unitCounter) reset(count, most int) core.Code {
	get := func(g int) core.Code { return core.I(core.OpGlobalGet, c.global(g)) }
	return core.Seq(get(count), get(most), get(count), get(most), core.I(core.OpI64GtU), core.I(core.OpSelect), core.I(core.OpGlobalSet, c.global(most)),
		core.I64Const(0), core.I(core.OpGlobalSet, c.global(count)))
}

func (c *unitCounter) checked() core.Code { return c.reset(countRan, countMost) }
func (c *unitCounter) left() core.Code    { return c.reset(countSince, countMostSince) }
