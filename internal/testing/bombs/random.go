package bombs

import (
	"math/rand/v2"

	"github.com/witgen/witgen/internal/leb128"
	"github.com/witgen/witgen/internal/wasm"
)

// The statements that random functions are made of.
const (
	stSet    = iota // a local is assigned a constant and a local
	stUse           // a local is used
	stLoad          // a local is assigned what is in memory at another
	stStore         // a local is stored
	stCopy          // a local is assigned another
	stSelect        // a local is assigned one of two
	stOp            // any instruction of Ops
	stPush          // a value stays on the stack
	stPop           // values on the stack are added up
	stGlobal        // a global is changed
	stBlock
	stLoop
	stIf
	stIfElse
	stBranch // br_if
	stTable  // br_table, after which code is dead
	stLeave  // br, return or unreachable, after which code is dead
	stCall
	stIndirect
	stImport
	stFill
	stCopyMemory
	stGrow
	stReference

	statements
)

// A Genome decides what a random module looks like. Each number is taken modulo what
// it stands for, so that any bytes make a genome.
type Genome struct {
	// Weights say how often each statement stands in a function.
	Weights [statements]byte
	// Locals, Globals, Functions, Types and Imports are sizes, as powers of two.
	Locals, Globals, Functions, Types, Imports byte
	// Arity is how many values calls, blocks and branches pass, and Spread how far from
	// each other the locals are that follow each other.
	Arity, Spread byte
	// Depth bounds how deep blocks nest, as a power of two.
	Depth byte
	Seed  uint64
}

// RandomGenome returns a genome in which most statements are rare and some frequent.
func RandomGenome(r *rand.Rand) Genome {
	var g Genome
	for i := range g.Weights {
		if r.IntN(3) == 0 {
			g.Weights[i] = byte(1 << r.IntN(8))
		}
	}
	g.Weights[r.IntN(statements)] = 255
	g.Locals, g.Globals, g.Functions = byte(r.IntN(12)), byte(r.IntN(10)), byte(max(0, r.IntN(16)-6))
	g.Types, g.Imports = byte(max(0, r.IntN(12)-4)), byte(max(0, r.IntN(12)-4))
	g.Arity, g.Spread, g.Depth = byte(max(0, r.IntN(12)-5)), byte(r.IntN(3)), byte(1+r.IntN(11))
	g.Seed = r.Uint64()
	return g
}

// Mutate returns a genome that differs a little.
func (g Genome) Mutate(r *rand.Rand) Genome {
	for range 1 + r.IntN(4) {
		switch r.IntN(8) {
		case 0, 1, 2:
			g.Weights[r.IntN(statements)] = byte(r.IntN(256))
		case 3:
			g.Weights[r.IntN(statements)] = 0
		case 4:
			g.Seed = r.Uint64()
		default:
			f := []*byte{&g.Locals, &g.Globals, &g.Functions, &g.Types, &g.Imports, &g.Arity, &g.Spread, &g.Depth}[r.IntN(8)]
			*f = byte(int(*f) + r.IntN(5) - 2)
		}
	}
	return g
}

// Module returns a module of about so many bytes of code.
func (g Genome) Module(size int) []byte {
	b := &randomModule{Genome: g, Rand: rand.New(rand.NewPCG(g.Seed, 1)), m: withGlobal()}
	b.locals = 1 << (g.Locals % 12)
	b.globals = 5
	b.arity = []int{0, 1, 2, 4, 9, 30, 100, 300}[g.Arity%8]
	for range 1 << (g.Globals % 10) {
		b.m.Global(wasm.Global{Type: wasm.I32, Mutable: b.IntN(4) > 0}, wasm.I32Const(0))
		b.globals++
	}
	for i := range 1<<(g.Types%12) - 1 {
		b.m.Types = append(b.m.Types, typeOf(i, b.IntN(20)))
	}
	b.void = sig(b.m, "", "")
	b.own = sig(b.m, ints(b.arity), ints(b.arity))
	b.results = sig(b.m, "", ints(b.arity))
	b.loops = sig(b.m, ints(b.arity), "")
	b.imports = 1 << (g.Imports % 10)
	for i := range b.imports {
		importFunc(b.m, i, []uint32{b.void, b.own}[i%2])
	}
	b.m.Table(wasm.Table{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 1}})
	functions := 1 << (g.Functions % 12)
	b.functions = functions
	for range functions {
		b.function(size / functions)
	}
	b.m.Element(0, uint32(b.imports))
	return b.m.Bytes()
}

func ints(n int) string {
	s := make([]byte, n)
	for i := range s {
		s[i] = 'i'
	}
	return string(s)
}

