//go:build wasm || tinygo.wasm

package main

import (
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/tuples"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

type tuplesGuest struct{}

func (tuplesGuest) OfOne(v types.Tuple1[uint16]) uint16 {
	r := through(v, mangle.TuplesOfOne, func(v types.Tuple1[uint16]) types.Tuple1[uint16] { return pack1(tuples.OfOne(v)) })
	return r.F0
}

func (tuplesGuest) OfTwo(v types.Tuple2[uint8, uint64]) (uint8, uint64) {
	r := through(v, mangle.TuplesOfTwo, func(v types.Tuple2[uint8, uint64]) types.Tuple2[uint8, uint64] { return pack2(tuples.OfTwo(v)) })
	return r.F0, r.F1
}

func (tuplesGuest) OfThree(v types.Tuple3[float32, string, bool]) (float32, string, bool) {
	r := through(v, mangle.TuplesOfThree, func(v types.Tuple3[float32, string, bool]) types.Tuple3[float32, string, bool] {
		return pack3(tuples.OfThree(v))
	})
	return r.F0, r.F1, r.F2
}

func (tuplesGuest) OfNested(v types.Tuple2[types.Tuple2[uint8, uint16], types.Tuple2[uint64, types.Tuple2[rune, int8]]]) (types.Tuple2[uint8, uint16], types.Tuple2[uint64, types.Tuple2[rune, int8]]) {
	r := through(v, mangle.TuplesOfNested, func(v types.Tuple2[types.Tuple2[uint8, uint16], types.Tuple2[uint64, types.Tuple2[rune, int8]]]) types.Tuple2[types.Tuple2[uint8, uint16], types.Tuple2[uint64, types.Tuple2[rune, int8]]] {
		return pack2(tuples.OfNested(v))
	})
	return r.F0, r.F1
}

func (tuplesGuest) OfPair(v tuples.Pair) (uint8, string) {
	r := through(v, mangle.TuplesOfPair, func(v tuples.Pair) tuples.Pair { return pack2(tuples.OfPair(v)) })
	return r.F0, r.F1
}

func (tuplesGuest) OfMany(v types.Tuple16[uint8, uint16, uint32, uint64, int8, int16, int32, int64, float32, float64, bool, rune, string, uint8, uint16, uint8]) (uint8, uint16, uint32, uint64, int8, int16, int32, int64, float32, float64, bool, rune, string, uint8, uint16, uint8) {
	r := through(v, mangle.TuplesOfMany, func(v types.Tuple16[uint8, uint16, uint32, uint64, int8, int16, int32, int64, float32, float64, bool, rune, string, uint8, uint16, uint8]) types.Tuple16[uint8, uint16, uint32, uint64, int8, int16, int32, int64, float32, float64, bool, rune, string, uint8, uint16, uint8] {
		return pack16(tuples.OfMany(v))
	})
	return r.F0, r.F1, r.F2, r.F3, r.F4, r.F5, r.F6, r.F7, r.F8, r.F9, r.F10, r.F11, r.F12, r.F13, r.F14, r.F15
}
