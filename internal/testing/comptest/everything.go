package comptest

import (
	"github.com/witgen/witgen/internal/wasm"

	"github.com/witgen/witgen/component"
)

// Everything returns a component with every kind of definition, every form of type
// and every canonical definition. It is not valid.
func Everything() *component.Component {
	u8, five := component.ValType{Prim: component.U8}, component.ValType{Index: 5}
	named := func(name string, attributes ...component.Attribute) component.ExternName {
		return component.ExternName{Name: name, Attributes: attributes}
	}
	dtor := uint32(7)
	signature := &wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm, Params: []wasm.ValType{wasm.I32, {Code: wasm.CodeRefNull, Heap: 3}}, Results: []wasm.ValType{{Code: wasm.CodeFuncRef}, {Code: wasm.CodeRef, Heap: -0x10}}}}}
	limits := wasm.Limits{Min: 1, Max: 2, HasMax: true, Shared: true, PageLog2: 16}

	types := []component.Type{
		&component.PrimType{Prim: component.Char}, &component.Record{Fields: []component.Field{{Name: "a", Type: u8}, {Name: "b", Type: five}}}, &component.Variant{Cases: []component.Case{{Name: "a", Type: nil}, {Name: "b", Type: &five}}}, &component.List{Elem: u8}, &component.FixedList{Elem: five, Length: 300},
		&component.Tuple{Types: []component.ValType{u8, five}}, &component.Flags{Labels: []string{"a", "b"}}, &component.Enum{Labels: []string{"x", "y"}}, &component.Option{Type: five}, &component.Result{OK: &u8, Err: nil}, &component.Result{OK: nil, Err: &five}, &component.Map{Key: component.ValType{Prim: component.String}, Value: five},
		&component.Own{Resource: 200}, &component.Borrow{Resource: 3}, &component.Stream{Type: nil}, &component.Stream{Type: &u8}, &component.Future{Type: nil}, &component.Future{Type: &five}, &component.PrimType{Prim: component.ErrorContextVal},
		&component.Func{Async: false, Params: []component.Field{{Name: "p", Type: u8}}, Result: nil}, &component.Func{Async: true, Params: nil, Result: &five}, &component.Resource{Rep: wasm.I32}, &component.Resource{Rep: wasm.I64, Dtor: &dtor},
		&component.InstanceType{Decls: []component.Def{
			&component.CoreTypeDef{Rec: signature},
			&component.TypeDef{Type: &component.List{Elem: u8}},
			&component.Alias{Sort: component.SortType, Target: component.AliasOuter, Count: 1, Index: 4},
			&component.ExportDecl{Name: named("r"), Type: component.ExternType{Sort: component.SortType, Bound: component.BoundSub}},
			&component.ExportDecl{Name: named("t"), Type: component.ExternType{Sort: component.SortType, Index: 1}},
		}},
		&component.ComponentType{Decls: []component.Def{
			&component.Import{Name: named("f"), Type: component.ExternType{Sort: component.SortFunc, Index: 0}},
			&component.ExportDecl{Name: named("m"), Type: component.ExternType{Sort: component.SortCoreModule, Index: 0}},
			&component.ExportDecl{Name: named("v"), Type: component.ExternType{Sort: component.SortValue, Bound: component.BoundType, Value: five}},
			&component.ExportDecl{Name: named("w"), Type: component.ExternType{Sort: component.SortValue, Index: 1}},
			&component.ExportDecl{Name: named("c"), Type: component.ExternType{Sort: component.SortComponent, Index: 1}},
		}},
	}

	c := &component.Component{}
	c.Add(&component.Custom{Name: "notes", Data: []byte{1, 2, 3}})
	c.Add(&component.CoreModule{Bytes: []byte(wasm.Preamble)})
	c.Add(&component.CoreTypeDef{Rec: signature})
	c.Add(&component.CoreTypeDef{Rec: &wasm.RecGroup{Types: []wasm.SubType{{Form: 0x50, Supers: []uint32{0}, Kind: wasm.StructForm, Fields: []wasm.Field{{Type: wasm.ValType{Code: 0x78}, Mutable: true}, {Type: wasm.F64, Mutable: false}}}}}})
	c.Add(&component.CoreTypeDef{Rec: &wasm.RecGroup{Explicit: true, Types: []wasm.SubType{{Form: 0x4f, Kind: wasm.ArrayForm, Fields: []wasm.Field{{Type: wasm.I64, Mutable: false}}}, {Kind: wasm.FuncForm}}}})
	c.Add(&component.CoreTypeDef{Module: &component.ModuleType{Decls: []component.ModuleDecl{
		{Type: signature},
		{Alias: &component.CoreAlias{Count: 1, Index: 2}},
		{Import: &wasm.Import{Module: "a", Name: "f", Type: wasm.Extern{Kind: wasm.FuncKind, Func: 1}}},
		{Import: &wasm.Import{Module: "a", Name: "t", Type: wasm.Extern{Kind: wasm.TableKind, Table: wasm.Table{Elem: wasm.ValType{Code: wasm.CodeFuncRef}, Limits: wasm.Limits{Min: 1, PageLog2: 16}}}}},
		{Import: &wasm.Import{Module: "a", Name: "m", Type: wasm.Extern{Kind: wasm.MemoryKind, Memory: limits}}},
		{Export: &component.CoreExportDecl{Name: "g", Type: wasm.Extern{Kind: wasm.GlobalKind, Global: wasm.Global{Type: wasm.I64, Mutable: true}}}},
		{Export: &component.CoreExportDecl{Name: "x", Type: wasm.Extern{Kind: wasm.TagKind, Func: 0}}},
		{Export: &component.CoreExportDecl{Name: "big", Type: wasm.Extern{Kind: wasm.MemoryKind, Memory: wasm.Limits{Min: 1 << 40, Addr64: true, HasPage: true, PageLog2: 0}}}},
	}}})
	c.Add(&component.CoreInstance{Module: 3, Args: []component.CoreArg{{Name: "env", Instance: 1}}})
	c.Add(&component.CoreInstance{Exports: []component.CoreExport{{Name: "f", Sort: component.SortCoreFunc, Index: 1}, {Name: "t", Sort: component.SortCoreTable, Index: 2}, {Name: "m", Sort: component.SortCoreMemory, Index: 3}, {Name: "g", Sort: component.SortCoreGlobal, Index: 4}, {Name: "x", Sort: component.SortCoreTag, Index: 5}}})
	inner := &component.Component{}
	inner.Add(&component.Custom{Name: "inner", Data: []byte{}})
	c.Add(inner)
	c.Add(inner)
	c.Add(&component.Instance{Component: 1, Args: []component.Arg{{Name: "a", Sort: component.SortFunc, Index: 1}, {Name: "b", Sort: component.SortCoreModule, Index: 2}}})
	c.Add(&component.Instance{Exports: []component.InlineExport{{Name: named("a", component.Attribute{Kind: component.ExternalID, Value: "é"}), Sort: component.SortInstance, Index: 300}, {Name: named("b"), Sort: component.SortType, Index: 1}}})
	for s := component.Sort(0); s < component.NumSorts; s++ {
		target := component.AliasExport
		if s.Core() && s < component.SortCoreType {
			target = component.AliasCoreExport
		}
		c.Add(&component.Alias{Sort: s, Target: target, Instance: uint32(s), Name: "x"})
	}
	c.Add(&component.Alias{Sort: component.SortCoreModule, Target: component.AliasOuter, Count: 2, Index: 1000})
	for _, t := range types {
		c.Add(&component.TypeDef{Type: t})
	}
	for _, op := range component.CanonOps() {
		c.Add(canonOf(op))
	}
	c.Add(&component.Start{Func: 1, Args: []uint32{2, 300}, Results: 1})
	c.Add(&component.Import{Name: component.ExternName{Name: "a:b/c@1.0.0", Old: true}, Type: component.ExternType{Sort: component.SortInstance, Index: 22}})
	c.Add(&component.Import{Name: named("d", component.Attribute{Kind: component.Implements, Value: "a:b/c"}, component.Attribute{Kind: component.VersionSuffix, Value: ".1"}, component.Attribute{Kind: component.ExternalID, Value: "x"}), Type: component.ExternType{Sort: component.SortInstance, Index: 22}})
	c.Add(&component.Export{Name: named("f"), Sort: component.SortFunc, Index: 4, Type: &component.ExternType{Sort: component.SortFunc, Index: 19}})
	c.Add(&component.Export{Name: named("m"), Sort: component.SortCoreModule, Index: 0})
	c.Add(&component.Value{Type: u8, Data: []byte{9}})
	return c
}

// canonOf returns a canonical definition whose immediates all differ.
func canonOf(op component.CanonOp) *component.Canon {
	d := &component.Canon{Op: op}
	result := component.ValType{Prim: component.String}
	for _, imm := range op.Immediates() {
		switch imm {
		case 'f':
			d.Func = 300
		case 't':
			d.Type = 201
		case 'o':
			d.Options = []component.CanonOption{{Kind: component.UTF16}, {Kind: component.MemoryOption, Index: 1}, {Kind: component.ReallocOption, Index: 2}, {Kind: component.PostReturnOption, Index: 3}, {Kind: component.AsyncOption}, {Kind: component.CallbackOption, Index: 400}}
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
