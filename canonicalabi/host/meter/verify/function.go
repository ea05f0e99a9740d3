package verify

import (
	"fmt"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	"github.com/witgen/witgen/internal/wasm"
)

// headRoom is how many units may run from the head of a loop to its check.
const headRoom = 64

// A block is a control instruction that is open.
type block struct {
	op    wasm.Op
	typ   funcType
	start state // of an if: where the condition is false; of a loop: what is assumed at its head
	end   state // where branches to the end meet
	calls bool  // of a loop: functions are called in it that check
}

// A walk goes through the code of a function.
type walk struct {
	m      *module
	f      *body
	state  state
	blocks []block
	k      int // the instruction
	// allowed is how much may be owed at the head of a loop in which functions are called
	// that check; more tells that more is.
	allowed int
	more    bool
	checks  bool // the function checks somewhere
	// longest is how many units run at most before the first check.
	longest int
}

// A broken rule ends a walk.
type broken struct{ err *Error }

func (w *walk) fail(format string, args ...any) {
	at := w.f.end
	if w.k < len(w.f.code) {
		at = w.f.code[w.k].at
	}
	panic(broken{&Error{Rule: fmt.Sprintf(format, args...), Func: int(w.f.index), Offset: at}})
}

// function verifies a function.
func (m *module) function(f *body) (err error) {
	defer func() {
		if r := recover(); r != nil {
			b, ok := r.(broken)
			if !ok {
				panic(r)
			}
			err = b.err
		}
	}()
	m.markLoops(f)
	// What is owed at a branch back must be allowed at the loop's head. Mostly that is
	// nothing. If not, units.Owed is allowed everywhere.
	w := &walk{m: m, f: f}
	if w.once(); w.more {
		w.allowed = units.Owed
		w.once()
	}
	if f.simple && !w.checks {
		f.leaf = w.longest
	}
	return nil
}

// once goes through the function.
func (w *walk) once() {
	w.state, w.blocks, w.k, w.more = entry(), nil, 0, false
	w.blocks = append(w.blocks, block{op: wasm.OpBlock, typ: funcType{results: w.f.typ.results}})
	w.run(units.Call)
	for w.k < len(w.f.code) {
		w.k += w.step(&w.f.code[w.k])
	}
}

// run counts units that run here.
func (w *walk) run(n int) {
	s := &w.state
	if !s.live {
		return
	}
	s.run(n)
	w.hold()
}

// hold holds the state to the bounds that hold everywhere.
func (w *walk) hold() {
	s := &w.state
	w.longest = max(w.longest, s.start)
	switch {
	case s.start > units.Leaf:
		w.fail("%d units run before the first check, at most %d allowed", s.start, units.Leaf)
	case s.ran() > units.Bound:
		w.fail("%d units run without a check, at most %d allowed", s.ran(), units.Bound)
	case max(s.due, s.owed) > units.Late:
		w.fail("%d units run that are not charged, at most %d allowed", max(s.due, s.owed), units.Late)
	}
}

// check passes a check.
func (w *walk) check() {
	w.checks = true
	w.state.pass()
}

// step verifies the instruction and returns how many instructions it went through.
func (w *walk) step(i *instr) int {
	s := &w.state
	if !s.live {
		w.skip(i)
		return 1
	}
	if n := w.pattern(); n > 0 {
		return n
	}
	switch i.op {
	case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
		w.open(i)
	case wasm.OpElse:
		b := w.top()
		b.end = w.meet(b.end, *s)
		w.state, b.op = b.start, wasm.OpElse
	case wasm.OpEnd:
		w.close()
	case wasm.OpBr, wasm.OpBrIf, wasm.OpBrOnNull, wasm.OpBrOnNonNull:
		if !w.freeBranch() {
			w.run(units.Cost(i.op) + w.edge() + units.Moves(w.label(i.x)))
		}
		w.branch(i.x, *s)
		if i.op == wasm.OpBr {
			s.live = false
		} else if i.op == wasm.OpBrIf {
			w.shorter(s)
		}
	case wasm.OpBrTable:
		w.run(units.Cost(i.op) + w.edge() + units.Moves(w.label(i.labels[0])))
		for _, label := range i.labels {
			w.branch(label, *s)
		}
		s.live = false
	case wasm.OpReturn:
		w.run(units.Cost(i.op) + units.Moves(w.f.typ.results))
		w.leave()
		s.live = false
	case wasm.OpUnreachable:
		s.live = false
	case wasm.OpGlobalGet, wasm.OpGlobalSet:
		for _, g := range w.m.globals {
			if i.x == g {
				w.fail("the meter's global %d is used outside the forms that charge and check", g)
			}
		}
		w.run(units.Cost(i.op))
	case wasm.OpLocalSet, wasm.OpLocalTee:
		w.run(units.Cost(i.op))
		s.set(int(i.x))
	default:
		switch {
		case isCall(i.op):
			w.call(i)
		case i.op == wasm.OpMemoryGrow:
			w.grow(i, units.PageShift)
		case i.op == wasm.OpTableGrow:
			w.grow(i, 0)
		case isBulk(i.op):
			w.bulk(i)
		default:
			w.run(units.Cost(i.op))
		}
	}
	return 1
}

// skip goes through code that is not reached.
func (w *walk) skip(i *instr) {
	switch i.op {
	case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
		w.blocks = append(w.blocks, block{op: i.op, typ: i.typ})
	case wasm.OpElse:
		b := w.top()
		w.state, b.op = b.start, wasm.OpElse
	case wasm.OpEnd:
		w.close()
	}
}

