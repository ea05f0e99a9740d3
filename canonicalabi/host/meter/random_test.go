package meter

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	"github.com/witgen/witgen/internal/testing/guestbuild"
	core "github.com/witgen/witgen/internal/wasm"
)

// A generator writes random functions that are valid and that end: each loop counts down in a local of
// its own, and functions call only those before them.
type generator struct {
	*rand.Rand
	sigs  []string // results of the functions that may be called, all of (i32, i64)
	out   core.Code
	depth int
	calm  bool   // nothing traps, and there is no global
	loops uint32 // counters used of this function
	label []label
}

// A label is what a branch to it takes with it.
type label struct {
	types string
	loop  bool
}

// genResults are the results of the functions, by type index. All take (i32, i64).
var genResults = []string{ti, tl, "\x7d", "\x7c", ti + tl}

// The locals: parameters i32 and i64, then one of each type, then the counters of loops.
const (
	genLocals   = "\x7f\x7e\x7d\x7c" // i32 i64 f32 f64
	genCounters = 6
	genFirst    = 2 + uint32(len(genLocals))
)

// genSimple are instructions without operands: type of the result, types popped, opcodes.
var genSimple = []struct {
	result byte
	pops   string
	first  byte
	last   byte
}{
	{typeI32, ti, 0x45, 0x45}, {typeI32, ti + ti, 0x46, 0x4f}, {typeI32, tl, 0x50, 0x50}, {typeI32, tl + tl, 0x51, 0x5a},
	{typeI32, "\x7d\x7d", 0x5b, 0x60}, {typeI32, "\x7c\x7c", 0x61, 0x66}, {typeI32, ti, 0x67, 0x69}, {typeI32, ti + ti, 0x6a, 0x78},
	{typeI64, tl, 0x79, 0x7b}, {typeI64, tl + tl, 0x7c, 0x8a}, {typeF32, "\x7d", 0x8b, 0x91}, {typeF32, "\x7d\x7d", 0x92, 0x98},
	{typeF64, "\x7c", 0x99, 0x9f}, {typeF64, "\x7c\x7c", 0xa0, 0xa6}, {typeI32, tl, 0xa7, 0xa7}, {typeI32, "\x7d", 0xa8, 0xa9},
	{typeI64, ti, 0xac, 0xad}, {typeI64, "\x7c", 0xb0, 0xb1}, {typeF32, ti, 0xb2, 0xb3}, {typeF64, "\x7d", 0xbb, 0xbb}, {typeI32, ti, 0xc0, 0xc1},
}

// value writes code that pushes a value of a type.
func (g *generator) value(t byte) {
	g.depth++
	defer func() { g.depth-- }()
	choice := g.IntN(10)
	if g.depth > 6 {
		choice = g.IntN(2)
	}
	switch choice {
	case 0:
		switch t {
		case typeI32:
			g.out.I32Const(int32(g.Uint32() >> g.IntN(32)))
		case typeI64:
			g.out.I64Const(int64(g.Uint64() >> g.IntN(64)))
		case typeF32:
			g.out.Byte(0x43, byte(g.IntN(256)), 0, byte(g.IntN(256)), byte(g.IntN(128)))
		case typeF64:
			g.out.Byte(0x44, 0, byte(g.IntN(256)), 0, 0, 0, 0, byte(g.IntN(256)), byte(g.IntN(256)))
		}
	case 1:
		g.out.Op(core.OpLocalGet, g.local(t))
	case 2, 3, 4:
		var fit []int
		for i, s := range genSimple {
			if s.result == t {
				fit = append(fit, i)
			}
		}
		s := genSimple[fit[g.IntN(len(fit))]]
		if g.calm && trapping(s.first) {
			g.out.Op(core.OpLocalGet, g.local(t))
			return
		}
		for _, p := range []byte(s.pops) {
			g.value(p)
		}
		g.out.Byte(s.first + byte(g.IntN(int(s.last-s.first)+1)))
	case 5:
		g.address()
		load := map[byte]byte{typeI32: 0x28, typeI64: 0x29, typeF32: 0x2a, typeF64: 0x2b}[t]
		g.out.Byte(load, 0, byte(g.IntN(64)))
	case 6:
		g.value(typeI32)
		g.out.Byte(opcodeIf, t)
		g.inside(label{types: string(t)}, func() { g.statements(2); g.value(t) })
		g.out.Byte(opcodeElse)
		g.inside(label{types: string(t)}, func() { g.statements(2); g.value(t) })
		g.out.Byte(opcodeEnd)
	case 7:
		g.out.Byte(opcodeBlock, t)
		g.inside(label{types: string(t)}, func() { g.statements(3); g.value(t) })
		g.out.Byte(opcodeEnd)
	case 8:
		var fit []uint32
		for i, s := range g.sigs {
			if s == string(t) {
				fit = append(fit, uint32(i))
			}
		}
		if len(fit) == 0 {
			g.out.Op(core.OpLocalGet, g.local(t))
			return
		}
		g.value(typeI32)
		g.value(typeI64)
		f := fit[g.IntN(len(fit))]
		if g.IntN(3) == 0 { // through the table, where function i is element i
			g.out.I32Const(int32(f))
			g.out.Byte(0x11)
			g.out.Byte(byte(slices.Index(genResults, string(t))), 0)
			return
		}
		g.out.Op(core.OpCall, f)
	case 9:
		g.value(t)
		g.value(t)
		g.value(typeI32)
		g.out.Byte(opcodeSelect)
	}
}