type randomModule struct {
	Genome
	*rand.Rand
	m                         *wasm.Module
	locals, globals, arity    int
	imports, functions        int
	void, own, results, loops uint32
	code                      wasm.Code
	labels                    []int // how many values each label takes
	height                    int   // of the stack in the current block
	last                      int   // the local that was used last
	size                      int
	total                     int
	cumulative                [statements]int
}

func (b *randomModule) function(size int) {
	b.code, b.labels, b.height, b.size = nil, []int{b.arity}, 0, size
	b.total = 0
	for i, w := range b.Weights {
		b.total += int(w)
		b.cumulative[i] = b.total
	}
	b.statements(1 << 30)
	b.drop(b.height)
	b.values(b.arity)
	// The parameters of own come first; the locals behind them.
	b.m.RawFunc(b.own, body("ilfdv", uint32(b.locals), b.code))
}

// local returns the index of a local of type i32.
func (b *randomModule) local() uint32 {
	switch b.Spread % 3 {
	case 0:
		b.last = b.IntN(b.locals)
	case 1:
		b.last = (b.last + 1) % b.locals
	case 2:
		b.last = (b.last + b.IntN(3) - 1 + b.locals) % b.locals
	}
	return uint32(b.arity + b.last)
}

// typed returns a local of a type.
func (b *randomModule) typed(letter byte) uint32 {
	for i := range 5 {
		if "ilfdv"[i] == letter {
			return uint32(b.arity + i*b.locals + b.IntN(b.locals))
		}
	}
	return 0
}

func (b *randomModule) get()          { b.code.Op(wasm.OpLocalGet, b.local()) }
func (b *randomModule) set()          { b.code.Op(wasm.OpLocalSet, b.local()) }
func (b *randomModule) op(op ...byte) { b.code.Byte(op...) }

// values pushes n values.
func (b *randomModule) values(n int) {
	for range n {
		b.get()
	}
}

func (b *randomModule) drop(n int) {
	for range n {
		b.op(0x1a)
	}
	b.height -= n
}

// condition pushes a condition.
func (b *randomModule) condition() {
	b.get()
	if b.IntN(3) == 0 {
		b.get()
		b.op(0x48)
	}
}

func (b *randomModule) statements(n int) {
	for i := 0; i < n && len(b.code) < b.size; i++ {
		if !b.statement() {
			return
		}
	}
}

// statement writes a statement and reports whether the code behind it is reached.
func (b *randomModule) statement() bool {
	k := 0
	if b.total > 0 {
		x := b.IntN(b.total)
		for b.cumulative[k] <= x {
			k++
		}
	}
	nested := k == stBlock || k == stLoop || k == stIf || k == stIfElse
	if nested && len(b.labels) > 1<<(b.Depth%12) {
		k = stBranch
	}
	if (k == stTable || k == stLeave) && len(b.labels) == 1 {
		// The function goes on behind it.
		b.op(0x02, 0x40)
		b.labels = append(b.labels, 0)
		height := b.height
		b.height = 0
		if k == stTable {
			b.table()
		} else {
			b.leave()
		}
		b.op(0x0b)
		b.labels, b.height = b.labels[:1], height
		return true
	}
	switch k {
	case stSet:
		b.get()
		b.code.I32Const(int32(b.IntN(1000)))
		b.op(0x6a)
		b.set()
	case stUse:
		b.get()
		b.op(0x24, 0)
	case stLoad:
		b.get()
		b.op([]byte{0x28, 0x2c, 0x2d, 0x2f}[b.IntN(4)], 0, byte(b.IntN(100)))
		if b.IntN(2) == 0 {
			b.code.Op(wasm.OpLocalTee, b.local())
			b.op(0x1a)
		} else {
			b.set()
		}
	case stStore:
		b.get()
		b.get()
		b.op([]byte{0x36, 0x3a, 0x3b}[b.IntN(3)], 0, byte(b.IntN(100)))
	case stCopy:
		b.get()
		b.set()
	case stSelect:
		b.values(3)
		b.op(0x1b)
		b.set()
	case stOp:
		o := Ops[b.IntN(len(Ops))]
		for i := range o.In {
			b.code.Op(wasm.OpLocalGet, b.typed(o.In[i]))
		}
		b.op(o.Code...)
		for i := range o.Out {
			b.code.Op(wasm.OpLocalSet, b.typed(o.Out[i]))
		}
	case stPush:
		b.get()
		b.op(0x41, 1, 0x6a)
		b.height++
	case stPop:
		for ; b.height > 1 && b.IntN(8) > 0; b.height-- {
			b.op(0x6a)
		}
		if b.height > 0 {
			b.set()
			b.height--
		}
	case stGlobal:
		g := 5 + uint32(b.IntN(b.globals-5))
		b.code.Op(wasm.OpGlobalGet, g)
		b.set()
		b.get()
		b.op(0x24, 0)
	case stBlock:
		b.block(wasm.OpBlock)
	case stLoop:
		b.block(wasm.OpLoop)
	case stIf, stIfElse:
		b.condition()
		b.block(wasm.OpIf)
	case stBranch:
		l := b.IntN(len(b.labels))
		n := b.labels[len(b.labels)-1-l]
		b.values(n)
		b.condition()
		b.code.Op(wasm.OpBrIf, uint32(l))
		b.height += n
		b.drop(n)
	case stTable:
		return b.table()
	case stLeave:
		b.leave()
		return false
	case stCall:
		b.values(b.arity)
		b.code.Op(wasm.OpCall, uint32(b.imports+b.IntN(b.functions)))
		b.called()
	case stIndirect:
		b.values(b.arity)
		b.op(0x41, 0)
		b.code.Op(wasm.OpCallIndirect, b.own, 0)
		b.called()
	case stImport:
		i := b.IntN(b.imports)
		if i%2 == 1 {
			b.values(b.arity)
		}
		b.code.Op(wasm.OpCall, uint32(i))
		if i%2 == 1 {
			b.called()
		}
	case stFill:
		b.values(3)
		b.op(0xfc, 0x0b, 0)
	case stCopyMemory:
		b.values(3)
		b.op(0xfc, 0x0a, 0, 0)
	case stGrow:
		b.get()
		b.op(0x40, 0)
		b.set()
	case stReference:
		b.op(0x41, 0)
		b.code.Op(wasm.OpRefFunc, uint32(b.imports))
		b.op(0x26, 0)
	}
	return true
}

