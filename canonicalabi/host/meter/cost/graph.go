package cost

import (
	"slices"

	"github.com/witgen/witgen/internal/wasm"
)

// An open is a control instruction that is open while the graph is built.
type open struct {
	kind   event
	end    join  // of the branches to its end
	node   int32 // the block before an if, or a loop's first block
	passed int
	height int
	bounds int32 // known addresses in the block before an if
	memory int32 // see builder.memory
	nest   int32 // how deep loops nest inside
	// behind and other are the compiler's numbers of the block behind it and of that of
	// the else.
	behind, other int32
}

// A builder makes the graph of a function from its events, and counts what the
// compiler does for variables while it makes its own.
type builder struct {
	graph
	opens []open
	ids   []int32 // the blocks in the order in which events make them, with none
	node  int32   // the current block, or none
	made  int32   // the blocks that the compiler has made, which it numbers
	sets  int32   // assignments to locals so far
	// bounds is the number of values whose bound as an address is known.
	bounds int32
	// memory is the chain of the block in which the memory's place was read last, or
	// -1 where it is not known on the way here.
	memory int32

	lookups uint64 // steps of looking up variables, save those for joins
	// checked is the block in which the value of each local was last checked as an
	// address, or none.
	checked []int32

	linear  uint64 // steps of looking up globals and the memory's place
	aliases uint64 // steps of resolving values that stand for others
	copied  uint64 // entries of known bounds that are copied from block to block
	resets  uint64 // that are reset by calls
	meets   uint64 // that are compared where blocks join
	split   uint64 // edges that get blocks of their own
	heights uint64 // the operands on the stack at these, summed
	// pushed is, for each operand on the stack, the block that was made last before.
	pushed []int32
}

// build makes the graph of a function of so many parameters and results that uses so
// many locals. It ends with the error of look.
func (b *builder) build(events []event, params, results, locals int, look *wasm.Look) error {
	*b = builder{graph: b.graph, opens: b.opens[:0], ids: b.ids[:0], checked: b.checked[:0], pushed: b.pushed[:0]}
	b.reset()
	for range locals {
		b.checked = append(b.checked, none)
	}
	b.node = b.add(none, node{height: 0, params: int32(params)})
	b.number(b.node, b.take(1))
	b.memory = -1
	b.opens = append(b.opens, open{kind: evBlock, passed: results})
	height, passed := 0, 0
	for i := range events {
		if err := look.Step(1); err != nil {
			return err
		}
		e := events[i]
		switch e.kind() {
		case evGet:
			n := &b.nodes[b.node]
			b.lookups += uint64(n.chain) + 1
			b.aliases += uint64(n.merges)
		case evSet:
			b.sets++
			b.nodes[b.node].defs++
			b.checked[e.number()] = none
		case evGlobal:
			b.linear += uint64(b.nodes[b.node].chain) + 1
			b.nodes[b.node].defs++
		case evMemory:
			b.access(int32(e.number()) - 1)
		case evCall:
			b.memory = b.nodes[b.node].chain
			b.nodes[b.node].calls = true
			b.resets += uint64(b.bounds)
		case evLow:
			b.pushed = b.pushed[:min(len(b.pushed), e.number())]
		case evHeight:
			height = e.number()
			for len(b.pushed) < height {
				b.pushed = append(b.pushed, int32(len(b.nodes)-1))
			}
		case evPassed:
			passed = e.number()
		case evBlock, evLoop, evIf:
			b.open(e, height, passed)
		case evElse:
			b.otherwise()
		case evEnd:
			b.close()
		case evBr:
			b.to(e.number(), b.node, b.bounds)
			b.node = none
		case evBrIf:
			b.to(e.number(), b.node, b.bounds)
			b.splits(1, height)
			b.next(b.number(b.single(b.node, height, b.sets), b.take(1)))
		case evBrTable:
			passed = e.number() // the labels to go
			b.trampolines(passed, height)
		case evLabel:
			b.dominators += 2
			b.to(e.number(), b.node, 0)
			if passed--; passed == 0 {
				b.node = none
			}
		case evDead:
			b.node = none
		case evFill:
			b.fill(height)
		}
	}
	return nil
}

