package resolve

import (
	"fmt"
	"slices"
	"strings"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

// linkForeign maps the stand-ins that the unit has for what other packages
// define: its first interfaces, worlds and types.
func (m *remap) linkForeign() {
	for _, f := range m.u.foreignInterfaces {
		m.ifaces = append(m.ifaces, m.foreignInterface(f))
	}
	for _, f := range m.u.foreignWorlds {
		m.worlds = append(m.worlds, m.foreignWorld(f))
	}
	for i := range m.u.foreignTypes {
		m.types = append(m.types, m.foreignType(m.u.types[i]))
	}
	for _, h := range m.u.handles {
		if id := m.types[h.resource]; id >= 0 && !m.resource[id] {
			m.report(diag.NotAResource, h.span, "type used in a handle must be a resource").
				Relate(m.r.Types[id].Span, fmt.Sprintf("%q is defined here", m.r.Types[id].Name)).
				Hint("only resources have handles; any other type is passed as it is")
		}
	}
}

// enabled tells whether any of the statements that refer to a stand-in counts.
func (m *remap) enabled(f *foreignItem) bool {
	for _, s := range f.gates {
		if m.shows(s, f.span) {
			return true
		}
	}
	return false
}

// foreignPackage returns the package that a stand-in is from.
func (m *remap) foreignPackage(f *foreignItem) *linked {
	p := m.packages[f.pkg.name]
	if p == nil {
		m.packageNotFound(f.pkg)
	}
	return p
}

func (m *remap) foreignInterface(f *foreignItem) wit.InterfaceID {
	p := m.foreignPackage(f)
	if p == nil {
		return faulty
	}
	if !m.enabled(f) {
		return gated
	}
	if id, ok := p.interfaces[f.name]; ok {
		return id
	}
	if !p.broken {
		d := m.report(diag.InterfaceNotFound, f.span, "interface `%s` not found in package `%s`", f.name, f.pkg.name)
		m.explainMissing(d, p, f, sortedKeys(p.interfaces))
	}
	return faulty
}

func (m *remap) foreignWorld(f *foreignItem) wit.WorldID {
	p := m.foreignPackage(f)
	if p == nil {
		return faulty
	}
	if !m.enabled(f) {
		return gated
	}
	if id, ok := p.worlds[f.name]; ok {
		return id
	}
	if !p.broken {
		d := m.report(diag.WorldNotFound, f.span, "world `%s` not found in package `%s`", f.name, f.pkg.name)
		m.explainMissing(d, p, f, sortedKeys(p.worlds))
	}
	return faulty
}

// explainMissing adds what is known of an item that a package does not have.
func (m *remap) explainMissing(d *diag.Diagnostic, p *linked, f *foreignItem, names func(func(string) bool)) {
	d.Relate(m.r.Packages[p.id].Span, fmt.Sprintf("package %s is here", f.pkg.name))
	_, isWorld := p.worlds[f.name]
	_, isInterface := p.interfaces[f.name]
	switch {
	case p.hidden[f.name] != "":
		d.Hint(fmt.Sprintf("it is there, but @unstable(feature = %s), and the feature is not active", p.hidden[f.name]))
	case isWorld:
		d.Hint(fmt.Sprintf("%q is a world", f.name))
	case isInterface:
		d.Hint(fmt.Sprintf("%q is an interface", f.name))
	default:
		d.Hint(m.guess(f.name, names))
	}
}

// foreignType maps the stand-in for a type that is used from an interface of
// another package.
func (m *remap) foreignType(t *wit.TypeDef) wit.TypeID {
	if !m.shows(t.Stability, t.Span) {
		return gated
	}
	owner := t.Owner.(wit.InterfaceID)
	iface := m.ifaces[owner]
	if iface < 0 {
		return faulty
	}
	p := m.packages[m.u.foreignInterfaces[owner].pkg.name]
	if id, ok := p.types[typeName{iface, t.Name}]; ok {
		return id
	}
	if !p.broken {
		name := m.r.QualifiedName(iface)
		d := m.report(diag.TypeNotFound, t.Span, "type `%s` not defined in interface %s", t.Name, name).
			Relate(m.r.Interfaces[iface].Span, "the interface is here")
		if feature := p.hidden[m.r.Interfaces[iface].Name+"."+t.Name]; feature != "" {
			d.Hint(fmt.Sprintf("it is there, but @unstable(feature = %s), and the feature is not active", feature))
		} else {
			d.Hint(m.guess(t.Name, func(yield func(string) bool) {
				for _, id := range m.r.Interfaces[iface].Types {
					if !yield(m.r.Types[id].Name) {
						return
					}
				}
			}))
		}
	}
	return faulty
}

// packageNotFound reports a package that is nowhere.
func (m *remap) packageNotFound(f *foreignPackage) {
	var known, versions []string
	for _, name := range m.names {
		known = append(known, name.String())
		if name.Namespace == f.name.Namespace && name.Name == f.name.Name {
			versions = append(versions, name.Version)
		}
	}
	slices.Sort(known)
	d := m.report(diag.PackageNotFound, f.span, "package `%s` not found", f.name)
	slices.SortFunc(versions, wit.CompareVersions)
	switch {
	case len(versions) == 1 && versions[0] == "":
		d.Hint("the package is there without a version")
	case len(versions) > 0:
		d.Hint("the package is there at version " + strings.Join(versions, ", "))
	default:
		d.Hint(m.guess(f.name.String(), slices.Values(known)))
		d.Hint(fmt.Sprintf("put its WIT into deps/, or write package %s { ... } into this package's files", f.name))
	}
}
