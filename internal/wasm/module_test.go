package wasm

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"testing"

	"github.com/tetratelabs/wazero"
)

func sprint(v any) string { return fmt.Sprint(v) }

// sample returns a module with all sections.
func sample() *Module {
	var m Module
	unary := m.Type(FuncType([]ValType{I32}, []ValType{I32}))
	none := m.Type(FuncType(nil, nil))
	m.Import(Import{Module: "env", Name: "log", Type: Extern{Kind: FuncKind, Func: unary}})
	m.Table(Table{Elem: FuncRef, Limits: Limits{Min: 2, Max: 2, HasMax: true}})
	m.Memory(Limits{Min: 1})
	count := m.Global(Global{Type: I32, Mutable: true}, I32Const(40))
	twice := m.Func(unary, []ValType{I64}, I(OpLocalGet, 0), I32Const(0), I(OpCallIndirect, unary, 0), I(OpLocalGet, 0), I(OpI32Add))
	start := m.RawFunc(none, nil)
	m.SetBody(start, Body(nil, I(OpGlobalGet, count), I32Const(2), I(OpI32Add), I(OpGlobalSet, count)))
	get := m.Func(m.Type(FuncType(nil, []ValType{I32})), nil, I(OpGlobalGet, count), I32Const(0), I(OpI32Load8U, 0, 1), I(OpI32Add))
	m.Export("twice", FuncKind, twice)
	m.Export("get", FuncKind, get)
	m.Export("memory", MemoryKind, 0)
	m.Start = &start
	m.Element(0, 0, twice)
	m.Datum(1, []byte{100})
	m.AddFunctionNames(1, "twice", "start", "get")
	return &m
}

// TestModuleRuns makes a module and runs it.
func TestModuleRuns(t *testing.T) {
	ctx := context.Background()
	r := wazero.NewRuntime(ctx)
	defer r.Close(ctx)
	_, err := r.NewHostModuleBuilder("env").NewFunctionBuilder().WithFunc(func(n uint32) uint32 { return n + 1 }).Export("log").Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	m, err := r.Instantiate(ctx, sample().Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := m.ExportedFunction("twice").Call(ctx, 7); err != nil || got[0] != 15 {
		t.Errorf("twice(7) = %v, %v", got, err)
	}
	if got, err := m.ExportedFunction("get").Call(ctx); err != nil || got[0] != 142 {
		t.Errorf("get() = %v, %v", got, err)
	}
	if name := m.ExportedFunction("twice").Definition().Name(); name != "twice" {
		t.Errorf("the function is called %q", name)
	}
}

// TestTypesRoundTrip writes types of all kinds and reads them again.
func TestTypesRoundTrip(t *testing.T) {
	limits := []Limits{
		{PageLog2: 16},
		{Min: 1, Max: 2, HasMax: true, PageLog2: 16},
		{Min: 1, Max: 2, HasMax: true, Shared: true, PageLog2: 16},
		{Min: 1 << 40, Addr64: true, PageLog2: 16},
		{Min: 1, HasPage: true},
	}
	refs := []ValType{I32, I64, F32, F64, {Code: CodeV128}, FuncRef, {Code: CodeExternRef}, {Code: CodeRef, Heap: 3}, {Code: CodeRefNull, Heap: 1<<32 - 1}, {Code: CodeRefNull, Heap: CodeFuncRef - 0x80}}
	var externs []Extern
	for _, l := range limits {
		externs = append(externs, Extern{Kind: MemoryKind, Memory: l}, Extern{Kind: TableKind, Table: Table{Elem: FuncRef, Limits: l}})
	}
	for _, v := range refs {
		externs = append(externs, Extern{Kind: GlobalKind, Global: Global{Type: v, Mutable: true}}, Extern{Kind: GlobalKind, Global: Global{Type: v}})
	}
	externs = append(externs, Extern{Kind: FuncKind, Func: 300}, Extern{Kind: TagKind, Func: 2})
	for _, e := range externs {
		var w Writer
		in := Import{Module: "some module", Name: "ä", Type: e}
		w.Import(in)
		c := NewCursor(w.Buf, 0)
		if got := c.Import(); got != in || c.Err() != nil || !c.Done() {
			t.Errorf("%+v comes back as %+v, %v", in, got, c.Err())
		}
	}
	groups := []RecGroup{
		{Types: []SubType{{Kind: FuncForm, Params: refs, Results: []ValType{I32}}}},
		{Types: []SubType{{Kind: FuncForm, Form: OpenForm, Supers: []uint32{1, 2}, Params: []ValType{}, Results: []ValType{}}}},
		{Explicit: true, Types: []SubType{
			{Kind: StructForm, Fields: []Field{{Type: ValType{Code: CodeI8}, Mutable: true}, {Type: FuncRef, Mutable: false}}},
			{Kind: ArrayForm, Form: FinalForm, Supers: []uint32{}, Fields: []Field{{Type: ValType{Code: CodeI16}, Mutable: false}}},
		}},
		{Explicit: true, Types: []SubType{}},
	}
	for _, g := range groups {
		var w Writer
		w.RecGroup(&g)
		c := NewCursor(w.Buf, 0)
		if got := c.RecGroup(); !reflect.DeepEqual(*got, g) || c.Err() != nil || !c.Done() {
			t.Errorf("%+v comes back as %+v, %v", g, *got, c.Err())
		}
	}
}

func TestBody(t *testing.T) {
	if got, want := fmt.Sprintf("% x", Body([]ValType{I64, {Code: CodeRef, Heap: 5}}, I(OpNop))), "02 01 7e 01 64 05 01 0b"; got != want {
		t.Errorf("%s, expected %s", got, want)
	}
}

func TestCode(t *testing.T) {
	tests := []struct {
		code Code
		want string
	}{
		{I(OpCallIndirect, 300, 0), "11 ac 02 00"},
		{I(OpMemoryCopy, 0, 0), "fc 0a 00 00"},
		{I(Op(0xfd100)), "fd 80 02"},
		{I32Const(-1), "41 7f"},
		{I64Const(1 << 40), "42 80 80 80 80 80 20"},
		{F32Const(1), "43 00 00 80 3f"},
		{F64Const(1), "44 00 00 00 00 00 00 f0 3f"},
		{RefNull(CodeFuncRef), "d0 70"},
		{Loop(Block(I(OpBr, 1))), "03 40 02 40 0c 01 0b 0b"},
		{IfElse(I(OpNop), I(OpUnreachable)), "04 40 01 05 00 0b"},
	}
	for _, tt := range tests {
		if got := fmt.Sprintf("% x", []byte(tt.code)); got != tt.want {
			t.Errorf("%s, expected %s", got, tt.want)
		}
		c := NewCursor(append(bytes.Clone(tt.code), byte(OpEnd)), 0)
		if c.Expr(nil); c.Err() != nil || !c.Done() {
			t.Errorf("%s: %v, %d bytes are left", tt.want, c.Err(), c.Len())
		}
	}
}
