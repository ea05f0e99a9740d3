//go:build wasm || tinygo.wasm

package main

import (
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/sets"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

type setsGuest struct{}

func (setsGuest) OfF1(v sets.F1) sets.F1 { return through(v, mangle.SetsOfF1, sets.OfF1) }

func (setsGuest) OfF8(v sets.F8) sets.F8 { return through(v, mangle.SetsOfF8, sets.OfF8) }

func (setsGuest) OfF9(v sets.F9) sets.F9 { return through(v, mangle.SetsOfF9, sets.OfF9) }

func (setsGuest) OfF16(v sets.F16) sets.F16 { return through(v, mangle.SetsOfF16, sets.OfF16) }

func (setsGuest) OfF17(v sets.F17) sets.F17 { return through(v, mangle.SetsOfF17, sets.OfF17) }

func (setsGuest) OfF32(v sets.F32) sets.F32 { return through(v, mangle.SetsOfF32, sets.OfF32) }

func (setsGuest) OfAll(v sets.All) sets.All { return through(v, mangle.SetsOfAll, sets.OfAll) }

func (setsGuest) OfF9s(v []sets.F9) []sets.F9 { return through(v, mangle.SetsOfF9s, sets.OfF9s) }

func (setsGuest) OfF32s(v []sets.F32) []sets.F32 { return through(v, mangle.SetsOfF32s, sets.OfF32s) }
