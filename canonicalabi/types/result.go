package types

// Result is WIT's result<T, E> where it stands inside another value. As the
// result of a function it is a Go error instead. A side without a payload is
// Unit. The zero Result is OK of the zero T.
type Result[T, E any] struct {
	value  T
	err    E
	failed bool
}

// OK returns the result that succeeded with v.
func OK[T, E any](v T) Result[T, E] { return Result[T, E]{value: v} }

// Err returns the result that failed with e.
func Err[T, E any](e E) Result[T, E] { return Result[T, E]{err: e, failed: true} }

// Get returns the value, the zero E and true where the result is OK, and the
// zero T, the error and false where it is not.
func (r Result[T, E]) Get() (T, E, bool) { return r.value, r.err, !r.failed }
