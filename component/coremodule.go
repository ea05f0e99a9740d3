package component

import (
	"fmt"
	"math"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/fault"
	"github.com/witgen/witgen/internal/wasm"
)

// coreSort returns the sort of a kind of core imports and exports.
func coreSort(k wasm.Kind) binary.Sort { return binary.SortCoreFunc + binary.Sort(k) }

// coreEntity is the type of a core definition.
type coreEntity struct {
	sort   binary.Sort
	typ    coreTypeID // of a function or tag
	table  wasm.Table
	memory wasm.Limits
	global wasm.Global
}

// moduleType is the type of a core module.
type moduleType struct {
	imports []moduleImport
	exports map[string]coreEntity
	names   []string // of the exports, in order
}

type moduleImport struct {
	module, name string
	entity       coreEntity
}

// moduleReader reads what the type of a core module depends on.
type moduleReader struct {
	types *coreTypes
	space []coreTypeID
	// The index spaces.
	funcs, tags []coreTypeID
	tables      []wasm.Table
	memories    []wasm.Limits
	globals     []wasm.Global
	typ         *moduleType
	// bodies is how many functions await a body.
	bodies uint32
}

// readModule returns the type of a core module that stands at offset base of its
// file. It checks the sections that the type depends on and no function bodies.
func readModule(types *coreTypes, module []byte, base int) *moduleType {
	m := &moduleReader{types: types, typ: &moduleType{exports: map[string]coreEntity{}}}
	last := 0
	for s := range fault.NewCursor(module, base).Sections() {
		if s.ID == wasm.CustomSection {
			s.Custom()
			continue
		}
		if s.ID.Rank() <= last {
			fault.Malformed(s.Offset, "section %d of a core module is repeated or out of order", s.ID)
		}
		last = s.ID.Rank()
		if read := moduleSections[s.ID]; read != nil {
			read(m, s.Content)
			s.Content.End("a section of a core module")
		}
	}
	if m.bodies != 0 {
		fault.Invalid(base+len(module), "a core module has %d functions without a body", m.bodies)
	}
	return m.typ
}

var moduleSections = map[wasm.SectionID]func(*moduleReader, *wasm.Cursor){
	wasm.TypeSection: func(m *moduleReader, c *wasm.Cursor) {
		for range c.Uint32() {
			m.addGroup(c.RecGroup(), c.Offset())
		}
	},
	wasm.ImportSection: func(m *moduleReader, c *wasm.Cursor) {
		for range c.Uint32() {
			at := c.Offset()
			i := c.Import()
			e := m.entity(i.Type, at)
			m.typ.imports = append(m.typ.imports, moduleImport{i.Module, i.Name, e})
			m.define(e)
		}
	},
	wasm.FunctionSection: func(m *moduleReader, c *wasm.Cursor) {
		m.bodies = c.Uint32()
		for range m.bodies {
			at := c.Offset()
			m.define(m.entity(wasm.Extern{Kind: wasm.FuncKind, Func: c.Uint32()}, at))
		}
	},
	wasm.TableSection: func(m *moduleReader, c *wasm.Cursor) {
		for range c.Uint32() {
			init := c.Peek() == 0x40
			if init {
				c.Byte()
				c.Expect(0x00, "a zero byte")
			}
			m.tables = append(m.tables, m.table(c.Table(), c.Offset()))
			if init {
				c.ConstExpr(nil)
			}
		}
	},
	wasm.MemorySection: func(m *moduleReader, c *wasm.Cursor) {
		for range c.Uint32() {
			at := c.Offset()
			m.memories = append(m.memories, checkLimits(c.Limits(), at))
		}
	},
	wasm.TagSection: func(m *moduleReader, c *wasm.Cursor) {
		for range c.Uint32() {
			at := c.Offset()
			m.define(m.entity(wasm.Extern{Kind: wasm.TagKind, Func: c.Tag()}, at))
		}
	},
	wasm.GlobalSection: func(m *moduleReader, c *wasm.Cursor) {
		for range c.Uint32() {
			at := c.Offset()
			g := c.Global()
			g.Type = m.val(g.Type, at)
			m.globals = append(m.globals, g)
			c.ConstExpr(nil)
		}
	},
	wasm.CodeSection: func(m *moduleReader, c *wasm.Cursor) {
		at := c.Offset()
		n := c.Uint32()
		if n != m.bodies {
			fault.Invalid(at, "a core module has %d functions and %d bodies", m.bodies, n)
		}
		m.bodies = 0
		for range n {
			c.Bytes(c.Uint32())
		}
	},
	wasm.ExportSection: func(m *moduleReader, c *wasm.Cursor) {
		for range c.Uint32() {
			at := c.Offset()
			m.export(c.Export(), at)
		}
	},
}

