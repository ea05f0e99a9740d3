// Package fresh rewrites core modules so that a host can put their instances back to an
// earlier state. wazero gives a host no way to the tables of an instance, and none to the
// whole of a global that holds a vector or a reference. So the rewritten module saves and
// restores them itself, by two functions that it exports under the names [Save] and
// [Restore]; each returns a status, an i32. Memories are the host's part.
//
//	out, err := fresh.Rewrite(wasm, fresh.Limits{})
//
// What is added stands at the end of its index space:
//
//   - a global beside each mutable one that the module defines, for its saved value;
//   - a table beside each one that the module defines and that can change: by an
//     instruction, or because it is exported;
//   - a global that the code sets where it drops a segment, if it has instructions that
//     find segments dropped;
//   - the two functions, with a type.
//
// Save copies the values into what was added, and Restore copies them back. A reference
// never leaves the instance that it belongs to. No code of the module can name what was
// added: a module that names an index beyond its own is refused.
//
// A memory with a maximum gets a maximum of one page more. The host's allocator must not
// let the guest have that page. It is there for the host to call Grow, with which an
// allocator can make a memory smaller.
//
// The result is a module like any other, for package meter to rewrite.
package fresh

import (
	"strings"

	"github.com/witgen/witgen/internal/wasm"
)

// The names of the functions that are exported. A module that imports or exports a name
// with the prefix is refused.
const (
	prefix  = "!fresh/"
	Save    = prefix + "save"
	Restore = prefix + "restore"
)

// The statuses that Save and Restore return.
const (
	OK      = iota // all is saved, or restored
	Table          // a table has no room to be saved, or has grown since it was
	Segment        // a segment was dropped since Save
)

// Error describes a module that cannot be rewritten.
type Error struct {
	// Rule describes what is in the way.
	Rule string
	// Offset is the place in the module, in bytes.
	Offset int
	// Malformed reports whether the module is no valid one.
	Malformed bool
}

// Error returns the rule.
func (e *Error) Error() string { return e.Rule }

// Rewrite returns a module whose instances can be put back. It returns the input if there
// is nothing to save in them but a memory without a maximum. The error is an [*Error].
//
// What it keeps of the module is bounded by the limits.
func Rewrite(in []byte, limits Limits) ([]byte, error) {
	m := &module{in: in, limits: limits}
	if err := m.read(); err != nil {
		return nil, err
	}
	return m.write(), nil
}

// Limits bound what Rewrite keeps of a module while it reads it. A limit of 0 does not
// apply.
type Limits struct {
	// Globals and Tables are the numbers of each, imported ones among them.
	Globals, Tables uint64
	// Done, if not nil, is asked between functions and other parts of the module: an error
	// ends the reading.
	Done func() error
}

// Memory returns about how many bytes Rewrite takes at most for a module, beside the module
// itself: for the one that it writes, the places where segments are dropped, and as many
// globals and tables as there may be.
func Memory(in []byte, globals, tables uint64) uint64 {
	size := uint64(len(in))
	items := size // each takes a byte at least
	if globals > 0 && tables > 0 {
		items = min(items, globals+tables)
	}
	return 6*size + itemBytes*items
}

// itemBytes is about what is kept of a global or table.
const itemBytes = 200

// A module is a module that has been read.
type module struct {
	in       []byte
	limits   Limits
	types    uint32
	funcs    uint32
	tables   []table
	globals  []global
	elements uint32
	datas    uint32

	exported  map[uint32]bool // tables
	changed   map[uint32]bool // tables that instructions change
	inits     bool            // instructions find segments dropped
	drops     []int           // the places of instructions that drop a segment
	memLimits []limits        // of memories, imported ones among them

	shadows []uint32 // globals that are saved
	copied  []uint32 // tables that are saved
}

// A global is one that the module has, and a table likewise.
type global struct {
	wasm.Global
	own bool
	raw []byte // the type of values
	at  int
}

type table struct {
	wasm.Table
	own bool
	raw []byte // the type of elements
	at  int
}

// limits are those of a memory, with the place where they stand.
type limits struct {
	wasm.Limits
	from, end int
}

