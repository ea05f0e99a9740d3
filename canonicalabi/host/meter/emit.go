package meter

import "github.com/witgen/witgen/internal/leb128"

// What the rewriter writes around a function's own code.
//
// A check takes fuel from the slice, a global; where the slice is used up, a helper hands out the next
// one or traps. A loop
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
// so that the call stands outside the loop: wazero would keep every value on the stack in a loop that
// contains a call. Branches are adapted to the labels in between. A loop with operands gets an if
// instead.
//
// A function that calls others starts with a check too, and with a depth it becomes
//
//	start = depth, depth -= 1, check, block T ... end, depth = start
//
// where every return is a branch to the end of the block. A function that calls none can be on the
// stack only once and runs no longer than its length without a loop, so it is neither counted nor
// checked at its start.

// mergeCost and mergeExtra let a short region be charged with the one that it hangs off, whether it
// runs or not: at most so many instructions of one region, and of all that hang off one.
const (
	mergeCost  = 32
	mergeExtra = 64
	spreadCost = 8
)

// An emitter writes functions. The pieces that are the same in all of them are made once.
type emitter struct {
	h   *helpers
	out asm

	chargeStart, chargeEnd []byte // around the constant
	loopStart              []byte // after the block type
	loopCheck, loopEnd     []byte
	entryCheck             []byte
	depthCheck             []byte
}

func newEmitter(h *helpers) *emitter {
	g := h.globals
	e := &emitter{h: h}
	piece := func(write func(a *asm)) []byte {
		var a asm
		write(&a)
		return a
	}
	below := func(a *asm) {
		a.i64(0)
		a.op(opcodeI64LtS)
	}
	call := func(a *asm) {
		a.op(opcodeIf, blockEmpty)
		a.call(h.slow())
		a.op(opcodeEnd)
	}
	e.chargeStart = piece(func(a *asm) { a.globalGet(g.slice); a.op(opcodeI64Const) })
	e.chargeEnd = piece(func(a *asm) { a.op(opcodeI64Sub); a.globalSet(g.slice) })
	e.loopStart = []byte{opcodeLoop, blockEmpty, opcodeBlock, blockEmpty}
	e.loopCheck = piece(func(a *asm) { a.globalGet(g.slice); below(a); a.op(opcodeBrIf, 1) })
	e.loopEnd = piece(func(a *asm) {
		a.op(opcodeBr, 2, opcodeEnd)
		a.call(h.slow())
		a.op(opcodeBr, 0, opcodeEnd, opcodeUnreachable, opcodeEnd)
	})
	e.entryCheck = piece(func(a *asm) { a.globalGet(g.slice); below(a); call(a) })
	e.depthCheck = piece(func(a *asm) {
		a.globalGet(g.slice)
		a.globalGet(g.depth)
		a.op(opcodeI64Or)
		below(a)
		call(a)
	})
	return e
}

// settle moves the cost of short regions to others, so that fewer places charge.
func settle(regions []region) {
	spread(regions)
	for i := len(regions) - 1; i > 0; i-- {
		r := &regions[i]
		if r.cost == 0 || r.loop || r.parent == dead || r.extra > 0 && r.table != dead {
			continue
		}
		p := &regions[r.parent]
		if p.cost == 0 {
			continue // it charges nothing itself
		}
		if extra := r.cost + r.extra; r.cost <= mergeCost && p.extra+extra <= mergeExtra {
			p.extra += extra
			r.cost, r.extra = 0, 0
		}
	}
}

// spread moves the cost of a region that does little more than a br_table to where that leads. Standard
// Go's functions all start with such a loop, and come back to it for each jump.
func spread(regions []region) {
	any := false
	for i := range regions {
		r := &regions[i]
		if r.spread = r.spread && r.cost <= spreadCost; !r.spread {
			continue
		}
		any = true
		if p := &regions[0]; r.loop && r.parent == 0 && p.cost <= spreadCost && !p.spread {
			r.cost += p.cost
			p.cost = 0
		}
	}
	if !any {
		return
	}
	for i := range regions {
		if r := &regions[i]; r.table != dead && regions[r.table].spread {
			r.extra += regions[r.table].cost
		}
	}
	for i := range regions {
		if r := &regions[i]; r.spread {
			r.cost = 0
		}
	}
}

// function writes the function that was scanned, with its size before it.
func (e *emitter) function(s *scanner) {
	settle(s.regions)
	m := s.m
	wrapped := m.cfg.Depth && s.calls
	// The locals that are added: the depth at the start, and the operands of an editBulk.
	groups, start, operands := s.groups, s.locals, s.locals
	var added asm
	if wrapped {
		added.op(1, typeI64)
		groups++
		operands++
	}
	if s.bulk {
		added.op(3, typeI32)
		groups++
	}
	out := &e.out
	*out = leb128.AppendUint32((*out)[:0], groups)
	*out = append(*out, m.in[s.groupsAt:s.codeAt]...)
	out.op(added...)
	leave := func() {
		if wrapped {
			out.localGet(start)
			out.globalSet(e.h.globals.depth)
		}
	}

	if wrapped {
		out.globalGet(e.h.globals.depth)
		out.opIndex(opcodeLocalTee, start)
		out.i64(1)
		out.op(opcodeI64Sub)
		out.globalSet(e.h.globals.depth)
	}
	e.charge(s.regions[0])
	switch {
	case wrapped:
		out.op(e.depthCheck...)
		out.op(opcodeBlock)
		e.resultType(m.types[m.funcs[s.fn]])
	case s.calls && !s.checked:
		out.op(e.entryCheck...)
	}

	pos := s.codeAt
	for i := range s.edits {
		d := &s.edits[i]
		*out = append(*out, m.in[pos:d.pos]...)
		pos = d.pos + d.skip
		switch d.kind {
		case editCharge:
			e.charge(s.regions[d.arg])
		case editLoop:
			out.op(opcodeBlock)
			*out = append(*out, m.in[d.pos+1:d.pos+1+int(d.arg)]...)
			out.op(e.loopStart...)
		case editLoopHead, editLoopCheck:
			if d.arg == dead {
				break
			}
			if d.kind == editLoopHead {
				out.op(e.loopCheck...)
			} else {
				out.op(e.entryCheck...)
			}
			e.charge(s.regions[d.arg])
		case editLoopEnd:
			out.op(e.loopEnd...)
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
		case editBulk:
			e.bulk(operands, m.in[d.pos:pos], uint32(d.arg))
		case editLeave:
			leave()
		case editEnd:
			if wrapped {
				out.op(opcodeEnd)
			}
			leave()
		}
	}
	*out = append(*out, m.in[pos:s.end]...)
}

func (e *emitter) charge(r region) {
	if cost := r.cost + r.extra; cost > 0 {
		e.out.op(e.chargeStart...)
		e.out = leb128.AppendInt64(e.out, cost)
		e.out.op(e.chargeEnd...)
	}
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
	out.i64(bulkShift)
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
