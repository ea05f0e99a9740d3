package meter

import "github.com/witgen/witgen/canonicalabi/host/meter/internal/units"

// An operand says what follows an opcode in the code. Together with the tables below it is all that
// the scanner knows of most instructions.
type operand uint8

const (
	opInvalid operand = iota // no such instruction
	opNone
	opBlock  // block: block type
	opLoop   // loop: block type
	opIf     // if: block type
	opElse   // else
	opEnd    // end
	opBr     // br: label; what follows is not reached
	opBrIf   // br_if, br_on_null, br_on_non_null: label
	opTable  // br_table: labels
	opReturn // return
	opStop   // unreachable: what follows is not reached
	opCall   // call: function
	opCallIndirect
	opCallRef // call_ref: type
	opReturnCall
	opReturnCallIndirect
	opReturnCallRef
	opLocal
	opGlobal
	opTableIndex // table.get, table.set, table.size: table
	opMemArg     // alignment, offset
	opMemory     // memory.size: the memory's index, which is a zero byte
	opI32
	opI64
	opF32
	opF64
	opRefNull
	opRefFunc
	opSelect // select with types
	opPrefix // the opcode continues

	// After the prefix 0xfc.
	opMemoryInit
	opDataDrop
	opMemoryCopy
	opMemoryFill
	opTableInit
	opElemDrop
	opTableCopy
	opTableGrow
	opTableFill

	// After the prefix 0xfd.
	opLane       // a lane's number
	opMemArgLane // alignment, offset, lane's number
	op16Bytes    // v128.const, i8x16.shuffle

	// After the prefix 0xfe.
	opWait
	opFence // a zero byte

	// Exceptions, which are refused.
	opException

	opMemoryGrow
)

// An opRange gives the same operand to the opcodes first to last.
type opRange struct {
	first, last byte
	operand     operand
}

// coreRanges holds the instructions of one byte, in the order of section 5.4 of the core
// specification with the proposals that wazero's feature flags enable.
var coreRanges = []opRange{
	{0x00, 0x00, opStop}, // unreachable
	{0x01, 0x01, opNone}, // nop
	{0x02, 0x02, opBlock},
	{0x03, 0x03, opLoop},
	{0x04, 0x04, opIf},
	{0x05, 0x05, opElse},
	{0x06, 0x0a, opException}, // try, catch, throw, rethrow, throw_ref
	{0x0b, 0x0b, opEnd},
	{0x0c, 0x0c, opBr},
	{0x0d, 0x0d, opBrIf},
	{0x0e, 0x0e, opTable},
	{0x0f, 0x0f, opReturn},
	{0x10, 0x10, opCall},
	{0x11, 0x11, opCallIndirect},
	{0x12, 0x12, opReturnCall},
	{0x13, 0x13, opReturnCallIndirect},
	{0x14, 0x14, opCallRef},
	{0x15, 0x15, opReturnCallRef},
	{0x18, 0x19, opException}, // delegate, catch_all
	{0x1a, 0x1b, opNone},      // drop, select
	{0x1c, 0x1c, opSelect},
	{0x1f, 0x1f, opException}, // try_table
	{0x20, 0x22, opLocal},
	{0x23, 0x24, opGlobal},
	{0x25, 0x26, opTableIndex},
	{0x28, 0x3e, opMemArg}, // loads and stores
	{0x3f, 0x3f, opMemory},
	{0x40, 0x40, opMemoryGrow},
	{0x41, 0x41, opI32},
	{0x42, 0x42, opI64},
	{0x43, 0x43, opF32},
	{0x44, 0x44, opF64},
	{0x45, 0xc4, opNone}, // comparisons, arithmetic, conversions, sign extension
	{0xd0, 0xd0, opRefNull},
	{0xd1, 0xd1, opNone}, // ref.is_null
	{0xd2, 0xd2, opRefFunc},
	{0xd4, 0xd4, opNone}, // ref.as_non_null
	{0xd5, 0xd6, opBrIf}, // br_on_null, br_on_non_null
	{0xfc, 0xfe, opPrefix},
}

// miscRanges holds the instructions after the prefix 0xfc.
var miscRanges = []opRange{
	{0x00, 0x07, opNone}, // saturating conversions
	{0x08, 0x08, opMemoryInit},
	{0x09, 0x09, opDataDrop},
	{0x0a, 0x0a, opMemoryCopy},
	{0x0b, 0x0b, opMemoryFill},
	{0x0c, 0x0c, opTableInit},
	{0x0d, 0x0d, opElemDrop},
	{0x0e, 0x0e, opTableCopy},
	{0x0f, 0x0f, opTableGrow},
	{0x10, 0x10, opTableIndex}, // table.size
	{0x11, 0x11, opTableFill},
}

