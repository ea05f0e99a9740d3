package resolve

import (
	"maps"
	"slices"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

// checkUsedNames reports interfaces that need two others whose names are one name,
// directly or through what those use: as a component the interface imports both
// (WIT.md, "Package Format"), and imports are strongly unique. The two are of
// packages whose names differ only in hyphens, as a:b-c and a:bc; the names within
// one package are checked where they are declared.
func (l *linker) checkUsedNames() {
	first := make(map[string]wit.InterfaceID)
	c := &nameClashes{linker: l, canonical: make(map[wit.InterfaceID]string), needs: make(map[wit.InterfaceID]map[string]wit.InterfaceID)}
	for i := range l.r.Interfaces {
		id := wit.InterfaceID(i)
		name := l.r.QualifiedName(id)
		if name == "" {
			continue
		}
		name = wit.CanonicalName(name)
		if other, ok := first[name]; ok {
			c.canonical[other], c.canonical[id] = name, name
		} else {
			first[name] = id
		}
	}
	if len(c.canonical) == 0 {
		return // as in all WIT that means well
	}
	for i := range l.r.Interfaces {
		c.of(wit.InterfaceID(i))
	}
}

// nameClashes finds which interfaces with a name that others have, too, each
// interface needs.
type nameClashes struct {
	*linker
	// canonical holds the canonical name of each interface that shares it.
	canonical map[wit.InterfaceID]string
	// needs holds, for each interface that was looked at, those of canonical that it
	// needs, by their names. size counts the work towards maxWorldItems.
	needs map[wit.InterfaceID]map[string]wit.InterfaceID
	size  int
}

// of returns what an interface needs. The first clash in it is reported.
func (c *nameClashes) of(id wit.InterfaceID) map[string]wit.InterfaceID {
	if needs, ok := c.needs[id]; ok || c.full {
		return needs
	}
	needs := make(map[string]wit.InterfaceID)
	c.needs[id] = needs
	reported := false
	add := func(dep wit.InterfaceID, name string, needed wit.InterfaceID) {
		if other, ok := needs[name]; ok && other != needed {
			if !reported {
				c.reportUsed(id, dep, other, needed)
			}
			reported = true
			return
		}
		needs[name] = needed
	}
	for _, dep := range c.deps[id] {
		if name, ok := c.canonical[dep]; ok {
			add(dep, name, dep)
		}
		through := c.of(dep)
		for _, name := range slices.Sorted(maps.Keys(through)) {
			add(dep, name, through[name])
		}
		if c.size += len(through) + 1; c.size > maxWorldItems && !c.full {
			c.full = true
			c.report(diag.TooManyItems, c.r.Interfaces[id].Span,
				"interfaces need more than %d others between them that share their names with others", maxWorldItems).
				Hint("give the packages names that differ in more than hyphens")
		}
		if c.full {
			break
		}
	}
	return needs
}

// reportUsed reports that an interface needs two others of one name, the second
// through what it uses from dep.
func (c *nameClashes) reportUsed(id, dep, first, second wit.InterfaceID) {
	iface := c.r.Interfaces[id]
	span := iface.Span
	for _, t := range iface.Types {
		if from, ok := c.usedFrom(t); ok && from == dep {
			span = c.r.Types[t].Span
			break
		}
	}
	name := iface.Name
	if name == "" {
		name = "interface"
	}
	c.report(diag.UsedNameClash, span, "`%s` needs `%s`, which conflicts with `%s` that it needs, too",
		name, c.r.QualifiedName(second), c.r.QualifiedName(first)).
		Relate(c.r.Interfaces[first].Span, "`"+c.r.QualifiedName(first)+"`").
		Relate(c.r.Interfaces[second].Span, "`"+c.r.QualifiedName(second)+"`").
		Hint(oneName)
}
