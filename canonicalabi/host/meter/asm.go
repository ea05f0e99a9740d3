package meter

import "github.com/witgen/witgen/internal/leb128"

// An asm is code that is being written.
type asm []byte

func (a *asm) op(codes ...byte) { *a = append(*a, codes...) }

// opIndex writes an instruction with one index.
func (a *asm) opIndex(code byte, index uint32) {
	*a = leb128.AppendUint32(append(*a, code), index)
}

func (a *asm) misc(code byte, operands ...uint32) {
	*a = append(*a, opcodeMisc, code)
	for _, o := range operands {
		*a = leb128.AppendUint32(*a, o)
	}
}

func (a *asm) i32(v int32) { *a = leb128.AppendInt32(append(*a, opcodeI32Const), v) }
func (a *asm) i64(v int64) { *a = leb128.AppendInt64(append(*a, opcodeI64Const), v) }

func (a *asm) localGet(i uint32)  { a.opIndex(opcodeLocalGet, i) }
func (a *asm) localSet(i uint32)  { a.opIndex(opcodeLocalSet, i) }
func (a *asm) globalGet(i uint32) { a.opIndex(opcodeGlobalGet, i) }
func (a *asm) globalSet(i uint32) { a.opIndex(opcodeGlobalSet, i) }
func (a *asm) call(i uint32)      { a.opIndex(opcodeCall, i) }

// below compares the operand with 0.
func (a *asm) below() {
	a.i64(0)
	a.op(opcodeI64LtS)
}

// appendSized appends the length of content in bytes and the content.
func appendSized(b, content []byte) []byte {
	return append(leb128.AppendUint32(b, uint32(len(content))), content...)
}
