package component

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/component/binary"
)

// mismatch says why one type is not a subtype of another; nil says that it is.
type mismatch struct{ what string }

func differ(format string, args ...any) *mismatch { return &mismatch{fmt.Sprintf(format, args...)} }

// in puts the place before what differs.
func (m *mismatch) in(format string, args ...any) *mismatch {
	if m == nil {
		return nil
	}
	return &mismatch{fmt.Sprintf(format, args...) + ": " + m.what}
}

// equalVal compares two value types by structure (Explainer.md, "Type Checking").
func (v *validator) equalVal(a, b val) *mismatch {
	a, b = a.plain(), b.plain()
	if a == b {
		return nil
	}
	if a.absent() || b.absent() {
		return differ("one has a payload and the other has none")
	}
	if a.t == nil || b.t == nil {
		return differ("%s is expected and %s is there", b.show(), a.show())
	}
	return v.equalValType(a.t.origin(), b.t.origin())
}

func (v *validator) equalValType(a, b *valType) *mismatch {
	if v.same(a) == v.same(b) {
		return nil
	}
	v.work(1)
	if x, y := kindName(a.def), kindName(b.def); x != y {
		return differ("%s is expected and %s is there", y, x)
	}
	if x, y := labels(a.def), labels(b.def); !slices.Equal(x, y) {
		return differ("%s has the labels %q and %q are expected", kindName(a.def), x, y)
	}
	if x, ok := a.def.(*binary.FixedList); ok && x.Length != b.def.(*binary.FixedList).Length {
		return differ("a list has length %d and %d is expected", x.Length, b.def.(*binary.FixedList).Length)
	}
	if len(a.parts) != len(b.parts) {
		return differ("%s has %d types and %d are expected", kindName(a.def), len(a.parts), len(b.parts))
	}
	if a.res != nil && a.res.res != b.res.res {
		return differ("%s is of another resource", kindName(a.def))
	}
	for i := range a.parts {
		if m := v.equalVal(a.parts[i], b.parts[i]); m != nil {
			return m.in("in %s", kindName(a.def))
		}
	}
	v.equal[v.same(a)] = v.same(b)
	return nil
}

// same returns the type that stands for all that were found equal to t.
func (v *validator) same(t *valType) *valType {
	for {
		next, ok := v.equal[t]
		if !ok {
			return t
		}
		if further, ok := v.equal[next]; ok {
			v.equal[t] = further
		}
		t = next
	}
}

func (v *validator) equalFunc(a, b *funcType) *mismatch {
	switch {
	case a == b:
		return nil
	case a.async != b.async:
		return differ("one function is async and the other is not")
	case len(a.params) != len(b.params):
		return differ("a function has %d parameters and %d are expected", len(a.params), len(b.params))
	}
	v.work(1 + len(a.params))
	for i, p := range a.params {
		if q := b.params[i]; p.name != q.name {
			return differ("parameter %d is called %q and %q is expected", i, p.name, q.name)
		} else if m := v.equalVal(p.typ, q.typ); m != nil {
			return m.in("in parameter %q", p.name)
		}
	}
	return v.equalVal(a.result, b.result).in("in the result")
}

// subItem checks that a may stand where b is expected.
func (v *validator) subItem(a, b *item) *mismatch {
	if a.sort != b.sort {
		return differ("a %s is expected and a %s is there", b.sort, a.sort)
	}
	switch a.sort {
	case binary.SortCoreModule:
		return v.subModule(a.module, b.module)
	case binary.SortFunc:
		return v.equalFunc(a.typ.(*funcType), b.typ.(*funcType))
	case binary.SortValue:
		return v.equalVal(a.val, b.val)
	case binary.SortType:
		return v.equalType(a.typ, b.typ)
	case binary.SortInstance:
		return v.subInstance(a.typ.(*instanceType), b.typ.(*instanceType))
	case binary.SortComponent:
		return v.subComponent(a.typ.(*componentType), b.typ.(*componentType))
	default:
		panic(fmt.Sprintf("component: unhandled sort %s", a.sort))
	}
}

