package cost

import (
	"github.com/witgen/witgen/internal/wasm"
)

// open reads a block, loop or if.
func (w *walker) open(op wasm.Op) {
	c := w.c
	f := frame{op: op, dead: w.dead}
	at := c.Offset()
	t := c.BlockType()
	f.results = t.Results()
	if t.HasFunc {
		if t.Func >= uint32(len(w.m.types)) {
			w.fail(at, "type %d is out of range", t.Func)
			return
		}
		f.params, f.results = w.m.types[t.Func].params, w.m.types[t.Func].results
	}
	if op == wasm.OpIf {
		w.pop(1)
		w.use(1)
	}
	w.inits++ // the number of blocks; function multiplies it
	w.pop(f.params)
	f.base = w.h
	w.push(f.params)
	w.validated += 2*uint64(f.params) + 2*uint64(f.results)
	if !w.dead {
		w.results += uint64(f.params + f.results)
	}
	passed := f.results
	if op == wasm.OpLoop {
		passed = f.params
	}
	w.tell(f.base)
	w.emit(evPassed | event(passed)<<eventBits)
	switch op {
	case wasm.OpBlock:
		w.add(0, 4)
		w.emit(evBlock)
	case wasm.OpLoop:
		w.add(1, 8)
		w.move(f.params)
		if !w.dead {
			w.loops++
		}
		w.emit(evLoop)
	case wasm.OpIf:
		w.add(3, 12)
		w.pass(f.params)
		w.emit(evIf)
	}
	f.at = len(w.events) - 1
	w.frames = append(w.frames, f)
	w.nesting = max(w.nesting, len(w.frames))
}

func (w *walker) otherwise(i wasm.Instr) {
	f := &w.frames[len(w.frames)-1]
	if f.op != wasm.OpIf || len(w.frames) == 1 {
		w.fail(i.Offset, "else without if")
		return
	}
	w.move(f.results)
	w.pop(f.results)
	w.add(1, 2)
	f.op = wasm.OpElse
	f.ended = f.ended || !w.dead
	w.dead = f.dead
	w.emit(evElse)
	w.cut(f.base)
	w.push(f.params)
}

// kinds are the kinds of control instructions in an evEnd.
var kinds = map[wasm.Op]event{wasm.OpBlock: evBlock, wasm.OpLoop: evLoop, wasm.OpIf: evIf, wasm.OpElse: evElse}

func (w *walker) close(i wasm.Instr) {
	top := len(w.frames) - 1
	f := &w.frames[top]
	w.move(f.results)
	w.pop(f.results)
	w.add(1, 2)
	reached := f.ended || !w.dead
	if f.op == wasm.OpIf && !f.dead { // the way without else
		w.move(f.results)
		w.add(1, 2)
		reached = true
	}
	if f.dead {
		reached = false
	}
	w.dead = f.dead
	w.emit(evEnd | kinds[f.op]<<eventBits)
	w.frames = w.frames[:top]
	if top == 0 {
		return
	}
	w.cut(f.base)
	w.push(f.results)
	if !reached {
		w.dead = true
	}
}

// label returns how many values a branch to a label passes, and notes the branch.
func (w *walker) label(label uint32, offset int) int {
	if uint64(label) >= uint64(len(w.frames)) {
		w.fail(offset, "label %d is out of range", label)
		return 0
	}
	w.leave(int(label))
	f := &w.frames[len(w.frames)-1-int(label)]
	if f.op == wasm.OpLoop {
		if !w.dead {
			w.events[f.at] |= 1 << eventBits
		}
		return f.params
	}
	f.ended = f.ended || !w.dead
	if f == &w.frames[0] {
		w.add(0, leaveMach)
	}
	return f.results
}

// move is pass for values that a branch moves to where the block behind it has them.
func (w *walker) move(n int) {
	w.pass(n)
	w.add(0, 2*uint64(n))
}

// branch counts a branch that passes n values.
func (w *walker) branch(n int) {
	w.move(n)
	w.add(1, 2)
	if w.h-n < w.frames[len(w.frames)-1].base && !w.dead {
		w.fail(w.c.Offset(), "too few operands")
	}
}

func (w *walker) conditionals() {
	if !w.dead {
		w.conditional++
	}
}

func (w *walker) brIf(i wasm.Instr) {
	w.pop(1)
	w.use(1)
	n := w.label(i.X, i.Offset)
	switch i.Op {
	case wasm.OpBrOnNonNull:
		w.add(2, 6)
		n = max(n-1, 0)
	case wasm.OpBrOnNull:
		w.add(2, 6)
	}
	w.branch(n)
	w.conditionals()
	w.add(2, 10)
	w.validated += uint64(n)
	w.tell(w.h)
	w.emit(evBrIf | event(i.X)<<eventBits)
	if i.Op == wasm.OpBrOnNull {
		w.push(1)
	}
}

func (w *walker) brTable() {
	c := w.c
	at := c.Offset()
	c.Op()
	n := c.Count()
	if uint64(n)+1 > eventMax {
		w.fail(at, "too many labels")
		return
	}
	w.pop(1)
	w.use(1)
	w.add(2, 16)
	start := len(w.events)
	w.tell(w.h)
	w.emit(evBrTable | event(n+1)<<eventBits)
	for i := uint32(0); i <= n && c.Err() == nil; i++ {
		label := c.Uint32()
		passes := w.label(label, at)
		w.branch(passes)
		w.add(1, 4)
		w.emit(evLabel | event(label)<<eventBits)
	}
	if c.Err() != nil {
		w.events = w.events[:start]
		return
	}
	if !w.dead {
		w.targets += uint64(n) + 1
		w.large++
		w.r.tables.put(1, uint64(n)+1)
	}
	w.stopped()
}
