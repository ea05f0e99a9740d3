package cost

import (
	"fmt"

	"github.com/witgen/witgen/internal/wasm"
)

// The events of a function: what its code does that the shape of the control flow
// graph and the life of values depend on. Each is a word, its kind in the low bits and
// a number above. Code that is not reached has none. They are read forward, then
// backward.
type event uint32

const (
	evGet    event = iota // a local is read
	evSet                 // a local is assigned
	evGlobal              // a global is accessed
	evMemory              // memory is accessed, at the address in a local: the local plus one, or 0
	evCall                // a function is called: globals and the memory's place are read anew
	evLow                 // the least height of the operand stack since the event before
	evHeight              // the height of the operand stack below the next block's parameters
	evPassed              // the number of values that a branch to the next block's label passes
	evBlock
	evLoop // 1 where a branch leads back
	evIf
	evElse
	evEnd     // evBlock, evLoop, evIf without else or evElse
	evBr      // label
	evBrIf    // label
	evBrTable // the number of labels, which follow
	evLabel
	evDead // what follows is not reached
	evFill // memory.fill or table.fill: a loop of three blocks

	eventBits = 5
	eventMax  = 1<<(32-eventBits) - 1
)

func (e event) kind() event { return e & (1<<eventBits - 1) }
func (e event) number() int { return int(e >> eventBits) }

// A counts holds what the compiler makes of a function that does not depend on the
// shape of its control flow.
type counts struct {
	bytes        uint64
	instructions uint64 // of WebAssembly
	validated    uint64 // types that the validator pushes, pops and compares
	inits        uint64 // locals in the sets that the validator copies for blocks
	ssa          uint64 // instructions of the compiler's intermediate form
	mach         uint64 // instructions of the machine, before registers are allocated
	operands     uint64 // that instructions use and define
	passed       uint64 // values that calls, branches and returns pass
	lists        uint64 // of such values
	large        uint64 // of these, those that take room of their own, and branch tables
	results      uint64 // values that calls beyond their first and blocks make
	imports      uint64 // imports that are searched for the type of a function
	memory       uint64 // accesses
	calls        uint64
	gets, sets   uint64
	cached       uint64 // globals that are used
	reads        uint64 // accesses to globals
	loops        uint64
	fills        uint64
	targets      uint64 // of br_table
	crossed      uint64 // control instructions that branches and returns leave
	conditional  uint64 // branches on a condition
	height       int    // the most operands on the stack
	nesting      int    // the most control instructions that are open at a time
}

// A frame is a control instruction that is open.
type frame struct {
	op              wasm.Op
	base            int // the height below its parameters
	params, results int
	at              int  // the index of its event
	dead            bool // it was opened in code that is not reached
	ended           bool // a branch leads to its end
}

// A walker reads the code of one function after the other.
type walker struct {
	m      *module
	r      *retained
	c      *wasm.Cursor
	events []event
	frames []frame
	counts
	index  int // of the function
	locals int
	h      int  // the height of the operand stack
	low    int  // the least that it was since it was told last
	dead   bool // the code is not reached

	globals []int // the last function that used each global, plus one
	// The local whose value the instruction before left on top of the stack, plus one,
	// and whether it did no more than push a value; and of the one before that.
	top, below pushed

	numbers []uint32 // the dense number of each local that the function uses, plus one
	used    []uint32 // the locals that it uses
}

// A pushed is what an instruction left on top of the stack; see walker.
type pushed struct {
	local  event
	simple bool
}

// local returns the dense number of a local.
func (w *walker) local(i uint32) event {
	if w.numbers[i] == 0 {
		w.used = append(w.used, i)
		w.numbers[i] = uint32(len(w.used))
	}
	return event(w.numbers[i]-1) << eventBits
}

func (w *walker) emit(e ...event) {
	if !w.dead {
		w.events = append(w.events, e...)
	}
}

func (w *walker) fail(offset int, format string, args ...any) {
	w.c.FailAt(offset, wasm.Malformed, "function %d: %s", w.index, fmt.Sprintf(format, args...))
}

// pop takes n operands from the stack.
func (w *walker) pop(n int) {
	base := 0
	if len(w.frames) > 0 {
		base = w.frames[len(w.frames)-1].base
	}
	if w.h-n < base {
		if !w.dead {
			w.fail(w.c.Offset(), "too few operands")
		}
		w.cut(base)
		return
	}
	w.cut(w.h - n)
}

// cut takes all operands above a height from the stack.
func (w *walker) cut(h int) {
	w.h = h
	w.low = min(w.low, h)
}

// tell emits the height of the operand stack below so many operands.
func (w *walker) tell(h int) {
	if w.dead {
		return
	}
	w.emit(evLow|event(min(w.low, h))<<eventBits, evHeight|event(h)<<eventBits)
	w.low = h
}

func (w *walker) push(n int) {
	w.h += n
	w.height = max(w.height, w.h)
}

// stop marks the code that follows as unreachable.
func (w *walker) stop() {
	w.emit(evDead)
	w.stopped()
}