// equalType compares types that are themselves imported or exported. Instance
// types and component types are equal where each is a subtype of the other.
func (v *validator) equalType(a, b anyType) *mismatch {
	if a == b {
		return nil
	}
	switch a := a.(type) {
	case *resourceType:
		if b, ok := b.(*resourceType); ok {
			if a.res != b.res {
				return differ("the resources differ")
			}
			return nil
		}
	case *valType:
		if b, ok := b.(*valType); ok {
			return v.equalVal(val{t: a}, val{t: b})
		}
	case *funcType:
		if b, ok := b.(*funcType); ok {
			return v.equalFunc(a, b)
		}
	case *instanceType:
		if b, ok := b.(*instanceType); ok {
			if m := v.subInstance(a, b); m != nil {
				return m
			}
			return v.subInstance(b, a)
		}
	case *componentType:
		if b, ok := b.(*componentType); ok {
			if m := v.subComponent(a, b); m != nil {
				return m
			}
			return v.subComponent(b, a)
		}
	default:
		panic(fmt.Sprintf("component: unhandled type %T", a))
	}
	return differ("%s is expected and %s is there", b.desc(), a.desc())
}

// subInstance checks that an instance of type a may stand where b is expected.
func (v *validator) subInstance(a, b *instanceType) *mismatch {
	if a == b {
		return nil
	}
	_, m := v.open(&a.exports, &b.exports, b.defines)
	return m
}

// subComponent checks that a component of type a may stand where b is expected: it
// imports no more and exports no less.
func (v *validator) subComponent(a, b *componentType) *mismatch {
	if a == b {
		return nil
	}
	s, m := v.open(&b.imports, &a.imports, a.importedResources)
	if m != nil {
		return m.in("in the imports")
	}
	exports := s.items(&a.exports)
	_, m = v.open(&exports, &b.exports, b.defines)
	return m.in("in the exports")
}

// open checks that the items of want are all there among have, where the resources
// of bounds stand for whatever have holds at their paths. It returns the
// substitution that puts these in.
func (v *validator) open(have, want *items, bounds []bound) (*subst, *mismatch) {
	s := v.newSubst()
	for _, b := range bounds {
		v.work(len(b.path))
		it := have.at(b.path)
		if it == nil {
			return s, differ("the resource %q is missing", b.path[len(b.path)-1])
		}
		r, ok := it.typ.(*resourceType)
		if !ok || it.sort != binary.SortType {
			return s, differ("a resource is expected under the name %q", it.name.Name)
		}
		s.res[b.res] = r
	}
	for _, w := range want.list {
		h := have.get(w.name.Name)
		if h == nil {
			return s, differ("%s %q is missing", w.sort, w.name.Name)
		}
		v.work(1)
		if m := v.subItem(h, s.item(w)); m != nil {
			return s, m.in("%s %q", w.sort, w.name.Name)
		}
	}
	return s, nil
}

// subModule checks that a core module of type a may stand where b is expected.
func (v *validator) subModule(a, b *moduleType) *mismatch {
	if a == b {
		return nil
	}
	v.work(len(a.imports) + len(b.names))
	offered := make(map[[2]string]coreEntity, len(b.imports))
	for _, i := range b.imports {
		offered[[2]string{i.module, i.name}] = i.entity
	}
	for _, i := range a.imports {
		e, ok := offered[[2]string{i.module, i.name}]
		if !ok {
			return differ("the module imports %q %q, which is not expected", i.module, i.name)
		}
		if wrong := v.core.match(e, i.entity); wrong != "" {
			return differ("in the import %q %q: %s", i.module, i.name, wrong)
		}
	}
	for _, name := range b.names {
		e, ok := a.exports[name]
		if !ok {
			return differ("the module does not export %q", name)
		}
		if wrong := v.core.match(e, b.exports[name]); wrong != "" {
			return differ("in the export %q: %s", name, wrong)
		}
	}
	return nil
}
