package component_test

import (
	"slices"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/internal/wasm"
)

// growNames are names that meet each other often.
var growNames = []string{"a", "b", "r", "s", "r", "x", "a-b", "f", "A", "R",
	"[constructor]r", "[method]r.a", "[static]r.a", "[method]r.f", "[constructor]s", "[method]s.a", "[constructor]R", "[static]R.r",
	"a:b/c", "a:b/d@1.0.0", "a:b/d@0.1.2"}

func (g *grower) aName() string {
	if g.IntN(40) == 0 {
		return pick(g.mutator, oddNames)
	}
	return pick(g.mutator, growNames)
}

// taken returns a name that stands somewhere in the component.
func (g *grower) taken() string {
	var list []string
	for _, s := range g.open {
		for _, d := range s.defs() {
			list = append(list, namesOf(d)...)
		}
	}
	if len(list) == 0 || g.IntN(20) == 0 {
		return g.aName()
	}
	return pick(g.mutator, list)
}

// namesOf returns the names of what an instance of a definition may export or a
// component import.
func namesOf(d component.Def) (list []string) {
	var decls []component.Def
	switch d := d.(type) {
	case *component.Import:
		list = append(list, d.Name.Name)
	case *component.Export:
		list = append(list, d.Name.Name)
	case *component.ExportDecl:
		list = append(list, d.Name.Name)
	case *component.Instance:
		for _, x := range d.Exports {
			list = append(list, x.Name.Name)
		}
	case *component.CoreInstance:
		for _, x := range d.Exports {
			list = append(list, x.Name)
		}
	case *component.Component:
		decls = slices.Collect(d.Defs())
	case *component.TypeDef:
		switch t := d.Type.(type) {
		case *component.InstanceType:
			decls = t.Decls
		case *component.ComponentType:
			decls = t.Decls
		}
	}
	for _, d := range decls {
		list = append(list, namesOf(d)...)
	}
	return list
}

func (g *grower) externName() component.ExternName {
	n := component.Named(g.aName())
	if g.IntN(25) == 0 {
		n.Attributes = append(n.Attributes, component.Attribute{Kind: component.AttributeKind(g.IntN(3)), Value: pick(g.mutator, []string{"a:b/c", ".0", ".2.3", "x", "a:b/c@1.0.0", "-rc", ""})})
	}
	return n
}

var externSorts = []component.Sort{component.SortFunc, component.SortFunc, component.SortType, component.SortType, component.SortType, component.SortInstance, component.SortInstance, component.SortComponent, component.SortCoreModule}

func (g *grower) externType(n [component.NumSorts]uint32) component.ExternType {
	t := component.ExternType{Sort: pick(g.mutator, externSorts)}
	switch t.Sort {
	case component.SortCoreModule:
		t.Index = g.near(n[component.SortCoreType])
	case component.SortType:
		if t.Bound = component.Bound(g.IntN(2)); t.Bound == component.BoundEq {
			t.Index = g.near(n[component.SortType])
		}
	case component.SortValue:
		if t.Bound = component.Bound(2 * g.IntN(2)); t.Bound == component.BoundEq {
			t.Index = g.near(n[component.SortValue])
		} else {
			t.Value = g.val(n)
		}
	default:
		t.Index = g.typeIndex(map[component.Sort]typeKind{component.SortFunc: funcKind, component.SortInstance: instanceKind, component.SortComponent: componentKind}[t.Sort])
	}
	return t
}

func (g *grower) val(n [component.NumSorts]uint32) component.ValType {
	if n[component.SortType] == 0 || g.IntN(3) == 0 {
		return component.ValType{Prim: pick(g.mutator, prims)}
	}
	return comptest.At(g.typeIndex(valueKind))
}

func (g *grower) optional(n [component.NumSorts]uint32) *component.ValType {
	if g.IntN(3) == 0 {
		return nil
	}
	return comptest.Ptr(g.val(n))
}

func (g *grower) labels(max int) []string {
	list := make([]string, g.IntN(max+1))
	for i := range list {
		list[i] = comptest.Numbered(max)[i]
		if g.IntN(20) == 0 {
			list[i] = pick(g.mutator, oddNames)
		}
	}
	return list
}

func (g *grower) fields(n [component.NumSorts]uint32, max int) []component.Field {
	var list []component.Field
	for _, l := range g.labels(max) {
		list = append(list, component.Field{Name: l, Type: g.val(n)})
	}
	return list
}

