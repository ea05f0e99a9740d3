package meter

import (
	"fmt"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	"github.com/witgen/witgen/internal/leb128"
)

// A helperKey names a helper: the instruction that it stands for and that instruction's indices.
type helperKey struct {
	op   operand
	a, b uint32
}

// The helpers that are not for an instruction.
const (
	helperSlow  operand = 250 + iota // what a check calls once the slice is used up
	helperStart                      // calls the start function
)

// helpers are the functions that are added to a module, and the types that they and the wrapped
// functions need.
type helpers struct {
	m       *module
	globals globals
	first   uint32 // function index of the first helper
	keys    []helperKey
	indices map[helperKey]uint32
	types   [][]byte
	byType  map[string]uint32
}

func newHelpers(m *module) *helpers {
	h := &helpers{m: m, globals: globalsAt(m.globals), first: uint32(len(m.funcs)), indices: map[helperKey]uint32{}, byType: map[string]uint32{}}
	h.index(helperKey{op: helperSlow})
	if m.start >= 0 {
		h.index(helperKey{op: helperStart})
	}
	return h
}

// index returns the function index of a helper, which is added where it is new.
func (h *helpers) index(key helperKey) uint32 {
	i, ok := h.indices[key]
	if !ok {
		i = h.first + uint32(len(h.keys))
		h.keys = append(h.keys, key)
		h.indices[key] = i
	}
	return i
}

func (h *helpers) slow() uint32 { return h.first }

// funcType returns the index of a type with these parameters and results.
func (h *helpers) funcType(params, results []byte, nparams, nresults int) uint32 {
	t := leb128.AppendUint32([]byte{0x60}, uint32(nparams))
	t = append(t, params...)
	t = leb128.AppendUint32(t, uint32(nresults))
	t = append(t, results...)
	i, ok := h.byType[string(t)]
	if !ok {
		i = uint32(len(h.m.types) + len(h.types))
		h.types = append(h.types, t)
		h.byType[string(t)] = i
	}
	return i
}

// A helper is a function that is added.
type helper struct {
	name string
	typ  uint32
	body []byte // locals and code
}

func (h *helpers) build(key helperKey) helper {
	threeI32 := []byte{typeI32, typeI32, typeI32}
	var b helper
	switch key.op {
	case helperSlow:
		return helper{"refill", h.funcType(nil, nil, 0, 0), h.slowBody()}
	case helperStart:
		return helper{"start", h.funcType(nil, nil, 0, 0), h.startBody()}
	case opMemoryGrow:
		return helper{"memory.grow", h.funcType([]byte{typeI32}, []byte{typeI32}, 1, 1), h.growBody(0, 1<<16, units.PageShift, func(a *asm) {
			a.localGet(0)
			a.op(opcodeMemoryGrow, 0)
		})}
	case opTableGrow:
		params := append(append([]byte{}, h.m.tables[key.a]...), typeI32)
		return helper{"table.grow", h.funcType(params, []byte{typeI32}, 2, 1), h.growBody(1, 1<<31-1, 0, func(a *asm) {
			a.localGet(0)
			a.localGet(1)
			a.misc(miscTableGrow, key.a)
		})}
	case opMemoryFill:
		b = helper{"memory.fill", h.funcType(threeI32, nil, 3, 0), h.splitBody(bulk{fill: true, size: memoryBytes, write: func(a *asm) { a.misc(miscMemoryFill, 0) }})}
	case opMemoryCopy:
		b = helper{"memory.copy", h.funcType(threeI32, nil, 3, 0), h.splitBody(bulk{size: memoryBytes, sourceSize: memoryBytes, write: func(a *asm) { a.misc(miscMemoryCopy, 0, 0) }})}
	case opTableFill:
		params := append(append([]byte{typeI32}, h.m.tables[key.a]...), typeI32)
		b = helper{"table.fill", h.funcType(params, nil, 3, 0), h.splitBody(bulk{
			fill: true, table: true, size: tableElements(key.a), write: func(a *asm) { a.misc(miscTableFill, key.a) },
		})}
	case opTableCopy:
		b = helper{"table.copy", h.funcType(threeI32, nil, 3, 0), h.splitBody(bulk{
			table: true, size: tableElements(key.a), sourceSize: tableElements(key.b), write: func(a *asm) { a.misc(miscTableCopy, key.a, key.b) },
		})}
	case opMemoryInit:
		b = helper{"memory.init", h.funcType(threeI32, nil, 3, 0), h.splitBody(bulk{
			size: memoryBytes, sourceSize: constSize(h.m.dataSizes[key.a]), write: func(a *asm) { a.misc(miscMemoryInit, key.a, 0) },
		})}
	case opTableInit:
		b = helper{"table.init", h.funcType(threeI32, nil, 3, 0), h.splitBody(bulk{
			table: true, size: tableElements(key.b), sourceSize: constSize(h.m.elementSizes[key.a]), write: func(a *asm) { a.misc(miscTableInit, key.a, key.b) },
		})}
	default:
		panic(fmt.Sprintf("meter: unhandled helper %d", key.op))
	}
	return b
}

// startBody calls the start function.
func (h *helpers) startBody() []byte {
	var a asm
	a.op(0)
	h.take(&a, startCost)
	h.check(&a)
	a.call(uint32(h.m.start))
	a.op(opcodeEnd)
	return a
}

// slowBody is called where the slice is used up or the stack is too deep. It traps where
// it must and says why in the cause; else it hands out the next slice of the fuel. In
// between it leaves the guest for a moment: memory.grow enters the host, which lets Go's
// scheduler and garbage collector stop the goroutine. Compiled code cannot be stopped
// otherwise, and a collection that waited for an endless loop would hold up the whole
// process, with whoever was to interrupt the loop.
func (h *helpers) slowBody() []byte {
	g := h.globals
	const total = 0 // local
	trap := func(a *asm, c Cause) {
		a.op(opcodeIf, blockEmpty)
		a.i32(int32(c))
		a.globalSet(g.cause)
		a.op(opcodeUnreachable, opcodeEnd)
	}
	var a asm
	a.op(1, 1, typeI64)

	a.globalGet(g.stack)
	a.below()
	trap(&a, TooDeep)

	a.globalGet(g.reserve)
	a.globalGet(g.slice)
	a.op(opcodeI64Add)
	a.opIndex(opcodeLocalTee, total)
	a.below()
	trap(&a, OutOfFuel)

	a.i32(0)
	a.op(opcodeMemoryGrow, 0, opcodeDrop)

	a.globalGet(g.flag)
	trap(&a, Interrupted)

	// slice = min(total, units.Slice); reserve = total - slice
	a.i64(units.Slice)
	a.localGet(total)
	a.localGet(total)
	a.i64(units.Slice)
	a.op(opcodeI64GtU, opcodeSelect)
	a.globalSet(g.slice)
	a.localGet(total)
	a.globalGet(g.slice)
	a.op(opcodeI64Sub)
	a.globalSet(g.reserve)
	a.op(opcodeEnd)
	return a
}
