package meter

import (
	"fmt"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	core "github.com/witgen/witgen/internal/wasm"
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
	if prefix == core.MiscPrefix {
		n := s.c.Uint32()
		if op, ok := core.Prefixed(prefix, n); ok && supported(op) {
			return s.misc(op, at)
		}
		return s.unknown(prefix, n, at)
	}
	n := s.c.Byte()
	if err := s.err(); err != nil {
		return err
	}
	op, _ := core.Prefixed(prefix, uint32(n))
	if prefix == core.VectorPrefix {
		// Numbers from 0x80 on take two bytes, of which wazero looks at the first only.
		if n >= 0x80 {
			if s.c.Done() || s.c.Peek() != 1 {
				return s.unknown(prefix, uint32(n), at)
			}
			s.c.Byte()
		}
	}
	if err := s.spend(at, int64(units.Cost(op))); err != nil {
		return err
	}
	switch {
	case op == core.OpAtomicWait32, op == core.OpAtomicWait64:
		return s.fail(ErrUnsupported, "atomic wait", at)
	case !supported(op):
		return s.unknown(prefix, uint32(n), at)
	}
	switch imm := op.Immediates(); imm {
	case core.None:
	case core.MemArgImm:
		return s.memArg(at)
	case core.LaneImm:
		s.c.Byte()
	case core.MemArgLaneImm:
		err := s.memArg(at)
		s.c.Byte()
		return err
	case core.BytesImm:
		s.c.Bytes(16)
	case core.ZeroImm:
		if s.c.Done() || s.c.Peek() != 0 {
			return s.fail(ErrMalformed, fmt.Sprintf("operand of %v is not zero", op), s.pos())
		}
		s.c.Byte()
	default:
		panic(fmt.Sprintf("meter: unhandled immediates %d of %v", imm, op))
	}
	return nil
}

// unknown refuses the instruction of a number behind a prefix.
func (s *scanner) unknown(prefix byte, n uint32, at int) *Error {
	if err := s.err(); err != nil {
		return err
	}
	return s.fail(ErrUnsupported, fmt.Sprintf("unknown instruction %#02x %#02x", prefix, n), at)
}

// misc reads an instruction after the prefix 0xfc. The bulk operations become calls of
// helpers, which charge for the length and split the work.
func (s *scanner) misc(op core.Op, at int) *Error {
	m := s.m
	cost := int64(units.Cost(op))
	tables := uint32(len(m.tables))
	var a, b uint32
	var err *Error
	switch op {
	case core.OpDataDrop:
		if _, err = s.index(m.datas, "data segment out of range"); err != nil {
			return err
		}
		return s.spend(at, cost)
	case core.OpElemDrop:
		if _, err = s.index(m.elements, "element segment out of range"); err != nil {
			return err
		}
		return s.spend(at, cost)
	case core.OpTableSize:
		if _, err = s.index(tables, "table index out of range"); err != nil {
			return err
		}
		return s.spend(at, cost)
	case core.OpMemoryInit:
		if a, err = s.index(m.datas, "data segment out of range"); err == nil {
			err = s.zero(at)
		}
	case core.OpMemoryCopy:
		if err = s.zero(at); err == nil {
			err = s.zero(at)
		}
	case core.OpMemoryFill:
		err = s.zero(at)
	case core.OpTableInit:
		if a, err = s.index(m.elements, "element segment out of range"); err == nil {
			b, err = s.index(tables, "table index out of range")
		}
	case core.OpTableCopy:
		if a, err = s.index(tables, "table index out of range"); err == nil {
			b, err = s.index(tables, "table index out of range")
		}
	case core.OpTableGrow, core.OpTableFill:
		a, err = s.index(tables, "table index out of range")
	default: // saturating conversions
		return s.spend(at, cost)
	}
	if err != nil {
		return err
	}
	key := helperKey{op: op, a: a, b: b}
	if op != core.OpMemoryCopy && op != core.OpMemoryFill && op != core.OpMemoryInit {
		return s.replace(at, key)
	}
	// A short length that is a constant right before the instruction is charged with the
	// code around it.
	if s.constEnd == at {
		cost += int64(s.constVal >> units.BulkShift)
		if s.constVal > shortBytes || s.cost+cost > s.room || op == core.OpMemoryFill && s.bulks >= inlineBulks {
			return s.replace(at, key)
		}
		if op == core.OpMemoryFill {
			s.bulks++
		}
		return s.spend(at, cost)
	}
	if op == core.OpMemoryInit || s.bulks >= inlineBulks {
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
	s.edits = append(s.edits, edit{kind: editBulk, pos: at, skip: s.pos() - at, arg: int32(s.helpers.index(key))})
	if s.cur != dead {
		s.early = s.early || s.way.start != none
		s.way = way{none, max(s.way.most()+units.Leaf, short.most(), units.Exit)}
		s.checks++
		s.steps = append(s.steps, step{kind: stepCall})
		s.begin(s.cur, false, s.pos())
	}
	return nil
}

// bulkCost is what the code takes that stands for a memory.copy or memory.fill, with
// the operation but without its length.
const bulkCost = 3 + 3 + 1 + 3 + 8