// vectorRanges holds the instructions after the prefix 0xfd. The relaxed ones are above 0xff, and
// wazero has none of them.
var vectorRanges = []opRange{
	{0x00, 0x0b, opMemArg},
	{0x0c, 0x0d, op16Bytes}, // v128.const, i8x16.shuffle
	{0x0e, 0x14, opNone},
	{0x15, 0x22, opLane},
	{0x23, 0x53, opNone},
	{0x54, 0x5b, opMemArgLane},
	{0x5c, 0x5d, opMemArg},
	{0x5e, 0xff, opNone},
}

// atomicRanges holds the instructions after the prefix 0xfe.
var atomicRanges = []opRange{
	{0x00, 0x00, opMemArg}, // memory.atomic.notify
	{0x01, 0x02, opWait},
	{0x03, 0x03, opFence},
	{0x10, 0x4e, opMemArg},
}

var (
	coreOps   = expand(coreRanges)
	miscOps   = expand(miscRanges)
	vectorOps = expand(vectorRanges)
	atomicOps = expand(atomicRanges)
)

func expand(ranges []opRange) (table [256]operand) {
	for _, r := range ranges {
		for i := int(r.first); i <= int(r.last); i++ {
			table[i] = r.operand
		}
	}
	return table
}

// simpleCosts are the units that instructions of one byte take, but for those that
// [scanner.control] counts by itself.
var simpleCosts = func() (table [256]uint8) {
	for i := range table {
		switch coreOps[i] {
		case opBlock, opLoop, opIf, opBr, opBrIf, opTable, opReturn, opCall, opCallIndirect, opCallRef,
			opReturnCall, opReturnCallIndirect, opReturnCallRef, opMemoryGrow, opPrefix:
		default:
			table[i] = units.Core[i]
		}
	}
	return table
}()

// The opcodes that the scanner looks for by name or the rewriter writes.
const (
	opcodeUnreachable = 0x00
	opcodeNop         = 0x01
	opcodeBlock       = 0x02
	opcodeLoop        = 0x03
	opcodeIf          = 0x04
	opcodeElse        = 0x05
	opcodeEnd         = 0x0b
	opcodeBr          = 0x0c
	opcodeBrIf        = 0x0d
	opcodeBrTable     = 0x0e
	opcodeReturn      = 0x0f
	opcodeCall        = 0x10
	opcodeDrop        = 0x1a
	opcodeSelect      = 0x1b
	opcodeLocalGet    = 0x20
	opcodeLocalSet    = 0x21
	opcodeLocalTee    = 0x22
	opcodeGlobalGet   = 0x23
	opcodeGlobalSet   = 0x24
	opcodeMemorySize  = 0x3f
	opcodeMemoryGrow  = 0x40
	opcodeI32Const    = 0x41
	opcodeI64Const    = 0x42
	opcodeI32Eqz      = 0x45
	opcodeI32GtU      = 0x4b
	opcodeI32Add      = 0x6a
	opcodeI32Sub      = 0x6b
	opcodeI32Or       = 0x72
	opcodeI64LtS      = 0x53
	opcodeI64GtU      = 0x56
	opcodeI64Add      = 0x7c
	opcodeI64Sub      = 0x7d
	opcodeI64Or       = 0x84
	opcodeI64Shl      = 0x86
	opcodeI64ShrU     = 0x88
	opcodeI64ExtendU  = 0xad
	opcodeMisc        = 0xfc
	opcodeVector      = 0xfd
	opcodeAtomic      = 0xfe

	miscMemoryInit = 0x08
	miscMemoryCopy = 0x0a
	miscMemoryFill = 0x0b
	miscTableInit  = 0x0c
	miscTableCopy  = 0x0e
	miscTableGrow  = 0x0f
	miscTableSize  = 0x10
	miscTableFill  = 0x11

	blockEmpty = 0x40 // the block type without parameters and results

	typeI32     = 0x7f
	typeI64     = 0x7e
	typeF32     = 0x7d
	typeF64     = 0x7c
	typeV128    = 0x7b
	typeFuncRef = 0x70
	typeExtern  = 0x6f
	typeExnRef  = 0x69
	typeRefNull = 0x63 // (ref null ht): a heap type follows
	typeRef     = 0x64 // (ref ht): a heap type follows
)
