package maker

import (
	"fmt"
	"slices"
	"strings"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/core"
	"github.com/witgen/witgen/component/internal/witbin"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/wit"
)

// input is what a component is made of: core modules with their worlds in one model.
type input struct {
	r     *wit.Resolve
	world *wit.World // all of the worlds together
	abi   *abi.ABI
	types *core.Types
	// parts are the main module and the adapters that are needed.
	parts []*part
	lists map[wit.TypeID]bool // of hasList
}

// part is a core module of the component: the main one or an adapter.
type part struct {
	name   string // "" of the main module
	wasm   []byte
	module *core.Module
	// exports are the world's exports that the part implements.
	exports []*wit.WorldItem
	// encodings are the string encodings by the names of imports and exports.
	encodings map[string]binary.OptionKind
}

// describe names the part for messages.
func (p *part) describe() string {
	if p.name == "" {
		return "the core module"
	}
	return fmt.Sprintf("the adapter %q", p.name)
}

// exportNamed returns the first of some names that a part exports.
func (p *part) exportNamed(names ...string) (string, bool) {
	for _, name := range names {
		if _, ok := p.module.Exports[name]; ok {
			return name, true
		}
	}
	return "", false
}

// main is the main module.
func (in *input) main() *part { return in.parts[0] }

// readInput reads the core modules and their worlds into one model.
func readInput(main []byte, adapters []Adapter) *input {
	in := &input{types: &core.Types{}, lists: make(map[wit.TypeID]bool)}
	d := witbin.NewDecoder()
	var all []wit.WorldID
	var worlds []witbin.Worlds
	read := func(name string, module []byte) {
		p := &part{name: name, module: core.Read(in.types, module, 0), encodings: make(map[string]binary.OptionKind)}
		var w witbin.Worlds
		p.wasm, w = splitMetadata(d, module)
		in.parts = append(in.parts, p)
		worlds = append(worlds, w)
		all = append(all, w.Worlds...)
	}
	read("", main)
	if len(all) == 0 {
		failNew("the core module carries no WIT: embed a world in it first")
	}
	for i, a := range adapters {
		for _, before := range adapters[:i] {
			if before.Name == a.Name {
				failNew("two adapters are called %q", a.Name)
			}
		}
		if in.needsAdapter(a) {
			read(a.Name, a.Wasm)
		}
	}
	w := d.Merge(all)
	in.r, in.world, in.abi = w.Resolve, w.Resolve.Worlds[w.World], abi.New(w.Resolve)
	for i, p := range in.parts {
		in.assign(p, worlds[i])
	}
	return in
}

// needsAdapter reports whether the main module imports from an adapter or the
// adapter has a world of its own.
func (in *input) needsAdapter(a Adapter) bool {
	for _, i := range in.main().module.Imports {
		if i.Module == a.Name {
			return true
		}
	}
	return witbin.HasMetadata(a.Wasm)
}

// splitMetadata returns a core module without its metadata, with unique names for its
// imports, and the worlds of the metadata.
func splitMetadata(d *witbin.Decoder, module []byte) ([]byte, witbin.Worlds) {
	var m witbin.Worlds
	w := wasm.Writer{Buf: make([]byte, 0, len(module))}
	w.Preamble()
	for s := range core.NewCursor(module, 0).Sections() {
		switch s.ID {
		case wasm.CustomSection:
			if strings.HasPrefix(s.Custom(), witbin.MetadataSection) {
				d.Metadata(s.Content, &m)
				continue
			}
		case wasm.ImportSection:
			s.Data = core.UniqueImports(s)
		}
		w.Byte(byte(s.ID))
		w.Bytes(s.Data)
	}
	return w.Buf, m
}

// assign gives a part the exports of its worlds that no other part has, and the
// string encodings of all its items.
func (in *input) assign(p *part, w witbin.Worlds) {
	for i, id := range w.Worlds {
		world := in.r.Worlds[id]
		for _, it := range slices.Concat(world.Imports, world.Exports) {
			name := in.r.ItemName(it)
			if before, ok := p.encodings[name]; ok && before != w.Encodings[i] {
				failNew("the metadata of %s gives two string encodings for %q", p.describe(), name)
			}
			p.encodings[name] = w.Encodings[i]
		}
		for _, it := range world.Exports {
			name := in.r.ItemName(it)
			if other := in.exporter(name); other != nil {
				failNew("%s and %s both export %q", other.describe(), p.describe(), name)
			}
			i := slices.IndexFunc(in.world.Exports, func(merged *wit.WorldItem) bool { return in.r.ItemName(merged) == name })
			p.exports = append(p.exports, in.world.Exports[i])
		}
	}
}

// exporter returns the part that exports an item, or nil.
func (in *input) exporter(name string) *part {
	for _, p := range in.parts {
		for _, it := range p.exports {
			if in.r.ItemName(it) == name {
				return p
			}
		}
	}
	return nil
}
