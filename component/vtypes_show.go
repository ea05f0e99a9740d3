package component

import "fmt"

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
