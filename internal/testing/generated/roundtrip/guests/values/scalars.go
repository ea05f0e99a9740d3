//go:build wasm || tinygo.wasm

package main

import (
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/scalars"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

type scalarsGuest struct{}

func (scalarsGuest) OfBool(v bool) bool { return through(v, mangle.ScalarsOfBool, scalars.OfBool) }

func (scalarsGuest) OfU8(v uint8) uint8 { return through(v, mangle.ScalarsOfU8, scalars.OfU8) }

func (scalarsGuest) OfS8(v int8) int8 { return through(v, mangle.ScalarsOfS8, scalars.OfS8) }

func (scalarsGuest) OfU16(v uint16) uint16 { return through(v, mangle.ScalarsOfU16, scalars.OfU16) }

func (scalarsGuest) OfS16(v int16) int16 { return through(v, mangle.ScalarsOfS16, scalars.OfS16) }

func (scalarsGuest) OfU32(v uint32) uint32 { return through(v, mangle.ScalarsOfU32, scalars.OfU32) }

func (scalarsGuest) OfS32(v int32) int32 { return through(v, mangle.ScalarsOfS32, scalars.OfS32) }

func (scalarsGuest) OfU64(v uint64) uint64 { return through(v, mangle.ScalarsOfU64, scalars.OfU64) }

func (scalarsGuest) OfS64(v int64) int64 { return through(v, mangle.ScalarsOfS64, scalars.OfS64) }

func (scalarsGuest) OfF32(v float32) float32 { return through(v, mangle.ScalarsOfF32, scalars.OfF32) }

func (scalarsGuest) OfF64(v float64) float64 { return through(v, mangle.ScalarsOfF64, scalars.OfF64) }

func (scalarsGuest) OfChar(v rune) rune { return through(v, mangle.ScalarsOfChar, scalars.OfChar) }
