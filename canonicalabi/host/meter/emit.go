package meter

import (
	"github.com/witgen/witgen/canonicalabi/host/meter/internal/frame"
	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	"github.com/witgen/witgen/internal/leb128"
	core "github.com/witgen/witgen/internal/wasm"
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
	out core.Code

	kept    uint32 // the local that is kept equal to the slice
	keep    int    // how many loops are open in which it is
	counter frame.Counter
}

// slice writes the load of the slice.
func (e *emitter) slice() {
	if e.keep > 0 {
		e.out.Op(core.OpLocalGet, e.kept)
	} else {
		e.out.Op(core.OpGlobalGet, e.h.globals.slice)
	}
}

// load loads the slice into the local that is kept equal to it.
func (e *emitter) load() {
	e.out.Op(core.OpGlobalGet, e.h.globals.slice)
	e.out.Op(core.OpLocalSet, e.kept)
}

// called is written after a call that takes from the slice.
func (e *emitter) called() {
	if e.keep > 0 {
		e.load()
	}
}

// below compares the operand with 0.
func (e *emitter) below() {
	e.out.I64Const(0)
	e.out.Op(core.OpI64LtS)
}

// used writes the comparison that a check makes.
func (e *emitter) used() {
	e.slice()
	e.below()
}

// check writes the check that stands outside of split loops.
func (e *emitter) check() {
	e.used()
	e.refill()
}

// refill writes the call of refill where the operand is not 0.
func (e *emitter) refill() {
	e.out.Op(core.OpIf, core.BlockEmpty)
	e.out.Op(core.OpCall, e.h.slow())
	e.called()
	e.out.Op(core.OpEnd)
}

// openLoop writes what comes before a split loop, whose block type is given.
func (e *emitter) openLoop(kept bool, blockType []byte) {
	if kept {
		if e.keep++; e.keep == 1 {
			e.load()
		}
	}
	e.out.Op(core.OpBlock)
	e.out.Byte(blockType...)
	e.out.Op(core.OpLoop, core.BlockEmpty)
	e.out.Op(core.OpBlock, core.BlockEmpty)
}

// closeLoop writes what comes after a split loop.
func (e *emitter) closeLoop() {
	e.out.Op(core.OpBr, 2)
	e.out.Op(core.OpEnd)
	e.out.Op(core.OpCall, e.h.slow())
	e.called()
	e.out.Op(core.OpBr, 0)
	e.out.Op(core.OpEnd)
	e.out.Op(core.OpUnreachable)
	e.out.Op(core.OpEnd)
	if e.keep > 0 {
		e.keep--
	}
}

// function writes the function that was scanned, with a bound of its frame where that is
// counted.
func (e *emitter) function(s *scanner) *Error {
	settle(s.regions)
	owed := s.owes()
	wrapped := owed > 0 || s.lasts
	switch cfg := s.m.cfg; {
	case cfg.Stack:
	case cfg.Depth && s.calls > 0:
		e.write(s, true, owed, 1)
		return nil
	default:
		e.write(s, wrapped, owed, 0)
		return nil
	}
	// The code is written, its frame bounded, and written again with the bound in it.
	if s.calls == 0 {
		e.write(s, wrapped, owed, 0)
		bytes, err := e.bound(s)
		if s.large = bytes > units.Frame; err != nil || !s.large {
			return err
		}
	}
	e.write(s, true, owed, 1)
	bytes, err := e.bound(s)
	switch {
	case err != nil:
		return err
	case bytes > units.MostFrame:
		return s.fail(ErrUnsupported, "function whose frame may take too much stack", s.codeAt)
	}
	e.write(s, true, owed, int64(bytes))
	return nil
}

// bound bounds the frame of the function that was written.
func (e *emitter) bound(s *scanner) (int, *Error) {
	bytes, err := e.counter.Function(&s.m.frames, s.m.funcs[s.fn], e.out)
	if err != nil {
		return 0, s.fail(ErrMalformed, err.Error(), s.codeAt)
	}
	return bytes, nil
}

