package plan

import (
	"github.com/witgen/witgen/component/coretype"
	"github.com/witgen/witgen/internal/wasm"
)

// Module is a core module with what linking needs to know of it. It is read once, as
// far as it is well-formed; the engine finds the mistakes in the rest.
type Module struct {
	// Bytes is the whole module.
	Bytes []byte
	// Imports are the imports in order.
	Imports []coretype.Import
	// Exports are the kinds of the exports, by name.
	Exports map[string]coretype.Kind
	// Memory and Table are true where the module defines a memory or a table.
	Memory, Table bool
	// Pages is the minimum of its largest memory, and at most 2^32.
	Pages uint64

	start bool
	// importSteps are the steps of looking up what it imports.
	importSteps int
	// importsFrom and importsEnd are the offsets of the import section, from its id
	// on; both are 0 in a module without one.
	importsFrom, importsEnd int
	shim                    *shim
	filler                  *filler
}

// NewModule reads a core module, whose preamble has been checked.
func NewModule(b []byte) *Module { return newModule(b, nil) }

// newModule is NewModule for a planner, whose look may end the reading.
func newModule(b []byte, look *wasm.Look) *Module {
	m := &Module{Bytes: b, Exports: map[string]coretype.Kind{}}
	c := wasm.NewCursor(b, 0)
	c.SetLook(look)
	for s := range c.Sections() {
		c := s.Content
		switch s.ID {
		case wasm.ImportSection:
			m.importsFrom, m.importsEnd = s.Start, s.End
			for range c.Items() {
				if i := c.Import(); c.Err() == nil {
					m.Imports = append(m.Imports, i)
					m.importSteps += 1 + (len(i.Module)+len(i.Name))>>nameShift
				}
			}
		case wasm.TableSection:
			m.Table = m.Table || c.Uint32() > 0
		case wasm.MemorySection:
			for range c.Items() {
				m.Memory, m.Pages = true, max(m.Pages, min(c.Limits().Min, 1<<32))
			}
		case wasm.ExportSection:
			for range c.Items() {
				if x := c.Export(); c.Err() == nil {
					m.Exports[x.Name] = x.Kind
				}
			}
		case wasm.StartSection:
			m.start = true
		}
	}
	m.shim, m.filler = readShim(b, look), readFiller(b, look)
	return m
}
