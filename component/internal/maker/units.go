package maker

import (
	"slices"
	"strings"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/core"
	"github.com/witgen/witgen/component/internal/witbin"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/wit"
)

// readUnits reads the core modules and their worlds into one model.
func (m *maker) readUnits(main []byte, adapters []Adapter) {
	d := witbin.NewDecoder()
	m.types = &core.Types{}
	var all []wit.WorldID
	var worlds []witbin.Worlds
	read := func(name string, module []byte) {
		u := &unit{name: name, encodings: make(map[string]binary.OptionKind), adapted: make(map[string]core.Entity)}
		u.typ = core.Read(m.types, module, 0)
		var w witbin.Worlds
		u.wasm, w = splitMetadata(d, module)
		m.units = append(m.units, u)
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
		if m.needsAdapter(a) {
			read(a.Name, a.Wasm)
		}
	}
	w := d.Merge(all)
	m.r, m.world = w.Resolve, w.Resolve.Worlds[w.World]
	m.abi = abi.New(m.r)
	for i, u := range m.units {
		m.assign(u, worlds[i])
	}
}

// needsAdapter reports whether the main module imports from an adapter or the
// adapter has a world of its own.
func (m *maker) needsAdapter(a Adapter) bool {
	for _, i := range m.units[0].typ.Imports {
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

// assign gives a unit the exports of its worlds that no other unit has, and the
// string encodings of all its items.
func (m *maker) assign(u *unit, w witbin.Worlds) {
	for i, id := range w.Worlds {
		world := m.r.Worlds[id]
		for _, it := range slices.Concat(world.Imports, world.Exports) {
			name := m.r.ItemName(it)
			if before, ok := u.encodings[name]; ok && before != w.Encodings[i] {
				failNew("the metadata of %s gives two string encodings for %q", u.describe(), name)
			}
			u.encodings[name] = w.Encodings[i]
		}
		for _, it := range world.Exports {
			name := m.r.ItemName(it)
			if other := m.exporter(name); other != nil {
				failNew("%s and %s both export %q", other.describe(), u.describe(), name)
			}
			i := slices.IndexFunc(m.world.Exports, func(merged *wit.WorldItem) bool { return m.r.ItemName(merged) == name })
			u.exports = append(u.exports, m.world.Exports[i])
		}
	}
}

// exporter returns the unit that exports an item, or nil.
func (m *maker) exporter(name string) *unit {
	for _, u := range m.units {
		for _, it := range u.exports {
			if m.r.ItemName(it) == name {
				return u
			}
		}
	}
	return nil
}

// coreUse is what an import of a core module stands for.
type coreUse struct {
	module, name string
	// unique is the name in the module of the component.
	unique string
	entity core.Entity
	kind   useKind
	// item is the import or export of the world, fn its function, resource its
	// resource, where the kind has them.
	item     *wit.WorldItem
	fn       *wit.Function
	resource wit.TypeID
	// adapter is the unit that supplies it.
	adapter *unit
	// shim is the shim through which it goes, or nil.
	shim *shim
}

// useKind says what an import of a core module stands for.
type useKind uint8

const (
	useFunc        useKind = iota // an imported function
	useDrop                       // drops a handle of an imported resource
	useExportedNew                // the three of an exported resource
	useExportedRep
	useExportedDrop
	useAdapter    // an export of an adapter
	useMemory     // the main module's memory
	useMainExport // another export of the main module
)

// classify finds what each import of each core module stands for.
func (m *maker) classify() {
	for _, u := range m.units {
		names := core.UniqueNames(u.typ.Imports)
		for n, i := range u.typ.Imports {
			use := &coreUse{module: i.Module, name: i.Name, unique: names[n], entity: i.Entity}
			m.classifyImport(u, use)
			u.imports = append(u.imports, use)
		}
	}
}

func (m *maker) classifyImport(u *unit, use *coreUse) {
	main := m.units[0]
	switch {
	case u != main && use.module == "env" && use.name == "memory" && use.entity.Sort == binary.SortCoreMemory:
		use.kind = useMemory
		m.checkMainExport(u, use, "memory")
		return
	case u != main && use.module == "__main_module__":
		use.kind = useMainExport
		m.checkMainExport(u, use, use.name)
		return
	}
	for _, a := range m.units[1:] {
		if a.name == use.module && a != u {
			use.kind, use.adapter = useAdapter, a
			e, ok := a.typ.Exports[use.name]
			if !ok {
				failNew("%s imports %q from %q, and the adapter of that name does not export it", u.describe(), use.name, use.module)
			}
			if wrong := m.types.Match(e, use.entity); wrong != "" {
				failNew("%s imports %q from the adapter %q: %s", u.describe(), use.name, use.module, wrong)
			}
			if e.Sort != binary.SortCoreFunc {
				failNew("%s imports the %s %q from the adapter %q, and adapters supply functions", u.describe(), e.Sort, use.name, use.module)
			}
			a.adapted[use.name] = e
			return
		}
	}
	if use.entity.Sort != binary.SortCoreFunc {
		failNew("%s imports the %s %q from %q, and a component supplies functions", u.describe(), use.entity.Sort, use.name, use.module)
	}
	if !m.matchImport(u, use) {
		hint := ""
		if use.module == "wasi_snapshot_preview1" || use.module == "wasi_unstable" {
			hint = ": an adapter of that name is needed"
		}
		failNew("%s imports %q from %q, which its world does not say%s", u.describe(), use.name, use.module, hint)
	}
}

// checkMainExport checks that the main module exports what an adapter imports.
func (m *maker) checkMainExport(u *unit, use *coreUse, name string) {
	e, ok := m.units[0].typ.Exports[name]
	if !ok {
		failNew("%s needs the export %q of the core module, which is not there", u.describe(), name)
	}
	if wrong := m.types.Match(e, use.entity); wrong != "" {
		failNew("%s imports %q of the core module: %s", u.describe(), name, wrong)
	}
}