func (w *walk) top() *block { return &w.blocks[len(w.blocks)-1] }

// edge returns what a branch takes for the function's locals.
func (w *walk) edge() int { return units.Edge(w.f.locals) }

// target returns the block that a label names.
func (w *walk) target(label uint32) *block {
	if label >= uint32(len(w.blocks)) {
		w.fail("label out of range")
	}
	return &w.blocks[len(w.blocks)-1-int(label)]
}

// label returns how many operands a branch passes.
func (w *walk) label(label uint32) int {
	b := w.target(label)
	if b.op == wasm.OpLoop {
		return b.typ.params
	}
	return b.typ.results
}

// open opens a block.
func (w *walk) open(i *instr) {
	s := &w.state
	if !w.freeBlock() {
		w.run(units.Cost(i.op) + w.edge() + units.Moves(i.typ.params+i.typ.results))
	}
	b := block{op: i.op, typ: i.typ}
	switch i.op {
	case wasm.OpIf:
		b.start = *s
		w.shorter(&b.start)
	case wasm.OpLoop:
		// What is assumed at the head must hold at each branch back. The check is near, so
		// these may come after nearly as much as may run at all.
		s.check = units.Bound - headRoom
		if b.calls = i.calls; b.calls {
			s.owed = max(s.owed, w.allowed)
		}
		if s.kept != none && w.keeps() != s.kept {
			s.kept = none
		}
		s.bound, s.length = none, none
		b.start = *s
	}
	w.blocks = append(w.blocks, b)
}

// close ends a block.
func (w *walk) close() {
	s := &w.state
	b := *w.top()
	w.blocks = w.blocks[:len(w.blocks)-1]
	if len(w.blocks) == 0 {
		if s.live {
			w.leave()
		}
		return
	}
	if b.op == wasm.OpIf {
		b.end = w.meet(b.end, b.start)
	}
	if b.op != wasm.OpLoop {
		w.state = w.meet(*s, b.end)
	}
}

// meet returns what is known where two ways meet.
func (w *walk) meet(a, b state) state {
	if a.live && b.live && (a.frame != b.frame || a.deep != b.deep) {
		w.fail("ways meet on which frames of %d and %d bytes are counted", a.frame, b.frame)
	}
	return a.or(b)
}

// branch verifies a branch to a label, in a state.
func (w *walk) branch(label uint32, s state) {
	b := w.target(label)
	switch {
	case b == &w.blocks[0]:
		was := w.state
		w.state = s
		w.leave()
		w.state = was
	case b.op != wasm.OpLoop:
		b.end = w.meet(b.end, s)
	default:
		head := &b.start
		switch {
		case s.start > head.start || s.check > head.check:
			w.fail("a loop is turned without a check")
		case s.due > head.due || s.owed > head.owed && (w.allowed > 0 || !b.calls):
			w.fail("a loop is turned with %d and %d units that are not charged, and %d and %d at its head", s.due, s.owed, head.due, head.owed)
		case s.owed > head.owed:
			w.more = true
		case head.kept != none && s.kept != head.kept:
			w.fail("local %d is not the slice at the head of a loop", head.kept)
		case s.frame != head.frame || s.deep != head.deep:
			w.fail("a loop is turned with a frame of %d bytes counted, and of %d at its head", s.frame, head.frame)
		}
	}
}

// leave verifies that the function may return here.
func (w *walk) leave() {
	s := &w.state
	switch {
	case s.frame != 0:
		w.fail("the function returns and its frame is still counted")
	case s.check > units.Exit:
		w.fail("the function returns %d units after its last check, at most %d allowed", s.check, units.Exit)
	case max(s.due, s.owed) > 0:
		w.fail("the function returns with %d units that are not charged", max(s.due, s.owed))
	}
}

// call verifies a call of a function.
func (w *walk) call(i *instr) {
	s := &w.state
	if i.op == wasm.OpCall && i.x == w.m.refill {
		w.check()
		s.kept = none
		return
	}
	t := w.m.typeOf(i)
	cost := units.Cost(i.op) + units.Moves(t.params+t.results)
	if callee(i.op) && i.x < w.m.imported {
		cost += units.Import
	}
	w.run(cost)
	switch {
	case !w.m.cfg.Stack || w.m.isBottom(i):
	case isTail(i.op) && s.frame != 0:
		w.fail("a tail call with the frame still counted")
	case !isTail(i.op) && (s.frame == 0 || s.deep):
		w.fail("a call from a frame that is not counted or not checked")
	}
	if leaf := w.m.leafOf(i); leaf > 0 {
		// It pays for itself.
		s.run(leaf)
		s.due, s.owed = s.due-leaf, s.owed-leaf
		w.hold()
		s.kept, s.length = none, none
		if isTail(i.op) {
			w.leave()
			s.live = false
		}
		return
	}
	switch {
	case s.start != none:
		w.fail("a function that checks is called before the first check")
	case s.check+units.Leaf > units.Bound:
		w.fail("%d units run before a call, at most %d allowed", s.check, units.Bound-units.Leaf)
	case s.due > 0:
		w.fail("%d units that are not charged have run before a call", s.due)
	}
	s.check = max(s.check+units.Leaf, units.Exit)
	s.kept, s.length = none, none
	if isTail(i.op) {
		w.leave()
		s.live = false
		return
	}
	s.owed = max(s.owed, 0)
}
