package meter

import "github.com/witgen/witgen/canonicalabi/host/meter/internal/units"

// A bulk is an operation on a range of memory or of a table with the operands
// (destination, source or value, length), all of them 32 bits but a table's value.
type bulk struct {
	fill, table bool
	size        func(*asm) // pushes the size of the destination, 64 bits
	sourceSize  func(*asm) // of the source, where it is not a fill
	write       func(*asm) // the operation
}

func memoryBytes(a *asm) {
	a.op(opcodeMemorySize, 0, opcodeI64ExtendU)
	a.i64(16)
	a.op(opcodeI64Shl)
}

func tableElements(table uint32) func(*asm) {
	return func(a *asm) {
		a.misc(miscTableSize, table)
		a.op(opcodeI64ExtendU)
	}
}

func constSize(n uint32) func(*asm) {
	return func(a *asm) { a.i64(int64(n)) }
}

// What the code of helpers takes, but for what is charged by length: all of it that
// runs once, one turn of a loop, and what grows.
const (
	helperCost = 64
	turnCost   = 40
	growCost   = 96
	startCost  = 8
)

// take takes a fixed amount from the slice.
func (h *helpers) take(a *asm, units int64) {
	a.globalGet(h.globals.slice)
	a.i64(units)
	a.op(opcodeI64Sub)
	a.globalSet(h.globals.slice)
}

// takeLength takes the fuel for a length in a local.
func (h *helpers) takeLength(a *asm, local uint32, shift int64, left bool) {
	a.globalGet(h.globals.slice)
	a.localGet(local)
	a.op(opcodeI64ExtendU)
	a.i64(shift)
	if left {
		a.op(opcodeI64Shl)
	} else {
		a.op(opcodeI64ShrU)
	}
	a.op(opcodeI64Sub)
	a.globalSet(h.globals.slice)
}

// check calls refill where the slice is used up.
func (h *helpers) check(a *asm) {
	a.globalGet(h.globals.slice)
	a.below()
	a.op(opcodeIf, blockEmpty)
	a.call(h.slow())
	a.op(opcodeEnd)
}

// checkBoth calls refill where the slice is used up or the stack too deep.
func (h *helpers) checkBoth(a *asm) {
	a.globalGet(h.globals.slice)
	a.globalGet(h.globals.stack)
	a.op(opcodeI64Or)
	a.below()
	a.op(opcodeIf, blockEmpty)
	a.call(h.slow())
	a.op(opcodeEnd)
}

// growBody charges for the length in a local and then grows, which is the host's work
// and so is not split. A length that nothing can grow by fails before.
func (h *helpers) growBody(length uint32, most int32, shift int64, grow func(*asm)) []byte {
	var a asm
	a.op(0)
	h.take(&a, growCost)
	a.localGet(length)
	a.i32(most)
	a.op(opcodeI32GtU, opcodeIf, blockEmpty)
	a.i32(-1)
	a.op(opcodeReturn, opcodeEnd)
	h.takeLength(&a, length, shift, true)
	h.check(&a)
	grow(&a)
	a.op(opcodeEnd)
	return a
}

// The parameters of the helpers of bulk operations.
const (
	bulkTo, bulkFrom, bulkLength = 0, 1, 2
)

// splitBody does an operation in pieces, of which each is charged before and followed by
// a check. One that leaves its bounds traps as it would have, before it has done
// anything.
func (h *helpers) splitBody(b bulk) []byte {
	piece, shift := int32(units.PieceBytes), int64(units.BulkShift)
	if b.table {
		piece, shift = units.PieceElements, units.ElementShift
	}
	var a asm
	a.op(0)
	h.take(&a, helperCost)
	h.check(&a)
	a.localGet(bulkLength)
	a.i32(piece)
	a.op(opcodeI32GtU, opcodeIf, blockEmpty)
	h.bounds(&a, b, bulkTo, b.size)
	if b.fill {
		h.pieces(&a, b, piece, shift, false)
	} else {
		h.bounds(&a, b, bulkFrom, b.sourceSize)
		// A source that starts before its destination is copied from its end, as the two
		// may overlap.
		a.localGet(bulkTo)
		a.localGet(bulkFrom)
		a.op(opcodeI32GtU, opcodeIf, blockEmpty)
		h.pieces(&a, b, piece, shift, true)
		a.op(opcodeElse)
		h.pieces(&a, b, piece, shift, false)
		a.op(opcodeEnd)
	}
	a.op(opcodeEnd)
	// At most one piece is left.
	h.takeLength(&a, bulkLength, shift, false)
	h.check(&a)
	a.localGet(bulkTo)
	a.localGet(bulkFrom)
	a.localGet(bulkLength)
	b.write(&a)
	a.op(opcodeEnd)
	return a
}

// bounds traps where the range that starts in a local leaves its bounds, by an operation
// on two elements where there is at most one.
func (h *helpers) bounds(a *asm, b bulk, start uint32, size func(*asm)) {
	a.localGet(start)
	a.op(opcodeI64ExtendU)
	a.localGet(bulkLength)
	a.op(opcodeI64ExtendU, opcodeI64Add)
	size(a)
	a.op(opcodeI64GtU, opcodeIf, blockEmpty)
	a.i32(-1)
	a.localGet(bulkFrom)
	a.i32(2)
	b.write(a)
	a.op(opcodeUnreachable, opcodeEnd)
}

// pieces does pieces from the start, or from the end, until at most one is left.
func (h *helpers) pieces(a *asm, b bulk, piece int32, shift int64, backward bool) {
	a.op(opcodeLoop, blockEmpty)
	h.take(a, int64(piece)>>shift+turnCost)
	h.check(a)
	add := func(local uint32, by int32) {
		a.localGet(local)
		a.i32(by)
		a.op(opcodeI32Add)
		a.localSet(local)
	}
	if backward {
		add(bulkLength, -piece)
		for _, local := range []uint32{bulkTo, bulkFrom} {
			a.localGet(local)
			a.localGet(bulkLength)
			a.op(opcodeI32Add)
		}
	} else {
		a.localGet(bulkTo)
		a.localGet(bulkFrom)
	}
	a.i32(piece)
	b.write(a)
	if !backward {
		add(bulkTo, piece)
		if !b.fill {
			add(bulkFrom, piece)
		}
		add(bulkLength, -piece)
	}
	a.localGet(bulkLength)
	a.i32(piece)
	a.op(opcodeI32GtU, opcodeBrIf, 0, opcodeEnd)
}
