package component

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"
)

// subst replaces resources in types: the ones that an instance type or component
// type introduces by those that it is used with (Explainer.md, "Type Checking").
type subst struct {
	v   *validator
	res map[*resource]*resourceType
	// memo holds what was replaced, so that what was one type before is one type
	// afterwards.
	memo map[anyType]anyType
	// renames says that memo holds replacements of types without resources too.
	renames bool
}

func (v *validator) newSubst() *subst {
	return &subst{v: v, res: make(map[*resource]*resourceType), memo: make(map[anyType]anyType)}
}

// fresh maps each bound resource to a new one and returns the new ones.
func (s *subst) fresh(defines []bound) []bound {
	list := make([]bound, len(defines))
	for i, d := range defines {
		list[i] = bound{&resource{}, d.path}
		s.res[d.res] = &resourceType{res: list[i].res}
	}
	return list
}

// supply makes the types that are given for imports stand for these imports, by
// their identity.
func (s *subst) supply(have, want *items) {
	s.renames = true
	for _, w := range want.list {
		h := have.get(w.name.Name)
		s.v.work(1)
		switch w.sort {
		case binary.SortType:
			s.memo[w.typ] = h.typ
		case binary.SortInstance:
			s.supply(&h.typ.(*instanceType).exports, &w.typ.(*instanceType).exports)
		}
	}
}

// untouched reports whether there is nothing to replace in a type.
func (s *subst) untouched(info typeInfo) bool { return !info.resources && !s.renames }

func (s *subst) val(t val) val {
	if t.t == nil || s.untouched(t.t.info) {
		return t
	}
	return val{t: s.typ(t.t).(*valType)}
}

func (s *subst) typ(t anyType) anyType {
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

func (s *subst) replace(t anyType) anyType {
	switch t := t.(type) {
	case *resourceType:
		target, ok := s.res[t.res]
		if !ok {
			return t
		}
		if t.alias == nil {
			return target
		}
		return &resourceType{res: target.res, alias: s.typ(t.alias).(*resourceType)}
	case *valType:
		return s.valType(t)
	case *funcType:
		if s.untouched(t.info) {
			return t
		}
		out := *t
		out.params = make([]param, len(t.params))
		for i, p := range t.params {
			out.params[i] = param{p.name, s.val(p.typ)}
		}
		out.result = s.val(t.result)
		return &out
	case *instanceType:
		if s.untouched(t.info) {
			return t
		}
		return &instanceType{exports: s.items(&t.exports), defines: t.defines, info: t.info}
	case *componentType:
		if s.untouched(t.info) {
			return t
		}
		out := *t
		out.imports, out.exports = s.items(&t.imports), s.items(&t.exports)
		return &out
	default:
		panic(fmt.Sprintf("component: unhandled type %T", t))
	}
}

// valType replaces what is in a value type. A type in which nothing changes stays
// what it is.
func (s *subst) valType(t *valType) *valType {
	if s.untouched(t.info) {
		return t
	}
	out, changed := *t, false
	if t.alias != nil {
		out.alias = s.typ(t.alias).(*valType)
		changed = out.alias != t.alias
	}
	if t.res != nil {
		out.res = s.typ(t.res).(*resourceType)
		changed = changed || out.res != t.res
	}
	out.parts = make([]val, len(t.parts))
	for i, p := range t.parts {
		out.parts[i] = s.val(p)
		changed = changed || out.parts[i] != p
	}
	if !changed {
		return t
	}
	return &out
}

func (s *subst) items(l *items) items {
	out := items{list: make([]*item, len(l.list)), index: l.index}
	for i, it := range l.list {
		out.list[i] = s.item(it)
	}
	return out
}

func (s *subst) item(it *item) *item {
	s.v.work(1)
	out := *it
	out.val = s.val(it.val)
	if it.typ != nil {
		out.typ = s.typ(it.typ)
	}
	return &out
}
