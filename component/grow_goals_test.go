package component

import "github.com/witgen/witgen/internal/wasm"

// goal is a sort of definition that is tried for until one is valid.
type goal func(g *grower, s growScope, n [sorts]uint32) Def

var goals = []goal{
	func(g *grower, s growScope, n [sorts]uint32) Def { return &TypeDef{Type: g.typ(n)} },
	func(g *grower, s growScope, n [sorts]uint32) Def { return &TypeDef{Type: g.handle(n)} },
	func(g *grower, s growScope, n [sorts]uint32) Def { return &TypeDef{Type: g.function(n)} },
	func(g *grower, s growScope, n [sorts]uint32) Def {
		if !s.imports {
			return &ExportDecl{Name: g.externName(), Type: g.externType(n)}
		}
		return &Import{Name: g.externName(), Type: g.externType(n)}
	},
	func(g *grower, s growScope, n [sorts]uint32) Def {
		t := g.externType(n)
		if g.IntN(2) == 0 {
			t = ExternType{Sort: SortFunc, Index: g.typeIndex(funcKind)}
		}
		name := Named(pick(g.mutator, growNames))
		if !s.imports || s.component == nil && g.IntN(2) == 0 {
			return &ExportDecl{Name: name, Type: t}
		}
		return &Import{Name: name, Type: t}
	},
	func(g *grower, s growScope, n [sorts]uint32) Def {
		if s.component == nil {
			return &ExportDecl{Name: g.externName(), Type: g.externType(n)}
		}
		x := &Export{Name: Named(pick(g.mutator, growNames)), Sort: pick(g.mutator, []Sort{SortFunc, SortFunc, SortInstance, SortComponent, SortType})}
		x.Index = g.near(n[x.Sort])
		if g.IntN(2) == 0 {
			x.Type = ptr(g.externType(n))
			for range 10 {
				if x.Type.Sort != x.Sort {
					*x.Type = g.externType(n)
				}
			}
		}
		return x
	},
	func(g *grower, s growScope, n [sorts]uint32) Def {
		return &Alias{Sort: pick(g.mutator, []Sort{SortType, SortType, SortFunc, SortInstance}), Target: AliasExport, Instance: g.near(n[SortInstance]), Name: g.taken()}
	},
	func(g *grower, s growScope, n [sorts]uint32) Def {
		return g.outerAlias([]Sort{SortType, SortType, SortType, SortCoreType, SortComponent, SortCoreModule})
	},
	func(g *grower, s growScope, n [sorts]uint32) Def {
		if s.component == nil {
			return g.coreType(n)
		}
		c := g.near(n[SortComponent])
		return &Instance{Component: c, Args: g.args(s, n, c)}
	},
	func(g *grower, s growScope, n [sorts]uint32) Def {
		if s.component == nil {
			return &TypeDef{Type: g.handle(n)}
		}
		return g.bag(n)
	},
	func(g *grower, s growScope, n [sorts]uint32) Def {
		f := &Func{}
		if g.IntN(2) == 0 {
			f.Params = []Field{{"self", at(g.defined(s, func(t Type) bool { _, ok := t.(*Borrow); return ok }))}}
		} else {
			f.Result = ptr(at(g.defined(s, func(t Type) bool { _, ok := t.(*Own); return ok })))
		}
		return &TypeDef{Type: f}
	},
	annotated, annotated,
	lifts, lifts, lowers, canons, canons,
}

// defined returns the index of a type whose definition is such as is asked for.
func (g *grower) defined(s growScope, is func(Type) bool) uint32 {
	var fit []uint32
	n := uint32(0)
	for _, d := range s.defs() {
		if t, ok := d.(*TypeDef); ok && is(t.Type) {
			fit = append(fit, n)
		}
		if sort, ok := sortOf(d); ok && sort == SortType {
			n++
		}
	}
	if len(fit) == 0 {
		return g.near(n)
	}
	return pick(g.mutator, fit)
}

