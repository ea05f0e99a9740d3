package component

import (
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/check"
)

// Error describes the mistake in a binary, or in what a component shall be made of.
type Error = binary.Error

// Form is what a WebAssembly binary is, going by its first eight bytes.
type Form = binary.Form

// The forms of binaries.
const (
	NotWasm       = binary.NotWasm
	CoreForm      = binary.CoreForm
	ComponentForm = binary.ComponentForm
	OtherWasm     = binary.OtherWasm // WebAssembly of an unknown version or layer
)

// FormOf tells a core module from a component by the preamble.
func FormOf(file []byte) Form { return binary.FormOf(file) }

// Encoding is how a core module encodes strings: UTF8, UTF16 or Latin1UTF16.
type Encoding = binary.OptionKind

// The encodings of strings.
const (
	UTF8        = binary.UTF8
	UTF16       = binary.UTF16
	Latin1UTF16 = binary.Latin1UTF16
)

// Validate checks a component by the validation rules of the specification
// (Binary.md, Explainer.md and CanonicalABI.md): indices, types, names, canonical
// definitions and what instantiations are given. Of core modules it checks the
// sections that their types depend on, and no function bodies: that is left to
// the engine that runs them.
//
// An error is an *Error. Time and memory are bounded: a component whose types
// take more work than its length justifies is refused.
func Validate(c *binary.Component) error {
	_, err := check.Component(c)
	return err
}
