package component

import "fmt"

// subst replaces resources in types: the ones that an instance type or component
// type introduces by those that it is used with (Explainer.md, "Type Checking").
type subst struct {
	v   *validator
	res map[*resource]*resourceType
	// memo holds what was replaced, so that what was one type before is one type
	// afterwards.
	memo map[anyType]anyType
}

func (v *validator) newSubst() *subst {
	return &subst{v, make(map[*resource]*resourceType), make(map[anyType]anyType)}
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

func (s *subst) val(t val) val {
	if t.t == nil || !t.t.info.resources {
		return t
	}
	return val{t: s.typ(t.t).(*valType)}
}

func (s *subst) typ(t anyType) anyType {
	if len(s.res) == 0 {
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
		if !t.info.resources {
			return t
		}
		out := *t
		if t.alias != nil {
			out.alias = s.typ(t.alias).(*valType)
		}
		if t.res != nil {
			out.res = s.typ(t.res).(*resourceType)
		}
		out.parts = make([]val, len(t.parts))
		for i, p := range t.parts {
			out.parts[i] = s.val(p)
		}
		return &out
	case *funcType:
		if !t.info.resources {
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
		if !t.info.resources {
			return t
		}
		return &instanceType{exports: s.items(&t.exports), defines: t.defines, info: t.info}
	case *componentType:
		if !t.info.resources {
			return t
		}
		out := *t
		out.imports, out.exports = s.items(&t.imports), s.items(&t.exports)
		return &out
	default:
		panic(fmt.Sprintf("component: unhandled type %T", t))
	}
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
