//go:build wasm || tinygo.wasm

package main

import (
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/big"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

type bigGuest struct{}

func (bigGuest) OfLarge(v big.Large) big.Large { return through(v, mangle.BigOfLarge, big.OfLarge) }
