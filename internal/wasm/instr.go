package wasm

import "fmt"

// Instr is an instruction as it stands in the code.
type Instr struct {
	Op Op
	// Offset is the place of the opcode in the file.
	Offset int
	// X and Y are the indices and numbers among the immediates, in order; of a memory
	// access the alignment and the offset, which is cut to 32 bits.
	X, Y uint32
	// Value is the operand of i32.const or i64.const, or the heap type of ref.null.
	Value int64
	// Block is the type of a block.
	Block BlockType
}

// Op reads an opcode.
func (c *Cursor) Op() Op {
	at := c.Offset()
	b := c.Byte()
	switch b {
	case GCPrefix, MiscPrefix, VectorPrefix, AtomicPrefix:
		op, ok := Prefixed(b, c.Uint32())
		if !ok {
			c.FailAt(at, UnknownOpcode, "unknown instruction 0x%02x with a number above %d", b, 1<<prefixShift-1)
		}
		return op
	}
	return Op(b)
}

// Instr reads an instruction with its immediates (section 5.4 of the core
// specification). It fails for one that the table does not have.
func (c *Cursor) Instr() Instr {
	i := Instr{Offset: c.Offset()}
	i.Op = c.Op()
	if c.err == nil {
		c.immediates(&i)
	}
	return i
}

func (c *Cursor) immediates(i *Instr) {
	switch imm := i.Op.Immediates(); imm {
	case None:
	case BlockImm:
		i.Block = c.BlockType()
	case LabelImm, FuncImm, TypeImm, LocalImm, GlobalImm, TableImm, MemoryImm, DataImm, ElemImm, TagImm:
		i.X = c.Uint32()
	case IndirectImm, DataMemImm, MemMemImm, ElemTableImm, TablesImm, FieldImm, TypeSizeImm, TypeDataImm, TypeElemImm, TypesImm:
		i.X = c.Uint32()
		i.Y = c.Uint32()
	case LabelsImm:
		for n := c.Uint32(); n > 0 && c.err == nil; n-- {
			c.Uint32()
		}
		i.X = c.Uint32()
	case MemArgImm:
		c.memArg(i)
	case MemArgLaneImm:
		c.memArg(i)
		c.Byte()
	case LaneImm:
		i.X = uint32(c.Byte())
	case I32Imm:
		i.Value = int64(c.Int32())
	case I64Imm:
		i.Value = c.Int64()
	case F32Imm:
		c.Bytes(4)
	case F64Imm:
		c.Bytes(8)
	case BytesImm:
		c.Bytes(16)
	case ZeroImm:
		c.Expect(0x00, "the operand of "+i.Op.String())
	case HeapImm:
		i.Value = c.HeapType()
	case SelectImm:
		Vec(c, c.ValType)
	case TryTableImm:
		i.Block = c.BlockType()
		for n := c.Uint32(); n > 0 && c.err == nil; n-- {
			c.catch()
		}
	case CastImm:
		c.Byte()
		i.X = c.Uint32()
		c.HeapType()
		c.HeapType()
	case Unknown:
		c.FailAt(i.Offset, UnknownOpcode, "unknown instruction %v", i.Op)
	default:
		panic(fmt.Sprintf("wasm: unhandled immediates %d", imm))
	}
}

// memArg reads an alignment, of which bit 6 announces a memory's index, and an offset.
func (c *Cursor) memArg(i *Instr) {
	i.X = c.Uint32()
	if i.X&0x40 != 0 {
		c.Uint32()
	}
	i.Y = uint32(c.Uint64())
}

// catch reads a clause of try_table: a form, a tag for half of the forms, a label.
func (c *Cursor) catch() {
	form := c.OneOf(3, "form of a catch clause")
	if form < 2 {
		c.Uint32()
	}
	c.Uint32()
}

// BlockType is the type of a block: that of a function, or at most one result.
type BlockType struct {
	// Func is the index of the function type, where HasFunc is true.
	Func    uint32
	HasFunc bool
	// Result is the type of the result, with the code 0 if the block has no result.
	Result ValType
}

// Results returns the number of results of a type that is not that of a function.
func (t BlockType) Results() int {
	if t.Result.Code != 0 {
		return 1
	}
	return 0
}

// BlockType reads a block type.
func (c *Cursor) BlockType() BlockType {
	b := c.Peek()
	switch {
	case b == BlockEmpty:
		c.pos++
		return BlockType{}
	case b < 0x40 || b >= 0x80: // a positive number, in one byte or more
		at := c.Offset()
		index := c.Int33()
		if index < 0 {
			c.FailAt(at, UnknownType, "invalid block type %d", index)
			return BlockType{}
		}
		return BlockType{Func: uint32(index), HasFunc: c.err == nil}
	default:
		return BlockType{Result: c.ValType()}
	}
}

// Expr reads an expression up to the end that closes it, and calls visit, unless it is
// nil, for each instruction, the end among them. It stops at the first error.
func (c *Cursor) Expr(visit func(Instr)) {
	for depth := 1; depth > 0 && c.err == nil; {
		i := c.Instr()
		if c.err != nil {
			return
		}
		switch i.Op {
		case OpBlock, OpLoop, OpIf, OpTry, OpTryTable:
			depth++
		case OpEnd, OpDelegate:
			depth--
		}
		if visit != nil {
			visit(i)
		}
	}
}

// ConstExpr reads a constant expression with its end, and calls visit, unless it is
// nil, for each instruction but the end. An instruction that no proposal allows there
// is an error; whether the indices are allowed is the caller's to check.
func (c *Cursor) ConstExpr(visit func(Instr)) {
	for c.err == nil {
		if c.step(); c.err != nil {
			return
		}
		i := Instr{Offset: c.Offset()}
		i.Op = c.Op()
		switch {
		case c.err != nil || i.Op == OpEnd:
			return
		case !i.Op.Constant():
			c.FailAt(i.Offset, NotConstant, "%v is not allowed in a constant expression", i.Op)
			return
		}
		c.immediates(&i)
		if visit != nil && c.err == nil {
			visit(i)
		}
	}
}

// Constant reports whether an instruction may stand in a constant expression: those
// of WebAssembly 3.0, section 3.4.14 of the core specification.
func (op Op) Constant() bool {
	switch op {
	case OpI32Const, OpI64Const, OpF32Const, OpF64Const, OpV128Const, OpGlobalGet, OpRefFunc, OpRefNull,
		OpI32Add, OpI32Sub, OpI32Mul, OpI64Add, OpI64Sub, OpI64Mul:
		return true
	}
	if op.Prefix() != GCPrefix {
		return false
	}
	switch op.Number() {
	case 0, 1, 6, 7, 8, 26, 27, 28: // struct.new, array.new and their forms, any.convert_extern, extern.convert_any, ref.i31
		return true
	}
	return false
}
