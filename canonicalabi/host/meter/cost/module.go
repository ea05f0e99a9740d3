package cost

import (
	"fmt"
	"strings"

	"github.com/witgen/witgen/internal/wasm"
)

// A funcType is the number of parameters and results of a function type.
type funcType struct{ params, results int }

// A module holds what the estimate of functions needs of the other sections, and
// counts what wazero does for these.
type module struct {
	types         []funcType
	funcs         []uint32 // the type of each function, imported ones first
	importedFuncs uint32
	importAt      []uint32 // the number of each imported function among all imports
	imports       uint64
	globals       uint64
	reload        uint64 // instructions that read anew after a call what it can change

	values    uint64 // parameters and results of all types
	keys      uint64 // bytes that are copied to make the keys of types
	exports   uint64
	names     uint64 // of functions and locals
	localMaps uint64 // functions whose locals have names
	elements  uint64 // and other constant expressions
	searched  uint64 // imports that are searched for constant expressions
	locals    uint64 // of all functions
	text      uint64 // bytes of names
	data      uint64 // bytes of data segments and custom sections
	debug     uint64 // bytes of sections with debug information
	segments  uint64
	customs   uint64 // custom sections

	code *wasm.Cursor // the code section
	look *wasm.Look   // which may end the estimate
}

// keyBytes bounds the length of a value type's name in the key of a function type.
const keyBytes, refKeyBytes = 9, 26

