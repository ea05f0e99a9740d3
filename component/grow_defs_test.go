package component_test

import (
	"slices"

	"github.com/witgen/witgen/component/binary"
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
func namesOf(d binary.Def) (list []string) {
	var decls []binary.Def
	switch d := d.(type) {
	case *binary.Import:
		list = append(list, d.Name.Name)
	case *binary.Export:
		list = append(list, d.Name.Name)
	case *binary.ExportDecl:
		list = append(list, d.Name.Name)
	case *binary.Instance:
		for _, x := range d.Exports {
			list = append(list, x.Name.Name)
		}
	case *binary.CoreInstance:
		for _, x := range d.Exports {
			list = append(list, x.Name)
		}
	case *binary.Component:
		decls = slices.Collect(d.Defs())
	case *binary.TypeDef:
		switch t := d.Type.(type) {
		case *binary.InstanceType:
			decls = t.Decls
		case *binary.ComponentType:
			decls = t.Decls
		}
	}
	for _, d := range decls {
		list = append(list, namesOf(d)...)
	}
	return list
}

func (g *grower) externName() binary.ExternName {
	n := binary.Named(g.aName())
	if g.IntN(25) == 0 {
		n.Attributes = append(n.Attributes, binary.Attribute{Kind: binary.AttributeKind(g.IntN(3)), Value: pick(g.mutator, []string{"a:b/c", ".0", ".2.3", "x", "a:b/c@1.0.0", "-rc", ""})})
	}
	return n
}

var externSorts = []binary.Sort{binary.SortFunc, binary.SortFunc, binary.SortType, binary.SortType, binary.SortType, binary.SortInstance, binary.SortInstance, binary.SortComponent, binary.SortCoreModule}

func (g *grower) externType(n [binary.NumSorts]uint32) binary.ExternType {
	t := binary.ExternType{Sort: pick(g.mutator, externSorts)}
	switch t.Sort {
	case binary.SortCoreModule:
		t.Index = g.near(n[binary.SortCoreType])
	case binary.SortType:
		if t.Bound = binary.Bound(g.IntN(2)); t.Bound == binary.BoundEq {
			t.Index = g.near(n[binary.SortType])
		}
	case binary.SortValue:
		if t.Bound = binary.Bound(2 * g.IntN(2)); t.Bound == binary.BoundEq {
			t.Index = g.near(n[binary.SortValue])
		} else {
			t.Value = g.val(n)
		}
	default:
		t.Index = g.typeIndex(map[binary.Sort]typeKind{binary.SortFunc: funcKind, binary.SortInstance: instanceKind, binary.SortComponent: componentKind}[t.Sort])
	}
	return t
}

func (g *grower) val(n [binary.NumSorts]uint32) binary.ValType {
	if n[binary.SortType] == 0 || g.IntN(3) == 0 {
		return binary.ValType{Prim: pick(g.mutator, prims)}
	}
	return comptest.At(g.typeIndex(valueKind))
}

func (g *grower) optional(n [binary.NumSorts]uint32) *binary.ValType {
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

func (g *grower) fields(n [binary.NumSorts]uint32, max int) []binary.Field {
	var list []binary.Field
	for _, l := range g.labels(max) {
		list = append(list, binary.Field{Name: l, Type: g.val(n)})
	}
	return list
}

func (g *grower) typ(n [binary.NumSorts]uint32) binary.Type {
	switch g.IntN(24) {
	case 0:
		return &binary.PrimType{Prim: pick(g.mutator, prims)}
	case 1:
		return &binary.Record{Fields: g.fields(n, 4)}
	case 2:
		v := &binary.Variant{}
		for _, l := range g.labels(4) {
			v.Cases = append(v.Cases, binary.Case{Name: l, Type: g.optional(n)})
		}
		return v
	case 3:
		return &binary.List{Elem: g.val(n)}
	case 4:
		return &binary.FixedList{Elem: g.val(n), Length: uint32(g.IntN(20))}
	case 5:
		t := &binary.Tuple{}
		for range g.IntN(4) {
			t.Types = append(t.Types, g.val(n))
		}
		return t
	case 6:
		return &binary.Flags{Labels: g.labels(34)}
	case 7:
		return &binary.Enum{Labels: g.labels(4)}
	case 8:
		return &binary.Option{Type: g.val(n)}
	case 9, 10:
		return &binary.Result{OK: g.optional(n), Err: g.optional(n)}
	case 11:
		return &binary.Map{Key: g.val(n), Value: g.val(n)}
	case 12, 13, 14:
		return &binary.Own{Resource: g.typeIndex(resourceKind)}
	case 15, 16:
		return &binary.Borrow{Resource: g.typeIndex(resourceKind)}
	case 17:
		return &binary.Stream{Type: g.optional(n)}
	case 18:
		return &binary.Future{Type: g.optional(n)}
	case 19:
		r := &binary.Resource{Rep: wasm.I32}
		if g.IntN(4) == 0 {
			r.Dtor = comptest.Ptr(g.near(n[binary.SortCoreFunc]))
		}
		if g.IntN(10) == 0 {
			r.Rep = wasm.I64
		}
		return r
	default:
		f := &binary.Func{Async: g.IntN(4) == 0, Params: g.fields(n, 3), Result: g.optional(n)}
		if len(f.Params) > 0 && g.IntN(3) == 0 {
			f.Params[0].Name = "self"
		}
		if g.IntN(12) == 0 {
			f.Params = g.fields(n, 20)
		}
		return f
	}
}

func (g *grower) options(n [binary.NumSorts]uint32) []binary.CanonOption {
	var list []binary.CanonOption
	add := func(kind binary.OptionKind, sort binary.Sort) {
		list = append(list, binary.CanonOption{Kind: kind, Index: g.near(n[sort])})
	}
	if g.IntN(3) == 0 {
		list = append(list, comptest.Option(binary.OptionKind(g.IntN(3))))
	}
	if g.IntN(3) > 0 {
		add(binary.MemoryOption, binary.SortCoreMemory)
	}
	if g.IntN(2) > 0 {
		list = append(list, binary.CanonOption{Kind: binary.ReallocOption, Index: comptest.CoreRealloc})
	}
	switch g.IntN(10) {
	case 0, 1, 2:
		list = append(list, comptest.Option(binary.AsyncOption))
		if g.IntN(2) == 0 {
			list = append(list, binary.CanonOption{Kind: binary.CallbackOption, Index: comptest.CoreCallback})
		}
	case 3:
		list = append(list, binary.CanonOption{Kind: binary.PostReturnOption, Index: pick(g.mutator, []uint32{comptest.CoreTake, comptest.CoreNothing, comptest.CoreTake64})})
	case 4:
		list = append(list, binary.CanonOption{Kind: binary.OptionKind(g.IntN(8)), Index: g.near(n[binary.SortCoreFunc])})
	}
	g.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func (g *grower) canon(n [binary.NumSorts]uint32) *binary.Canon {
	c := &binary.Canon{Op: pick(g.mutator, binary.CanonOps()), Type: g.near(n[binary.SortType]), Options: g.options(n), Result: g.optional(n), Async: g.IntN(2) == 0, Cancellable: g.IntN(99) == 0,
		Memory: g.near(n[binary.SortCoreMemory]), Table: g.near(n[binary.SortCoreTable]), Slot: uint32(g.IntN(3)), SlotType: pick(g.mutator, []wasm.ValType{wasm.I32, wasm.I32, wasm.I64, wasm.F32})}
	switch g.IntN(3) {
	case 0:
		c.Op = binary.CanonLift
		c.Func = g.near(n[binary.SortCoreFunc])
		c.Type = g.typeIndex(funcKind)
	case 1:
		c.Op = binary.CanonLower
		c.Func = g.near(n[binary.SortFunc])
	}
	switch c.Op {
	case binary.CanonThreadAvailableParallelism:
		c.Op = binary.CanonThreadIndex
	case binary.CanonResourceNew, binary.CanonResourceDrop, binary.CanonResourceRep:
		c.Type = g.typeIndex(resourceKind)
	case binary.CanonThreadNewIndirect, binary.CanonThreadSpawnIndirect, binary.CanonThreadSpawnRef:
		c.Type = g.near(n[binary.SortCoreType])
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

func (g *grower) moduleType(n [binary.NumSorts]uint32) *binary.ModuleType {
	t := &binary.ModuleType{}
	types := uint32(0)
	for range g.IntN(6) {
		switch g.IntN(5) {
		case 0, 1:
			t.Decls = append(t.Decls, binary.ModuleDecl{Type: &wasm.RecGroup{Types: []wasm.SubType{g.coreFuncType()}}})
			types++
		case 2:
			t.Decls = append(t.Decls, binary.ModuleDecl{Import: &wasm.Import{Module: pick(g.mutator, []string{"a", "b"}), Name: pick(g.mutator, []string{"a", "b", ""}), Type: g.coreExtern(types)}})
		case 3:
			t.Decls = append(t.Decls, binary.ModuleDecl{Export: &binary.CoreExportDecl{Name: pick(g.mutator, []string{"a", "b", "f", "memory"}), Type: g.coreExtern(types)}})
		default:
			t.Decls = append(t.Decls, binary.ModuleDecl{Alias: &binary.CoreAlias{Count: uint32(g.IntN(3)), Index: g.near(n[binary.SortCoreType])}})
			types++
		}
	}
	return t
}

func (g *grower) coreType(n [binary.NumSorts]uint32) *binary.CoreTypeDef {
	switch g.IntN(4) {
	case 0:
		return &binary.CoreTypeDef{Rec: &wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm, Params: []wasm.ValType{pick(g.mutator, []wasm.ValType{wasm.I32, wasm.I64})}}}}}
	case 1:
		return &binary.CoreTypeDef{Rec: &wasm.RecGroup{Types: []wasm.SubType{g.coreFuncType()}}}
	default:
		return &binary.CoreTypeDef{Module: g.moduleType(n)}
	}
}

// instanceArgs are arguments for the imports of a component in scope.
func (g *grower) args(s growScope, n [binary.NumSorts]uint32, of uint32) (args []binary.Arg) {
	seen := uint32(0)
	for _, d := range s.defs() {
		sort, ok := sortOf(d)
		if !ok || sort != binary.SortComponent {
			continue
		}
		if c, ok := d.(*binary.Component); ok && seen == of {
			for d := range c.Defs() {
				if i, ok := d.(*binary.Import); ok {
					args = append(args, binary.Arg{Name: i.Name.Name, Sort: i.Type.Sort, Index: g.near(n[i.Type.Sort])})
				}
			}
		}
		seen++
	}
	if g.IntN(6) == 0 {
		sort := pick(g.mutator, externSorts)
		args = append(args, binary.Arg{Name: g.taken(), Sort: sort, Index: g.near(n[sort])})
	}
	return args
}

func (g *grower) def(s growScope) binary.Def {
	n := s.counts()
	if s.component == nil {
		switch g.IntN(8) {
		case 0:
			return g.outerAlias([]binary.Sort{binary.SortType, binary.SortType, binary.SortType, binary.SortCoreType, binary.SortComponent, binary.SortCoreModule})
		case 1:
			return &binary.Alias{Sort: pick(g.mutator, []binary.Sort{binary.SortType, binary.SortType, binary.SortInstance, binary.SortFunc}), Target: binary.AliasExport, Instance: g.near(n[binary.SortInstance]), Name: g.taken()}
		case 2, 3:
			if s.imports {
				return &binary.Import{Name: g.externName(), Type: g.externType(n)}
			}
			return &binary.TypeDef{Type: g.typ(n)}
		case 4, 5:
			return &binary.ExportDecl{Name: g.externName(), Type: g.externType(n)}
		case 6:
			if g.IntN(4) == 0 {
				return g.coreType(n)
			}
			return &binary.TypeDef{Type: g.typ(n)}
		default:
			return &binary.TypeDef{Type: g.typ(n)}
		}
	}
	switch g.IntN(20) {
	case 0, 1, 2, 3:
		return &binary.TypeDef{Type: g.typ(n)}
	case 4, 5, 6:
		return &binary.Import{Name: g.externName(), Type: g.externType(n)}
	case 7, 8, 9:
		x := &binary.Export{Name: g.externName(), Sort: pick(g.mutator, externSorts)}
		x.Index = g.near(n[x.Sort])
		if g.IntN(5) == 0 {
			x.Type = comptest.Ptr(g.externType(n))
			if g.IntN(3) > 0 {
				x.Type.Sort = x.Sort
			}
		}
		return x
	case 10, 11:
		return &binary.Alias{Sort: pick(g.mutator, externSorts), Target: binary.AliasExport, Instance: g.near(n[binary.SortInstance]), Name: g.taken()}
	case 12:
		return g.outerAlias([]binary.Sort{binary.SortType, binary.SortType, binary.SortType, binary.SortCoreType, binary.SortComponent, binary.SortCoreModule, binary.SortFunc})
	case 13, 14, 15:
		return g.canon(n)
	case 16:
		c := g.near(n[binary.SortComponent])
		return &binary.Instance{Component: c, Args: g.args(s, n, c)}
	case 17:
		return g.bag(n)
	case 18:
		return g.coreInstance(n)
	default:
		switch g.IntN(4) {
		case 0:
			return &binary.Alias{Sort: pick(g.mutator, []binary.Sort{binary.SortCoreFunc, binary.SortCoreMemory, binary.SortCoreTable, binary.SortCoreGlobal, binary.SortCoreTag}), Target: binary.AliasCoreExport, Instance: g.near(n[binary.SortCoreInstance]),
				Name: pick(g.mutator, []string{"memory", "a", "b", "f", "realloc", "take"})}
		default:
			return g.coreType(n)
		}
	}
}

func (g *grower) coreInstance(n [binary.NumSorts]uint32) binary.Def {
	if g.IntN(2) == 0 {
		i := &binary.CoreInstance{Module: g.near(n[binary.SortCoreModule])}
		for range g.IntN(3) {
			i.Args = append(i.Args, binary.CoreArg{Name: pick(g.mutator, []string{"a", "b", "m"}), Instance: g.near(n[binary.SortCoreInstance])})
		}
		return i
	}
	i := &binary.CoreInstance{Exports: []binary.CoreExport{}}
	for range g.IntN(4) {
		sort := pick(g.mutator, []binary.Sort{binary.SortCoreFunc, binary.SortCoreFunc, binary.SortCoreMemory, binary.SortCoreTable, binary.SortCoreGlobal, binary.SortCoreTag})
		i.Exports = append(i.Exports, binary.CoreExport{Name: pick(g.mutator, []string{"a", "b", "f"}), Sort: sort, Index: g.near(n[sort])})
	}
	return i
}

func (g *grower) outerAlias(of []binary.Sort) binary.Def {
	a := &binary.Alias{Sort: pick(g.mutator, of), Target: binary.AliasOuter, Count: uint32(g.IntN(len(g.open) + 1))}
	if int(a.Count) < len(g.open) {
		a.Index = g.near(g.open[len(g.open)-1-int(a.Count)].counts()[a.Sort])
	}
	return a
}
