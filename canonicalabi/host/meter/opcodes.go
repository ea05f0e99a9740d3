package meter

import (
	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	core "github.com/witgen/witgen/internal/wasm"
)

// A class tells the scanner how to read an instruction of one byte.
type class uint8

const (
	classUnknown class = iota // no instruction that wazero has
	classPlain                // nothing follows
	classLocal                // a local
	classGlobal               // a global
	classMemArg               // an alignment and an offset
	classI32
	classI64
	classF32
	classF64
	classPrefix  // the opcode continues
	classControl // any other
)

// classes and simpleCosts are tables by the byte. The costs are the units that instructions take, but for those
// that [scanner.control] counts by itself.
var classes, simpleCosts = func() (classes [256]class, costs [256]uint8) {
	for i := range classes {
		op := core.Op(i)
		classes[i] = classOf(op)
		if classes[i] != classPrefix && !countsItself(op) {
			costs[i] = uint8(units.Cost(op))
		}
	}
	return classes, costs
}()

// supported reports whether an instruction is one that wazero has, with any of its feature flags, or an
// exception's.
func supported(op core.Op) bool {
	switch op.Proposal() {
	case "", core.TailCall, core.FunctionReferences, core.Threads, core.Exceptions:
		return op.Immediates() != core.Unknown
	}
	return false
}

func classOf(op core.Op) class {
	switch op {
	case core.MiscPrefix, core.VectorPrefix, core.AtomicPrefix:
		return classPrefix
	case core.OpUnreachable, core.OpElse, core.OpEnd, core.OpReturn:
		return classControl
	}
	switch {
	case !supported(op):
		return classUnknown
	case op.Proposal() == core.Exceptions:
		return classControl
	}
	switch op.Immediates() {
	case core.None:
		return classPlain
	case core.LocalImm:
		return classLocal
	case core.GlobalImm:
		return classGlobal
	case core.MemArgImm:
		return classMemArg
	case core.I32Imm:
		return classI32
	case core.I64Imm:
		return classI64
	case core.F32Imm:
		return classF32
	case core.F64Imm:
		return classF64
	}
	return classControl
}

// countsItself reports whether what an instruction takes depends on more than its opcode.
func countsItself(op core.Op) bool {
	switch op {
	case core.OpBlock, core.OpLoop, core.OpIf, core.OpBr, core.OpBrIf, core.OpBrOnNull, core.OpBrOnNonNull, core.OpBrTable, core.OpReturn,
		core.OpCall, core.OpCallIndirect, core.OpCallRef, core.OpReturnCall, core.OpReturnCallIndirect, core.OpReturnCallRef, core.OpMemoryGrow:
		return true
	}
	return false
}
