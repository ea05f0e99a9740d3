// Package witbin reads and writes the WIT in binaries: in components, in WIT packages
// in binary form and in the metadata of core modules.
package witbin

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/check"
	"github.com/witgen/witgen/component/internal/checked"
	"github.com/witgen/witgen/component/internal/core"
	"github.com/witgen/witgen/component/internal/extname"
	"github.com/witgen/witgen/component/internal/fault"
	"github.com/witgen/witgen/wit"
)

// WIT is component.WIT.
type WIT struct {
	Resolve *wit.Resolve
	// Package is the package of the binary itself: the encoded package;
	// root:component of a component and root:root of a core module, whose
	// binaries do not name one.
	Package wit.PackageID
	// World is the world of a component or core module, called root, and -1
	// where the binary is a WIT package.
	World wit.WorldID
	// Worlds are, of a core module, the worlds as its metadata names them: one
	// for each section. World is all of them together.
	Worlds []wit.WorldID
	// Encodings are the string encodings of Worlds.
	Encodings []binary.OptionKind
}

// Decode is component.DecodeWIT.
func Decode(wasm []byte) (w *WIT, err error) { return decode(wasm, false) }

// DecodeExports is component.DecodeExports.
func DecodeExports(wasm []byte) (w *WIT, err error) { return decode(wasm, true) }

func decode(wasm []byte, beyond bool) (w *WIT, err error) {
	defer fault.Catch(&err)
	if binary.FormOf(wasm) == binary.CoreForm {
		return decodeModule(wasm), nil
	}
	c, err := binary.Decode(wasm)
	if err != nil {
		return nil, err
	}
	t, err := check.Component(c)
	if err != nil {
		return nil, err
	}
	d := NewDecoder()
	d.beyond = beyond
	if isWITPackage(t) {
		return d.packageWIT(c, t), nil
	}
	return d.componentWIT(c, t), nil
}

// isWITPackage reports whether a component exports component types under plain
// names and nothing else.
func isWITPackage(t *checked.Component) bool {
	for _, it := range t.Exports.List {
		n, _ := extname.Parse(it.Name.Name)
		if _, ok := it.Type.(*checked.Component); !ok || it.Sort != binary.SortType || n.Kind != extname.Label {
			return false
		}
	}
	return len(t.Exports.List) > 0 && len(t.Imports.List) == 0
}

// Decoder makes a model of component types.
type Decoder struct {
	r *wit.Resolve
	// packages are in order of first mention.
	packages []*draftPackage
	byName   map[string]*draftPackage
	// local are the interfaces of the package itself, by their full names. They
	// are whole once they are there; other interfaces gain what is met.
	local map[string]wit.InterfaceID
	// foreign are all others.
	foreign map[string]wit.InterfaceID
	// types maps identities to types of the model.
	types map[checked.Type]wit.TypeID
	// known holds what interfaces hold: types by their ids, functions as -1.
	known map[ownedName]wit.TypeID
	// resources are those that interfaces and worlds define.
	resources map[ownedName]wit.TypeID
	// worlds are those of metadata, by their full names.
	worlds map[string]wit.WorldID
	// home is the draft of the package that is being decoded.
	home *draftPackage
	// beyond reports whether a component may export what WIT cannot say.
	beyond bool
}

// ownedName is a name in an interface or world.
type ownedName struct {
	owner wit.Owner
	name  string
}

// draftPackage is a package before it has an id.
type draftPackage struct {
	name       wit.PackageName
	interfaces []wit.InterfaceID
	worlds     []wit.WorldID
}

// NewDecoder returns a decoder of an empty model.
func NewDecoder() *Decoder {
	return &Decoder{
		r:         &wit.Resolve{},
		byName:    make(map[string]*draftPackage),
		local:     make(map[string]wit.InterfaceID),
		foreign:   make(map[string]wit.InterfaceID),
		types:     make(map[checked.Type]wit.TypeID),
		known:     make(map[ownedName]wit.TypeID),
		resources: make(map[ownedName]wit.TypeID),
		worlds:    make(map[string]wit.WorldID),
	}
}

// fail ends decoding with a place.
func (d *Decoder) fail(it *checked.Item, format string, args ...any) {
	core.Invalid(it.Offset, "%q: "+format, append([]any{it.Name.Name}, args...)...)
}

// draft returns the draft of a package.
func (d *Decoder) draft(name wit.PackageName) *draftPackage {
	key := name.String()
	if d.byName[key] == nil {
		d.byName[key] = &draftPackage{name: name}
		d.packages = append(d.packages, d.byName[key])
	}
	return d.byName[key]
}

// interfaceName splits the name of an item, or its attribute implements, into
// package and interface.
func (d *Decoder) interfaceName(it *checked.Item, name string) (wit.PackageName, string) {
	n, wrong := extname.Parse(name)
	if wrong != "" || n.Kind != extname.Interface {
		d.fail(it, "%q is not the name of an interface", name)
	}
	pkg := n.PackageName()
	suffix, _ := it.Name.Attribute(binary.VersionSuffix)
	pkg.Version = fullVersion(pkg.Version, suffix)
	return pkg, n.Path
}

