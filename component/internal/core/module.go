// Package core reads core modules for what components depend on: the types of their
// imports and exports.
package core

import (
	"fmt"
	"math"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/wasm"
)

// SortOf returns the sort of a kind of core imports and exports.
func SortOf(k wasm.Kind) binary.Sort { return binary.SortCoreFunc + binary.Sort(k) }

// Entity is the type of a core definition.
type Entity struct {
	Sort   binary.Sort
	Type   TypeID // of a function or tag
	Table  wasm.Table
	Memory wasm.Limits
	Global wasm.Global
}

// Module is the type of a core module.
type Module struct {
	Imports []Import
	Exports map[string]Entity
	Names   []string // of the exports, in order
}

// Import is an import of a core module with its type.
type Import struct {
	Module, Name string
	Entity       Entity
}

// Reader reads what the type of a core module depends on.
type Reader struct {
	Types  *Types
	Module *Module
	// Space is the index space of types, and the others are those of definitions.
	Space       []TypeID
	funcs, tags []TypeID
	tables      []wasm.Table
	memories    []wasm.Limits
	globals     []wasm.Global
	// bodies is the number of functions that await a body.
	bodies uint32
}

// Read returns the type of a core module that stands at offset base of its
// file. It checks the sections that the type depends on and no function bodies.
func Read(types *Types, module []byte, base int) *Module {
	m := &Reader{Types: types, Module: &Module{Exports: map[string]Entity{}}}
	last := 0
	c := NewCursor(module, base)
	c.SetLook(types.Look)
	for s := range c.Sections() {
		if s.ID == wasm.CustomSection {
			s.Custom()
			continue
		}
		if s.ID.Rank() <= last {
			Malformed(s.Offset, "section %d of a core module is repeated or out of order", s.ID)
		}
		last = s.ID.Rank()
		if read := moduleSections[s.ID]; read != nil {
			read(m, s.Content)
			s.Content.End("a section of a core module")
		}
	}
	if m.bodies != 0 {
		Invalid(base+len(module), "a core module has %d functions without a body", m.bodies)
	}
	return m.Module
}

var moduleSections = map[wasm.SectionID]func(*Reader, *wasm.Cursor){
	wasm.TypeSection: func(m *Reader, c *wasm.Cursor) {
		for range c.Times(c.Uint32()) {
			m.AddGroup(c.RecGroup(), c.Offset())
		}
	},
	wasm.ImportSection: func(m *Reader, c *wasm.Cursor) {
		for range c.Times(c.Uint32()) {
			at := c.Offset()
			i := c.Import()
			e := m.Entity(i.Type, at)
			m.Module.Imports = append(m.Module.Imports, Import{i.Module, i.Name, e})
			m.define(e)
		}
	},
	wasm.FunctionSection: func(m *Reader, c *wasm.Cursor) {
		m.bodies = c.Uint32()
		for range m.bodies {
			at := c.Offset()
			m.define(m.Entity(wasm.Extern{Kind: wasm.FuncKind, Func: c.Uint32()}, at))
		}
	},
	wasm.TableSection: func(m *Reader, c *wasm.Cursor) {
		for range c.Times(c.Uint32()) {
			init := c.TableInit()
			m.tables = append(m.tables, m.table(c.Table(), c.Offset()))
			if init {
				c.ConstExpr(nil)
			}
		}
	},
	wasm.MemorySection: func(m *Reader, c *wasm.Cursor) {
		for range c.Times(c.Uint32()) {
			at := c.Offset()
			m.memories = append(m.memories, checkLimits(c.Limits(), at))
		}
	},
	wasm.TagSection: func(m *Reader, c *wasm.Cursor) {
		for range c.Times(c.Uint32()) {
			at := c.Offset()
			m.define(m.Entity(wasm.Extern{Kind: wasm.TagKind, Func: c.Tag()}, at))
		}
	},
	wasm.GlobalSection: func(m *Reader, c *wasm.Cursor) {
		for range c.Times(c.Uint32()) {
			at := c.Offset()
			g := c.Global()
			g.Type = m.val(g.Type, at)
			m.globals = append(m.globals, g)
			c.ConstExpr(nil)
		}
	},
	wasm.CodeSection: func(m *Reader, c *wasm.Cursor) {
		at := c.Offset()
		n := c.Uint32()
		if n != m.bodies {
			Invalid(at, "a core module has %d functions and %d bodies", m.bodies, n)
		}
		m.bodies = 0
		for range n {
			c.Bytes(c.Uint32())
		}
	},
	wasm.ExportSection: func(m *Reader, c *wasm.Cursor) {
		for range c.Times(c.Uint32()) {
			at := c.Offset()
			m.export(c.Export(), at)
		}
	},
}

