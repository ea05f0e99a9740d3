package roundtrip

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/lasting/roundtrip/lasting/lasting"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/lasting/roundtrip/lasting/work"
	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// A guest whose collector collects nothing answers right until its memory ends, and
// then with an error: its host takes another instance.
func TestLeakingGuests(t *testing.T) {
	for _, compiler := range guestbuild.Compilers(t) {
		if compiler == guestbuild.Go {
			continue // it always collects
		}
		t.Run(string(compiler), func(t *testing.T) {
			t.Parallel()
			wasm := guestbuild.BuildWith(t, compiler, filepath.Join("guests", "lasting"), "-gc=leaking")
			plugin, err := lasting.Compile(ctx, wasm, host.MemoryLimit(4<<20))
			must(t, err)
			t.Cleanup(func() { must(t, plugin.Close(ctx)) })
			impl := &workHost{}
			for range 2 {
				inst, err := plugin.Instantiate(ctx, lasting.Imports{Work: impl})
				must(t, err)
				calls := 0
				for text := strings.Repeat("text", 100); err == nil; calls++ {
					var got string
					var box work.Box
					if got, err = inst.Work().Text(ctx, text); err == nil {
						same(t, "text", text+"<"+text+"<>", got)
						box, err = inst.Work().NewBox(ctx, "b")
					}
					if err == nil {
						err = box.Close(ctx)
					}
				}
				var trap *host.Trap
				if !errors.As(err, &trap) {
					t.Errorf("the memory's end is a %T: %v", err, err)
				}
				if calls < 500 || calls > 100_000 {
					t.Errorf("the memory has ended after %d calls", calls)
				}
				t.Logf("%d calls in 4 MiB: %.80s", calls, err)
				if _, err := inst.Work().Text(ctx, "a"); !errors.Is(err, host.ErrDead) {
					t.Errorf("afterwards: %v", err)
				}
				must(t, inst.Close(ctx))
				same(t, "boxes that are left", 0, impl.boxes)
			}
		})
	}
}
