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
	vector := func(content *wasm.Cursor) {
		size := uint64(content.Len())
		total += max(size, leastSize*min(uint64(content.Uint32()), size))
	}
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
				for s := range content.Sections() {
					total += leastSize
					switch s.ID {
					case wasm.CustomSection, wasm.CodeSection, wasm.DataSection, wasm.ElementSection, wasm.StartSection, wasm.DataCountSection:
					default:
						vector(s.Content)
					}
				}
			case ComponentSection:
				if depth < MaxNesting {
					component(content, depth+1)
				}
			default:
				vector(content)
			}
		}
	}
	component(wasm.NewCursor(file, 0), 0)
	return total
}
