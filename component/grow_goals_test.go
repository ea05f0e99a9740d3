package component_test

import (
	"github.com/witgen/witgen/internal/wasm"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/testing/comptest"
)

// goal is a sort of definition that is tried for until one is valid.
type goal func(g *grower, s growScope, n [component.NumSorts]uint32) component.Def

var goals = []goal{
	func(g *grower, s growScope, n [component.NumSorts]uint32) component.Def {
		return &component.TypeDef{Type: g.typ(n)}
	},
	func(g *grower, s growScope, n [component.NumSorts]uint32) component.Def {
		return &component.TypeDef{Type: g.handle(n)}
	},
	func(g *grower, s growScope, n [component.NumSorts]uint32) component.Def {
		return &component.TypeDef{Type: g.function(n)}
	},
	func(g *grower, s growScope, n [component.NumSorts]uint32) component.Def {
		if !s.imports {
			return &component.ExportDecl{Name: g.externName(), Type: g.externType(n)}
		}
		return &component.Import{Name: g.externName(), Type: g.externType(n)}
	},
	func(g *grower, s growScope, n [component.NumSorts]uint32) component.Def {
		t := g.externType(n)
		if g.IntN(2) == 0 {
			t = component.ExternType{Sort: component.SortFunc, Index: g.typeIndex(funcKind)}
		}
		name := component.Named(pick(g.mutator, growNames))
		if !s.imports || s.component == nil && g.IntN(2) == 0 {
			return &component.ExportDecl{Name: name, Type: t}
		}
		return &component.Import{Name: name, Type: t}
	},
	func(g *grower, s growScope, n [component.NumSorts]uint32) component.Def {
		if s.component == nil {
			return &component.ExportDecl{Name: g.externName(), Type: g.externType(n)}
		}
		x := &component.Export{Name: component.Named(pick(g.mutator, growNames)), Sort: pick(g.mutator, []component.Sort{component.SortFunc, component.SortFunc, component.SortInstance, component.SortComponent, component.SortType})}
		x.Index = g.near(n[x.Sort])
		if g.IntN(2) == 0 {
			x.Type = comptest.Ptr(g.externType(n))
			for range 10 {
				if x.Type.Sort != x.Sort {
					*x.Type = g.externType(n)
				}
			}
		}
		return x
	},
	func(g *grower, s growScope, n [component.NumSorts]uint32) component.Def {
		return &component.Alias{Sort: pick(g.mutator, []component.Sort{component.SortType, component.SortType, component.SortFunc, component.SortInstance}), Target: component.AliasExport, Instance: g.near(n[component.SortInstance]), Name: g.taken()}
	},
	func(g *grower, s growScope, n [component.NumSorts]uint32) component.Def {
		return g.outerAlias([]component.Sort{component.SortType, component.SortType, component.SortType, component.SortCoreType, component.SortComponent, component.SortCoreModule})
	},
	func(g *grower, s growScope, n [component.NumSorts]uint32) component.Def {
		if s.component == nil {
			return g.coreType(n)
		}
		c := g.near(n[component.SortComponent])
		return &component.Instance{Component: c, Args: g.args(s, n, c)}
	},
	func(g *grower, s growScope, n [component.NumSorts]uint32) component.Def {
		if s.component == nil {
			return &component.TypeDef{Type: g.handle(n)}
		}
		return g.bag(n)
	},
	func(g *grower, s growScope, n [component.NumSorts]uint32) component.Def {
		f := &component.Func{}
		if g.IntN(2) == 0 {
			f.Params = []component.Field{{Name: "self", Type: comptest.At(g.defined(s, func(t component.Type) bool { _, ok := t.(*component.Borrow); return ok }))}}
		} else {
			f.Result = comptest.Ptr(comptest.At(g.defined(s, func(t component.Type) bool { _, ok := t.(*component.Own); return ok })))
		}
		return &component.TypeDef{Type: f}
	},
	annotated, annotated,
	lifts, lifts, lowers, canons, canons,
}

// defined returns the index of a type whose definition is such as is asked for.
func (g *grower) defined(s growScope, is func(component.Type) bool) uint32 {
	var fit []uint32
	n := uint32(0)
	for _, d := range s.defs() {
		if t, ok := d.(*component.TypeDef); ok && is(t.Type) {
			fit = append(fit, n)
		}
		if sort, ok := sortOf(d); ok && sort == component.SortType {
			n++
		}
	}
	if len(fit) == 0 {
		return g.near(n)
	}
	return pick(g.mutator, fit)
}

