package roundtrip

import (
	"context"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/calls"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/lists"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/many"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/options"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/outcomes"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/records"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/scalars"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/sets"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/text"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/tuples"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/values"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/variants"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

// exports are what the worlds values and second both export.
type exports interface {
	Scalars() scalars.Interface
	Text() text.Interface
	Lists() lists.Interface
	Tuples() tuples.Interface
	Records() records.Interface
	Variants() variants.Interface
	Many() many.Interface
	Sets() sets.Interface
	Options() options.Interface
	Outcomes() outcomes.Interface
	Calls() calls.Interface
}

// families returns a trip for each function of the interfaces of one parameter and
// one result of its type.
func families(i exports) map[string][]trip {
	return map[string][]trip{
		"scalars": {
			echo("OfBool", i.Scalars().OfBool, mangle.ScalarsOfBool),
			echo("OfU8", i.Scalars().OfU8, mangle.ScalarsOfU8),
			echo("OfS8", i.Scalars().OfS8, mangle.ScalarsOfS8),
			echo("OfU16", i.Scalars().OfU16, mangle.ScalarsOfU16),
			echo("OfS16", i.Scalars().OfS16, mangle.ScalarsOfS16),
			echo("OfU32", i.Scalars().OfU32, mangle.ScalarsOfU32),
			echo("OfS32", i.Scalars().OfS32, mangle.ScalarsOfS32),
			echo("OfU64", i.Scalars().OfU64, mangle.ScalarsOfU64),
			echo("OfS64", i.Scalars().OfS64, mangle.ScalarsOfS64),
			echo("OfF32", i.Scalars().OfF32, mangle.ScalarsOfF32),
			echo("OfF64", i.Scalars().OfF64, mangle.ScalarsOfF64),
			echo("OfChar", i.Scalars().OfChar, mangle.ScalarsOfChar).withChars(),
		},
		"text": {
			echo("OfString", i.Text().OfString, mangle.TextOfString),
			echo("OfChars", i.Text().OfChars, mangle.TextOfChars).withChars(),
			echo("OfStrings", i.Text().OfStrings, mangle.TextOfStrings),
			echo("OfLines", i.Text().OfLines, mangle.TextOfLines),
			echo("OfPair", func(ctx context.Context, v types.Tuple2[string, string]) (r types.Tuple2[string, string], err error) {
				r.F0, r.F1, err = i.Text().OfPair(ctx, v)
				return r, err
			}, mangle.TextOfPair),
		},
		"lists": {
			echo("OfBools", i.Lists().OfBools, mangle.ListsOfBools),
			echo("OfU8s", i.Lists().OfU8s, mangle.ListsOfU8s),
			echo("OfS8s", i.Lists().OfS8s, mangle.ListsOfS8s),
			echo("OfU16s", i.Lists().OfU16s, mangle.ListsOfU16s),
			echo("OfS16s", i.Lists().OfS16s, mangle.ListsOfS16s),
			echo("OfU32s", i.Lists().OfU32s, mangle.ListsOfU32s),
			echo("OfS32s", i.Lists().OfS32s, mangle.ListsOfS32s),
			echo("OfU64s", i.Lists().OfU64s, mangle.ListsOfU64s),
			echo("OfS64s", i.Lists().OfS64s, mangle.ListsOfS64s),
			echo("OfF32s", i.Lists().OfF32s, mangle.ListsOfF32s),
			echo("OfF64s", i.Lists().OfF64s, mangle.ListsOfF64s),
			echo("OfBytes", i.Lists().OfBytes, mangle.ListsOfBytes),
			echo("OfDeep", i.Lists().OfDeep, mangle.ListsOfDeep),
			echo("OfTuples", i.Lists().OfTuples, mangle.ListsOfTuples),
			echo("OfOptions", i.Lists().OfOptions, mangle.ListsOfOptions),
			echo("OfResults", i.Lists().OfResults, mangle.ListsOfResults),
			echo("OfPoints", i.Lists().OfPoints, mangle.ListsOfPoints),
			echo("OfPeople", i.Lists().OfPeople, mangle.ListsOfPeople),
			echo("OfColours", i.Lists().OfColours, mangle.ListsOfColours),
			echo("OfAccesses", i.Lists().OfAccesses, mangle.ListsOfAccesses),
			echo("OfShapes", i.Lists().OfShapes, mangle.ListsOfShapes),
		},
		"tuples": {
			echo("OfOne", func(ctx context.Context, v types.Tuple1[uint16]) (r types.Tuple1[uint16], err error) {
				r.F0, err = i.Tuples().OfOne(ctx, v)
				return r, err
			}, mangle.TuplesOfOne),
			echo("OfTwo", func(ctx context.Context, v types.Tuple2[uint8, uint64]) (r types.Tuple2[uint8, uint64], err error) {
				r.F0, r.F1, err = i.Tuples().OfTwo(ctx, v)
				return r, err
			}, mangle.TuplesOfTwo),
			echo("OfThree", func(ctx context.Context, v types.Tuple3[float32, string, bool]) (r types.Tuple3[float32, string, bool], err error) {
				r.F0, r.F1, r.F2, err = i.Tuples().OfThree(ctx, v)
				return r, err
			}, mangle.TuplesOfThree),
			echo("OfNested", func(ctx context.Context, v types.Tuple2[types.Tuple2[uint8, uint16], types.Tuple2[uint64, types.Tuple2[rune, int8]]]) (r types.Tuple2[types.Tuple2[uint8, uint16], types.Tuple2[uint64, types.Tuple2[rune, int8]]], err error) {
				r.F0, r.F1, err = i.Tuples().OfNested(ctx, v)
				return r, err
			}, mangle.TuplesOfNested).withChars(),
			echo("OfPair", func(ctx context.Context, v tuples.Pair) (r tuples.Pair, err error) {
				r.F0, r.F1, err = i.Tuples().OfPair(ctx, v)
				return r, err
			}, mangle.TuplesOfPair),
			echo("OfMany", func(ctx context.Context, v types.Tuple16[uint8, uint16, uint32, uint64, int8, int16, int32, int64, float32, float64, bool, rune, string, uint8, uint16, uint8]) (r types.Tuple16[uint8, uint16, uint32, uint64, int8, int16, int32, int64, float32, float64, bool, rune, string, uint8, uint16, uint8], err error) {
				r.F0, r.F1, r.F2, r.F3, r.F4, r.F5, r.F6, r.F7, r.F8, r.F9, r.F10, r.F11, r.F12, r.F13, r.F14, r.F15, err = i.Tuples().OfMany(ctx, v)
				return r, err
			}, mangle.TuplesOfMany).withChars(),
		},
		"records": {
			echo("OfPoint", i.Records().OfPoint, mangle.RecordsOfPoint),
			echo("OfHuman", i.Records().OfHuman, mangle.RecordsOfHuman),
			echo("OfPadded", i.Records().OfPadded, mangle.RecordsOfPadded).withChars(),
			echo("OfNested", i.Records().OfNested, mangle.RecordsOfNested),
			echo("OfTiny", i.Records().OfTiny, mangle.RecordsOfTiny),
			echo("OfAlias", i.Records().OfAlias, mangle.RecordsOfAlias),
			echo("OfCrowd", i.Records().OfCrowd, mangle.RecordsOfCrowd),
			echo("OfName", i.Records().OfName, mangle.RecordsOfName),
		},
		"variants": {
			echo("OfOnly", i.Variants().OfOnly, mangle.VariantsOfOnly),
			echo("OfNumbers", i.Variants().OfNumbers, mangle.VariantsOfNumbers),
			echo("OfWide", i.Variants().OfWide, mangle.VariantsOfWide),
			echo("OfMixed", i.Variants().OfMixed, mangle.VariantsOfMixed),
			echo("OfTexts", i.Variants().OfTexts, mangle.VariantsOfTexts),
			echo("OfTuples", i.Variants().OfTuples, mangle.VariantsOfTuples),
			echo("OfOuter", i.Variants().OfOuter, mangle.VariantsOfOuter),
			echo("OfShape", i.Variants().OfShape, mangle.VariantsOfShape),
			echo("OfOuters", i.Variants().OfOuters, mangle.VariantsOfOuters),
		},
		"many": {
			echo("OfE256", i.Many().OfE256, mangle.ManyOfE256),
			echo("OfE257", i.Many().OfE257, mangle.ManyOfE257),
			echo("OfV257", i.Many().OfV257, mangle.ManyOfV257),
			echo("OfSome", i.Many().OfSome, mangle.ManyOfSome),
			echo("OfE256s", i.Many().OfE256s, mangle.ManyOfE256s),
			echo("OfE257s", i.Many().OfE257s, mangle.ManyOfE257s),
			echo("OfV257s", i.Many().OfV257s, mangle.ManyOfV257s),
		},
		"sets": {
			echo("OfF1", i.Sets().OfF1, mangle.SetsOfF1),
			echo("OfF8", i.Sets().OfF8, mangle.SetsOfF8),
			echo("OfF9", i.Sets().OfF9, mangle.SetsOfF9),
			echo("OfF16", i.Sets().OfF16, mangle.SetsOfF16),
			echo("OfF17", i.Sets().OfF17, mangle.SetsOfF17),
			echo("OfF32", i.Sets().OfF32, mangle.SetsOfF32),
			echo("OfAll", i.Sets().OfAll, mangle.SetsOfAll),
			echo("OfF9s", i.Sets().OfF9s, mangle.SetsOfF9s),
			echo("OfF32s", i.Sets().OfF32s, mangle.SetsOfF32s),
		},
		"options": {
			echo("OfU8", i.Options().OfU8, mangle.OptionsOfU8),
			echo("OfU64", i.Options().OfU64, mangle.OptionsOfU64),
			echo("OfF32", i.Options().OfF32, mangle.OptionsOfF32),
			echo("OfBool", i.Options().OfBool, mangle.OptionsOfBool),
			echo("OfString", i.Options().OfString, mangle.OptionsOfString),
			echo("OfNested", i.Options().OfNested, mangle.OptionsOfNested),
			echo("OfDeep", i.Options().OfDeep, mangle.OptionsOfDeep),
			echo("OfList", i.Options().OfList, mangle.OptionsOfList),
			echo("OfTuple", i.Options().OfTuple, mangle.OptionsOfTuple),
			echo("OfPerson", i.Options().OfPerson, mangle.OptionsOfPerson),
			echo("OfColour", i.Options().OfColour, mangle.OptionsOfColour),
			echo("OfShape", i.Options().OfShape, mangle.OptionsOfShape),
		},
		"outcomes": {
			echo("OfPlain", i.Outcomes().OfPlain, mangle.OutcomesOfPlain),
			echo("OfOk", i.Outcomes().OfOk, mangle.OutcomesOfOk),
			echo("OfErr", func(ctx context.Context, v types.Tuple1[types.Result[types.Unit, string]]) (r types.Tuple1[types.Result[types.Unit, string]], err error) {
				r.F0, err = i.Outcomes().OfErr(ctx, v)
				return r, err
			}, mangle.OutcomesOfErr),
			echo("OfBoth", i.Outcomes().OfBoth, mangle.OutcomesOfBoth),
			echo("OfNested", i.Outcomes().OfNested, mangle.OutcomesOfNested),
			echo("OfParam", i.Outcomes().OfParam, mangle.OutcomesOfParam),
			echo("OfOption", i.Outcomes().OfOption, mangle.OutcomesOfOption),
		},
		"calls": callTrips(i.Calls()),
	}
}

// newerFamilies are those of the world values alone.
func newerFamilies(i *values.Instance) map[string][]trip {
	return map[string][]trip{
		"fixed": {
			echo("OfU8s", i.Fixed().OfU8s, mangle.FixedOfU8s),
			echo("OfF64s", i.Fixed().OfF64s, mangle.FixedOfF64s),
			echo("OfBools", i.Fixed().OfBools, mangle.FixedOfBools),
			echo("OfChars", i.Fixed().OfChars, mangle.FixedOfChars).withChars(),
			echo("OfStrings", i.Fixed().OfStrings, mangle.FixedOfStrings),
			echo("OfMany", i.Fixed().OfMany, mangle.FixedOfMany),
			echo("OfLists", i.Fixed().OfLists, mangle.FixedOfLists),
			echo("OfNested", i.Fixed().OfNested, mangle.FixedOfNested),
			echo("OfList", i.Fixed().OfList, mangle.FixedOfList),
			echo("OfOption", i.Fixed().OfOption, mangle.FixedOfOption),
			echo("OfPeople", i.Fixed().OfPeople, mangle.FixedOfPeople),
			echo("OfColours", i.Fixed().OfColours, mangle.FixedOfColours),
			echo("OfMatrix", i.Fixed().OfMatrix, mangle.FixedOfMatrix),
		},
		"maps": {
			echo("OfStrings", i.Maps().OfStrings, mangle.MapsOfStrings),
			echo("OfU8s", i.Maps().OfU8s, mangle.MapsOfU8s),
			echo("OfS64s", i.Maps().OfS64s, mangle.MapsOfS64s),
			echo("OfChars", i.Maps().OfChars, mangle.MapsOfChars).withChars(),
			echo("OfBools", i.Maps().OfBools, mangle.MapsOfBools),
			echo("OfLists", i.Maps().OfLists, mangle.MapsOfLists),
			echo("OfPeople", i.Maps().OfPeople, mangle.MapsOfPeople),
			echo("OfShapes", i.Maps().OfShapes, mangle.MapsOfShapes),
			echo("OfMaps", i.Maps().OfMaps, mangle.MapsOfMaps),
			echo("OfList", i.Maps().OfList, mangle.MapsOfList),
			echo("OfOption", i.Maps().OfOption, mangle.MapsOfOption),
		},
		"big": {echo("OfLarge", i.Big().OfLarge, mangle.BigOfLarge)},
	}
}
