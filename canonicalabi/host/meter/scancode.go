package meter

import (
	"fmt"

	"github.com/witgen/witgen/internal/leb128"
)

// importCost is what a call of an imported function costs: entering the host takes about as long as
// this many instructions, so a guest that calls the host in a loop is checked about as often as others.
const importCost = 64

// loopBlocks is how many blocks a loop counts for: it becomes four.
const loopBlocks = 4

// scanCode reads the instructions of a function up to its end.
func (s *scanner) scanCode() *Error {
	in := s.m.in
	for len(s.frames) > 0 {
		if s.pos >= s.end {
			return s.fail(ErrMalformed, "unexpected end", s.pos)
		}
		at := s.pos
		c := in[at]
		s.pos++
		s.instructions++
		s.cost += int64(coreCosts[c])
		var err *Error
		switch coreOps[c] {
		case opNone:
		case opLocal:
			_, err = s.index(s.locals, "local index out of range")
		case opI32:
			err = s.i32Const()
		case opMemArg:
			err = s.memArg(at)
		case opGlobal:
			_, err = s.index(s.m.globals, "global index out of range")
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

// control reads the instructions that change where the code goes on, and the rarer others.
func (s *scanner) control(c byte, at int) *Error {
	m := s.m
	switch op := coreOps[c]; op {
	case opBlock, opLoop, opIf:
		return s.openBlock(c, at)
	case opElse:
		f := &s.frames[len(s.frames)-1]
		if f.op != opcodeIf {
			return s.fail(ErrMalformed, "else without if", at)
		}
		f.op = opcodeElse
		s.begin(f.region, false)
		return nil
	case opEnd:
		return s.closeBlock(at)
	case opBr:
		s.blocks++
		err := s.branch()
		s.stop()
		return err
	case opBrIf:
		s.blocks++
		if err := s.branch(); err != nil {
			return err
		}
		s.begin(s.cur, false)
		return nil
	case opTable:
		err := s.branchTable()
		s.stop()
		return err
	case opReturn:
		s.leave(uint32(len(s.frames) - 1))
		s.edits = append(s.edits, edit{kind: editReturn, pos: at, skip: 1, arg: int32(s.open - 1)})
		s.stop()
		return nil
	case opStop:
		s.stop()
		return nil
	case opCall, opCallIndirect, opCallRef:
		s.calls++
		return s.callee(op)
	case opReturnCall, opReturnCallIndirect, opReturnCallRef:
		s.calls++
		s.edits = append(s.edits, edit{kind: editLeave, pos: at})
		s.leave(uint32(len(s.frames) - 1))
		err := s.callee(op)
		s.stop()
		return err
	case opTableIndex:
		_, err := s.index(uint32(len(m.tables)), "table index out of range")
		return err
	case opMemory:
		return s.zero(at)
	case opMemoryGrow:
		if err := s.zero(at); err != nil {
			return err
		}
		s.replace(at, helperKey{op: opMemoryGrow})
		return nil
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

// branchTable reads the labels of a br_table and notes where it leads: if each label is the end of a
// block where a region of its own begins, this region's cost can be charged there.
func (s *scanner) branchTable() *Error {
	n, err := s.u32()
	if s.cur != dead {
		s.regions[s.cur].spread = true
	}
	for i := uint64(0); i <= uint64(n) && err == nil; i++ {
		s.blocks++
		at := s.pos
		if err = s.branch(); err != nil || s.cur == dead {
			continue
		}
		label, _ := leb128.Uint32(s.m.in[at:s.end])
		f := &s.frames[len(s.frames)-1-int(label)]
		if f.table == dead {
			f.table = s.cur
		}
		if f.table != s.cur || f.op == opcodeLoop || f == &s.frames[0] {
			s.regions[f.table].spread = false
			s.regions[s.cur].spread = false
		}
	}
	return err
}

// callee reads the operands of a call.
func (s *scanner) callee(op operand) *Error {
	m := s.m
	switch op {
	case opCall, opReturnCall:
		f, err := s.index(uint32(len(m.funcs)), "function index out of range")
		if err != nil {
			return err
		}
		if f < m.imported.funcs {
			s.cost += importCost - 1
		}
		s.passes(m.types[m.funcs[f]])
		return nil
	case opCallIndirect, opReturnCallIndirect:
		t, err := s.index(uint32(len(m.types)), "type index out of range")
		if err != nil {
			return err
		}
		s.passes(m.types[t])
		_, err = s.index(uint32(len(m.tables)), "table index out of range")
		return err
	default:
		t, err := s.index(uint32(len(m.types)), "type index out of range")
		if err == nil {
			s.passes(m.types[t])
		}
		return err
	}
}

// passes counts the operands that a call or a block passes, beyond a few.
func (s *scanner) passes(t funcType) {
	s.operands += uint64(max(0, t.params+t.arity-4))
}

// blockType reads a block type. Of one that is a value type it returns no more than that it has no
// parameters.
func (s *scanner) blockType() (t funcType, err *Error) {
	if s.pos < s.end {
		switch s.m.in[s.pos] {
		case blockEmpty, typeI32, typeI64, typeF32, typeF64, typeV128, typeFuncRef, typeExtern, typeExnRef:
			s.pos++
			return t, nil
		case typeRefNull, typeRef:
			return t, s.part(s.m.valueType)
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
			s.passes(t)
		}
	})
	return t, err
}

// openBlock reads a block, loop or if.
func (s *scanner) openBlock(c byte, at int) *Error {
	s.blocks++
	top := len(s.frames)
	if err := s.limit("Nesting", uint64(top), s.m.cfg.Limits.Nesting, at); err != nil {
		return err
	}
	t, err := s.blockType()
	if err != nil {
		return err
	}
	f := frame{op: c, out: s.open, region: s.cur, target: int32(top), table: dead, carries: int32(t.arity)}
	switch c {
	case opcodeIf:
		s.begin(s.cur, false)
	case opcodeLoop:
		s.checked = s.checked || s.calls == 0 && s.cur == 0
		// A loop that takes no operands can be surrounded by others of its own.
		f.split = t.params == 0
		f.carries = int32(t.params)
		s.blocks += loopBlocks - 1
		if f.split {
			f.edit, f.called = len(s.edits), s.calls
			s.edits = append(s.edits, edit{kind: editLoop, pos: at, arg: int32(s.pos - at - 1)})
			f.out += 3
		}
		s.begin(s.cur, true)
		kind := editLoopCheck
		if f.split {
			kind = editLoopHead
		}
		s.edits = append(s.edits, edit{kind: kind, pos: s.pos, arg: s.cur})
	}
	s.open = f.out + 1
	s.frames = append(s.frames, f)
	return nil
}

// closeBlock reads an end.
func (s *scanner) closeBlock(at int) *Error {
	top := len(s.frames) - 1
	f := s.frames[top]
	s.frames = s.frames[:top]
	s.flush()
	if top == 0 {
		s.edits = append(s.edits, edit{kind: editEnd, pos: at})
		return nil
	}
	outer := &s.frames[top-1]
	outer.target = min(outer.target, f.target)
	s.open = f.out
	if f.split {
		s.open -= 3
		if s.calls == f.called {
			s.kept = true
			s.edits[f.edit].kept = true
		}
		s.edits = append(s.edits, edit{kind: editLoopEnd, pos: s.pos})
	}
	s.cur = f.region
	if f.target < int32(top) { // something leaves it by another way
		s.begin(f.region, false)
		if f.table != dead && s.cur != dead {
			s.regions[s.cur].table = f.table
		}
	} else if f.table != dead {
		s.regions[f.table].spread = false
	}
	return nil
}

// replace writes a call of a helper in the place of the instruction at the position.
func (s *scanner) replace(at int, key helperKey) {
	s.edits = append(s.edits, edit{kind: editCall, pos: at, skip: s.pos - at, arg: int32(s.helpers.index(key))})
}
