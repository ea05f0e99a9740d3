package meter

import (
	"bytes"
	"strings"

	"github.com/witgen/witgen/canonicalabi/host/meter/internal/frame"
)

// The ids of the sections, section 5.5.2 of the core specification.
const (
	sectionCustom    = 0
	sectionType      = 1
	sectionImport    = 2
	sectionFunction  = 3
	sectionTable     = 4
	sectionMemory    = 5
	sectionGlobal    = 6
	sectionExport    = 7
	sectionStart     = 8
	sectionElement   = 9
	sectionCode      = 10
	sectionData      = 11
	sectionDataCount = 12
	sectionTag       = 13
)

// sectionRank orders the sections in a module; custom sections may stand anywhere.
var sectionRank = [...]int{
	sectionType: 1, sectionImport: 2, sectionFunction: 3, sectionTable: 4, sectionMemory: 5, sectionTag: 6, sectionGlobal: 7,
	sectionExport: 8, sectionStart: 9, sectionElement: 10, sectionDataCount: 11, sectionCode: 12, sectionData: 13,
}

var magic = []byte("\x00asm\x01\x00\x00\x00")

// A section is a part of the module; its content is in[body:end].
type section struct {
	id        byte
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
	from, end int
	flags     byte
	min, max  uint32
}

func (l limits) hasMax() bool { return l.flags&1 != 0 }

