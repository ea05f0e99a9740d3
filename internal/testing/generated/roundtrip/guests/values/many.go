//go:build wasm || tinygo.wasm

package main

import (
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/many"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

type manyGuest struct{}

func (manyGuest) OfE256(v many.E256) many.E256 { return through(v, mangle.ManyOfE256, many.OfE256) }

func (manyGuest) OfE257(v many.E257) many.E257 { return through(v, mangle.ManyOfE257, many.OfE257) }

func (manyGuest) OfV257(v many.V257) many.V257 { return through(v, mangle.ManyOfV257, many.OfV257) }

func (manyGuest) OfSome(v many.Some) many.Some { return through(v, mangle.ManyOfSome, many.OfSome) }

func (manyGuest) OfE256s(v []many.E256) []many.E256 {
	return through(v, mangle.ManyOfE256s, many.OfE256s)
}

func (manyGuest) OfE257s(v []many.E257) []many.E257 {
	return through(v, mangle.ManyOfE257s, many.OfE257s)
}

func (manyGuest) OfV257s(v []many.V257) []many.V257 {
	return through(v, mangle.ManyOfV257s, many.OfV257s)
}