// write writes the function: wrapped, if it does something at its end, which is to pay
// what it owes and to count its frame off, of so many bytes.
func (e *emitter) write(s *scanner, wrapped bool, owed, frame int64) {
	m := s.m
	groups, next := s.groups, s.locals
	var added core.Code
	add := func(n uint32, typ byte) (first uint32) {
		added.Byte(byte(n), typ)
		groups++
		next += n
		return next - n
	}
	var operands uint32 // of an editBulk
	if s.kept {
		e.kept = add(1, core.CodeI64)
	}
	if s.bulk {
		operands = add(3, core.CodeI32)
	}
	out := &e.out
	*out = leb128.AppendUint32((*out)[:0], groups)
	*out = append(*out, m.in[s.groupsAt:s.codeAt]...)
	out.Byte(added...)
	e.frame(-frame)
	e.charge(s.regions[0])
	switch {
	case frame > 0:
		e.slice()
		out.Op(core.OpGlobalGet, e.h.globals.stack)
		out.Op(core.OpI64Or)
		e.below()
		e.refill()
	case s.entryCheck():
		e.check()
	}
	if wrapped {
		out.Op(core.OpBlock)
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
				out.Op(core.OpBrIf, 1)
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
				out.Op(core.OpBr, uint32(d.arg))
			} else {
				out.Op(core.OpReturn)
			}
		case editCall:
			out.Op(core.OpCall, uint32(d.arg))
			e.called()
		case editBulk:
			e.bulk(operands, m.in[d.pos:pos], uint32(d.arg))
			e.called()
		case editOpcode:
			out.Op(core.Op(d.arg))
		case editLeave:
			e.take(d.cost)
			e.frame(frame)
		case editEnd:
			if !wrapped {
				break
			}
			out.Op(core.OpEnd)
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
	e.out.I64Const(units)
	e.out.Op(core.OpI64Sub)
	if e.keep > 0 {
		e.out.Op(core.OpLocalTee, e.kept)
	}
	e.out.Op(core.OpGlobalSet, e.h.globals.slice)
}

// frame gives so many bytes back to what is left of the stack.
func (e *emitter) frame(bytes int64) {
	if bytes == 0 {
		return
	}
	e.out.Op(core.OpGlobalGet, e.h.globals.stack)
	e.out.I64Const(bytes)
	e.out.Op(core.OpI64Add)
	e.out.Op(core.OpGlobalSet, e.h.globals.stack)
}

// bulk writes a memory.copy or memory.fill, which is charged and, where it is short, done in place. Its
// operands are put into three locals.
func (e *emitter) bulk(operands uint32, op []byte, helper uint32) {
	out := &e.out
	length := operands + 2
	for i := range uint32(3) {
		out.Op(core.OpLocalSet, length-i)
	}
	get := func() {
		for i := range uint32(3) {
			out.Op(core.OpLocalGet, operands+i)
		}
	}
	out.Op(core.OpLocalGet, length)
	out.I32Const(shortBytes)
	out.Op(core.OpI32GtU)
	out.Op(core.OpIf, core.BlockEmpty)
	get()
	out.Op(core.OpCall, helper)
	out.Op(core.OpElse)
	out.Byte(e.h.takeLength(length, core.OpI64ShrU, units.BulkShift)...)
	get()
	out.Byte(op...)
	out.Op(core.OpEnd)
}

// resultType writes the block type of a block with the results of a function.
func (e *emitter) resultType(t funcType) {
	switch t.arity {
	case 0:
		e.out.Byte(core.BlockEmpty)
	case 1:
		e.out.Byte(t.results...)
	default:
		e.out = leb128.AppendInt64(e.out, int64(e.h.funcType(nil, t.results, 0, t.arity)))
	}
}
