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
	item := t.Exports.List[0]
	world := d.packageItem(item)
	if world < 0 {
		d.fail(at, "it must hold the type of a world and holds an interface")
	}
	d.worlds[d.definition(item).Name.Name] = world
	// Other sections may say more of the package: it counts as mentioned.
	p := d.draft(d.home.name)
	p.worlds = append(p.worlds, d.home.worlds...)
	m.Worlds = append(m.Worlds, world)
	m.Encodings = append(m.Encodings, binary.OptionKind(encoding[1]))
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