// trapping reports whether the instructions from this one on in genSimple may trap.
func trapping(first byte) bool {
	switch first {
	case 0x6a, 0x7c, 0xa8, 0xb0: // division and conversion
		return true
	}
	return false
}

// local returns a local of a type, never a loop's counter.
func (g *generator) local(t byte) uint32 {
	all := ti + tl + genLocals
	for {
		if i := g.IntN(len(all)); all[i] == t {
			return uint32(i)
		}
	}
}

// address pushes an address that is mostly within the memory's first page.
func (g *generator) address() {
	g.value(typeI32)
	if g.calm {
		g.out.I32Const(0x7ff0)
		g.out.Byte(0x71)
	} else if g.IntN(50) > 0 {
		g.out.I32Const(0xfff8)
		g.out.Byte(0x71) // i32.and
	}
}

// length pushes a length for a bulk operation, now and then one that is split.
func (g *generator) length() {
	n := g.IntN(4)
	if g.calm {
		n = 0
	}
	switch n {
	case 0:
		g.out.I32Const(int32(g.IntN(3000)))
	case 1:
		g.out.I32Const(int32(g.IntN(3 * units.PieceBytes)))
	default:
		g.value(typeI32)
		g.out.I32Const(0x7ff)
		g.out.Byte(0x71)
	}
}

// inside writes code that stands in a block.
func (g *generator) inside(l label, write func()) {
	g.label = append(g.label, l)
	write()
	g.label = g.label[:len(g.label)-1]
}

// branch writes what a branch needs and the branch, to a random label. Where it is br_if or br_table, what
// is left on the stack is dropped.
func (g *generator) branch() {
	depth := g.IntN(len(g.label))
	to := g.label[len(g.label)-1-depth]
	push := func() {
		if !to.loop {
			for _, t := range []byte(to.types) {
				g.value(t)
			}
		}
	}
	// A branch back to a loop without counting would not end.
	if to.loop {
		return
	}
	push()
	switch g.IntN(4) {
	case 0:
		g.out.Op(core.OpBr, uint32(depth))
	case 1, 2:
		g.value(typeI32)
		g.out.Op(core.OpBrIf, uint32(depth))
		for range to.types {
			g.out.Byte(opcodeDrop)
		}
	case 3:
		targets := []uint32{}
		for d := range g.label {
			if l := g.label[len(g.label)-1-d]; l.types == to.types && !l.loop {
				targets = append(targets, uint32(d))
			}
		}
		g.value(typeI32)
		n := g.IntN(4)
		g.out.Op(core.OpBrTable, uint32(n))
		for range n + 1 {
			g.out = append(g.out, u(targets[g.IntN(len(targets))])...)
		}
	}
}

// statements writes up to n statements.
func (g *generator) statements(n int) {
	g.depth++
	defer func() { g.depth-- }()
	for range g.IntN(n + 1) {
		g.statement()
	}
}

