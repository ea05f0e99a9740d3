package roundtrip

import (
	"context"
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/big"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/fixed"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/lists"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/many"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/maps"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/options"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/outcomes"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/records"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/sets"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/tuples"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/variants"
)

type scalarsPeer struct{ *exchange }

func (p scalarsPeer) OfBool(_ context.Context, v bool) (bool, error) {
	return through(p.exchange, v), nil
}

func (p scalarsPeer) OfU8(_ context.Context, v uint8) (uint8, error) {
	return through(p.exchange, v), nil
}

func (p scalarsPeer) OfS8(_ context.Context, v int8) (int8, error) {
	return through(p.exchange, v), nil
}

func (p scalarsPeer) OfU16(_ context.Context, v uint16) (uint16, error) {
	return through(p.exchange, v), nil
}

func (p scalarsPeer) OfS16(_ context.Context, v int16) (int16, error) {
	return through(p.exchange, v), nil
}

func (p scalarsPeer) OfU32(_ context.Context, v uint32) (uint32, error) {
	return through(p.exchange, v), nil
}

func (p scalarsPeer) OfS32(_ context.Context, v int32) (int32, error) {
	return through(p.exchange, v), nil
}

func (p scalarsPeer) OfU64(_ context.Context, v uint64) (uint64, error) {
	return through(p.exchange, v), nil
}

func (p scalarsPeer) OfS64(_ context.Context, v int64) (int64, error) {
	return through(p.exchange, v), nil
}

func (p scalarsPeer) OfF32(_ context.Context, v float32) (float32, error) {
	return through(p.exchange, v), nil
}

func (p scalarsPeer) OfF64(_ context.Context, v float64) (float64, error) {
	return through(p.exchange, v), nil
}

func (p scalarsPeer) OfChar(_ context.Context, v rune) (rune, error) {
	return through(p.exchange, v), nil
}

type textPeer struct{ *exchange }

func (p textPeer) OfString(_ context.Context, v string) (string, error) {
	return through(p.exchange, v), nil
}

func (p textPeer) OfChars(_ context.Context, v []rune) ([]rune, error) {
	return through(p.exchange, v), nil
}

func (p textPeer) OfStrings(_ context.Context, v []string) ([]string, error) {
	return through(p.exchange, v), nil
}

func (p textPeer) OfLines(_ context.Context, v [][]string) ([][]string, error) {
	return through(p.exchange, v), nil
}

func (p textPeer) OfPair(_ context.Context, v types.Tuple2[string, string]) (string, string, error) {
	r := through(p.exchange, v)
	return r.F0, r.F1, nil
}

type listsPeer struct{ *exchange }

