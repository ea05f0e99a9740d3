//go:build wasm || tinygo.wasm

package main

import (
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/calls"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

type callsGuest struct{}

// outcome is through for a function that can fail.
func outcome[P, T, E any](v P, param func(P) P, result func(types.Result[T, E]) types.Result[T, E], imported func(P) (T, error)) (T, error) {
	seen++
	return mangle.Return(result(mangle.Outcome[T, E](imported(param(v)))))
}

// failure is outcome for a function whose result has no value.
func failure[P, E any](v P, param func(P) P, result func(types.Result[types.Unit, E]) types.Result[types.Unit, E], imported func(P) error) error {
	_, err := outcome(v, param, result, func(v P) (types.Unit, error) { return types.Unit{}, imported(v) })
	return err
}

func (callsGuest) Check(v uint32) error {
	return failure(v, mangle.CallsCheck, mangle.CallsCheckResult, calls.Check)
}

func (callsGuest) Value(v uint32) (uint32, error) {
	return outcome(v, mangle.CallsValue, mangle.CallsValueResult, calls.Value)
}

func (callsGuest) Error(v uint32) error {
	return failure(v, mangle.CallsError, mangle.CallsErrorResult, calls.Error)
}

func (callsGuest) Text(v uint32) (string, error) {
	return outcome(v, mangle.CallsText, mangle.CallsTextResult, calls.Text)
}

func (callsGuest) Records(v calls.Person) (calls.Person, error) {
	return outcome(v, mangle.CallsRecords, mangle.CallsRecordsResult, calls.Records)
}

func (callsGuest) Variants(v calls.Shape) (calls.Shape, error) {
	return outcome(v, mangle.CallsVariants, mangle.CallsVariantsResult, calls.Variants)
}

func (callsGuest) Enums(v uint64) (uint64, error) {
	return outcome(v, mangle.CallsEnums, mangle.CallsEnumsResult, calls.Enums)
}

func (callsGuest) Flags(v calls.Access) (calls.Access, error) {
	return outcome(v, mangle.CallsFlags, mangle.CallsFlagsResult, calls.Flags)
}

func (callsGuest) Lists(v []uint32) ([]uint32, error) {
	return outcome(v, mangle.CallsLists, mangle.CallsListsResult, calls.Lists)
}

func (callsGuest) Options(v types.Option[string]) (types.Option[string], error) {
	return outcome(v, mangle.CallsOptions, mangle.CallsOptionsResult, calls.Options)
}

func (callsGuest) Tuples(v types.Tuple2[uint8, string]) (types.Tuple2[uint8, string], error) {
	return outcome(v, mangle.CallsTuples, mangle.CallsTuplesResult, calls.Tuples)
}

func (callsGuest) Nested(v uint8) (types.Result[uint8, string], error) {
	return outcome(v, mangle.CallsNested, mangle.CallsNestedResult, calls.Nested)
}

func (callsGuest) Floats(v float32) (float32, error) {
	return outcome(v, mangle.CallsFloats, mangle.CallsFloatsResult, calls.Floats)
}

func (callsGuest) Colours(v calls.Colour) (calls.Colour, error) {
	return outcome(v, mangle.CallsColours, mangle.CallsColoursResult, calls.Colours)
}

func (callsGuest) Nothing() {
	seen++
	calls.Nothing()
}

func (callsGuest) OnlyParam(v string) {
	seen++
	calls.OnlyParam(mangle.String(v))
}

func (callsGuest) OnlyResult() string {
	seen++
	return mangle.String(calls.OnlyResult())
}

func (callsGuest) Sixteen(a bool, b uint8, c int8, d uint16, e int16, f uint32, g int32, h uint64, i int64, j float32, k float64, l rune, m string, n []byte) (bool, uint8, int8, uint16, int16, uint32, int32, uint64, int64, float32, float64, rune, string, []byte) {
	seen++
	v := mangle.Tuple14(mangle.Fourteen{F0: a, F1: b, F2: c, F3: d, F4: e, F5: f, F6: g, F7: h, F8: i, F9: j, F10: k, F11: l, F12: m, F13: n})
	a, b, c, d, e, f, g, h, i, j, k, l, m, n = calls.Sixteen(v.F0, v.F1, v.F2, v.F3, v.F4, v.F5, v.F6, v.F7, v.F8, v.F9, v.F10, v.F11, v.F12, v.F13)
	v = mangle.Tuple14(mangle.Fourteen{F0: a, F1: b, F2: c, F3: d, F4: e, F5: f, F6: g, F7: h, F8: i, F9: j, F10: k, F11: l, F12: m, F13: n})
	return v.F0, v.F1, v.F2, v.F3, v.F4, v.F5, v.F6, v.F7, v.F8, v.F9, v.F10, v.F11, v.F12, v.F13
}

func (callsGuest) Seventeen(a bool, b uint8, c int8, d uint16, e int16, f uint32, g int32, h uint64, i int64, j float32, k float64, l rune, m string, n []byte, o uint8) uint64 {
	seen++
	v := mangle.Tuple14(mangle.Fourteen{F0: a, F1: b, F2: c, F3: d, F4: e, F5: f, F6: g, F7: h, F8: i, F9: j, F10: k, F11: l, F12: m, F13: n})
	return mangle.Int(calls.Seventeen(v.F0, v.F1, v.F2, v.F3, v.F4, v.F5, v.F6, v.F7, v.F8, v.F9, v.F10, v.F11, v.F12, v.F13, mangle.Int(o)))
}

func (callsGuest) Spilled(a, b, c calls.Person, d calls.Shape, e []string) []calls.Person {
	seen++
	v := mangle.Tuple5(mangle.Spilled{F0: a, F1: b, F2: c, F3: d, F4: e})
	return mangle.List(mangle.Person)(calls.Spilled(v.F0, v.F1, v.F2, v.F3, v.F4))
}

func (callsGuest) Names(ctx uint8, context string, err uint16, call uint32, results []uint16, guest string, host uint64, stack uint8, area string, params int8, i int16, at int32, ok bool) string {
	seen++
	v := mangle.Tuple13(mangle.Names{F0: ctx, F1: context, F2: err, F3: call, F4: results, F5: guest, F6: host, F7: stack, F8: area, F9: params, F10: i, F11: at, F12: ok})
	return mangle.String(calls.Names(v.F0, v.F1, v.F2, v.F3, v.F4, v.F5, v.F6, v.F7, v.F8, v.F9, v.F10, v.F11, v.F12))
}

func (callsGuest) Keywords(typ uint8, fn string, use []string, rng uint16, goes uint32, str string, length int8, null bool, char rune) string {
	seen++
	v := mangle.Tuple9(mangle.Keywords{F0: typ, F1: fn, F2: use, F3: rng, F4: goes, F5: str, F6: length, F7: null, F8: char})
	return mangle.String(calls.Keywords(v.F0, v.F1, v.F2, v.F3, v.F4, v.F5, v.F6, v.F7, v.F8))
}
