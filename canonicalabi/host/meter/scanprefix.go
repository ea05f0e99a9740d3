package meter

import (
	"fmt"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
)

// A memory.copy or memory.fill of at most shortBytes is done where it stands, as a call
// takes longer than the work; but of each function only the first inlineBulks, since
// what is written around them, and what wazero makes of each, are blocks.
const (
	shortBytes  = 1 << 10
	inlineBulks = 4
)

// prefixed reads an instruction of two bytes or more.
func (s *scanner) prefixed(prefix byte, at int) *Error {
	if prefix == opcodeMisc {
		code, err := s.u32()
		if err != nil {
			return err
		}
		op := opInvalid
		if code < uint32(len(miscOps)) {
			op = miscOps[code]
		}
		return s.misc(op, code, at)
	}
	if s.pos >= s.end {
		return s.fail(ErrMalformed, "unexpected end", s.pos)
	}
	code := s.m.in[s.pos]
	s.pos++
	if prefix == opcodeAtomic {
		if err := s.spend(at, int64(units.Atomic[code])); err != nil {
			return err
		}
		switch atomicOps[code] {
		case opMemArg:
			return s.memArg(at)
		case opWait:
			return s.fail(ErrUnsupported, "atomic wait", at)
		case opFence:
			if s.pos >= s.end || s.m.in[s.pos] != 0 {
				return s.fail(ErrMalformed, "operand of atomic.fence is not zero", s.pos)
			}
			s.pos++
			return nil
		}
		return s.fail(ErrUnsupported, fmt.Sprintf("unknown instruction 0xfe %#02x", code), at)
	}
	// Codes from 0x80 on take two bytes, of which wazero looks at the first only.
	if code >= 0x80 {
		if s.pos >= s.end || s.m.in[s.pos] != 1 {
			return s.fail(ErrUnsupported, fmt.Sprintf("unknown instruction 0xfd %#02x", code), at)
		}
		s.pos++
	}
	if err := s.spend(at, int64(units.Vector[code])); err != nil {
		return err
	}
	switch vectorOps[code] {
	case opNone:
		return nil
	case opMemArg:
		return s.memArg(at)
	case opLane:
		return s.skip(1)
	case opMemArgLane:
		if err := s.memArg(at); err != nil {
			return err
		}
		return s.skip(1)
	case op16Bytes:
		return s.skip(16)
	}
	return s.fail(ErrUnsupported, fmt.Sprintf("unknown instruction 0xfd %#02x", code), at)
}

// misc reads an instruction after the prefix 0xfc. The bulk operations become calls of
// helpers, which charge for the length and split the work.
func (s *scanner) misc(op operand, code uint32, at int) *Error {
	m := s.m
	tables := uint32(len(m.tables))
	var a, b uint32
	var err *Error
	switch op {
	case opNone:
		return s.spend(at, int64(units.Misc[code]))
	case opDataDrop:
		if _, err = s.index(m.datas, "data segment out of range"); err != nil {
			return err
		}
		return s.spend(at, int64(units.Misc[code]))
	case opElemDrop:
		if _, err = s.index(m.elements, "element segment out of range"); err != nil {
			return err
		}
		return s.spend(at, int64(units.Misc[code]))
	case opTableIndex:
		if _, err = s.index(tables, "table index out of range"); err != nil {
			return err
		}
		return s.spend(at, int64(units.Misc[code]))
	case opMemoryInit:
		if a, err = s.index(m.datas, "data segment out of range"); err == nil {
			err = s.zero(at)
		}
	case opMemoryCopy:
		if err = s.zero(at); err == nil {
			err = s.zero(at)
		}
	case opMemoryFill:
		err = s.zero(at)
	case opTableInit:
		if a, err = s.index(m.elements, "element segment out of range"); err == nil {
			b, err = s.index(tables, "table index out of range")
		}
	case opTableCopy:
		if a, err = s.index(tables, "table index out of range"); err == nil {
			b, err = s.index(tables, "table index out of range")
		}
	case opTableGrow, opTableFill:
		a, err = s.index(tables, "table index out of range")
	default:
		return s.fail(ErrUnsupported, fmt.Sprintf("unknown instruction 0xfc %#02x", code), at)
	}
	if err != nil {
		return err
	}
	key := helperKey{op: op, a: a, b: b}
	if op != opMemoryCopy && op != opMemoryFill && op != opMemoryInit {
		return s.replace(at, key)
	}
	// A short length that is a constant right before the instruction is charged with the
	// code around it.
	if s.constEnd == at {
		cost := int64(units.Misc[code]) + int64(s.constVal>>units.BulkShift)
		if s.constVal > shortBytes || s.cost+cost > s.room || op == opMemoryFill && s.bulks >= inlineBulks {
			return s.replace(at, key)
		}
		if op == opMemoryFill {
			s.bulks++
		}
		return s.spend(at, cost)
	}
	if op == opMemoryInit || s.bulks >= inlineBulks {
		return s.replace(at, key)
	}
	s.bulks++
	s.bulk, s.helped = true, true
	if err := s.spend(at, bulkCost+s.edge); err != nil {
		return err
	}
	s.flush()
	short := s.way
	short.run(shortBytes >> units.BulkShift)
	s.edits = append(s.edits, edit{kind: editBulk, pos: at, skip: s.pos - at, arg: int32(s.helpers.index(key))})
	if s.cur != dead {
		s.early = s.early || s.way.start != none
		s.way = way{none, max(s.way.most()+units.Leaf, short.most(), units.Exit)}
		s.checks++
		s.steps = append(s.steps, step{kind: stepCall})
		s.begin(s.cur, false, s.pos)
	}
	return nil
}

// bulkCost is what the code takes that stands for a memory.copy or memory.fill, with
// the operation but without its length.
const bulkCost = 3 + 3 + 1 + 3 + 8
