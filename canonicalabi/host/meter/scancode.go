package meter

import (
	"fmt"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	core "github.com/witgen/witgen/internal/wasm"
)

// loopBlocks is how many blocks a loop counts for: it becomes four.
const loopBlocks = 4

// scanCode reads the instructions of a function up to its end.
func (s *scanner) scanCode() *Error {
	for len(s.open) > 0 {
		at := s.pos()
		b := s.c.Byte()
		s.instructions++
		var err *Error
		if s.cost += int64(simpleCosts[b]); s.cost > s.room {
			s.cost -= int64(simpleCosts[b])
			if err := s.spend(at, int64(simpleCosts[b])); err != nil {
				return err
			}
		}
		switch classes[b] {
		case classPlain:
		case classLocal:
			i, ok := s.c.Short()
			if !ok {
				i = s.c.Uint32()
			}
			if i >= s.locals {
				err = s.outOfRange(at+1, "local index out of range")
			}
		case classI32:
			s.i32Const()
		case classMemArg:
			err = s.memArg(at)
		case classGlobal:
			err = s.global()
		case classI64:
			s.c.SkipInt64()
		case classF32:
			s.c.Bytes(4)
		case classF64:
			s.c.Bytes(8)
		case classPrefix:
			err = s.prefixed(b, at)
		case classUnknown:
			err = s.fail(ErrUnsupported, fmt.Sprintf("unknown instruction %#02x", b), at)
		default:
			err = s.control(core.Op(b), at)
		}
		switch {
		case err != nil:
			return err
		case s.c.Err() != nil:
			return s.err()
		}
	}
	if !s.c.Done() {
		return s.fail(ErrMalformed, "code after the function's end", s.pos())
	}
	return nil
}

// global reads the index of a global, and writes it anew where it is another one.
func (s *scanner) global() *Error {
	at := s.pos()
	i, err := s.index(s.m.globals, "global index out of range")
	if moved := s.m.moved(i); err == nil && moved != i {
		s.edits = append(s.edits, edit{kind: editLabel, pos: at, skip: s.pos() - at, arg: int32(moved)})
	}
	return err
}

// i32Const reads the operand of i32.const.
func (s *scanner) i32Const() {
	if v, ok := s.c.LaxInt32(); ok {
		s.constEnd, s.constVal = s.pos(), uint32(v)
	}
}

// control reads the instructions that change where the code goes on, and the rarer
// others.
func (s *scanner) control(op core.Op, at int) *Error {
	m := s.m
	cost := int64(units.Cost(op))
	switch op {
	case core.OpBlock, core.OpLoop, core.OpIf:
		return s.openBlock(op, at)
	case core.OpElse:
		f := &s.open[len(s.open)-1]
		if f.op != core.OpIf {
			return s.fail(ErrMalformed, "else without if", at)
		}
		f.op = core.OpElse
		s.flush()
		f.end = f.end.or(s.way)
		s.way = f.begin
		s.steps = append(s.steps, step{kind: stepElse})
		s.begin(f.region, false, s.pos())
		return nil
	case core.OpEnd:
		return s.closeBlock(at)
	case core.OpBr, core.OpBrIf, core.OpBrOnNull, core.OpBrOnNonNull:
		s.blocks++
		if err := s.spend(at, cost+s.edge+s.carries()); err != nil {
			return err
		}
		if _, err := s.branch(); err != nil {
			return err
		}
		if op == core.OpBr {
			s.stop()
		} else {
			s.begin(s.cur, false, s.pos())
		}
		return nil
	case core.OpBrTable:
		err := s.branchTable(at)
		s.stop()
		return err
	case core.OpReturn:
		if err := s.spend(at, cost+s.edge+int64(units.Moves(int(s.open[0].carries)))); err != nil {
			return err
		}
		s.leave(uint32(len(s.open) - 1))
		s.edits = append(s.edits, edit{kind: editReturn, pos: at, skip: 1, arg: int32(s.labels - 1)})
		s.stop()
		return nil
	case core.OpUnreachable:
		s.stop()
		return nil
	case core.OpCall, core.OpCallIndirect, core.OpCallRef, core.OpReturnCall, core.OpReturnCallIndirect, core.OpReturnCallRef:
		return s.call(op, cost, at)
	case core.OpTableGet, core.OpTableSet:
		_, err := s.index(uint32(len(m.tables)), "table index out of range")
		return err
	case core.OpMemorySize:
		return s.zero(at)
	case core.OpMemoryGrow:
		if err := s.zero(at); err != nil {
			return err
		}
		return s.replace(at, helperKey{op: op})
	case core.OpRefNull:
		at := s.pos()
		m.checkHeap(&s.c, s.c.HeapType(), at)
		return nil
	case core.OpRefFunc:
		_, err := s.index(uint32(len(m.funcs)), "function index out of range")
		return err
	case core.OpSelectTyped:
		if n := s.c.Uint32(); n != 1 {
			fail(&s.c, at, ErrMalformed, "select of more than one value")
		}
		m.valType(&s.c)
		return nil
	}
	if op.Proposal() == core.Exceptions {
		return s.fail(ErrUnsupported, "exceptions", at)
	}
	panic(fmt.Sprintf("meter: unhandled instruction %v", op))
}

