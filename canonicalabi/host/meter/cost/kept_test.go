package cost

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/witgen/witgen/internal/wasm"
)

// A refKept is a value of a local: the assignment that makes it, or the block whose parameter
// it is.
type refKept struct {
	local      uint32
	block, set int // set is 0 for a parameter
}

// kept returns, for each loop, how many values of locals are live at its beginning or at those
// of loops that dominate it, save each one's own parameters. The allocator adds as many to
// what is live in the blocks that the loop dominates (loopTreeDFS).
func (r *reference) kept() map[*refBlock]int {
	// The values where the blocks begin: a local has that of all its predecessors, or else a
	// parameter.
	begin := map[*refBlock]map[uint32]refKept{r.blocks[0]: {}}
	end := func(b *refBlock, local uint32) (refKept, bool) {
		for i, a := range slices.Backward(b.accesses) {
			if a.set && a.local == local {
				return refKept{local, b.number, i + 1}, true
			}
		}
		if b == r.blocks[0] {
			return refKept{local, -1, 0}, true
		}
		v, ok := begin[b][local]
		return v, ok
	}
	for changed := true; changed; {
		changed = false
		for _, b := range r.blocks[1:] {
			if begin[b] == nil {
				begin[b] = map[uint32]refKept{}
			}
			for local := range b.live {
				param := refKept{local, b.number, 0}
				old, ok := begin[b][local]
				if ok && old == param {
					continue
				}
				var v refKept
				found := false
				for _, e := range b.preds {
					switch w, ok := end(e.from, local); {
					case !ok:
					case !found:
						v, found = w, true
					case v != w:
						v = param
					}
				}
				if found && (!ok || v != old) {
					begin[b][local], changed = v, true
				}
			}
		}
	}
	sizes, sets := map[*refBlock]int{}, map[*refBlock]map[refKept]bool{}
	for _, b := range r.blocks { // dominators come first
		if !b.loop {
			continue
		}
		n := b.idom
		for n != r.blocks[0] && !n.loop {
			n = n.idom
		}
		all := map[refKept]bool{}
		if n.loop {
			for v := range sets[n] {
				all[v] = true
			}
		}
		for local := range b.live {
			v, ok := begin[b][local]
			if b == r.blocks[0] {
				v, ok = refKept{local, -1, 0}, true
			}
			if ok && v != (refKept{local, b.number, 0}) {
				all[v] = true
			}
		}
		sets[b], sizes[b] = all, len(all)
	}
	return sizes
}

// TestFreshOperands counts, for each loop, the operands on the stack that were pushed since
// the loop began that dominates it.
func TestFreshOperands(t *testing.T) {
	push, drop := wasm.I32Const(1), wasm.I(wasm.OpDrop)
	again := wasm.Seq(push, wasm.I(wasm.OpBrIf, 0))
	loop := wasm.Loop(again)
	for _, c := range []struct {
		name string
		code wasm.Code
		want []int32
	}{
		{"kept below", wasm.Seq(push, push, loop, loop, drop, drop), []int32{2, 0}},
		{"pushed between", wasm.Seq(push, loop, push, loop, push, push, loop, drop, drop, drop, drop), []int32{1, 1, 2}},
		{"popped and pushed", wasm.Seq(push, push, loop, drop, push, loop, drop, drop), []int32{2, 1}},
		{"popped without a block", wasm.Seq(push, push, push, loop, drop, drop, drop, push, push, push, loop, drop, drop, drop), []int32{3, 3}},
		{"the other way of an if", wasm.Seq(push, loop, push, wasm.If(push, loop, drop), loop, drop), []int32{1, 1, 0}},
		{"loops in each other", wasm.Seq(push, wasm.Loop(push, wasm.Loop(push, loop, drop, again), drop, again), drop), []int32{1, 1, 1}},
		{"after a branch", wasm.Seq(push, wasm.Block(push, loop, push, loop, wasm.I(wasm.OpBr, 0)), push, loop, drop, drop), []int32{2, 1, 1}},
		{"a fill", wasm.Seq(push, loop, push, push, push, push, wasm.I(wasm.OpMemoryFill, 0), push, loop, drop, drop), []int32{1, 1, 2}},
	} {
		var m wasm.Module
		m.Memory(wasm.Limits{Min: 1})
		m.Func(m.Type(wasm.FuncType(nil, nil)), nil, c.code)
		module, err := readModule(m.Bytes(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []int32
		err = eachGraph(module, &retained{}, func(_ int, _ *work, b *builder) error {
			for _, n := range b.nodes {
				if n.loop {
					got = append(got, n.fresh)
				}
			}
			return nil
		})
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
		}
	}
}

// TestKeptOfRandomLoops bounds what loops keep in functions that consist of loops, blocks,
// ifs, branches and accesses of locals alone.
func TestKeptOfRandomLoops(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for i := range 10_000 {
		var m wasm.Module
		locals := r.IntN(3)
		g := loopGen{r: r, locals: locals, left: 5 + r.IntN(60)}
		code := g.body(0)
		m.Func(m.Type(wasm.FuncType([]wasm.ValType{wasm.I32}, nil)), slices.Repeat([]wasm.ValType{wasm.I32}, locals), code)
		compare(t, fmt.Sprintf("module %d, % x", i, code), m.Bytes())
		if t.Failed() {
			return
		}
	}
}

// A loopGen makes random code. left is how many instructions it may still make.
type loopGen struct {
	r            *rand.Rand
	locals, left int
}

// body returns the code of a block in which so many others are open.
func (g *loopGen) body(depth int) wasm.Code {
	var code wasm.Code
	local := func() uint32 { return uint32(g.r.IntN(g.locals + 1)) }
	for g.r.IntN(8) > 0 && g.left > 0 {
		g.left--
		nest := depth < 6
		switch k := g.r.IntN(12); {
		case k < 3:
			code = append(code, wasm.Seq(wasm.I(wasm.OpLocalGet, local()), wasm.I(wasm.OpDrop))...)
		case k < 5:
			code = append(code, wasm.Seq(wasm.I32Const(1), wasm.I(wasm.OpLocalSet, local()))...)
		case k < 7 && nest:
			body := g.body(depth + 1)
			if g.r.IntN(2) == 0 {
				body = wasm.Seq(body, wasm.I32Const(0), wasm.I(wasm.OpBrIf, 0))
			}
			code = append(code, wasm.Loop(body)...)
		case k == 7 && nest:
			code = append(code, wasm.Block(g.body(depth+1))...)
		case k == 8 && nest:
			code = append(code, wasm.Seq(wasm.I(wasm.OpLocalGet, local()), wasm.IfElse(g.body(depth+1), g.body(depth+1)))...)
		case k == 9 && depth > 0:
			code = append(code, wasm.Seq(wasm.I32Const(0), wasm.I(wasm.OpBrIf, uint32(g.r.IntN(depth))))...)
		case k == 10 && depth > 0 && g.r.IntN(2) == 0:
			return append(code, wasm.I(wasm.OpBr, uint32(g.r.IntN(depth)))...)
		case k == 11 && depth > 0 && g.r.IntN(3) == 0:
			code = append(code, wasm.Seq(wasm.I32Const(0), wasm.Code{0x0e, 1, byte(g.r.IntN(depth)), byte(g.r.IntN(depth))})...)
			return code
		}
	}
	return code
}
