package wave

import "github.com/witgen/witgen/wit"

// list collects the elements of a list in the Go slice of its type.
type list interface {
	add(v any)
	done() any
}

// elements is a list whose Go type is []T.
type elements[T any] struct{ list []T }

func (e *elements[T]) add(v any) { e.list = append(e.list, v.(T)) }
func (e *elements[T]) done() any { return e.list }

// newList begins a list of elements of a type, which is no alias.
func newList(t wit.Type) list {
	switch t {
	case wit.U8:
		return &elements[uint8]{[]uint8{}}
	case wit.U16:
		return &elements[uint16]{[]uint16{}}
	case wit.U32:
		return &elements[uint32]{[]uint32{}}
	case wit.U64:
		return &elements[uint64]{[]uint64{}}
	case wit.S8:
		return &elements[int8]{[]int8{}}
	case wit.S16:
		return &elements[int16]{[]int16{}}
	case wit.S32:
		return &elements[int32]{[]int32{}}
	case wit.S64:
		return &elements[int64]{[]int64{}}
	case wit.F32:
		return &elements[float32]{[]float32{}}
	case wit.F64:
		return &elements[float64]{[]float64{}}
	default:
		return &anyList{[]any{}}
	}
}

// anyList is a list whose Go type is []any.
type anyList struct{ list []any }

func (e *anyList) add(v any) { e.list = append(e.list, v) }
func (e *anyList) done() any { return e.list }
