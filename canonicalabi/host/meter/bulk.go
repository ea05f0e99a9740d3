package meter

import (
	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	core "github.com/witgen/witgen/internal/wasm"
)

// A bulk is an operation on a range of memory or of a table with the operands
// (destination, source or value, length), all of them 32 bits but a table's value.
type bulk struct {
	fill, table bool
	size        core.Code // pushes the size of the destination, 64 bits
	sourceSize  core.Code // of the source, where it is not a fill
	write       core.Code // the operation
}

var memoryBytes = core.Seq(core.I(core.OpMemorySize, 0), extend, core.I64Const(16), core.I(core.OpI64Shl))

func tableElements(table uint32) core.Code { return core.Seq(core.I(core.OpTableSize, table), extend) }

func constSize(n uint32) core.Code { return core.I64Const(int64(n)) }

// extend makes 64 bits of an operand of 32.
var extend = core.I(core.OpI64ExtendI32U)

func getLocal(local uint32) core.Code { return core.I(core.OpLocalGet, local) }

// What the code of helpers takes, but for what is charged by length: all of it that
// runs once, one turn of a loop, and what grows.
const (
	helperCost = 64
	turnCost   = 40
	growCost   = 96
	startCost  = 8
)

// take takes a fixed amount from the slice.
func (h *helpers) take(units int64) core.Code {
	return core.Seq(get(h.globals.slice), core.I64Const(units), core.I(core.OpI64Sub), set(h.globals.slice))
}

// takeLength takes the fuel for a length in a local, which an instruction shifts by so many bits.
func (h *helpers) takeLength(local uint32, op core.Op, shift int64) core.Code {
	return core.Seq(get(h.globals.slice), getLocal(local), extend, core.I64Const(shift), core.I(op), core.I(core.OpI64Sub), set(h.globals.slice))
}

// refill calls what hands out the next slice, where the operand is not 0.
func (h *helpers) refill() core.Code { return core.If(core.I(core.OpCall, h.slow())) }

// check calls refill where the slice is used up.
func (h *helpers) check() core.Code { return core.Seq(get(h.globals.slice), below, h.refill()) }

// growBody charges for the length in a local and then grows, which is the host's work
// and so is not split. A length that nothing can grow by fails before.
func (h *helpers) growBody(length uint32, most int32, shift int64, grow core.Code) []byte {
	return core.Body(nil,
		h.take(growCost),
		getLocal(length), core.I32Const(most), core.I(core.OpI32GtU), core.If(core.I32Const(-1), core.I(core.OpReturn)),
		h.takeLength(length, core.OpI64Shl, shift),
		h.check(),
		grow)
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
	all := core.Seq(bounds(b, bulkTo, b.size), h.pieces(b, piece, shift, false))
	if !b.fill {
		// A source that starts before its destination is copied from its end, as the two
		// may overlap.
		all = core.Seq(
			bounds(b, bulkTo, b.size), bounds(b, bulkFrom, b.sourceSize),
			getLocal(bulkTo), getLocal(bulkFrom), core.I(core.OpI32GtU),
			core.IfElse(h.pieces(b, piece, shift, true), h.pieces(b, piece, shift, false)))
	}
	return core.Body(nil,
		h.take(helperCost),
		h.check(),
		getLocal(bulkLength), core.I32Const(piece), core.I(core.OpI32GtU), core.If(all),
		// At most one piece is left.
		h.takeLength(bulkLength, core.OpI64ShrU, shift),
		h.check(),
		getLocal(bulkTo), getLocal(bulkFrom), getLocal(bulkLength), b.write)
}

// bounds traps where the range that starts in a local leaves its bounds, by an operation
// on two elements where there is at most one.
func bounds(b bulk, start uint32, size core.Code) core.Code {
	return core.Seq(
		getLocal(start), extend, getLocal(bulkLength), extend, core.I(core.OpI64Add), size, core.I(core.OpI64GtU),
		core.If(core.I32Const(-1), getLocal(bulkFrom), core.I32Const(2), b.write, core.I(core.OpUnreachable)))
}

// pieces does pieces from the start, or from the end, until at most one is left.
func (h *helpers) pieces(b bulk, piece int32, shift int64, backward bool) core.Code {
	add := func(local uint32, by int32) core.Code {
		return core.Seq(getLocal(local), core.I32Const(by), core.I(core.OpI32Add), core.I(core.OpLocalSet, local))
	}
	end := func(local uint32) core.Code {
		return core.Seq(getLocal(local), getLocal(bulkLength), core.I(core.OpI32Add))
	}
	write := core.Seq(core.I32Const(piece), b.write)
	turn := core.Seq(getLocal(bulkTo), getLocal(bulkFrom), write, add(bulkTo, piece))
	switch {
	case backward:
		turn = core.Seq(add(bulkLength, -piece), end(bulkTo), end(bulkFrom), write)
	case b.fill:
		turn = core.Seq(turn, add(bulkLength, -piece))
	default:
		turn = core.Seq(turn, add(bulkFrom, piece), add(bulkLength, -piece))
	}
	return core.Loop(
		h.take(int64(piece)>>shift+turnCost),
		h.check(),
		turn,
		getLocal(bulkLength), core.I32Const(piece), core.I(core.OpI32GtU), core.I(core.OpBrIf, 0))
}
