package check_test

import (
	"testing"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/check"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/internal/testing/witrand"
)

// The core modules of random worlds have the core types that internal/abi says.
// Validate compares them with its own, where it lifts and where it lowers them.
func TestFlattenAgrees(t *testing.T) {
	t.Parallel()
	functions := 0
	for seed := range uint64(200) {
		r, pkg := comptest.WITOf(t, witrand.File(seed, witrand.Options{Maps: true, FixedLists: true, Large: true}))
		for _, id := range r.Packages[pkg].Worlds {
			g := &comptest.Guest{R: r, World: r.Worlds[id]}
			imports, exports := g.Functions()
			functions += len(imports) + len(exports)
			c, err := binary.Decode(comptest.NewComponent(t, g, id))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := check.Component(c); err != nil {
				t.Errorf("seed %d, world %s: %v", seed, r.Worlds[id].Name, err)
			}
		}
	}
	if functions < 1000 {
		t.Errorf("%d functions are compared; at least 1,000 must be", functions)
	}
	t.Logf("%d functions", functions)
}
