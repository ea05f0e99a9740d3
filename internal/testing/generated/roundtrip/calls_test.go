package roundtrip

import (
	"context"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/calls"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

type callsPeer struct{ *exchange }

func (p callsPeer) Check(_ context.Context, v uint32) error {
	_, err := mangle.Return(answer[types.Result[types.Unit, types.Unit]](p.exchange, v))
	return err
}

func (p callsPeer) Value(_ context.Context, v uint32) (uint32, error) {
	return mangle.Return(answer[types.Result[uint32, types.Unit]](p.exchange, v))
}

func (p callsPeer) Error(_ context.Context, v uint32) error {
	_, err := mangle.Return(answer[types.Result[types.Unit, uint32]](p.exchange, v))
	return err
}

func (p callsPeer) Text(_ context.Context, v uint32) (string, error) {
	return mangle.Return(answer[types.Result[string, string]](p.exchange, v))
}

func (p callsPeer) Records(_ context.Context, v calls.Person) (calls.Person, error) {
	return mangle.Return(answer[types.Result[calls.Person, calls.Fault]](p.exchange, v))
}

func (p callsPeer) Variants(_ context.Context, v calls.Shape) (calls.Shape, error) {
	return mangle.Return(answer[types.Result[calls.Shape, calls.Failure]](p.exchange, v))
}

func (p callsPeer) Enums(_ context.Context, v uint64) (uint64, error) {
	return mangle.Return(answer[types.Result[uint64, calls.Reason]](p.exchange, v))
}

func (p callsPeer) Flags(_ context.Context, v calls.Access) (calls.Access, error) {
	return mangle.Return(answer[types.Result[calls.Access, calls.Access]](p.exchange, v))
}

func (p callsPeer) Lists(_ context.Context, v []uint32) ([]uint32, error) {
	return mangle.Return(answer[types.Result[[]uint32, []string]](p.exchange, v))
}

func (p callsPeer) Options(_ context.Context, v types.Option[string]) (types.Option[string], error) {
	return mangle.Return(answer[types.Result[types.Option[string], types.Option[uint8]]](p.exchange, v))
}

func (p callsPeer) Tuples(_ context.Context, v types.Tuple2[uint8, string]) (types.Tuple2[uint8, string], error) {
	return mangle.Return(answer[types.Result[types.Tuple2[uint8, string], types.Tuple2[float64, uint8]]](p.exchange, v))
}

func (p callsPeer) Nested(_ context.Context, v uint8) (types.Result[uint8, string], error) {
	return mangle.Return(answer[types.Result[types.Result[uint8, string], types.Result[uint16, uint64]]](p.exchange, v))
}

func (p callsPeer) Floats(_ context.Context, v float32) (float32, error) {
	return mangle.Return(answer[types.Result[float32, float64]](p.exchange, v))
}

func (p callsPeer) Colours(_ context.Context, v calls.Colour) (calls.Colour, error) {
	return mangle.Return(answer[types.Result[calls.Colour, calls.Colour]](p.exchange, v))
}

func (p callsPeer) Nothing(context.Context) error {
	p.asked++
	return nil
}

func (p callsPeer) OnlyParam(_ context.Context, v string) error {
	answer[types.Unit](p.exchange, v)
	return nil
}

func (p callsPeer) OnlyResult(context.Context) (string, error) {
	return answer[string](p.exchange, types.Unit{}), nil
}

func (p callsPeer) Sixteen(_ context.Context, a bool, b uint8, c int8, d uint16, e int16, f uint32, g int32, h uint64, i int64, j float32, k float64, l rune, m string, n []byte) (bool, uint8, int8, uint16, int16, uint32, int32, uint64, int64, float32, float64, rune, string, []byte, error) {
	v := through(p.exchange, mangle.Fourteen{F0: a, F1: b, F2: c, F3: d, F4: e, F5: f, F6: g, F7: h, F8: i, F9: j, F10: k, F11: l, F12: m, F13: n})
	return v.F0, v.F1, v.F2, v.F3, v.F4, v.F5, v.F6, v.F7, v.F8, v.F9, v.F10, v.F11, v.F12, v.F13, nil
}

func (p callsPeer) Seventeen(_ context.Context, a bool, b uint8, c int8, d uint16, e int16, f uint32, g int32, h uint64, i int64, j float32, k float64, l rune, m string, n []byte, o uint8) (uint64, error) {
	v := mangle.Fourteen{F0: a, F1: b, F2: c, F3: d, F4: e, F5: f, F6: g, F7: h, F8: i, F9: j, F10: k, F11: l, F12: m, F13: n}
	return answer[uint64](p.exchange, mangle.Seventeen{F0: v, F1: o}), nil
}

func (p callsPeer) Spilled(_ context.Context, a, b, c calls.Person, d calls.Shape, e []string) ([]calls.Person, error) {
	return answer[[]calls.Person](p.exchange, mangle.Spilled{F0: a, F1: b, F2: c, F3: d, F4: e}), nil
}

func (p callsPeer) Names(_ context.Context, ctx uint8, context string, err uint16, call uint32, results []uint16, guest string, host uint64, stack uint8, area string, params int8, i int16, at int32, ok bool) (string, error) {
	return answer[string](p.exchange, mangle.Names{F0: ctx, F1: context, F2: err, F3: call, F4: results, F5: guest, F6: host, F7: stack, F8: area, F9: params, F10: i, F11: at, F12: ok}), nil
}

func (p callsPeer) Keywords(_ context.Context, typ uint8, fn string, use []string, rng uint16, goes uint32, str string, length int8, null bool, char rune) (string, error) {
	return answer[string](p.exchange, mangle.Keywords{F0: typ, F1: fn, F2: use, F3: rng, F4: goes, F5: str, F6: length, F7: null, F8: char}), nil
}

// callTrips returns a trip for each function of the interface calls.
func callTrips(c calls.Interface) []trip {
	return []trip{
		outcome("Check", unit(c.Check), mangle.CallsCheck, mangle.CallsCheckResult),
		outcome("Value", c.Value, mangle.CallsValue, mangle.CallsValueResult),
		outcome("Error", unit(c.Error), mangle.CallsError, mangle.CallsErrorResult),
		outcome("Text", c.Text, mangle.CallsText, mangle.CallsTextResult),
		outcome("Records", c.Records, mangle.CallsRecords, mangle.CallsRecordsResult),
		outcome("Variants", c.Variants, mangle.CallsVariants, mangle.CallsVariantsResult),
		outcome("Enums", c.Enums, mangle.CallsEnums, mangle.CallsEnumsResult),
		outcome("Flags", c.Flags, mangle.CallsFlags, mangle.CallsFlagsResult),
		outcome("Lists", c.Lists, mangle.CallsLists, mangle.CallsListsResult),
		outcome("Options", c.Options, mangle.CallsOptions, mangle.CallsOptionsResult),
		outcome("Tuples", c.Tuples, mangle.CallsTuples, mangle.CallsTuplesResult),
		outcome("Nested", c.Nested, mangle.CallsNested, mangle.CallsNestedResult),
		outcome("Floats", c.Floats, mangle.CallsFloats, mangle.CallsFloatsResult),
		outcome("Colours", c.Colours, mangle.CallsColours, mangle.CallsColoursResult),
		{name: "Nothing", run: func(s source, x *exchange) {
			x.begin(nil, nil)
			x.end(s.T, "Nothing", c.Nothing(context.Background()))
		}},
		exchangeOf("OnlyParam", unit(c.OnlyParam), mangle.String, mangle.Same[types.Unit]),
		exchangeOf("OnlyResult", func(ctx context.Context, _ types.Unit) (string, error) { return c.OnlyResult(ctx) }, mangle.Same[types.Unit], mangle.String),
		echo("Sixteen", func(ctx context.Context, v mangle.Fourteen) (r mangle.Fourteen, err error) {
			r.F0, r.F1, r.F2, r.F3, r.F4, r.F5, r.F6, r.F7, r.F8, r.F9, r.F10, r.F11, r.F12, r.F13, err = c.Sixteen(ctx, v.F0, v.F1, v.F2, v.F3, v.F4, v.F5, v.F6, v.F7, v.F8, v.F9, v.F10, v.F11, v.F12, v.F13)
			return r, err
		}, mangle.Tuple14).withChars(),
		exchangeOf("Seventeen", func(ctx context.Context, t mangle.Seventeen) (uint64, error) {
			v := t.F0
			return c.Seventeen(ctx, v.F0, v.F1, v.F2, v.F3, v.F4, v.F5, v.F6, v.F7, v.F8, v.F9, v.F10, v.F11, v.F12, v.F13, t.F1)
		}, mangle.Tuple2(mangle.Tuple14, mangle.Int[uint8]), mangle.Int[uint64]).withChars(),
		exchangeOf("Spilled", func(ctx context.Context, v mangle.Spilled) ([]calls.Person, error) {
			return c.Spilled(ctx, v.F0, v.F1, v.F2, v.F3, v.F4)
		}, mangle.Tuple5, mangle.List(mangle.Person)),
		exchangeOf("Names", func(ctx context.Context, v mangle.Names) (string, error) {
			return c.Names(ctx, v.F0, v.F1, v.F2, v.F3, v.F4, v.F5, v.F6, v.F7, v.F8, v.F9, v.F10, v.F11, v.F12)
		}, mangle.Tuple13, mangle.String),
		exchangeOf("Keywords", func(ctx context.Context, v mangle.Keywords) (string, error) {
			return c.Keywords(ctx, v.F0, v.F1, v.F2, v.F3, v.F4, v.F5, v.F6, v.F7, v.F8)
		}, mangle.Tuple9, mangle.String).withChars(),
	}
}
