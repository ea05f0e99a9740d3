package fresh

import (
	"github.com/witgen/witgen/internal/wasm"
)

// saves reports whether there is anything to save.
func (m *module) saves() bool { return len(m.shadows)+len(m.copied)+len(m.drops) > 0 }

// The indices of what is added.
func (m *module) shadow(n int) uint32 { return uint32(len(m.globals) + n) }
func (m *module) copyOf(n int) uint32 { return uint32(len(m.tables) + n) }
func (m *module) dropped() uint32     { return m.shadow(len(m.shadows)) }

// An addition is what is appended to the vector of a section.
type addition struct {
	id      wasm.SectionID
	n       int
	content []byte
}

// write returns the rewritten module.
func (m *module) write() []byte {
	var added []addition
	if m.saves() {
		added = m.additions()
	}
	var w wasm.Writer
	w.Buf = make([]byte, 0, len(m.in)+len(m.in)/64+256)
	w.Preamble()
	c := wasm.NewCursor(m.in, 0)
	for s := range c.Sections() {
		if s.ID != wasm.CustomSection {
			for len(added) > 0 && added[0].id.Rank() < s.ID.Rank() {
				w.Section(added[0].id, func() { m.vector(&w, nil, &added) })
			}
		}
		content := s.Data
		switch s.ID {
		case wasm.ImportSection, wasm.MemorySection:
			content = m.roomier(&s)
		case wasm.CodeSection:
			content = m.marked(&s)
		}
		w.Section(s.ID, func() {
			if len(added) > 0 && added[0].id == s.ID {
				m.vector(&w, content, &added)
			} else {
				w.Byte(content...)
			}
		})
	}
	for len(added) > 0 {
		w.Section(added[0].id, func() { m.vector(&w, nil, &added) })
	}
	return w.Buf
}

// vector writes a vector, and what is added to it first in a list, which is taken off.
func (m *module) vector(w *wasm.Writer, content []byte, added *[]addition) {
	a := (*added)[0]
	*added = (*added)[1:]
	c := wasm.NewCursor(content, 0)
	n := uint32(0)
	if len(content) > 0 {
		n = c.Uint32()
	}
	w.Uint32(n + uint32(a.n))
	w.Byte(c.Rest()...)
	w.Byte(a.content...)
}

// additions are in the order of sections.
func (m *module) additions() []addition {
	var types, functions, tables, globals, exports, code wasm.Writer
	types.SubType(wasm.FuncType(nil, []wasm.ValType{wasm.I32}))
	functions.Uint32(m.types)
	functions.Uint32(m.types)
	for _, i := range m.copied {
		t := m.tables[i]
		tables.Byte(t.raw...)
		tables.Limits(t.Limits)
	}
	for _, i := range m.shadows {
		g := m.globals[i]
		globals.Byte(g.raw...)
		globals.Flag(true)
		globals.Byte(zero(g.Type, g.raw)...)
		globals.Byte(byte(wasm.OpEnd))
	}
	n := len(m.shadows)
	if len(m.drops) > 0 {
		n++
		globals.Global(wasm.Global{Type: wasm.I32, Mutable: true})
		globals.Byte(wasm.I32Const(0)...)
		globals.Byte(byte(wasm.OpEnd))
	}
	exports.Export(wasm.Export{Name: Save, Kind: wasm.FuncKind, Index: m.funcs})
	exports.Export(wasm.Export{Name: Restore, Kind: wasm.FuncKind, Index: m.funcs + 1})
	code.Bytes(m.save())
	code.Bytes(m.restore())
	all := []addition{
		{wasm.TypeSection, 1, types.Buf},
		{wasm.FunctionSection, 2, functions.Buf},
		{wasm.TableSection, len(m.copied), tables.Buf},
		{wasm.GlobalSection, n, globals.Buf},
		{wasm.ExportSection, 2, exports.Buf},
		{wasm.CodeSection, 2, code.Buf},
	}
	kept := all[:0]
	for _, a := range all {
		if a.n > 0 {
			kept = append(kept, a)
		}
	}
	return kept
}

// zero returns the value that a global of a type starts with, given also in binary.
func zero(t wasm.ValType, raw []byte) wasm.Code {
	switch t.Code {
	case wasm.CodeI32:
		return wasm.I32Const(0)
	case wasm.CodeI64:
		return wasm.I64Const(0)
	case wasm.CodeF32:
		return wasm.F32Const(0)
	case wasm.CodeF64:
		return wasm.F64Const(0)
	case wasm.CodeV128:
		return append(wasm.I(wasm.OpV128Const), make([]byte, 16)...)
	default:
		return null(t, raw)
	}
}

