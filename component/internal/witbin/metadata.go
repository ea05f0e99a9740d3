package witbin

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/check"
	"github.com/witgen/witgen/component/internal/checked"
	"github.com/witgen/witgen/component/internal/core"
	"github.com/witgen/witgen/component/internal/fault"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/wit"
)

// MetadataSection starts the names of the custom sections in which a core module
// carries its worlds: each holds a component that exports the type of a world.
const MetadataSection = "component-type"

// encodingSection is the custom section of such a component that tells how strings
// are encoded: a version byte and a byte for the encoding.
const encodingSection = "wit-component-encoding"

// encodingVersion is the version of that section.
const encodingVersion = 4

// Worlds are the worlds of a core module's metadata.
type Worlds struct {
	Worlds    []wit.WorldID
	Encodings []binary.OptionKind
}

// decodeModule reads the metadata of a core module.
func decodeModule(module []byte) *WIT {
	d := NewDecoder()
	var m Worlds
	for s := range core.NewCursor(module, 0).Sections() {
		if s.ID == wasm.CustomSection && strings.HasPrefix(s.Custom(), MetadataSection) {
			d.Metadata(s.Content, &m)
		}
	}
	if len(m.Worlds) == 0 {
		core.Invalid(0, "the core module carries no WIT: it has no custom section whose name starts with %q", MetadataSection)
	}
	w := d.Merge(m.Worlds)
	w.Worlds, w.Encodings = m.Worlds, m.Encodings
	return w
}

// Merge makes root:root of what was decoded, whose world has the imports and exports
// of all the worlds.
func (d *Decoder) Merge(worlds []wit.WorldID) *WIT {
	d.home = &draftPackage{name: wit.PackageName{Namespace: "root", Name: "root"}}
	world := d.mergeWorlds(worlds)
	w := d.finish()
	w.World = world
	return w
}

// Metadata reads one section. The packages of its worlds join those that other
// sections mention.
func (d *Decoder) Metadata(section *wasm.Cursor, m *Worlds) {
	c, err := binary.DecodeAt(section.Ahead(), section.Offset())
	if err == nil {
		var t *checked.Component
		if t, err = check.Component(c); err == nil {
			d.metadataWorld(c, t, m)
			return
		}
	}
	bad := *err.(*binary.Error)
	bad.Rule = "in the metadata of the core module: " + bad.Rule
	fault.Throw(&bad)
}

func (d *Decoder) metadataWorld(c *binary.Component, t *checked.Component, m *Worlds) {
	at := &checked.Item{Offset: c.Offset}
	at.Name.Name = MetadataSection
	if !isWITPackage(t) || len(t.Exports.List) != 1 {
		d.fail(at, "it must hold a component that exports the type of one world")
	}
	encoding, ok := c.Custom(encodingSection)
	switch {
	case !ok:
		d.fail(at, "it holds no custom section %q", encodingSection)
	case len(encoding) != 2 || encoding[0] != encodingVersion || encoding[1] > byte(binary.Latin1UTF16):
		d.fail(at, "its custom section %q is not of version %d with an encoding", encodingSection, encodingVersion)
	}
	d.home = &draftPackage{}
	world := d.packageItem(t.Exports.List[0])
	if world < 0 {
		d.fail(at, "it must hold the type of a world and holds an interface")
	}
	// Other sections may say more of the package: it counts as mentioned.
	p := d.draft(d.home.name)
	for _, id := range d.home.worlds {
		for _, other := range p.worlds {
			if d.r.Worlds[other].Name == d.r.Worlds[id].Name {
				d.fail(at, "two sections hold a world %q", d.home.name.Qualify(d.r.Worlds[id].Name))
			}
		}
		p.worlds = append(p.worlds, id)
	}
	m.Worlds = append(m.Worlds, world)
	m.Encodings = append(m.Encodings, binary.OptionKind(encoding[1]))
}

// mergeWorlds makes a world of the imports and exports of several.
func (d *Decoder) mergeWorlds(worlds []wit.WorldID) wit.WorldID {
	id := wit.WorldID(len(d.r.Worlds))
	root := &wit.World{Name: "root", Package: wit.NoPackage}
	d.r.Worlds = append(d.r.Worlds, root)
	d.home.worlds = []wit.WorldID{id}
	for _, from := range worlds {
		w := d.r.Worlds[from]
		c := &worldCloner{r: d.r, owners: map[wit.Owner]wit.Owner{from: id}, types: make(map[wit.TypeID]wit.TypeID)}
		root.Imports = c.merge(root.Imports, w.Imports)
		root.Exports = c.merge(root.Exports, w.Exports)
	}
	return id
}

