package component_test

import (
	"regexp"
	"slices"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/testing/comptest"
)

// grower makes components definition by definition. Each is made at random and
// kept where the component stays valid.
type grower struct {
	*mutator
	root *binary.Component
	// open are the scopes inside each other, the innermost last.
	open []growScope
}

// growScope is a component, or a type whose declarators are decls.
type growScope struct {
	component *binary.Component
	decls     *[]binary.Def
	imports   bool
}

func (g *grower) top() growScope { return g.open[len(g.open)-1] }

// defs returns the definitions of the innermost scope.
func (s growScope) defs() []binary.Def {
	if s.component != nil {
		return slices.Collect(s.component.Defs())
	}
	return *s.decls
}

func (s growScope) add(d binary.Def) {
	if s.component != nil {
		s.component.Add(d)
		return
	}
	*s.decls = append(*s.decls, d)
}

// drop removes the last definition.
func (s growScope) drop() {
	if s.component == nil {
		*s.decls = (*s.decls)[:len(*s.decls)-1]
		return
	}
	last := &s.component.Sections[len(s.component.Sections)-1]
	if last.Defs = last.Defs[:len(last.Defs)-1]; len(last.Defs) == 0 {
		s.component.Sections = s.component.Sections[:len(s.component.Sections)-1]
	}
}

// counts returns the sizes of the index spaces of a scope.
func (s growScope) counts() (n [binary.NumSorts]uint32) {
	for _, d := range s.defs() {
		if c, ok := d.(*binary.CoreTypeDef); ok && c.Rec != nil {
			n[binary.SortCoreType] += uint32(len(c.Rec.Types))
		} else if sort, ok := sortOf(d); ok {
			n[sort]++
		}
	}
	return n
}

func newGrower(m *mutator) *grower {
	g := &grower{mutator: m, root: &binary.Component{}}
	g.open = []growScope{{component: g.root, imports: true}}
	if m.IntN(2) == 0 {
		for _, d := range comptest.Library() {
			g.root.Add(d)
		}
	}
	return g
}

// candidate adds a definition and returns what takes it away again.
func (g *grower) candidate() (undo func()) {
	s := g.top()
	if len(g.open) > 1 && g.IntN(10) == 0 {
		last := g.top()
		g.open = g.open[:len(g.open)-1]
		return func() { g.open = append(g.open, last) }
	}
	if len(g.open) < 4 && g.IntN(8) == 0 {
		var inner growScope
		switch n := g.IntN(3); {
		case n == 0 && s.component != nil:
			c := &binary.Component{}
			inner = growScope{component: c, imports: true}
			s.add(c)
			if g.IntN(2) == 0 {
				for _, d := range comptest.Library() {
					c.Add(d)
				}
			}
		case n <= 1:
			t := &binary.ComponentType{Decls: []binary.Def{}}
			inner = growScope{decls: &t.Decls, imports: true}
			s.add(&binary.TypeDef{Type: t})
		default:
			t := &binary.InstanceType{Decls: []binary.Def{}}
			inner = growScope{decls: &t.Decls}
			s.add(&binary.TypeDef{Type: t})
		}
		g.open = append(g.open, inner)
		return func() {
			g.open = g.open[:len(g.open)-1]
			s.drop()
		}
	}
	s.add(g.def(s))
	return s.drop
}

var wantedCore = regexp.MustCompile(`(?:of a core function of type|must be of type|needs a core function of type) \(([a-z0-9, ]*)\) -> \(([a-z0-9, ]*)\)(, and| and is)`)

