package meter

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/frame"
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
	m.frames.Funcs, m.frames.Imported = slices.Clone(m.funcs), m.imported.funcs
	h := &helpers{m: m, globals: m.meterGlobals(), first: uint32(len(m.funcs)), indices: map[helperKey]uint32{}, byType: map[string]uint32{}}
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
		h.m.frames.Funcs = append(h.m.frames.Funcs, h.typeOf(key))
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
		h.m.frames.Types = append(h.m.frames.Types, frame.Type{Params: nparams, Results: nresults})
	}
	return i
}

// typeOf returns the type of a helper.
func (h *helpers) typeOf(key helperKey) uint32 {
	three := []byte{typeI32, typeI32, typeI32}
	switch key.op {
	case helperSlow, helperStart:
		return h.funcType(nil, nil, 0, 0)
	case opMemoryGrow:
		return h.funcType([]byte{typeI32}, []byte{typeI32}, 1, 1)
	case opTableGrow:
		return h.funcType(slices.Concat(h.m.tables[key.a], []byte{typeI32}), []byte{typeI32}, 2, 1)
	case opTableFill:
		return h.funcType(slices.Concat([]byte{typeI32}, h.m.tables[key.a], []byte{typeI32}), nil, 3, 0)
	}
	return h.funcType(three, nil, 3, 0)
}

// A helper is a function that is added.
type helper struct {
	name string
	typ  uint32
	body []byte // locals and code
}

func (h *helpers) build(key helperKey) helper {
	b := helper{typ: h.typeOf(key)}
	switch key.op {
	case helperSlow:
		b.name, b.body = "refill", h.slowBody()
	case helperStart:
		b.name, b.body = "start", h.startBody()
	case opMemoryGrow:
		b.name, b.body = "memory.grow", h.growBody(0, 1<<16, units.PageShift, func(a *asm) {
			a.localGet(0)
			a.op(opcodeMemoryGrow, 0)
		})
	case opTableGrow:
		b.name, b.body = "table.grow", h.growBody(1, 1<<31-1, 0, func(a *asm) {
			a.localGet(0)
			a.localGet(1)
			a.misc(miscTableGrow, key.a)
		})
	case opMemoryFill:
		b.name, b.body = "memory.fill", h.splitBody(bulk{fill: true, size: memoryBytes, write: func(a *asm) { a.misc(miscMemoryFill, 0) }})
	case opMemoryCopy:
		b.name, b.body = "memory.copy", h.splitBody(bulk{size: memoryBytes, sourceSize: memoryBytes, write: func(a *asm) { a.misc(miscMemoryCopy, 0, 0) }})
	case opTableFill:
		b.name, b.body = "table.fill", h.splitBody(bulk{
			fill: true, table: true, size: tableElements(key.a), write: func(a *asm) { a.misc(miscTableFill, key.a) },
		})
	case opTableCopy:
		b.name, b.body = "table.copy", h.splitBody(bulk{
			table: true, size: tableElements(key.a), sourceSize: tableElements(key.b), write: func(a *asm) { a.misc(miscTableCopy, key.a, key.b) },
		})
	case opMemoryInit:
		b.name, b.body = "memory.init", h.splitBody(bulk{
			size: memoryBytes, sourceSize: constSize(h.m.dataSizes[key.a]), write: func(a *asm) { a.misc(miscMemoryInit, key.a, 0) },
		})
	case opTableInit:
		b.name, b.body = "table.init", h.splitBody(bulk{
			table: true, size: tableElements(key.b), sourceSize: constSize(h.m.elementSizes[key.a]), write: func(a *asm) { a.misc(miscTableInit, key.a, key.b) },
		})
	default:
		panic(fmt.Sprintf("meter: unhandled helper %d", key.op))
	}
	return b
}

// startFrame is what the function takes of the stack that calls the start function.
const startFrame = 1 << 10

// startBody calls the start function.
func (h *helpers) startBody() []byte {
	var a asm
	a.op(0)
	frame := func(bytes int64) {
		if h.m.cfg.Depth && !h.m.cfg.Stack {
			bytes = bytes / startFrame // one call
		}
		if h.m.cfg.Stack || h.m.cfg.Depth {
			a.globalGet(h.globals.stack)
			a.i64(bytes)
			a.op(opcodeI64Add)
			a.globalSet(h.globals.stack)
		}
	}
	frame(-startFrame)
	h.take(&a, startCost)
	h.checkBoth(&a)
	a.call(uint32(h.m.start))
	frame(startFrame)
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