// fresh returns how many of the operands on the stack were pushed since a block was made.
func (b *builder) fresh(since int32, height int) int32 {
	old, _ := slices.BinarySearch(b.pushed[:height], since)
	return int32(height - old)
}

// splits counts edges from the current block that get blocks of their own.
func (b *builder) splits(n, height int) {
	b.nodes[b.node].split += int32(n)
	b.split += uint64(n)
	b.heights += uint64(n) * uint64(height)
}

// take makes n blocks and returns the number of the first.
func (b *builder) take(n int) int32 {
	first := b.made
	b.made += int32(n)
	return first
}

// number gives a block of the graph the compiler's number of it.
func (b *builder) number(id, number int32) int32 {
	b.nodes[id].number = number
	return id
}

// next goes on in a block that has one predecessor, to which the known addresses are
// copied.
func (b *builder) next(id int32) {
	b.nodes[id].bounds = b.bounds
	b.copied += 2 * uint64(b.bounds)
	b.ids = append(b.ids, id)
	b.node = id
}

// access looks up the memory's place and length, and reads them where they are not
// known. The address is the value of a local, or of none of them.
func (b *builder) access(local int32) {
	chain := b.nodes[b.node].chain
	if b.memory >= 0 && b.memory <= chain {
		b.linear += 2 * uint64(chain-b.memory+1)
	} else {
		b.linear += 2 * uint64(chain+1)
		b.memory = chain
		b.nodes[b.node].defs += 2
	}
	if local >= 0 {
		if at := b.checked[local]; at != none && b.follows(at) {
			return
		}
		b.checked[local] = b.node
	}
	b.bounds++
	b.nodes[b.node].bounds = b.bounds
}

// follows reports whether the current block follows a block such that all between have
// one predecessor, or is that block.
func (b *builder) follows(at int32) bool {
	n, m := &b.nodes[b.node], &b.nodes[at]
	return n.chain-m.chain == n.depth-m.depth && n.depth >= m.depth && b.up(b.node, m.depth) == at
}

func (b *builder) open(e event, height, passed int) {
	o := open{kind: e.kind(), height: height, passed: passed, node: b.node, bounds: b.bounds, memory: b.memory}
	switch o.kind {
	case evBlock:
		o.behind = b.take(1)
	case evLoop:
		id := b.single(b.node, height, b.sets)
		b.number(id, b.take(1))
		o.behind = b.take(1)
		n := &b.nodes[id]
		n.params, n.head = int32(passed), true
		n.merges++
		n.fresh = b.fresh(n.header, height)
		if e.number() != 0 {
			n.loop = true
			n.chain = 0
		}
		o.node = id
		b.next(id)
		if n.loop {
			b.memory = -1
		}
	case evIf:
		id := b.number(b.single(b.node, height, b.sets), b.take(1))
		o.other, o.behind = b.take(1), b.take(1)
		b.next(id)
	}
	b.opens = append(b.opens, o)
}

func (b *builder) otherwise() {
	o := &b.opens[len(b.opens)-1]
	b.copied += uint64(b.bounds)
	if b.node != none {
		b.falls(o)
	}
	o.kind = evElse
	b.bounds, b.memory = o.bounds, o.memory
	b.next(b.number(b.single(o.node, o.height, b.sets), o.other))
}

