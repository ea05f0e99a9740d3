//go:build wasm || tinygo.wasm

package main

import (
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/options"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

type optionsGuest struct{}

func (optionsGuest) OfU8(v types.Option[uint8]) types.Option[uint8] {
	return through(v, mangle.OptionsOfU8, options.OfU8)
}

func (optionsGuest) OfU64(v types.Option[uint64]) types.Option[uint64] {
	return through(v, mangle.OptionsOfU64, options.OfU64)
}

func (optionsGuest) OfF32(v types.Option[float32]) types.Option[float32] {
	return through(v, mangle.OptionsOfF32, options.OfF32)
}

func (optionsGuest) OfBool(v types.Option[bool]) types.Option[bool] {
	return through(v, mangle.OptionsOfBool, options.OfBool)
}

func (optionsGuest) OfString(v types.Option[string]) types.Option[string] {
	return through(v, mangle.OptionsOfString, options.OfString)
}

func (optionsGuest) OfNested(v types.Option[types.Option[uint32]]) types.Option[types.Option[uint32]] {
	return through(v, mangle.OptionsOfNested, options.OfNested)
}

func (optionsGuest) OfDeep(v types.Option[types.Option[types.Option[string]]]) types.Option[types.Option[types.Option[string]]] {
	return through(v, mangle.OptionsOfDeep, options.OfDeep)
}

func (optionsGuest) OfList(v types.Option[[]types.Option[int16]]) types.Option[[]types.Option[int16]] {
	return through(v, mangle.OptionsOfList, options.OfList)
}

func (optionsGuest) OfTuple(v types.Option[types.Tuple2[uint8, types.Option[uint64]]]) types.Option[types.Tuple2[uint8, types.Option[uint64]]] {
	return through(v, mangle.OptionsOfTuple, options.OfTuple)
}

func (optionsGuest) OfPerson(v types.Option[options.Person]) types.Option[options.Person] {
	return through(v, mangle.OptionsOfPerson, options.OfPerson)
}

func (optionsGuest) OfColour(v types.Option[options.Colour]) types.Option[options.Colour] {
	return through(v, mangle.OptionsOfColour, options.OfColour)
}

func (optionsGuest) OfShape(v types.Option[options.Shape]) types.Option[options.Shape] {
	return through(v, mangle.OptionsOfShape, options.OfShape)
}
