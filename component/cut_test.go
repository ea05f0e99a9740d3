package component_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/check"
	"github.com/witgen/witgen/internal/testing/comptest"
)

// TestCutAndChanged: whatever is cut off or changed gives an error or a component
// and never a panic. It tries some places of each binary; the fuzz targets try more.
func TestCutAndChanged(t *testing.T) {
	for _, wasm := range comptest.Seeds(t) {
		for i := 0; i < len(wasm); i += 1 + len(wasm)/60 {
			tryAll(wasm[:i])
			for _, b := range []byte{0, 0xff, wasm[i] + 1} {
				changed := bytes.Clone(wasm)
				changed[i] = b
				tryAll(changed)
			}
		}
	}
}

// tryAll does all that can be done to a binary.
func tryAll(wasm []byte) {
	if c, err := binary.Decode(wasm); err == nil {
		if component.Validate(c) == nil {
			check.Analyze(context.Background(), c)
		}
		component.Inspect(wasm)
	}
	component.DecodeWIT(wasm)
	if component.FormOf(wasm) == component.CoreForm {
		component.New(wasm, component.NewOptions{})
	}
}
