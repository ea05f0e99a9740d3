package meter

// A bulk is an operation on a range of memory or of a table with the operands (destination, source or
// value, length), all of them 32 bits but a table's value.
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

// charge takes the fuel for a length in a local and calls the slow path where the slice is used up.
func (h *helpers) charge(a *asm, local uint32, shift int64, left bool) {
	g := h.globals
	a.globalGet(g.slice)
	a.localGet(local)
	a.op(opcodeI64ExtendU)
	a.i64(shift)
	if left {
		a.op(opcodeI64Shl)
	} else {
		a.op(opcodeI64ShrU)
	}
	a.op(opcodeI64Sub)
	a.globalSet(g.slice)
	a.globalGet(g.slice)
	a.i64(0)
	a.op(opcodeI64LtS)
	a.op(opcodeIf, blockEmpty)
	a.call(h.slow())
	a.op(opcodeEnd)
}

// growBody charges for the length in a local, unless it is more than there can be, and then grows.
func (h *helpers) growBody(length uint32, most int32, shift int64, grow func(*asm)) []byte {
	var a asm
	a.op(0)
	a.localGet(length)
	a.i32(most)
	a.op(opcodeI32GtU, opcodeI32Eqz, opcodeIf, blockEmpty)
	h.charge(&a, length, shift, true)
	a.op(opcodeEnd)
	grow(&a)
	a.op(opcodeEnd)
	return a
}

// chargedBody charges for the length and does the operation as it is. It is for those whose length
// cannot be more than a segment's.
func (h *helpers) chargedBody(shift int64, write func(*asm)) []byte {
	var a asm
	a.op(0)
	h.charge(&a, 2, shift, false)
	a.localGet(0)
	a.localGet(1)
	a.localGet(2)
	write(&a)
	a.op(opcodeEnd)
	return a
}

// splitBody charges for the length and then does the operation in chunks, with a look for interrupts
// after each. An operation that is short or leaves its bounds is done in one piece: it traps as it
// would have.
func (h *helpers) splitBody(b bulk) []byte {
	const dst, src, length = 0, 1, 2
	chunk, shift := int32(chunkBytes), int64(bulkShift)
	if b.table {
		chunk, shift = chunkElements, elementShift
	}
	var a asm
	a.op(0)
	h.charge(&a, length, shift, false)

	a.op(opcodeBlock, blockEmpty)
	// Short enough, or out of bounds?
	a.localGet(length)
	a.i32(chunk)
	a.op(opcodeI32GtU, opcodeI32Eqz, opcodeBrIf, 0)
	ends := func(local uint32, size func(*asm)) {
		a.localGet(local)
		a.op(opcodeI64ExtendU)
		a.localGet(length)
		a.op(opcodeI64ExtendU, opcodeI64Add)
		size(&a)
		a.op(opcodeI64GtU, opcodeBrIf, 0)
	}
	ends(dst, b.size)
	if !b.fill {
		ends(src, b.sourceSize)
	}

	if b.fill {
		h.forward(&a, b, chunk)
	} else {
		// A source that starts before its destination is copied from its end, as the two may overlap.
		a.localGet(dst)
		a.localGet(src)
		a.op(opcodeI32GtU, opcodeIf, blockEmpty)
		h.backward(&a, b, chunk)
		a.op(opcodeElse)
		h.forward(&a, b, chunk)
		a.op(opcodeEnd)
	}
	a.op(opcodeEnd)

	a.localGet(dst)
	a.localGet(src)
	a.localGet(length)
	b.write(&a)
	a.op(opcodeEnd)
	return a
}

// forward does chunks from the start until at most one is left.
func (h *helpers) forward(a *asm, b bulk, chunk int32) {
	a.op(opcodeLoop, blockEmpty)
	a.localGet(0)
	a.localGet(1)
	a.i32(chunk)
	b.write(a)
	advance := func(local uint32, by int32) {
		a.localGet(local)
		a.i32(by)
		a.op(opcodeI32Add)
		a.localSet(local)
	}
	advance(0, chunk)
	if !b.fill {
		advance(1, chunk)
	}
	advance(2, -chunk)
	h.nextChunk(a, chunk)
}

// backward does chunks from the end until at most one is left.
func (h *helpers) backward(a *asm, b bulk, chunk int32) {
	a.op(opcodeLoop, blockEmpty)
	a.localGet(2)
	a.i32(chunk)
	a.op(opcodeI32Sub)
	a.localSet(2)
	for _, local := range []uint32{0, 1} {
		a.localGet(local)
		a.localGet(2)
		a.op(opcodeI32Add)
	}
	a.i32(chunk)
	b.write(a)
	h.nextChunk(a, chunk)
}

// nextChunk ends the loop of forward and backward.
func (h *helpers) nextChunk(a *asm, chunk int32) {
	a.call(h.slow())
	a.localGet(2)
	a.i32(chunk)
	a.op(opcodeI32GtU, opcodeBrIf, 0, opcodeEnd)
}
