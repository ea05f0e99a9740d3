package component

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/internal/wasm"
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

// plain sees through names and turns a defined primitive type into the primitive.
func (t val) plain() val {
	if t.t == nil {
		return t
	}
	origin := t.t.origin()
	if p, ok := origin.def.(*PrimType); ok {
		return val{prim: p.Prim}
	}
	return val{t: origin}
}

// show names a value type for messages.
func (t val) show() string {
	switch {
	case t.absent():
		return "nothing"
	case t.t == nil:
		return t.prim.String()
	}
	return kindName(t.t.origin().def)
}

func kindName(t Type) string {
	switch t := t.(type) {
	case *PrimType:
		return t.Prim.String()
	case *Record:
		return "a record"
	case *Variant:
		return "a variant"
	case *List:
		return "a list"
	case *FixedList:
		return "a list of fixed length"
	case *Tuple:
		return "a tuple"
	case *Flags:
		return "flags"
	case *Enum:
		return "an enum"
	case *Option:
		return "an option"
	case *Result:
		return "a result"
	case *Map:
		return "a map"
	case *Own:
		return "an own handle"
	case *Borrow:
		return "a borrow handle"
	case *Stream:
		return "a stream"
	case *Future:
		return "a future"
	default:
		panic(fmt.Sprintf("component: unhandled type %T", t))
	}
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
	if x, ok := a.def.(*FixedList); ok && x.Length != b.def.(*FixedList).Length {
		return differ("a list has length %d and %d is expected", x.Length, b.def.(*FixedList).Length)
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

// labels returns the labels of a definition.
func labels(t Type) []string {
	switch t := t.(type) {
	case *Record:
		list := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			list[i] = f.Name
		}
		return list
	case *Variant:
		list := make([]string, len(t.Cases))
		for i, c := range t.Cases {
			list[i] = c.Name
		}
		return list
	case *Flags:
		return t.Labels
	case *Enum:
		return t.Labels
	}
	return nil
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
	case SortCoreModule:
		return v.subModule(a.module, b.module)
	case SortFunc:
		return v.equalFunc(a.typ.(*funcType), b.typ.(*funcType))
	case SortValue:
		return v.equalVal(a.val, b.val)
	case SortType:
		return v.equalType(a.typ, b.typ)
	case SortInstance:
		return v.subInstance(a.typ.(*instanceType), b.typ.(*instanceType))
	case SortComponent:
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
		if !ok || it.sort != SortType {
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
		if m := v.subCore(e, i.entity); m != nil {
			return m.in("in the import %q %q", i.module, i.name)
		}
	}
	for _, name := range b.names {
		e, ok := a.exports[name]
		if !ok {
			return differ("the module does not export %q", name)
		}
		if m := v.subCore(e, b.exports[name]); m != nil {
			return m.in("in the export %q", name)
		}
	}
	return nil
}

// subCore checks that a core definition of type a may be imported as b (section
// "Matching" of the core specification).
func (v *validator) subCore(a, b coreEntity) *mismatch {
	if a.sort != b.sort {
		return differ("a %s is expected and a %s is there", b.sort, a.sort)
	}
	switch a.sort {
	case SortCoreFunc:
		if !v.core.isSub(a.typ, b.typ) {
			return differ("a function of type %s is expected and one of type %s is there", v.core.show(b.typ), v.core.show(a.typ))
		}
	case SortCoreTag:
		if a.typ != b.typ {
			return differ("a tag of type %s is expected and one of type %s is there", v.core.show(b.typ), v.core.show(a.typ))
		}
	case SortCoreTable:
		if a.table.Elem != b.table.Elem {
			return differ("a table of %s is expected and one of %s is there", b.table.Elem, a.table.Elem)
		}
		return subLimits(a.table.Limits, b.table.Limits)
	case SortCoreMemory:
		return subLimits(a.memory, b.memory)
	case SortCoreGlobal:
		if a.global != b.global {
			return differ("a global of another type is expected")
		}
	default:
		panic(fmt.Sprintf("component: unhandled sort %s", a.sort))
	}
	return nil
}

func subLimits(a, b wasm.Limits) *mismatch {
	switch {
	case a.Addr64 != b.Addr64:
		return differ("one has addresses of 64 bits and the other has not")
	case a.Shared != b.Shared:
		return differ("one is shared and the other is not")
	case a.PageLog2 != b.PageLog2:
		return differ("the sizes of a page differ")
	case a.Min < b.Min:
		return differ("the minimum is %d and %d is expected", a.Min, b.Min)
	case b.HasMax && (!a.HasMax || a.Max > b.Max):
		return differ("the maximum is above the expected %d", b.Max)
	}
	return nil
}
