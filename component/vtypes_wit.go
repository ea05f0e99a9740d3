package component

import (
	"fmt"

	"github.com/witgen/witgen/wit"
)

var witPrims = map[Prim]wit.Prim{
	Bool: wit.Bool, S8: wit.S8, U8: wit.U8, S16: wit.S16, U16: wit.U16, S32: wit.S32, U32: wit.U32, S64: wit.S64, U64: wit.U64,
	F32: wit.F32, F64: wit.F64, Char: wit.Char, String: wit.String, ErrorContextVal: wit.ErrorContext,
}

// witKind returns the structure of a type in the model. part makes the type of a
// part, resource that of a handle's resource.
func witKind(t *valType, part func(int) wit.Type, resource func(*resourceType) wit.TypeID) wit.Kind {
	switch def := t.def.(type) {
	case *PrimType:
		return &wit.Alias{Type: part(0)}
	case *Record:
		k := &wit.Record{Fields: make([]wit.Field, len(def.Fields))}
		for i, f := range def.Fields {
			k.Fields[i] = wit.Field{Name: f.Name, Type: part(i)}
		}
		return k
	case *Variant:
		k := &wit.Variant{Cases: make([]wit.Case, len(def.Cases))}
		for i, c := range def.Cases {
			k.Cases[i] = wit.Case{Name: c.Name, Type: part(i)}
		}
		return k
	case *Flags:
		return &wit.Flags{Flags: witLabels(def.Labels)}
	case *Enum:
		return &wit.Enum{Cases: witLabels(def.Labels)}
	case *Tuple:
		k := &wit.Tuple{Types: make([]wit.Type, len(def.Types))}
		for i := range def.Types {
			k.Types[i] = part(i)
		}
		return k
	case *List:
		return &wit.List{Type: part(0)}
	case *FixedList:
		return &wit.FixedList{Type: part(0), Size: def.Length}
	case *Option:
		return &wit.Option{Type: part(0)}
	case *Result:
		ok := part(0)
		return &wit.Result{OK: ok, Err: part(1)}
	case *Map:
		key := part(0)
		return &wit.Map{Key: key, Value: part(1)}
	case *Own:
		return &wit.Own{Resource: resource(t.res)}
	case *Borrow:
		return &wit.Borrow{Resource: resource(t.res)}
	case *Stream:
		return &wit.Stream{Type: part(0)}
	case *Future:
		return &wit.Future{Type: part(0)}
	default:
		panic(fmt.Sprintf("component: unhandled type %T", def))
	}
}

func witLabels(labels []string) []wit.Label {
	list := make([]wit.Label, len(labels))
	for i, l := range labels {
		list[i] = wit.Label{Name: l}
	}
	return list
}
