package wasm

import "fmt"

// Op is the opcode of an instruction, section 5.4 of the core specification: the
// byte, or of an instruction with a prefix the prefix and the number behind it, such
// as 0xfc00a for 0xfc 10, memory.copy.
type Op uint32

// The prefixes of opcodes.
const (
	GCPrefix     = 0xfb
	MiscPrefix   = 0xfc
	VectorPrefix = 0xfd
	AtomicPrefix = 0xfe
)

// prefixShift is where the prefix of an Op starts.
const prefixShift = 12

// Prefixed returns the Op of number n behind a prefix, and false where n is larger
// than that of any instruction.
func Prefixed(prefix byte, n uint32) (Op, bool) {
	const most = 1<<prefixShift - 1
	return Op(prefix)<<prefixShift | Op(min(n, most)), n <= most
}

// Prefix returns the prefix, and 0 for an instruction of one byte.
func (op Op) Prefix() byte { return byte(op >> prefixShift) }

// Number returns the number behind the prefix, or the byte of an instruction that has
// none.
func (op Op) Number() uint32 { return uint32(op) & (1<<prefixShift - 1) }

// The opcodes that are named in code. The table has them all.
const (
	OpUnreachable        Op = 0x00
	OpNop                Op = 0x01
	OpBlock              Op = 0x02
	OpLoop               Op = 0x03
	OpIf                 Op = 0x04
	OpElse               Op = 0x05
	OpTry                Op = 0x06
	OpCatch              Op = 0x07
	OpEnd                Op = 0x0b
	OpBr                 Op = 0x0c
	OpBrIf               Op = 0x0d
	OpBrTable            Op = 0x0e
	OpReturn             Op = 0x0f
	OpCall               Op = 0x10
	OpCallIndirect       Op = 0x11
	OpReturnCall         Op = 0x12
	OpReturnCallIndirect Op = 0x13
	OpCallRef            Op = 0x14
	OpReturnCallRef      Op = 0x15
	OpDelegate           Op = 0x18
	OpCatchAll           Op = 0x19
	OpDrop               Op = 0x1a
	OpSelect             Op = 0x1b
	OpSelectTyped        Op = 0x1c
	OpTryTable           Op = 0x1f
	OpLocalGet           Op = 0x20
	OpLocalSet           Op = 0x21
	OpLocalTee           Op = 0x22
	OpGlobalGet          Op = 0x23
	OpGlobalSet          Op = 0x24
	OpTableGet           Op = 0x25
	OpTableSet           Op = 0x26
	OpI32Load            Op = 0x28
	OpI64Load            Op = 0x29
	OpI32Load8U          Op = 0x2d
	OpI32Store           Op = 0x36
	OpI64Store           Op = 0x37
	OpI32Store8          Op = 0x3a
	OpI32Store16         Op = 0x3b
	OpI64Store8          Op = 0x3c
	OpMemorySize         Op = 0x3f
	OpMemoryGrow         Op = 0x40
	OpI32Const           Op = 0x41
	OpI64Const           Op = 0x42
	OpF32Const           Op = 0x43
	OpF64Const           Op = 0x44
	OpI32Eqz             Op = 0x45
	OpI32Eq              Op = 0x46
	OpI32GtU             Op = 0x4b
	OpI32LeU             Op = 0x4d
	OpI64Eq              Op = 0x51
	OpI64LtS             Op = 0x53
	OpI64LtU             Op = 0x54
	OpI64GtU             Op = 0x56
	OpI32Add             Op = 0x6a
	OpI32Sub             Op = 0x6b
	OpI32Mul             Op = 0x6c
	OpI32DivS            Op = 0x6d
	OpI32And             Op = 0x71
	OpI32Or              Op = 0x72
	OpI32Shl             Op = 0x74
	OpI32ShrU            Op = 0x76
	OpI64Add             Op = 0x7c
	OpI64Sub             Op = 0x7d
	OpI64Mul             Op = 0x7e
	OpI64Or              Op = 0x84
	OpI64Xor             Op = 0x85
	OpI64Shl             Op = 0x86
	OpI64ShrU            Op = 0x88
	OpI32WrapI64         Op = 0xa7
	OpI64ExtendI32S      Op = 0xac
	OpI64ExtendI32U      Op = 0xad
	OpRefNull            Op = 0xd0
	OpRefIsNull          Op = 0xd1
	OpRefFunc            Op = 0xd2
	OpRefAsNonNull       Op = 0xd4
	OpBrOnNull           Op = 0xd5
	OpBrOnNonNull        Op = 0xd6

	OpMemoryInit Op = 0xfc008
	OpDataDrop   Op = 0xfc009
	OpMemoryCopy Op = 0xfc00a
	OpMemoryFill Op = 0xfc00b
	OpTableInit  Op = 0xfc00c
	OpElemDrop   Op = 0xfc00d
	OpTableCopy  Op = 0xfc00e
	OpTableGrow  Op = 0xfc00f
	OpTableSize  Op = 0xfc010
	OpTableFill  Op = 0xfc011

	OpV128Const Op = 0xfd00c

	OpAtomicNotify Op = 0xfe000
	OpAtomicWait32 Op = 0xfe001
	OpAtomicWait64 Op = 0xfe002
	OpAtomicFence  Op = 0xfe003
)

