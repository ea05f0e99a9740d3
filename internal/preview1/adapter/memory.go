//go:build wasip1

package adapter

// The instructions that access the guest's memory.

//go:wasmimport instruction i32.load8_u
func load8(at uint32) uint32

//go:wasmimport instruction i32.load16_u
func load16(at uint32) uint32

//go:wasmimport instruction i32.load
func load32(at uint32) uint32

//go:wasmimport instruction i64.load
func load64(at uint32) uint64

//go:wasmimport instruction i32.store8
func store8(at, v uint32)

//go:wasmimport instruction i32.store16
func store16(at, v uint32)

//go:wasmimport instruction i32.store
func store32(at, v uint32)

//go:wasmimport instruction i64.store
func store64(at uint32, v uint64)

//go:wasmimport instruction memory.size
func pages() uint32

//go:wasmimport instruction memory.copy
func copyMemory(to, from, n uint32)

// The functions of the module that keeps the adapter's state.

//go:wasmimport witgen_wasi_state load8
func stateLoad8(at uint32) uint32

//go:wasmimport witgen_wasi_state load32
func state32(at uint32) uint32

//go:wasmimport witgen_wasi_state load64
func state64(at uint32) uint64

//go:wasmimport witgen_wasi_state store8
func setState8(at, v uint32)

//go:wasmimport witgen_wasi_state store32
func setState32(at, v uint32)

//go:wasmimport witgen_wasi_state store64
func setState64(at uint32, v uint64)

// growState grows the state's memory by pages. It returns its size before, and the
// largest number where it cannot grow.
//
//go:wasmimport witgen_wasi_state grow
func growState(pages uint32) uint32

const pageShift = 16

// stateEnd is the end of what is taken of the state's memory. Address 0 is nobody's.
var stateEnd uint32 = 8

// stateSize is the size of the state's memory.
var stateSize uint32 = 1 << pageShift

// allocate takes n bytes of the state's memory, which are zero or what was there before.
func allocate(n uint32) uint32 {
	at := stateEnd
	if n > 1<<31-8-at {
		panic("the state is too large")
	}
	stateEnd = at + (n+7)&^7
	if stateEnd > stateSize {
		// Some more, so that growing is rare.
		more := (stateEnd-stateSize)>>pageShift + 1 + stateSize>>(pageShift+1)
		if growState(more) == 1<<32-1 {
			panic("the state cannot grow")
		}
		stateSize += more << pageShift
	}
	return at
}

// copyOut copies from the state to the guest's memory.
func copyOut(to, from, n uint32) {
	for n >= 8 {
		store64(to, state64(from))
		to, from, n = to+8, from+8, n-8
	}
	for n > 0 {
		store8(to, stateLoad8(from))
		to, from, n = to+1, from+1, n-1
	}
}

// copyIn copies from the guest's memory to the state.
func copyIn(to, from, n uint32) {
	for n >= 8 {
		setState64(to, load64(from))
		to, from, n = to+8, from+8, n-8
	}
	for n > 0 {
		setState8(to, load8(from))
		to, from, n = to+1, from+1, n-1
	}
}

// What is borrowed of the guest's memory: the bytes from borrowStart to borrowEnd, of
// which those up to savedEnd are saved in the state from savedAt on.
var (
	borrowStart uint32 = lowest
	borrowEnd   uint32 = lowest
	savedEnd    uint32 = lowest
	savedAt     uint32
)

// lowest is where the adapter borrows memory first.
const lowest = 1024

// borrow borrows n bytes with an alignment. It traps if the guest's memory has not so
// many.
func borrow(align, n uint32) uint32 {
	at := (borrowEnd + align - 1) &^ (align - 1)
	size := pages()
	if size < 1<<pageShift && (n > size<<pageShift || at > size<<pageShift-n) {
		panic("the guest's memory is too small for a result")
	}
	borrowEnd = at + n
	if savedEnd == borrowStart {
		savedAt = stateEnd
	}
	if borrowEnd > savedEnd {
		save((borrowEnd+7)&^7 - savedEnd)
	}
	return at
}

// save saves n more bytes, where n is a multiple of 8.
func save(n uint32) {
	to := allocate(n)
	if to != savedAt+savedEnd-borrowStart {
		panic("the state was allocated while memory is borrowed")
	}
	copyIn(to, savedEnd, n)
	savedEnd += n
}

// giveBack puts back all that was borrowed.
func giveBack() {
	copyOut(borrowStart, savedAt, savedEnd-borrowStart)
	if stateEnd == savedAt+savedEnd-borrowStart {
		stateEnd = savedAt // else something was kept behind it
	}
	borrowStart, borrowEnd, savedEnd = lowest, lowest, lowest
}

// The buffer of the guest's that the next list goes to, where receiving is true.
var (
	receiving          bool
	buffer, bufferSize uint32
)

// receive has the next list that an import returns written to a buffer of the guest's.
// It returns how many of the n bytes at that address may be asked for: memory that is
// borrowed meanwhile must lie outside of them.
func receive(at, n uint32) uint32 {
	const room = 4096
	if at < lowest+room {
		n = min32(n, 4*room)
		borrowStart = (at + n + 7) &^ 7
		borrowEnd, savedEnd = borrowStart, borrowStart
	}
	receiving, buffer, bufferSize = true, at, n
	return n
}

// received ends receive.
func received() {
	receiving = false
	giveBack()
}

// realloc allocates memory for what imports return.
//
//go:wasmexport cabi_import_realloc
func realloc(old, oldSize, align, size uint32) uint32 {
	if receiving {
		if size > bufferSize {
			panic("an import returns more than it was asked for")
		}
		return buffer
	}
	if old == 0 {
		return borrow(align, size)
	}
	if old+oldSize == borrowEnd {
		borrowEnd = old
		return borrow(align, size)
	}
	at := borrow(align, size)
	copyMemory(at, old, min32(oldSize, size))
	return at
}

func min32(a, b uint32) uint32 {
	if a < b {
		return a
	}
	return b
}
