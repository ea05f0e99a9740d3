package check

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/checked"
)

// subst replaces resources in types: the ones that an instance type or component
// type introduces by those that it is used with (Explainer.md, "Type Checking").
type subst struct {
	v   *validator
	res map[*checked.Resource]*checked.ResourceType
	// memo holds what was replaced, so that what was one type before is one type
	// afterwards.
	memo map[checked.Type]checked.Type
	// renames is true where memo holds replacements of types without resources too.
	renames bool
}

func (v *validator) newSubst() *subst {
	return &subst{v: v, res: make(map[*checked.Resource]*checked.ResourceType), memo: make(map[checked.Type]checked.Type)}
}

// fresh maps each bound resource to a new one and returns the new ones.
func (s *subst) fresh(defines []checked.Bound) []checked.Bound {
	list := make([]checked.Bound, len(defines))
	for i, d := range defines {
		list[i] = checked.Bound{Resource: &checked.Resource{}, Path: d.Path}
		s.res[d.Resource] = &checked.ResourceType{Resource: list[i].Resource}
	}
	return list
}

// supply makes the types that are given for imports stand for these imports, by
// their identity.
func (s *subst) supply(have, want *checked.Items) {
	s.renames = true
	for _, w := range want.List {
		s.v.workName(w.Name.Name)
		h := have.Get(w.Name.Name)
		switch w.Sort {
		case binary.SortType:
			s.memo[w.Type] = h.Type
		case binary.SortInstance:
			s.supply(&h.Type.(*checked.Instance).Exports, &w.Type.(*checked.Instance).Exports)
		case binary.SortCoreModule, binary.SortFunc, binary.SortValue, binary.SortComponent: // which have no identity that others refer to
		default:
			panic(fmt.Sprintf("check: unhandled sort %s", w.Sort))
		}
	}
}

// untouched reports whether there is nothing to replace in a type.
func (s *subst) untouched(info checked.Info) bool { return !info.Resources && !s.renames }

func (s *subst) val(t checked.Ref) checked.Ref {
	if t.Value == nil || s.untouched(t.Value.Info) {
		return t
	}
	return checked.Ref{Value: s.typ(t.Value).(*checked.Value)}
}

func (s *subst) typ(t checked.Type) checked.Type {
	if len(s.res) == 0 && !s.renames {
		return t
	}
	if done, ok := s.memo[t]; ok {
		return done
	}
	s.v.work(1)
	done := s.replace(t)
	s.memo[t] = done
	return done
}

func (s *subst) replace(t checked.Type) checked.Type {
	switch t := t.(type) {
	case *checked.ResourceType:
		target, ok := s.res[t.Resource]
		if !ok {
			return t
		}
		if t.Alias == nil {
			return target
		}
		return &checked.ResourceType{Resource: target.Resource, Alias: s.typ(t.Alias).(*checked.ResourceType)}
	case *checked.Value:
		return s.valType(t)
	case *checked.Func:
		if s.untouched(t.Info) {
			return t
		}
		out := *t
		out.Params = make([]checked.Param, len(t.Params))
		for i, p := range t.Params {
			out.Params[i] = checked.Param{Name: p.Name, Type: s.val(p.Type)}
		}
		out.Result = s.val(t.Result)
		return &out
	case *checked.Instance:
		if s.untouched(t.Info) {
			return t
		}
		return &checked.Instance{Exports: s.items(&t.Exports), Defines: t.Defines, Info: t.Info}
	case *checked.Component:
		if s.untouched(t.Info) {
			return t
		}
		out := *t
		out.Imports, out.Exports = s.items(&t.Imports), s.items(&t.Exports)
		return &out
	default:
		panic(fmt.Sprintf("check: unhandled type %T", t))
	}
}

// valType replaces what is in a value type. A type in which nothing changes stays
// what it is.
func (s *subst) valType(t *checked.Value) *checked.Value {
	if s.untouched(t.Info) {
		return t
	}
	out, changed := *t, false
	if t.Alias != nil {
		out.Alias = s.typ(t.Alias).(*checked.Value)
		changed = out.Alias != t.Alias
	}
	if t.Resource != nil {
		out.Resource = s.typ(t.Resource).(*checked.ResourceType)
		changed = changed || out.Resource != t.Resource
	}
	out.Parts = make([]checked.Ref, len(t.Parts))
	for i, p := range t.Parts {
		out.Parts[i] = s.val(p)
		changed = changed || out.Parts[i] != p
	}
	if !changed {
		return t
	}
	return &out
}

func (s *subst) items(l *checked.Items) checked.Items {
	out := checked.Items{List: make([]*checked.Item, len(l.List)), Index: l.Index}
	for i, it := range l.List {
		out.List[i] = s.item(it)
	}
	return out
}

func (s *subst) item(it *checked.Item) *checked.Item {
	s.v.work(1)
	out := *it
	out.Ref = s.val(it.Ref)
	if it.Type != nil {
		out.Type = s.typ(it.Type)
	}
	return &out
}
