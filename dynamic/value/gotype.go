package value

import (
	"fmt"

	"github.com/witgen/witgen/wit"
)

var goPrims = map[wit.Prim]string{
	wit.Bool: "bool",
	wit.U8:   "uint8", wit.U16: "uint16", wit.U32: "uint32", wit.U64: "uint64",
	wit.S8: "int8", wit.S16: "int16", wit.S32: "int32", wit.S64: "int64",
	wit.F32: "float32", wit.F64: "float64",
	wit.Char: "rune", wit.String: "string",
	wit.ErrorContext: "error-context",
}

// GoType returns the name of the Go type of the values of a WIT type.
func GoType(r *wit.Resolve, t wit.Type) string {
	if p, ok := r.Dealias(t).(wit.Prim); ok {
		return goPrims[p]
	}
	switch k := r.Kind(t).(type) {
	case *wit.Record:
		return "value.Record"
	case *wit.Tuple:
		return "value.Tuple"
	case *wit.List:
		return listType(r, k.Type)
	case *wit.FixedList:
		return listType(r, k.Type)
	case *wit.Map:
		return "value.Map"
	case *wit.Variant:
		return "value.Variant"
	case *wit.Enum:
		return "value.Enum"
	case *wit.Flags:
		return "value.Flags"
	case *wit.Option:
		return "value.Option"
	case *wit.Result:
		return "value.Result"
	case *wit.Own, *wit.Borrow, *wit.Resource, *wit.Stream, *wit.Future:
		return "any"
	default:
		panic(fmt.Sprintf("value: unhandled kind %T", k))
	}
}

func listType(r *wit.Resolve, element wit.Type) string {
	if t := r.Dealias(element); IsNumber(t) {
		return "[]" + goPrims[t.(wit.Prim)]
	}
	return "[]any"
}

// IsNumber reports whether lists of a type, which is no alias, are slices of Go
// numbers: it is an integer or a float.
func IsNumber(t wit.Type) bool {
	switch t {
	case wit.U8, wit.U16, wit.U32, wit.U64, wit.S8, wit.S16, wit.S32, wit.S64, wit.F32, wit.F64:
		return true
	}
	return false
}

// Numbers returns the length of a list of numbers. It reports false where t is no
// number, or v not the slice for it.
func Numbers(t wit.Type, v any) (length int, ok bool) {
	switch list := v.(type) {
	case []uint8:
		return len(list), t == wit.U8
	case []uint16:
		return len(list), t == wit.U16
	case []uint32:
		return len(list), t == wit.U32
	case []uint64:
		return len(list), t == wit.U64
	case []int8:
		return len(list), t == wit.S8
	case []int16:
		return len(list), t == wit.S16
	case []int32:
		return len(list), t == wit.S32
	case []int64:
		return len(list), t == wit.S64
	case []float32:
		return len(list), t == wit.F32
	case []float64:
		return len(list), t == wit.F64
	}
	return 0, false
}
