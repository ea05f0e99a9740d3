package resolve

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

// linkAll puts the units of a run into one model, each after those that it
// depends on and otherwise in the order of their names.
func linkAll(units []*unit, opts Options, p *reporter) *linker {
	l := &linker{
		reporter: p,
		opts:     opts,
		r:        &wit.Resolve{},
		packages: make(map[wit.PackageName]*linked),
		texts:    make(map[wit.WorldID]uint64),
	}
	order := sortUnits(uniqueUnits(units, p), p)
	for _, u := range order {
		l.names = append(l.names, u.name)
	}
	for _, u := range order {
		l.link(u)
	}
	if !l.full {
		l.checkUsedNames()
	}
	return l
}

// uniqueUnits returns the units without those that define a package again. That
// is a mistake, but for a package that a binary brings along.
func uniqueUnits(units []*unit, p *reporter) []*unit {
	first := make(map[wit.PackageName]*unit)
	var unique []*unit
	units = slices.Clone(units)
	slices.SortStableFunc(units, func(a, b *unit) int {
		if a.binary == b.binary {
			return 0
		} else if b.binary {
			return -1
		}
		return 1
	})
	for _, u := range units {
		prev := first[u.name]
		if prev == nil {
			first[u.name] = u
			unique = append(unique, u)
			continue
		}
		if u.binary {
			continue
		}
		p.report(diag.DuplicatePackage, u.nameSpan, "package `%s` is defined in two different locations", u.name).
			Relate(prev.nameSpan, "the other definition").
			Hint("give one of them another name or version, or remove it")
		prev.broken = true
	}
	return unique
}

// sortUnits sorts units by what they depend on. Those in a circle are reported.
func sortUnits(units []*unit, p *reporter) []*unit {
	units = slices.Clone(units)
	slices.SortFunc(units, func(a, b *unit) int { return wit.ComparePackages(a.name, b.name) })
	s := &unitSorter{reporter: p, byName: make(map[wit.PackageName]*unit), state: make(map[*unit]visit)}
	for _, u := range units {
		s.byName[u.name] = u
	}
	for _, u := range units {
		s.visit(u)
	}
	return s.order
}

type visit uint8

const (
	unvisited visit = iota
	visiting
	visited
)

// unitSorter walks units depth first. path holds what is being visited: which
// unit, and which of its dependencies the walk has gone into.
type unitSorter struct {
	*reporter
	byName map[wit.PackageName]*unit
	state  map[*unit]visit
	path   []unitStep
	order  []*unit
}

type unitStep struct {
	u   *unit
	dep *foreignPackage
}

func (s *unitSorter) visit(u *unit) {
	if s.state[u] != unvisited {
		return
	}
	s.state[u] = visiting
	s.path = append(s.path, unitStep{u: u})
	for _, dep := range u.foreign {
		s.path[len(s.path)-1].dep = dep
		to := s.byName[dep.name]
		if to == nil {
			continue
		}
		if s.state[to] == visiting {
			s.reportCycle(to)
			continue
		}
		s.visit(to)
	}
	s.path = s.path[:len(s.path)-1]
	s.state[u] = visited
	s.order = append(s.order, u)
}

// reportCycle reports the circle from the unit to round to itself, at the
// dependency that closes it. Where the walk began with that unit, the place is
// its own dependency, as if the walk had gone round once more.
func (s *unitSorter) reportCycle(to *unit) {
	start := slices.IndexFunc(s.path, func(step unitStep) bool { return step.u == to })
	circle := s.path[start:]
	closing := circle[len(circle)-1].dep
	if start == 0 {
		closing = circle[0].dep
	}
	d := s.report(diag.PackageCycle, closing.span, "package `%s` creates a dependency cycle", closing.name)
	for _, step := range circle {
		step.u.cyclic = true
		step.u.broken = true
		d.Relate(step.dep.span, fmt.Sprintf("%s depends on %s", step.u.name, step.dep.name))
	}
}