// fullVersion makes a semantic version of a canonical version and what was cut off
// from it (Explainer.md, "Canonical Interface Name").
func fullVersion(version, suffix string) string {
	version += suffix
	for version != "" && !extname.ValidSemver(version) && strings.Count(version, ".") < 2 {
		version += ".0"
	}
	return version
}

// packageWIT decodes a WIT package.
func (d *Decoder) packageWIT(c *binary.Component, t *checked.Component) *WIT {
	d.home = &draftPackage{}
	d.packageItems(t.Exports.List)
	w := d.finish()
	if docs, ok := c.Custom(docsSection); ok {
		applyDocs(w.Resolve, w.Package, docs)
	}
	return w
}

// packageItems decodes the definitions of a package: interfaces after those that
// they use, and worlds last.
func (d *Decoder) packageItems(list []*checked.Item) {
	interfaces := make(map[string]*checked.Item)
	for _, it := range list {
		inner := d.definition(it)
		if inner.Sort != binary.SortInstance {
			continue
		}
		if interfaces[inner.Name.Name] != nil {
			d.fail(inner, "the package defines it twice")
		}
		interfaces[inner.Name.Name] = it
	}
	var visit func(it *checked.Item)
	visit = func(it *checked.Item) {
		inner := d.definition(it)
		if interfaces[inner.Name.Name] != it {
			return
		}
		delete(interfaces, inner.Name.Name)
		for _, dep := range it.Type.(*checked.Component).Imports.List {
			if local := interfaces[dep.Name.Name]; local != nil {
				visit(local)
			}
		}
		d.packageItem(it)
	}
	for _, it := range list {
		visit(it)
	}
	for _, it := range list {
		if d.definition(it).Sort == binary.SortComponent {
			d.packageItem(it)
		}
	}
}

// definition returns the one thing that a definition of a WIT package exports.
func (d *Decoder) definition(it *checked.Item) *checked.Item {
	t := it.Type.(*checked.Component)
	if len(t.Exports.List) != 1 {
		d.fail(it, "a WIT definition must export one thing and exports %d", len(t.Exports.List))
	}
	inner := t.Exports.List[0]
	if inner.Sort != binary.SortInstance && inner.Sort != binary.SortComponent {
		d.fail(inner, "a WIT definition must export an instance or a component")
	}
	return inner
}

// packageItem decodes an interface or world of a package: a component type with
// one export.
func (d *Decoder) packageItem(it *checked.Item) wit.WorldID {
	t := it.Type.(*checked.Component)
	inner := d.definition(it)
	pkg, name := d.interfaceName(inner, inner.Name.Name)
	if d.home.name == (wit.PackageName{}) {
		d.home.name = pkg
	} else if d.home.name != pkg {
		d.fail(inner, "the binary holds definitions of the packages %s and %s", d.home.name, pkg)
	}
	switch what := inner.Type.(type) {
	case *checked.Instance:
		for _, dep := range t.Imports.List {
			d.knownInterface(dep, dep.Name.Name)
		}
		d.newInterface(inner)
	case *checked.Component:
		return d.world(inner, name, what)
	default:
		panic(fmt.Sprintf("witbin: unhandled type %T", what))
	}
	return -1
}

// world decodes a world from a component type. A world that another section of
// metadata holds already gains what is new.
func (d *Decoder) world(it *checked.Item, name string, t *checked.Component) wit.WorldID {
	owner, again := d.worlds[it.Name.Name]
	if !again {
		owner = wit.WorldID(len(d.r.Worlds))
		d.r.Worlds = append(d.r.Worlds, &wit.World{Name: name, Package: wit.NoPackage})
		d.home.worlds = append(d.home.worlds, owner)
	}
	w := d.r.Worlds[owner]
	for _, x := range t.Imports.List {
		if !d.addItem(&w.Imports, x, owner, true) {
			d.fail(x, "a world imports instances, functions and types, and no %s", x.Sort)
		}
	}
	for _, x := range t.Exports.List {
		if !d.addItem(&w.Exports, x, owner, false) {
			d.fail(x, "a world exports instances and functions, and no %s", x.Sort)
		}
	}
	return owner
}

