package component_test

import (
	"github.com/witgen/witgen/internal/wasm"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/testing/comptest"
)

// goal is a sort of definition that is tried for until one is valid.
type goal func(g *grower, s growScope, n [binary.NumSorts]uint32) binary.Def

var goals = []goal{
	func(g *grower, s growScope, n [binary.NumSorts]uint32) binary.Def {
		return &binary.TypeDef{Type: g.typ(n)}
	},
	func(g *grower, s growScope, n [binary.NumSorts]uint32) binary.Def {
		return &binary.TypeDef{Type: g.handle(n)}
	},
	func(g *grower, s growScope, n [binary.NumSorts]uint32) binary.Def {
		return &binary.TypeDef{Type: g.function(n)}
	},
	func(g *grower, s growScope, n [binary.NumSorts]uint32) binary.Def {
		if !s.imports {
			return &binary.ExportDecl{Name: g.externName(), Type: g.externType(n)}
		}
		return &binary.Import{Name: g.externName(), Type: g.externType(n)}
	},
	func(g *grower, s growScope, n [binary.NumSorts]uint32) binary.Def {
		t := g.externType(n)
		if g.IntN(2) == 0 {
			t = binary.ExternType{Sort: binary.SortFunc, Index: g.typeIndex(funcKind)}
		}
		name := binary.Named(pick(g.mutator, growNames))
		if !s.imports || s.component == nil && g.IntN(2) == 0 {
			return &binary.ExportDecl{Name: name, Type: t}
		}
		return &binary.Import{Name: name, Type: t}
	},
	func(g *grower, s growScope, n [binary.NumSorts]uint32) binary.Def {
		if s.component == nil {
			return &binary.ExportDecl{Name: g.externName(), Type: g.externType(n)}
		}
		x := &binary.Export{Name: binary.Named(pick(g.mutator, growNames)), Sort: pick(g.mutator, []binary.Sort{binary.SortFunc, binary.SortFunc, binary.SortInstance, binary.SortComponent, binary.SortType})}
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
	func(g *grower, s growScope, n [binary.NumSorts]uint32) binary.Def {
		return &binary.Alias{Sort: pick(g.mutator, []binary.Sort{binary.SortType, binary.SortType, binary.SortFunc, binary.SortInstance}), Target: binary.AliasExport, Instance: g.near(n[binary.SortInstance]), Name: g.taken()}
	},
	func(g *grower, s growScope, n [binary.NumSorts]uint32) binary.Def {
		return g.outerAlias([]binary.Sort{binary.SortType, binary.SortType, binary.SortType, binary.SortCoreType, binary.SortComponent, binary.SortCoreModule})
	},
	func(g *grower, s growScope, n [binary.NumSorts]uint32) binary.Def {
		if s.component == nil {
			return g.coreType(n)
		}
		c := g.near(n[binary.SortComponent])
		return &binary.Instance{Component: c, Args: g.args(s, n, c)}
	},
	func(g *grower, s growScope, n [binary.NumSorts]uint32) binary.Def {
		if s.component == nil {
			return &binary.TypeDef{Type: g.handle(n)}
		}
		return g.bag(n)
	},
	func(g *grower, s growScope, n [binary.NumSorts]uint32) binary.Def {
		f := &binary.Func{}
		if g.IntN(2) == 0 {
			f.Params = []binary.Field{{Name: "self", Type: comptest.At(g.defined(s, func(t binary.Type) bool { _, ok := t.(*binary.Borrow); return ok }))}}
		} else {
			f.Result = comptest.Ptr(comptest.At(g.defined(s, func(t binary.Type) bool { _, ok := t.(*binary.Own); return ok })))
		}
		return &binary.TypeDef{Type: f}
	},
	annotated, annotated,
	lifts, lifts, lowers, canons, canons,
}

// defined returns the index of a type whose definition is such as is asked for.
func (g *grower) defined(s growScope, is func(binary.Type) bool) uint32 {
	var fit []uint32
	n := uint32(0)
	for _, d := range s.defs() {
		if t, ok := d.(*binary.TypeDef); ok && is(t.Type) {
			fit = append(fit, n)
		}
		if sort, ok := sortOf(d); ok && sort == binary.SortType {
			n++
		}
	}
	if len(fit) == 0 {
		return g.near(n)
	}
	return pick(g.mutator, fit)
}

// annotated makes imports and exports that belong to a resource in scope.
func annotated(g *grower, s growScope, n [binary.NumSorts]uint32) binary.Def {
	var resources []string
	kinds := s.kinds(g.open[:len(g.open)-1])
	types := 0
	for _, d := range s.defs() {
		sort, ok := sortOf(d)
		if !ok || sort != binary.SortType {
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
	name := binary.Named(pick(g.mutator, []string{"[method]" + r + ".a", "[method]" + r + ".f", "[static]" + r + ".a", "[static]" + r + "." + r, "[constructor]" + r, "[static]" + r + ".b"}))
	t := binary.ExternType{Sort: binary.SortFunc, Index: g.defined(s, func(t binary.Type) bool {
		f, ok := t.(*binary.Func)
		return ok && (len(f.Params) > 0 && f.Params[0].Name == "self" || f.Result != nil)
	})}
	switch {
	case s.component != nil && g.IntN(2) == 0 && n[binary.SortFunc] > 0:
		x := &binary.Export{Name: name, Sort: binary.SortFunc, Index: g.near(n[binary.SortFunc])}
		if g.IntN(2) == 0 {
			x.Type = &t
		}
		return x
	case s.component == nil && (!s.imports || g.IntN(2) == 0):
		return &binary.ExportDecl{Name: name, Type: t}
	default:
		return &binary.Import{Name: name, Type: t}
	}
}

var (
	lifts = func(g *grower, s growScope, n [binary.NumSorts]uint32) binary.Def {
		if s.component == nil {
			return &binary.TypeDef{Type: g.function(n)}
		}
		return &binary.Canon{Op: binary.CanonLift, Func: g.near(n[binary.SortCoreFunc]), Type: g.typeIndex(funcKind), Options: g.options(n)}
	}
	lowers = func(g *grower, s growScope, n [binary.NumSorts]uint32) binary.Def {
		if s.component == nil {
			return &binary.TypeDef{Type: g.function(n)}
		}
		return &binary.Canon{Op: binary.CanonLower, Func: g.near(n[binary.SortFunc]), Options: g.options(n)}
	}
	canons = func(g *grower, s growScope, n [binary.NumSorts]uint32) binary.Def {
		if s.component == nil {
			return &binary.TypeDef{Type: g.handle(n)}
		}
		c := g.canon(n)
		if c.Op == binary.CanonLift || c.Op == binary.CanonLower {
			c.Op = pick(g.mutator, []binary.CanonOp{binary.CanonResourceNew, binary.CanonResourceDrop, binary.CanonResourceRep, binary.CanonStreamRead, binary.CanonFutureWrite, binary.CanonTaskReturn})
			c.Type = g.typeIndex(pick(g.mutator, []typeKind{valueKind, resourceKind, resourceKind}))
		}
		return c
	}
)

func (g *grower) handle(n [binary.NumSorts]uint32) binary.Type {
	switch g.IntN(4) {
	case 0:
		return &binary.Own{Resource: g.typeIndex(resourceKind)}
	case 1:
		return &binary.Borrow{Resource: g.typeIndex(resourceKind)}
	case 2:
		return &binary.Result{OK: g.optional(n), Err: g.optional(n)}
	default:
		return &binary.Resource{Rep: wasm.I32}
	}
}

// function makes types of functions such as methods and constructors have.
func (g *grower) function(n [binary.NumSorts]uint32) binary.Type {
	f := &binary.Func{Async: g.IntN(6) == 0}
	if g.IntN(2) == 0 {
		f.Params = append(f.Params, binary.Field{Name: "self", Type: comptest.At(g.typeIndex(valueKind))})
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

func (g *grower) bag(n [binary.NumSorts]uint32) binary.Def {
	i := &binary.Instance{Exports: []binary.InlineExport{}}
	for range g.IntN(5) {
		sort := pick(g.mutator, externSorts)
		i.Exports = append(i.Exports, binary.InlineExport{Name: g.externName(), Sort: sort, Index: g.near(n[sort])})
	}
	return i
}
