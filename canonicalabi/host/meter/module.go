package meter

import (
	"strings"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/frame"
	core "github.com/witgen/witgen/internal/wasm"
)

// A section is a part of the module; its content is in[body:end].
type section struct {
	id        core.SectionID
	body, end int
	name      string // of a custom section
	rest      int    // where a custom section's data starts, after its name
}

// A funcType is what the rewriter needs to know of a type.
type funcType struct {
	frame.Type
	params  int
	results []byte // encoded, one after the other
	arity   int    // the number of results
}

// limits are those of a table or memory, with the place where they stand.
type limits struct {
	core.Limits
	from, end int
}

// A module is a module that has been read, without its code.
type module struct {
	in       []byte
	cfg      *Config
	look     *core.Look
	sections []section
	code     *section
	names    *section

	types       []funcType
	inTypes     bool     // the type section is being read
	typeEntries uint32   // the length of the type section's vector: a recursion group is one entry
	funcs       []uint32 // type of each function, imported ones first
	imported    struct{ funcs, tables, memories, globals uint32 }
	tables      [][]byte // the reference type of each table, encoded
	tableLimits []limits // of the tables defined here
	// elementsAtStart is how many elements these start with.
	elementsAtStart uint64
	memories        uint32
	memLimits       []limits // of the memories defined here
	globals         uint32
	elements        uint32   // element segments
	datas           uint32   // data segments
	elementSizes    []uint32 // of element segments, in elements
	dataSizes       []uint32 // of data segments, in bytes
	leaves          []uint16 // by function defined here: what a leaf takes, and 0 for others
	frames          frame.Module
	start           int  // function index or -1
	hasCount        bool // there is a data count section

	// refs are where globals are named outside of code that have other indices in the module that is
	// written.
	refs []globalRef

	// The largest indices in constant expressions, which may stand before the section that they refer to.
	constGlobal, constFunc constIndex
	typeIndex              constIndex // in the type section
}

// A globalRef is where the index of a global stands.
type globalRef struct {
	pos, end int
	index    uint32
}

// refer notes where a global is named outside of code.
func (m *module) refer(c *core.Cursor, at int, index uint32) {
	if c.Err() == nil && m.moved(index) != index {
		m.refs = append(m.refs, globalRef{at, c.Offset(), m.moved(index)})
	}
}

// moved returns the index that a global has in the module that is written: globals that are imported for
// the meter stand between those that the module imports and those that it defines.
func (m *module) moved(index uint32) uint32 {
	if m.cfg.Shared != "" && index >= m.imported.globals {
		return index + globalCount
	}
	return index
}

type constIndex struct {
	max    uint32
	offset int
	used   bool
}

func (i *constIndex) use(index uint32, offset int) {
	if !i.used || index > i.max {
		*i = constIndex{index, offset, true}
	}
}

func (i *constIndex) check(c *core.Cursor, n uint32, rule string) {
	if i.used && i.max >= n {
		fail(c, i.offset, ErrMalformed, rule)
	}
}

// readModule reads all sections but the code and checks what must hold before wazero sees the module:
// every count fits its section, and every index is one of the module's own, so that nothing in it can
// mean what the rewriter adds.
func readModule(in []byte, cfg *Config) (*module, *Error) {
	m := &module{in: in, cfg: cfg, start: -1, look: core.NewLook(cfg.stopped)}
	if l := cfg.Limits.ModuleBytes; l != 0 && uint64(len(in)) > l {
		return nil, &Error{Kind: ErrLimit, Rule: "ModuleBytes", Got: uint64(len(in)), Limit: l, Func: -1}
	}
	c := m.cursor(in, 0)
	rank := 0
	for part := range c.Sections() {
		if part.ID != core.CustomSection {
			if part.ID.Rank() <= rank {
				fail(c, part.Offset, ErrMalformed, "section out of order")
				break
			}
			rank = part.ID.Rank()
		}
		s := section{id: part.ID, body: part.Offset, end: part.End}
		limit(part.Content, "Sections", uint64(len(m.sections))+1, cfg.Limits.Sections)
		m.readSection(part.Content, &s)
		part.Content.End("a section")
		if err := errorOf(part.Content, -1); err != nil {
			return nil, err
		}
		m.sections = append(m.sections, s)
	}
	if core.KindOf(c.Err()) == core.TooFewBytes {
		return nil, &Error{Kind: ErrMalformed, Rule: "section longer than the module", Func: -1, Offset: errorOf(c, -1).Offset}
	}
	if err := errorOf(c, -1); err != nil {
		return nil, err
	}
	for i := range m.sections {
		switch s := &m.sections[i]; {
		case s.id == core.CodeSection:
			m.code = s
		case s.id == core.CustomSection && s.name == "name":
			m.names = s
		}
	}
	if m.code == nil && len(m.funcs) > int(m.imported.funcs) {
		fail(c, len(in), ErrMalformed, "functions without code")
	}
	m.constGlobal.check(c, m.globals, "global index out of range")
	m.constFunc.check(c, uint32(len(m.funcs)), "function index out of range")
	if err := errorOf(c, -1); err != nil {
		return nil, err
	}
	return m, nil
}

// cursor returns a cursor over a part of the module, or of what is written, which fails once
// Config.Done is closed.
func (m *module) cursor(b []byte, base int) *core.Cursor {
	c := core.NewCursor(b, base)
	c.SetLook(m.look)
	return c
}