func (g *grower) typ(n [component.NumSorts]uint32) component.Type {
	switch g.IntN(24) {
	case 0:
		return &component.PrimType{Prim: pick(g.mutator, prims)}
	case 1:
		return &component.Record{Fields: g.fields(n, 4)}
	case 2:
		v := &component.Variant{}
		for _, l := range g.labels(4) {
			v.Cases = append(v.Cases, component.Case{Name: l, Type: g.optional(n)})
		}
		return v
	case 3:
		return &component.List{Elem: g.val(n)}
	case 4:
		return &component.FixedList{Elem: g.val(n), Length: uint32(g.IntN(20))}
	case 5:
		t := &component.Tuple{}
		for range g.IntN(4) {
			t.Types = append(t.Types, g.val(n))
		}
		return t
	case 6:
		return &component.Flags{Labels: g.labels(34)}
	case 7:
		return &component.Enum{Labels: g.labels(4)}
	case 8:
		return &component.Option{Type: g.val(n)}
	case 9, 10:
		return &component.Result{OK: g.optional(n), Err: g.optional(n)}
	case 11:
		return &component.Map{Key: g.val(n), Value: g.val(n)}
	case 12, 13, 14:
		return &component.Own{Resource: g.typeIndex(resourceKind)}
	case 15, 16:
		return &component.Borrow{Resource: g.typeIndex(resourceKind)}
	case 17:
		return &component.Stream{Type: g.optional(n)}
	case 18:
		return &component.Future{Type: g.optional(n)}
	case 19:
		r := &component.Resource{Rep: wasm.I32}
		if g.IntN(4) == 0 {
			r.Dtor = comptest.Ptr(g.near(n[component.SortCoreFunc]))
		}
		if g.IntN(10) == 0 {
			r.Rep = wasm.I64
		}
		return r
	default:
		f := &component.Func{Async: g.IntN(4) == 0, Params: g.fields(n, 3), Result: g.optional(n)}
		if len(f.Params) > 0 && g.IntN(3) == 0 {
			f.Params[0].Name = "self"
		}
		if g.IntN(12) == 0 {
			f.Params = g.fields(n, 20)
		}
		return f
	}
}

