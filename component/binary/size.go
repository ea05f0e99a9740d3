package binary

import "github.com/witgen/witgen/internal/wasm"

// leastSize is what a definition or a section counts as at least in DefinitionBytes.
const leastSize = 8

// DefinitionBytes returns how many bytes of a component are definitions, of the
// components nested in it too: all but the contents of core modules and custom sections.
// Each section and each definition counts as 8 bytes at least, so that the memory that
// Decode and validation take is in proportion. It reads the heads of sections alone, and
// stops at one that is malformed, which Decode refuses.
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
			case CustomSection, CoreModuleSection:
			case ComponentSection:
				if depth < MaxNesting {
					component(content, depth+1)
				}
			default:
				size := uint64(content.Len())
				total += max(size, leastSize*min(uint64(content.Uint32()), size))
			}
		}
	}
	component(wasm.NewCursor(file, 0), 0)
	return total
}