func (m *module) readSection(c *core.Cursor, s *section) {
	l := &m.cfg.Limits
	switch s.id {
	case core.CustomSection:
		s.name = c.Name()
		s.rest = c.Offset()
		c.Rest()
	case core.TypeSection:
		m.readTypes(c)
	case core.ImportSection:
		n := c.Count()
		limit(c, "Imports", uint64(n), l.Imports)
		for range c.Times(n) {
			m.readImport(c)
		}
	case core.FunctionSection:
		n := c.Count()
		limit(c, "Functions", uint64(n), l.Functions)
		for range c.Times(n) {
			m.funcs = append(m.funcs, index(c, uint32(len(m.types)), "type index out of range"))
		}
	case core.TableSection:
		for range c.Items() {
			m.readTable(c)
		}
	case core.MemorySection:
		for range c.Items() {
			m.memLimits = append(m.memLimits, m.readMemory(c))
		}
	case core.TagSection:
		fail(c, c.Offset(), ErrUnsupported, "exceptions")
	case core.GlobalSection:
		n := c.Count()
		limit(c, "Globals", uint64(n), l.Globals)
		for range c.Times(n) {
			m.global(c)
			m.constExpr(c)
		}
		m.globals += n
	case core.ExportSection:
		m.readExports(c)
	case core.StartSection:
		m.start = int(index(c, uint32(len(m.funcs)), "function index out of range"))
	case core.ElementSection:
		m.readElements(c)
	case core.DataCountSection:
		c.Uint32()
		m.hasCount = true
	case core.CodeSection:
		c.Rest() // read by the scanner
	case core.DataSection:
		n := c.Count()
		limit(c, "Segments", uint64(n), l.Segments)
		for range c.Times(n) {
			m.readData(c)
		}
		m.datas = n
	}
}

func (m *module) readImport(c *core.Cursor) {
	at := c.Offset()
	if name := c.Name(); name == m.cfg.Shared && name != "" {
		fail(c, at, ErrUnsupported, "import from the module of the meter's globals")
	}
	at = c.Offset()
	if name := c.Name(); Reserved(name) {
		fail(c, at, ErrUnsupported, "reserved import name")
	}
	at = c.Offset()
	switch core.Kind(c.Byte()) {
	case core.FuncKind:
		m.funcs = append(m.funcs, index(c, uint32(len(m.types)), "type index out of range"))
		m.imported.funcs++
	case core.TableKind:
		m.tableType(c)
		m.imported.tables++
	case core.MemoryKind:
		m.readMemory(c)
		m.imported.memories++
	case core.GlobalKind:
		m.global(c)
		m.globals++
		m.imported.globals++
	case core.TagKind:
		fail(c, c.Offset(), ErrUnsupported, "exceptions")
	default:
		fail(c, at, ErrMalformed, "unknown kind of import")
	}
}

// global reads the type of a global.
func (m *module) global(c *core.Cursor) {
	at := c.Offset()
	m.checkType(c, c.Global().Type, at)
}

func (m *module) readTable(c *core.Cursor) {
	init := c.TableInit()
	lim := m.tableType(c)
	m.tableLimits = append(m.tableLimits, lim)
	m.elementsAtStart += lim.Min
	limit(c, "TableElements", m.elementsAtStart, m.cfg.Limits.TableElements)
	if init {
		m.constExpr(c)
	}
}

func (m *module) tableType(c *core.Cursor) limits {
	at := c.Offset()
	m.checkRef(c, c.ValType(), at)
	m.tables = append(m.tables, c.Since(at))
	limit(c, "Tables", uint64(len(m.tables)), m.cfg.Limits.Tables)
	lim := m.readLimits(c)
	limit(c, "TableElements", lim.Min, m.cfg.Limits.TableElements)
	return lim
}

func (m *module) readMemory(c *core.Cursor) limits {
	m.memories++
	lim := m.readLimits(c)
	if lim.Shared && !lim.HasMax {
		fail(c, c.Offset(), ErrMalformed, "shared memory without a maximum")
	}
	limit(c, "MemoryPages", lim.Min, m.cfg.Limits.MemoryPages)
	return lim
}

func (m *module) readLimits(c *core.Cursor) limits {
	l := limits{from: c.Offset()}
	const maxAndShared = 3 // the bits of limits that are supported
	if c.Peek() > maxAndShared {
		fail(c, l.from, ErrUnsupported, "limits other than 32-bit ones")
	}
	l.Limits = c.Limits()
	l.end = c.Offset()
	return l
}

func (m *module) readExports(c *core.Cursor) {
	n := c.Count()
	limit(c, "Exports", uint64(n), m.cfg.Limits.Exports)
	for range c.Times(n) {
		at := c.Offset()
		if name := c.Name(); Reserved(name) {
			fail(c, at, ErrUnsupported, "reserved export name")
		}
		at = c.Offset()
		switch core.Kind(c.Byte()) {
		case core.FuncKind:
			index(c, uint32(len(m.funcs)), "function index out of range")
		case core.TableKind:
			index(c, uint32(len(m.tables)), "table index out of range")
		case core.MemoryKind:
			index(c, m.memories, "memory index out of range")
		case core.GlobalKind:
			at := c.Offset()
			m.refer(c, at, index(c, m.globals, "global index out of range"))
		default:
			fail(c, at, ErrMalformed, "unknown kind of export")
		}
	}
}

// Reserved reports whether [Rewrite] exports what it adds under names such as this one. A module
// that imports or exports such a name is refused. Whoever passes the exports of one module to another
// under names of its own (a component's aliases) must refuse to pass these.
func Reserved(name string) bool { return strings.HasPrefix(name, prefix) }
