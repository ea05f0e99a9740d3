package checked

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/wit"
)

// WITPrims are the primitive types in the model.
var WITPrims = map[binary.Prim]wit.Prim{
	binary.Bool: wit.Bool, binary.S8: wit.S8, binary.U8: wit.U8, binary.S16: wit.S16, binary.U16: wit.U16, binary.S32: wit.S32, binary.U32: wit.U32, binary.S64: wit.S64, binary.U64: wit.U64,
	binary.F32: wit.F32, binary.F64: wit.F64, binary.Char: wit.Char, binary.String: wit.String, binary.ErrorContextVal: wit.ErrorContext,
}

// WITKind returns the structure of a type in the model. part makes the type of a
// part, resource that of a handle's resource.
func WITKind(t *Value, part func(int) wit.Type, resource func(*ResourceType) wit.TypeID) wit.Kind {
	switch def := t.Def.(type) {
	case *binary.PrimType:
		return &wit.Alias{Type: part(0)}
	case *binary.Record:
		k := &wit.Record{Fields: make([]wit.Field, len(def.Fields))}
		for i, f := range def.Fields {
			k.Fields[i] = wit.Field{Name: f.Name, Type: part(i)}
		}
		return k
	case *binary.Variant:
		k := &wit.Variant{Cases: make([]wit.Case, len(def.Cases))}
		for i, c := range def.Cases {
			k.Cases[i] = wit.Case{Name: c.Name, Type: part(i)}
		}
		return k
	case *binary.Flags:
		return &wit.Flags{Flags: witLabels(def.Labels)}
	case *binary.Enum:
		return &wit.Enum{Cases: witLabels(def.Labels)}
	case *binary.Tuple:
		k := &wit.Tuple{Types: make([]wit.Type, len(def.Types))}
		for i := range def.Types {
			k.Types[i] = part(i)
		}
		return k
	case *binary.List:
		return &wit.List{Type: part(0)}
	case *binary.FixedList:
		return &wit.FixedList{Type: part(0), Size: def.Length}
	case *binary.Option:
		return &wit.Option{Type: part(0)}
	case *binary.Result:
		ok := part(0)
		return &wit.Result{OK: ok, Err: part(1)}
	case *binary.Map:
		key := part(0)
		return &wit.Map{Key: key, Value: part(1)}
	case *binary.Own:
		return &wit.Own{Resource: resource(t.Resource)}
	case *binary.Borrow:
		return &wit.Borrow{Resource: resource(t.Resource)}
	case *binary.Stream:
		return &wit.Stream{Type: part(0)}
	case *binary.Future:
		return &wit.Future{Type: part(0)}
	default:
		panic(fmt.Sprintf("checked: unhandled type %T", def))
	}
}

func witLabels(labels []string) []wit.Label {
	list := make([]wit.Label, len(labels))
	for i, l := range labels {
		list[i] = wit.Label{Name: l}
	}
	return list
}
