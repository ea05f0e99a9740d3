package meter

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/frame"
	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	core "github.com/witgen/witgen/internal/wasm"
)

// A helperKey names a helper: the instruction that it stands for and that instruction's indices.
type helperKey struct {
	op   core.Op
	a, b uint32
}

// The helpers that are not for an instruction, by numbers that none has.
const (
	helperSlow  core.Op = 1<<24 + iota // what a check calls once the slice is used up
	helperStart                        // calls the start function
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

// funcType returns the index of a type with these parameters and results, in binary.
func (h *helpers) funcType(params, results []byte, nparams, nresults int) uint32 {
	var t core.Writer
	t.Byte(core.FuncForm)
	t.Uint32(uint32(nparams))
	t.Byte(params...)
	t.Uint32(uint32(nresults))
	t.Byte(results...)
	i, ok := h.byType[string(t.Buf)]
	if !ok {
		i = uint32(len(h.m.types) + len(h.types))
		h.types = append(h.types, t.Buf)
		h.byType[string(t.Buf)] = i
		h.m.frames.Types = append(h.m.frames.Types, frame.Type{Params: nparams, Results: nresults})
	}
	return i
}

// typeOf returns the type of a helper.
func (h *helpers) typeOf(key helperKey) uint32 {
	i32 := []byte{core.CodeI32}
	switch key.op {
	case helperSlow, helperStart:
		return h.funcType(nil, nil, 0, 0)
	case core.OpMemoryGrow:
		return h.funcType(i32, i32, 1, 1)
	case core.OpTableGrow:
		return h.funcType(slices.Concat(h.m.tables[key.a], i32), i32, 2, 1)
	case core.OpTableFill:
		return h.funcType(slices.Concat(i32, h.m.tables[key.a], i32), nil, 3, 0)
	}
	return h.funcType(slices.Concat(i32, i32, i32), nil, 3, 0)
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
		return b
	case helperStart:
		b.name, b.body = "start", h.startBody()
		return b
	case core.OpMemoryGrow:
		b.body = h.growBody(0, 1<<16, units.PageShift, core.Seq(getLocal(0), core.I(key.op, 0)))
	case core.OpTableGrow:
		b.body = h.growBody(1, 1<<31-1, 0, core.Seq(getLocal(0), getLocal(1), core.I(key.op, key.a)))
	case core.OpMemoryFill:
		b.body = h.splitBody(bulk{fill: true, size: memoryBytes, write: core.I(key.op, 0)})
	case core.OpMemoryCopy:
		b.body = h.splitBody(bulk{size: memoryBytes, sourceSize: memoryBytes, write: core.I(key.op, 0, 0)})
	case core.OpTableFill:
		b.body = h.splitBody(bulk{fill: true, table: true, size: tableElements(key.a), write: core.I(key.op, key.a)})
	case core.OpTableCopy:
		b.body = h.splitBody(bulk{table: true, size: tableElements(key.a), sourceSize: tableElements(key.b), write: core.I(key.op, key.a, key.b)})
	case core.OpMemoryInit:
		b.body = h.splitBody(bulk{size: memoryBytes, sourceSize: constSize(h.m.dataSizes[key.a]), write: core.I(key.op, key.a, 0)})
	case core.OpTableInit:
		b.body = h.splitBody(bulk{
			table: true, size: tableElements(key.b), sourceSize: constSize(h.m.elementSizes[key.a]), write: core.I(key.op, key.a, key.b),
		})
	default:
		panic(fmt.Sprintf("meter: unhandled helper %v", key.op))
	}
	b.name = key.op.String()
	return b
}

// startFrame is what the function takes of the stack that calls the start function.
const startFrame = 1 << 10

// startBody calls the start function.
func (h *helpers) startBody() []byte {
	frame := func(bytes int64) core.Code {
		switch cfg := h.m.cfg; {
		case cfg.Stack:
		case cfg.Depth:
			bytes /= startFrame // one call
		default:
			return nil
		}
		return core.Seq(get(h.globals.stack), core.I64Const(bytes), core.I(core.OpI64Add), set(h.globals.stack))
	}
	return core.Body(nil,
		frame(-startFrame),
		h.take(startCost),
		// The stack is checked with the slice.
		get(h.globals.slice), get(h.globals.stack), core.I(core.OpI64Or), below, h.refill(),
		core.I(core.OpCall, uint32(h.m.start)),
		frame(startFrame))
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
	trap := func(c Cause) core.Code {
		return core.If(core.I32Const(int32(c)), set(g.cause), core.I(core.OpUnreachable))
	}
	return core.Body([]core.ValType{core.I64},
		get(g.stack), below, trap(TooDeep),
		get(g.reserve), get(g.slice), core.I(core.OpI64Add), core.I(core.OpLocalTee, total), below, trap(OutOfFuel),
		core.I32Const(0), core.I(core.OpMemoryGrow, 0), core.I(core.OpDrop),
		get(g.flag), trap(Interrupted),
		// slice = min(total, units.Slice); reserve = total - slice
		core.I64Const(units.Slice), core.I(core.OpLocalGet, total),
		core.I(core.OpLocalGet, total), core.I64Const(units.Slice), core.I(core.OpI64GtU), core.I(core.OpSelect), set(g.slice),
		core.I(core.OpLocalGet, total), get(g.slice), core.I(core.OpI64Sub), set(g.reserve))
}

// get and set read and write a global.
func get(global uint32) core.Code { return core.I(core.OpGlobalGet, global) }
func set(global uint32) core.Code { return core.I(core.OpGlobalSet, global) }

// below compares the operand with 0.
var below = core.Seq(core.I64Const(0), core.I(core.OpI64LtS))
