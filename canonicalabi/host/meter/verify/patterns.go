package verify

import (
	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	"github.com/witgen/witgen/internal/wasm"
)

// at returns an instruction behind the current one, or before it.
func (w *walk) at(n int) *instr {
	if k := w.k + n; k >= 0 && k < len(w.f.code) {
		return &w.f.code[k]
	}
	return &instr{op: wasm.OpUnreachable}
}

// is reports whether the instructions from the one at n on have these opcodes.
func (w *walk) is(n int, ops ...wasm.Op) bool {
	for k, op := range ops {
		if w.at(n+k).op != op {
			return false
		}
	}
	return true
}

// reads reports whether the instruction at n reads a global of the meter's.
func (w *walk) reads(n, global int) bool {
	i := w.at(n)
	return i.op == wasm.OpGlobalGet && i.x == w.m.globals[global]
}

func (w *walk) writes(n, global int) bool {
	i := w.at(n)
	return i.op == wasm.OpGlobalSet && i.x == w.m.globals[global]
}

// keeps returns the local that the check at the head of a loop reads, or none.
func (w *walk) keeps() int {
	for n := 1; ; n++ {
		switch i := w.at(n); i.op {
		case wasm.OpBlock, wasm.OpLoop:
		case wasm.OpLocalGet:
			return int(i.x)
		default:
			return none
		}
	}
}

// pattern goes through what was added here, if anything was: it takes no units. It
// returns how many instructions that is.
func (w *walk) pattern() int {
	s := &w.state
	i := w.at(0)
	if w.reads(0, stack) {
		return w.frame()
	}
	kept := i.op == wasm.OpLocalGet && s.kept == int(i.x)
	if !kept && !w.reads(0, slice) {
		return 0
	}
	switch {
	case !kept && w.is(1, wasm.OpLocalSet):
		// The slice, into a local.
		s.set(int(w.at(1).x))
		s.kept = int(w.at(1).x)
		return 2
	case w.is(1, wasm.OpI64Const, wasm.OpI64Sub):
		// slice -= n
		n := w.at(1).value
		switch {
		case kept && w.is(3, wasm.OpLocalTee, wasm.OpGlobalSet) && w.at(3).x == i.x && w.writes(4, slice):
			w.charge(n)
			return 5
		case !kept && w.writes(3, slice):
			w.charge(n)
			s.kept = none
			return 4
		}
	case !kept && w.is(1, wasm.OpLocalGet, wasm.OpI64ExtendI32U, wasm.OpI64Const) && w.is(5, wasm.OpI64Sub, wasm.OpGlobalSet) && w.writes(6, slice):
		// slice -= length >> shift
		left := w.is(4, wasm.OpI64Shl)
		if n := w.at(3).value; n >= 0 && (left && n <= units.PageShift || w.is(4, wasm.OpI64ShrU)) {
			s.length, s.shift, s.left, s.checked = int(w.at(1).x), n, left, false
			s.kept = none
			return 7
		}
	case !kept && w.reads(1, stack) && w.is(2, wasm.OpI64Or, wasm.OpI64Const, wasm.OpI64LtS) && w.at(3).value == 0:
		// A check of the slice and the stack.
		if n := w.refills(5); n > 0 {
			s.deep = false
			return n
		}
	case w.is(1, wasm.OpI64Const, wasm.OpI64LtS) && w.at(1).value == 0:
		// A check, which branches to where the next slice is handed out, or has that in it.
		if i := w.at(3); i.op == wasm.OpBrIf {
			if w.target(i.x).op == wasm.OpLoop {
				w.fail("a check branches back")
			}
			w.branch(i.x, *s)
			w.check()
			return 4
		}
		return w.refills(3)
	}
	return 0
}

// charge charges units.
func (w *walk) charge(n int64) {
	if n < 0 || n > units.Bound {
		w.fail("a charge of %d units, from 0 to %d allowed", n, units.Bound)
	}
	w.state.charge(int(n))
}

// frame counts the function's frame, or counts it off: stack += n.
func (w *walk) frame() int {
	s := &w.state
	if !w.m.cfg.Stack || !w.is(1, wasm.OpI64Const, wasm.OpI64Add, wasm.OpGlobalSet) || !w.writes(3, stack) {
		return 0
	}
	switch n := w.at(1).value; {
	case n < 0 && w.k == 0:
		s.frame, s.deep = -n, true
	case n > 0 && n == s.frame && !s.deep:
		s.frame = 0
	default:
		w.fail("%d bytes of the stack are given back, and %d are counted for the function", n, s.frame)
	}
	return 4
}

