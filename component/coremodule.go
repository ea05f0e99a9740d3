package component

import (
	"math"
	"slices"
)

// coreEntity is the type of a core definition.
type coreEntity struct {
	sort   Sort
	typ    coreTypeID // of a function or tag
	table  CoreTable
	memory CoreLimits
	global CoreGlobal
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

// coreSection is a section of a core module.
type coreSection struct {
	id   byte
	data []byte
	at   int // offset of data in the file
}

// The sections of a core module that are read here.
const (
	coreCustomID   = 0
	coreTypeID_    = 1
	coreImportID   = 2
	coreFuncID     = 3
	coreTableID    = 4
	coreMemoryID   = 5
	coreGlobalID   = 6
	coreExportID   = 7
	coreCodeID     = 10
	coreTagID      = 13
	maxCoreSection = 13
)

// coreSections splits a core module. base is its offset in the file.
func coreSections(wasm []byte, base int) []coreSection {
	r := &reader{data: wasm, base: base}
	if FormOf(wasm) != CoreForm {
		r.fail("the module does not start with 00 61 73 6d 01 00 00 00")
	}
	r.at = len(coreHead)
	var list []coreSection
	for !r.done() {
		id := r.oneOf(maxCoreSection, "section of a core module")
		n := r.u32()
		at := r.offset()
		list = append(list, coreSection{id, r.bytes(n), at})
	}
	return list
}

// coreOrder is the order in which sections must stand.
var coreOrder = []byte{coreTypeID_, coreImportID, coreFuncID, coreTableID, coreMemoryID, coreTagID, coreGlobalID, coreExportID, 8, 9, 12, coreCodeID, 11}

// moduleReader reads what the type of a core module depends on.
type moduleReader struct {
	types *coreTypes
	space []coreTypeID
	// The index spaces.
	funcs, tags []coreTypeID
	tables      []CoreTable
	memories    []CoreLimits
	globals     []CoreGlobal
	typ         *moduleType
	// bodies is how many functions await a body.
	bodies uint32
}

// readModule returns the type of a core module. It checks the sections that the
// type depends on and no function bodies.
func readModule(types *coreTypes, wasm []byte, base int) *moduleType {
	m := &moduleReader{types: types, typ: &moduleType{exports: map[string]coreEntity{}}}
	last := -1
	for _, s := range coreSections(wasm, base) {
		d := &decoder{reader: &reader{data: s.data, base: s.at}}
		if s.id == coreCustomID {
			d.name()
			continue
		}
		order := slices.Index(coreOrder, s.id)
		if order <= last {
			failAt(s.at, "section %d of a core module is repeated or out of order", s.id)
		}
		last = order
		if read := moduleSections[s.id]; read != nil {
			read(m, d)
			d.end("a section of a core module")
		}
	}
	if m.bodies != 0 {
		invalidAt(base+len(wasm), "a core module has %d functions without a body", m.bodies)
	}
	return m.typ
}

var moduleSections = map[byte]func(*moduleReader, *decoder){
	coreTypeID_: func(m *moduleReader, d *decoder) {
		for range d.u32() {
			m.addGroup(d.recGroup(), d.offset())
		}
	},
	coreImportID: func(m *moduleReader, d *decoder) {
		for range d.u32() {
			at := d.offset()
			i := d.coreImport()
			e := m.entity(i.Type, at)
			m.typ.imports = append(m.typ.imports, moduleImport{i.Module, i.Name, e})
			m.define(e)
		}
	},
	coreFuncID: func(m *moduleReader, d *decoder) {
		m.bodies = d.u32()
		for range m.bodies {
			at := d.offset()
			m.define(m.entity(CoreExtern{Sort: SortCoreFunc, Func: d.u32()}, at))
		}
	},
	coreTableID: func(m *moduleReader, d *decoder) {
		for range d.u32() {
			init := d.peek() == 0x40
			if init {
				d.byte()
				d.expect(0x00, "a zero byte")
			}
			m.tables = append(m.tables, m.table(d.coreTable(), d.offset()))
			if init {
				d.skipExpr()
			}
		}
	},
	coreMemoryID: func(m *moduleReader, d *decoder) {
		for range d.u32() {
			at := d.offset()
			m.memories = append(m.memories, checkLimits(d.coreLimits(), at))
		}
	},
	coreTagID: func(m *moduleReader, d *decoder) {
		for range d.u32() {
			at := d.offset()
			d.expect(0x00, "the attribute of a tag")
			m.define(m.entity(CoreExtern{Sort: SortCoreTag, Func: d.u32()}, at))
		}
	},
	coreGlobalID: func(m *moduleReader, d *decoder) {
		for range d.u32() {
			at := d.offset()
			g := d.coreGlobal()
			g.Type = m.val(g.Type, at)
			m.globals = append(m.globals, g)
			d.skipExpr()
		}
	},
	coreCodeID: func(m *moduleReader, d *decoder) {
		at := d.offset()
		n := d.u32()
		if n != m.bodies {
			invalidAt(at, "a core module has %d functions and %d bodies", m.bodies, n)
		}
		m.bodies = 0
		for range n {
			d.bytes(d.u32())
		}
	},
	coreExportID: func(m *moduleReader, d *decoder) {
		for range d.u32() {
			at := d.offset()
			name := d.name()
			sort := Sort(d.oneOf(4, "kind of export"))
			m.export(name, sort, d.u32(), at)
		}
	},
}

func (m *moduleReader) addGroup(g *RecGroup, at int) {
	ids, bad := m.types.group(g, m.space)
	if bad >= 0 {
		invalidAt(at, "type %d is out of range: there are %d", bad, len(m.space))
	}
	m.space = append(m.space, ids...)
}

// val replaces the index of a reference by its id.
func (m *moduleReader) val(t CoreValType, at int) CoreValType {
	if (t.Code == CoreRef || t.Code == CoreRefNull) && t.Heap >= 0 {
		t.Heap = int64(lookup(m.space, uint32(t.Heap), "core type", at))
	}
	return t
}

func (m *moduleReader) table(t CoreTable, at int) CoreTable {
	t.Elem = m.val(t.Elem, at)
	switch l := t.Limits; {
	case l.HasMax && l.Min > l.Max:
		invalidAt(at, "the minimum of a table, %d, is above its maximum, %d", l.Min, l.Max)
	case l.Shared:
		invalidAt(at, "a table is shared, and its elements are not")
	case l.HasPage:
		invalidAt(at, "a table has the size of a page, which only memories have")
	}
	return t
}

// checkLimits checks a memory's limits.
func checkLimits(l CoreLimits, at int) CoreLimits {
	if l.HasMax && l.Min > l.Max {
		invalidAt(at, "the minimum of a memory, %d, is above its maximum, %d", l.Min, l.Max)
	}
	if l.PageLog2 != 0 && l.PageLog2 != 16 {
		invalidAt(at, "the page of a memory is 2^%d bytes, and may be 1 or 65536", l.PageLog2)
	}
	pages := uint64(1) << (32 - l.PageLog2)
	if !l.Addr64 && (l.Min > pages || l.HasMax && l.Max > pages) {
		invalidAt(at, "the limits of a memory exceed %d pages", pages)
	}
	if most := uint64(math.MaxUint64) >> l.PageLog2; l.Addr64 && (l.Min-1 > most && l.Min != 0 || l.HasMax && l.Max != 0 && l.Max-1 > most) {
		invalidAt(at, "the limits of a memory exceed 2^%d pages", 64-l.PageLog2)
	}
	if l.Shared && !l.HasMax {
		invalidAt(at, "a shared memory must have a maximum")
	}
	return l
}

// entity resolves the types that an import or export names.
func (m *moduleReader) entity(t CoreExtern, at int) coreEntity {
	e := coreEntity{sort: t.Sort, table: t.Table, memory: t.Memory, global: t.Global}
	switch t.Sort {
	case SortCoreFunc, SortCoreTag:
		e.typ = lookup(m.space, t.Func, "core type", at)
		if _, ok := m.types.isFunc(e.typ); !ok {
			invalidAt(at, "core type %d is not that of a function", t.Func)
		}
	case SortCoreTable:
		e.table = m.table(t.Table, at)
	case SortCoreMemory:
		checkLimits(t.Memory, at)
	case SortCoreGlobal:
		e.global.Type = m.val(t.Global.Type, at)
	}
	return e
}

// define adds to the index spaces.
func (m *moduleReader) define(e coreEntity) {
	switch e.sort {
	case SortCoreFunc:
		m.funcs = append(m.funcs, e.typ)
	case SortCoreTag:
		m.tags = append(m.tags, e.typ)
	case SortCoreTable:
		m.tables = append(m.tables, e.table)
	case SortCoreMemory:
		m.memories = append(m.memories, e.memory)
	case SortCoreGlobal:
		m.globals = append(m.globals, e.global)
	}
}

func (m *moduleReader) export(name string, sort Sort, index uint32, at int) {
	e := coreEntity{sort: sort}
	switch sort {
	case SortCoreFunc:
		e.typ = lookup(m.funcs, index, "core function", at)
	case SortCoreTag:
		e.typ = lookup(m.tags, index, "core tag", at)
	case SortCoreTable:
		e.table = lookup(m.tables, index, "core table", at)
	case SortCoreMemory:
		e.memory = lookup(m.memories, index, "core memory", at)
	case SortCoreGlobal:
		e.global = lookup(m.globals, index, "core global", at)
	}
	m.typ.export(name, e, at)
}

func (t *moduleType) export(name string, e coreEntity, at int) {
	if _, twice := t.exports[name]; twice {
		invalidAt(at, "a core module exports %q twice", name)
	}
	t.exports[name] = e
	t.names = append(t.names, name)
}

// skipExpr skips a constant expression.
func (d *decoder) skipExpr() {
	for {
		switch op := d.byte(); op {
		case 0x0b: // end
			return
		case 0x41, 0x42: // i32.const, i64.const
			d.skipLEB()
		case 0x43: // f32.const
			d.bytes(4)
		case 0x44: // f64.const
			d.bytes(8)
		case 0x23, 0xd2: // global.get, ref.func
			d.u32()
		case 0xd0: // ref.null
			d.s33()
		case 0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e: // extended constants
		case 0xfb: // struct.new, array.new and the like
			d.skipGC()
		case 0xfd: // v128.const
			d.expect(0x0c, "v128.const")
			d.bytes(16)
		default:
			d.at--
			d.fail("0x%02x is no constant instruction", op)
		}
	}
}

func (d *decoder) skipLEB() {
	for d.byte() >= 0x80 {
	}
}

// skipGC skips a constant instruction that makes an aggregate.
func (d *decoder) skipGC() {
	switch op := d.u32(); op {
	case 0, 1, 6, 7: // struct.new, struct.new_default, array.new, array.new_default
		d.u32()
	case 8: // array.new_fixed
		d.u32()
		d.u32()
	case 26, 27, 28: // any.convert_extern, extern.convert_any, ref.i31
	default:
		d.fail("0xfb %d is no constant instruction", op)
	}
}
