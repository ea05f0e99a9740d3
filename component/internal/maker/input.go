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
	// merged are imported interfaces that one of another version stands for.
	merged map[wit.InterfaceID]wit.InterfaceID
	lists  map[wit.TypeID]bool // of hasList
	// exporters are the parts that implement exports, by their names.
	exporters map[string]*part
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
	in := &input{types: &core.Types{}, lists: make(map[wit.TypeID]bool), exporters: make(map[string]*part)}
	d := witbin.NewDecoder()
	var all []wit.WorldID
	worlds := make(map[*part]witbin.Worlds)
	read := func(name string, module []byte) {
		p := &part{name: name, module: core.Read(in.types, module, 0), encodings: make(map[string]binary.OptionKind)}
		var w witbin.Worlds
		p.wasm, w = splitMetadata(d, module)
		in.parts = append(in.parts, p)
		worlds[p] = w
		all = append(all, w.Worlds...)
	}
	read("", main)
	for i, a := range adapters {
		for _, before := range adapters[:i] {
			if before.Name == a.Name {
				failNew("two adapters are called %q", a.Name)
			}
		}
	}
	for _, a := range needed(in.types, main, adapters) {
		read(a.Name, a.Wasm)
	}
	if len(all) == 0 {
		failNew("the core module carries no WIT: embed a world in it first")
	}
	w := d.Merge(all)
	in.r, in.world = w.Resolve, w.Resolve.Worlds[w.World]
	in.mergeVersions()
	in.checkMeaning(all)
	in.orderItems()
	in.ownInterfaces()
	in.abi = abi.New(in.r)
	for _, p := range in.parts {
		in.assign(p, worlds[p])
	}
	for _, it := range in.world.Exports {
		p := in.exporters[in.r.ItemName(it)]
		p.exports = append(p.exports, it)
	}
	in.trimAdapters()
	return in
}

// needed returns the adapters that something imports from or that export something of
// their own, in order.
func needed(types *core.Types, main []byte, adapters []Adapter) (list []Adapter) {
	asked := make(map[string]bool)
	ask := func(module []byte) {
		for _, i := range core.Read(types, module, 0).Imports {
			asked[i.Module] = true
		}
	}
	ask(main)
	in := make([]bool, len(adapters))
	for more := true; more; {
		more = false
		for i, a := range adapters {
			if !in[i] && (asked[a.Name] || hasExports(a.Wasm)) {
				in[i], more = true, true
				ask(a.Wasm)
			}
		}
	}
	for i, a := range adapters {
		if in[i] {
			list = append(list, a)
		}
	}
	return list
}

// hasExports reports whether the worlds of a core module export something.
func hasExports(module []byte) bool {
	d := witbin.NewDecoder()
	_, m := splitMetadata(d, module)
	for _, id := range m.Worlds {
		if d.Exports(id) {
			return true
		}
	}
	return false
}

// trimAdapters drops of the adapters what nothing needs: first exports, then adapters
// of which nothing is left.
func (in *input) trimAdapters() {
	main := in.main()
	_, realloc := main.exportNamed(mainReallocs...)
	whole := make(map[*part][]byte)
	for _, p := range in.parts[1:] {
		whole[p] = p.wasm
	}
	// What one adapter imports of another shows when the first was trimmed.
	for more := true; more; {
		more = false
		asked := in.asked()
		for p, module := range whole {
			keep := in.ownExports(p)
			for name := range asked[p.name] {
				keep[name] = true
			}
			trimmed := trim(p.name, module, realloc, func(name string) bool { return keep[name] })
			if len(trimmed) != len(p.wasm) {
				p.wasm, more = trimmed, true
				p.module = core.Read(in.types, trimmed, 0)
			}
		}
	}
	asked := in.asked()
	in.parts = slices.DeleteFunc(in.parts, func(p *part) bool { return p != main && len(p.exports) == 0 && len(asked[p.name]) == 0 })
}

// asked returns the names that parts import, by the module.
func (in *input) asked() map[string]map[string]bool {
	asked := make(map[string]map[string]bool)
	for _, p := range in.parts {
		for _, i := range p.module.Imports {
			if i.Module == p.name {
				continue
			}
			if asked[i.Module] == nil {
				asked[i.Module] = make(map[string]bool)
			}
			asked[i.Module][i.Name] = true
		}
	}
	return asked
}

// ownExports returns the names of the exports that a part has for its world and for the
// component itself.
func (in *input) ownExports(p *part) map[string]bool {
	keep := make(map[string]bool)
	for _, name := range reallocs {
		keep[name] = true
	}
	keep["cabi_import_realloc"], keep["cabi_export_realloc"] = true, true
	function := func(it *wit.WorldItem, f *wit.Function) {
		for _, n := range in.exportNames(it, f) {
			keep[n.name], keep[n.post] = true, true
		}
	}
	for _, it := range p.exports {
		switch what := it.Item.(type) {
		case *wit.Function:
			function(it, what)
		case wit.InterfaceID:
			for _, f := range in.r.Interfaces[what].Functions {
				function(it, f)
			}
			in.eachResource(it, func(id wit.TypeID) {
				for _, name := range in.dtorNames(it, in.r.Types[id].Name) {
					keep[name] = true
				}
			})
		default:
			panic(fmt.Sprintf("maker: unhandled item %T", what))
		}
	}
	return keep
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

// assign makes a part the exporter of what its worlds export, and gives it the string
// encodings of all its items.
func (in *input) assign(p *part, w witbin.Worlds) {
	for i, id := range w.Worlds {
		world := in.r.Worlds[id]
		for _, it := range slices.Concat(world.Imports, world.Exports) {
			name := in.mergedName(it)
			if before, ok := p.encodings[name]; ok && before != w.Encodings[i] {
				failNew("the metadata of %s gives two string encodings for %q", p.describe(), name)
			}
			p.encodings[name] = w.Encodings[i]
		}
		for _, it := range world.Exports {
			name := in.r.ItemName(it)
			if other := in.exporters[name]; other != nil && other != p {
				failNew("%s and %s both export %q", other.describe(), p.describe(), name)
			}
			in.exporters[name] = p
		}
	}
}
