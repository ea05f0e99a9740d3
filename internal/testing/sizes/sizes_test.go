package main

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/witgen/witgen/internal/testing/guestbuild"
	"github.com/witgen/witgen/internal/testing/nested"
)

// limits are the sizes of docs/guests.md, and 1% more.
var limits = map[string]int{
	"calculator/leaking":      41_775,
	"calculator/conservative": 48_780,
	"shops/leaking":           17_560,
	"shops/conservative":      24_630,
}

// What every guest pulls in does not grow unnoticed. The limits hold for one
// version of TinyGo; make sizes prints the sizes beside those of another
// generator's guests.
func TestGuestsStaySmall(t *testing.T) {
	if !slices.Contains(guestbuild.Compilers(t), guestbuild.TinyGoUnknown) {
		t.Skip("there is no TinyGo")
	}
	if err := nested.Generate("guests"); err != nil {
		t.Fatal(err)
	}
	for _, guest := range guests {
		for _, gc := range collectors {
			t.Run(guest.folder+"/"+gc, func(t *testing.T) {
				t.Parallel()
				wasm := guestbuild.BuildWith(t, guestbuild.TinyGoUnknown, filepath.Join("guests", guest.folder), "-gc="+gc)
				if limit := limits[guest.folder+"/"+gc]; len(wasm) > limit {
					t.Errorf("%d bytes, more than %d", len(wasm), limit)
				}
				t.Logf("%d bytes", len(wasm))
			})
		}
	}
}
