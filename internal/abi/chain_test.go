package abi

import (
	"testing"

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

// The root of a chain of aliases is looked for once, and then known for each type of the
// chain: asking for all of them takes time in proportion to their number.
func TestChainsOfAliases(t *testing.T) {
	const n = 16_000
	a := New(chain(n))
	a.dealias(wit.TypeID(n))
	for id := 1; id <= n; id++ {
		if a.roots[id] == nil {
			t.Fatalf("the root of %d is not known after that of %d was asked for", id, n)
		}
	}
	for id := n; id >= 0; id-- {
		if got := a.dealias(wit.TypeID(id)); got != wit.TypeID(0) {
			t.Fatalf("%d is an alias of %v", id, got)
		}
		if a.Size(wit.TypeID(id)) != 1 || len(a.Flat(wit.TypeID(id))) != 1 {
			t.Fatalf("%d has another layout", id)
		}
	}
}
