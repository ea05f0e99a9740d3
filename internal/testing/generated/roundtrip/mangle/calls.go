package mangle

import (
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/calls"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/named"
)

// Fault changes both fields.
func Fault(v calls.Fault) calls.Fault { return calls.Fault{Code: Int(v.Code), Why: String(v.Why)} }

// Failure goes on to the next case.
func Failure(v calls.Failure) calls.Failure {
	switch v := v.(type) {
	case calls.FailureGone:
		return calls.FailureBusy{Value: 1}
	case calls.FailureBusy:
		return calls.FailureWhere{Value: named.Point{X: int32(v.Value), Y: -1}}
	case calls.FailureText:
		return calls.FailureText{Value: String(v.Value)}
	case calls.FailureWhere:
		return calls.FailureGone{}
	default:
		panic("mangle: not a failure")
	}
}

// Fourteen are the parameters of sixteen: 16 flat values.
type Fourteen = types.Tuple14[bool, uint8, int8, uint16, int16, uint32, int32, uint64, int64, float32, float64, rune, string, []uint8]

// Tuple14 changes all elements.
func Tuple14(v Fourteen) Fourteen {
	return Fourteen{
		F0: !v.F0, F1: Int(v.F1), F2: Int(v.F2), F3: Int(v.F3), F4: Int(v.F4), F5: Int(v.F5), F6: Int(v.F6), F7: Int(v.F7),
		F8: Int(v.F8), F9: -v.F9, F10: -v.F10, F11: Char(v.F11), F12: String(v.F12), F13: List(Int[uint8])(v.F13),
	}
}

// Seventeen are the parameters of seventeen.
type Seventeen = types.Tuple2[Fourteen, uint8]

// Spilled are the parameters of spilled.
type Spilled = types.Tuple5[named.Person, named.Person, named.Person, named.Shape, []string]

// Tuple5 changes all elements, and gives the second's place to the first.
func Tuple5(v Spilled) Spilled {
	return Spilled{F0: Person(v.F1), F1: Person(v.F0), F2: Person(v.F2), F3: Shape(v.F3), F4: List(String)(v.F4)}
}

// Names are the parameters of names.
type Names = types.Tuple13[uint8, string, uint16, uint32, []uint16, string, uint64, uint8, string, int8, int16, int32, bool]

// Tuple13 changes all elements.
func Tuple13(v Names) Names {
	return Names{
		F0: Int(v.F7), F1: String(v.F8), F2: Int(v.F2), F3: Int(v.F3), F4: List(Int[uint16])(v.F4), F5: String(v.F1),
		F6: Int(v.F6), F7: Int(v.F0), F8: String(v.F5), F9: Int(v.F9), F10: Int(v.F10), F11: Int(v.F11), F12: !v.F12,
	}
}

// Keywords are the parameters of keywords.
type Keywords = types.Tuple9[uint8, string, []string, uint16, uint32, string, int8, bool, rune]

// Tuple9 changes all elements.
func Tuple9(v Keywords) Keywords {
	return Keywords{
		F0: Int(v.F0), F1: String(v.F5), F2: List(String)(v.F2), F3: Int(v.F3), F4: Int(v.F4), F5: String(v.F1),
		F6: Int(v.F6), F7: !v.F7, F8: Char(v.F8),
	}
}

// Outcome returns what a call returned as a value.
func Outcome[T, E any](value T, err error) types.Result[T, E] {
	if err == nil {
		return types.OK[T, E](value)
	}
	e, ok := types.AsError[E](err)
	if !ok {
		panic("mangle: an error of another type")
	}
	return types.Err[T](e)
}

// Return returns a value as what a call returns.
func Return[T, E any](r types.Result[T, E]) (T, error) {
	value, e, ok := r.Get()
	if ok {
		return value, nil
	}
	if err, ok := any(e).(error); ok {
		return value, err
	}
	return value, types.Error[E]{Value: e}
}