// carries returns what the operands take that a branch to the label at the current
// position passes.
func (s *scanner) carries() int64 {
	label := uint32(s.c.Peek())
	if label >= 0x80 {
		ahead := s.c
		label = ahead.Uint32()
	}
	if label >= uint32(len(s.open)) {
		return 0 // an error soon
	}
	return int64(units.Moves(int(s.open[len(s.open)-1-int(label)].carries)))
}

// branchTable reads the labels of a br_table and notes where it leads: if each label is
// the end of a block where a region of its own begins, this region's cost can be
// charged there.
func (s *scanner) branchTable(at int) *Error {
	n := s.c.Uint32()
	if err := s.err(); err != nil {
		return err
	}
	var err *Error
	if err := s.spend(at, int64(units.Cost(core.OpBrTable))+s.edge+s.carries()); err != nil {
		return err
	}
	if s.cur != dead {
		s.regions[s.cur].spread = true
	}
	for i := uint64(0); i <= uint64(n) && err == nil; i++ {
		s.blocks++
		var label uint32
		if label, err = s.branch(); err != nil || s.cur == dead {
			continue
		}
		f := &s.open[len(s.open)-1-int(label)]
		if f.table == dead {
			f.table = s.cur
		}
		if f.table != s.cur || f.op == core.OpLoop || f == &s.open[0] {
			s.regions[f.table].spread = false
			s.regions[s.cur].spread = false
		}
	}
	return err
}

// call reads a call or tail call. cost is what the instruction takes by itself.
func (s *scanner) call(op core.Op, cost int64, at int) *Error {
	m := s.m
	var t funcType
	var leaf int64
	switch op {
	case core.OpCall, core.OpReturnCall:
		f, err := s.index(uint32(len(m.funcs)), "function index out of range")
		if err != nil {
			return err
		}
		t = m.types[m.funcs[f]]
		if f < m.imported.funcs {
			cost += units.Import
		} else {
			leaf = int64(m.leaves[f-m.imported.funcs])
		}
	case core.OpCallIndirect, core.OpReturnCallIndirect, core.OpCallRef, core.OpReturnCallRef:
		i, err := s.index(uint32(len(m.types)), "type index out of range")
		if err != nil {
			return err
		}
		t = m.types[i]
		if op.Immediates() == core.IndirectImm {
			if _, err := s.index(uint32(len(m.tables)), "table index out of range"); err != nil {
				return err
			}
		}
	default:
		panic(fmt.Sprintf("meter: unhandled call %v", op))
	}
	s.calls++
	s.operands += uint64(max(0, t.params+t.arity-4))
	cost += int64(units.Moves(t.params+t.arity)) + leaf
	tail := op == core.OpReturnCall || op == core.OpReturnCallIndirect || op == core.OpReturnCallRef
	if tail && m.cfg.Stack && !t.InRegisters() {
		return s.returnCall(op, at, cost, leaf)
	}
	if tail {
		s.leaves(at, cost+units.Leaf)
	}
	if err := s.spend(at, cost); err != nil {
		return err
	}
	if !tail {
		s.returned(leaf)
		return nil
	}
	leaves := int32(len(s.edits))
	s.edits = append(s.edits, edit{kind: editLeave, pos: at})
	s.returned(leaf)
	if s.cur != dead {
		s.steps = append(s.steps, step{kind: stepTail, arg: leaves})
	}
	top := len(s.open) - 1
	s.open[top].target = 0
	s.stop()
	return nil
}

