//go:build wasm || tinygo.wasm

// Command guest is the guest of the world judge in Go.
package main

import (
	"slices"
	"strconv"
	"strings"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/interop/gen/witgen/judge/counters"
	"github.com/witgen/witgen/internal/testing/generated/interop/gen/witgen/judge/helper"
	"github.com/witgen/witgen/internal/testing/generated/interop/gen/witgen/judge/judge"
	judgetypes "github.com/witgen/witgen/internal/testing/generated/interop/gen/witgen/judge/types"
)

func init() { judge.Export(valuesGuest{}, countersGuest{}, throughGuest{}) }

func main() {}

type valuesGuest struct{}

func (valuesGuest) OfBool(v bool) bool               { return v }
func (valuesGuest) OfU8(v uint8) uint8               { return v }
func (valuesGuest) OfS8(v int8) int8                 { return v }
func (valuesGuest) OfU16(v uint16) uint16            { return v }
func (valuesGuest) OfS16(v int16) int16              { return v }
func (valuesGuest) OfU32(v uint32) uint32            { return v }
func (valuesGuest) OfS32(v int32) int32              { return v }
func (valuesGuest) OfU64(v uint64) uint64            { return v }
func (valuesGuest) OfS64(v int64) int64              { return v }
func (valuesGuest) OfF32(v float32) float32          { return v }
func (valuesGuest) OfF64(v float64) float64          { return v }
func (valuesGuest) OfChar(v rune) rune               { return v }
func (valuesGuest) OfString(v string) string         { return v }
func (valuesGuest) OfBytes(v []byte) []byte          { return v }
func (valuesGuest) OfNumbers(v []int32) []int32      { return v }
func (valuesGuest) OfLongs(v []uint64) []uint64      { return v }
func (valuesGuest) OfStrings(v []string) []string    { return v }
func (valuesGuest) OfNested(v [][]uint16) [][]uint16 { return v }

func (valuesGuest) OfPair(v types.Tuple2[uint8, string]) (uint8, string) { return v.F0, v.F1 }

func (valuesGuest) OfPerson(v judgetypes.Person) judgetypes.Person          { return v }
func (valuesGuest) OfPeople(v []judgetypes.Person) []judgetypes.Person      { return v }
func (valuesGuest) OfPoint(v judgetypes.Point) judgetypes.Point             { return v }
func (valuesGuest) OfShape(v judgetypes.Shape) judgetypes.Shape             { return v }
func (valuesGuest) OfShapes(v []judgetypes.Shape) []judgetypes.Shape        { return v }
func (valuesGuest) OfColour(v judgetypes.Colour) judgetypes.Colour          { return v }
func (valuesGuest) OfAccess(v judgetypes.Access) judgetypes.Access          { return v }
func (valuesGuest) OfOption(v types.Option[uint32]) types.Option[uint32]    { return v }
func (valuesGuest) OfNames(v types.Option[[]string]) types.Option[[]string] { return v }
func (valuesGuest) OfOutcome(v []types.Result[judgetypes.Person, judgetypes.Colour]) []types.Result[judgetypes.Person, judgetypes.Colour] {
	return v
}

func (valuesGuest) OfResult(v types.Result[uint32, string]) (uint32, error) {
	value, text, ok := v.Get()
	if !ok {
		return 0, types.Error[string]{Value: text}
	}
	return value, nil
}

func (valuesGuest) Join(parts []string) string { return strings.Join(parts, ",") }

func (valuesGuest) Sum(numbers []uint32) uint32 {
	var sum uint32
	for _, n := range numbers {
		sum += n
	}
	return sum
}

func (valuesGuest) Many(a uint8, b string, c uint64, d float32, e []byte, f bool, g int64, h rune, i string, j uint16, k float64, l string) (uint64, string) {
	text := strings.Join([]string{b, string(h), i, l, strconv.FormatBool(f)}, "|")
	return uint64(a) + c + uint64(len(e)) + uint64(g) + uint64(j) + uint64(int64(d)) + uint64(int64(k)), text
}

func (valuesGuest) Parse(text string) (uint32, error) {
	digits := len(text) > 0 && len(text) < 10 && strings.Trim(text, "0123456789") == ""
	n, err := strconv.ParseUint(text, 10, 32)
	if !digits || err != nil {
		return 0, types.Error[string]{Value: text}
	}
	return uint32(n), nil
}

type counter struct{ n uint32 }

func (c *counter) Add(n uint32) uint32 {
	c.n += n
	return c.n
}

func (c *counter) Get() uint32 { return c.n }

func (c *counter) Close() {}

type countersGuest struct{}

func (countersGuest) NewCounter(start uint32) counters.Counter { return &counter{start} }

func (countersGuest) CounterMerge(a, b counters.Counter) counters.Counter {
	return &counter{a.Get() + b.Get()}
}

func (countersGuest) Total(list []counters.Counter) uint32 {
	var sum uint32
	for _, c := range list {
		sum += c.Get()
	}
	return sum
}

type throughGuest struct{}

func (throughGuest) Older(v judgetypes.Person) judgetypes.Person { return helper.Older(v) }

func (throughGuest) Reversed(v []judgetypes.Shape) []judgetypes.Shape {
	return slices.Clone(helper.Reversed(v))
}

func (throughGuest) Measure(text string) (uint32, error) { return helper.Measure(text) }
