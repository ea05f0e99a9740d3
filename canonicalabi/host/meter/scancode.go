package meter

import (
	"fmt"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	"github.com/witgen/witgen/internal/leb128"
)

// scanCode reads the instructions of a function up to its end.
func (s *scanner) scanCode() *Error {
	in := s.m.in
	for len(s.open) > 0 {
		if s.pos >= s.end {
			return s.fail(ErrMalformed, "unexpected end", s.pos)
		}
		at := s.pos
		c := in[at]
		s.pos++
		var err *Error
		if s.cost += int64(simpleCosts[c]); s.cost > s.room {
			s.cost -= int64(simpleCosts[c])
			if err := s.spend(at, int64(simpleCosts[c])); err != nil {
				return err
			}
		}
		switch coreOps[c] {
		case opNone:
		case opLocal:
			_, err = s.index(s.locals, "local index out of range")
		case opI32:
			err = s.i32Const()
		case opMemArg:
			err = s.memArg(at)
		case opGlobal:
			err = s.global()
		case opI64:
			n := varintLen(in[s.pos:s.end], leb128.MaxLen64)
			if n <= 0 {
				return s.fail(ErrMalformed, varintRule(n), s.pos)
			}
			s.pos += n
		case opF32:
			err = s.skip(4)
		case opF64:
			err = s.skip(8)
		case opPrefix:
			err = s.prefixed(c, at)
		case opInvalid:
			return s.fail(ErrUnsupported, fmt.Sprintf("unknown instruction %#02x", c), at)
		default:
			err = s.control(c, at)
		}
		if err != nil {
			return err
		}
	}
	if s.pos != s.end {
		return s.fail(ErrMalformed, "code after the function's end", s.pos)
	}
	return nil
}

// global reads the index of a global, and writes it anew where it is another one.
func (s *scanner) global() *Error {
	at := s.pos
	i, err := s.index(s.m.globals, "global index out of range")
	if moved := s.m.moved(i); err == nil && moved != i {
		s.edits = append(s.edits, edit{kind: editLabel, pos: at, skip: s.pos - at, arg: int32(moved)})
	}
	return err
}

func (s *scanner) i32Const() *Error {
	b := s.m.in[s.pos:s.end]
	n := varintLen(b, leb128.MaxLen32)
	if n <= 0 {
		return s.fail(ErrMalformed, varintRule(n), s.pos)
	}
	v, ok := leb128.Int32(b)
	s.pos += n
	if ok == n {
		s.constEnd, s.constVal = s.pos, uint32(v)
	}
	return nil
}

// control reads the instructions that change where the code goes on, and the rarer
// others.
func (s *scanner) control(c byte, at int) *Error {
	m := s.m
	cost := int64(units.Core[c])
	switch op := coreOps[c]; op {
	case opBlock, opLoop, opIf:
		return s.openBlock(c, at)
	case opElse:
		f := &s.open[len(s.open)-1]
		if f.op != opcodeIf {
			return s.fail(ErrMalformed, "else without if", at)
		}
		f.op = opcodeElse
		s.flush()
		f.end = f.end.or(s.way)
		s.way = f.begin
		s.steps = append(s.steps, step{kind: stepElse})
		s.begin(f.region, false, s.pos)
		return nil
	case opEnd:
		return s.closeBlock(at)
	case opBr, opBrIf:
		if err := s.spend(at, cost+s.edge+s.carries()); err != nil {
			return err
		}
		if err := s.branch(); err != nil {
			return err
		}
		if op == opBr {
			s.stop()
		} else {
			s.begin(s.cur, false, s.pos)
		}
		return nil
	case opTable:
		err := s.branchTable(at)
		s.stop()
		return err
	case opReturn:
		if err := s.spend(at, cost+s.edge+int64(units.Moves(int(s.open[0].carries)))); err != nil {
			return err
		}
		s.leave(uint32(len(s.open) - 1))
		s.edits = append(s.edits, edit{kind: editReturn, pos: at, skip: 1, arg: int32(s.labels - 1)})
		s.stop()
		return nil
	case opStop:
		s.stop()
		return nil
	case opCall, opCallIndirect, opCallRef, opReturnCall, opReturnCallIndirect, opReturnCallRef:
		return s.call(op, cost, at)
	case opTableIndex:
		_, err := s.index(uint32(len(m.tables)), "table index out of range")
		return err
	case opMemory:
		return s.zero(at)
	case opMemoryGrow:
		if err := s.zero(at); err != nil {
			return err
		}
		return s.replace(at, helperKey{op: opMemoryGrow})
	case opRefNull:
		return s.part(m.nullType)
	case opRefFunc:
		_, err := s.index(uint32(len(m.funcs)), "function index out of range")
		return err
	case opSelect:
		if n, err := s.u32(); err != nil || n != 1 {
			if err == nil {
				err = s.fail(ErrMalformed, "select of more than one value", at)
			}
			return err
		}
		return s.part(m.valueType)
	case opException:
		return s.fail(ErrUnsupported, "exceptions", at)
	default:
		panic(fmt.Sprintf("meter: unhandled operand %d", op))
	}
}