// returnCall reads a tail call with so many operands that wazero makes a call and a return
// of it, whose frames add up: so they are written, and counted.
func (s *scanner) returnCall(op core.Op, at int, cost, leaf int64) *Error {
	if err := s.spend(at, cost); err != nil {
		return err
	}
	plain := map[core.Op]core.Op{core.OpReturnCall: core.OpCall, core.OpReturnCallIndirect: core.OpCallIndirect, core.OpReturnCallRef: core.OpCallRef}
	s.edits = append(s.edits, edit{kind: editOpcode, pos: at, skip: 1, arg: int32(plain[op])})
	s.returned(leaf)
	if err := s.spend(s.pos(), 1+s.edge+int64(units.Moves(int(s.open[0].carries)))); err != nil {
		return err
	}
	s.leave(uint32(len(s.open) - 1))
	s.edits = append(s.edits, edit{kind: editReturn, pos: s.pos(), arg: int32(s.labels - 1)})
	s.stop()
	return nil
}

// returned goes on after a call of a function. leaf is what the call of a leaf takes,
// which is counted already, and else 0: then the function checks, or may, and what runs
// from here on is charged from here on.
func (s *scanner) returned(leaf int64) {
	if leaf > 0 {
		if s.flush(); s.cur != dead { // it pays for itself
			s.regions[s.cur].cost -= leaf
			s.steps = append(s.steps, step{kind: stepRun, cost: -leaf})
		}
		return
	}
	if s.flush(); s.cur == dead {
		return
	}
	s.early = s.early || s.way.start != none
	s.way = way{none, max(s.way.most()+units.Leaf, units.Exit)}
	s.checks++
	s.steps = append(s.steps, step{kind: stepCall})
	s.begin(s.cur, false, s.pos())
}

// blockType reads a block type. Of one that is a value type it returns no more than how
// many parameters and results it has.
func (s *scanner) blockType() (funcType, *Error) {
	at := s.pos()
	if s.c.Peek() == core.BlockEmpty {
		s.c.Byte()
		return funcType{}, nil
	}
	t := s.c.BlockType()
	switch result := t.Result; {
	case s.c.Err() != nil && core.KindOf(s.c.Err()) != core.UnknownType:
		return funcType{}, s.err()
	case s.c.Err() != nil:
	case t.HasFunc && t.Func < uint32(len(s.m.types)):
		return s.m.types[t.Func], nil
	case t.HasFunc:
	case result.HasHeap():
		s.m.checkHeap(&s.c, result.Heap, at+1)
		return funcType{arity: 1}, s.err()
	case result.Code == 0 || plainType(result.Code):
		return funcType{arity: t.Results()}, nil
	}
	return funcType{}, s.fail(ErrMalformed, "unknown block type", at)
}

