package witbin

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/witgen/witgen/wit"
)

// Matcher compares types of a model by what they are: named types by identity, others
// by structure.
type Matcher struct {
	R *wit.Resolve
	// Same holds types that count as others. It may be nil.
	Same map[wit.TypeID]wit.TypeID
}

// resolve follows aliases and the types that count as others.
func (m Matcher) resolve(t wit.Type) wit.Type {
	for {
		id, ok := t.(wit.TypeID)
		if !ok {
			return t
		}
		if to, ok := m.Same[id]; ok {
			t = to
		} else if alias, ok := m.R.Types[id].Kind.(*wit.Alias); ok {
			t = alias.Type
		} else {
			return t
		}
	}
}

// Type reports whether two types are one. Either may be nil.
func (m Matcher) Type(a, b wit.Type) bool {
	a, b = m.resolve(a), m.resolve(b)
	if a == b {
		return true
	}
	x, isX := a.(wit.TypeID)
	y, isY := b.(wit.TypeID)
	return isX && isY && m.R.Types[x].Name == "" && m.R.Types[y].Name == "" && m.Kind(m.R.Types[x].Kind, m.R.Types[y].Kind)
}

// Kind reports whether two definitions are of one structure. Resources are.
func (m Matcher) Kind(a, b wit.Kind) bool {
	if x, ok := a.(*wit.Alias); ok {
		y, ok := b.(*wit.Alias)
		return ok && m.Type(x.Type, y.Type)
	}
	if reflect.TypeOf(a) != reflect.TypeOf(b) || !slices.Equal(kindLabels(a), kindLabels(b)) {
		return false
	}
	switch x := a.(type) {
	case *wit.FixedList:
		if x.Size != b.(*wit.FixedList).Size {
			return false
		}
	case *wit.Own:
		return m.Type(x.Resource, b.(*wit.Own).Resource)
	case *wit.Borrow:
		return m.Type(x.Resource, b.(*wit.Borrow).Resource)
	}
	return slices.EqualFunc(kindParts(a), kindParts(b), m.Type)
}

// Function reports whether two functions have one type.
func (m Matcher) Function(a, b *wit.Function) bool {
	return a.Async == b.Async && m.Type(a.Result, b.Result) &&
		slices.EqualFunc(a.Params, b.Params, func(x, y wit.Param) bool { return x.Name == y.Name && m.Type(x.Type, y.Type) })
}

// kindLabels returns the names of fields, cases and flags.
func kindLabels(k wit.Kind) []string {
	switch k := k.(type) {
	case *wit.Record:
		list := make([]string, len(k.Fields))
		for i, f := range k.Fields {
			list[i] = f.Name
		}
		return list
	case *wit.Variant:
		list := make([]string, len(k.Cases))
		for i, c := range k.Cases {
			list[i] = c.Name
		}
		return list
	case *wit.Flags:
		return labelNames(k.Flags)
	case *wit.Enum:
		return labelNames(k.Cases)
	case *wit.Tuple, *wit.Option, *wit.Result, *wit.List, *wit.FixedList, *wit.Map, *wit.Stream, *wit.Future,
		*wit.Own, *wit.Borrow, *wit.Resource, *wit.Alias:
		return nil
	default:
		panic(fmt.Sprintf("witbin: unhandled kind %T", k))
	}
}