// annotated makes imports and exports that belong to a resource in scope.
func annotated(g *grower, s growScope, n [sorts]uint32) Def {
	var resources []string
	kinds := s.kinds(g.open[:len(g.open)-1])
	types := 0
	for _, d := range s.defs() {
		sort, ok := sortOf(d)
		if !ok || sort != SortType {
			continue
		}
		if list := namesOf(d); len(list) == 1 && types < len(kinds) && kinds[types] == resourceKind {
			resources = append(resources, list[0])
		}
		types++
	}
	if len(resources) == 0 {
		resources = []string{"r"}
	}
	r := pick(g.mutator, resources)
	name := Named(pick(g.mutator, []string{"[method]" + r + ".a", "[method]" + r + ".f", "[static]" + r + ".a", "[static]" + r + "." + r, "[constructor]" + r, "[static]" + r + ".b"}))
	t := ExternType{Sort: SortFunc, Index: g.defined(s, func(t Type) bool {
		f, ok := t.(*Func)
		return ok && (len(f.Params) > 0 && f.Params[0].Name == "self" || f.Result != nil)
	})}
	switch {
	case s.component != nil && g.IntN(2) == 0 && n[SortFunc] > 0:
		x := &Export{Name: name, Sort: SortFunc, Index: g.near(n[SortFunc])}
		if g.IntN(2) == 0 {
			x.Type = &t
		}
		return x
	case s.component == nil && (!s.imports || g.IntN(2) == 0):
		return &ExportDecl{Name: name, Type: t}
	default:
		return &Import{Name: name, Type: t}
	}
}

var (
	lifts = func(g *grower, s growScope, n [sorts]uint32) Def {
		if s.component == nil {
			return &TypeDef{Type: g.function(n)}
		}
		return &Canon{Op: CanonLift, Func: g.near(n[SortCoreFunc]), Type: g.typeIndex(funcKind), Options: g.options(n)}
	}
	lowers = func(g *grower, s growScope, n [sorts]uint32) Def {
		if s.component == nil {
			return &TypeDef{Type: g.function(n)}
		}
		return &Canon{Op: CanonLower, Func: g.near(n[SortFunc]), Options: g.options(n)}
	}
	canons = func(g *grower, s growScope, n [sorts]uint32) Def {
		if s.component == nil {
			return &TypeDef{Type: g.handle(n)}
		}
		c := g.canon(n)
		if c.Op == CanonLift || c.Op == CanonLower {
			c.Op = pick(g.mutator, []CanonOp{CanonResourceNew, CanonResourceDrop, CanonResourceRep, CanonStreamRead, CanonFutureWrite, CanonTaskReturn})
			c.Type = g.typeIndex(pick(g.mutator, []typeKind{valueKind, resourceKind, resourceKind}))
		}
		return c
	}
)

func (g *grower) handle(n [sorts]uint32) Type {
	switch g.IntN(4) {
	case 0:
		return &Own{g.typeIndex(resourceKind)}
	case 1:
		return &Borrow{g.typeIndex(resourceKind)}
	case 2:
		return &Result{g.optional(n), g.optional(n)}
	default:
		return &Resource{Rep: wasm.I32}
	}
}

// function makes types of functions such as methods and constructors have.
func (g *grower) function(n [sorts]uint32) Type {
	f := &Func{Async: g.IntN(6) == 0}
	if g.IntN(2) == 0 {
		f.Params = append(f.Params, Field{"self", at(g.typeIndex(valueKind))})
	}
	f.Params = append(f.Params, g.fields(n, 2)...)
	if g.IntN(2) == 0 {
		f.Result = ptr(at(g.typeIndex(valueKind)))
	}
	return f
}

// pursue adds a definition of a sort; each is tried by the function valid.
func (g *grower) pursue(valid func() (rule string)) {
	s := g.top()
	want := pick(g.mutator, goals)
	for range 40 {
		s.add(want(g, s, s.counts()))
		rule := valid()
		if rule == "" {
			return
		}
		if g.supply(rule) {
			if valid() == "" {
				return
			}
			s.drop()
			s.drop()
			s.drop()
		}
		s.drop()
	}
}

func (g *grower) bag(n [sorts]uint32) Def {
	i := &Instance{Exports: []InlineExport{}}
	for range g.IntN(5) {
		sort := pick(g.mutator, externSorts)
		i.Exports = append(i.Exports, InlineExport{g.externName(), sort, g.near(n[sort])})
	}
	return i
}
