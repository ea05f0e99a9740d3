package component

import "github.com/witgen/witgen/internal/wasm"

// everything returns a component with every kind of definition, every form of type
// and every canonical definition. It is not valid.
func everything() *Component {
	u8, five := ValType{Prim: U8}, ValType{Index: 5}
	named := func(name string, attributes ...Attribute) ExternName {
		return ExternName{Name: name, Attributes: attributes}
	}
	dtor := uint32(7)
	signature := &wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm, Params: []wasm.ValType{wasm.I32, {Code: wasm.CodeRefNull, Heap: 3}}, Results: []wasm.ValType{{Code: wasm.CodeFuncRef}, {Code: wasm.CodeRef, Heap: -0x10}}}}}
	limits := wasm.Limits{Min: 1, Max: 2, HasMax: true, Shared: true, PageLog2: 16}

	types := []Type{
		&PrimType{Char}, &Record{[]Field{{"a", u8}, {"b", five}}}, &Variant{[]Case{{"a", nil}, {"b", &five}}}, &List{u8}, &FixedList{five, 300},
		&Tuple{[]ValType{u8, five}}, &Flags{[]string{"a", "b"}}, &Enum{[]string{"x", "y"}}, &Option{five}, &Result{&u8, nil}, &Result{nil, &five}, &Map{ValType{Prim: String}, five},
		&Own{200}, &Borrow{3}, &Stream{nil}, &Stream{&u8}, &Future{nil}, &Future{&five}, &PrimType{ErrorContextVal},
		&Func{false, []Field{{"p", u8}}, nil}, &Func{true, nil, &five}, &Resource{Rep: wasm.I32}, &Resource{Rep: wasm.I64, Dtor: &dtor},
		&InstanceType{[]Def{
			&CoreTypeDef{Rec: signature},
			&TypeDef{Type: &List{u8}},
			&Alias{Sort: SortType, Target: AliasOuter, Count: 1, Index: 4},
			&ExportDecl{Name: named("r"), Type: ExternType{Sort: SortType, Bound: BoundSub}},
			&ExportDecl{Name: named("t"), Type: ExternType{Sort: SortType, Index: 1}},
		}},
		&ComponentType{[]Def{
			&Import{Name: named("f"), Type: ExternType{Sort: SortFunc, Index: 0}},
			&ExportDecl{Name: named("m"), Type: ExternType{Sort: SortCoreModule, Index: 0}},
			&ExportDecl{Name: named("v"), Type: ExternType{Sort: SortValue, Bound: BoundType, Value: five}},
			&ExportDecl{Name: named("w"), Type: ExternType{Sort: SortValue, Index: 1}},
			&ExportDecl{Name: named("c"), Type: ExternType{Sort: SortComponent, Index: 1}},
		}},
	}

	c := &Component{}
	c.Add(&Custom{Name: "notes", Data: []byte{1, 2, 3}})
	c.Add(&CoreModule{Bytes: []byte(wasm.Preamble)})
	c.Add(&CoreTypeDef{Rec: signature})
	c.Add(&CoreTypeDef{Rec: &wasm.RecGroup{Types: []wasm.SubType{{Form: 0x50, Supers: []uint32{0}, Kind: wasm.StructForm, Fields: []wasm.Field{{Type: wasm.ValType{Code: 0x78}, Mutable: true}, {Type: wasm.F64, Mutable: false}}}}}})
	c.Add(&CoreTypeDef{Rec: &wasm.RecGroup{Explicit: true, Types: []wasm.SubType{{Form: 0x4f, Kind: wasm.ArrayForm, Fields: []wasm.Field{{Type: wasm.I64, Mutable: false}}}, {Kind: wasm.FuncForm}}}})
	c.Add(&CoreTypeDef{Module: &ModuleType{[]ModuleDecl{
		{Type: signature},
		{Alias: &CoreAlias{1, 2}},
		{Import: &wasm.Import{Module: "a", Name: "f", Type: wasm.Extern{Kind: wasm.FuncKind, Func: 1}}},
		{Import: &wasm.Import{Module: "a", Name: "t", Type: wasm.Extern{Kind: wasm.TableKind, Table: wasm.Table{Elem: wasm.ValType{Code: wasm.CodeFuncRef}, Limits: wasm.Limits{Min: 1, PageLog2: 16}}}}},
		{Import: &wasm.Import{Module: "a", Name: "m", Type: wasm.Extern{Kind: wasm.MemoryKind, Memory: limits}}},
		{Export: &CoreExportDecl{"g", wasm.Extern{Kind: wasm.GlobalKind, Global: wasm.Global{Type: wasm.I64, Mutable: true}}}},
		{Export: &CoreExportDecl{"x", wasm.Extern{Kind: wasm.TagKind, Func: 0}}},
		{Export: &CoreExportDecl{"big", wasm.Extern{Kind: wasm.MemoryKind, Memory: wasm.Limits{Min: 1 << 40, Addr64: true, HasPage: true, PageLog2: 0}}}},
	}}})
	c.Add(&CoreInstance{Module: 3, Args: []CoreArg{{"env", 1}}})
	c.Add(&CoreInstance{Exports: []CoreExport{{"f", SortCoreFunc, 1}, {"t", SortCoreTable, 2}, {"m", SortCoreMemory, 3}, {"g", SortCoreGlobal, 4}, {"x", SortCoreTag, 5}}})
	inner := &Component{}
	inner.Add(&Custom{Name: "inner", Data: []byte{}})
	c.Add(inner)
	c.Add(inner)
	c.Add(&Instance{Component: 1, Args: []Arg{{"a", SortFunc, 1}, {"b", SortCoreModule, 2}}})
	c.Add(&Instance{Exports: []InlineExport{{named("a", Attribute{ExternalID, "é"}), SortInstance, 300}, {named("b"), SortType, 1}}})
	for s := Sort(0); s < sorts; s++ {
		target := AliasExport
		if s.Core() && s < SortCoreType {
			target = AliasCoreExport
		}
		c.Add(&Alias{Sort: s, Target: target, Instance: uint32(s), Name: "x"})
	}
	c.Add(&Alias{Sort: SortCoreModule, Target: AliasOuter, Count: 2, Index: 1000})
	for _, t := range types {
		c.Add(&TypeDef{Type: t})
	}
	for _, op := range CanonOps() {
		c.Add(canonOf(op))
	}
	c.Add(&Start{Func: 1, Args: []uint32{2, 300}, Results: 1})
	c.Add(&Import{Name: ExternName{Name: "a:b/c@1.0.0", Old: true}, Type: ExternType{Sort: SortInstance, Index: 22}})
	c.Add(&Import{Name: named("d", Attribute{Implements, "a:b/c"}, Attribute{VersionSuffix, ".1"}, Attribute{ExternalID, "x"}), Type: ExternType{Sort: SortInstance, Index: 22}})
	c.Add(&Export{Name: named("f"), Sort: SortFunc, Index: 4, Type: &ExternType{Sort: SortFunc, Index: 19}})
	c.Add(&Export{Name: named("m"), Sort: SortCoreModule, Index: 0})
	c.Add(&Value{Type: u8, Data: []byte{9}})
	return c
}

// canonOf returns a canonical definition whose immediates all differ.
func canonOf(op CanonOp) *Canon {
	d := &Canon{Op: op}
	result := ValType{Prim: String}
	for _, imm := range op.Immediates() {
		switch imm {
		case 'f':
			d.Func = 300
		case 't':
			d.Type = 201
		case 'o':
			d.Options = []CanonOption{{Kind: UTF16}, {MemoryOption, 1}, {ReallocOption, 2}, {PostReturnOption, 3}, {Kind: AsyncOption}, {CallbackOption, 400}}
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
