package comptest

import (
	"github.com/witgen/witgen/internal/wasm"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
)

// Everything returns a component with every kind of definition, every form of type
// and every canonical definition. It is not valid.
func Everything() *binary.Component {
	u8, five := binary.ValType{Prim: binary.U8}, binary.ValType{Index: 5}
	named := func(name string, attributes ...binary.Attribute) binary.ExternName {
		return binary.ExternName{Name: name, Attributes: attributes}
	}
	dtor := uint32(7)
	signature := &wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm, Params: []wasm.ValType{wasm.I32, {Code: wasm.CodeRefNull, Heap: 3}}, Results: []wasm.ValType{{Code: wasm.CodeFuncRef}, {Code: wasm.CodeRef, Heap: -0x10}}}}}
	limits := wasm.Limits{Min: 1, Max: 2, HasMax: true, Shared: true, PageLog2: 16}

	types := []binary.Type{
		&binary.PrimType{Prim: binary.Char}, &binary.Record{Fields: []binary.Field{{Name: "a", Type: u8}, {Name: "b", Type: five}}}, &binary.Variant{Cases: []binary.Case{{Name: "a", Type: nil}, {Name: "b", Type: &five}}}, &binary.List{Elem: u8}, &binary.FixedList{Elem: five, Length: 300},
		&binary.Tuple{Types: []binary.ValType{u8, five}}, &binary.Flags{Labels: []string{"a", "b"}}, &binary.Enum{Labels: []string{"x", "y"}}, &binary.Option{Type: five}, &binary.Result{OK: &u8, Err: nil}, &binary.Result{OK: nil, Err: &five}, &binary.Map{Key: binary.ValType{Prim: binary.String}, Value: five},
		&binary.Own{Resource: 200}, &binary.Borrow{Resource: 3}, &binary.Stream{Type: nil}, &binary.Stream{Type: &u8}, &binary.Future{Type: nil}, &binary.Future{Type: &five}, &binary.PrimType{Prim: binary.ErrorContextVal},
		&binary.Func{Async: false, Params: []binary.Field{{Name: "p", Type: u8}}, Result: nil}, &binary.Func{Async: true, Params: nil, Result: &five}, &binary.Resource{Rep: wasm.I32}, &binary.Resource{Rep: wasm.I64, Dtor: &dtor},
		&binary.InstanceType{Decls: []binary.Def{
			&binary.CoreTypeDef{Rec: signature},
			&binary.TypeDef{Type: &binary.List{Elem: u8}},
			&binary.Alias{Sort: binary.SortType, Target: binary.AliasOuter, Count: 1, Index: 4},
			&binary.ExportDecl{Name: named("r"), Type: binary.ExternType{Sort: binary.SortType, Bound: binary.BoundSub}},
			&binary.ExportDecl{Name: named("t"), Type: binary.ExternType{Sort: binary.SortType, Index: 1}},
		}},
		&binary.ComponentType{Decls: []binary.Def{
			&binary.Import{Name: named("f"), Type: binary.ExternType{Sort: binary.SortFunc, Index: 0}},
			&binary.ExportDecl{Name: named("m"), Type: binary.ExternType{Sort: binary.SortCoreModule, Index: 0}},
			&binary.ExportDecl{Name: named("v"), Type: binary.ExternType{Sort: binary.SortValue, Bound: binary.BoundType, Value: five}},
			&binary.ExportDecl{Name: named("w"), Type: binary.ExternType{Sort: binary.SortValue, Index: 1}},
			&binary.ExportDecl{Name: named("c"), Type: binary.ExternType{Sort: binary.SortComponent, Index: 1}},
		}},
	}

	c := &binary.Component{}
	c.Add(&binary.Custom{Name: "notes", Data: []byte{1, 2, 3}})
	c.Add(&binary.CoreModule{Bytes: []byte(wasm.Preamble)})
	c.Add(&binary.CoreTypeDef{Rec: signature})
	c.Add(&binary.CoreTypeDef{Rec: &wasm.RecGroup{Types: []wasm.SubType{{Form: 0x50, Supers: []uint32{0}, Kind: wasm.StructForm, Fields: []wasm.Field{{Type: wasm.ValType{Code: 0x78}, Mutable: true}, {Type: wasm.F64, Mutable: false}}}}}})
	c.Add(&binary.CoreTypeDef{Rec: &wasm.RecGroup{Explicit: true, Types: []wasm.SubType{{Form: 0x4f, Kind: wasm.ArrayForm, Fields: []wasm.Field{{Type: wasm.I64, Mutable: false}}}, {Kind: wasm.FuncForm}}}})
	c.Add(&binary.CoreTypeDef{Module: &binary.ModuleType{Decls: []binary.ModuleDecl{
		{Type: signature},
		{Alias: &binary.CoreAlias{Count: 1, Index: 2}},
		{Import: &wasm.Import{Module: "a", Name: "f", Type: wasm.Extern{Kind: wasm.FuncKind, Func: 1}}},
		{Import: &wasm.Import{Module: "a", Name: "t", Type: wasm.Extern{Kind: wasm.TableKind, Table: wasm.Table{Elem: wasm.ValType{Code: wasm.CodeFuncRef}, Limits: wasm.Limits{Min: 1, PageLog2: 16}}}}},
		{Import: &wasm.Import{Module: "a", Name: "m", Type: wasm.Extern{Kind: wasm.MemoryKind, Memory: limits}}},
		{Export: &binary.CoreExportDecl{Name: "g", Type: wasm.Extern{Kind: wasm.GlobalKind, Global: wasm.Global{Type: wasm.I64, Mutable: true}}}},
		{Export: &binary.CoreExportDecl{Name: "x", Type: wasm.Extern{Kind: wasm.TagKind, Func: 0}}},
		{Export: &binary.CoreExportDecl{Name: "big", Type: wasm.Extern{Kind: wasm.MemoryKind, Memory: wasm.Limits{Min: 1 << 40, Addr64: true, HasPage: true, PageLog2: 0}}}},
	}}})
	c.Add(&binary.CoreInstance{Module: 3, Args: []binary.CoreArg{{Name: "env", Instance: 1}}})
	c.Add(&binary.CoreInstance{Exports: []binary.CoreExport{{Name: "f", Sort: binary.SortCoreFunc, Index: 1}, {Name: "t", Sort: binary.SortCoreTable, Index: 2}, {Name: "m", Sort: binary.SortCoreMemory, Index: 3}, {Name: "g", Sort: binary.SortCoreGlobal, Index: 4}, {Name: "x", Sort: binary.SortCoreTag, Index: 5}}})
	inner := &binary.Component{}
	inner.Add(&binary.Custom{Name: "inner", Data: []byte{}})
	c.Add(inner)
	c.Add(inner)
	c.Add(&binary.Instance{Component: 1, Args: []binary.Arg{{Name: "a", Sort: binary.SortFunc, Index: 1}, {Name: "b", Sort: binary.SortCoreModule, Index: 2}}})
	c.Add(&binary.Instance{Exports: []binary.InlineExport{{Name: named("a", binary.Attribute{Kind: binary.ExternalID, Value: "é"}), Sort: binary.SortInstance, Index: 300}, {Name: named("b"), Sort: binary.SortType, Index: 1}}})
	for s := binary.Sort(0); s < binary.NumSorts; s++ {
		target := binary.AliasExport
		if s.Core() && s < binary.SortCoreType {
			target = binary.AliasCoreExport
		}
		c.Add(&binary.Alias{Sort: s, Target: target, Instance: uint32(s), Name: "x"})
	}
	c.Add(&binary.Alias{Sort: binary.SortCoreModule, Target: binary.AliasOuter, Count: 2, Index: 1000})
	for _, t := range types {
		c.Add(&binary.TypeDef{Type: t})
	}
	for _, op := range binary.CanonOps() {
		c.Add(canonOf(op))
	}
	c.Add(&binary.Start{Func: 1, Args: []uint32{2, 300}, Results: 1})
	c.Add(&binary.Import{Name: binary.ExternName{Name: "a:b/c@1.0.0", Old: true}, Type: binary.ExternType{Sort: binary.SortInstance, Index: 22}})
	c.Add(&binary.Import{Name: named("d", binary.Attribute{Kind: binary.Implements, Value: "a:b/c"}, binary.Attribute{Kind: binary.VersionSuffix, Value: ".1"}, binary.Attribute{Kind: binary.ExternalID, Value: "x"}), Type: binary.ExternType{Sort: binary.SortInstance, Index: 22}})
	c.Add(&binary.Export{Name: named("f"), Sort: binary.SortFunc, Index: 4, Type: &binary.ExternType{Sort: binary.SortFunc, Index: 19}})
	c.Add(&binary.Export{Name: named("m"), Sort: binary.SortCoreModule, Index: 0})
	c.Add(&binary.Value{Type: u8, Data: []byte{9}})
	return c
}

// canonOf returns a canonical definition whose immediates all differ.
func canonOf(op binary.CanonOp) *binary.Canon {
	d := &binary.Canon{Op: op}
	result := binary.ValType{Prim: binary.String}
	for _, imm := range op.Immediates() {
		switch imm {
		case 'f':
			d.Func = 300
		case 't':
			d.Type = 201
		case 'o':
			d.Options = []binary.CanonOption{{Kind: component.UTF16}, {Kind: binary.MemoryOption, Index: 1}, {Kind: binary.ReallocOption, Index: 2}, {Kind: binary.PostReturnOption, Index: 3}, {Kind: binary.AsyncOption}, {Kind: binary.CallbackOption, Index: 400}}
		case 'r':
			d.Result = &result
		case 'a':
			d.Async = true
		case 'c':
			d.Cancellable = true
		case 's':
			d.Shared = true
		case 'm':
			d.Memory = 5
		case 'T':
			d.Table = 6
		case 'v':
			d.SlotType = wasm.I32
		case 'i':
			d.Slot = 1
		}
	}
	return d
}
