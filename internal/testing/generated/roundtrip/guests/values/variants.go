//go:build wasm || tinygo.wasm

package main

import (
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/values/roundtrip/values/variants"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

type variantsGuest struct{}

func (variantsGuest) OfOnly(v variants.Only) variants.Only {
	return through(v, mangle.VariantsOfOnly, variants.OfOnly)
}

func (variantsGuest) OfNumbers(v variants.Numbers) variants.Numbers {
	return through(v, mangle.VariantsOfNumbers, variants.OfNumbers)
}

func (variantsGuest) OfWide(v variants.Wide) variants.Wide {
	return through(v, mangle.VariantsOfWide, variants.OfWide)
}

func (variantsGuest) OfMixed(v variants.Mixed) variants.Mixed {
	return through(v, mangle.VariantsOfMixed, variants.OfMixed)
}

func (variantsGuest) OfTexts(v variants.Texts) variants.Texts {
	return through(v, mangle.VariantsOfTexts, variants.OfTexts)
}

func (variantsGuest) OfTuples(v variants.Tuples) variants.Tuples {
	return through(v, mangle.VariantsOfTuples, variants.OfTuples)
}

func (variantsGuest) OfOuter(v variants.Outer) variants.Outer {
	return through(v, mangle.VariantsOfOuter, variants.OfOuter)
}

func (variantsGuest) OfShape(v variants.Shape) variants.Shape {
	return through(v, mangle.VariantsOfShape, variants.OfShape)
}

func (variantsGuest) OfOuters(v []variants.Outer) []variants.Outer {
	return through(v, mangle.VariantsOfOuters, variants.OfOuters)
}
