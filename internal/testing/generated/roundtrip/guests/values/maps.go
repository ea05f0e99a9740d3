//go:build wasm || tinygo.wasm

package main

import (
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/maps"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

type mapsGuest struct{}

func (mapsGuest) OfStrings(v map[string]string) map[string]string {
	return through(v, mangle.MapsOfStrings, maps.OfStrings)
}

func (mapsGuest) OfU8s(v map[uint8]uint64) map[uint8]uint64 {
	return through(v, mangle.MapsOfU8s, maps.OfU8s)
}

func (mapsGuest) OfS64s(v map[int64]uint8) map[int64]uint8 {
	return through(v, mangle.MapsOfS64s, maps.OfS64s)
}

func (mapsGuest) OfChars(v map[rune]float64) map[rune]float64 {
	return through(v, mangle.MapsOfChars, maps.OfChars)
}

func (mapsGuest) OfBools(v map[bool]string) map[bool]string {
	return through(v, mangle.MapsOfBools, maps.OfBools)
}

func (mapsGuest) OfLists(v map[uint32][]string) map[uint32][]string {
	return through(v, mangle.MapsOfLists, maps.OfLists)
}

func (mapsGuest) OfPeople(v map[string]maps.Person) map[string]maps.Person {
	return through(v, mangle.MapsOfPeople, maps.OfPeople)
}

func (mapsGuest) OfShapes(v map[int16]maps.Shape) map[int16]maps.Shape {
	return through(v, mangle.MapsOfShapes, maps.OfShapes)
}

func (mapsGuest) OfMaps(v map[uint16]map[string]uint32) map[uint16]map[string]uint32 {
	return through(v, mangle.MapsOfMaps, maps.OfMaps)
}

func (mapsGuest) OfList(v []map[int32]bool) []map[int32]bool {
	return through(v, mangle.MapsOfList, maps.OfList)
}

func (mapsGuest) OfOption(v types.Option[map[uint64]string]) types.Option[map[uint64]string] {
	return through(v, mangle.MapsOfOption, maps.OfOption)
}
