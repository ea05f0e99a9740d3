package link_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/wasm"
)

// TestLongNames: a guest imports an instance with a name of a megabyte and thousands of types or
// functions in it. The name is not put before each of them, and the error names the first ones.
func TestLongNames(t *testing.T) {
	const n = 2000
	for name, c := range map[string]struct {
		kind byte // of what the instance exports
		want string
	}{
		"types":     {3, "export"}, // the world's exports are missing
		"functions": {1, fmt.Sprint("and ", n-32, " more")},
	} {
		t.Run(name, func(t *testing.T) {
			var w wasm.Writer
			w.Byte(0, 'a', 's', 'm', 0x0d, 0, 1, 0)
			if c.kind == 1 {
				var functions wasm.Writer
				functions.Uint32(n)
				w.Byte(byte(binary.TypeSection))
				w.Bytes([]byte{1, 0x40, 0, 1, 0})
				for i := range n {
					functions.Byte(0)
					functions.Name(fmt.Sprint("f", i))
					functions.Byte(1, 0)
				}
				w.Byte(byte(binary.ImportSection))
				w.Bytes(functions.Buf)
			} else {
				var typ, in wasm.Writer
				typ.Byte(1, 0x42)
				typ.Uint32(n + 1)
				typ.Byte(1, 0x7d)
				for i := range n {
					typ.Byte(4, 0)
					typ.Name(fmt.Sprint("t", i))
					typ.Byte(3, 0, 0)
				}
				in.Byte(1, 0)
				in.Name(strings.Repeat("a", 1<<20))
				in.Byte(5, 0)
				w.Byte(byte(binary.TypeSection))
				w.Bytes(typ.Buf)
				w.Byte(byte(binary.ImportSection))
				w.Bytes(in.Buf)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := subject.Compile(context.Background(), w.Buf)
			runtime.ReadMemStats(&after)
			var link *host.LinkError
			if !errors.As(err, &link) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %.300v, want %q", err, c.want)
			}
			if got := after.TotalAlloc - before.TotalAlloc; got > 256<<20 {
				t.Errorf("%d MiB are allocated", got>>20)
			}
		})
	}
}
