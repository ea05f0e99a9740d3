package component

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"
)

// plain sees through names and turns a defined primitive type into the primitive.
func (t val) plain() val {
	if t.t == nil {
		return t
	}
	origin := t.t.origin()
	if p, ok := origin.def.(*binary.PrimType); ok {
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

func kindName(t binary.Type) string {
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
		panic(fmt.Sprintf("component: unhandled type %T", t))
	}
}

// labels returns the labels of a definition.
func labels(t binary.Type) []string {
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
	}
	return nil
}
