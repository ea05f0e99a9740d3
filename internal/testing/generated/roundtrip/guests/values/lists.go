//go:build wasm || tinygo.wasm

package main

import (
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/lists"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

type listsGuest struct{}

func (listsGuest) OfBools(v []bool) []bool { return through(v, mangle.ListsOfBools, lists.OfBools) }

func (listsGuest) OfU8s(v []byte) []byte { return through(v, mangle.ListsOfU8s, lists.OfU8s) }

func (listsGuest) OfS8s(v []int8) []int8 { return through(v, mangle.ListsOfS8s, lists.OfS8s) }

func (listsGuest) OfU16s(v []uint16) []uint16 { return through(v, mangle.ListsOfU16s, lists.OfU16s) }

func (listsGuest) OfS16s(v []int16) []int16 { return through(v, mangle.ListsOfS16s, lists.OfS16s) }

func (listsGuest) OfU32s(v []uint32) []uint32 { return through(v, mangle.ListsOfU32s, lists.OfU32s) }

func (listsGuest) OfS32s(v []int32) []int32 { return through(v, mangle.ListsOfS32s, lists.OfS32s) }

func (listsGuest) OfU64s(v []uint64) []uint64 { return through(v, mangle.ListsOfU64s, lists.OfU64s) }

func (listsGuest) OfS64s(v []int64) []int64 { return through(v, mangle.ListsOfS64s, lists.OfS64s) }

func (listsGuest) OfF32s(v []float32) []float32 { return through(v, mangle.ListsOfF32s, lists.OfF32s) }

func (listsGuest) OfF64s(v []float64) []float64 { return through(v, mangle.ListsOfF64s, lists.OfF64s) }

func (listsGuest) OfBytes(v [][]byte) [][]byte { return through(v, mangle.ListsOfBytes, lists.OfBytes) }

func (listsGuest) OfDeep(v [][][]uint16) [][][]uint16 {
	return through(v, mangle.ListsOfDeep, lists.OfDeep)
}

func (listsGuest) OfTuples(v []types.Tuple3[uint8, uint64, string]) []types.Tuple3[uint8, uint64, string] {
	return through(v, mangle.ListsOfTuples, lists.OfTuples)
}

func (listsGuest) OfOptions(v []types.Option[uint16]) []types.Option[uint16] {
	return through(v, mangle.ListsOfOptions, lists.OfOptions)
}

func (listsGuest) OfResults(v []types.Result[uint64, string]) []types.Result[uint64, string] {
	return through(v, mangle.ListsOfResults, lists.OfResults)
}

func (listsGuest) OfPoints(v []lists.Point) []lists.Point {
	return through(v, mangle.ListsOfPoints, lists.OfPoints)
}

func (listsGuest) OfPeople(v []lists.Person) []lists.Person {
	return through(v, mangle.ListsOfPeople, lists.OfPeople)
}

func (listsGuest) OfColours(v []lists.Colour) []lists.Colour {
	return through(v, mangle.ListsOfColours, lists.OfColours)
}

func (listsGuest) OfAccesses(v []lists.Access) []lists.Access {
	return through(v, mangle.ListsOfAccesses, lists.OfAccesses)
}

func (listsGuest) OfShapes(v []lists.Shape) []lists.Shape {
	return through(v, mangle.ListsOfShapes, lists.OfShapes)
}