func (g *grower) options(n [component.NumSorts]uint32) []component.CanonOption {
	var list []component.CanonOption
	add := func(kind component.OptionKind, sort component.Sort) {
		list = append(list, component.CanonOption{Kind: kind, Index: g.near(n[sort])})
	}
	if g.IntN(3) == 0 {
		list = append(list, comptest.Option(component.OptionKind(g.IntN(3))))
	}
	if g.IntN(3) > 0 {
		add(component.MemoryOption, component.SortCoreMemory)
	}
	if g.IntN(2) > 0 {
		list = append(list, component.CanonOption{Kind: component.ReallocOption, Index: comptest.CoreRealloc})
	}
	switch g.IntN(10) {
	case 0, 1, 2:
		list = append(list, comptest.Option(component.AsyncOption))
		if g.IntN(2) == 0 {
			list = append(list, component.CanonOption{Kind: component.CallbackOption, Index: comptest.CoreCallback})
		}
	case 3:
		list = append(list, component.CanonOption{Kind: component.PostReturnOption, Index: pick(g.mutator, []uint32{comptest.CoreTake, comptest.CoreNothing, comptest.CoreTake64})})
	case 4:
		list = append(list, component.CanonOption{Kind: component.OptionKind(g.IntN(8)), Index: g.near(n[component.SortCoreFunc])})
	}
	g.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func (g *grower) canon(n [component.NumSorts]uint32) *component.Canon {
	c := &component.Canon{Op: pick(g.mutator, component.CanonOps()), Type: g.near(n[component.SortType]), Options: g.options(n), Result: g.optional(n), Async: g.IntN(2) == 0, Cancellable: g.IntN(99) == 0,
		Memory: g.near(n[component.SortCoreMemory]), Table: g.near(n[component.SortCoreTable]), Slot: uint32(g.IntN(3)), SlotType: pick(g.mutator, []wasm.ValType{wasm.I32, wasm.I32, wasm.I64, wasm.F32})}
	switch g.IntN(3) {
	case 0:
		c.Op = component.CanonLift
		c.Func = g.near(n[component.SortCoreFunc])
		c.Type = g.typeIndex(funcKind)
	case 1:
		c.Op = component.CanonLower
		c.Func = g.near(n[component.SortFunc])
	}
	switch c.Op {
	case component.CanonThreadAvailableParallelism:
		c.Op = component.CanonThreadIndex
	case component.CanonResourceNew, component.CanonResourceDrop, component.CanonResourceRep:
		c.Type = g.typeIndex(resourceKind)
	case component.CanonThreadNewIndirect, component.CanonThreadSpawnIndirect, component.CanonThreadSpawnRef:
		c.Type = g.near(n[component.SortCoreType])
	}
	return c
}

func (g *grower) coreFuncType() wasm.SubType {
	list := func() (l []wasm.ValType) {
		for range g.IntN(3) {
			l = append(l, pick(g.mutator, []wasm.ValType{wasm.I32, wasm.I32, wasm.I64, wasm.F32, wasm.F64, {Code: wasm.CodeFuncRef}}))
		}
		return l
	}
	return wasm.SubType{Kind: wasm.FuncForm, Params: list(), Results: list()}
}

func (g *grower) limits() wasm.Limits {
	l := wasm.Limits{Min: uint64(g.IntN(3)), PageLog2: 16, HasMax: g.IntN(2) == 0, Shared: g.IntN(6) == 0, Addr64: g.IntN(6) == 0}
	if l.HasMax {
		l.Max = uint64(g.IntN(4))
	}
	return l
}

func (g *grower) coreExtern(types uint32) wasm.Extern {
	switch g.IntN(6) {
	case 0:
		return wasm.Extern{Kind: wasm.TableKind, Table: wasm.Table{Elem: pick(g.mutator, []wasm.ValType{{Code: wasm.CodeFuncRef}, {Code: 0x6f}, {Code: wasm.CodeRefNull, Heap: -16}}), Limits: g.limits()}}
	case 1:
		return wasm.Extern{Kind: wasm.MemoryKind, Memory: g.limits()}
	case 2:
		return wasm.Extern{Kind: wasm.GlobalKind, Global: wasm.Global{Type: pick(g.mutator, []wasm.ValType{wasm.I32, wasm.F64}), Mutable: g.IntN(2) == 0}}
	case 3:
		return wasm.Extern{Kind: wasm.TagKind, Func: g.near(types)}
	default:
		return wasm.Extern{Kind: wasm.FuncKind, Func: g.near(types)}
	}
}

func (g *grower) moduleType(n [component.NumSorts]uint32) *component.ModuleType {
	t := &component.ModuleType{}
	types := uint32(0)
	for range g.IntN(6) {
		switch g.IntN(5) {
		case 0, 1:
			t.Decls = append(t.Decls, component.ModuleDecl{Type: &wasm.RecGroup{Types: []wasm.SubType{g.coreFuncType()}}})
			types++
		case 2:
			t.Decls = append(t.Decls, component.ModuleDecl{Import: &wasm.Import{Module: pick(g.mutator, []string{"a", "b"}), Name: pick(g.mutator, []string{"a", "b", ""}), Type: g.coreExtern(types)}})
		case 3:
			t.Decls = append(t.Decls, component.ModuleDecl{Export: &component.CoreExportDecl{Name: pick(g.mutator, []string{"a", "b", "f", "memory"}), Type: g.coreExtern(types)}})
		default:
			t.Decls = append(t.Decls, component.ModuleDecl{Alias: &component.CoreAlias{Count: uint32(g.IntN(3)), Index: g.near(n[component.SortCoreType])}})
			types++
		}
	}
	return t
}

func (g *grower) coreType(n [component.NumSorts]uint32) *component.CoreTypeDef {
	switch g.IntN(4) {
	case 0:
		return &component.CoreTypeDef{Rec: &wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm, Params: []wasm.ValType{pick(g.mutator, []wasm.ValType{wasm.I32, wasm.I64})}}}}}
	case 1:
		return &component.CoreTypeDef{Rec: &wasm.RecGroup{Types: []wasm.SubType{g.coreFuncType()}}}
	default:
		return &component.CoreTypeDef{Module: g.moduleType(n)}
	}
}

// instanceArgs are arguments for the imports of a component in scope.
func (g *grower) args(s growScope, n [component.NumSorts]uint32, of uint32) (args []component.Arg) {
	seen := uint32(0)
	for _, d := range s.defs() {
		sort, ok := sortOf(d)
		if !ok || sort != component.SortComponent {
			continue
		}
		if c, ok := d.(*component.Component); ok && seen == of {
			for d := range c.Defs() {
				if i, ok := d.(*component.Import); ok {
					args = append(args, component.Arg{Name: i.Name.Name, Sort: i.Type.Sort, Index: g.near(n[i.Type.Sort])})
				}
			}
		}
		seen++
	}
	if g.IntN(6) == 0 {
		sort := pick(g.mutator, externSorts)
		args = append(args, component.Arg{Name: g.taken(), Sort: sort, Index: g.near(n[sort])})
	}
	return args
}

