package meter

import "fmt"

// bulkShift and elementShift give the fuel for bulk operations: one unit for each 16 bytes of memory
// and for each 2 elements of a table, which are as large. chunkBytes and chunkElements are what one
// operation does at most before interrupts are looked for. A memory.copy or memory.fill of at most
// shortBytes is done where it stands, as a call takes longer than the work.
const (
	bulkShift     = 4
	elementShift  = 1
	shortBytes    = 1 << 10
	chunkBytes    = 256 << 10
	chunkElements = chunkBytes / 8
	pageShift     = 16 - bulkShift // fuel for a page of memory
)

// prefixed reads an instruction of two bytes or more, whose cost for one instruction is counted.
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

// misc reads an instruction after the prefix 0xfc. The bulk operations become calls of helpers, which
// charge for the length and split the work.
func (s *scanner) misc(op operand, code uint32, at int) *Error {
	m := s.m
	tables := uint32(len(m.tables))
	var a, b uint32
	var err *Error
	switch op {
	case opNone:
		return nil
	case opDataDrop:
		_, err = s.index(m.datas, "data segment out of range")
		return err
	case opElemDrop:
		_, err = s.index(m.elements, "element segment out of range")
		return err
	case opTableIndex:
		_, err = s.index(tables, "table index out of range")
		return err
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
	// A short length that is a constant right before the instruction is charged with the code around it.
	if s.constEnd == at && s.constVal <= shortBytes && (op == opMemoryCopy || op == opMemoryFill || op == opMemoryInit) {
		s.cost += int64(s.constVal >> bulkShift)
		return nil
	}
	s.replace(at, helperKey{op: op, a: a, b: b})
	if op == opMemoryCopy || op == opMemoryFill {
		s.edits[len(s.edits)-1].kind = editBulk
		s.bulk = true
	}
	return nil
}