// componentWIT infers the world of a component.
func (d *Decoder) componentWIT(c *binary.Component, t *checked.Component) *WIT {
	d.home = &draftPackage{name: wit.PackageName{Namespace: "root", Name: "component"}}
	w := &wit.World{Name: "root", Package: wit.NoPackage}
	d.r.Worlds = append(d.r.Worlds, w)
	d.home.worlds = []wit.WorldID{0}
	for def := range c.Defs() {
		switch def := def.(type) {
		case *binary.Import:
			// Core modules, components and values do not belong to a world.
			if item := d.worldItem(t.Imports.Get(def.Name.Name), 0, true); item != nil {
				w.Imports = append(w.Imports, item)
			}
		case *binary.Export:
			x := t.Exports.Get(def.Name.Name)
			item := d.worldItem(x, 0, d.beyond)
			if item == nil && d.beyond { // a core module, a component or a value
				continue
			}
			if item == nil {
				d.fail(x, "a component that exports a %s has no world that WIT can say", x.Sort)
			}
			w.Exports = append(w.Exports, item)
		case *binary.Custom, *binary.CoreModule, *binary.CoreInstance, *binary.CoreTypeDef, *binary.Component, *binary.Instance,
			*binary.Alias, *binary.TypeDef, *binary.Canon, *binary.Start, *binary.Value: // inside the component
		default:
			panic(fmt.Sprintf("witbin: unhandled definition %T", def))
		}
	}
	out := d.finish()
	out.World = 0
	if docs, ok := c.Custom(docsSection); ok {
		applyDocs(out.Resolve, out.Package, docs)
	}
	return out
}

// worldItem decodes an import or export of a world. It returns nil where it is
// neither an instance nor a function, nor a type where types may stand.
func (d *Decoder) worldItem(it *checked.Item, owner wit.WorldID, types bool) *wit.WorldItem {
	out := &wit.WorldItem{Name: it.Name.Name}
	switch it.Sort {
	case binary.SortInstance:
		out.ExternalID = externalID(it)
		n, _ := extname.Parse(it.Name.Name)
		if implements, ok := it.Name.Attribute(binary.Implements); ok {
			out.Item = d.knownInterface(it, implements)
		} else if n.Kind == extname.Interface {
			out.Item, out.Name = d.knownInterface(it, it.Name.Name), ""
		} else {
			out.Item = d.newInterface(it)
		}
	case binary.SortFunc:
		out.Item = d.function(it, owner)
	case binary.SortType:
		if !types {
			return nil
		}
		if _, ok := it.Type.(*checked.Value); !ok {
			if _, ok := it.Type.(*checked.ResourceType); !ok {
				return nil
			}
		}
		out.Item = d.namedType(it, owner)
	default:
		return nil
	}
	return out
}

// finish gives the packages their ids, dependencies first.
func (d *Decoder) finish() *WIT {
	done := make(map[*draftPackage]wit.PackageID)
	owner := make(map[wit.InterfaceID]*draftPackage)
	for _, p := range d.packages {
		for _, id := range p.interfaces {
			owner[id] = p
		}
	}
	var place func(p *draftPackage)
	place = func(p *draftPackage) {
		if _, ok := done[p]; ok {
			return
		}
		done[p] = wit.NoPackage // stops where packages use each other in a circle
		for _, id := range p.interfaces {
			for _, dep := range d.deps(id) {
				if q := owner[dep]; q != nil {
					place(q)
				}
			}
		}
		done[p] = d.place(p)
	}
	for _, p := range d.packages {
		place(p)
	}
	w := &WIT{Resolve: d.r, World: -1}
	if p := d.byName[d.home.name.String()]; p != nil {
		// The package was mentioned before it was met.
		w.Package = done[p]
		d.fill(w.Package, d.home)
	} else {
		w.Package = d.place(d.home)
	}
	return w
}

// place adds a package to the model.
func (d *Decoder) place(p *draftPackage) wit.PackageID {
	id := wit.PackageID(len(d.r.Packages))
	d.r.Packages = append(d.r.Packages, &wit.Package{Name: p.name})
	d.fill(id, p)
	return id
}

// fill gives a package what its draft holds.
func (d *Decoder) fill(id wit.PackageID, p *draftPackage) {
	pkg := d.r.Packages[id]
	for _, i := range p.interfaces {
		pkg.Interfaces = append(pkg.Interfaces, i)
		d.r.Interfaces[i].Package = id
	}
	for _, w := range p.worlds {
		pkg.Worlds = append(pkg.Worlds, w)
		d.r.Worlds[w].Package = id
		for _, items := range [][]*wit.WorldItem{d.r.Worlds[w].Imports, d.r.Worlds[w].Exports} {
			for _, it := range items {
				if i, ok := it.Item.(wit.InterfaceID); ok && d.r.Interfaces[i].Name == "" {
					d.r.Interfaces[i].Package = id
				}
			}
		}
	}
}

// deps returns the interfaces whose types an interface uses.
func (d *Decoder) deps(id wit.InterfaceID) []wit.InterfaceID {
	var list []wit.InterfaceID
	for _, t := range d.r.Interfaces[id].Types {
		alias, ok := d.r.Types[t].Kind.(*wit.Alias)
		if !ok {
			continue
		}
		if target, ok := alias.Type.(wit.TypeID); ok {
			if owner, ok := d.r.Types[target].Owner.(wit.InterfaceID); ok && owner != id {
				list = append(list, owner)
			}
		}
	}
	return list
}
