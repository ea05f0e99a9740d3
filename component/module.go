package component

import (
	"maps"
	"slices"

	"github.com/witgen/witgen/component/internal/fault"

	"github.com/witgen/witgen/component/internal/core"
	"github.com/witgen/witgen/component/internal/witbin"
)

// Module is what witgen asks of a core module before it makes a component of it.
type Module struct {
	Imports []ModuleImport
	// Exports are the names of the exports in alphabetical order.
	Exports []string
	// HasWIT is true where the module carries metadata (see Embed). DecodeWIT checks
	// whether that is well-formed.
	HasWIT bool
}

// ModuleImport is the name of an import of a core module.
type ModuleImport struct{ Module, Name string }

// ReadModule reads a core module. It checks the sections that say which types its
// imports and exports have, and no function bodies. An error is an *Error.
func ReadModule(module []byte) (m *Module, err error) {
	defer fault.Catch(&err)
	m = &Module{HasWIT: witbin.HasMetadata(module)}
	read := core.Read(&core.Types{}, module, 0)
	for _, i := range read.Imports {
		m.Imports = append(m.Imports, ModuleImport{i.Module, i.Name})
	}
	m.Exports = slices.Sorted(maps.Keys(read.Exports))
	return m, nil
}
