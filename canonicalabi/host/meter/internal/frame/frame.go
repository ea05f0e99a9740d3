// Package frame bounds how many bytes of stack a function takes when wazero 1.12 has
// compiled it.
//
// A frame holds the registers that the function must save, what it passes to functions
// that it calls, and a slot for each value that was out of a register for a while.
// wazero uses no slot twice, so it is values that count, not how many of them live at
// a time. A [Counter] counts the values that may come to need a slot:
//
//   - each value that is put into a local, as it may live long;
//   - each local, once more, where ways meet that give it different values, and for the
//     moves of a loop once more for each branch back, if these are many;
//   - each value on the operand stack that waits: while a call, a branch, a division or
//     another instruction that needs certain registers runs, while a statement runs, or
//     longer than a few instructions;
//   - addresses, and the place and size of the memory, which are kept from one access
//     to the next until a call or a place where ways meet;
//   - globals, which are kept as long.
//
// Values that are used at once are never the ones that wazero's register allocator
// gives up: it takes those whose last use is farthest. Of functions that the usual
// compilers make, the count is mostly 4 to 10 times the slots, since most values die
// before the next call.
package frame

import (
	"math/bits"

	"github.com/witgen/witgen/internal/wasm"
)

const (
	// waiting is how many instructions an operand may wait before it counts.
	waiting = 12
	// inRegisters is how many moves of one branch need no slots.
	inRegisters = 8
	// contexts are the values that every function has from its start: two pointers.
	contexts = 2
	// ofMemory are the place and the size of the memory, ofAccess an address.
	ofMemory = 2
	ofAccess = 1
	// ofIndirect and ofImport are what a call needs to find the function.
	ofIndirect = 5
	ofImport   = 3
	// ofLeaving is what an instruction needs that calls a function of wazero's, such
	// as the loop that fills memory.
	ofLeaving = 8
)

// The sizes in bytes, the larger ones of wazero's two machines.
const (
	slotBytes    = 8       // of a number
	vectorBytes  = 16      // of a vector; then all slots count as much
	linkBytes    = 32      // the return address, the frame pointer, and what alignment takes
	intBytes     = 10 * 16 // registers to save
	floatBytes   = 14 * 16
	leavingBytes = 160 // where the function leaves the guest
	inArguments  = 6   // as many parameters or results are passed in registers
)

// hugeLocals is how many locals a set can tell apart.
const hugeLocals = 256

// A set holds locals. Of a function with more locals than it has bits, some share one.
type set [hugeLocals / 64]uint64

func (s *set) or(t *set) {
	for i, w := range t {
		s[i] |= w
	}
}

// A block is a control instruction that is open.
type block struct {
	op       wasm.Op
	dead     bool // its start is not reached
	height   int  // of the operand stack where it starts, without its parameters
	params   int
	results  int
	branches int   // to its label
	assigned set   // locals that are set within it
	since    set   // since the first branch to its end
	branched int32 // when the last branch was
}

// A Counter counts the values of one function. Its methods are called for each
// instruction in order, but the function's last end.
type Counter struct {
	values  int // that may need slots
	passes  int // the most operands of one call that are passed on the stack
	vectors bool
	floats  bool
	leaves  bool

	locals  int
	perBit  int     // how many locals share a bit
	address []int32 // by local: the epoch in which it was an address
	epoch   int32   // changes where nothing is kept of the memory
	memory  int32   // the epoch of the last access

	height  int
	counted int     // operands that are counted, from the bottom
	times   []int32 // when each operand was pushed
	now     int32
	last    wasm.Op // the last instruction and its index
	lastX   uint32

	blocks []block
	dead   bool
}

