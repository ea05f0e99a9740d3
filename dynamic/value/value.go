// Package value maps the values of WIT types that are known only at run time to Go
// values. Package dynamic takes and returns such values, and package wave reads and
// writes them. A value is a plain Go value, whose type follows from its WIT type and
// nothing else:
//
//	bool                            bool
//	u8, u16, u32, u64               uint8, uint16, uint32, uint64
//	s8, s16, s32, s64               int8, int16, int32, int64
//	f32, f64                        float32, float64
//	char, string                    rune, string
//	list<T>, list<T, N>             a slice of Go numbers where T is a number (list<u8>: []uint8), else []any
//	tuple<...>                      Tuple
//	map<K, V>                       Map
//	record, variant, enum, flags    Record, Variant, Enum, Flags
//	option<T>                       Option: Some(v) or None()
//	result<T, E>                    Result: OK(v) or Err(e), also as a function's result; v or e is nil where there is no payload
//	own<R>, borrow<R>               what the host or an instance has for the resource
//
// A type that stands behind an alias is the type itself. Two values of one type
// that hold neither resources nor NaN are equal where reflect.DeepEqual says so
// and lists are both empty or both not.
package value

import "github.com/witgen/witgen/canonicalabi/types"

// Record holds the fields of a record by their names in WIT. All fields must be
// there.
type Record map[string]any

// Variant is a case of a variant by its name in WIT. Value is nil where the case
// has no payload.
type Variant struct {
	Case  string
	Value any
}

// Enum is the name of a case of an enum in WIT.
type Enum string

// Flags are the names in WIT of the flags that are set, each once. Lifting gives
// them in the order of the type, lowering takes any order.
type Flags []string

// Tuple holds the elements of a tuple.
type Tuple []any

// Map is a map. Its keys are bools, Go numbers, runes or strings. Lifting keeps
// the last of two equal keys, lowering sends the entries in key order.
type Map map[any]any

// Option is an option: types.Option of any value.
type Option = types.Option[any]

// Some returns the option that holds v.
func Some(v any) Option { return types.Some(v) }

// None returns the option that holds nothing.
func None() Option { return types.None[any]() }

// Result is a result: types.Result of any values.
type Result = types.Result[any, any]

// OK returns the result that succeeded with v, which is nil where there is no
// payload.
func OK(v any) Result { return types.OK[any, any](v) }

// Err returns the result that failed with e, which is nil where there is no
// payload.
func Err(e any) Result { return types.Err[any](e) }