// AddGroup adds a group of types to the index space of types.
func (m *Reader) AddGroup(g *wasm.RecGroup, at int) {
	ids, wrong := m.Types.Group(g, m.Space)
	if wrong != "" {
		Invalid(at, "%s", wrong)
	}
	m.Space = append(m.Space, ids...)
}

// val replaces the index of a reference by its id.
func (m *Reader) val(t wasm.ValType, at int) wasm.ValType {
	if (t.Code == wasm.CodeRef || t.Code == wasm.CodeRefNull) && t.Heap >= 0 {
		t.Heap = int64(Lookup(m.Space, uint32(t.Heap), "core type", at))
	}
	return t
}

func (m *Reader) table(t wasm.Table, at int) wasm.Table {
	t.Elem = m.val(t.Elem, at)
	switch l := t.Limits; {
	case l.HasMax && l.Min > l.Max:
		Invalid(at, "the minimum of a table, %d, is above its maximum, %d", l.Min, l.Max)
	case l.Shared:
		Invalid(at, "a table is shared, and its elements are not")
	case l.HasPage:
		Invalid(at, "a table has the size of a page, which only memories have")
	}
	return t
}

// checkLimits checks a memory's limits.
func checkLimits(l wasm.Limits, at int) wasm.Limits {
	if l.HasMax && l.Min > l.Max {
		Invalid(at, "the minimum of a memory, %d, is above its maximum, %d", l.Min, l.Max)
	}
	if l.PageLog2 != 0 && l.PageLog2 != 16 {
		Invalid(at, "the page of a memory is 2^%d bytes, and may be 1 or 65536", l.PageLog2)
	}
	pages := uint64(1) << (32 - l.PageLog2)
	if !l.Addr64 && (l.Min > pages || l.HasMax && l.Max > pages) {
		Invalid(at, "the limits of a memory exceed %d pages", pages)
	}
	if most := uint64(math.MaxUint64) >> l.PageLog2; l.Addr64 && (l.Min-1 > most && l.Min != 0 || l.HasMax && l.Max != 0 && l.Max-1 > most) {
		Invalid(at, "the limits of a memory exceed 2^%d pages", 64-l.PageLog2)
	}
	if l.Shared && !l.HasMax {
		Invalid(at, "a shared memory must have a maximum")
	}
	return l
}

// Entity resolves the types that an import or export names.
func (m *Reader) Entity(t wasm.Extern, at int) Entity {
	e := Entity{Sort: SortOf(t.Kind), Table: t.Table, Memory: t.Memory, Global: t.Global}
	switch t.Kind {
	case wasm.FuncKind, wasm.TagKind:
		e.Type = Lookup(m.Space, t.Func, "core type", at)
		if _, ok := m.Types.isFunc(e.Type); !ok {
			Invalid(at, "core type %d is not that of a function", t.Func)
		}
	case wasm.TableKind:
		e.Table = m.table(t.Table, at)
	case wasm.MemoryKind:
		checkLimits(t.Memory, at)
	case wasm.GlobalKind:
		e.Global.Type = m.val(t.Global.Type, at)
	default:
		panic(fmt.Sprintf("core: unhandled kind %d", t.Kind))
	}
	return e
}

// define adds to the index spaces.
func (m *Reader) define(e Entity) {
	switch e.Sort {
	case binary.SortCoreFunc:
		m.funcs = append(m.funcs, e.Type)
	case binary.SortCoreTag:
		m.tags = append(m.tags, e.Type)
	case binary.SortCoreTable:
		m.tables = append(m.tables, e.Table)
	case binary.SortCoreMemory:
		m.memories = append(m.memories, e.Memory)
	case binary.SortCoreGlobal:
		m.globals = append(m.globals, e.Global)
	default:
		panic(fmt.Sprintf("core: unhandled sort %s", e.Sort))
	}
}

func (m *Reader) export(x wasm.Export, at int) {
	e := Entity{Sort: SortOf(x.Kind)}
	switch x.Kind {
	case wasm.FuncKind:
		e.Type = Lookup(m.funcs, x.Index, "core function", at)
	case wasm.TagKind:
		e.Type = Lookup(m.tags, x.Index, "core tag", at)
	case wasm.TableKind:
		e.Table = Lookup(m.tables, x.Index, "core table", at)
	case wasm.MemoryKind:
		e.Memory = Lookup(m.memories, x.Index, "core memory", at)
	case wasm.GlobalKind:
		e.Global = Lookup(m.globals, x.Index, "core global", at)
	default:
		panic(fmt.Sprintf("core: unhandled kind %d", x.Kind))
	}
	m.Module.Export(x.Name, e, at)
}

// Export adds an export, whose name must be new.
func (t *Module) Export(name string, e Entity, at int) {
	if _, twice := t.Exports[name]; twice {
		Invalid(at, "a core module exports %q twice", name)
	}
	t.Exports[name] = e
	t.Names = append(t.Names, name)
}
