package checked

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"
)

// Plain sees through names and turns a defined primitive type into the primitive.
func (t Ref) Plain() Ref {
	if t.Value == nil {
		return t
	}
	origin := t.Value.Origin()
	if p, ok := origin.Def.(*binary.PrimType); ok {
		return Ref{Prim: p.Prim}
	}
	return Ref{Value: origin}
}

// Show names a value type for messages.
func (t Ref) Show() string {
	switch {
	case t.Absent():
		return "nothing"
	case t.Value == nil:
		return t.Prim.String()
	}
	return KindName(t.Value.Origin().Def)
}

// KindName returns the kind of a definition with its article.
func KindName(t binary.Type) string {
	switch t := t.(type) {
	case *binary.PrimType:
		return t.Prim.String()
	case *binary.Record:
		return "a record"
	case *binary.Variant:
		return "a variant"
	case *binary.List:
		return "a list"
	case *binary.FixedList:
		return "a list of fixed length"
	case *binary.Tuple:
		return "a tuple"
	case *binary.Flags:
		return "flags"
	case *binary.Enum:
		return "an enum"
	case *binary.Option:
		return "an option"
	case *binary.Result:
		return "a result"
	case *binary.Map:
		return "a map"
	case *binary.Own:
		return "an own handle"
	case *binary.Borrow:
		return "a borrow handle"
	case *binary.Stream:
		return "a stream"
	case *binary.Future:
		return "a future"
	default:
		panic(fmt.Sprintf("checked: unhandled type %T", t))
	}
}

// Labels returns the labels of a definition.
func Labels(t binary.Type) []string {
	switch t := t.(type) {
	case *binary.Record:
		list := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			list[i] = f.Name
		}
		return list
	case *binary.Variant:
		list := make([]string, len(t.Cases))
		for i, c := range t.Cases {
			list[i] = c.Name
		}
		return list
	case *binary.Flags:
		return t.Labels
	case *binary.Enum:
		return t.Labels
	case *binary.PrimType, *binary.List, *binary.FixedList, *binary.Tuple, *binary.Option, *binary.Result, *binary.Map, *binary.Own, *binary.Borrow, *binary.Stream, *binary.Future:
		return nil
	default:
		panic(fmt.Sprintf("checked: unhandled type %T", t))
	}
}
