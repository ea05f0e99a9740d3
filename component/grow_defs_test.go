package component

import (
	"slices"

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
func namesOf(d Def) (list []string) {
	var decls []Def
	switch d := d.(type) {
	case *Import:
		list = append(list, d.Name.Name)
	case *Export:
		list = append(list, d.Name.Name)
	case *ExportDecl:
		list = append(list, d.Name.Name)
	case *Instance:
		for _, x := range d.Exports {
			list = append(list, x.Name.Name)
		}
	case *CoreInstance:
		for _, x := range d.Exports {
			list = append(list, x.Name)
		}
	case *Component:
		decls = slices.Collect(d.Defs())
	case *TypeDef:
		switch t := d.Type.(type) {
		case *InstanceType:
			decls = t.Decls
		case *ComponentType:
			decls = t.Decls
		}
	}
	for _, d := range decls {
		list = append(list, namesOf(d)...)
	}
	return list
}

func (g *grower) externName() ExternName {
	n := Named(g.aName())
	if g.IntN(25) == 0 {
		n.Attributes = append(n.Attributes, Attribute{Kind: AttributeKind(g.IntN(3)), Value: pick(g.mutator, []string{"a:b/c", ".0", ".2.3", "x", "a:b/c@1.0.0", "-rc", ""})})
	}
	return n
}

var externSorts = []Sort{SortFunc, SortFunc, SortType, SortType, SortType, SortInstance, SortInstance, SortComponent, SortCoreModule}

func (g *grower) externType(n [sorts]uint32) ExternType {
	t := ExternType{Sort: pick(g.mutator, externSorts)}
	switch t.Sort {
	case SortCoreModule:
		t.Index = g.near(n[SortCoreType])
	case SortType:
		if t.Bound = Bound(g.IntN(2)); t.Bound == BoundEq {
			t.Index = g.near(n[SortType])
		}
	case SortValue:
		if t.Bound = Bound(2 * g.IntN(2)); t.Bound == BoundEq {
			t.Index = g.near(n[SortValue])
		} else {
			t.Value = g.val(n)
		}
	default:
		t.Index = g.typeIndex(map[Sort]typeKind{SortFunc: funcKind, SortInstance: instanceKind, SortComponent: componentKind}[t.Sort])
	}
	return t
}

func (g *grower) val(n [sorts]uint32) ValType {
	if n[SortType] == 0 || g.IntN(3) == 0 {
		return ValType{Prim: pick(g.mutator, prims)}
	}
	return at(g.typeIndex(valueKind))
}

func (g *grower) optional(n [sorts]uint32) *ValType {
	if g.IntN(3) == 0 {
		return nil
	}
	return ptr(g.val(n))
}

func (g *grower) labels(max int) []string {
	list := make([]string, g.IntN(max+1))
	for i := range list {
		list[i] = numbered(max)[i]
		if g.IntN(20) == 0 {
			list[i] = pick(g.mutator, oddNames)
		}
	}
	return list
}

func (g *grower) fields(n [sorts]uint32, max int) []Field {
	var list []Field
	for _, l := range g.labels(max) {
		list = append(list, Field{l, g.val(n)})
	}
	return list
}

func (g *grower) typ(n [sorts]uint32) Type {
	switch g.IntN(24) {
	case 0:
		return &PrimType{pick(g.mutator, prims)}
	case 1:
		return &Record{g.fields(n, 4)}
	case 2:
		v := &Variant{}
		for _, l := range g.labels(4) {
			v.Cases = append(v.Cases, Case{l, g.optional(n)})
		}
		return v
	case 3:
		return &List{g.val(n)}
	case 4:
		return &FixedList{g.val(n), uint32(g.IntN(20))}
	case 5:
		t := &Tuple{}
		for range g.IntN(4) {
			t.Types = append(t.Types, g.val(n))
		}
		return t
	case 6:
		return &Flags{g.labels(34)}
	case 7:
		return &Enum{g.labels(4)}
	case 8:
		return &Option{g.val(n)}
	case 9, 10:
		return &Result{g.optional(n), g.optional(n)}
	case 11:
		return &Map{g.val(n), g.val(n)}
	case 12, 13, 14:
		return &Own{g.typeIndex(resourceKind)}
	case 15, 16:
		return &Borrow{g.typeIndex(resourceKind)}
	case 17:
		return &Stream{g.optional(n)}
	case 18:
		return &Future{g.optional(n)}
	case 19:
		r := &Resource{Rep: wasm.I32}
		if g.IntN(4) == 0 {
			r.Dtor = ptr(g.near(n[SortCoreFunc]))
		}
		if g.IntN(10) == 0 {
			r.Rep = wasm.I64
		}
		return r
	default:
		f := &Func{Async: g.IntN(4) == 0, Params: g.fields(n, 3), Result: g.optional(n)}
		if len(f.Params) > 0 && g.IntN(3) == 0 {
			f.Params[0].Name = "self"
		}
		if g.IntN(12) == 0 {
			f.Params = g.fields(n, 20)
		}
		return f
	}
}

func (g *grower) options(n [sorts]uint32) []CanonOption {
	var list []CanonOption
	add := func(kind OptionKind, sort Sort) { list = append(list, CanonOption{kind, g.near(n[sort])}) }
	if g.IntN(3) == 0 {
		list = append(list, option(OptionKind(g.IntN(3))))
	}
	if g.IntN(3) > 0 {
		add(MemoryOption, SortCoreMemory)
	}
	if g.IntN(2) > 0 {
		list = append(list, CanonOption{ReallocOption, coreRealloc})
	}
	switch g.IntN(10) {
	case 0, 1, 2:
		list = append(list, option(AsyncOption))
		if g.IntN(2) == 0 {
			list = append(list, CanonOption{CallbackOption, coreCallback})
		}
	case 3:
		list = append(list, CanonOption{PostReturnOption, pick(g.mutator, []uint32{coreTake, coreNothing, coreTake64})})
	case 4:
		list = append(list, CanonOption{OptionKind(g.IntN(8)), g.near(n[SortCoreFunc])})
	}
	g.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func (g *grower) canon(n [sorts]uint32) *Canon {
	c := &Canon{Op: pick(g.mutator, CanonOps()), Type: g.near(n[SortType]), Options: g.options(n), Result: g.optional(n), Async: g.IntN(2) == 0, Cancellable: g.IntN(99) == 0,
		Memory: g.near(n[SortCoreMemory]), Table: g.near(n[SortCoreTable]), Slot: uint32(g.IntN(3)), SlotType: pick(g.mutator, []wasm.ValType{wasm.I32, wasm.I32, wasm.I64, wasm.F32})}
	switch g.IntN(3) {
	case 0:
		c.Op = CanonLift
		c.Func = g.near(n[SortCoreFunc])
		c.Type = g.typeIndex(funcKind)
	case 1:
		c.Op = CanonLower
		c.Func = g.near(n[SortFunc])
	}
	switch c.Op {
	case CanonThreadAvailableParallelism:
		c.Op = CanonThreadIndex
	case CanonResourceNew, CanonResourceDrop, CanonResourceRep:
		c.Type = g.typeIndex(resourceKind)
	case CanonThreadNewIndirect, CanonThreadSpawnIndirect, CanonThreadSpawnRef:
		c.Type = g.near(n[SortCoreType])
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

func (g *grower) moduleType(n [sorts]uint32) *ModuleType {
	t := &ModuleType{}
	types := uint32(0)
	for range g.IntN(6) {
		switch g.IntN(5) {
		case 0, 1:
			t.Decls = append(t.Decls, ModuleDecl{Type: &wasm.RecGroup{Types: []wasm.SubType{g.coreFuncType()}}})
			types++
		case 2:
			t.Decls = append(t.Decls, ModuleDecl{Import: &wasm.Import{Module: pick(g.mutator, []string{"a", "b"}), Name: pick(g.mutator, []string{"a", "b", ""}), Type: g.coreExtern(types)}})
		case 3:
			t.Decls = append(t.Decls, ModuleDecl{Export: &CoreExportDecl{pick(g.mutator, []string{"a", "b", "f", "memory"}), g.coreExtern(types)}})
		default:
			t.Decls = append(t.Decls, ModuleDecl{Alias: &CoreAlias{uint32(g.IntN(3)), g.near(n[SortCoreType])}})
			types++
		}
	}
	return t
}

func (g *grower) coreType(n [sorts]uint32) *CoreTypeDef {
	switch g.IntN(4) {
	case 0:
		return &CoreTypeDef{Rec: &wasm.RecGroup{Types: []wasm.SubType{{Kind: wasm.FuncForm, Params: []wasm.ValType{pick(g.mutator, []wasm.ValType{wasm.I32, wasm.I64})}}}}}
	case 1:
		return &CoreTypeDef{Rec: &wasm.RecGroup{Types: []wasm.SubType{g.coreFuncType()}}}
	default:
		return &CoreTypeDef{Module: g.moduleType(n)}
	}
}

// instanceArgs are arguments for the imports of a component in scope.
func (g *grower) args(s growScope, n [sorts]uint32, component uint32) (args []Arg) {
	seen := uint32(0)
	for _, d := range s.defs() {
		sort, ok := sortOf(d)
		if !ok || sort != SortComponent {
			continue
		}
		if c, ok := d.(*Component); ok && seen == component {
			for d := range c.Defs() {
				if i, ok := d.(*Import); ok {
					args = append(args, Arg{i.Name.Name, i.Type.Sort, g.near(n[i.Type.Sort])})
				}
			}
		}
		seen++
	}
	if g.IntN(6) == 0 {
		sort := pick(g.mutator, externSorts)
		args = append(args, Arg{g.taken(), sort, g.near(n[sort])})
	}
	return args
}

func (g *grower) def(s growScope) Def {
	n := s.counts()
	if s.component == nil {
		switch g.IntN(8) {
		case 0:
			return g.outerAlias([]Sort{SortType, SortType, SortType, SortCoreType, SortComponent, SortCoreModule})
		case 1:
			return &Alias{Sort: pick(g.mutator, []Sort{SortType, SortType, SortInstance, SortFunc}), Target: AliasExport, Instance: g.near(n[SortInstance]), Name: g.taken()}
		case 2, 3:
			if s.imports {
				return &Import{Name: g.externName(), Type: g.externType(n)}
			}
			return &TypeDef{Type: g.typ(n)}
		case 4, 5:
			return &ExportDecl{Name: g.externName(), Type: g.externType(n)}
		case 6:
			if g.IntN(4) == 0 {
				return g.coreType(n)
			}
			return &TypeDef{Type: g.typ(n)}
		default:
			return &TypeDef{Type: g.typ(n)}
		}
	}
	switch g.IntN(20) {
	case 0, 1, 2, 3:
		return &TypeDef{Type: g.typ(n)}
	case 4, 5, 6:
		return &Import{Name: g.externName(), Type: g.externType(n)}
	case 7, 8, 9:
		x := &Export{Name: g.externName(), Sort: pick(g.mutator, externSorts)}
		x.Index = g.near(n[x.Sort])
		if g.IntN(5) == 0 {
			x.Type = ptr(g.externType(n))
			if g.IntN(3) > 0 {
				x.Type.Sort = x.Sort
			}
		}
		return x
	case 10, 11:
		return &Alias{Sort: pick(g.mutator, externSorts), Target: AliasExport, Instance: g.near(n[SortInstance]), Name: g.taken()}
	case 12:
		return g.outerAlias([]Sort{SortType, SortType, SortType, SortCoreType, SortComponent, SortCoreModule, SortFunc})
	case 13, 14, 15:
		return g.canon(n)
	case 16:
		c := g.near(n[SortComponent])
		return &Instance{Component: c, Args: g.args(s, n, c)}
	case 17:
		return g.bag(n)
	case 18:
		return g.coreInstance(n)
	default:
		switch g.IntN(4) {
		case 0:
			return &Alias{Sort: pick(g.mutator, []Sort{SortCoreFunc, SortCoreMemory, SortCoreTable, SortCoreGlobal, SortCoreTag}), Target: AliasCoreExport, Instance: g.near(n[SortCoreInstance]),
				Name: pick(g.mutator, []string{"memory", "a", "b", "f", "realloc", "take"})}
		default:
			return g.coreType(n)
		}
	}
}

func (g *grower) coreInstance(n [sorts]uint32) Def {
	if g.IntN(2) == 0 {
		i := &CoreInstance{Module: g.near(n[SortCoreModule])}
		for range g.IntN(3) {
			i.Args = append(i.Args, CoreArg{pick(g.mutator, []string{"a", "b", "m"}), g.near(n[SortCoreInstance])})
		}
		return i
	}
	i := &CoreInstance{Exports: []CoreExport{}}
	for range g.IntN(4) {
		sort := pick(g.mutator, []Sort{SortCoreFunc, SortCoreFunc, SortCoreMemory, SortCoreTable, SortCoreGlobal, SortCoreTag})
		i.Exports = append(i.Exports, CoreExport{pick(g.mutator, []string{"a", "b", "f"}), sort, g.near(n[sort])})
	}
	return i
}

func (g *grower) outerAlias(of []Sort) Def {
	a := &Alias{Sort: pick(g.mutator, of), Target: AliasOuter, Count: uint32(g.IntN(len(g.open) + 1))}
	if int(a.Count) < len(g.open) {
		a.Index = g.near(g.open[len(g.open)-1-int(a.Count)].counts()[a.Sort])
	}
	return a
}