// annotated makes imports and exports that belong to a resource in scope.
func annotated(g *grower, s growScope, n [component.NumSorts]uint32) component.Def {
	var resources []string
	kinds := s.kinds(g.open[:len(g.open)-1])
	types := 0
	for _, d := range s.defs() {
		sort, ok := sortOf(d)
		if !ok || sort != component.SortType {
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
	name := component.Named(pick(g.mutator, []string{"[method]" + r + ".a", "[method]" + r + ".f", "[static]" + r + ".a", "[static]" + r + "." + r, "[constructor]" + r, "[static]" + r + ".b"}))
	t := component.ExternType{Sort: component.SortFunc, Index: g.defined(s, func(t component.Type) bool {
		f, ok := t.(*component.Func)
		return ok && (len(f.Params) > 0 && f.Params[0].Name == "self" || f.Result != nil)
	})}
	switch {
	case s.component != nil && g.IntN(2) == 0 && n[component.SortFunc] > 0:
		x := &component.Export{Name: name, Sort: component.SortFunc, Index: g.near(n[component.SortFunc])}
		if g.IntN(2) == 0 {
			x.Type = &t
		}
		return x
	case s.component == nil && (!s.imports || g.IntN(2) == 0):
		return &component.ExportDecl{Name: name, Type: t}
	default:
		return &component.Import{Name: name, Type: t}
	}
}

var (
	lifts = func(g *grower, s growScope, n [component.NumSorts]uint32) component.Def {
		if s.component == nil {
			return &component.TypeDef{Type: g.function(n)}
		}
		return &component.Canon{Op: component.CanonLift, Func: g.near(n[component.SortCoreFunc]), Type: g.typeIndex(funcKind), Options: g.options(n)}
	}
	lowers = func(g *grower, s growScope, n [component.NumSorts]uint32) component.Def {
		if s.component == nil {
			return &component.TypeDef{Type: g.function(n)}
		}
		return &component.Canon{Op: component.CanonLower, Func: g.near(n[component.SortFunc]), Options: g.options(n)}
	}
	canons = func(g *grower, s growScope, n [component.NumSorts]uint32) component.Def {
		if s.component == nil {
			return &component.TypeDef{Type: g.handle(n)}
		}
		c := g.canon(n)
		if c.Op == component.CanonLift || c.Op == component.CanonLower {
			c.Op = pick(g.mutator, []component.CanonOp{component.CanonResourceNew, component.CanonResourceDrop, component.CanonResourceRep, component.CanonStreamRead, component.CanonFutureWrite, component.CanonTaskReturn})
			c.Type = g.typeIndex(pick(g.mutator, []typeKind{valueKind, resourceKind, resourceKind}))
		}
		return c
	}
)

func (g *grower) handle(n [component.NumSorts]uint32) component.Type {
	switch g.IntN(4) {
	case 0:
		return &component.Own{Resource: g.typeIndex(resourceKind)}
	case 1:
		return &component.Borrow{Resource: g.typeIndex(resourceKind)}
	case 2:
		return &component.Result{OK: g.optional(n), Err: g.optional(n)}
	default:
		return &component.Resource{Rep: wasm.I32}
	}
}

// function makes types of functions such as methods and constructors have.
func (g *grower) function(n [component.NumSorts]uint32) component.Type {
	f := &component.Func{Async: g.IntN(6) == 0}
	if g.IntN(2) == 0 {
		f.Params = append(f.Params, component.Field{Name: "self", Type: comptest.At(g.typeIndex(valueKind))})
	}
	f.Params = append(f.Params, g.fields(n, 2)...)
	if g.IntN(2) == 0 {
		f.Result = comptest.Ptr(comptest.At(g.typeIndex(valueKind)))
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

func (g *grower) bag(n [component.NumSorts]uint32) component.Def {
	i := &component.Instance{Exports: []component.InlineExport{}}
	for range g.IntN(5) {
		sort := pick(g.mutator, externSorts)
		i.Exports = append(i.Exports, component.InlineExport{Name: g.externName(), Sort: sort, Index: g.near(n[sort])})
	}
	return i
}