func (b *builder) close() {
	o := &b.opens[len(b.opens)-1]
	b.opens = b.opens[:len(b.opens)-1]
	if len(b.opens) == 0 {
		b.copied += uint64(b.bounds)
		if b.node != none {
			b.returns(o)
		}
		return
	}
	if o.kind == evLoop {
		o.nest++
		b.nodes[o.node].nest = o.nest
	}
	outer := &b.opens[len(b.opens)-1]
	outer.nest = max(outer.nest, o.nest)
	b.copied += uint64(b.bounds)
	falls := b.node != none
	if falls {
		b.falls(o)
	}
	if o.kind == evIf { // the way without else
		id := b.number(b.single(o.node, o.height, b.sets), o.other)
		b.ids = append(b.ids, id)
		b.copied += uint64(o.bounds)
		b.branch(&o.end, id, o.bounds)
	}
	id := b.enter(&o.end, o.height, o.passed, b.sets)
	b.ids = append(b.ids, id)
	b.node = id
	if id == none {
		return
	}
	b.number(id, o.behind)
	b.nodes[id].nest = o.nest
	b.meets += uint64(o.end.preds) * uint64(o.end.bounds)
	b.bounds = o.end.least
	b.nodes[id].bounds = b.bounds
	b.copied += uint64(b.bounds)
	if !falls || o.end.preds > 1 {
		b.memory = -1
	}
}

// falls notes that the current block goes on behind the end of o.
func (b *builder) falls(o *open) {
	b.aliases += uint64(o.passed) * uint64(b.nodes[b.node].merges)
	b.branch(&o.end, b.node, b.bounds)
}

// returns counts a branch that leaves the function.
func (b *builder) returns(o *open) {
	b.scans += uint64(o.end.preds)
	o.end.preds++
}

// to notes a branch from a block to a label.
func (b *builder) to(label int, from, bounds int32) {
	o := &b.opens[len(b.opens)-1-label]
	b.aliases += uint64(o.passed) * uint64(b.nodes[from].merges)
	switch {
	case label == len(b.opens)-1:
		b.returns(o)
	case o.kind == evLoop:
		f, h := &b.nodes[from], &b.nodes[o.node]
		// The walk from an edge that leads back ends at the loop.
		b.walks += uint64(f.depth - h.depth)
		b.dominators += uint64(f.depth-h.depth) + 1
		b.scans += uint64(h.preds)
		h.preds++
		h.chains += uint64(f.chain) + 1
	default:
		b.branch(&o.end, from, bounds)
	}
}

// trampolines adds a block for all those that stand on the ways of a br_table to its
// labels, and makes it the current one. Nothing is known there of addresses.
func (b *builder) trampolines(labels, height int) {
	b.splits(labels, height)
	n := b.nodes[b.node]
	b.walks += uint64(labels) * uint64(n.depth)
	b.node = b.add(b.node, node{chain: n.chain + 1, merges: n.merges, preds: 1, chains: uint64(n.chain) + 1, sets: b.sets})
	b.number(b.node, b.take(labels))
	b.ids = append(b.ids, b.node)
}

// fill adds the blocks of a fill: one before the loop, the loop, and one after it.
func (b *builder) fill(height int) {
	start := b.node
	bounds := b.bounds
	before := b.single(start, height, b.sets)
	loop := b.single(before, height, b.sets)
	l := &b.nodes[loop]
	l.head, l.loop, l.chain, l.preds, l.params, l.nest = true, true, 0, 2, 1, 1
	l.merges++
	l.chains++
	l.fresh = b.fresh(l.header, height)
	b.number(before, b.take(1))
	b.number(loop, b.take(1))
	var end join
	b.branch(&end, start, bounds)
	b.branch(&end, loop, 0)
	// The edge from the loop to itself.
	b.scans++
	b.dominators++
	after := b.enter(&end, height, 0, b.sets)
	b.number(after, b.take(1))
	b.nodes[after].nest = 1
	b.opens[len(b.opens)-1].nest = max(b.opens[len(b.opens)-1].nest, 1)
	b.ids = append(b.ids, before, loop, after)
	b.node = after
	b.splits(4, height)
	b.bounds, b.memory = 0, -1
	b.copied += uint64(bounds)
}
