package cost

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/witgen/witgen/internal/testing/bombs"
)

// compare checks the counts of each function of a module against those of the reference.
func compare(t *testing.T, what string, b []byte) {
	t.Helper()
	m, err := readModule(b, nil)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if m.code == nil {
		return
	}
	var refs []*reference
	code := *m.code
	for i, n := uint32(0), code.Count(); i < n; i++ {
		r := &reference{m: m}
		r.function(&m.types[m.funcs[m.importedFuncs+i]], code.Sub(code.Uint32()))
		made := len(r.blocks)
		r.dominate()
		r.redundant()
		r.liveness()
		r.values = made
		refs = append(refs, r)
	}
	var kept retained
	var g *builder
	err = eachGraph(m, &kept, func(index int, s *work, b *builder) error {
		g = b
		return compareOne(refs[index], s, g)
	})
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

func compareOne(r *reference, s *work, g *builder) error {
	for _, c := range []struct {
		name string
		took int
		most uint64
	}{
		{"blocks", r.values, s.blocks}, {"finds", r.finds, s.finds}, {"scans", r.scans, s.scans}, {"walks", r.walks, s.walks},
		{"forest", r.forest, s.forest}, {"doms", r.doms, s.doms}, {"phis", r.phis, s.phis}, {"rounds", r.rounds, s.rounds},
	} {
		if uint64(max(c.took, 0)) > c.most {
			return fmt.Errorf("%s: %d, and the estimate is %d", c.name, c.took, c.most)
		}
	}
	nodes := map[int]*node{}
	for i := range g.nodes {
		nodes[int(g.nodes[i].number)] = &g.nodes[i]
	}
	// contexts stand for no local.
	keeps := r.kept()
	for _, b := range r.blocks {
		n := nodes[b.number]
		if n == nil {
			continue // the second and later of those that a br_table makes
		}
		if len(b.live) > int(n.live) && len(b.accesses) > 0 {
			return fmt.Errorf("block %d: %d locals are live, and the estimate is %d", b.number, len(b.live), n.live)
		}
		if b.depth > int(n.depth) {
			return fmt.Errorf("block %d: the depth is %d, and the estimate %d", b.number, b.depth, n.depth)
		}
		if n.loop != b.loop {
			return fmt.Errorf("block %d: it is a loop: %t, and the estimate %t", b.number, b.loop, n.loop)
		}
		if b.loop && keeps[b]+contexts > int(n.kept) {
			return fmt.Errorf("block %d: the loop keeps %d values, and the estimate is %d", b.number, keeps[b]+contexts, n.kept)
		}
	}
	return nil
}

// TestCountsOfShapes bounds, for all shapes, what the reference counts.
func TestCountsOfShapes(t *testing.T) {
	for _, s := range bombs.Shapes() {
		n := 12
		if strings.HasPrefix(s.Name, "op ") {
			n = 1
		}
		compare(t, s.Name, s.Build(n))
	}
}

// TestCountsOfRandomModules bounds the same for random modules.
func TestCountsOfRandomModules(t *testing.T) {
	n := 150
	if testing.Short() {
		n = 20
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		g := bombs.RandomGenome(r)
		compare(t, fmt.Sprintf("module %d, %+v", i, g), g.Module(1500))
		if t.Failed() {
			return
		}
	}
}

// TestJumpPointers compares common ancestors with those that walks find.
func TestJumpPointers(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var g graph
	g.add(none, node{})
	for i := int32(1); i < 2000; i++ {
		g.add(max(0, i-1-int32(r.IntN(4))), node{})
	}
	for range 20_000 {
		a, b := int32(r.IntN(len(g.nodes))), int32(r.IntN(len(g.nodes)))
		x, y := a, b
		for x != y {
			if g.nodes[x].depth < g.nodes[y].depth {
				x, y = y, x
			}
			x = g.nodes[x].parent
		}
		if got := g.common(a, b); got != x {
			t.Fatalf("common(%d, %d) = %d, want %d", a, b, got, x)
		}
	}
}
