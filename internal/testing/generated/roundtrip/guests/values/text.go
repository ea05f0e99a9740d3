//go:build wasm || tinygo.wasm

package main

import (
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/text"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

type textGuest struct{}

func (textGuest) OfString(v string) string { return through(v, mangle.TextOfString, text.OfString) }

func (textGuest) OfChars(v []rune) []rune { return through(v, mangle.TextOfChars, text.OfChars) }

func (textGuest) OfStrings(v []string) []string {
	return through(v, mangle.TextOfStrings, text.OfStrings)
}

func (textGuest) OfLines(v [][]string) [][]string {
	return through(v, mangle.TextOfLines, text.OfLines)
}

func (textGuest) OfPair(v types.Tuple2[string, string]) (string, string) {
	r := through(v, mangle.TextOfPair, func(v types.Tuple2[string, string]) types.Tuple2[string, string] { return pack2(text.OfPair(v)) })
	return r.F0, r.F1
}
