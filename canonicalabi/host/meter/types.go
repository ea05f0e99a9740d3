package meter

import (
	"github.com/witgen/witgen/canonicalabi/host/meter/internal/frame"
	core "github.com/witgen/witgen/internal/wasm"
)

// readTypes reads the type section: function types, alone or in recursion groups.
func (m *module) readTypes(c *core.Cursor) {
	m.inTypes = true
	defer func() { m.inTypes = false }()
	m.typeEntries = c.Count()
	for range c.Times(m.typeEntries) {
		if c.Peek() != core.GroupForm {
			m.readType(c)
			continue
		}
		c.Byte()
		for range c.Items() {
			m.readType(c)
		}
	}
	if c.Err() == nil {
		m.typeIndex.check(c, uint32(len(m.types)), "type index out of range")
	}
}

func (m *module) readType(c *core.Cursor) {
	at := c.Offset()
	if form := c.Byte(); form != core.FuncForm {
		fail(c, at, ErrUnsupported, "type that is no function type")
		return
	}
	var t funcType
	n := c.Count()
	limit(c, "Params", uint64(n), m.cfg.Limits.Params)
	params := m.valTypes(c, n)
	t.params = int(n)
	n = c.Count()
	limit(c, "Results", uint64(n), m.cfg.Limits.Results)
	at = c.Offset()
	t.Type = frame.NewType(params, m.valTypes(c, n))
	t.arity = int(n)
	t.results = c.Since(at)
	m.types = append(m.types, t)
	m.frames.Types = append(m.frames.Types, t.Type)
	limit(c, "Types", uint64(len(m.types)), m.cfg.Limits.Types)
}

// valTypes reads n value types.
func (m *module) valTypes(c *core.Cursor, n uint32) []core.ValType {
	var all []core.ValType
	for range c.Times(n) {
		all = append(all, m.valType(c))
	}
	return all
}

// valType reads a value type.
func (m *module) valType(c *core.Cursor) core.ValType {
	at := c.Offset()
	t := c.ValType()
	m.checkType(c, t, at)
	return t
}

// checkType checks the value type that was read at a place.
func (m *module) checkType(c *core.Cursor, t core.ValType, at int) {
	switch {
	case t.HasHeap():
		m.checkHeap(c, t.Heap, at+1)
	case !plainType(t.Code):
		fail(c, at, ErrUnsupported, "unknown type")
	}
}

// plainType reports whether a code is that of a number, of a vector, or of an abstract reference that wazero
// has.
func plainType(code byte) bool {
	switch code {
	case core.CodeI32, core.CodeI64, core.CodeF32, core.CodeF64, core.CodeV128, core.CodeFuncRef, core.CodeExternRef, core.CodeExnRef:
		return true
	}
	return false
}

// checkRef is checkType for a type that must be that of a reference.
func (m *module) checkRef(c *core.Cursor, t core.ValType, at int) {
	switch t.Code {
	case core.CodeI32, core.CodeI64, core.CodeF32, core.CodeF64, core.CodeV128:
		fail(c, at, ErrUnsupported, "unknown type")
	default:
		m.checkType(c, t, at)
	}
}

// checkHeap checks the heap type that was read at a place.
func (m *module) checkHeap(c *core.Cursor, heap int64, at int) {
	const abstract = 0x80 // a heap type without an index is the code of a reference, as a negative number
	switch {
	case c.Err() != nil:
	case heap >= 0:
		// Within the type section the number of types is not yet known; it is checked at the end.
		m.typeIndex.use(uint32(heap), at)
		if !m.inTypes && heap >= int64(len(m.types)) {
			fail(c, at, ErrMalformed, "type index out of range")
		}
	case heap == core.CodeFuncRef-abstract, heap == core.CodeExternRef-abstract, heap == core.CodeExnRef-abstract:
	default:
		fail(c, at, ErrUnsupported, "unknown heap type")
	}
}

// constExpr reads a constant expression with its end.
func (m *module) constExpr(c *core.Cursor) {
	c.ConstExpr(func(i core.Instr) {
		switch i.Op {
		case core.OpGlobalGet:
			m.constGlobal.use(i.X, i.Offset)
			m.refer(c, i.Offset+1, i.X)
		case core.OpRefNull:
			m.checkHeap(c, i.Value, i.Offset+1)
		case core.OpRefFunc:
			m.constFunc.use(i.X, i.Offset)
		default:
			if !supported(i.Op) {
				fail(c, i.Offset, ErrMalformed, "instruction in a constant expression")
			}
		}
	})
}

// readElements reads the element section.
func (m *module) readElements(c *core.Cursor) {
	n := c.Count()
	limit(c, "Segments", uint64(n), m.cfg.Limits.Segments)
	total := uint64(0)
	for range c.Times(n) {
		segment := c.Element()
		if segment.Active {
			if segment.Index >= uint32(len(m.tables)) {
				fail(c, c.Offset(), ErrMalformed, "table index out of range")
			}
			m.constExpr(c)
		}
		at := c.Offset()
		m.checkRef(c, c.ElementType(segment), at)
		items := c.Count()
		m.elementSizes = append(m.elementSizes, items)
		total += uint64(items)
		limit(c, "Elements", total, m.cfg.Limits.Elements)
		for range c.Times(items) {
			if segment.Exprs {
				m.constExpr(c)
			} else {
				index(c, uint32(len(m.funcs)), "function index out of range")
			}
		}
	}
	m.elements = n
}

// readData reads a data segment.
func (m *module) readData(c *core.Cursor) {
	segment := c.DataSegment()
	if segment.Active {
		if segment.Index >= m.memories {
			fail(c, c.Offset(), ErrMalformed, "memory index out of range")
		}
		m.constExpr(c)
	}
	size := c.Uint32()
	m.dataSizes = append(m.dataSizes, size)
	c.Bytes(size)
}