// carries returns what the operands take that a branch to the label at the current
// position passes.
func (s *scanner) carries() int64 {
	label, n := leb128.Uint32(s.m.in[s.pos:s.end])
	if n <= 0 || uint64(label) >= uint64(len(s.open)) {
		return 0 // an error soon
	}
	return int64(units.Moves(int(s.open[len(s.open)-1-int(label)].carries)))
}

// branchTable reads the labels of a br_table and notes where it leads: if each label is
// the end of a block where a region of its own begins, this region's cost can be
// charged there.
func (s *scanner) branchTable(at int) *Error {
	n, err := s.u32()
	if err != nil {
		return err
	}
	if err := s.spend(at, int64(units.Core[opcodeBrTable])+s.edge+s.carries()); err != nil {
		return err
	}
	if s.cur != dead {
		s.regions[s.cur].spread = true
	}
	for i := uint64(0); i <= uint64(n) && err == nil; i++ {
		at := s.pos
		if err = s.branch(); err != nil || s.cur == dead {
			continue
		}
		label, _ := leb128.Uint32(s.m.in[at:s.end])
		f := &s.open[len(s.open)-1-int(label)]
		if f.table == dead {
			f.table = s.cur
		}
		if f.table != s.cur || f.op == opcodeLoop || f == &s.open[0] {
			s.regions[f.table].spread = false
			s.regions[s.cur].spread = false
		}
	}
	return err
}

