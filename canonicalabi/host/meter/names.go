package meter

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	core "github.com/witgen/witgen/internal/wasm"
)

// appendNames returns the data of a name section with the names of what was added. What was added stands
// at the end of its index space, so the other names stay as they are, but for what errors do not show; those of labels are dropped, as
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
	subsections, ok := readNames(h.m.cursor(data, 0))
	if !ok {
		subsections = nil
	}
	for _, s := range subsections {
		missing(s.id)
		switch {
		case s.id == core.NamesOfFunctions:
			writeSubsection(&w, s.id, shownItems(h.m, s), s.n, functions)
			doneFunctions = true
		case s.id == core.NamesOfModule:
			w.Byte(s.id)
			w.Sized(func() { w.Name(shown(core.NewCursor(s.data, 0).Name())) })
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
	m.cursor(s.data, 0).NameMap(func(index uint32, name string) { all = append(all, assoc{m.moved(index), name}) })
	slices.SortStableFunc(all, func(a, b assoc) int { return cmp.Compare(a.index, b.index) })
	writeSubsection(w, s.id, nil, 0, all)
}

// mostName is how many bytes of a name errors show. wazero shows the names of up to 30 functions, and
// that of the module before each.
const mostName = 256

// shown returns a name as errors show it: not long, and with U+FFFD for what is not printable.
func shown(name string) string {
	if len(name) > mostName {
		name = strings.ToValidUTF8(name[:mostName], "") + "..."
	}
	return strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) {
			return r
		}
		return '\uFFFD'
	}, name)
}

// shownItems returns the associations of a plain map with the names as errors show them.
func shownItems(m *module, s subsection) []byte {
	asIs := true
	m.cursor(s.data, 0).NameMap(func(_ uint32, name string) { asIs = asIs && shown(name) == name })
	if asIs {
		return s.items
	}
	var w core.Writer
	m.cursor(s.data, 0).NameMap(func(index uint32, name string) {
		w.Uint32(index)
		w.Name(shown(name))
	})
	return w.Buf
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

// readNames reads a name section's data. It reports false where the section is not well formed.
func readNames(c *core.Cursor) ([]subsection, bool) {
	var all []subsection
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

// Function returns the index and the name of the function number n of those that a module defines, and the
// offset of its body, for the text of an error. The index is -1 where the module has no such function.
func Function(module []byte, n int) (index int, name string, offset int) {
	imported := 0
	for s := range core.NewCursor(module, 0).Sections() {
		c := s.Content
		switch s.ID {
		case core.ImportSection:
			for range c.Count() {
				if i := c.Import(); c.Err() == nil && i.Type.Kind == core.FuncKind {
					imported++
				}
			}
		case core.CodeSection:
			if n < 0 || uint64(n) >= uint64(c.Count()) {
				return -1, "", 0
			}
			for range n {
				c.Bytes(c.Uint32())
			}
			c.Uint32()
			if c.Err() != nil {
				return -1, "", 0
			}
			return imported + n, functionName(module, uint32(imported+n)), c.Offset()
		}
	}
	return -1, "", 0
}

// functionName looks a function's name up in the name section, for an error's text.
func functionName(wasm []byte, fn uint32) string {
	name := ""
	for s := range core.NewCursor(wasm, 0).Sections() {
		if s.ID != core.CustomSection || s.Custom() != "name" {
			continue
		}
		subsections, _ := readNames(core.NewCursor(s.Content.Ahead(), 0))
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
	return shown(name)
}
