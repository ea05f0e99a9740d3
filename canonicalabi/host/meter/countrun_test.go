package meter

import (
	"fmt"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/units"
	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// TestCounts runs random modules that count what they run: never more than units.Bound between two checks,
// and with little fuel never more than that beyond it.
func TestCounts(t *testing.T) {
	n := uint64(60)
	if guestbuild.Whole() {
		n = 500
	}
	r := newRuntime(t)
	for seed := range n {
		in, functions := randomModule(seed)
		cfg := Config{Depth: seed%2 == 0}
		out := mustRewrite(t, in, cfg).Wasm
		for _, fuel := range []uint64{Unlimited, 5000, 100} {
			c := countedInstance(t, r, out)
			c.SetFuel(fuel)
			for i := range functions {
				if _, trap := call(c, fmt.Sprint(i), seed, seed<<20); trap != "" {
					break
				}
			}
			c.checkCounts(t, fmt.Sprintf("seed %d, fuel %d", seed, fuel))
			if all := c.count(countAll); fuel < Unlimited && all > fuel+units.Bound {
				t.Errorf("seed %d: %d units ran with fuel %d", seed, all, fuel)
			}
			c.Close(t.Context())
		}
	}
}
