package wasm

import (
	"context"
	"errors"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// sampleImmediates are immediates of each kind that are valid in probe's module.
var sampleImmediates = [allImmediates]string{
	Unknown: "", None: "", BlockImm: "\x40", LabelImm: "\x00", LabelsImm: "\x01\x00\x00", FuncImm: "\x00", IndirectImm: "\x00\x00", TypeImm: "\x00",
	LocalImm: "\x00", GlobalImm: "\x00", TableImm: "\x00", MemArgImm: "\x00\x00", MemoryImm: "\x00", I32Imm: "\x7f", I64Imm: "\x80\x01",
	F32Imm: "\x00\x00\x00\x00", F64Imm: "\x00\x00\x00\x00\x00\x00\x00\x00", HeapImm: "\x70", SelectImm: "\x01\x7f", DataMemImm: "\x00\x00", DataImm: "\x00",
	MemMemImm: "\x00\x00", ElemTableImm: "\x00\x00", ElemImm: "\x00", TablesImm: "\x00\x00", LaneImm: "\x01", MemArgLaneImm: "\x00\x00\x01",
	BytesImm: "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", ZeroImm: "\x00", TagImm: "\x00", TryTableImm: "\x40\x01\x00\x00\x00",
	FieldImm: "\x00\x00", TypeSizeImm: "\x00\x00", TypeDataImm: "\x00\x00", TypeElemImm: "\x00\x00", TypesImm: "\x00\x00", CastImm: "\x00\x00\x70\x70",
}

// probe returns a module with one function of the given code, of which nothing but
// the start is reached.
func probe(code Code) []byte {
	var m Module
	typ := m.Type(FuncType(nil, nil))
	m.Table(Table{Elem: FuncRef, Limits: Limits{Min: 1}})
	m.Memory(Limits{Min: 1, Max: 1, HasMax: true, Shared: true}) // shared, for atomics
	m.Global(Global{Type: I32, Mutable: true}, I32Const(0))
	m.Func(typ, []ValType{I32}, I(OpUnreachable), code, I(OpUnreachable))
	m.Elements = [][]byte{{1, 0, 1, 0}}
	m.Data = [][]byte{{1, 0}}
	b := m.Bytes()
	// A tag section and a data count section, which Module does not make.
	var out Writer
	out.Preamble()
	for s := range NewCursor(b, 0).Sections() {
		switch s.ID {
		case GlobalSection:
			out.Byte(byte(TagSection), 3, 1, 0, 0)
		case CodeSection:
			out.Byte(byte(DataCountSection), 1, 1)
		}
		out.Section(s.ID, func() { out.Byte(s.Data...) })
	}
	return out.Buf
}

// TestEveryOpcode asks wazero for each opcode there could be whether it takes it with
// the immediates that the table gives. A wrong entry would leave bytes over, or eat up
// those behind.
func TestEveryOpcode(t *testing.T) {
	const features = api.CoreFeaturesV2 | experimental.CoreFeaturesThreads | experimental.CoreFeaturesTailCall |
		experimental.CoreFeaturesExceptionHandling | experimental.CoreFeaturesTypedFunctionReferences
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithCoreFeatures(features))
	defer r.Close(ctx)
	taken := map[byte]int{}
	check := func(op Op) {
		imm := op.Immediates()
		code := append(I(op), sampleImmediates[imm]...)
		switch op {
		case OpBlock, OpLoop, OpIf, OpTryTable:
			code = append(code, byte(OpEnd))
		case OpElse: // belongs in an if
			code = Seq(Code{byte(OpIf), BlockEmpty}, code, I(OpEnd))
		case OpEnd:
			code = Code{byte(OpBlock), BlockEmpty, byte(OpEnd)}
		}
		c := NewCursor(code, 0)
		for !c.Done() {
			c.Instr()
		}
		if known := c.Err() == nil; known != (imm != Unknown) {
			t.Errorf("%v: %v", op, c.Err())
		}
		compiled, err := r.CompileModule(ctx, probe(code))
		if err != nil {
			return
		}
		compiled.Close(ctx)
		taken[op.Prefix()]++
		if imm == Unknown {
			t.Errorf("%v is not in the table, and wazero takes it", op)
		}
		if op.String() == "" || op.String()[0] == '0' {
			t.Errorf("%v has no name", op)
		}
	}
	for n := range uint32(0x120) {
		if n < 0x100 && (n < GCPrefix || n > AtomicPrefix) {
			check(Op(n))
		}
		for _, prefix := range []byte{MiscPrefix, VectorPrefix, AtomicPrefix} {
			if prefix != VectorPrefix && n >= 0x80 {
				continue // wazero takes the first byte of a longer number for all of it
			}
			op, _ := Prefixed(prefix, n)
			check(op)
		}
	}
	// All that wazero knows but br_on_non_null, which needs another label, and
	// i32.atomic.load16_u, which wazero wants another alignment of.
	want := map[byte]int{0: 192, MiscPrefix: 18, VectorPrefix: 236, AtomicPrefix: 66}
	for prefix, n := range want {
		if taken[prefix] != n {
			t.Errorf("wazero takes %d instructions with prefix 0x%02x, expected %d", taken[prefix], prefix, n)
		}
	}
}

