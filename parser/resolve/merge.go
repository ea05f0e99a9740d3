package resolve

import (
	"errors"
	"fmt"
	"slices"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

// MergeVersions returns a model in which the world imports each interface in one
// version of each compatible range: of 0.2.0 and 0.2.8 the latter stays, and
// whatever in this world uses types of the former uses those of the latter. r
// itself is not changed. The error is a diag.List where the newer version lacks
// something of the older one.
func MergeVersions(r *wit.Resolve, world wit.WorldID) (*wit.Resolve, error) {
	replace, order := replacedImports(r, world)
	if len(replace) == 0 {
		return r, nil
	}
	m := &merger{
		linker:  &linker{reporter: &reporter{}, r: copyModel(r), deps: make([][]wit.InterfaceID, len(r.Interfaces))},
		replace: replace,
	}
	for _, old := range order {
		m.check(old, replace[old])
	}
	w := m.r.Worlds[world]
	w.Imports = slices.DeleteFunc(w.Imports, func(item *wit.WorldItem) bool {
		id, ok := item.Item.(wit.InterfaceID)
		_, replaced := replace[id]
		return ok && replaced
	})
	for _, item := range slices.Concat(w.Imports, w.Exports) {
		switch what := item.Item.(type) {
		case wit.TypeID:
			m.redirect(what)
		case wit.InterfaceID:
			for _, t := range m.r.Interfaces[what].Types {
				m.redirect(t)
			}
		case *wit.Function: // refers to types of the world only
		default:
			panic(fmt.Sprintf("resolve: unhandled item %T", what))
		}
	}
	for id := range m.r.Interfaces {
		m.findDeps(wit.InterfaceID(id))
	}
	for id := range m.r.Worlds {
		m.elaborate(wit.WorldID(id))
	}
	if err := m.list.Err(); err != nil {
		return nil, err
	}
	return m.r, nil
}

// merger redirects the types of a world from old interfaces to new ones.
type merger struct {
	*linker
	replace map[wit.InterfaceID]wit.InterfaceID
}

// track is a range of compatible versions of an interface.
type track struct {
	namespace, pkg, version, name string
}

// replacedImports returns, for each interface that the world imports and that it
// also imports in a later compatible version, the latest such one. The second
// result is those interfaces in order.
func replacedImports(r *wit.Resolve, world wit.WorldID) (map[wit.InterfaceID]wit.InterfaceID, []wit.InterfaceID) {
	latest := map[track]wit.InterfaceID{}
	tracks := map[wit.InterfaceID]track{}
	var imports []wit.InterfaceID
	for _, item := range r.Worlds[world].Imports {
		id, ok := item.KeyInterface()
		if !ok {
			continue
		}
		i := r.Interfaces[id]
		name := r.Packages[i.Package].Name
		if name.Version == "" {
			continue
		}
		t := track{name.Namespace, name.Name, wit.VersionTrack(name.Version), i.Name}
		tracks[id] = t
		imports = append(imports, id)
		if prev, ok := latest[t]; !ok || wit.CompareVersions(versionOf(r, prev), name.Version) < 0 {
			latest[t] = id
		}
	}
	replace := map[wit.InterfaceID]wit.InterfaceID{}
	var order []wit.InterfaceID
	for _, id := range imports {
		if to := latest[tracks[id]]; to != id {
			replace[id] = to
			order = append(order, id)
		}
	}
	return replace, order
}

func versionOf(r *wit.Resolve, id wit.InterfaceID) string {
	return r.Packages[r.Interfaces[id].Package].Name.Version
}

// copyModel copies what merging changes: worlds and types.
func copyModel(r *wit.Resolve) *wit.Resolve {
	c := *r
	c.Worlds = make([]*wit.World, len(r.Worlds))
	for i, w := range r.Worlds {
		copied := *w
		copied.Imports = slices.Clone(w.Imports)
		copied.Exports = slices.Clone(w.Exports)
		c.Worlds[i] = &copied
	}
	c.Types = slices.Clone(r.Types)
	return &c
}

// redirect lets a type that is used from a replaced interface be used from the
// new one.
func (m *merger) redirect(id wit.TypeID) {
	from, ok := m.usedFrom(id)
	if !ok {
		return
	}
	to, ok := m.replace[from]
	if !ok {
		return
	}
	old := m.r.Types[m.r.Types[id].Kind.(*wit.Alias).Type.(wit.TypeID)]
	for _, t := range m.r.Interfaces[to].Types {
		if m.r.Types[t].Name == old.Name {
			copied := *m.r.Types[id]
			copied.Kind = &wit.Alias{Type: t}
			m.r.Types[id] = &copied
			return
		}
	}
	m.incompatible(from, to, fmt.Sprintf("type %q is missing in the newer one", old.Name), old.Span)
}

// check compares the functions that two versions of an interface share.
func (m *merger) check(old, new wit.InterfaceID) {
	functions := map[string]*wit.Function{}
	for _, f := range m.r.Interfaces[new].Functions {
		functions[f.Name] = f
	}
	for _, f := range m.r.Interfaces[old].Functions {
		if g := functions[f.Name]; g != nil {
			if err := sameFunction(f, g); err != nil {
				m.incompatible(old, new, fmt.Sprintf("function %q: %v", f.Name, err), g.Span)
			}
		}
	}
}

func (m *merger) incompatible(old, new wit.InterfaceID, why string, span diag.Span) {
	m.report(diag.IncompatibleVersions, span, "%s cannot stand for %s: %s",
		m.r.QualifiedName(new), m.r.QualifiedName(old), why).
		Relate(m.r.Interfaces[old].Span, "the older version")
}

// sameFunction tells how two functions of one name differ, as far as that can be
// seen without comparing named types.
func sameFunction(a, b *wit.Function) error {
	switch {
	case a.Kind != b.Kind || a.Async != b.Async:
		return errors.New("one of the two is another kind of function")
	case len(a.Params) != len(b.Params):
		return errors.New("the parameters differ in number")
	case (a.Result == nil) != (b.Result == nil):
		return errors.New("only one of the two has a result")
	}
	for i := range a.Params {
		if a.Params[i].Name != b.Params[i].Name {
			return fmt.Errorf("parameter %q is %q in the other", a.Params[i].Name, b.Params[i].Name)
		}
		if !similar(a.Params[i].Type, b.Params[i].Type) {
			return fmt.Errorf("parameter %q differs in its type", a.Params[i].Name)
		}
	}
	if !similar(a.Result, b.Result) {
		return errors.New("the results differ in type")
	}
	return nil
}

// similar tells whether two types may be equal: primitives are compared, all
// others are taken to be.
func similar(a, b wit.Type) bool {
	_, aID := a.(wit.TypeID)
	_, bID := b.(wit.TypeID)
	return aID && bID || a == b
}