// worldCloner copies what a world owns into another.
type worldCloner struct {
	r *wit.Resolve
	// owners are the world and the interfaces inside it, with their copies.
	owners map[wit.Owner]wit.Owner
	types  map[wit.TypeID]wit.TypeID
}

// merge appends items to a list that may have some of them.
func (c *worldCloner) merge(list, items []*wit.WorldItem) []*wit.WorldItem {
	byName := finder(list, c.r.ItemName)
	for _, it := range items {
		if before := byName(c.r.ItemName(it)); before != nil {
			c.join(*before, it)
			continue
		}
		out := *it
		switch what := it.Item.(type) {
		case wit.TypeID:
			out.Item = c.typ(what)
		case *wit.Function:
			out.Item = c.function(what)
		case wit.InterfaceID:
			out.Item = c.inline(what)
		default:
			panic(fmt.Sprintf("witbin: unhandled item %T", what))
		}
		list = append(list, &out)
	}
	return list
}

// join maps the types of an item to those of the item that has its name already.
func (c *worldCloner) join(before, it *wit.WorldItem) {
	if to, ok := before.Item.(wit.TypeID); ok {
		if from, ok := it.Item.(wit.TypeID); ok {
			c.types[from] = to
		}
	}
}

// typ returns the copy of a type that the world owns or that refers to one.
func (c *worldCloner) typ(id wit.TypeID) wit.TypeID {
	if to, ok := c.types[id]; ok {
		return to
	}
	def := c.r.Types[id]
	owner, owned := c.owners[def.Owner]
	if def.Owner != nil && !owned {
		return id
	}
	out := *def
	out.Kind = wit.Rewrite(def.Kind, c.ref)
	if def.Owner == nil && !c.changed(def.Kind) {
		return id
	}
	out.Owner = owner
	to := wit.TypeID(len(c.r.Types))
	c.r.Types = append(c.r.Types, &out)
	c.types[id] = to
	return to
}

// inline returns the copy of an interface that stands inline in the world. Others
// are shared.
func (c *worldCloner) inline(id wit.InterfaceID) wit.InterfaceID {
	if c.r.Interfaces[id].Name != "" {
		return id
	}
	out := *c.r.Interfaces[id]
	to := wit.InterfaceID(len(c.r.Interfaces))
	c.r.Interfaces = append(c.r.Interfaces, &out)
	c.owners[id] = to
	types, functions := out.Types, out.Functions
	out.Types, out.Functions = nil, nil
	for _, t := range types {
		out.Types = append(out.Types, c.typ(t))
	}
	for _, f := range functions {
		out.Functions = append(out.Functions, c.function(f))
	}
	return to
}

// changed reports whether a type that k refers to has a copy.
func (c *worldCloner) changed(k wit.Kind) bool {
	found := false
	wit.EachType(k, func(t wit.Type) {
		if id, ok := t.(wit.TypeID); ok {
			if to, ok := c.types[id]; ok && to != id {
				found = true
			}
		}
	})
	return found
}

func (c *worldCloner) ref(t wit.Type) wit.Type {
	if id, ok := t.(wit.TypeID); ok {
		return c.typ(id)
	}
	return t
}

func (c *worldCloner) function(f *wit.Function) *wit.Function {
	out := *f
	if f.Resource >= 0 {
		out.Resource = c.typ(f.Resource)
	}
	out.Params = make([]wit.Param, len(f.Params))
	for i, p := range f.Params {
		p.Type = c.ref(p.Type)
		out.Params[i] = p
	}
	if f.Result != nil {
		out.Result = c.ref(f.Result)
	}
	return &out
}

// HasMetadata reports whether a core module has a custom section that holds a
// world.
func HasMetadata(module []byte) bool {
	found := false
	for s := range core.NewCursor(module, 0).Sections() {
		found = found || s.ID == wasm.CustomSection && strings.HasPrefix(s.Custom(), MetadataSection)
	}
	return found
}

// Metadata is component.Metadata.
func Metadata(r *wit.Resolve, world wit.WorldID, encoding binary.OptionKind) ([]byte, error) {
	if encoding > binary.Latin1UTF16 {
		return nil, fmt.Errorf("%s is not an encoding of strings", encoding)
	}
	c := &binary.Component{}
	c.Add(&binary.Custom{Name: encodingSection, Data: []byte{encodingVersion, byte(encoding)}})
	c.Add(&binary.TypeDef{Type: wrapWorld(r, world)})
	c.Add(&binary.Export{Name: binary.Named(r.Worlds[world].Name), Sort: binary.SortType})
	return check.Encode(c)
}