func (g *generator) statement() {
	if g.depth > 8 || len(g.out) > 4000 {
		g.out.Byte(opcodeNop)
		return
	}
	switch g.IntN(13) {
	case 0, 1, 2:
		types := ti + tl + genLocals
		t := types[g.IntN(len(types))]
		g.value(t)
		g.out.Op(core.OpLocalSet, g.local(t))
	case 3, 4:
		g.address()
		t := genLocals[g.IntN(4)]
		g.value(t)
		g.out.Byte(map[byte]byte{typeI32: 0x36, typeI64: 0x37, typeF32: 0x38, typeF64: 0x39}[t], 0, byte(g.IntN(64)))
	case 5:
		if g.calm {
			return
		}
		g.value(typeI64)
		g.out.Op(core.OpGlobalSet, 0)
	case 6, 7:
		if g.loops == genCounters {
			return
		}
		counter := genFirst + g.loops
		g.loops++
		// block (loop (br_if 1 (eqz counter)) counter -= 1 ... br 0)
		g.out.I32Const(int32(g.IntN(12)))
		g.out.Op(core.OpLocalSet, counter)
		g.out.Byte(opcodeBlock, blockEmpty, opcodeLoop, blockEmpty)
		g.out.Op(core.OpLocalGet, counter)
		g.out.Byte(opcodeI32Eqz, opcodeBrIf, 1)
		g.out.Op(core.OpLocalGet, counter)
		g.out.I32Const(-1)
		g.out.Byte(opcodeI32Add)
		g.out.Op(core.OpLocalSet, counter)
		g.inside(label{}, func() { g.inside(label{loop: true}, func() { g.statements(4) }) })
		g.out.Byte(opcodeBr, 0, opcodeEnd, opcodeEnd)
	case 8:
		g.value(typeI32)
		g.out.Byte(opcodeIf, blockEmpty)
		g.inside(label{}, func() { g.statements(3) })
		if g.IntN(2) == 0 {
			g.out.Byte(opcodeElse)
			g.inside(label{}, func() { g.statements(3) })
		}
		g.out.Byte(opcodeEnd)
	case 9:
		g.branch()
	case 10:
		g.address()
		g.value(typeI32)
		g.length()
		g.out.Op(core.OpMemoryFill, 0)
	case 11:
		g.address()
		g.address()
		g.length()
		g.out.Op(core.OpMemoryCopy, 0, 0)
	case 12:
		g.out.I32Const(int32(g.IntN(2)))
		g.out.Byte(opcodeMemoryGrow, 0, opcodeDrop)
	}
}

// randomModule returns a module whose functions "0", "1" ... take (i32, i64).
func randomModule(seed uint64) (in []byte, functions int) {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1))}
	functions = 1 + g.IntN(5)
	var types, decls, bodies, exports, elems [][]byte
	for _, r := range genResults {
		types = append(types, sig(ti+tl, r))
	}
	for i := range functions {
		results := genResults[g.IntN(len(genResults))]
		g.out, g.loops, g.depth = nil, 0, 0
		g.inside(label{types: results}, func() {
			g.statements(8)
			for _, t := range []byte(results) {
				g.value(t)
			}
			switch {
			case g.IntN(3) == 0:
				g.out.Byte(opcodeReturn)
			case i > 0 && g.IntN(4) == 0 && slices.Contains(g.sigs, results):
				g.value(typeI32)
				g.value(typeI64)
				g.out.Op(core.OpReturnCall, uint32(slices.Index(g.sigs, results)))
			}
		})
		g.sigs = append(g.sigs, results)
		decls = append(decls, u(uint32(slices.Index(genResults, results))))
		bodies = append(bodies, body(genLocals+string(bytes.Repeat([]byte{typeI32}, genCounters)), g.out))
		exports = append(exports, exportFunc(fmt.Sprint(i), uint32(i)))
		elems = append(elems, u(uint32(i)))
	}
	return wasm(
		sec(core.TypeSection, vec(types...)), sec(core.FunctionSection, vec(decls...)),
		sec(core.TableSection, vec(append([]byte{typeFuncRef, 0}, u(uint32(functions))...))),
		sec(core.MemorySection, vec([]byte{1, 16, 20})),
		sec(core.GlobalSection, vec(seq([]byte{typeI64, 1}, i64(7), []byte{opcodeEnd}))),
		sec(core.ExportSection, vec(append(exports, seq(str("memory"), []byte{2, 0}), seq(str("global"), []byte{3, 0}))...)),
		sec(core.ElementSection, vec(seq([]byte{0}, i32(0), []byte{opcodeEnd}, vec(elems...)))),
		sec(core.CodeSection, vec(bodies...)),
	), functions
}

// state is what can be seen of an instance.
type state struct {
	memory []byte
	global uint64
}

func stateOf(mod api.Module) state {
	m, _ := mod.Memory().Read(0, mod.Memory().Size())
	return state{bytes.Clone(m), globalValue(mod, "global")}
}