// Begin starts a function with so many parameters, results, and locals with its
// parameters. vectors tells whether any of them is a vector, floats whether any is a
// vector or a number of floating point.
func (c *Counter) Begin(params, results, locals int, vectors, floats bool) {
	*c = Counter{
		vectors: vectors, floats: floats, locals: locals, times: c.times[:0], blocks: c.blocks[:0], address: c.address[:0],
		values: contexts + params, perBit: max((locals+hugeLocals-1)/hugeLocals, 1), memory: -1,
	}
	for range min(locals, hugeLocals) {
		c.address = append(c.address, -1)
	}
	c.blocks = append(c.blocks, block{results: results})
	c.passed(params + results)
}

// Bytes returns the bound of the function's frame.
func (c *Counter) Bytes() int {
	slot, n := slotBytes, linkBytes+intBytes
	if c.vectors {
		slot = vectorBytes
	}
	if c.vectors || c.floats {
		n += floatBytes
	}
	if c.leaves {
		n += leavingBytes
	}
	return n + slot*(c.values+c.passes)
}

// passed notes that n operands are passed in a call.
func (c *Counter) passed(n int) {
	if n > inArguments {
		c.passes = max(c.passes, n+2)
	}
}

func (c *Counter) push(n int) {
	for range n {
		if c.height == len(c.times) {
			c.times = append(c.times, 0)
		}
		c.times[c.height] = c.now
		c.height++
	}
}

func (c *Counter) pop(n int) {
	c.height = max(c.height-n, 0)
	c.counted = min(c.counted, c.height)
}

// settle counts the operands that are on the stack.
func (c *Counter) settle() {
	c.values += c.height - c.counted
	c.counted = c.height
}

// tick goes on by an instruction.
func (c *Counter) tick() {
	c.now++
	for c.counted < c.height && c.now-c.times[c.counted] > waiting {
		c.counted++
		c.values++
	}
}

// size returns at most how many locals are in a set.
func (c *Counter) size(s *set) int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return min(n*c.perBit, c.locals)
}

// Simple counts an instruction that has no method of its own. x is the index that
// follows it, if any.
func (c *Counter) Simple(op wasm.Op, x uint32) {
	if c.dead {
		return
	}
	c.tick()
	e := effects.At(op)
	switch e.kind {
	case plain:
	case local:
		if op != wasm.OpLocalGet {
			c.assign(x)
		}
	case global:
		c.values++
	case load, store:
		c.access(e.kind)
	case shift:
		if c.last != wasm.OpI32Const && c.last != wasm.OpI64Const {
			c.values += int(e.pops)
			c.settle()
		}
	case fixed:
		c.values += int(e.pops)
		c.settle()
	case leaves:
		c.values += ofLeaving + int(e.pops)
		c.settle()
		c.leaves = true
		c.epoch++
	}
	c.floats = c.floats || e.floats
	c.vectors = c.vectors || op.Prefix() == wasm.VectorPrefix
	c.pop(int(e.pops))
	if e.pushes == 0 {
		c.settle()
	}
	c.push(int(e.pushes))
	c.last, c.lastX = op, x
}

// assign counts a value that is put into a local.
func (c *Counter) assign(x uint32) {
	c.values++
	if x < uint32(len(c.address)) {
		c.address[x] = -1
	}
	bit := x / uint32(c.perBit) % hugeLocals
	b := &c.blocks[len(c.blocks)-1]
	b.assigned[bit/64] |= 1 << (bit % 64)
	b.since[bit/64] |= 1 << (bit % 64)
}

// access counts what an access to memory keeps: its address, if that may be used again.
func (c *Counter) access(k kind) {
	if c.memory != c.epoch {
		c.memory = c.epoch
		c.values += ofMemory
	}
	switch {
	case k == store:
		c.values += ofAccess
	case c.last == wasm.OpLocalGet || c.last == wasm.OpLocalTee:
		if c.lastX < uint32(len(c.address)) {
			if c.address[c.lastX] == c.epoch {
				return
			}
			c.address[c.lastX] = c.epoch
		}
		c.values += ofAccess
	case c.last == wasm.OpGlobalGet:
		c.values += ofAccess
	}
}