// called takes the results of a call.
func (b *randomModule) called() {
	if b.IntN(2) == 0 {
		b.height += b.arity
		b.drop(b.arity)
		return
	}
	for range b.arity {
		b.set()
	}
}

func (b *randomModule) blockType(t uint32) { b.code = leb128.AppendInt64(b.code, int64(t)) }

// block writes a block, loop or if.
func (b *randomModule) block(op wasm.Op) {
	arity := 0
	if b.arity > 0 && b.IntN(4) == 0 {
		arity = b.arity
	}
	label, results := arity, arity
	if op == wasm.OpLoop {
		results = 0
		// The parameters stand below the condition of an if, so only loops have them.
		b.values(arity)
	}
	b.op(byte(op))
	switch {
	case arity == 0:
		b.op(wasm.BlockEmpty)
	case op == wasm.OpLoop:
		b.blockType(b.loops)
	default:
		b.blockType(b.results)
	}
	outer := b.height
	body := func() {
		b.height = 0
		if op == wasm.OpLoop {
			for range arity {
				b.set()
			}
		}
		b.statements(1 + b.IntN(20))
		b.drop(max(0, b.height))
		b.values(results)
	}
	b.labels = append(b.labels, label)
	body()
	if op == wasm.OpIf && (results > 0 || b.IntN(2) == 0) {
		b.op(byte(wasm.OpElse))
		body()
	}
	b.op(byte(wasm.OpEnd))
	b.labels = b.labels[:len(b.labels)-1]
	b.height = outer + results
	b.drop(results)
}

// table writes a br_table over labels that take as many values.
func (b *randomModule) table() bool {
	want := b.labels[b.IntN(len(b.labels))]
	var fit []uint32
	for i := range b.labels {
		if b.labels[len(b.labels)-1-i] == want {
			fit = append(fit, uint32(i))
		}
	}
	b.values(want)
	b.get()
	b.op(byte(wasm.OpBrTable))
	n := b.IntN(1 << b.IntN(10))
	b.code = leb128.AppendUint32(b.code, uint32(n))
	for range n + 1 {
		b.code = leb128.AppendUint32(b.code, fit[b.IntN(len(fit))])
	}
	b.dead()
	return false
}

func (b *randomModule) leave() {
	switch b.IntN(3) {
	case 0:
		l := b.IntN(len(b.labels))
		b.values(b.labels[len(b.labels)-1-l])
		b.code.Op(wasm.OpBr, uint32(l))
	case 1:
		b.values(b.arity)
		b.op(0x0f)
	case 2:
		b.op(0x00)
	}
	b.dead()
}

// dead writes some code that is not reached.
func (b *randomModule) dead() {
	// The stack is polymorphic now.
	b.height = 0
	if b.IntN(4) == 0 {
		b.op(0x03, 0x40, 0x41, 1, 0x0d, 0, 0x0b, 0x41, 0, 0x04, 0x40, 0x05, 0x0b)
	}
}