// TestRandom compares random modules with their rewritten selves: results, traps, memory, globals. It
// runs them on both engines of wazero and wants the same fuel from each, and that they end where
// they get one less.
func TestRandom(t *testing.T) {
	n := uint64(100)
	if guestbuild.Whole() {
		n = 400
	}
	compiler := newRuntime(t)
	interpreter := newRuntimeWith(t, wazero.NewRuntimeConfigInterpreter())
	calls, traps := 0, 0
	for seed := range n {
		in, functions := randomModule(seed)
		plain := instantiate(t, compiler, in)
		cfg := Config{Stack: seed%2 == 0}
		out := mustRewrite(t, in, cfg).Wasm
		mod, c := controlled(t, compiler, out)
		slow, cs := controlled(t, interpreter, out)
		for i := range functions {
			name := fmt.Sprint(i)
			args := []uint64{uint64(uint32(seed * 77)), seed << 20}
			c.SetFuel(Unlimited)
			cs.SetFuel(Unlimited)
			want, wantTrap := call(plain, name, args...)
			got, trap := call(mod, name, args...)
			_, slowTrap := call(slow, name, args...)
			calls++
			if wantTrap != "" {
				traps++
			}
			if trap != wantTrap || slowTrap != wantTrap || !sameValues(got, want) {
				t.Fatalf("seed %d function %d: got %v %q, interpreted %q, want %v %q", seed, i, got, trap, slowTrap, want, wantTrap)
			}
			if a, b := stateOf(mod), stateOf(plain); a.global != b.global || !bytes.Equal(a.memory, b.memory) {
				t.Fatalf("seed %d function %d: the state differs", seed, i)
			}
			if c.Fuel() != cs.Fuel() {
				t.Fatalf("seed %d function %d: %d fuel left, %d interpreted", seed, i, c.Fuel(), cs.Fuel())
			}
			if left := c.StackLeft(); cfg.Stack && trap == "" && left != Unlimited {
				t.Fatalf("seed %d function %d: depth %d off", seed, i, Unlimited-left)
			}
			c.SetStack(Unlimited)
			cs.SetStack(Unlimited)
			if trap != "" {
				break // what it left behind is not what the next call expects
			}
		}
		for _, m := range []api.Module{plain, mod, slow} {
			m.Close(t.Context())
		}
	}
	t.Logf("%d calls, %d of them trapped", calls, traps)
	if traps == 0 || traps > calls/2 {
		t.Errorf("%d of %d calls trapped: the generator tests too little", traps, calls)
	}
}

func controlled(t testing.TB, r wazero.Runtime, out []byte) (api.Module, *Controller) {
	t.Helper()
	mod := instantiate(t, r, out)
	c, err := NewController(mod)
	if err != nil {
		t.Fatal(err)
	}
	return mod, c
}

// sameValues compares results; any two NaNs are the same.
func sameValues(a, b []uint64) bool {
	return slices.EqualFunc(a, b, func(x, y uint64) bool {
		nan32 := func(v uint64) bool { return v>>32 == 0 && math.IsNaN(float64(math.Float32frombits(uint32(v)))) }
		nan64 := func(v uint64) bool { return math.IsNaN(math.Float64frombits(v)) }
		return x == y || nan32(x) && nan32(y) || nan64(x) && nan64(y)
	})
}

// TestRandomOutOfFuel gives random functions less fuel than they need: they stop, and the same amount always
// stops them.
func TestRandomOutOfFuel(t *testing.T) {
	r := newRuntime(t)
	stopped := 0
	for seed := range uint64(100) {
		in, functions := randomModule(seed)
		out := mustRewrite(t, in, Config{}).Wasm
		name := fmt.Sprint(functions - 1)
		run := func(fuel uint64) (string, Cause, uint64) {
			mod, c := controlled(t, r, out)
			defer mod.Close(t.Context())
			c.SetFuel(fuel)
			_, trap := call(mod, name, seed, seed)
			return trap, c.Cause(), fuel - c.Fuel()
		}
		trap, _, used := run(Unlimited)
		if trap != "" {
			continue
		}
		if trap, cause, again := run(used); trap != "" || again != used {
			t.Fatalf("seed %d: with just the fuel it used, %d: %q %v, used %d", seed, used, trap, cause, again)
		}
		// What is charged after the last check may be overdrawn; a tenth of the fuel must not do.
		first, cause, _ := run(used / 10)
		if first != "" {
			stopped++
			if cause != OutOfFuel {
				t.Fatalf("seed %d: cause %v of trap %q", seed, cause, first)
			}
		}
		if second, _, _ := run(used / 10); second != first {
			t.Fatalf("seed %d: %q and %q with the same fuel", seed, first, second)
		}
	}
	t.Logf("%d of 100 were stopped", stopped)
	if stopped < 10 {
		t.Errorf("%d of 100 were stopped: the generator tests too little", stopped)
	}
}
