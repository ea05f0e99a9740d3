package bind

import "github.com/witgen/witgen/canonicalabi/host"

// ImportedFunction identifies a function of a world's imports.
type ImportedFunction struct {
	// Item is the place in World.Imports, and Number that in Interface.Functions.
	Item, Number int
}

// Import returns the import that the component exports as the function, or nil. The caller
// calls the host's implementation then, and must not begin a call of the function.
func (f *Func) Import() *ImportedFunction { return f.export.Import }

// optionsOf returns the options of an export, or nil if it has no core function.
func (i *Instance) optionsOf(export *Export) *canon {
	if export.Missing || export.Import != nil {
		return nil
	}
	return &i.options[export.Options]
}

// Missing returns a *host.MissingError if the guest lacks the function. Generated code asks
// before it begins a call of an optional function, and must not begin one then.
func (f *Func) Missing() error {
	if f.export.Missing {
		return &host.MissingError{Func: f.export.Name}
	}
	return nil
}
