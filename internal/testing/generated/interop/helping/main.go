//go:build wasm || tinygo.wasm

// Command helping is a guest that does what the guest of the world judge asks its
// host for.
package main

import (
	"slices"
	"unicode/utf8"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/interop/gen/witgen/judge/helping"
	judgetypes "github.com/witgen/witgen/internal/testing/generated/interop/gen/witgen/judge/types"
)

func init() { helping.Export(helper{}) }

func main() {}

type helper struct{}

func (helper) Older(v judgetypes.Person) judgetypes.Person {
	v.Age++
	return v
}

func (helper) Reversed(v []judgetypes.Shape) []judgetypes.Shape {
	slices.Reverse(v)
	return v
}

func (helper) Measure(text string) (uint32, error) {
	if text == "" {
		return 0, types.Error[string]{Value: "empty"}
	}
	return uint32(utf8.RuneCountInString(text)), nil
}
