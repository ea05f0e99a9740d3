//go:build wasm || tinygo.wasm

package main

import (
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/outcomes"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

type outcomesGuest struct{}

func (outcomesGuest) OfPlain(v []outcomes.Plain) []outcomes.Plain {
	return through(v, mangle.OutcomesOfPlain, outcomes.OfPlain)
}

func (outcomesGuest) OfOk(v types.Option[types.Result[uint8, types.Unit]]) types.Option[types.Result[uint8, types.Unit]] {
	return through(v, mangle.OutcomesOfOk, outcomes.OfOk)
}

func (outcomesGuest) OfErr(v types.Tuple1[types.Result[types.Unit, string]]) types.Result[types.Unit, string] {
	r := through(v, mangle.OutcomesOfErr, func(v types.Tuple1[types.Result[types.Unit, string]]) types.Tuple1[types.Result[types.Unit, string]] {
		return pack1(outcomes.OfErr(v))
	})
	return r.F0
}

func (outcomesGuest) OfBoth(v []types.Result[outcomes.Person, outcomes.Colour]) []types.Result[outcomes.Person, outcomes.Colour] {
	return through(v, mangle.OutcomesOfBoth, outcomes.OfBoth)
}

func (outcomesGuest) OfNested(v []types.Result[types.Result[uint8, string], types.Result[float64, uint64]]) []types.Result[types.Result[uint8, string], types.Result[float64, uint64]] {
	return through(v, mangle.OutcomesOfNested, outcomes.OfNested)
}

func (outcomesGuest) OfParam(v types.Result[uint64, float32]) types.Result[uint64, float32] {
	return through(v, mangle.OutcomesOfParam, outcomes.OfParam)
}

func (outcomesGuest) OfOption(v types.Option[types.Result[types.Option[uint32], types.Option[string]]]) types.Option[types.Result[types.Option[uint32], types.Option[string]]] {
	return through(v, mangle.OutcomesOfOption, outcomes.OfOption)
}