func (w *walker) stopped() {
	w.dead = true
	w.cut(w.frames[len(w.frames)-1].base)
}

// function reads a function's body of the type t.
func (w *walker) function(index int, t *funcType, c *wasm.Cursor) {
	for _, i := range w.used {
		w.numbers[i] = 0
	}
	*w = walker{m: w.m, r: w.r, c: c, events: w.events[:0], frames: w.frames[:0], index: index, globals: w.globals, numbers: w.numbers, used: w.used[:0]}
	w.bytes = uint64(c.Len())
	w.locals = t.params
	nonNull := 0
	groups := c.Count()
	for range groups {
		n := c.Uint32()
		v := c.ValType()
		if uint64(n) > maxLocals {
			w.fail(c.Offset(), "too many locals")
		}
		w.locals += int(n)
		if v.Code == wasm.CodeRef {
			nonNull += int(n)
		}
		if c.Err() != nil || w.locals > maxLocals {
			w.fail(c.Offset(), "too many locals")
			return
		}
	}
	if w.locals > len(w.numbers) {
		w.numbers = append(w.numbers, make([]uint32, w.locals-len(w.numbers))...)
	}
	w.frames = append(w.frames, frame{op: wasm.OpBlock, results: t.results})
	for len(w.frames) > 0 && c.Err() == nil {
		w.instruction()
	}
	c.End("a function")
	w.inits = uint64(min(nonNull, int(w.sets))) * w.inits
	w.validated += w.instructions
}

// maxLocals bounds the locals of a function, as events hold their numbers.
const maxLocals = 1 << 24 // fewer than eventMax

// instruction reads an instruction.
func (w *walker) instruction() {
	c := w.c
	w.instructions++
	if err := w.m.look.Step(1); err != nil {
		c.Fail(err)
		return
	}
	top, below := w.top, w.below
	w.below, w.top = w.top, pushed{}
	switch wasm.Op(c.Peek()) {
	case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
		w.open(c.Op())
		return
	case wasm.OpBrTable:
		w.brTable()
		return
	}
	i := c.Instr()
	if c.Err() != nil {
		return
	}
	switch i.Op {
	case wasm.OpLocalGet, wasm.OpLocalSet, wasm.OpLocalTee:
		w.variable(i)
	case wasm.OpGlobalGet, wasm.OpGlobalSet:
		w.global(i)
	case wasm.OpNop:
	case wasm.OpUnreachable:
		w.add(2, 12)
		w.stop()
	case wasm.OpElse:
		w.otherwise(i)
	case wasm.OpEnd:
		w.close(i)
	case wasm.OpBr:
		n := w.label(i.X, i.Offset)
		w.branch(n)
		w.emit(evBr | event(i.X)<<eventBits)
		w.stopped()
	case wasm.OpBrIf, wasm.OpBrOnNull, wasm.OpBrOnNonNull:
		w.brIf(i)
	case wasm.OpReturn:
		n := w.frames[0].results
		w.leave(len(w.frames))
		w.pass(n)
		w.pop(n)
		w.add(1, leaveMach+uint64(2*n))
		w.stop()
	case wasm.OpCall, wasm.OpReturnCall, wasm.OpCallIndirect, wasm.OpReturnCallIndirect, wasm.OpCallRef, wasm.OpReturnCallRef:
		w.call(i)
	case wasm.OpTableGet, wasm.OpTableSet, wasm.OpRefFunc, wasm.OpRefNull, wasm.OpMemoryGrow,
		wasm.OpMemoryInit, wasm.OpDataDrop, wasm.OpMemoryCopy, wasm.OpMemoryFill, wasm.OpTableInit, wasm.OpElemDrop,
		wasm.OpTableCopy, wasm.OpTableGrow, wasm.OpTableSize, wasm.OpTableFill:
		w.instance(i)
	default:
		e := effectOf(i.Op)
		if !e.known {
			w.c.FailAt(i.Offset, wasm.UnknownOpcode, "function %d: %v is not supported", w.index, i.Op)
			return
		}
		w.pop(int(e.pops))
		w.push(int(e.pushes))
		w.use(uint64(e.pops) + uint64(e.pushes))
		w.add(uint64(e.ssa), uint64(e.mach))
		if e.memory && !w.dead {
			w.memory++
			w.add(checkSSA, checkMach)
			base := event(0)
			switch {
			case e.pops == 1:
				base = top.local
			case e.pops == 2 && top.simple:
				base = below.local
			}
			w.emit(evMemory | base<<eventBits)
		}
		w.top.simple = e.pops == 0 && e.pushes == 1
	}
}

// leave counts control instructions that a branch or return leaves, each of which the compiler
// looks at.
func (w *walker) leave(n int) {
	if !w.dead {
		w.crossed += uint64(n)
	}
}

// add counts what an instruction becomes.
func (w *walker) add(ssa, mach uint64) {
	if !w.dead {
		w.ssa += ssa
		w.mach += mach
	}
}

// use counts the operands and results of an instruction.
func (w *walker) use(n uint64) {
	w.validated += n
	if !w.dead {
		w.operands += n
	}
}

