package binary_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/testing/ctxtest"
	"github.com/witgen/witgen/internal/wasm"
)

// TestDecodeLooks ends decoding at each of the looks at the context, which follow each other after
// a bounded number of definitions.
func TestDecodeLooks(t *testing.T) {
	const looks = 10
	var w wasm.Writer
	w.Byte(0, 'a', 's', 'm', 0x0d, 0, 1, 0, byte(binary.TypeSection))
	w.Sized(func() {
		w.Uint32(looks * wasm.LookSteps)
		w.Byte(bytes.Repeat([]byte{0x70, 0x7d}, looks*wasm.LookSteps)...)
	})
	all := ctxtest.EndsAt(t.Context(), 0)
	if _, err := binary.DecodeContext(all, w.Buf); err != nil || all.Asked() != looks {
		t.Errorf("%v, after %d looks, want %d", err, all.Asked(), looks)
	}
	for k := 1; k <= looks; k++ {
		ctx := ctxtest.EndsAt(t.Context(), k)
		if c, err := binary.DecodeContext(ctx, w.Buf); c != nil || err != context.Canceled || ctx.Asked() != k {
			t.Errorf("after %d looks: %v, with %d", k, err, ctx.Asked())
		}
	}
}