// A Way is how a call finds its function.
type Way uint8

// The ways of calls.
const (
	Direct Way = iota
	Indirect
	Imported
)

// Call counts a call of a function with so many parameters and results. What follows a
// tail call is not reached.
func (c *Counter) Call(params, results int, way Way, tail bool) {
	if c.dead {
		return
	}
	c.tick()
	c.passed(params + results)
	switch way {
	case Indirect:
		c.values += ofIndirect
		c.pop(1)
	case Imported:
		c.values += ofImport
		c.leaves = true
		c.passed(params + results + max(params, results))
	}
	c.values += params + results
	c.pop(params)
	c.settle()
	c.push(results)
	c.counted = c.height
	c.epoch++
	c.last = 0
	c.dead = tail
}

// Block counts block, loop or if, with a type of so many parameters and results.
func (c *Counter) Block(op wasm.Op, params, results int) {
	b := block{op: op, params: params, results: results, dead: c.dead}
	if !c.dead {
		c.tick()
		if op == wasm.OpIf {
			c.pop(1)
		}
		c.settle()
		b.height = max(c.height-params, 0)
		if op == wasm.OpLoop {
			c.epoch++
		}
	}
	c.last = 0
	c.blocks = append(c.blocks, b)
}

// Else counts else.
func (c *Counter) Else() {
	b := &c.blocks[len(c.blocks)-1]
	if !c.dead {
		c.settle()
		b.branches++ // of the code before it, to the end
	}
	b.op = wasm.OpElse
	if !b.dead {
		c.resume(b.height, b.params)
	}
}

// resume goes on after a place where ways meet or part, with some operands above the
// height of a block.
func (c *Counter) resume(height, operands int) {
	c.dead = false
	c.height = height
	c.counted = min(c.counted, height)
	c.push(operands)
	c.counted = c.height
	c.epoch++
	c.last = 0
}

// End counts an end other than the function's last.
func (c *Counter) End() {
	b := &c.blocks[len(c.blocks)-1]
	c.blocks = c.blocks[:len(c.blocks)-1]
	outer := &c.blocks[len(c.blocks)-1]
	outer.assigned.or(&b.assigned)
	outer.since.or(&b.assigned)
	if b.dead {
		return
	}
	ways := b.branches
	switch b.op {
	case wasm.OpLoop:
		n := c.size(&b.assigned) + b.params
		c.values += n + b.branches*max(n-inRegisters, 0)
		ways = 0
	case wasm.OpIf: // without else
		ways++
	}
	reached := ways > 0 || !c.dead
	if ways == 0 {
		if reached {
			c.last = 0
		}
		return // nothing meets here
	}
	if !c.dead {
		c.settle()
		ways++
	}
	if ways > 1 {
		assigned := &b.since
		if b.op != wasm.OpBlock {
			assigned = &b.assigned
		}
		c.values += c.size(assigned)
	}
	c.values += b.results
	c.resume(b.height, b.results)
}

// Branch counts a label of br, br_if, br_on_null, br_on_non_null or br_table, after Pop. A
// branch that is taken in any case is followed by Stop.
func (c *Counter) Branch(label uint32) {
	if c.dead {
		return
	}
	if int(label) >= len(c.blocks) {
		return // not valid
	}
	b := &c.blocks[len(c.blocks)-1-int(label)]
	if b.op == wasm.OpLoop {
		b.branches++
		return
	}
	if b.branches > 0 && b.branched == c.now {
		return // another label of the same instruction
	}
	if b.branches == 0 {
		b.since = set{}
	}
	b.branches++
	b.branched = c.now
}

// Pop counts the operands that a branch pops, which is before its labels are counted.
func (c *Counter) Pop(n int) {
	if c.dead {
		return
	}
	c.tick()
	c.pop(n)
	c.settle()
	c.last = 0
}

// Stop counts what follows as not reached.
func (c *Counter) Stop() { c.dead = true }