// call reads a call or tail call. cost is what the instruction takes by itself.
func (s *scanner) call(op operand, cost int64, at int) *Error {
	m := s.m
	var t funcType
	var leaf int64
	switch op {
	case opCall, opReturnCall:
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
	case opCallIndirect, opReturnCallIndirect, opCallRef, opReturnCallRef:
		i, err := s.index(uint32(len(m.types)), "type index out of range")
		if err != nil {
			return err
		}
		t = m.types[i]
		if op == opCallIndirect || op == opReturnCallIndirect {
			if _, err := s.index(uint32(len(m.tables)), "table index out of range"); err != nil {
				return err
			}
		}
	default:
		panic(fmt.Sprintf("meter: unhandled call %d", op))
	}
	s.calls++
	cost += int64(units.Moves(t.params+t.arity)) + leaf
	tail := op == opReturnCall || op == opReturnCallIndirect || op == opReturnCallRef
	if tail && m.cfg.Stack && !t.InRegisters() {
		return s.returnCall(at, cost, leaf)
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
func (s *scanner) returnCall(at int, cost, leaf int64) *Error {
	if err := s.spend(at, cost); err != nil {
		return err
	}
	plain := map[byte]int32{opcodeReturnCall: opcodeCall, opcodeReturnCallIndirect: opcodeCallIndirect, opcodeReturnCallRef: opcodeCallRef}
	s.edits = append(s.edits, edit{kind: editOpcode, pos: at, skip: 1, arg: plain[s.m.in[at]]})
	s.returned(leaf)
	if err := s.spend(s.pos, 1+s.edge+int64(units.Moves(int(s.open[0].carries)))); err != nil {
		return err
	}
	s.leave(uint32(len(s.open) - 1))
	s.edits = append(s.edits, edit{kind: editReturn, pos: s.pos, arg: int32(s.labels - 1)})
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
	s.begin(s.cur, false, s.pos)
}

// blockType reads a block type. Of one that is a value type it returns no more than how
// many parameters and results it has.
func (s *scanner) blockType() (t funcType, err *Error) {
	if s.pos < s.end {
		switch s.m.in[s.pos] {
		case blockEmpty:
			s.pos++
			return t, nil
		case typeI32, typeI64, typeF32, typeF64, typeV128, typeFuncRef, typeExtern, typeExnRef:
			s.pos++
			return funcType{arity: 1}, nil
		case typeRefNull, typeRef:
			return funcType{arity: 1}, s.part(s.m.valueType)
		}
	}
	at := s.pos
	err = s.part(func(r *reader) {
		i := r.s33()
		if (i < 0 || i >= int64(len(s.m.types))) && r.err == nil {
			r.pos = at
			r.fail(ErrMalformed, "unknown block type")
			return
		}
		if r.err == nil {
			t = s.m.types[i]
		}
	})
	return t, err
}

// openBlock reads a block, loop or if.
func (s *scanner) openBlock(c byte, at int) *Error {
	top := len(s.open)
	if err := s.limit("Nesting", uint64(top), s.m.cfg.Limits.Nesting, at); err != nil {
		return err
	}
	t, err := s.blockType()
	if err != nil {
		return err
	}
	cost := int64(units.Core[c]) + s.edge + int64(units.Moves(t.params+t.arity))
	split := c == opcodeLoop && t.params == 0
	if split {
		cost += s.edge // of the block around it
	}
	if err := s.spend(at, cost); err != nil {
		return err
	}
	s.flush()
	f := control{
		op: c, out: s.labels, region: s.cur, target: int32(top), table: dead, carries: int32(t.arity), begin: s.way, end: nowhere,
		edit: len(s.edits), step: len(s.steps), called: s.calls, checks: s.checks, split: split,
	}
	s.steps = append(s.steps, step{kind: stepBlock})
	switch c {
	case opcodeIf:
		s.steps[f.step].kind = stepIf
		s.begin(s.cur, false, s.pos)
	case opcodeLoop:
		s.steps[f.step].kind = stepLoop
		s.loops++
		f.carries = int32(t.params)
		// A loop that takes no operands can be surrounded by others of its own.
		kind := editLoopCheck
		if f.split {
			kind = editLoopHead
			s.edits = append(s.edits, edit{kind: editLoop, pos: at, arg: int32(s.pos - at - 1)})
			f.out += 3
		}
		if s.cur != dead {
			s.way = way{none, 0}
		}
		s.begin(s.cur, true, s.pos)
		s.edits = append(s.edits, edit{kind: kind, pos: s.pos, arg: s.cur})
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
		s.edits = append(s.edits, edit{kind: editLoopEnd, pos: s.pos})
	}
	if f.op != opcodeLoop {
		s.way = s.way.or(f.end)
	}
	if f.op == opcodeIf {
		s.way = s.way.or(f.begin)
	}
	s.cur = f.region
	if s.way == nowhere {
		s.cur = dead
	}
	if s.checks != f.checks && f.op == opcodeLoop {
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
	s.begin(s.cur, false, s.pos)
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
	s.edits = append(s.edits, edit{kind: editCall, pos: at, skip: s.pos - at, arg: int32(s.helpers.index(key))})
	s.returned(0)
	return nil
}
