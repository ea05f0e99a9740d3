package wasm_test

import (
	"errors"
	"testing"

	"github.com/witgen/witgen/internal/wasm"
)

// TestLook ends readers after a bounded number of steps, in cursors over parts too.
func TestLook(t *testing.T) {
	end := errors.New("the end")
	const items = 100 * wasm.LookSteps
	var vector, names, constant wasm.Writer
	vector.Uint32(items)
	vector.Byte(make([]byte, items)...)
	names.Uint32(items)
	names.Byte(make([]byte, 2*items)...)
	for range items {
		constant.Byte(0x41, 0)
	}
	var sections wasm.Writer
	sections.Preamble()
	for range items {
		sections.Byte(0, 1, 0)
	}
	for name, c := range map[string]struct {
		in   []byte
		read func(c *wasm.Cursor)
	}{
		"Vec": {vector.Buf, func(c *wasm.Cursor) { wasm.Vec(c, c.Byte) }},
		"Items": {vector.Buf, func(c *wasm.Cursor) {
			for range c.Items() {
				c.Byte()
			}
		}},
		"a part": {vector.Buf, func(c *wasm.Cursor) {
			part := c.Sub(uint32(c.Len()))
			for range part.Items() {
				part.Byte()
			}
			c.Fail(part.Err())
		}},
		"NameMap":   {names.Buf, func(c *wasm.Cursor) { c.NameMap(nil) }},
		"ConstExpr": {constant.Buf, func(c *wasm.Cursor) { c.ConstExpr(nil) }},
		"Sections": {sections.Buf, func(c *wasm.Cursor) {
			for range c.Sections() {
			}
		}},
	} {
		for _, most := range []int{1, 2, 50, 101} {
			asked := 0
			look := wasm.NewLook(func() error {
				if asked++; asked == most {
					return end
				}
				return nil
			})
			cur := wasm.NewCursor(c.in, 0)
			cur.SetLook(look)
			c.read(cur)
			if asked != min(most, 100) {
				t.Errorf("%s: of %d items, asked %d times, want %d", name, items, asked, min(most, 100))
			}
			if got := look.Err(); (most <= 100) != (got == end && cur.Err() == end) {
				t.Errorf("%s: after %d questions the errors are %v and %v", name, most, got, cur.Err())
			}
		}
	}
	if err := (*wasm.Look)(nil).Step(1 << 30); err != nil {
		t.Errorf("a nil Look ends with %v", err)
	}
}
