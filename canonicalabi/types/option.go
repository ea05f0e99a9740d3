// Package types holds the Go values for WIT's generic types: Option, Result,
// the tuples and Error. Generated code uses them on both sides of the boundary,
// so they build with TinyGo as well and use neither fmt nor reflect.
package types

// Option is WIT's option<T>. The zero Option is none. Where T is comparable, so
// is Option[T].
type Option[T any] struct {
	value T
	some  bool
}

// Some returns the option that holds v.
func Some[T any](v T) Option[T] { return Option[T]{value: v, some: true} }

// None returns the option that holds nothing.
func None[T any]() Option[T] { return Option[T]{} }

// Get returns the value and true, or the zero T and false if o is none.
func (o Option[T]) Get() (T, bool) { return o.value, o.some }

// Or returns the value, or fallback if o is none.
func (o Option[T]) Or(fallback T) T {
	if o.some {
		return o.value
	}
	return fallback
}
