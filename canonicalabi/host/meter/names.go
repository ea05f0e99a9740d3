package meter

import (
	"cmp"
	"slices"

	core "github.com/witgen/witgen/internal/wasm"
)

// appendNames returns the data of a name section with the names of what was added. What was added stands
// at the end of its index space, so the other names stay as they are; those of labels are dropped, as
// there are more labels now. A section that is not well formed is dropped as a whole: wazero would
// refuse the module, after allocating what it claims to hold.
func appendNames(data []byte, h *helpers, helperNames []string) []byte {
	functions := make([]assoc, len(helperNames))
	for i, n := range helperNames {
		functions[i] = assoc{h.first + uint32(i), prefix + n}
	}
	globals := make([]assoc, len(globalNames))
	for i, n := range globalNames {
		globals[i] = assoc{h.globals.slice + uint32(i), prefix + n}
	}

	var w core.Writer
	doneFunctions, doneGlobals := false, false
	missing := func(before byte) {
		if !doneFunctions && before > core.NamesOfFunctions {
			writeSubsection(&w, core.NamesOfFunctions, nil, 0, functions)
			doneFunctions = true
		}
		if !doneGlobals && before > core.NamesOfGlobals {
			writeSubsection(&w, core.NamesOfGlobals, nil, 0, globals)
			doneGlobals = true
		}
	}
	subsections, ok := readNames(data)
	if !ok {
		subsections = nil
	}
	for _, s := range subsections {
		missing(s.id)
		switch {
		case s.id == core.NamesOfFunctions:
			writeSubsection(&w, s.id, s.items, s.n, functions)
			doneFunctions = true
		case s.id == core.NamesOfGlobals:
			writeGlobalNames(&w, h.m, s, globals)
			doneGlobals = true
		case s.id != core.NamesOfLabels:
			w.Byte(s.id)
			w.Bytes(s.data)
		}
	}
	missing(0xff)
	return w.Buf
}

// writeGlobalNames writes the names of globals, those of what was added among them, in the order of their
// indices.
func writeGlobalNames(w *core.Writer, m *module, s subsection, added []assoc) {
	if m.cfg.Shared == "" {
		writeSubsection(w, s.id, s.items, s.n, added)
		return
	}
	all := added
	core.NewCursor(s.data, 0).NameMap(func(index uint32, name string) { all = append(all, assoc{m.moved(index), name}) })
	slices.SortStableFunc(all, func(a, b assoc) int { return cmp.Compare(a.index, b.index) })
	writeSubsection(w, s.id, nil, 0, all)
}

type assoc struct {
	index uint32
	name  string
}

func writeSubsection(w *core.Writer, id byte, items []byte, n uint32, added []assoc) {
	w.Byte(id)
	w.Sized(func() {
		w.Uint32(n + uint32(len(added)))
		w.Byte(items...)
		for _, a := range added {
			w.Uint32(a.index)
			w.Name(a.name)
		}
	})
}

// A subsection of the name section; items are the associations of a plain map, n their number.
type subsection struct {
	id    byte
	data  []byte
	items []byte
	n     uint32
}

// readNames reads the data of a name section. It reports false where the section is not well formed.
func readNames(data []byte) ([]subsection, bool) {
	var all []subsection
	c := core.NewCursor(data, 0)
	last := -1
	for !c.Done() {
		s := subsection{id: c.Byte()}
		part := c.Sub(c.Uint32())
		if c.Err() != nil || int(s.id) <= last {
			return nil, false
		}
		last = int(s.id)
		s.data = part.Ahead()
		switch s.id {
		case core.NamesOfModule:
			part.Name()
		case core.NamesOfLocals, core.NamesOfLabels:
			part.IndirectNameMap(nil)
		case core.NamesOfFunctions, core.NamesOfTypes, core.NamesOfTables, core.NamesOfMemories, core.NamesOfGlobals,
			core.NamesOfElements, core.NamesOfData, core.NamesOfTags:
			items := *part
			s.n, s.items = items.Uint32(), items.Ahead()
			part.NameMap(nil)
		default:
			part.Rest()
		}
		if part.Err() != nil || !part.Done() {
			return nil, false
		}
		all = append(all, s)
	}
	return all, true
}

// functionName looks a function's name up in the name section, for an error's text.
func functionName(wasm []byte, fn uint32) string {
	name := ""
	for s := range core.NewCursor(wasm, 0).Sections() {
		if s.ID != core.CustomSection || s.Custom() != "name" {
			continue
		}
		subsections, _ := readNames(s.Content.Ahead())
		for _, s := range subsections {
			if s.id != core.NamesOfFunctions {
				continue
			}
			core.NewCursor(s.data, 0).NameMap(func(index uint32, of string) {
				if index == fn && name == "" {
					name = of
				}
			})
		}
	}
	return name
}
