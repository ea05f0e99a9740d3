package meter

import (
	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	"github.com/witgen/witgen/internal/leb128"
)

// What the rewriter writes around a function's own code.
//
// A check takes fuel from the slice, a global; where the slice is used up, a helper hands
// out the next one or traps. A loop
//
//	loop T                      block T
//	  ...                         loop
//	end                             block
//	                                  loop T
//	              becomes               (br_if 1 (i64.lt_s slice 0)) charge ...
//	                                  end
//	                                  br 2
//	                                end
//	                                call refill
//	                                br 0
//	                              end
//	                              unreachable
//	                            end
//
// so that the call stands outside the loop: wazero would keep every value on the stack in
// a loop that contains a call. Branches are adapted to the labels in between. A loop with
// operands gets an if instead.
//
// In a loop that calls no other function a local is kept equal to the slice, so that no
// turn waits for what the turn before wrote to memory: each charge writes both, and reads
// the local. It is loaded before the loop, after refill, and after whatever else takes
// from the slice.
//
// A function that calls others becomes
//
//	stack -= frame, charge, check both, block T ... end, stack += frame, slice -= owed, check
//
// where every return is a branch to the end of the block; see [scanner.owes] for what is
// owed. The check at the end stands only where something runs after the last call. A
// short function that calls none can be on the stack only once, so its frame is not
// counted, and it is not checked at its start. In code that goes on for long without a
// loop or a call there are checks in between.

// addedLocals is the largest number of locals that are added to a function: the one that
// is kept equal to the slice, and the operands of an editBulk.
const addedLocals = 1 + 3

// An emitter writes functions.
type emitter struct {
	h   *helpers
	out asm

	kept uint32 // the local that is kept equal to the slice
	keep int    // how many loops are open in which it is
}

// slice writes the load of the slice.
func (e *emitter) slice() {
	if e.keep > 0 {
		e.out.localGet(e.kept)
	} else {
		e.out.globalGet(e.h.globals.slice)
	}
}

// load loads the slice into the local that is kept equal to it.
func (e *emitter) load() {
	e.out.globalGet(e.h.globals.slice)
	e.out.localSet(e.kept)
}

// called is written after a call that takes from the slice.
func (e *emitter) called() {
	if e.keep > 0 {
		e.load()
	}
}

// used writes the comparison that a check makes.
func (e *emitter) used() {
	e.slice()
	e.out.below()
}

// check writes the check that stands outside of split loops.
func (e *emitter) check() {
	e.used()
	e.refill()
}

// refill writes the call of refill where the operand is not 0.
func (e *emitter) refill() {
	e.out.op(opcodeIf, blockEmpty)
	e.out.call(e.h.slow())
	e.called()
	e.out.op(opcodeEnd)
}

// openLoop writes what comes before a split loop, whose block type is given.
func (e *emitter) openLoop(kept bool, blockType []byte) {
	if kept {
		if e.keep++; e.keep == 1 {
			e.load()
		}
	}
	e.out.op(opcodeBlock)
	e.out.op(blockType...)
	e.out.op(opcodeLoop, blockEmpty, opcodeBlock, blockEmpty)
}

// closeLoop writes what comes after a split loop.
func (e *emitter) closeLoop() {
	e.out.op(opcodeBr, 2, opcodeEnd)
	e.out.call(e.h.slow())
	e.called()
	e.out.op(opcodeBr, 0, opcodeEnd, opcodeUnreachable, opcodeEnd)
	if e.keep > 0 {
		e.keep--
	}
}

