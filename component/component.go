package component

import (
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/fault"
)

// Error describes the mistake in a binary, or in what a component shall be made of.
type Error = fault.Error

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