// refills goes through the call of the function that hands out the next slice, where the
// operand before the instruction at n is not 0. It returns 0 where that does not stand
// there.
func (w *walk) refills(n int) int {
	s := &w.state
	if !w.is(n, wasm.OpIf, wasm.OpCall) || w.at(n).typ != (funcType{}) || w.at(n+1).x != w.m.refill {
		return 0
	}
	n += 2
	kept := none
	if w.reads(n, slice) && w.is(n+1, wasm.OpLocalSet) {
		kept = int(w.at(n + 1).x)
		n += 2
	}
	if !w.is(n, wasm.OpEnd) {
		return 0
	}
	if kept != s.kept {
		s.kept = none
		if kept != none {
			s.set(kept)
		}
	}
	w.check()
	return n + 1
}

// freeBlock reports whether this is the block, or the loop in it, that stand right inside
// a loop that was added around the loop, to hold a call: entering the three takes as
// long as entering one.
func (w *walk) freeBlock() bool {
	for n := -2; n < 0; n++ {
		if w.is(n, wasm.OpLoop, wasm.OpBlock, wasm.OpLoop) && w.at(n).typ == (funcType{}) && w.at(n+1).typ == (funcType{}) {
			return true
		}
	}
	return false
}

// freeBranch reports whether a branch was added around the call that hands out the next
// slice: one that leaves the block before it, or one behind it.
func (w *walk) freeBranch() bool {
	if !w.is(0, wasm.OpBr) {
		return false
	}
	if w.is(1, wasm.OpEnd, wasm.OpCall) && w.at(2).x == w.m.refill && w.target(w.at(0).x).op != wasm.OpLoop {
		return true
	}
	n := -1
	if w.is(-1, wasm.OpLocalSet) && w.reads(-2, slice) {
		n = -3
	}
	return w.is(n, wasm.OpCall) && w.at(n).x == w.m.refill
}

func isBulk(op wasm.Op) bool {
	switch op {
	case wasm.OpMemoryInit, wasm.OpMemoryCopy, wasm.OpMemoryFill, wasm.OpTableInit, wasm.OpTableCopy, wasm.OpTableFill:
		return true
	}
	return false
}

// bulk verifies an operation on a range: its length is a constant or a local that is
// known to be small enough.
func (w *walk) bulk(i *instr) {
	s := &w.state
	most, shift := units.PieceBytes, int64(units.BulkShift)
	switch i.op {
	case wasm.OpTableInit, wasm.OpTableCopy, wasm.OpTableFill:
		most, shift = units.PieceElements, units.ElementShift
	}
	var length int
	charged := false
	switch last := w.at(-1); {
	case last.op == wasm.OpI32Const && uint32(last.value) <= uint32(most):
		length = int(uint32(last.value))
	case last.op == wasm.OpLocalGet && s.bound == int(last.x) && s.most <= most:
		length = s.most
		charged = s.length == s.bound && s.shift == shift && !s.left
		s.length = none
	default:
		w.fail("%v of a length that may be more than %d", i.op, most)
	}
	w.run(units.Cost(i.op))
	s.run(length >> shift)
	if charged {
		s.due, s.owed = s.due-(length>>shift), s.owed-(length>>shift)
	}
	w.hold()
}

// grow verifies that what memory.grow or table.grow does is charged and that there was a
// check since.
func (w *walk) grow(i *instr, shift int64) {
	s := &w.state
	last := w.at(-1)
	if last.op != wasm.OpLocalGet || s.length != int(last.x) || s.shift < shift || !s.left || !s.checked {
		w.fail("%v that is not charged before", i.op)
	}
	s.length = none
	w.run(units.Cost(i.op))
}

// shorter notes what is known where a comparison before the current instruction was
// false: local.get, i32.const, i32.gt_u.
func (w *walk) shorter(s *state) {
	if w.is(-3, wasm.OpLocalGet, wasm.OpI32Const, wasm.OpI32GtU) {
		s.bound, s.most = int(w.at(-3).x), int(uint32(w.at(-2).value))
	}
}
