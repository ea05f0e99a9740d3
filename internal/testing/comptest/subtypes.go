package comptest

import (
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/wasm"
)

// subtypeCases are core types with supertypes.
func subtypeCases() []Case {
	types := func(list ...wasm.SubType) *binary.Component {
		c := &binary.Component{}
		for _, t := range list {
			c.Add(&binary.CoreTypeDef{Rec: &wasm.RecGroup{Types: []wasm.SubType{t}}})
		}
		return c
	}
	group := func(list ...wasm.SubType) *binary.Component {
		return Nest(&binary.CoreTypeDef{Rec: &wasm.RecGroup{Explicit: true, Types: list}})
	}
	open := func(t wasm.SubType, supers ...uint32) wasm.SubType {
		t.Form, t.Supers = wasm.OpenForm, supers
		return t
	}
	final := func(t wasm.SubType, supers ...uint32) wasm.SubType {
		t.Form, t.Supers = wasm.FinalForm, supers
		return t
	}
	fn := func(params, results []wasm.ValType) wasm.SubType {
		return wasm.SubType{Kind: wasm.FuncForm, Params: params, Results: results}
	}
	structOf := func(fields ...wasm.Field) wasm.SubType {
		return wasm.SubType{Kind: wasm.StructForm, Fields: fields}
	}
	arrayOf := func(f wasm.Field) wasm.SubType {
		return wasm.SubType{Kind: wasm.ArrayForm, Fields: []wasm.Field{f}}
	}
	val := func(code byte) []wasm.ValType { return []wasm.ValType{{Code: code}} }
	ref := func(code byte, heap int64) []wasm.ValType { return []wasm.ValType{{Code: code, Heap: heap}} }
	field := func(code byte, mutable bool) wasm.Field {
		return wasm.Field{Type: wasm.ValType{Code: code}, Mutable: mutable}
	}
	const anyref, eqref, structref, nullref, nullfuncref = 0x6e, 0x6d, 0x6b, 0x71, 0x73
	var chain, tooLong []wasm.SubType
	for i := range uint32(65) {
		t := open(fn(nil, nil))
		if i > 0 {
			t.Supers = []uint32{i - 1}
		}
		tooLong = append(tooLong, t)
		if i < 64 {
			chain = append(chain, t)
		}
	}
	const final1, mismatch = "the supertype of a type is final", "does not match the supertype"
	return []Case{
		{"a sub type", types(open(fn(nil, nil)), final(fn(nil, nil), 0)), ""},
		{"a sub type of a type without a form", types(fn(nil, nil), open(fn(nil, nil), 0)), final1},
		{"a sub type of a final type", types(final(fn(nil, nil)), open(fn(nil, nil), 0)), final1},
		{"a sub type of a final sub type", types(open(fn(nil, nil)), final(fn(nil, nil), 0), open(fn(nil, nil), 1)), final1},
		{"a sub type of itself", group(open(fn(nil, nil), 0)), "does not stand before it"},
		{"a sub type of a later one", group(open(fn(nil, nil), 1), open(fn(nil, nil))), "does not stand before it"},
		{"a sub type of two", types(open(fn(nil, nil)), open(fn(nil, nil), 0, 0)), "has 2 supertypes"},
		{"63 supertypes above a type", types(chain...), ""},
		{"64 supertypes above a type", types(tooLong...), "more than 63 supertypes"},
		{"a sub type of another kind", types(open(fn(nil, nil)), open(structOf(), 0)), mismatch},
		{"a function with another parameter", types(open(fn(val(wasm.CodeI32), nil)), open(fn(val(wasm.CodeI64), nil), 0)), mismatch},
		{"a function with one more parameter", types(open(fn(nil, nil)), open(fn(val(wasm.CodeI64), nil), 0)), mismatch},
		{"a function that takes more", types(open(fn(val(eqref), nil)), open(fn(val(anyref), nil), 0)), ""},
		{"a function that takes less", types(open(fn(val(anyref), nil)), open(fn(val(eqref), nil), 0)), mismatch},
		{"a function that returns less", types(open(fn(nil, val(anyref))), open(fn(nil, val(nullref)), 0)), ""},
		{"a function that returns more", types(open(fn(nil, val(structref))), open(fn(nil, val(anyref)), 0)), mismatch},
		{"a function that returns no null", types(open(fn(nil, ref(wasm.CodeRefNull, 0x70-0x80))), open(fn(nil, ref(wasm.CodeRef, 0x70-0x80)), 0)), ""},
		{"a function that returns null", types(open(fn(nil, ref(wasm.CodeRef, 0x70-0x80))), open(fn(nil, ref(wasm.CodeRefNull, 0x70-0x80)), 0)), mismatch},
		{"a function that returns a reference to a type", types(fn(nil, nil), open(fn(nil, val(wasm.CodeFuncRef))), open(fn(nil, ref(wasm.CodeRef, 0)), 1)), ""},
		{"a function that returns a reference to an unrelated type", types(fn(nil, nil), open(fn(nil, val(wasm.CodeExternRef))), open(fn(nil, ref(wasm.CodeRef, 0)), 1)), mismatch},
		{"a function that returns nothing but null", types(fn(nil, nil), open(fn(nil, ref(wasm.CodeRefNull, 0))), open(fn(nil, val(nullfuncref)), 1)), ""},
		{"a function that returns another null", types(fn(nil, nil), open(fn(nil, ref(wasm.CodeRefNull, 0))), open(fn(nil, val(nullref)), 1)), mismatch},
		{"a structure with more fields", types(open(structOf(field(wasm.CodeI32, true))), open(structOf(field(wasm.CodeI32, true), field(wasm.CodeI64, false)), 0)), ""},
		{"a structure with fewer fields", types(open(structOf(field(wasm.CodeI32, true))), open(structOf(), 0)), mismatch},
		{"a structure with a narrower field", types(open(structOf(field(anyref, false))), open(structOf(field(eqref, false)), 0)), ""},
		{"a structure with a narrower field that can be set", types(open(structOf(field(anyref, true))), open(structOf(field(eqref, true)), 0)), mismatch},
		{"a structure with a field that can be set", types(open(structOf(field(anyref, false))), open(structOf(field(anyref, true)), 0)), mismatch},
		{"an array of a packed type", types(open(arrayOf(field(wasm.CodeI8, true))), open(arrayOf(field(wasm.CodeI8, true)), 0)), ""},
		{"an array of another packed type", types(open(arrayOf(field(wasm.CodeI8, true))), open(arrayOf(field(wasm.CodeI16, true)), 0)), mismatch},
		{"sub types in a module", Nest(&binary.CoreModule{Bytes: coreTypes(final(fn(nil, nil)), open(fn(nil, nil), 0))}), final1},
	}
}

// coreTypes is a core module with types alone.
func coreTypes(types ...wasm.SubType) []byte {
	var m wasm.Module
	for _, t := range types {
		m.Type(t)
	}
	return m.Bytes()
}
