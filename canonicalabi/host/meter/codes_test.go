package meter

import core "github.com/witgen/witgen/internal/wasm"

// Opcodes and the codes of types as bytes, for the code that tests write.
const (
	opcodeAtomic      = core.AtomicPrefix
	opcodeBlock       = byte(core.OpBlock)
	opcodeBr          = byte(core.OpBr)
	opcodeBrIf        = byte(core.OpBrIf)
	opcodeBrTable     = byte(core.OpBrTable)
	opcodeCall        = byte(core.OpCall)
	opcodeDrop        = byte(core.OpDrop)
	opcodeElse        = byte(core.OpElse)
	opcodeEnd         = byte(core.OpEnd)
	opcodeGlobalGet   = byte(core.OpGlobalGet)
	opcodeGlobalSet   = byte(core.OpGlobalSet)
	opcodeI32Add      = byte(core.OpI32Add)
	opcodeI32Const    = byte(core.OpI32Const)
	opcodeI32Eqz      = byte(core.OpI32Eqz)
	opcodeI32Sub      = byte(core.OpI32Sub)
	opcodeI64Const    = byte(core.OpI64Const)
	opcodeIf          = byte(core.OpIf)
	opcodeLocalGet    = byte(core.OpLocalGet)
	opcodeLocalSet    = byte(core.OpLocalSet)
	opcodeLocalTee    = byte(core.OpLocalTee)
	opcodeLoop        = byte(core.OpLoop)
	opcodeMemoryGrow  = byte(core.OpMemoryGrow)
	opcodeMemorySize  = byte(core.OpMemorySize)
	opcodeMisc        = core.MiscPrefix
	opcodeNop         = byte(core.OpNop)
	opcodeReturn      = byte(core.OpReturn)
	opcodeSelect      = byte(core.OpSelect)
	opcodeUnreachable = byte(core.OpUnreachable)
	opcodeVector      = core.VectorPrefix

	// The numbers behind opcodeMisc.
	miscMemoryCopy = byte(core.OpMemoryCopy & 0xff)
	miscMemoryFill = byte(core.OpMemoryFill & 0xff)
	miscMemoryInit = byte(core.OpMemoryInit & 0xff)
	miscTableCopy  = byte(core.OpTableCopy & 0xff)
	miscTableFill  = byte(core.OpTableFill & 0xff)
	miscTableGrow  = byte(core.OpTableGrow & 0xff)
	miscTableInit  = byte(core.OpTableInit & 0xff)

	blockEmpty = core.BlockEmpty

	typeExtern  = core.CodeExternRef
	typeF32     = core.CodeF32
	typeF64     = core.CodeF64
	typeFuncRef = core.CodeFuncRef
	typeI32     = core.CodeI32
	typeI64     = core.CodeI64
	typeRef     = core.CodeRef
	typeV128    = core.CodeV128
)
