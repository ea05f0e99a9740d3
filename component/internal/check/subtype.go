package check

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/checked"
	"github.com/witgen/witgen/component/internal/core"
)

// mismatch is the reason why one type is not a subtype of another. It is nil where one
// is.
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
func (v *validator) equalVal(a, b checked.Ref) *mismatch {
	a, b = a.Plain(), b.Plain()
	if a == b {
		return nil
	}
	if a.Absent() || b.Absent() {
		return differ("one has a payload and the other has none")
	}
	if a.Value == nil || b.Value == nil {
		return differ("%s is expected and %s is there", b.Show(), a.Show())
	}
	return v.equalValType(a.Value.Origin(), b.Value.Origin())
}

func (v *validator) equalValType(a, b *checked.Value) *mismatch {
	if v.same(a) == v.same(b) {
		return nil
	}
	v.work(1)
	if x, y := checked.KindName(a.Def), checked.KindName(b.Def); x != y {
		return differ("%s is expected and %s is there", y, x)
	}
	if x, y := checked.Labels(a.Def), checked.Labels(b.Def); !slices.Equal(x, y) {
		return differ("%s has the labels %q and %q are expected", checked.KindName(a.Def), x, y)
	}
	if x, ok := a.Def.(*binary.FixedList); ok && x.Length != b.Def.(*binary.FixedList).Length {
		return differ("a list has length %d and %d is expected", x.Length, b.Def.(*binary.FixedList).Length)
	}
	if len(a.Parts) != len(b.Parts) {
		return differ("%s has %d types and %d are expected", checked.KindName(a.Def), len(a.Parts), len(b.Parts))
	}
	if a.Resource != nil && a.Resource.Resource != b.Resource.Resource {
		return differ("%s is of another resource", checked.KindName(a.Def))
	}
	for i := range a.Parts {
		if m := v.equalVal(a.Parts[i], b.Parts[i]); m != nil {
			return m.in("in %s", checked.KindName(a.Def))
		}
	}
	v.equal[v.same(a)] = v.same(b)
	return nil
}