func TestOpNames(t *testing.T) {
	for op, want := range map[Op]string{
		0x00: "unreachable", 0x45: "i32.eqz", 0x50: "i64.eqz", 0x5b: "f32.eq", 0x61: "f64.eq", 0x66: "f64.ge", 0x67: "i32.clz", 0x79: "i64.clz", 0x8b: "f32.abs", 0x99: "f64.abs",
		0xa6: "f64.copysign", 0xa7: "i32.wrap_i64", 0xbb: "f64.promote_f32", 0xc4: "i64.extend32_s", 0xfc007: "i64.trunc_sat_f64_u", 0xfc011: "table.fill",
		0xfd00b: "v128.store", 0xfd022: "f64x2.replace_lane", 0xfd053: "v128.any_true", 0xfd05d: "v128.load64_zero", 0xfd080: "i16x8.abs", 0xfd0a0: "i32x4.abs",
		0xfd0c0: "i64x2.abs", 0xfd0d6: "i64x2.eq", 0xfd0e0: "f32x4.abs", 0xfd0ec: "f64x2.abs", 0xfd0ff: "f64x2.convert_low_i32x4_u", 0xfd113: "i32x4.relaxed_dot_i8x16_i7x16_add_s",
		0xfe002: "memory.atomic.wait64", 0xfe01d: "i64.atomic.store32", 0xfe01e: "i32.atomic.rmw.add", 0xfe04e: "i64.atomic.rmw32.cmpxchg_u", 0xfb01e: "i31.get_u",
		0xc5: "0xc5", 0xfc012: "0xfc 18", 0xfe060: "0xfe 96", OpI64ExtendI32U: "i64.extend_i32_u", OpI64Store8: "i64.store8", OpI32Store16: "i32.store16",
	} {
		if op.String() != want {
			t.Errorf("%#x is %v, expected %s", uint32(op), op, want)
		}
	}
	for op, want := range map[Op]string{
		OpCall: "", OpReturnCall: "tail-call", OpTryTable: "exceptions", 0xd3: "gc", 0xfb0ff: "gc", 0xe6: "stack-switching", 0xfc013: "wide-arithmetic", 0xfc017: "",
		0xfd100: "relaxed-simd", 0xfd114: "", OpAtomicFence: "threads", 0xfe04f: "shared-everything-threads", 0xfe0ff: "shared-everything-threads", 0xff: "",
	} {
		if op.Proposal() != want {
			t.Errorf("%v is of proposal %q, expected %q", op, op.Proposal(), want)
		}
	}
}

func TestInstr(t *testing.T) {
	tests := []struct {
		code Code
		want Instr
	}{
		{I(OpCallIndirect, 300, 5), Instr{X: 300, Y: 5}},
		{I(OpBr, 7), Instr{X: 7}},
		{append(I(OpBrTable, 2), 1, 2, 3), Instr{X: 3}},
		{I32Const(-5), Instr{Value: -5}},
		{I64Const(-1 << 63), Instr{Value: -1 << 63}},
		{I(OpI32Load, 2, 1<<32-1), Instr{X: 2, Y: 1<<32 - 1}},
		{append(I(OpI32Load, 0x42), 1, 9), Instr{X: 0x42, Y: 9}}, // of memory 1
		{I(OpTableCopy, 1, 2), Instr{X: 1, Y: 2}},
		{append(I(OpBlock), 0x80, 0x01), Instr{Block: BlockType{Func: 128, HasFunc: true}}},
		{append(I(OpBlock), 0x63, 0x05), Instr{Block: BlockType{Result: ValType{Code: CodeRefNull, Heap: 5}}}},
		{I(OpBlock, BlockEmpty), Instr{}},
		{append(I(OpRefNull), 0x70), Instr{Value: CodeFuncRef - 0x80}},
		{append(I(OpTryTable), 0x40, 2, 1, 4, 5, 2, 0), Instr{}},
	}
	for _, tt := range tests {
		tt.want.Op, tt.want.Offset = tt.code.first(), at
		c := NewCursor(tt.code, at)
		if got := c.Instr(); got != tt.want || c.Err() != nil || !c.Done() {
			t.Errorf("% x: %+v, %v, %d bytes left; expected %+v", []byte(tt.code), got, c.Err(), c.Len(), tt.want)
		}
	}
}

func (c Code) first() Op { return NewCursor(c, 0).Op() }

func TestConstExpr(t *testing.T) {
	code := Seq(I(OpGlobalGet, 3), I32Const(4), I(OpI32Mul), I(OpRefFunc, 9), RefNull(CodeExternRef), F32Const(2), F64Const(2), I(Op(0xfb008), 1, 2), I(Op(0xfb01c)),
		append(I(OpV128Const), make([]byte, 16)...), I(OpEnd), I(OpNop))
	c := NewCursor(code, at)
	var ops []Op
	c.ConstExpr(func(i Instr) { ops = append(ops, i.Op) })
	if want := "[global.get i32.const i32.mul ref.func ref.null f32.const f64.const array.new_fixed ref.i31 v128.const]"; sprint(ops) != want {
		t.Errorf("%v, expected %s", ops, want)
	}
	if c.Err() != nil || c.Len() != 1 {
		t.Errorf("error %v, %d bytes left", c.Err(), c.Len())
	}
}

func TestExpr(t *testing.T) {
	code := Seq(Block(Loop(If(I(OpNop)))), IfElse(nil, nil), Code{byte(OpTry), BlockEmpty, byte(OpDelegate), 0}, Code{byte(OpTry), BlockEmpty, byte(OpCatchAll), byte(OpEnd)}, I(OpEnd), I(OpNop))
	c := NewCursor(code, at)
	n := 0
	c.Expr(func(Instr) { n++ })
	if c.Err() != nil || c.Len() != 1 || n != 16 {
		t.Errorf("%d instructions, error %v, %d bytes left", n, c.Err(), c.Len())
	}
	if c = NewCursor(code[:5], at); true {
		c.Expr(nil)
	}
	var e *Error
	if !errors.As(c.Err(), &e) || e.Offset != at+5 {
		t.Errorf("a cut expression: %v", c.Err())
	}
}
