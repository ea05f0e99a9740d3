package guestbuild

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/wit"
)

// TestBuildComponent: each compiler's calculator becomes a valid component that
// imports what its world imports and no WASI.
func TestBuildComponent(t *testing.T) {
	examples := filepath.Join("..", "..", "..", "examples", "calculator")
	for _, guest := range []struct{ dir, world, imports, exports string }{
		{"guest", "calculator", "", "example:calculator/operations"},
		{"scientific", "scientific", "example:calculator/log", "example:calculator/operations example:calculator/arithmetic"},
	} {
		for _, c := range Compilers(t) {
			t.Run(guest.world+"/"+string(c), func(t *testing.T) {
				wasm := BuildComponent(t, c, filepath.Join(examples, guest.dir), filepath.Join(examples, "wit"), guest.world)
				w, err := component.DecodeWIT(wasm)
				if err != nil {
					t.Fatal(err)
				}
				world := w.Resolve.Worlds[w.World]
				for what, test := range map[string]struct {
					items []*wit.WorldItem
					want  string
				}{"imports": {world.Imports, guest.imports}, "exports": {world.Exports, guest.exports}} {
					var names []string
					for _, it := range test.items {
						names = append(names, w.Resolve.ItemName(it))
					}
					if got := strings.Join(names, " "); got != test.want {
						t.Errorf("it %s %q, want %q", what, got, test.want)
					}
				}
				t.Logf("%d bytes", len(wasm))
			})
		}
	}
}