func (g *grower) def(s growScope) component.Def {
	n := s.counts()
	if s.component == nil {
		switch g.IntN(8) {
		case 0:
			return g.outerAlias([]component.Sort{component.SortType, component.SortType, component.SortType, component.SortCoreType, component.SortComponent, component.SortCoreModule})
		case 1:
			return &component.Alias{Sort: pick(g.mutator, []component.Sort{component.SortType, component.SortType, component.SortInstance, component.SortFunc}), Target: component.AliasExport, Instance: g.near(n[component.SortInstance]), Name: g.taken()}
		case 2, 3:
			if s.imports {
				return &component.Import{Name: g.externName(), Type: g.externType(n)}
			}
			return &component.TypeDef{Type: g.typ(n)}
		case 4, 5:
			return &component.ExportDecl{Name: g.externName(), Type: g.externType(n)}
		case 6:
			if g.IntN(4) == 0 {
				return g.coreType(n)
			}
			return &component.TypeDef{Type: g.typ(n)}
		default:
			return &component.TypeDef{Type: g.typ(n)}
		}
	}
	switch g.IntN(20) {
	case 0, 1, 2, 3:
		return &component.TypeDef{Type: g.typ(n)}
	case 4, 5, 6:
		return &component.Import{Name: g.externName(), Type: g.externType(n)}
	case 7, 8, 9:
		x := &component.Export{Name: g.externName(), Sort: pick(g.mutator, externSorts)}
		x.Index = g.near(n[x.Sort])
		if g.IntN(5) == 0 {
			x.Type = comptest.Ptr(g.externType(n))
			if g.IntN(3) > 0 {
				x.Type.Sort = x.Sort
			}
		}
		return x
	case 10, 11:
		return &component.Alias{Sort: pick(g.mutator, externSorts), Target: component.AliasExport, Instance: g.near(n[component.SortInstance]), Name: g.taken()}
	case 12:
		return g.outerAlias([]component.Sort{component.SortType, component.SortType, component.SortType, component.SortCoreType, component.SortComponent, component.SortCoreModule, component.SortFunc})
	case 13, 14, 15:
		return g.canon(n)
	case 16:
		c := g.near(n[component.SortComponent])
		return &component.Instance{Component: c, Args: g.args(s, n, c)}
	case 17:
		return g.bag(n)
	case 18:
		return g.coreInstance(n)
	default:
		switch g.IntN(4) {
		case 0:
			return &component.Alias{Sort: pick(g.mutator, []component.Sort{component.SortCoreFunc, component.SortCoreMemory, component.SortCoreTable, component.SortCoreGlobal, component.SortCoreTag}), Target: component.AliasCoreExport, Instance: g.near(n[component.SortCoreInstance]),
				Name: pick(g.mutator, []string{"memory", "a", "b", "f", "realloc", "take"})}
		default:
			return g.coreType(n)
		}
	}
}

func (g *grower) coreInstance(n [component.NumSorts]uint32) component.Def {
	if g.IntN(2) == 0 {
		i := &component.CoreInstance{Module: g.near(n[component.SortCoreModule])}
		for range g.IntN(3) {
			i.Args = append(i.Args, component.CoreArg{Name: pick(g.mutator, []string{"a", "b", "m"}), Instance: g.near(n[component.SortCoreInstance])})
		}
		return i
	}
	i := &component.CoreInstance{Exports: []component.CoreExport{}}
	for range g.IntN(4) {
		sort := pick(g.mutator, []component.Sort{component.SortCoreFunc, component.SortCoreFunc, component.SortCoreMemory, component.SortCoreTable, component.SortCoreGlobal, component.SortCoreTag})
		i.Exports = append(i.Exports, component.CoreExport{Name: pick(g.mutator, []string{"a", "b", "f"}), Sort: sort, Index: g.near(n[sort])})
	}
	return i
}

func (g *grower) outerAlias(of []component.Sort) component.Def {
	a := &component.Alias{Sort: pick(g.mutator, of), Target: component.AliasOuter, Count: uint32(g.IntN(len(g.open) + 1))}
	if int(a.Count) < len(g.open) {
		a.Index = g.near(g.open[len(g.open)-1-int(a.Count)].counts()[a.Sort])
	}
	return a
}