// function writes the function that was scanned.
func (e *emitter) function(s *scanner) {
	settle(s.regions)
	owed := s.owes()
	m := s.m
	wrapped, frame := s.wrapped(owed), int64(0)
	if wrapped && m.cfg.Depth {
		frame = 1
	}
	groups, next := s.groups, s.locals
	var added asm
	add := func(n uint32, typ byte) (first uint32) {
		added.op(byte(n), typ)
		groups++
		next += n
		return next - n
	}
	var operands uint32 // of an editBulk
	if s.kept {
		e.kept = add(1, typeI64)
	}
	if s.bulk {
		operands = add(3, typeI32)
	}
	out := &e.out
	*out = leb128.AppendUint32((*out)[:0], groups)
	*out = append(*out, m.in[s.groupsAt:s.codeAt]...)
	out.op(added...)
	e.frame(-frame)
	e.charge(s.regions[0])
	switch {
	case frame > 0:
		e.slice()
		out.globalGet(e.h.globals.stack)
		out.op(opcodeI64Or)
		out.below()
		e.refill()
	case s.entryCheck():
		e.check()
	}
	if wrapped {
		out.op(opcodeBlock)
		e.resultType(m.types[m.funcs[s.fn]])
	}

	pos := s.codeAt
	for i := range s.edits {
		d := &s.edits[i]
		*out = append(*out, m.in[pos:d.pos]...)
		pos = d.pos + d.skip
		switch d.kind {
		case editCharge:
			e.charge(s.regions[d.arg])
		case editCheck:
			e.check()
		case editLoop:
			e.openLoop(d.kept, m.in[d.pos+1:d.pos+1+int(d.arg)])
		case editLoopHead, editLoopCheck:
			if d.arg == dead {
				break
			}
			if d.kind == editLoopHead {
				e.used()
				out.op(opcodeBrIf, 1)
			} else {
				e.check()
			}
			e.charge(s.regions[d.arg])
		case editLoopEnd:
			e.closeLoop()
		case editLabel:
			*out = leb128.AppendUint32(*out, uint32(d.arg))
		case editReturn:
			if wrapped {
				out.opIndex(opcodeBr, uint32(d.arg))
			} else {
				out.op(opcodeReturn)
			}
		case editCall:
			out.call(uint32(d.arg))
			e.called()
		case editBulk:
			e.bulk(operands, m.in[d.pos:pos], uint32(d.arg))
			e.called()
		case editLeave:
			e.take(d.cost)
			e.frame(frame)
		case editEnd:
			if !wrapped {
				break
			}
			out.op(opcodeEnd)
			e.frame(frame)
			if !s.lasts {
				e.take(owed)
				break
			}
			e.take(max(owed, 1)) // in any case: so the check need not load the slice
			e.check()
		}
	}
	*out = append(*out, m.in[pos:s.end]...)
}

func (e *emitter) charge(r region) { e.take(r.cost + r.extra) }

// take takes from the slice.
func (e *emitter) take(units int64) {
	if units == 0 {
		return
	}
	e.slice()
	e.out.i64(units)
	e.out.op(opcodeI64Sub)
	if e.keep > 0 {
		e.out.opIndex(opcodeLocalTee, e.kept)
	}
	e.out.globalSet(e.h.globals.slice)
}

// frame gives so many bytes back to what is left of the stack.
func (e *emitter) frame(bytes int64) {
	if bytes == 0 {
		return
	}
	e.out.globalGet(e.h.globals.stack)
	e.out.i64(bytes)
	e.out.op(opcodeI64Add)
	e.out.globalSet(e.h.globals.stack)
}

// bulk writes a memory.copy or memory.fill, which is charged and, where it is short, done in place. Its
// operands are put into three locals.
func (e *emitter) bulk(operands uint32, op []byte, helper uint32) {
	out := &e.out
	length := operands + 2
	for i := range uint32(3) {
		out.localSet(length - i)
	}
	get := func() {
		for i := range uint32(3) {
			out.localGet(operands + i)
		}
	}
	out.localGet(length)
	out.i32(shortBytes)
	out.op(opcodeI32GtU, opcodeIf, blockEmpty)
	get()
	out.call(helper)
	out.op(opcodeElse)
	out.globalGet(e.h.globals.slice)
	out.localGet(length)
	out.op(opcodeI64ExtendU)
	out.i64(units.BulkShift)
	out.op(opcodeI64ShrU, opcodeI64Sub)
	out.globalSet(e.h.globals.slice)
	get()
	out.op(op...)
	out.op(opcodeEnd)
}

// resultType writes the block type of a block with the results of a function.
func (e *emitter) resultType(t funcType) {
	switch t.arity {
	case 0:
		e.out.op(blockEmpty)
	case 1:
		e.out.op(t.results...)
	default:
		e.out = leb128.AppendInt64(e.out, int64(e.h.funcType(nil, t.results, 0, t.arity)))
	}
}
