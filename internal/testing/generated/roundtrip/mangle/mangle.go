// Package mangle changes values. The guests of the round trips apply it to what
// they get, and the tests compute the same natively: so a test notices a guest
// that passes a value on without having understood it. It builds with TinyGo and
// uses neither fmt nor reflect.
package mangle

import "github.com/witgen/witgen/canonicalabi/types"

// Bool returns the other bool.
func Bool(v bool) bool { return !v }

// Int returns another integer, for each v a different one.
func Int[T ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~int8 | ~int16 | ~int32 | ~int64](v T) T {
	return 3*v + 1
}

// Float returns the negative.
func Float[T ~float32 | ~float64](v T) T { return -v }

// Char returns the next Unicode scalar value, and 0 for the last.
func Char(v rune) rune {
	switch v {
	case 0xd7ff:
		return 0xe000
	case 0x10ffff:
		return 0
	default:
		return v + 1
	}
}

// String moves the first code point to the end.
func String(v string) string {
	for i := range v {
		if i > 0 {
			return v[i:] + v[:i]
		}
	}
	return v
}

// Same returns v. It is for what has a single value.
func Same[T any](v T) T { return v }

// List returns the elements in reverse order, each changed by f.
func List[T any](f func(T) T) func([]T) []T {
	return func(v []T) []T {
		list := make([]T, len(v))
		for i, item := range v {
			list[len(v)-1-i] = f(item)
		}
		return list
	}
}

// Map returns a map with every key and every value changed. No two keys may be
// changed to one.
func Map[K comparable, V any](key func(K) K, value func(V) V) func(map[K]V) map[K]V {
	return func(v map[K]V) map[K]V {
		m := make(map[K]V, len(v))
		for k, item := range v {
			m[key(k)] = value(item)
		}
		return m
	}
}

// Option changes the value that is there.
func Option[T any](f func(T) T) func(types.Option[T]) types.Option[T] {
	return func(v types.Option[T]) types.Option[T] {
		if item, ok := v.Get(); ok {
			return types.Some(f(item))
		}
		return v
	}
}

// Result changes the value or the error.
func Result[T, E any](value func(T) T, err func(E) E) func(types.Result[T, E]) types.Result[T, E] {
	return func(v types.Result[T, E]) types.Result[T, E] {
		item, e, ok := v.Get()
		if ok {
			return types.OK[T, E](value(item))
		}
		return types.Err[T](err(e))
	}
}

// Flip turns a result without payloads over.
func Flip(v types.Result[types.Unit, types.Unit]) types.Result[types.Unit, types.Unit] {
	if _, _, ok := v.Get(); ok {
		return types.Err[types.Unit](types.Unit{})
	}
	return types.OK[types.Unit, types.Unit](types.Unit{})
}

// Enum returns the next of n cases.
func Enum[T ~uint8 | ~uint16](n int) func(T) T {
	return func(v T) T { return T((int(v) + 1) % n) }
}

// Flags turns each of n flags over.
func Flags[T ~uint8 | ~uint16 | ~uint32](n uint) func(T) T {
	return func(v T) T { return v ^ T(uint64(1)<<n-1) }
}