// same returns the type that stands for all that were found equal to t.
func (v *validator) same(t *checked.Value) *checked.Value {
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

func (v *validator) equalFunc(a, b *checked.Func) *mismatch {
	switch {
	case a == b:
		return nil
	case a.Async != b.Async:
		return differ("one function is async and the other is not")
	case len(a.Params) != len(b.Params):
		return differ("a function has %d parameters and %d are expected", len(a.Params), len(b.Params))
	}
	v.work(1 + len(a.Params))
	for i, p := range a.Params {
		if q := b.Params[i]; p.Name != q.Name {
			return differ("parameter %d is called %q and %q is expected", i, p.Name, q.Name)
		} else if m := v.equalVal(p.Type, q.Type); m != nil {
			return m.in("in parameter %q", p.Name)
		}
	}
	return v.equalVal(a.Result, b.Result).in("in the result")
}

// subItem checks that a may stand where b is expected.
func (v *validator) subItem(a, b *checked.Item) *mismatch {
	if a.Sort != b.Sort {
		return differ("a %s is expected and a %s is there", b.Sort, a.Sort)
	}
	switch a.Sort {
	case binary.SortCoreModule:
		return v.subModule(a.Module, b.Module)
	case binary.SortFunc:
		return v.equalFunc(a.Type.(*checked.Func), b.Type.(*checked.Func))
	case binary.SortValue:
		return v.equalVal(a.Ref, b.Ref)
	case binary.SortType:
		return v.equalType(a.Type, b.Type)
	case binary.SortInstance:
		return v.subInstance(a.Type.(*checked.Instance), b.Type.(*checked.Instance))
	case binary.SortComponent:
		return v.subComponent(a.Type.(*checked.Component), b.Type.(*checked.Component))
	default:
		panic(fmt.Sprintf("check: unhandled sort %s", a.Sort))
	}
}

// equalType compares types that are themselves imported or exported. Instance
// types and component types are equal where each is a subtype of the other.
func (v *validator) equalType(a, b checked.Type) *mismatch {
	if a == b {
		return nil
	}
	switch a := a.(type) {
	case *checked.ResourceType:
		if b, ok := b.(*checked.ResourceType); ok {
			if a.Resource != b.Resource {
				return differ("the resources differ")
			}
			return nil
		}
	case *checked.Value:
		if b, ok := b.(*checked.Value); ok {
			return v.equalVal(checked.Ref{Value: a}, checked.Ref{Value: b})
		}
	case *checked.Func:
		if b, ok := b.(*checked.Func); ok {
			return v.equalFunc(a, b)
		}
	case *checked.Instance:
		if b, ok := b.(*checked.Instance); ok {
			if m := v.subInstance(a, b); m != nil {
				return m
			}
			return v.subInstance(b, a)
		}
	case *checked.Component:
		if b, ok := b.(*checked.Component); ok {
			if m := v.subComponent(a, b); m != nil {
				return m
			}
			return v.subComponent(b, a)
		}
	default:
		panic(fmt.Sprintf("check: unhandled type %T", a))
	}
	return differ("%s is expected and %s is there", b.Desc(), a.Desc())
}

// subInstance checks that an instance of type a may stand where b is expected.
func (v *validator) subInstance(a, b *checked.Instance) *mismatch {
	if a == b {
		return nil
	}
	_, m := v.open(&a.Exports, &b.Exports, b.Defines)
	return m
}

// subComponent checks that a component of type a may stand where b is expected: it
// imports no more and exports no less.
func (v *validator) subComponent(a, b *checked.Component) *mismatch {
	if a == b {
		return nil
	}
	s, m := v.open(&b.Imports, &a.Imports, a.ImportedResources)
	if m != nil {
		return m.in("in the imports")
	}
	exports := s.items(&a.Exports)
	_, m = v.open(&exports, &b.Exports, b.Defines)
	return m.in("in the exports")
}

// open checks that the items of want are all there among have, where the resources
// of bounds stand for whatever have holds at their paths. It returns the
// substitution that puts these in.
func (v *validator) open(have, want *checked.Items, bounds []checked.Bound) (*subst, *mismatch) {
	s := v.newSubst()
	for _, b := range bounds {
		v.workName(b.Path...)
		it := have.Path(b.Path)
		if it == nil {
			return s, differ("the resource %q is missing", b.Path[len(b.Path)-1])
		}
		r, ok := it.Type.(*checked.ResourceType)
		if !ok || it.Sort != binary.SortType {
			return s, differ("a resource is expected under the name %q", it.Name.Name)
		}
		s.res[b.Resource] = r
	}
	for _, w := range want.List {
		v.workName(w.Name.Name)
		h := have.Get(w.Name.Name)
		if h == nil {
			return s, differ("%s %q is missing", w.Sort, w.Name.Name)
		}
		if m := v.subItem(h, s.item(w)); m != nil {
			return s, m.in("%s %q", w.Sort, w.Name.Name)
		}
	}
	return s, nil
}

// subModule checks that a core module of type a may stand where b is expected.
func (v *validator) subModule(a, b *core.Module) *mismatch {
	if a == b {
		return nil
	}
	offered := make(map[[2]string]core.Entity, len(b.Imports))
	for _, i := range b.Imports {
		v.workName(i.Module, i.Name)
		offered[[2]string{i.Module, i.Name}] = i.Entity
	}
	for _, i := range a.Imports {
		v.workName(i.Module, i.Name)
		e, ok := offered[[2]string{i.Module, i.Name}]
		if !ok {
			return differ("the module imports %q %q, which is not expected", i.Module, i.Name)
		}
		if wrong := v.core.Match(e, i.Entity); wrong != "" {
			return differ("in the import %q %q: %s", i.Module, i.Name, wrong)
		}
	}
	for _, name := range b.Names {
		v.workName(name)
		e, ok := a.Exports[name]
		if !ok {
			return differ("the module does not export %q", name)
		}
		if wrong := v.core.Match(e, b.Exports[name]); wrong != "" {
			return differ("in the export %q: %s", name, wrong)
		}
	}
	return nil
}
