package wasm

// TableInit reports whether an item of the table section starts with the bytes that
// announce an initial value, and reads them. The table's type follows, and then the
// value, a constant expression. See section 5.5.7 of the core specification.
func (c *Cursor) TableInit() bool {
	const withInit = 0x40
	if c.Peek() != withInit {
		return false
	}
	c.Byte()
	c.zero("unknown kind of table")
	return true
}

// zero reads a byte that must be 0, or the rule is broken.
func (c *Cursor) zero(rule string) {
	if c.Peek() != 0 {
		c.failHere(Malformed, "%s", rule)
		return
	}
	c.Byte()
}

// Segment is how an element segment or a data segment starts.
type Segment struct {
	// Active tells that the segment fills a table or memory, from an offset on.
	Active bool
	// Index is that of the table or memory.
	Index uint32
	// Exprs tells that elements are constant expressions, and typed that their kind or
	// type is written down.
	Exprs, typed bool
}

// Element reads the start of an element segment, section 5.5.12 of the core
// specification. What follows are the offset, a constant expression, where it is
// active; what [Cursor.ElementType] reads; and a vector of functions or of constant
// expressions.
func (c *Cursor) Element() Segment {
	const passive, explicit, exprs = 1, 2, 4
	form := c.form(7, "element segment")
	s := Segment{Active: form&passive == 0, Exprs: form&exprs != 0, typed: form&(passive|explicit) != 0}
	if s.Active && form&explicit != 0 {
		s.Index = c.Uint32()
	}
	return s
}

func (c *Cursor) form(most uint32, what string) uint32 {
	at := c.Offset()
	form := c.Uint32()
	if form > most {
		c.FailAt(at, Malformed, "unknown form of %s", what)
		return 0
	}
	return form
}

// ElementType reads the type of the elements of a segment, where it is written down.
func (c *Cursor) ElementType(s Segment) ValType {
	switch {
	case !s.typed:
		return FuncRef
	case s.Exprs:
		return c.ValType()
	default:
		c.zero("unknown kind of element")
		return FuncRef
	}
}

// DataSegment reads the start of a data segment, section 5.5.14 of the core
// specification. What follows are the offset, a constant expression, where it is
// active, and bytes with their length.
func (c *Cursor) DataSegment() Segment {
	form := c.form(2, "data segment")
	s := Segment{Active: form != 1}
	if form == 2 {
		s.Index = c.Uint32()
	}
	return s
}

// Subsections of the name section, appendix 7.4.1 of the core specification and the
// extended name section proposal.
const (
	NamesOfModule    = 0
	NamesOfFunctions = 1
	NamesOfLocals    = 2
	NamesOfLabels    = 3
	NamesOfTypes     = 4
	NamesOfTables    = 5
	NamesOfMemories  = 6
	NamesOfGlobals   = 7
	NamesOfElements  = 8
	NamesOfData      = 9
	NamesOfFields    = 10
	NamesOfTags      = 11
)

// NameMap reads a map of indices to names and calls visit, unless it is nil, for each.
func (c *Cursor) NameMap(visit func(index uint32, name string)) {
	for range c.Items() {
		index := c.Uint32()
		name := c.Name()
		if visit != nil && c.err == nil {
			visit(index, name)
		}
	}
}

// IndirectNameMap reads a map of indices to maps, such as that of the names of locals,
// and calls visit, unless it is nil, for each name.
func (c *Cursor) IndirectNameMap(visit func(outer, index uint32, name string)) {
	for range c.Items() {
		outer := c.Uint32()
		c.NameMap(func(index uint32, name string) {
			if visit != nil {
				visit(outer, index, name)
			}
		})
	}
}
