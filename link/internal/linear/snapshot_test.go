package linear

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
)

// guest is a memory of a set as wazero sees it.
type guest struct {
	set    *Set
	memory interface{ Reallocate(uint64) []byte }
	buffer []byte
}

func startGuest(t *testing.T, budget *host.Budget, pages, most uint64) *guest {
	t.Helper()
	s := NewSet((most+9)*PageSize, budget, 0)
	s.Spare()
	t.Cleanup(s.Release)
	g := &guest{set: s, memory: s.Allocate(pages*PageSize, (most+1)*PageSize)}
	if g.buffer = g.memory.Reallocate(pages * PageSize); g.buffer == nil {
		t.Fatal("no memory")
	}
	return g
}

func (g *guest) grow(pages uint64) bool {
	buffer := g.memory.Reallocate(uint64(len(g.buffer)) + pages*PageSize)
	if buffer == nil {
		return false
	}
	g.buffer = buffer
	return true
}

func (g *guest) restore(t *testing.T) {
	t.Helper()
	if err := g.set.Restore(func(memory int) bool { return memory == 0 && g.grow(1) }); err != nil {
		t.Fatal(err)
	}
}

// scribble writes to n bytes all over a buffer.
func scribble(r *rand.Rand, buffer []byte, n int) {
	for range n {
		buffer[r.IntN(len(buffer))] = byte(r.Uint32())
	}
}

// Memories of several instances hold what they held when they were saved after each
// Restore, whatever was written and however they grew in between.
func TestSnapshot(t *testing.T) {
	for _, pages := range []uint64{1, 2, 5, 24} {
		t.Run(fmt.Sprintf("%d pages", pages), func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, pages))
			budget := host.NewBudget(1 << 40)
			var snapshot Snapshot
			t.Cleanup(snapshot.Close)
			var guests []*guest
			var want [][]byte
			size := int(pages * PageSize)
			common := make([]byte, size)
			scribble(r, common[:size/2], 1000)
			for n := range 4 {
				g := startGuest(t, budget, pages, 2*pages+8)
				copy(g.buffer, common)
				switch n {
				case 2: // a seed of its own
					g.buffer[100], g.buffer[size-1] = 7, 8
				case 3: // all is its own
					for i := 0; i < size; i += pageBytes {
						g.buffer[i] = 9
					}
				}
				g.set.Save(&snapshot)
				guests = append(guests, g)
				want = append(want, bytes.Clone(g.buffer))
			}
			used := budget.Used()
			for round := range 30 {
				for n, g := range guests {
					grown := r.Uint64N(4) * r.Uint64N(2)
					if !g.grow(grown) {
						t.Fatal("no memory to grow by")
					}
					scribble(r, g.buffer, []int{0, 1, 10, 10_000}[r.IntN(4)])
					if round%10 == 9 {
						for i := range g.buffer {
							g.buffer[i] = 0xaa
						}
					}
					g.restore(t)
					if !bytes.Equal(g.buffer, want[n]) {
						t.Fatalf("round %d: memory %d of %d bytes is not restored", round, n, len(g.buffer))
					}
				}
				if budget.Used() != used {
					t.Fatalf("%d bytes of the budget are in use, and %d were", budget.Used(), used)
				}
			}
			// What a memory has again after it was made smaller is zero.
			for _, g := range guests {
				g.grow(3)
				for i := range g.buffer {
					g.buffer[i] = 0xbb
				}
				g.restore(t)
				g.grow(3)
				if !bytes.Equal(g.buffer[size:], make([]byte, 3*PageSize)) {
					t.Error("a memory that was made smaller is not zero where it grows again")
				}
				g.restore(t)
			}
		})
	}
}

// The page that is declared for Restore is never the guest's.
func TestSparePage(t *testing.T) {
	g := startGuest(t, nil, 1, 4)
	var snapshot Snapshot
	t.Cleanup(snapshot.Close)
	g.set.Save(&snapshot)
	for range 3 {
		if g.grow(4) || !g.grow(3) || g.grow(1) {
			t.Fatalf("a memory of at most 4 pages has %d bytes", len(g.buffer))
		}
		g.restore(t)
		if len(g.buffer) != PageSize {
			t.Fatalf("the memory has %d bytes after Restore", len(g.buffer))
		}
	}
	g.grow(1)
	if err := g.set.Restore(func(int) bool { return false }); err != ErrGrown {
		t.Errorf("Restore without the page returns %v", err)
	}
}

// A region that was mapped over a snapshot is zero for its next user.
func TestReuseAfterSnapshot(t *testing.T) {
	for range 3 {
		g := startGuest(t, nil, 5, 9)
		if !bytes.Equal(g.buffer, make([]byte, len(g.buffer))) {
			t.Fatal("a memory holds what another one held")
		}
		for i := range g.buffer {
			g.buffer[i] = byte(i) | 1
		}
		var snapshot Snapshot
		g.set.Save(&snapshot)
		g.grow(2)
		g.buffer[6*PageSize] = 5
		g.restore(t)
		g.set.Release()
		snapshot.Close()
	}
}
