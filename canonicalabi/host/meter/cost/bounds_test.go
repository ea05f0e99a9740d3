package cost_test

import (
	"context"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host/meter"
	"github.com/witgen/witgen/canonicalabi/host/meter/cost"
	"github.com/witgen/witgen/internal/testing/bombs"
)

// TestEstimatesOfLoops bounds estimates by what compiling took: from above where values live across
// loops, as they are rewritten, and from below where branches leave many blocks.
func TestEstimatesOfLoops(t *testing.T) {
	want := map[string]struct {
		size        int
		least, most float64 // seconds
		memory      float64 // at most
	}{
		"operands across loops":    {1_000, 0.4, 10, 2 << 30},  // 1.4 s, 190 MiB
		"nested loops that assign": {4_000, 3, 40, 1 << 30},    // 10 s, 104 MiB
		"branch table to labels":   {130_000, 10, 60, 4 << 30}, // 32 s, 677 MiB
	}
	for _, s := range bombs.Shapes() {
		w, ok := want[s.Name]
		if !ok {
			continue
		}
		delete(want, s.Name)
		b := s.Build(w.size)
		if s.Name != "branch table to labels" { // which nests too deep for a stack
			m, err := meter.Rewrite(b, meter.Config{Stack: true})
			if err != nil {
				t.Fatal(err)
			}
			b = m.Wasm
		}
		e, err := cost.Estimate(context.Background(), b, cost.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if seconds := float64(e.Time) / 1e9; seconds < w.least || seconds > w.most || float64(e.Memory) > w.memory {
			t.Errorf("%s: %.1f s and %d MiB are estimated, want %.1f to %.1f, %.0f", s.Name, seconds, e.Memory>>20, w.least, w.most, w.memory/(1<<20))
		} else {
			t.Logf("%s: %.1f s, %d MiB", s.Name, seconds, e.Memory>>20)
		}
	}
	if len(want) > 0 {
		t.Errorf("no shapes %v", want)
	}
}
