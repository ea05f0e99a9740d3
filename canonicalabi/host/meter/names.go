package meter

import (
	"cmp"
	"slices"

	"github.com/witgen/witgen/internal/leb128"
	core "github.com/witgen/witgen/internal/wasm"
)

// The subsections of the name section, appendix 7.4.1 of the core specification and the extended name
// section proposal.
const (
	namesModule    = 0
	namesFunctions = 1
	namesLabels    = 3
	namesGlobals   = 7
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

	var out []byte
	doneFunctions, doneGlobals := false, false
	missing := func(before byte) {
		if !doneFunctions && before > namesFunctions {
			out = appendSubsection(out, namesFunctions, nil, 0, functions)
			doneFunctions = true
		}
		if !doneGlobals && before > namesGlobals {
			out = appendSubsection(out, namesGlobals, nil, 0, globals)
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
		case s.id == namesFunctions:
			out = appendSubsection(out, s.id, s.items, s.n, functions)
			doneFunctions = true
		case s.id == namesGlobals:
			out = appendGlobalNames(out, h.m, s, globals)
			doneGlobals = true
		case s.id != namesLabels:
			out = appendSized(append(out, s.id), s.data)
		}
	}
	missing(0xff)
	return out
}

// appendGlobalNames appends the names of globals, those of what was added among them, in the order of their
// indices.
func appendGlobalNames(out []byte, m *module, s subsection, added []assoc) []byte {
	if m.cfg.Shared == "" {
		return appendSubsection(out, s.id, s.items, s.n, added)
	}
	all := added
	items := &reader{b: s.items}
	for range s.n {
		index := items.u32()
		all = append(all, assoc{m.moved(index), items.name()})
	}
	slices.SortStableFunc(all, func(a, b assoc) int { return cmp.Compare(a.index, b.index) })
	return appendSubsection(out, s.id, nil, 0, all)
}

type assoc struct {
	index uint32
	name  string
}

func appendSubsection(out []byte, id byte, items []byte, n uint32, added []assoc) []byte {
	content := leb128.AppendUint32(nil, n+uint32(len(added)))
	content = append(content, items...)
	for _, a := range added {
		content = leb128.AppendUint32(content, a.index)
		content = appendSized(content, []byte(a.name))
	}
	return appendSized(append(out, id), content)
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
	r := &reader{b: data}
	last := -1
	for r.left() > 0 {
		s := subsection{id: r.byte()}
		s.data = r.bytes(r.u32())
		if r.err != nil || int(s.id) <= last {
			return nil, false
		}
		last = int(s.id)
		part := &reader{b: s.data}
		switch s.id {
		case namesModule:
			part.name()
		case 2, namesLabels: // maps of maps: locals, labels
			for range part.count() {
				part.u32()
				readNameMap(part)
			}
		case namesFunctions, 4, 5, 6, namesGlobals, 8, 9, 11: // maps
			s.n = readNameMap(part)
			s.items = s.data[leb128Len(s.data):]
		default:
			part.pos = len(s.data)
		}
		if part.err != nil || part.left() > 0 {
			return nil, false
		}
		all = append(all, s)
	}
	return all, true
}

func leb128Len(b []byte) int {
	_, n := leb128.Uint32(b)
	return max(n, 0)
}

func readNameMap(r *reader) uint32 {
	n := r.count()
	for range n {
		if r.err != nil {
			break
		}
		r.u32()
		r.name()
	}
	return n
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
func functionName(module []byte, fn uint32) string {
	r := &reader{b: module, pos: len(magic)}
	for r.left() > 0 {
		id := r.byte()
		content := r.bytes(r.u32())
		if id != sectionCustom || r.err != nil {
			continue
		}
		part := &reader{b: content}
		if part.name() != "name" || part.err != nil {
			continue
		}
		subsections, _ := readNames(content[part.pos:])
		for _, s := range subsections {
			if s.id != namesFunctions {
				continue
			}
			names := &reader{b: s.items}
			for range s.n {
				i := names.u32()
				name := names.name()
				if i == fn {
					return name
				}
			}
		}
	}
	return ""
}