// BlockEmpty is the type of a block without parameters and results.
const BlockEmpty = 0x40

// Immediates are the operands that follow an opcode in the code.
type Immediates uint8

// The immediates of instructions. Where several are named they stand in this order.
const (
	Unknown       Immediates = iota // the instruction does not exist, or nobody knows what follows it
	None                            // nothing
	BlockImm                        // a block type
	LabelImm                        // a label
	LabelsImm                       // a vector of labels and a label
	FuncImm                         // a function
	IndirectImm                     // a type, a table
	TypeImm                         // a type
	LocalImm                        // a local
	GlobalImm                       // a global
	TableImm                        // a table
	MemArgImm                       // an alignment and an offset
	MemoryImm                       // a memory
	I32Imm                          // a signed integer
	I64Imm                          // a signed integer
	F32Imm                          // 4 bytes
	F64Imm                          // 8 bytes
	HeapImm                         // a heap type
	SelectImm                       // a vector of value types
	DataMemImm                      // a data segment, a memory
	DataImm                         // a data segment
	MemMemImm                       // a memory, a memory
	ElemTableImm                    // an element segment, a table
	ElemImm                         // an element segment
	TablesImm                       // a table, a table
	LaneImm                         // a byte
	MemArgLaneImm                   // an alignment and an offset, a byte
	BytesImm                        // 16 bytes
	ZeroImm                         // a zero byte
	TagImm                          // a tag
	TryTableImm                     // a block type, a vector of catches
	FieldImm                        // a type, a field
	TypeSizeImm                     // a type, a number
	TypeDataImm                     // a type, a data segment
	TypeElemImm                     // a type, an element segment
	TypesImm                        // a type, a type
	CastImm                         // flags, a label, a heap type, a heap type

	allImmediates = iota
)

// opInfo is an entry of the table.
type opInfo struct {
	name     string
	proposal string
	imm      Immediates
}

// Immediates returns what follows the opcode.
func (op Op) Immediates() Immediates { return op.info().imm }

// Proposal returns the name of the proposal that an instruction belongs to, for those
// that came after WebAssembly 2.0, such as "gc". It is empty for others and where the
// table has no such instruction.
func (op Op) Proposal() string { return op.info().proposal }

// String returns the instruction's name in the text format, or its bytes where the
// table has none.
func (op Op) String() string {
	if name := op.info().name; name != "" {
		return name
	}
	if op.Prefix() == 0 {
		return fmt.Sprintf("0x%02x", uint32(op))
	}
	return fmt.Sprintf("0x%02x %d", op.Prefix(), op.Number())
}

// info returns the table's entry, which is shared.
func (op Op) info() *opInfo {
	if op < Op(len(oneByteOps)) {
		return &oneByteOps[op]
	}
	var table []opInfo
	switch op.Prefix() {
	case GCPrefix:
		table = gcOps
	case MiscPrefix:
		table = miscOps
	case VectorPrefix:
		table = vectorOps
	case AtomicPrefix:
		table = atomicOps
	}
	if n := op.Number(); n < uint32(len(table)) {
		return &table[n]
	}
	if op.Prefix() == GCPrefix {
		return &unknownGC
	}
	return &unknownOp
}

// The entries of instructions that the table does not have.
var unknownOp, unknownGC = opInfo{}, opInfo{proposal: GC}