// read reads the module, and checks that it names nothing beyond what it has.
func (m *module) read() error {
	m.exported, m.changed = map[uint32]bool{}, map[uint32]bool{}
	c := wasm.NewCursor(m.in, 0)
	if m.limits.Done != nil {
		c.SetLook(wasm.NewLook(m.limits.Done))
	}
	var check checks
	for s := range c.Sections() {
		m.section(s.ID, s.Content, &check)
		if err := s.Content.Err(); err != nil {
			return malformed(err)
		}
	}
	if err := c.Err(); err != nil {
		return malformed(err)
	}
	if err := m.inRange(&check); err != nil {
		return err
	}
	return m.choose()
}

func malformed(err error) *Error {
	e := &Error{Rule: err.Error(), Malformed: true}
	if at, ok := err.(*wasm.Error); ok {
		e.Rule, e.Offset = at.Rule, at.Offset
	}
	return e
}

// checks are the largest indices that the module names, of each kind.
type checks struct{ funcs, tables, globals, elements, datas largest }

type largest struct {
	index  uint32
	offset int
	used   bool
}

func (l *largest) use(index uint32, offset int) {
	if !l.used || index > l.index {
		*l = largest{index, offset, true}
	}
}

// inRange checks the indices that the module names. Those of types, labels and locals
// name nothing that is added, and neither do those of memories.
func (m *module) inRange(c *checks) error {
	for _, k := range []struct {
		what    string
		largest largest
		n       uint32
	}{
		{"function", c.funcs, m.funcs}, {"table", c.tables, uint32(len(m.tables))}, {"global", c.globals, uint32(len(m.globals))},
		{"element segment", c.elements, m.elements}, {"data segment", c.datas, m.datas},
	} {
		if k.largest.used && k.largest.index >= k.n {
			return &Error{Rule: k.what + " index out of range", Offset: k.largest.offset, Malformed: true}
		}
	}
	return nil
}

func (m *module) section(id wasm.SectionID, c *wasm.Cursor, check *checks) {
	switch id {
	case wasm.TypeSection:
		for range c.Items() {
			m.types += uint32(len(c.RecGroup().Types))
		}
	case wasm.ImportSection:
		for range c.Items() {
			m.readImport(c)
		}
	case wasm.FunctionSection:
		m.funcs += uint32(len(c.Indices()))
	case wasm.TableSection:
		for range c.Items() {
			init := c.TableInit()
			m.table(c, true)
			if init {
				constant(c, check)
			}
		}
	case wasm.MemorySection:
		for range c.Items() {
			m.memory(c)
		}
	case wasm.GlobalSection:
		for range c.Items() {
			m.global(c, true)
			constant(c, check)
		}
	case wasm.ExportSection:
		for range c.Items() {
			at := c.Offset()
			e := c.Export()
			reserved(c, e.Name, at)
			switch e.Kind {
			case wasm.FuncKind:
				check.funcs.use(e.Index, at)
			case wasm.TableKind:
				check.tables.use(e.Index, at)
				m.exported[e.Index] = true
			case wasm.GlobalKind:
				check.globals.use(e.Index, at)
			case wasm.MemoryKind, wasm.TagKind:
			}
		}
	case wasm.StartSection:
		at := c.Offset()
		check.funcs.use(c.Uint32(), at)
	case wasm.ElementSection:
		m.elements = c.Count()
		for range c.Times(m.elements) {
			element(c, check)
		}
	case wasm.CodeSection:
		for range c.Items() {
			m.code(c.Sub(c.Uint32()), c, check)
		}
	case wasm.DataSection:
		m.datas = c.Count()
		for range c.Times(m.datas) {
			if c.DataSegment().Active {
				constant(c, check)
			}
			c.Bytes(c.Uint32())
		}
	case wasm.CustomSection, wasm.DataCountSection, wasm.TagSection: // they name nothing that is added
	}
}

func reserved(c *wasm.Cursor, name string, at int) {
	if strings.HasPrefix(name, prefix) {
		c.FailAt(at, wasm.Malformed, "reserved name %q", name)
	}
}

func (m *module) readImport(c *wasm.Cursor) {
	at := c.Offset()
	c.Name()
	reserved(c, c.Name(), at)
	kind := c.Kind()
	if c.Err() != nil {
		return
	}
	switch kind {
	case wasm.FuncKind:
		c.Uint32()
		m.funcs++
	case wasm.TableKind:
		m.table(c, false)
	case wasm.MemoryKind:
		m.memory(c)
	case wasm.GlobalKind:
		m.global(c, false)
	case wasm.TagKind:
		c.Tag()
	}
}

