package mangle

import "github.com/witgen/witgen/canonicalabi/types"

// Tuple1 changes the element.
func Tuple1[A any](a func(A) A) func(types.Tuple1[A]) types.Tuple1[A] {
	return func(v types.Tuple1[A]) types.Tuple1[A] { return types.Tuple1[A]{F0: a(v.F0)} }
}

// Tuple2 changes both elements.
func Tuple2[A, B any](a func(A) A, b func(B) B) func(types.Tuple2[A, B]) types.Tuple2[A, B] {
	return func(v types.Tuple2[A, B]) types.Tuple2[A, B] {
		return types.Tuple2[A, B]{F0: a(v.F0), F1: b(v.F1)}
	}
}

// Tuple3 changes all elements.
func Tuple3[A, B, C any](a func(A) A, b func(B) B, c func(C) C) func(types.Tuple3[A, B, C]) types.Tuple3[A, B, C] {
	return func(v types.Tuple3[A, B, C]) types.Tuple3[A, B, C] {
		return types.Tuple3[A, B, C]{F0: a(v.F0), F1: b(v.F1), F2: c(v.F2)}
	}
}

// Sixteen is the type of the interface tuples' of-many.
type Sixteen = types.Tuple16[uint8, uint16, uint32, uint64, int8, int16, int32, int64, float32, float64, bool, rune, string, uint8, uint16, uint8]

// Tuple16 changes all elements.
func Tuple16(v Sixteen) Sixteen {
	return Sixteen{
		F0: Int(v.F15), F1: Int(v.F14), F2: Int(v.F2), F3: Int(v.F3), F4: Int(v.F4), F5: Int(v.F5), F6: Int(v.F6),
		F7: Int(v.F7), F8: -v.F8, F9: -v.F9, F10: !v.F10, F11: Char(v.F11), F12: String(v.F12), F13: Int(v.F13),
		F14: Int(v.F1), F15: Int(v.F0),
	}
}

// Array2 changes the elements and their order.
func Array2[T any](f func(T) T) func([2]T) [2]T {
	return func(v [2]T) [2]T { return [2]T{f(v[1]), f(v[0])} }
}

// Array3 changes the elements and their order.
func Array3[T any](f func(T) T) func([3]T) [3]T {
	return func(v [3]T) [3]T { return [3]T{f(v[2]), f(v[1]), f(v[0])} }
}

// Array5 changes the elements and their order.
func Array5[T any](f func(T) T) func([5]T) [5]T {
	return func(v [5]T) [5]T { return [5]T{f(v[4]), f(v[3]), f(v[2]), f(v[1]), f(v[0])} }
}

// Array20 changes the elements and their order.
func Array20[T any](f func(T) T) func([20]T) [20]T {
	return func(v [20]T) (r [20]T) {
		for i, item := range v {
			r[19-i] = f(item)
		}
		return r
	}
}