// openBlock reads a block, loop or if.
func (s *scanner) openBlock(op core.Op, at int) *Error {
	s.blocks++
	top := len(s.open)
	if err := s.limit("Nesting", uint64(top), s.m.cfg.Limits.Nesting, at); err != nil {
		return err
	}
	t, err := s.blockType()
	if err != nil {
		return err
	}
	s.operands += uint64(max(0, t.params+t.arity-4))
	cost := int64(units.Cost(op)) + s.edge + int64(units.Moves(t.params+t.arity))
	split := op == core.OpLoop && t.params == 0
	if split {
		cost += s.edge // of the block around it
	}
	if err := s.spend(at, cost); err != nil {
		return err
	}
	s.flush()
	f := control{
		op: op, out: s.labels, region: s.cur, target: int32(top), table: dead, carries: int32(t.arity), begin: s.way, end: nowhere,
		edit: len(s.edits), step: len(s.steps), called: s.calls, checks: s.checks, split: split,
	}
	s.steps = append(s.steps, step{kind: stepBlock})
	switch op {
	case core.OpIf:
		s.steps[f.step].kind = stepIf
		s.begin(s.cur, false, s.pos())
	case core.OpLoop:
		s.steps[f.step].kind = stepLoop
		s.loops++
		s.blocks += loopBlocks - 1
		f.carries = int32(t.params)
		// A loop that takes no operands can be surrounded by others of its own.
		kind := editLoopCheck
		if f.split {
			kind = editLoopHead
			s.edits = append(s.edits, edit{kind: editLoop, pos: at, arg: int32(s.pos() - at - 1)})
			f.out += 3
		}
		if s.cur != dead {
			s.way = way{none, 0}
		}
		s.begin(s.cur, true, s.pos())
		s.edits = append(s.edits, edit{kind: kind, pos: s.pos(), arg: s.cur})
	}
	s.labels = f.out + 1
	s.open = append(s.open, f)
	return nil
}

// closeBlock reads an end.
func (s *scanner) closeBlock(at int) *Error {
	top := len(s.open) - 1
	f := s.open[top]
	s.flush()
	if top == 0 {
		s.lasts = s.way.or(f.end).most() > units.Exit
		s.steps = append(s.steps, step{kind: stepEnd})
		s.edits = append(s.edits, edit{kind: editEnd, pos: at})
		s.open = s.open[:top]
		return nil
	}
	s.steps = append(s.steps, step{kind: stepEnd})
	s.open = s.open[:top]
	outer := &s.open[top-1]
	outer.target = min(outer.target, f.target)
	s.labels = f.out
	if f.split {
		s.labels -= 3
		if s.calls == f.called {
			s.kept = true
			s.edits[f.edit].kept = true
		}
		s.edits = append(s.edits, edit{kind: editLoopEnd, pos: s.pos()})
	}
	if f.op != core.OpLoop {
		s.way = s.way.or(f.end)
	}
	if f.op == core.OpIf {
		s.way = s.way.or(f.begin)
	}
	s.cur = f.region
	if s.way == nowhere {
		s.cur = dead
	}
	if s.checks != f.checks && f.op == core.OpLoop {
		s.steps[f.step].arg = 1
	}
	// Does something leave it by another way, or was a function called in it?
	if f.target == int32(top) && s.checks == f.checks {
		if f.table != dead {
			s.regions[f.table].spread = false
		}
		s.flush()
		return nil
	}
	s.begin(s.cur, false, s.pos())
	if f.table != dead {
		if s.cur != dead {
			s.regions[s.cur].table = f.table
		} else {
			s.regions[f.table].spread = false
		}
	}
	return nil
}

// replace writes a call of a helper in the place of the instruction at the position.
func (s *scanner) replace(at int, key helperKey) *Error {
	if err := s.spend(at, 0); err != nil {
		return err
	}
	s.helped = true
	s.edits = append(s.edits, edit{kind: editCall, pos: at, skip: s.pos() - at, arg: int32(s.helpers.index(key))})
	s.returned(0)
	return nil
}
