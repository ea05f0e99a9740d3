package wasm

import "testing"

func TestFeature(t *testing.T) {
	module := func(build func(m *Module)) []byte {
		var m Module
		build(&m)
		return m.Bytes()
	}
	code := func(c ...Code) []byte {
		return module(func(m *Module) { m.Func(m.Type(FuncType(nil, nil)), nil, c...) })
	}
	local := func(v ValType) []byte {
		return module(func(m *Module) { m.Func(m.Type(FuncType(nil, nil)), []ValType{v}, I(OpUnreachable)) })
	}
	section := func(id SectionID, content ...byte) []byte {
		w := Writer{}
		w.Preamble()
		w.Section(id, func() { w.Byte(content...) })
		return w.Buf
	}
	for _, test := range []struct {
		name   string
		module []byte
		want   string
	}{
		{"nothing", code(I(OpUnreachable)), ""},
		{"constants", module(func(m *Module) {
			m.Global(Global{Type: I32}, Seq(I32Const(1), I32Const(2), I(OpI32Add)))
		}), ""},
		{"externref", local(ValType{Code: CodeExternRef}), ""},
		{"a tag", section(TagSection, 1, 0, 0), "exceptions"},
		{"an imported tag", module(func(m *Module) {
			m.Import(Import{Type: Extern{Kind: TagKind, Func: m.Type(FuncType(nil, nil))}})
		}), "exceptions"},
		{"throw_ref", code(Code{0x0a}), "exceptions"},
		{"exnref", local(ValType{Code: CodeExnRef}), "exceptions"},
		{"a structure", section(TypeSection, 1, StructForm, 0), "gc"},
		{"a sub type", section(TypeSection, 1, OpenForm, 0, FuncForm, 0, 0), "gc"},
		{"a group", section(TypeSection, 1, GroupForm, 1, FuncForm, 0, 0), "gc"},
		{"anyref", local(ValType{Code: 0x6e}), "gc"},
		{"a null of any", code(Code{byte(OpRefNull), 0x6e}), "gc"},
		{"a null function", code(Code{byte(OpRefNull), 0x70}), ""},
		{"a block of anyref", code(Code{byte(OpBlock), 0x6e, byte(OpUnreachable), byte(OpEnd)}), "gc"},
		{"a block of i32", code(Code{byte(OpBlock), CodeI32, byte(OpUnreachable), byte(OpEnd)}), ""},
		{"i31 as a constant", module(func(m *Module) { m.Global(Global{Type: I32}, Code{byte(OpI32Const), 0, 0xfb, 28}) }), "gc"},
		{"a reference to a type", local(ValType{Code: CodeRefNull, Heap: 0}), "function-references"},
		{"call_ref", code(Code{0x14, 0}), "function-references"},
		{"a table with a value", section(TableSection, 1, 0x40, 0, CodeFuncRef, 0, 0, byte(OpRefNull), 0x70, byte(OpEnd)), "function-references"},
		{"a tail call", code(Code{0x12, 0}), "tail-call"},
		{"a shared memory", module(func(m *Module) { m.Memory(Limits{Min: 1, Max: 1, HasMax: true, Shared: true}) }), "threads"},
		{"an atomic load", code(Code{0xfe, 0x10, 2, 0}), "threads"},
		{"a memory of 64 bits", module(func(m *Module) { m.Memory(Limits{Addr64: true}) }), "memory64"},
		{"two memories", module(func(m *Module) { m.Memory(Limits{}); m.Memory(Limits{}) }), "multi-memory"},
		{"an imported memory and another", module(func(m *Module) {
			m.Import(Import{Type: Extern{Kind: MemoryKind}})
			m.Memory(Limits{})
		}), "multi-memory"},
		{"a load of another memory", code(Code{byte(OpI32Load), 0x42, 1, 0}), "multi-memory"},
		{"small pages", module(func(m *Module) { m.Memory(Limits{HasPage: true}) }), "custom-page-sizes"},
		{"relaxed vectors", code(Code{0xfd, 0x80, 0x02}), "relaxed-simd"},
		{"wide arithmetic", code(Code{0xfc, 0x13}), "wide-arithmetic"},
		{"a continuation", local(ValType{Code: 0x68}), "stack-switching"},
		{"no module", []byte("x"), ""},
		{"a module that is cut off", section(TypeSection, 9, StructForm), "gc"},
	} {
		name, offset := Feature(test.module)
		if name != test.want || (offset > 0) != (name != "") {
			t.Errorf("%s: needs %q at offset %d, want %q", test.name, name, offset, test.want)
		}
	}
}