// A module is a module that has been read, without its code.
type module struct {
	in       []byte
	cfg      *Config
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
func (m *module) refer(r *reader, at int, index uint32) {
	if r.err == nil && m.moved(index) != index {
		m.refs = append(m.refs, globalRef{at, r.pos, m.moved(index)})
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

func (c *constIndex) use(i uint32, offset int) {
	if !c.used || i > c.max {
		*c = constIndex{i, offset, true}
	}
}

func (c *constIndex) check(n uint32, rule string) *Error {
	if c.used && c.max >= n {
		return &Error{Kind: ErrMalformed, Rule: rule, Func: -1, Offset: c.offset}
	}
	return nil
}

// readModule reads all sections but the code and checks what must hold before wazero sees the module:
// every count fits its section, and every index is one of the module's own, so that nothing in it can
// mean what the rewriter adds.
func readModule(in []byte, cfg *Config) (*module, *Error) {
	m := &module{in: in, cfg: cfg, start: -1}
	if l := cfg.Limits.ModuleBytes; l != 0 && uint64(len(in)) > l {
		return nil, &Error{Kind: ErrLimit, Rule: "ModuleBytes", Got: uint64(len(in)), Limit: l, Func: -1}
	}
	if !bytes.HasPrefix(in, magic) {
		return nil, &Error{Kind: ErrMalformed, Rule: "not a core module", Func: -1}
	}
	r := &reader{b: in, pos: len(magic)}
	rank := 0
	for r.left() > 0 && r.err == nil {
		s := section{id: r.byte()}
		size := r.u32()
		if uint64(size) > uint64(r.left()) {
			r.fail(ErrMalformed, "section longer than the module")
			break
		}
		s.body, s.end = r.pos, r.pos+int(size)
		if int(s.id) >= len(sectionRank) {
			r.fail(ErrMalformed, "unknown section")
			break
		}
		if s.id != sectionCustom {
			if sectionRank[s.id] <= rank {
				r.fail(ErrMalformed, "section out of order")
				break
			}
			rank = sectionRank[s.id]
		}
		part := &reader{b: in[:s.end], pos: s.body}
		part.limit("Sections", uint64(len(m.sections))+1, cfg.Limits.Sections)
		m.readSection(part, &s)
		if part.err == nil && part.pos != s.end {
			part.fail(ErrMalformed, "section longer than its content")
		}
		if part.err != nil {
			return nil, part.err
		}
		m.sections = append(m.sections, s)
		r.pos = s.end
	}
	if r.err != nil {
		return nil, r.err
	}
	for i := range m.sections {
		switch s := &m.sections[i]; {
		case s.id == sectionCode:
			m.code = s
		case s.id == sectionCustom && s.name == "name":
			m.names = s
		}
	}
	if m.code == nil && len(m.funcs) > int(m.imported.funcs) {
		return nil, &Error{Kind: ErrMalformed, Rule: "functions without code", Func: -1, Offset: len(in)}
	}
	if err := m.constGlobal.check(m.globals, "global index out of range"); err != nil {
		return nil, err
	}
	if err := m.constFunc.check(uint32(len(m.funcs)), "function index out of range"); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *module) readSection(r *reader, s *section) {
	l := &m.cfg.Limits
	switch s.id {
	case sectionCustom:
		s.name = r.name()
		s.rest = r.pos
		r.pos = s.end
	case sectionType:
		m.readTypes(r)
	case sectionImport:
		n := r.count()
		r.limit("Imports", uint64(n), l.Imports)
		for i := uint32(0); i < n && r.err == nil; i++ {
			m.readImport(r)
		}
	case sectionFunction:
		n := r.count()
		r.limit("Functions", uint64(n), l.Functions)
		for i := uint32(0); i < n && r.err == nil; i++ {
			m.funcs = append(m.funcs, r.index(uint32(len(m.types)), "type index out of range"))
		}
	case sectionTable:
		n := r.count()
		for i := uint32(0); i < n && r.err == nil; i++ {
			m.readTable(r)
		}
	case sectionMemory:
		n := r.count()
		for i := uint32(0); i < n && r.err == nil; i++ {
			m.memLimits = append(m.memLimits, m.readMemory(r))
		}
	case sectionTag:
		r.fail(ErrUnsupported, "exceptions")
	case sectionGlobal:
		n := r.count()
		r.limit("Globals", uint64(n), l.Globals)
		for i := uint32(0); i < n && r.err == nil; i++ {
			m.valueType(r)
			r.byte()
			m.constExpr(r)
		}
		m.globals += n
	case sectionExport:
		m.readExports(r)
	case sectionStart:
		m.start = int(r.index(uint32(len(m.funcs)), "function index out of range"))
	case sectionElement:
		m.readElements(r)
	case sectionDataCount:
		r.u32()
		m.hasCount = true
	case sectionCode:
		r.pos = s.end // read by the scanner
	case sectionData:
		n := r.count()
		r.limit("Segments", uint64(n), l.Segments)
		for i := uint32(0); i < n && r.err == nil; i++ {
			m.readData(r)
		}
		m.datas = n
	}
}

func (m *module) readImport(r *reader) {
	at := r.pos
	if name := r.name(); name == m.cfg.Shared && name != "" {
		r.pos = at
		r.fail(ErrUnsupported, "import from the module of the meter's globals")
	}
	at = r.pos
	if name := r.name(); Reserved(name) {
		r.pos = at
		r.fail(ErrUnsupported, "reserved import name")
	}
	switch r.byte() {
	case 0:
		m.funcs = append(m.funcs, r.index(uint32(len(m.types)), "type index out of range"))
		m.imported.funcs++
	case 1:
		m.tableType(r)
		m.imported.tables++
	case 2:
		m.readMemory(r)
		m.imported.memories++
	case 3:
		m.valueType(r)
		r.byte()
		m.globals++
		m.imported.globals++
	case 4:
		r.fail(ErrUnsupported, "exceptions")
	default:
		r.pos--
		r.fail(ErrMalformed, "unknown kind of import")
	}
}

func (m *module) readTable(r *reader) {
	init := r.left() > 0 && r.b[r.pos] == 0x40
	if init {
		r.byte()
		if r.byte() != 0 {
			r.fail(ErrMalformed, "unknown kind of table")
		}
	}
	lim := m.tableType(r)
	m.tableLimits = append(m.tableLimits, lim)
	m.elementsAtStart += uint64(lim.min)
	r.limit("TableElements", m.elementsAtStart, m.cfg.Limits.TableElements)
	if init {
		m.constExpr(r)
	}
}

func (m *module) tableType(r *reader) limits {
	at := r.pos
	m.refType(r)
	m.tables = append(m.tables, r.b[at:r.pos])
	r.limit("Tables", uint64(len(m.tables)), m.cfg.Limits.Tables)
	lim := m.readLimits(r)
	r.limit("TableElements", uint64(lim.min), m.cfg.Limits.TableElements)
	return lim
}

func (m *module) readMemory(r *reader) limits {
	m.memories++
	lim := m.readLimits(r)
	if lim.flags == 2 {
		r.fail(ErrMalformed, "shared memory without a maximum")
	}
	r.limit("MemoryPages", uint64(lim.min), m.cfg.Limits.MemoryPages)
	return lim
}

func (m *module) readLimits(r *reader) limits {
	l := limits{from: r.pos}
	l.flags = r.byte()
	if l.flags > 3 {
		r.pos--
		r.fail(ErrUnsupported, "limits other than 32-bit ones")
	}
	l.min = r.u32()
	if l.hasMax() {
		l.max = r.u32()
	}
	l.end = r.pos
	return l
}

func (m *module) readExports(r *reader) {
	n := r.count()
	r.limit("Exports", uint64(n), m.cfg.Limits.Exports)
	for i := uint32(0); i < n && r.err == nil; i++ {
		at := r.pos
		if name := r.name(); Reserved(name) {
			r.pos = at
			r.fail(ErrUnsupported, "reserved export name")
		}
		switch r.byte() {
		case 0:
			r.index(uint32(len(m.funcs)), "function index out of range")
		case 1:
			r.index(uint32(len(m.tables)), "table index out of range")
		case 2:
			r.index(m.memories, "memory index out of range")
		case 3:
			at := r.pos
			m.refer(r, at, r.index(m.globals, "global index out of range"))
		default:
			r.pos--
			r.fail(ErrMalformed, "unknown kind of export")
		}
	}
}

// Reserved says whether a name is one of those under which [Rewrite] exports what it adds. A module
// that imports or exports such a name is refused. Whoever passes the exports of one module to another
// under names of its own (a component's aliases) must refuse to pass these.
func Reserved(name string) bool { return strings.HasPrefix(name, prefix) }