// supply puts a core function of the type that a rule asks for before the last
// definition, a lift, and has it lift that.
func (g *grower) supply(rule string) bool {
	s := g.top()
	found := wantedCore.FindStringSubmatch(rule)
	defs := s.defs()
	if found == nil || len(defs) == 0 {
		return false
	}
	last, ok := defs[len(defs)-1].(*binary.Canon)
	if !ok || last.Op != binary.CanonLift {
		return false
	}
	n := s.counts()
	s.drop()
	f := comptest.CoreFuncDef{Name: "f", Sig: abi.Signature{Params: coreTypesOf(found[1]), Results: coreTypesOf(found[2])}}
	s.add(&binary.CoreModule{Bytes: comptest.CoreModuleOf(nil, []comptest.CoreFuncDef{f}, true)})
	s.add(&binary.CoreInstance{Module: n[binary.SortCoreModule]})
	s.add(&binary.Alias{Sort: binary.SortCoreFunc, Target: binary.AliasCoreExport, Instance: n[binary.SortCoreInstance], Name: "f"})
	last.Func = n[binary.SortCoreFunc]
	s.add(last)
	return true
}

var coreTypeName = regexp.MustCompile(`[if](32|64)`)

func coreTypesOf(list string) (out []abi.Core) {
	for _, name := range coreTypeName.FindAllString(list, -1) {
		out = append(out, map[string]abi.Core{"i32": abi.I32, "i64": abi.I64, "f32": abi.F32, "f64": abi.F64}[name])
	}
	return out
}

// near returns an index that is in range most of the time, the last ones the most
// often.
func (g *grower) near(n uint32) uint32 {
	switch {
	case n == 0 || g.IntN(60) == 0:
		return n
	case g.IntN(2) == 0:
		return n - 1 - uint32(g.IntN(min(int(n), 3)))
	default:
		return uint32(g.IntN(int(n)))
	}
}

// typeKind tells the types of an index space apart.
type typeKind byte

const (
	otherKind typeKind = iota
	valueKind
	funcKind
	instanceKind
	componentKind
	resourceKind
)

// kinds returns what the types of a scope are, as far as the definitions say it
// themselves.
func (s growScope) kinds(outer []growScope) (list []typeKind) {
	extern := func(t binary.ExternType) {
		switch {
		case t.Sort != binary.SortType:
		case t.Bound == binary.BoundSub:
			list = append(list, resourceKind)
		case int(t.Index) < len(list):
			list = append(list, list[t.Index])
		default:
			list = append(list, otherKind)
		}
	}
	for _, d := range s.defs() {
		switch d := d.(type) {
		case *binary.TypeDef:
			switch d.Type.(type) {
			case *binary.Func:
				list = append(list, funcKind)
			case *binary.InstanceType:
				list = append(list, instanceKind)
			case *binary.ComponentType:
				list = append(list, componentKind)
			case *binary.Resource:
				list = append(list, resourceKind)
			default:
				list = append(list, valueKind)
			}
		case *binary.Import:
			extern(d.Type)
		case *binary.ExportDecl:
			extern(d.Type)
		case *binary.Export:
			if d.Sort == binary.SortType {
				extern(binary.ExternType{Sort: binary.SortType, Index: d.Index})
			}
		case *binary.Alias:
			if d.Sort != binary.SortType {
				continue
			}
			kind := otherKind
			if d.Target == binary.AliasOuter && int(d.Count) <= len(outer) && d.Count > 0 {
				at := len(outer) - int(d.Count)
				if all := outer[at].kinds(outer[:at]); int(d.Index) < len(all) {
					kind = all[d.Index]
				}
			}
			list = append(list, kind)
		}
	}
	return list
}

// typeIndex returns the index of a type that is, most of the time, of a kind.
func (g *grower) typeIndex(kind typeKind) uint32 {
	all := g.top().kinds(g.open[:len(g.open)-1])
	var fit []uint32
	for i, k := range all {
		if k == kind || k == otherKind {
			fit = append(fit, uint32(i))
		}
	}
	if len(fit) == 0 || g.IntN(40) == 0 {
		return g.near(uint32(len(all)))
	}
	if g.IntN(2) == 0 {
		return fit[len(fit)-1-g.IntN(min(3, len(fit)))]
	}
	return pick(g.mutator, fit)
}
