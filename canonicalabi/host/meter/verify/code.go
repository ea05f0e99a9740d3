package verify

import (
	"github.com/witgen/witgen/canonicalabi/host/meter/internal/frame"
	"github.com/witgen/witgen/internal/wasm"
)

// An instr is an instruction of a function.
type instr struct {
	op     wasm.Op
	at     int // offset
	x, y   uint32
	value  int64    // of a constant
	labels []uint32 // of br_table
	typ    funcType // of a block
	// calls tells of a loop whether it contains calls of functions that check.
	calls bool
}

// decode reads a function's locals and code.
func (m *module) decode(c *wasm.Cursor, f *body) error {
	fail := func(rule string, at int) error { return &Error{Rule: rule, Func: int(f.index), Offset: at} }
	for n := c.Uint32(); n > 0 && c.Err() == nil; n-- {
		c.Uint32()
		c.ValType()
	}
	set := map[uint32]bool{}
	f.simple, f.bottom = true, true
	depth := 1
	for depth > 0 && c.Err() == nil {
		i := instr{at: c.Offset()}
		if wasm.Op(c.Peek()) == wasm.OpBrTable {
			c.Byte()
			i.op = wasm.OpBrTable
			i.labels = append(c.Indices(), c.Uint32())
		} else {
			in := c.Instr()
			i.op, i.x, i.y, i.value = in.Op, in.X, in.Y, in.Value
			switch in.Op {
			case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
				i.typ.results = in.Block.Results()
				if in.Block.HasFunc {
					if in.Block.Func >= uint32(len(m.types)) {
						return fail("block type out of range", i.at)
					}
					i.typ = m.types[in.Block.Func]
				}
				depth++
				f.simple = f.simple && in.Op != wasm.OpLoop
			case wasm.OpEnd:
				depth--
			case wasm.OpLocalSet, wasm.OpLocalTee:
				set[in.X] = true
			}
			if isCall(in.Op) {
				f.simple = false
				f.bottom = f.bottom && in.Op == wasm.OpCall && in.X == m.refill
				if callee(in.Op) && in.X >= uint32(len(m.funcs)) || !callee(in.Op) && in.X >= uint32(len(m.types)) {
					return fail("call of what is not there", i.at)
				}
			}
		}
		f.code = append(f.code, i)
	}
	f.locals, f.end = len(set), c.Offset()
	if err := c.Err(); err != nil {
		e := malformed(err)
		e.Func = int(f.index)
		return e
	}
	if !c.Done() {
		return fail("code after the function's end", c.Offset())
	}
	return nil
}

// isCall reports whether an instruction calls a function.
func isCall(op wasm.Op) bool {
	switch op {
	case wasm.OpCall, wasm.OpCallIndirect, wasm.OpCallRef, wasm.OpReturnCall, wasm.OpReturnCallIndirect, wasm.OpReturnCallRef:
		return true
	}
	return false
}

// callee reports whether a call names the function that it calls.
func callee(op wasm.Op) bool { return op == wasm.OpCall || op == wasm.OpReturnCall }

func isTail(op wasm.Op) bool {
	return op == wasm.OpReturnCall || op == wasm.OpReturnCallIndirect || op == wasm.OpReturnCallRef
}

// markLoops notes of each loop whether functions are called in it that check, where code
// is reached.
func (m *module) markLoops(f *body) {
	type frame struct {
		k       int // the instruction that opens it
		op      wasm.Op
		dead    bool // it is not reached
		reached bool // its end is, by a branch
	}
	open := []frame{{}}
	dead := false
	branch := func(label uint32) {
		if !dead && label < uint32(len(open)) {
			open[len(open)-1-int(label)].reached = true
		}
	}
	for k := range f.code {
		i := &f.code[k]
		switch top := &open[len(open)-1]; i.op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
			open = append(open, frame{k: k, op: i.op, dead: dead})
		case wasm.OpElse:
			branch(0)
			top.op, dead = i.op, top.dead
		case wasm.OpEnd:
			if top.op == wasm.OpIf && !top.dead || top.op != wasm.OpLoop && top.reached {
				dead = false
			}
			calls := len(open) > 1 && f.code[top.k].calls
			open = open[:len(open)-1]
			if calls {
				f.code[open[len(open)-1].k].calls = true
			}
		case wasm.OpBrIf, wasm.OpBrOnNull, wasm.OpBrOnNonNull:
			branch(i.x)
		case wasm.OpBr:
			branch(i.x)
			dead = true
		case wasm.OpBrTable:
			for _, label := range i.labels {
				branch(label)
			}
			dead = true
		case wasm.OpReturn, wasm.OpUnreachable:
			dead = true
		default:
			if isCall(i.op) && !dead {
				if (i.op != wasm.OpCall || i.x != m.refill) && m.leafOf(i) == 0 {
					f.code[top.k].calls = true
				}
				dead = isTail(i.op)
			}
		}
	}
}

// leafOf returns what the call of a leaf takes, and else 0.
func (m *module) leafOf(i *instr) int {
	if !callee(i.op) || i.x < m.imported {
		return 0
	}
	return m.bodies[i.x-m.imported].leaf
}

// isBottom reports whether the function that is called calls none in turn but the one
// that hands out the next slice.
func (m *module) isBottom(i *instr) bool {
	return callee(i.op) && i.x >= m.imported && m.bodies[i.x-m.imported].bottom
}

// frameType returns the type of the function that is called, for bounding frames.
func (m *module) frameType(i *instr) frame.Type {
	if callee(i.op) {
		return m.frames.Types[m.funcs[i.x]]
	}
	return m.frames.Types[i.x]
}

// typeOf returns the type of the function that is called.
func (m *module) typeOf(i *instr) funcType {
	if callee(i.op) {
		return m.types[m.funcs[i.x]]
	}
	return m.types[i.x]
}
