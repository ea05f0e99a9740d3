package maker

import "github.com/witgen/witgen/internal/wasm"

// shimTableType is the type of the table that shims call through: it has room for
// them all.
func shimTableType(n int) wasm.Table {
	return wasm.Table{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: uint64(n), Max: uint64(n), HasMax: true}}
}

// shimModule returns the module whose functions "0", "1" and so on call the entries
// of the table that it exports.
func shimModule(shims []*shim) []byte {
	var m wasm.Module
	for i, s := range shims {
		typ := m.Type(wasm.FuncType(s.typ.Params, s.typ.Results))
		var code wasm.Code
		for p := range s.typ.Params {
			code.Op(wasm.OpLocalGet, uint32(p))
		}
		code.I32Const(int32(i))
		code.Op(wasm.OpCallIndirect, typ, 0)
		m.Export(exportName(i), wasm.FuncKind, m.Func(typ, nil, code))
	}
	m.Export(shimTable, wasm.TableKind, m.Table(shimTableType(len(shims))))
	return m.Bytes()
}

// fixupModule returns the module that imports the real functions and the table of
// the shims, fills the one with the other, and then calls initialize of the main
// module, where that is not "".
func fixupModule(shims []*shim, initialize string) []byte {
	var m wasm.Module
	function := func(module, name string, params, results []wasm.ValType) uint32 {
		typ := m.Type(wasm.FuncType(params, results))
		return m.Import(wasm.Import{Module: module, Name: name, Type: wasm.Extern{Kind: wasm.FuncKind, Func: typ}})
	}
	var actual []uint32
	for i, s := range shims {
		actual = append(actual, function("actual", exportName(i), s.typ.Params, s.typ.Results))
	}
	if initialize != "" {
		start := function("main", initialize, nil, nil)
		m.Start = &start
	}
	if len(shims) > 0 {
		m.Import(wasm.Import{Module: "shim", Name: shimTable, Type: wasm.Extern{Kind: wasm.TableKind, Table: shimTableType(len(shims))}})
		m.Element(0, actual...)
	}
	return m.Bytes()
}