func (m *moduleReader) addGroup(g *wasm.RecGroup, at int) {
	ids, bad := m.types.group(g, m.space)
	if bad >= 0 {
		fault.Invalid(at, "type %d is out of range: there are %d", bad, len(m.space))
	}
	m.space = append(m.space, ids...)
}

// val replaces the index of a reference by its id.
func (m *moduleReader) val(t wasm.ValType, at int) wasm.ValType {
	if (t.Code == wasm.CodeRef || t.Code == wasm.CodeRefNull) && t.Heap >= 0 {
		t.Heap = int64(fault.Lookup(m.space, uint32(t.Heap), "core type", at))
	}
	return t
}

func (m *moduleReader) table(t wasm.Table, at int) wasm.Table {
	t.Elem = m.val(t.Elem, at)
	switch l := t.Limits; {
	case l.HasMax && l.Min > l.Max:
		fault.Invalid(at, "the minimum of a table, %d, is above its maximum, %d", l.Min, l.Max)
	case l.Shared:
		fault.Invalid(at, "a table is shared, and its elements are not")
	case l.HasPage:
		fault.Invalid(at, "a table has the size of a page, which only memories have")
	}
	return t
}

// checkLimits checks a memory's limits.
func checkLimits(l wasm.Limits, at int) wasm.Limits {
	if l.HasMax && l.Min > l.Max {
		fault.Invalid(at, "the minimum of a memory, %d, is above its maximum, %d", l.Min, l.Max)
	}
	if l.PageLog2 != 0 && l.PageLog2 != 16 {
		fault.Invalid(at, "the page of a memory is 2^%d bytes, and may be 1 or 65536", l.PageLog2)
	}
	pages := uint64(1) << (32 - l.PageLog2)
	if !l.Addr64 && (l.Min > pages || l.HasMax && l.Max > pages) {
		fault.Invalid(at, "the limits of a memory exceed %d pages", pages)
	}
	if most := uint64(math.MaxUint64) >> l.PageLog2; l.Addr64 && (l.Min-1 > most && l.Min != 0 || l.HasMax && l.Max != 0 && l.Max-1 > most) {
		fault.Invalid(at, "the limits of a memory exceed 2^%d pages", 64-l.PageLog2)
	}
	if l.Shared && !l.HasMax {
		fault.Invalid(at, "a shared memory must have a maximum")
	}
	return l
}

// entity resolves the types that an import or export names.
func (m *moduleReader) entity(t wasm.Extern, at int) coreEntity {
	e := coreEntity{sort: coreSort(t.Kind), table: t.Table, memory: t.Memory, global: t.Global}
	switch t.Kind {
	case wasm.FuncKind, wasm.TagKind:
		e.typ = fault.Lookup(m.space, t.Func, "core type", at)
		if _, ok := m.types.isFunc(e.typ); !ok {
			fault.Invalid(at, "core type %d is not that of a function", t.Func)
		}
	case wasm.TableKind:
		e.table = m.table(t.Table, at)
	case wasm.MemoryKind:
		checkLimits(t.Memory, at)
	case wasm.GlobalKind:
		e.global.Type = m.val(t.Global.Type, at)
	default:
		panic(fmt.Sprintf("component: unhandled kind %d", t.Kind))
	}
	return e
}

// define adds to the index spaces.
func (m *moduleReader) define(e coreEntity) {
	switch e.sort {
	case binary.SortCoreFunc:
		m.funcs = append(m.funcs, e.typ)
	case binary.SortCoreTag:
		m.tags = append(m.tags, e.typ)
	case binary.SortCoreTable:
		m.tables = append(m.tables, e.table)
	case binary.SortCoreMemory:
		m.memories = append(m.memories, e.memory)
	case binary.SortCoreGlobal:
		m.globals = append(m.globals, e.global)
	default:
		panic(fmt.Sprintf("component: unhandled sort %s", e.sort))
	}
}

func (m *moduleReader) export(x wasm.Export, at int) {
	e := coreEntity{sort: coreSort(x.Kind)}
	switch x.Kind {
	case wasm.FuncKind:
		e.typ = fault.Lookup(m.funcs, x.Index, "core function", at)
	case wasm.TagKind:
		e.typ = fault.Lookup(m.tags, x.Index, "core tag", at)
	case wasm.TableKind:
		e.table = fault.Lookup(m.tables, x.Index, "core table", at)
	case wasm.MemoryKind:
		e.memory = fault.Lookup(m.memories, x.Index, "core memory", at)
	case wasm.GlobalKind:
		e.global = fault.Lookup(m.globals, x.Index, "core global", at)
	default:
		panic(fmt.Sprintf("component: unhandled kind %d", x.Kind))
	}
	m.typ.export(x.Name, e, at)
}

func (t *moduleType) export(name string, e coreEntity, at int) {
	if _, twice := t.exports[name]; twice {
		fault.Invalid(at, "a core module exports %q twice", name)
	}
	t.exports[name] = e
	t.names = append(t.names, name)
}
