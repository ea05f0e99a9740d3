package binary

import "github.com/witgen/witgen/internal/wasm"

// leastSize is what a definition or a section counts as at least in DefinitionBytes.
const leastSize = 8

// DefinitionBytes returns how many bytes of a component are definitions, of the
// components nested in it too: all but custom sections and, of core modules, the code, the
// data and the element segments.
// Each section and each definition counts as 8 bytes at least, so that the memory that
// Decode and validation take is in proportion. It reads the heads of sections alone, and
// stops at one that is malformed, which Decode or validation refuses.
func DefinitionBytes(file []byte) uint64 {
	total := uint64(0)
	var component func(c *wasm.Cursor, depth int)
	component = func(c *wasm.Cursor, depth int) {
		c.Bytes(uint32(len(preamble)))
		for !c.Done() && c.Err() == nil {
			id := SectionID(c.Byte())
			content := c.Sub(c.Uint32())
			if c.Err() != nil {
				return
			}
			total += leastSize
			switch id {
			case CustomSection:
			case CoreModuleSection:
				total += moduleBytes(content)
			case ComponentSection:
				if depth < MaxNesting {
					component(content, depth+1)
				}
			default:
				total += vectorBytes(content)
			}
		}
	}
	component(wasm.NewCursor(file, 0), 0)
	return total
}

// vectorBytes returns what the definitions of a section count as.
func vectorBytes(content *wasm.Cursor) uint64 {
	size := uint64(content.Len())
	return max(size, leastSize*min(uint64(content.Uint32()), size))
}

// moduleBytes returns what the definitions of a core module count as.
func moduleBytes(module *wasm.Cursor) uint64 {
	total := uint64(0)
	for s := range module.Sections() {
		total += leastSize
		switch s.ID {
		case wasm.CustomSection, wasm.CodeSection, wasm.DataSection, wasm.ElementSection, wasm.StartSection, wasm.DataCountSection:
		default:
			total += vectorBytes(s.Content)
		}
	}
	return total
}

// DefinitionBytes returns how many bytes of a component are definitions, without what custom
// sections and core modules hold beside them. It is 0 for a component that was not decoded.
func (c *Component) DefinitionBytes() int {
	total := c.Size
	for d := range c.Defs() {
		switch d := d.(type) {
		case *Custom:
			total -= len(d.Name) + len(d.Data)
		case *CoreModule:
			total -= len(d.Bytes) - min(len(d.Bytes), int(moduleBytes(wasm.NewCursor(d.Bytes, 0))))
		case *Component:
			total -= d.Size - d.DefinitionBytes()
		}
	}
	return max(total, 0)
}
