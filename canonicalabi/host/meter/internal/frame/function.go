package frame

import (
	"fmt"

	"github.com/witgen/witgen/internal/wasm"
)

// A Type is what matters of a function's type.
type Type struct {
	Params, Results int
	// Vectors tells that one of them is a vector, Floats that one is a vector or a number
	// of floating point.
	Vectors, Floats bool
	// Ints and FloatParams count the parameters, and IntResults and FloatResults the
	// results, that are passed in each kind of register.
	Ints, FloatParams, IntResults, FloatResults int
}

// NewType returns the type with these parameters and results.
func NewType(params, results []wasm.ValType) Type {
	t := Type{Params: len(params), Results: len(results)}
	count := func(all []wasm.ValType, ints, floats *int) {
		for _, v := range all {
			switch v.Code {
			case wasm.CodeV128:
				t.Vectors = true
				fallthrough
			case wasm.CodeF32, wasm.CodeF64:
				t.Floats = true
				*floats++
			default:
				*ints++
			}
		}
	}
	count(params, &t.Ints, &t.FloatParams)
	count(results, &t.IntResults, &t.FloatResults)
	return t
}

// InRegisters reports whether all operands and results are passed in registers, on each
// of wazero's machines. Only then wazero makes a tail call of a tail call.
func (t Type) InRegisters() bool {
	return t.Ints <= inArguments && t.FloatParams <= 8 && t.IntResults <= 8 && t.FloatResults <= 8
}

// Module is what the code of a function refers to.
type Module struct {
	Types    []Type
	Funcs    []uint32 // by function: its type
	Imported uint32   // functions
}

// Function returns the bound of the frame of a function of a type with that body, its
// locals and code. c is used for counting.
func (c *Counter) Function(m *Module, typ uint32, body []byte) (int, error) {
	cur := wasm.NewCursor(body, 0)
	t := m.Types[typ]
	locals, vectors, floats := uint64(t.Params), t.Vectors, t.Floats
	for n := cur.Count(); n > 0 && cur.Err() == nil; n-- {
		locals += uint64(cur.Uint32())
		switch cur.ValType().Code {
		case wasm.CodeV128:
			vectors, floats = true, true
		case wasm.CodeF32, wasm.CodeF64:
			floats = true
		}
	}
	c.Begin(t.Params, t.Results, int(locals), vectors, floats)
	for depth := 1; cur.Err() == nil; {
		if wasm.Op(cur.Peek()) == wasm.OpBrTable {
			cur.Byte()
			c.Pop(1)
			for range cur.Items() {
				c.Branch(cur.Uint32())
			}
			c.Branch(cur.Uint32())
			c.Stop()
			continue
		}
		switch i := cur.Instr(); i.Op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
			block := Type{Results: i.Block.Results()}
			if i.Block.HasFunc {
				if i.Block.Func >= uint32(len(m.Types)) {
					return 0, fmt.Errorf("frame: block type %d out of range", i.Block.Func)
				}
				block = m.Types[i.Block.Func]
			}
			c.Block(i.Op, block.Params, block.Results)
			depth++
		case wasm.OpElse:
			c.Else()
		case wasm.OpEnd:
			if depth--; depth == 0 {
				return c.Bytes(), cur.Err()
			}
			c.End()
		case wasm.OpBr:
			c.Pop(0)
			c.Branch(i.X)
			c.Stop()
		case wasm.OpBrIf, wasm.OpBrOnNonNull:
			c.Pop(1)
			c.Branch(i.X)
		case wasm.OpBrOnNull:
			c.Pop(0)
			c.Branch(i.X)
		case wasm.OpReturn, wasm.OpUnreachable:
			c.Stop()
		case wasm.OpCall, wasm.OpReturnCall:
			if i.X >= uint32(len(m.Funcs)) {
				return 0, fmt.Errorf("frame: function %d out of range", i.X)
			}
			way := Direct
			if i.X < m.Imported {
				way = Imported
			}
			callee := m.Types[m.Funcs[i.X]]
			c.Call(callee.Params, callee.Results, way, i.Op == wasm.OpReturnCall)
		case wasm.OpCallIndirect, wasm.OpCallRef, wasm.OpReturnCallIndirect, wasm.OpReturnCallRef:
			if i.X >= uint32(len(m.Types)) {
				return 0, fmt.Errorf("frame: type %d out of range", i.X)
			}
			callee := m.Types[i.X]
			c.Call(callee.Params, callee.Results, Indirect, i.Op == wasm.OpReturnCallIndirect || i.Op == wasm.OpReturnCallRef)
		default:
			c.Simple(i.Op, i.X)
		}
	}
	return 0, cur.Err()
}