func (m *module) table(c *wasm.Cursor, own bool) {
	at := c.Offset()
	ahead := *c
	t := table{own: own, at: at, Table: c.Table()}
	ahead.ValType()
	t.raw = ahead.Since(at)
	m.tables = append(m.tables, t)
	m.limit(c, "tables", len(m.tables), m.limits.Tables)
}

func (m *module) global(c *wasm.Cursor, own bool) {
	at := c.Offset()
	ahead := *c
	g := global{own: own, at: at, Global: c.Global()}
	ahead.ValType()
	g.raw = ahead.Since(at)
	m.globals = append(m.globals, g)
	m.limit(c, "globals", len(m.globals), m.limits.Globals)
}

func (m *module) limit(c *wasm.Cursor, what string, n int, most uint64) {
	if most > 0 && uint64(n) > most {
		c.FailAt(c.Offset(), wasm.TooManyItems, "more than %d %s", most, what)
	}
}

func (m *module) memory(c *wasm.Cursor) {
	from := c.Offset()
	l := limits{from: from, Limits: c.Limits(), end: c.Offset()}
	l.end = c.Offset()
	m.memLimits = append(m.memLimits, l)
	m.limit(c, "memories", len(m.memLimits), mostMemories)
}

// constant reads a constant expression.
func constant(c *wasm.Cursor, check *checks) {
	c.ConstExpr(func(i wasm.Instr) {
		switch i.Op {
		case wasm.OpGlobalGet:
			check.globals.use(i.X, i.Offset)
		case wasm.OpRefFunc:
			check.funcs.use(i.X, i.Offset)
		}
	})
}

func element(c *wasm.Cursor, check *checks) {
	at := c.Offset()
	s := c.Element()
	if s.Active {
		check.tables.use(s.Index, at)
		constant(c, check)
	}
	c.ElementType(s)
	for range c.Items() {
		if s.Exprs {
			constant(c, check)
		} else {
			check.funcs.use(c.Uint32(), at)
		}
	}
}

// code reads a function, whose locals and code body holds.
func (m *module) code(body, section *wasm.Cursor, check *checks) {
	for range body.Items() {
		body.Uint32()
		body.ValType()
	}
	body.Expr(func(i wasm.Instr) {
		switch i.Op.Immediates() {
		case wasm.FuncImm:
			check.funcs.use(i.X, i.Offset)
		case wasm.GlobalImm:
			check.globals.use(i.X, i.Offset)
		case wasm.TableImm:
			check.tables.use(i.X, i.Offset)
			if i.Op != wasm.OpTableGet && i.Op != wasm.OpTableSize {
				m.changed[i.X] = true
			}
		case wasm.IndirectImm:
			check.tables.use(i.Y, i.Offset)
		case wasm.TablesImm:
			check.tables.use(max(i.X, i.Y), i.Offset)
			m.changed[i.X] = true
		case wasm.ElemTableImm:
			check.elements.use(i.X, i.Offset)
			check.tables.use(i.Y, i.Offset)
			m.changed[i.Y] = true
			m.inits = true
		case wasm.DataMemImm:
			check.datas.use(i.X, i.Offset)
			m.inits = true
		case wasm.DataImm:
			check.datas.use(i.X, i.Offset)
			m.drops = append(m.drops, i.Offset)
		case wasm.ElemImm:
			check.elements.use(i.X, i.Offset)
			m.drops = append(m.drops, i.Offset)
		}
	})
	body.End("a function")
	if err := body.Err(); err != nil {
		section.Fail(err)
	}
}

// choose decides what is saved.
func (m *module) choose() error {
	if !m.inits {
		m.drops = nil
	}
	for i, g := range m.globals {
		if !g.own || !g.Mutable {
			continue
		}
		if g.Type.Code == wasm.CodeRef {
			return &Error{Rule: "a mutable global of references that are never null", Offset: g.at}
		}
		m.shadows = append(m.shadows, uint32(i))
	}
	for i, t := range m.tables {
		if !t.own || !m.changed[uint32(i)] && !m.exported[uint32(i)] {
			continue
		}
		if t.Elem.Code == wasm.CodeRef {
			return &Error{Rule: "a table of references that are never null", Offset: t.at}
		}
		m.copied = append(m.copied, uint32(i))
	}
	return nil
}