func (p listsPeer) OfBools(_ context.Context, v []bool) ([]bool, error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfU8s(_ context.Context, v []byte) ([]byte, error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfS8s(_ context.Context, v []int8) ([]int8, error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfU16s(_ context.Context, v []uint16) ([]uint16, error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfS16s(_ context.Context, v []int16) ([]int16, error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfU32s(_ context.Context, v []uint32) ([]uint32, error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfS32s(_ context.Context, v []int32) ([]int32, error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfU64s(_ context.Context, v []uint64) ([]uint64, error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfS64s(_ context.Context, v []int64) ([]int64, error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfF32s(_ context.Context, v []float32) ([]float32, error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfF64s(_ context.Context, v []float64) ([]float64, error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfBytes(_ context.Context, v [][]byte) ([][]byte, error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfDeep(_ context.Context, v [][][]uint16) ([][][]uint16, error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfTuples(_ context.Context, v []types.Tuple3[uint8, uint64, string]) ([]types.Tuple3[uint8, uint64, string], error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfOptions(_ context.Context, v []types.Option[uint16]) ([]types.Option[uint16], error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfResults(_ context.Context, v []types.Result[uint64, string]) ([]types.Result[uint64, string], error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfPoints(_ context.Context, v []lists.Point) ([]lists.Point, error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfPeople(_ context.Context, v []lists.Person) ([]lists.Person, error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfColours(_ context.Context, v []lists.Colour) ([]lists.Colour, error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfAccesses(_ context.Context, v []lists.Access) ([]lists.Access, error) {
	return through(p.exchange, v), nil
}

func (p listsPeer) OfShapes(_ context.Context, v []lists.Shape) ([]lists.Shape, error) {
	return through(p.exchange, v), nil
}

type fixedPeer struct{ *exchange }

func (p fixedPeer) OfU8s(_ context.Context, v [5]byte) ([5]byte, error) {
	return through(p.exchange, v), nil
}

func (p fixedPeer) OfF64s(_ context.Context, v [3]float64) ([3]float64, error) {
	return through(p.exchange, v), nil
}

func (p fixedPeer) OfBools(_ context.Context, v [3]bool) ([3]bool, error) {
	return through(p.exchange, v), nil
}

func (p fixedPeer) OfChars(_ context.Context, v [2]rune) ([2]rune, error) {
	return through(p.exchange, v), nil
}

func (p fixedPeer) OfStrings(_ context.Context, v [2]string) ([2]string, error) {
	return through(p.exchange, v), nil
}

func (p fixedPeer) OfMany(_ context.Context, v [20]uint32) ([20]uint32, error) {
	return through(p.exchange, v), nil
}

func (p fixedPeer) OfLists(_ context.Context, v [3][]uint16) ([3][]uint16, error) {
	return through(p.exchange, v), nil
}

func (p fixedPeer) OfNested(_ context.Context, v [2][3]uint16) ([2][3]uint16, error) {
	return through(p.exchange, v), nil
}

func (p fixedPeer) OfList(_ context.Context, v [][2]uint32) ([][2]uint32, error) {
	return through(p.exchange, v), nil
}

func (p fixedPeer) OfOption(_ context.Context, v types.Option[[2]uint64]) (types.Option[[2]uint64], error) {
	return through(p.exchange, v), nil
}

func (p fixedPeer) OfPeople(_ context.Context, v [2]fixed.Person) ([2]fixed.Person, error) {
	return through(p.exchange, v), nil
}

func (p fixedPeer) OfColours(_ context.Context, v [3]fixed.Colour) ([3]fixed.Colour, error) {
	return through(p.exchange, v), nil
}

func (p fixedPeer) OfMatrix(_ context.Context, v fixed.Matrix) (fixed.Matrix, error) {
	return through(p.exchange, v), nil
}

type mapsPeer struct{ *exchange }

func (p mapsPeer) OfStrings(_ context.Context, v map[string]string) (map[string]string, error) {
	return through(p.exchange, v), nil
}

func (p mapsPeer) OfU8s(_ context.Context, v map[uint8]uint64) (map[uint8]uint64, error) {
	return through(p.exchange, v), nil
}

func (p mapsPeer) OfS64s(_ context.Context, v map[int64]uint8) (map[int64]uint8, error) {
	return through(p.exchange, v), nil
}

func (p mapsPeer) OfChars(_ context.Context, v map[rune]float64) (map[rune]float64, error) {
	return through(p.exchange, v), nil
}

func (p mapsPeer) OfBools(_ context.Context, v map[bool]string) (map[bool]string, error) {
	return through(p.exchange, v), nil
}

func (p mapsPeer) OfLists(_ context.Context, v map[uint32][]string) (map[uint32][]string, error) {
	return through(p.exchange, v), nil
}

func (p mapsPeer) OfPeople(_ context.Context, v map[string]maps.Person) (map[string]maps.Person, error) {
	return through(p.exchange, v), nil
}

func (p mapsPeer) OfShapes(_ context.Context, v map[int16]maps.Shape) (map[int16]maps.Shape, error) {
	return through(p.exchange, v), nil
}

func (p mapsPeer) OfMaps(_ context.Context, v map[uint16]map[string]uint32) (map[uint16]map[string]uint32, error) {
	return through(p.exchange, v), nil
}

func (p mapsPeer) OfList(_ context.Context, v []map[int32]bool) ([]map[int32]bool, error) {
	return through(p.exchange, v), nil
}

func (p mapsPeer) OfOption(_ context.Context, v types.Option[map[uint64]string]) (types.Option[map[uint64]string], error) {
	return through(p.exchange, v), nil
}

type tuplesPeer struct{ *exchange }

func (p tuplesPeer) OfOne(_ context.Context, v types.Tuple1[uint16]) (uint16, error) {
	r := through(p.exchange, v)
	return r.F0, nil
}

func (p tuplesPeer) OfTwo(_ context.Context, v types.Tuple2[uint8, uint64]) (uint8, uint64, error) {
	r := through(p.exchange, v)
	return r.F0, r.F1, nil
}

func (p tuplesPeer) OfThree(_ context.Context, v types.Tuple3[float32, string, bool]) (float32, string, bool, error) {
	r := through(p.exchange, v)
	return r.F0, r.F1, r.F2, nil
}

func (p tuplesPeer) OfNested(_ context.Context, v types.Tuple2[types.Tuple2[uint8, uint16], types.Tuple2[uint64, types.Tuple2[rune, int8]]]) (types.Tuple2[uint8, uint16], types.Tuple2[uint64, types.Tuple2[rune, int8]], error) {
	r := through(p.exchange, v)
	return r.F0, r.F1, nil
}

func (p tuplesPeer) OfPair(_ context.Context, v tuples.Pair) (uint8, string, error) {
	r := through(p.exchange, v)
	return r.F0, r.F1, nil
}

func (p tuplesPeer) OfMany(_ context.Context, v types.Tuple16[uint8, uint16, uint32, uint64, int8, int16, int32, int64, float32, float64, bool, rune, string, uint8, uint16, uint8]) (uint8, uint16, uint32, uint64, int8, int16, int32, int64, float32, float64, bool, rune, string, uint8, uint16, uint8, error) {
	r := through(p.exchange, v)
	return r.F0, r.F1, r.F2, r.F3, r.F4, r.F5, r.F6, r.F7, r.F8, r.F9, r.F10, r.F11, r.F12, r.F13, r.F14, r.F15, nil
}

type recordsPeer struct{ *exchange }

func (p recordsPeer) OfPoint(_ context.Context, v records.Point) (records.Point, error) {
	return through(p.exchange, v), nil
}

func (p recordsPeer) OfHuman(_ context.Context, v records.Human) (records.Human, error) {
	return through(p.exchange, v), nil
}

func (p recordsPeer) OfPadded(_ context.Context, v records.Padded) (records.Padded, error) {
	return through(p.exchange, v), nil
}

func (p recordsPeer) OfNested(_ context.Context, v records.Nested) (records.Nested, error) {
	return through(p.exchange, v), nil
}

func (p recordsPeer) OfTiny(_ context.Context, v records.Tiny) (records.Tiny, error) {
	return through(p.exchange, v), nil
}

func (p recordsPeer) OfAlias(_ context.Context, v records.Alias) (records.Alias, error) {
	return through(p.exchange, v), nil
}

func (p recordsPeer) OfCrowd(_ context.Context, v records.Crowd) (records.Crowd, error) {
	return through(p.exchange, v), nil
}

func (p recordsPeer) OfName(_ context.Context, v records.Name) (records.Name, error) {
	return through(p.exchange, v), nil
}

type variantsPeer struct{ *exchange }

func (p variantsPeer) OfOnly(_ context.Context, v variants.Only) (variants.Only, error) {
	return through(p.exchange, v), nil
}

func (p variantsPeer) OfNumbers(_ context.Context, v variants.Numbers) (variants.Numbers, error) {
	return through(p.exchange, v), nil
}

func (p variantsPeer) OfWide(_ context.Context, v variants.Wide) (variants.Wide, error) {
	return through(p.exchange, v), nil
}

func (p variantsPeer) OfMixed(_ context.Context, v variants.Mixed) (variants.Mixed, error) {
	return through(p.exchange, v), nil
}

func (p variantsPeer) OfTexts(_ context.Context, v variants.Texts) (variants.Texts, error) {
	return through(p.exchange, v), nil
}

func (p variantsPeer) OfTuples(_ context.Context, v variants.Tuples) (variants.Tuples, error) {
	return through(p.exchange, v), nil
}

func (p variantsPeer) OfOuter(_ context.Context, v variants.Outer) (variants.Outer, error) {
	return through(p.exchange, v), nil
}

type bigPeer struct{ *exchange }

func (p bigPeer) OfLarge(_ context.Context, v big.Large) (big.Large, error) {
	return through(p.exchange, v), nil
}

func (p variantsPeer) OfShape(_ context.Context, v variants.Shape) (variants.Shape, error) {
	return through(p.exchange, v), nil
}

func (p variantsPeer) OfOuters(_ context.Context, v []variants.Outer) ([]variants.Outer, error) {
	return through(p.exchange, v), nil
}

type manyPeer struct{ *exchange }

func (p manyPeer) OfE256(_ context.Context, v many.E256) (many.E256, error) {
	return through(p.exchange, v), nil
}

func (p manyPeer) OfE257(_ context.Context, v many.E257) (many.E257, error) {
	return through(p.exchange, v), nil
}

func (p manyPeer) OfV257(_ context.Context, v many.V257) (many.V257, error) {
	return through(p.exchange, v), nil
}

func (p manyPeer) OfSome(_ context.Context, v many.Some) (many.Some, error) {
	return through(p.exchange, v), nil
}

func (p manyPeer) OfE256s(_ context.Context, v []many.E256) ([]many.E256, error) {
	return through(p.exchange, v), nil
}

func (p manyPeer) OfE257s(_ context.Context, v []many.E257) ([]many.E257, error) {
	return through(p.exchange, v), nil
}

func (p manyPeer) OfV257s(_ context.Context, v []many.V257) ([]many.V257, error) {
	return through(p.exchange, v), nil
}

type setsPeer struct{ *exchange }

func (p setsPeer) OfF1(_ context.Context, v sets.F1) (sets.F1, error) {
	return through(p.exchange, v), nil
}

func (p setsPeer) OfF8(_ context.Context, v sets.F8) (sets.F8, error) {
	return through(p.exchange, v), nil
}

func (p setsPeer) OfF9(_ context.Context, v sets.F9) (sets.F9, error) {
	return through(p.exchange, v), nil
}

func (p setsPeer) OfF16(_ context.Context, v sets.F16) (sets.F16, error) {
	return through(p.exchange, v), nil
}

func (p setsPeer) OfF17(_ context.Context, v sets.F17) (sets.F17, error) {
	return through(p.exchange, v), nil
}

func (p setsPeer) OfF32(_ context.Context, v sets.F32) (sets.F32, error) {
	return through(p.exchange, v), nil
}

func (p setsPeer) OfAll(_ context.Context, v sets.All) (sets.All, error) {
	return through(p.exchange, v), nil
}

func (p setsPeer) OfF9s(_ context.Context, v []sets.F9) ([]sets.F9, error) {
	return through(p.exchange, v), nil
}

func (p setsPeer) OfF32s(_ context.Context, v []sets.F32) ([]sets.F32, error) {
	return through(p.exchange, v), nil
}

type optionsPeer struct{ *exchange }

func (p optionsPeer) OfU8(_ context.Context, v types.Option[uint8]) (types.Option[uint8], error) {
	return through(p.exchange, v), nil
}

func (p optionsPeer) OfU64(_ context.Context, v types.Option[uint64]) (types.Option[uint64], error) {
	return through(p.exchange, v), nil
}

func (p optionsPeer) OfF32(_ context.Context, v types.Option[float32]) (types.Option[float32], error) {
	return through(p.exchange, v), nil
}

func (p optionsPeer) OfBool(_ context.Context, v types.Option[bool]) (types.Option[bool], error) {
	return through(p.exchange, v), nil
}

func (p optionsPeer) OfString(_ context.Context, v types.Option[string]) (types.Option[string], error) {
	return through(p.exchange, v), nil
}

func (p optionsPeer) OfNested(_ context.Context, v types.Option[types.Option[uint32]]) (types.Option[types.Option[uint32]], error) {
	return through(p.exchange, v), nil
}

func (p optionsPeer) OfDeep(_ context.Context, v types.Option[types.Option[types.Option[string]]]) (types.Option[types.Option[types.Option[string]]], error) {
	return through(p.exchange, v), nil
}

func (p optionsPeer) OfList(_ context.Context, v types.Option[[]types.Option[int16]]) (types.Option[[]types.Option[int16]], error) {
	return through(p.exchange, v), nil
}

func (p optionsPeer) OfTuple(_ context.Context, v types.Option[types.Tuple2[uint8, types.Option[uint64]]]) (types.Option[types.Tuple2[uint8, types.Option[uint64]]], error) {
	return through(p.exchange, v), nil
}

func (p optionsPeer) OfPerson(_ context.Context, v types.Option[options.Person]) (types.Option[options.Person], error) {
	return through(p.exchange, v), nil
}

func (p optionsPeer) OfColour(_ context.Context, v types.Option[options.Colour]) (types.Option[options.Colour], error) {
	return through(p.exchange, v), nil
}

func (p optionsPeer) OfShape(_ context.Context, v types.Option[options.Shape]) (types.Option[options.Shape], error) {
	return through(p.exchange, v), nil
}

type outcomesPeer struct{ *exchange }

func (p outcomesPeer) OfPlain(_ context.Context, v []outcomes.Plain) ([]outcomes.Plain, error) {
	return through(p.exchange, v), nil
}

func (p outcomesPeer) OfOk(_ context.Context, v types.Option[types.Result[uint8, types.Unit]]) (types.Option[types.Result[uint8, types.Unit]], error) {
	return through(p.exchange, v), nil
}

func (p outcomesPeer) OfErr(_ context.Context, v types.Tuple1[types.Result[types.Unit, string]]) (types.Result[types.Unit, string], error) {
	r := through(p.exchange, v)
	return r.F0, nil
}

func (p outcomesPeer) OfBoth(_ context.Context, v []types.Result[outcomes.Person, outcomes.Colour]) ([]types.Result[outcomes.Person, outcomes.Colour], error) {
	return through(p.exchange, v), nil
}

func (p outcomesPeer) OfNested(_ context.Context, v []types.Result[types.Result[uint8, string], types.Result[float64, uint64]]) ([]types.Result[types.Result[uint8, string], types.Result[float64, uint64]], error) {
	return through(p.exchange, v), nil
}

func (p outcomesPeer) OfParam(_ context.Context, v types.Result[uint64, float32]) (types.Result[uint64, float32], error) {
	return through(p.exchange, v), nil
}

func (p outcomesPeer) OfOption(_ context.Context, v types.Option[types.Result[types.Option[uint32], types.Option[string]]]) (types.Option[types.Result[types.Option[uint32], types.Option[string]]], error) {
	return through(p.exchange, v), nil
}
