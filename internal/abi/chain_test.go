package abi

import (
	"testing"
	"time"

	"github.com/witgen/witgen/wit"
)

// chain returns a model of a record and n aliases, each of the one before it.
func chain(n int) *wit.Resolve {
	r := &wit.Resolve{Types: []*wit.TypeDef{{Name: "r", Kind: &wit.Record{Fields: []wit.Field{{Name: "a", Type: wit.U8}}}}}}
	for i := range n {
		r.Types = append(r.Types, &wit.TypeDef{Name: "t", Kind: &wit.Alias{Type: wit.TypeID(i)}})
	}
	return r
}

// askAll asks for what is known of each type of a chain, from its end.
func askAll(t *testing.T, n int) time.Duration {
	best := time.Hour
	for range 3 {
		a := New(chain(n))
		start := time.Now()
		for id := n; id >= 0; id-- {
			if got := a.dealias(wit.TypeID(id)); got != wit.TypeID(0) {
				t.Fatalf("%d is an alias of %v", id, got)
			}
			if a.Size(wit.TypeID(id)) != 1 || len(a.Flat(wit.TypeID(id))) != 1 {
				t.Fatalf("%d has another layout", id)
			}
		}
		best = min(best, time.Since(start))
	}
	return best
}

// A chain of aliases takes time in proportion to its length. The two times are of one
// run; between a line and a square there is room for a busy machine.
func TestChainsOfAliases(t *testing.T) {
	const n, factor = 1000, 16
	for range 5 {
		short, long := max(askAll(t, n), 50*time.Microsecond), askAll(t, factor*n)
		if long < factor*factor/3*short {
			return
		}
		t.Logf("%d aliases take %v, %d take %v", n, short, factor*n, long)
	}
	t.Error("the time grows with the square of the length")
}