// null returns the null reference of a type.
func null(t wasm.ValType, raw []byte) wasm.Code {
	if t.Code == wasm.CodeRefNull {
		raw = raw[1:] // the heap type
	}
	return append(wasm.I(wasm.OpRefNull), raw...)
}

func get(global uint32) wasm.Code { return wasm.I(wasm.OpGlobalGet, global) }
func set(global uint32) wasm.Code { return wasm.I(wasm.OpGlobalSet, global) }

// fail returns a status where the operand is not 0.
func fail(status int32) wasm.Code { return wasm.If(wasm.I32Const(status), wasm.I(wasm.OpReturn)) }

// save returns the function Save.
func (m *module) save() []byte {
	var code []wasm.Code
	for n, i := range m.copied {
		t, size, room := m.tables[i], wasm.I(wasm.OpTableSize, i), wasm.I(wasm.OpTableSize, m.copyOf(n))
		code = append(code,
			size, room, wasm.I(wasm.OpI32GtU), wasm.If(
				null(t.Elem, t.raw), size, room, wasm.I(wasm.OpI32Sub), wasm.I(wasm.OpTableGrow, m.copyOf(n)),
				wasm.I32Const(-1), wasm.I(wasm.OpI32Eq), fail(Table)),
			wasm.I32Const(0), wasm.I32Const(0), size, wasm.I(wasm.OpTableCopy, m.copyOf(n), i))
	}
	for n, i := range m.shadows {
		code = append(code, get(i), set(m.shadow(n)))
	}
	if len(m.drops) > 0 {
		code = append(code, wasm.I32Const(0), set(m.dropped()))
	}
	return wasm.Body(nil, append(code, wasm.I32Const(OK))...)
}

// restore returns the function Restore. It looks for what cannot be restored first.
func (m *module) restore() []byte {
	var code []wasm.Code
	for n, i := range m.copied {
		code = append(code, wasm.I(wasm.OpTableSize, i), wasm.I(wasm.OpTableSize, m.copyOf(n)), wasm.I(wasm.OpI32Sub), fail(Table))
	}
	if len(m.drops) > 0 {
		code = append(code, get(m.dropped()), fail(Segment))
	}
	for n, i := range m.copied {
		code = append(code, wasm.I32Const(0), wasm.I32Const(0), wasm.I(wasm.OpTableSize, i), wasm.I(wasm.OpTableCopy, i, m.copyOf(n)))
	}
	for n, i := range m.shadows {
		code = append(code, get(m.shadow(n)), set(i))
	}
	return wasm.Body(nil, append(code, wasm.I32Const(OK))...)
}

// mostMemories is more than wazero takes.
const mostMemories = 100

// mostPages is how many pages a memory has at most.
const mostPages = 1 << 16

// roomier returns a section of imports or memories with a page more in the maximum of
// each memory.
func (m *module) roomier(s *wasm.Section) []byte {
	var w wasm.Writer
	pos := s.Offset
	for _, l := range m.memLimits {
		if l.from < s.Offset || l.from >= s.End || !l.HasMax || l.Max >= mostPages {
			continue
		}
		w.Byte(m.in[pos:l.from]...)
		l.Max++
		w.Limits(l.Limits)
		pos = l.end
	}
	w.Byte(m.in[pos:s.End]...)
	return w.Buf
}

// marked returns the code section, which sets the global where segments are dropped.
func (m *module) marked(s *wasm.Section) []byte {
	if len(m.drops) == 0 {
		return s.Data
	}
	mark := wasm.Seq(wasm.I32Const(1), set(m.dropped()))
	drops := m.drops
	c := wasm.NewCursor(s.Data, s.Offset)
	var w wasm.Writer
	n := c.Uint32()
	w.Uint32(n)
	for range c.Times(n) {
		size := c.Uint32()
		pos := c.Offset()
		end := pos + int(size)
		c.Bytes(size)
		w.Sized(func() {
			for len(drops) > 0 && drops[0] < end {
				w.Byte(m.in[pos:drops[0]]...)
				w.Byte(mark...)
				pos, drops = drops[0], drops[1:]
			}
			w.Byte(m.in[pos:end]...)
		})
	}
	return w.Buf
}
