package value

import (
	"cmp"
	"fmt"
	"iter"

	"github.com/witgen/witgen/wit"
)

// List is a list in the making, in the Go slice of its element type.
type List interface {
	// Append adds an element, which must be of the element type.
	Append(v any)
	// Value returns the slice, which is not nil.
	Value() any
}

// NewList begins a list of elements of a type, which is no alias, with room for n.
func NewList(t wit.Type, n int) List {
	switch t {
	case wit.U8:
		return newSlice[uint8](n)
	case wit.U16:
		return newSlice[uint16](n)
	case wit.U32:
		return newSlice[uint32](n)
	case wit.U64:
		return newSlice[uint64](n)
	case wit.S8:
		return newSlice[int8](n)
	case wit.S16:
		return newSlice[int16](n)
	case wit.S32:
		return newSlice[int32](n)
	case wit.S64:
		return newSlice[int64](n)
	case wit.F32:
		return newSlice[float32](n)
	case wit.F64:
		return newSlice[float64](n)
	default:
		return &slice[any]{list: make([]any, 0, n), set: func(v any) any { return v }}
	}
}

// slice is a list whose Go type is []T.
type slice[T any] struct {
	list []T
	set  func(v any) T
}

func newSlice[T any](n int) List {
	return &slice[T]{list: make([]T, 0, n), set: func(v any) T { return v.(T) }}
}

func (s *slice[T]) Append(v any) { s.list = append(s.list, s.set(v)) }
func (s *slice[T]) Value() any   { return s.list }

// Elements yields the elements of a list. It panics where v is none.
func Elements(v any) iter.Seq[any] {
	switch list := v.(type) {
	case []any:
		return elements(list)
	case []uint8:
		return elements(list)
	case []uint16:
		return elements(list)
	case []uint32:
		return elements(list)
	case []uint64:
		return elements(list)
	case []int8:
		return elements(list)
	case []int16:
		return elements(list)
	case []int32:
		return elements(list)
	case []int64:
		return elements(list)
	case []float32:
		return elements(list)
	case []float64:
		return elements(list)
	default:
		panic(fmt.Sprintf("value: a %T is no list", v))
	}
}

func elements[T any](list []T) iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, v := range list {
			if !yield(v) {
				return
			}
		}
	}
}

// CompareKeys compares two keys of one map: by number, by bytes, false before
// true. It is negative where a comes before b.
func CompareKeys(a, b any) int {
	switch a := a.(type) {
	case bool:
		switch {
		case a == b.(bool):
			return 0
		case a:
			return 1
		default:
			return -1
		}
	case uint8:
		return cmp.Compare(a, b.(uint8))
	case uint16:
		return cmp.Compare(a, b.(uint16))
	case uint32:
		return cmp.Compare(a, b.(uint32))
	case uint64:
		return cmp.Compare(a, b.(uint64))
	case int8:
		return cmp.Compare(a, b.(int8))
	case int16:
		return cmp.Compare(a, b.(int16))
	case int32:
		return cmp.Compare(a, b.(int32))
	case int64:
		return cmp.Compare(a, b.(int64))
	case string:
		return cmp.Compare(a, b.(string))
	default:
		panic(fmt.Sprintf("value: a %T is no key of a map", a))
	}
}
