//go:build wasm || tinygo.wasm

package main

import (
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/fixed"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

type fixedGuest struct{}

func (fixedGuest) OfU8s(v [5]byte) [5]byte { return through(v, mangle.FixedOfU8s, fixed.OfU8s) }

func (fixedGuest) OfF64s(v [3]float64) [3]float64 {
	return through(v, mangle.FixedOfF64s, fixed.OfF64s)
}

func (fixedGuest) OfBools(v [3]bool) [3]bool { return through(v, mangle.FixedOfBools, fixed.OfBools) }

func (fixedGuest) OfChars(v [2]rune) [2]rune { return through(v, mangle.FixedOfChars, fixed.OfChars) }

func (fixedGuest) OfStrings(v [2]string) [2]string {
	return through(v, mangle.FixedOfStrings, fixed.OfStrings)
}

func (fixedGuest) OfMany(v [20]uint32) [20]uint32 {
	return through(v, mangle.FixedOfMany, fixed.OfMany)
}

func (fixedGuest) OfLists(v [3][]uint16) [3][]uint16 {
	return through(v, mangle.FixedOfLists, fixed.OfLists)
}

func (fixedGuest) OfNested(v [2][3]uint16) [2][3]uint16 {
	return through(v, mangle.FixedOfNested, fixed.OfNested)
}

func (fixedGuest) OfList(v [][2]uint32) [][2]uint32 {
	return through(v, mangle.FixedOfList, fixed.OfList)
}

func (fixedGuest) OfOption(v types.Option[[2]uint64]) types.Option[[2]uint64] {
	return through(v, mangle.FixedOfOption, fixed.OfOption)
}

func (fixedGuest) OfPeople(v [2]fixed.Person) [2]fixed.Person {
	return through(v, mangle.FixedOfPeople, fixed.OfPeople)
}

func (fixedGuest) OfColours(v [3]fixed.Colour) [3]fixed.Colour {
	return through(v, mangle.FixedOfColours, fixed.OfColours)
}

func (fixedGuest) OfMatrix(v fixed.Matrix) fixed.Matrix {
	return through(v, mangle.FixedOfMatrix, fixed.OfMatrix)
}
