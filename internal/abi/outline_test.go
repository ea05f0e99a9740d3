package abi_test

import (
	"testing"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/wit"
)

// count returns how many operations a list of them has, those of blocks included.
func count(ops []abi.Op) int {
	n := len(ops)
	for _, op := range ops {
		for _, block := range op.Blocks {
			n += count(block.Body)
		}
	}
	return n
}

// Programs do not grow with the depth of what they pass, and with the number of its
// parts no faster than by a few operations for each.
func TestProgramsAreShort(t *testing.T) {
	m := newModel()
	option := m.option(wit.String)
	row := m.tuple(option, option, wit.U8, m.list(option))
	var deep wit.Type = row
	for range 10 {
		deep = m.tuple(deep, m.option(deep))
	}
	wide := make([]wit.Type, 200)
	for i := range wide {
		wide[i] = row
	}
	many := m.variant("many", wide...)
	tall := m.record("tall", wide...)
	flat := m.tuple(wit.U8, m.option(wit.U8), m.option(m.tuple(wit.U8, m.option(wit.U8), m.option(wit.U8), m.option(wit.U8))))
	for name, c := range map[string]struct {
		f *wit.Function
		// most is for each Program: operations for all of it, and for each part.
		most, each int
		parts      int
	}{
		"deep":    {function(deep, deep), 60, 0, 0},
		"a tuple": {function(nil, m.tuple(wide...)), 60, 6, 200},
		"params":  {function(nil, wide...), 60, 6, 200},
		"record":  {function(nil, tall), 60, 6, 200},
		"variant": {function(many, many), 60, 40, 200},
		"flat":    {function(nil, flat, flat, m.variant("few", wit.U8, flat)), 120, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			a := abi.New(m.Resolve)
			check := func(p *abi.Program) {
				if err := a.Verify(p); err != nil {
					t.Error(err)
				}
				if n := count(p.Body); n > c.most+c.each*c.parts {
					t.Errorf("%s %s has %d operations, more than %d", p.Kind, p.Name, n, c.most+c.each*c.parts)
				}
			}
			for _, kind := range functionKinds {
				p := a.Program(kind, c.f)
				check(p)
				for _, id := range a.NamedIn(p) {
					for _, kind := range a.TypeKinds(id) {
						check(a.TypeProgram(kind, id))
					}
				}
			}
		})
	}
}