// readModule reads all sections but the code.
func readModule(b []byte, look *wasm.Look) (*module, error) {
	m := &module{look: look}
	c := wasm.NewCursor(b, 0)
	c.SetLook(look)
	for s := range c.Sections() {
		in := s.Content
		switch s.ID {
		case wasm.CustomSection:
			m.custom(&s)
			continue
		case wasm.TypeSection:
			for range in.Items() {
				m.group(in)
			}
		case wasm.ImportSection:
			for range in.Items() {
				m.readImport(in)
			}
		case wasm.FunctionSection:
			for range in.Items() {
				m.funcs = append(m.funcs, m.typeIndex(in))
			}
		case wasm.TableSection:
			for range in.Items() {
				m.table(in)
			}
		case wasm.GlobalSection:
			for range in.Items() {
				m.global(in.Global(), 1)
				m.constant(in)
			}
		case wasm.ExportSection:
			for range in.Items() {
				e := in.Export()
				m.exports++
				m.text += uint64(len(e.Name))
			}
		case wasm.ElementSection:
			for range in.Items() {
				m.segment(in)
			}
		case wasm.CodeSection:
			m.code = in
			continue
		case wasm.DataSection:
			for range in.Items() {
				m.datum(in)
			}
		case wasm.MemorySection:
			for range in.Items() {
				in.Limits()
				m.reload += 2
			}
		case wasm.StartSection, wasm.DataCountSection, wasm.TagSection:
			in.Rest()
		default:
			panic(fmt.Sprintf("cost: unhandled section %d", s.ID))
		}
		in.End("a section")
		if err := in.Err(); err != nil {
			return nil, err
		}
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	return m, look.Err() // of names, in which errors do not count
}

// group reads an item of the type section.
func (m *module) group(c *wasm.Cursor) {
	n := uint32(1)
	if c.Peek() == wasm.GroupForm {
		c.Byte()
		n = c.Count()
	}
	for ; n > 0 && c.Err() == nil; n-- {
		c.Expect(wasm.FuncForm, "a function type")
		var t funcType
		key := uint64(0)
		t.params = m.valTypes(c, &key)
		t.results = m.valTypes(c, &key)
		m.types = append(m.types, t)
		m.values += uint64(t.params + t.results)
		// The key is made by adding one name after the other to a string.
		m.keys += key + key*uint64(t.params+t.results)/2
	}
}

func (m *module) valTypes(c *wasm.Cursor, key *uint64) int {
	n := c.Count()
	for range n {
		v := c.ValType()
		if v.HasHeap() {
			*key += refKeyBytes
		} else {
			*key += keyBytes
		}
		if c.Err() != nil {
			return 0
		}
	}
	return int(n)
}

func (m *module) typeIndex(c *wasm.Cursor) uint32 {
	at := c.Offset()
	t := c.Uint32()
	if uint64(t) >= uint64(len(m.types)) && c.Err() == nil {
		c.FailAt(at, wasm.Malformed, "type %d is out of range", t)
	}
	return t
}

func (m *module) readImport(c *wasm.Cursor) {
	at := c.Offset()
	i := c.Import()
	if c.Err() != nil {
		return
	}
	m.text += uint64(len(i.Module) + len(i.Name))
	switch i.Type.Kind {
	case wasm.FuncKind:
		if uint64(i.Type.Func) >= uint64(len(m.types)) {
			c.FailAt(at, wasm.Malformed, "type %d is out of range", i.Type.Func)
			return
		}
		m.funcs = append(m.funcs, i.Type.Func)
		m.importAt = append(m.importAt, uint32(m.imports))
		m.importedFuncs++
	case wasm.GlobalKind:
		m.global(i.Type.Global, 2)
	case wasm.MemoryKind:
		m.reload += 4
	case wasm.TableKind, wasm.TagKind: // they add nothing
	default:
		panic(fmt.Sprintf("cost: unhandled kind of import %d", i.Type.Kind))
	}
	m.imports++
}

// global adds a global that takes so many instructions to read.
func (m *module) global(g wasm.Global, reads uint64) {
	m.globals++
	if g.Mutable {
		m.reload += reads
	}
}

// constant reads a constant expression. For one that names a global or function
// wazero may search all imports.
func (m *module) constant(c *wasm.Cursor) {
	m.elements++
	c.ConstExpr(func(i wasm.Instr) {
		m.elements++
		switch i.Op {
		case wasm.OpGlobalGet, wasm.OpRefFunc, wasm.OpRefNull:
			m.searched += 3 * m.imports
		}
	})
}

func (m *module) table(c *wasm.Cursor) {
	init := c.TableInit()
	c.Table()
	if init {
		m.constant(c)
	}
}

// segment reads an element segment.
func (m *module) segment(c *wasm.Cursor) {
	m.segments++
	segment := c.Element()
	if segment.Active {
		m.constant(c)
	}
	c.ElementType(segment)
	for range c.Items() {
		if segment.Exprs {
			m.constant(c)
		} else {
			m.elements += 2
			c.Uint32()
		}
	}
}

func (m *module) datum(c *wasm.Cursor) {
	m.segments++
	if c.DataSegment().Active {
		m.constant(c)
	}
	m.data += uint64(len(c.Bytes(c.Uint32())))
}

// custom reads a custom section: names, debug information, or what is only copied.
func (m *module) custom(s *wasm.Section) {
	name := s.Custom()
	c := s.Content
	m.customs++
	switch {
	case name == "name":
		m.readNames(c)
	case strings.HasPrefix(name, ".debug_"):
		m.debug += uint64(c.Len())
	default:
		m.data += uint64(c.Len())
	}
}

// readNames reads the name section. An error in it ends the reading: wazero stops
// there too.
func (m *module) readNames(c *wasm.Cursor) {
	for !c.Done() && c.Err() == nil {
		id := c.Byte()
		part := c.Sub(c.Uint32())
		switch id {
		case wasm.NamesOfModule:
			m.text += uint64(len(part.Name()))
		case wasm.NamesOfFunctions:
			m.nameMap(part)
		case wasm.NamesOfLocals:
			for range part.Items() {
				part.Uint32()
				m.localMaps++
				m.nameMap(part)
			}
		}
	}
}

func (m *module) nameMap(c *wasm.Cursor) {
	c.NameMap(func(_ uint32, name string) {
		m.text += uint64(len(name))
		m.names++
	})
}