// pass counts values that are passed on.
func (w *walker) pass(n int) {
	w.validated += 2 * uint64(n)
	if w.dead {
		return
	}
	w.passed += uint64(n)
	w.lists++
	if n > inPlace {
		w.large++
		w.r.values.put(1, uint64(n))
	}
}

func (w *walker) variable(i wasm.Instr) {
	if uint64(i.X) >= uint64(w.locals) {
		w.fail(i.Offset, "local %d is out of range", i.X)
		return
	}
	w.validated++
	n := w.local(i.X)
	switch i.Op {
	case wasm.OpLocalGet:
		w.gets++
		w.push(1)
		w.emit(evGet | n)
		w.top = pushed{n>>eventBits + 1, true}
		return
	case wasm.OpLocalSet:
		w.pop(1)
	default:
		w.pop(1)
		w.push(1)
		w.top = pushed{n>>eventBits + 1, false}
	}
	w.sets++
	w.emit(evSet | n)
}

func (w *walker) global(i wasm.Instr) {
	if uint64(i.X) >= uint64(w.m.globals) {
		w.fail(i.Offset, "global %d is out of range", i.X)
		return
	}
	w.use(1)
	w.reads++
	if w.globals[i.X] != w.index+1 {
		w.globals[i.X] = w.index + 1
		w.cached++
	}
	if i.Op == wasm.OpGlobalGet {
		w.push(1)
		w.add(2, 2)
		w.emit(evGlobal)
		return
	}
	w.pop(1)
	w.add(2, 2)
	w.emit(evGlobal)
}

// leaveMach is what each way out of a function takes to restore registers.
const leaveMach = 16

// The instructions that a call becomes, beside those of its operands: a direct call,
// one of an import, and one through a table or reference, which checks three things.
const (
	callSSA, callMach         = 1, 8
	importSSA, importMach     = 5, 12
	indirectSSA, indirectMach = 24, 70
)

func (w *walker) call(i wasm.Instr) {
	var t *funcType
	m := w.m
	ssa, mach := uint64(indirectSSA), uint64(indirectMach)
	switch i.Op {
	case wasm.OpCall, wasm.OpReturnCall:
		if uint64(i.X) >= uint64(len(m.funcs)) {
			w.fail(i.Offset, "function %d is out of range", i.X)
			return
		}
		t = &m.types[m.funcs[i.X]]
		ssa, mach = callSSA, callMach
		if i.X < m.importedFuncs {
			ssa, mach = importSSA, importMach
			if !w.dead {
				w.imports += uint64(m.importAt[i.X])
			}
		}
	default:
		if uint64(i.X) >= uint64(len(m.types)) {
			w.fail(i.Offset, "type %d is out of range", i.X)
			return
		}
		t = &m.types[i.X]
		w.pop(1)
		w.use(1)
	}
	w.pass(t.params + 2)
	w.pass(t.results)
	w.pop(t.params)
	w.push(t.results)
	w.add(ssa, mach)
	w.add(0, 3*uint64(t.params)+2*uint64(t.results))
	w.use(uint64(t.params + t.results))
	// All globals that can change and the place of the memory are read anew, and what
	// is not used of that is removed later.
	w.add(m.reload, 0)
	if !w.dead {
		w.calls++
		w.results += uint64(t.results)
	}
	w.emit(evCall)
	switch i.Op {
	case wasm.OpReturnCall, wasm.OpReturnCallIndirect, wasm.OpReturnCallRef:
		w.leave(len(w.frames))
		w.pass(t.results)
		w.add(1, 10+2*uint64(t.results))
		w.stop()
	}
}

// instance reads an instruction that works on memory or tables by a builtin
// function or a loop, or on references.
func (w *walker) instance(i wasm.Instr) {
	effect := func(pops, pushes int, ssa, mach uint64) {
		w.pop(pops)
		w.push(pushes)
		w.use(uint64(pops + pushes))
		w.add(ssa, mach)
	}
	switch i.Op {
	case wasm.OpTableGet:
		effect(1, 1, 9, 24)
	case wasm.OpTableSet:
		effect(2, 0, 9, 24)
	case wasm.OpRefNull:
		effect(0, 1, 1, 1)
	case wasm.OpRefFunc:
		effect(0, 1, 4, 14)
	case wasm.OpMemoryGrow:
		effect(1, 1, 8, 16)
		w.reads += 2
		w.emit(evCall)
	case wasm.OpTableGrow:
		effect(2, 1, 5, 18)
	case wasm.OpTableSize:
		effect(0, 1, 2, 3)
	case wasm.OpDataDrop, wasm.OpElemDrop:
		effect(0, 0, 7, 10)
	case wasm.OpMemoryInit, wasm.OpTableInit, wasm.OpMemoryCopy, wasm.OpTableCopy:
		effect(3, 0, 26, 110)
		w.emit(evMemory)
	case wasm.OpMemoryFill, wasm.OpTableFill:
		effect(3, 0, 34, 140)
		w.emit(evMemory)
		if !w.dead {
			w.fills++
		}
		w.tell(w.h)
		w.emit(evFill)
	}
}
