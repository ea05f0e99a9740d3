package resolve_test

import (
	"os"
	"strings"
	"testing"

	"github.com/witgen/witgen/internal/testing/witrand"
	"github.com/witgen/witgen/parser/resolve"
)

// FuzzResolve resolves any text. What resolves has a text of its own that
// resolves to the same.
func FuzzResolve(f *testing.F) {
	for _, input := range corpus(f) {
		if text, err := os.ReadFile(input); err == nil {
			f.Add(string(text), false)
		}
	}
	for _, text := range examples(f, "../../diag/codes_resolve.go") {
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, all bool) {
		result, err := resolve.Source("x.wit", text, resolve.Options{Features: []string{"active"}, AllFeatures: all})
		if err != nil {
			return
		}
		if strings.Contains(text, "@unstable") && !all {
			// A type that stands in a hidden item first is hidden with it.
			return
		}
		if err := printsBack(result); err != nil {
			t.Error(err)
		}
	})
}

// FuzzRandom prints the models of random packages back.
func FuzzRandom(f *testing.F) {
	f.Add(uint64(1), uint8(3), true)
	f.Fuzz(func(t *testing.T, seed uint64, packages uint8, gates bool) {
		o := witrand.Everything(int(packages % 8))
		if gates {
			o.Features = []string{"active"}
		}
		result, err := resolve.Source("x.wit", witrand.File(seed, o), resolve.Options{AllFeatures: true})
		if err != nil {
			return
		}
		if err := printsBack(result); err != nil {
			t.Error(err)
		}
	})
}
