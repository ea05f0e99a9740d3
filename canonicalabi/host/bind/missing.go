package bind

import "github.com/witgen/witgen/canonicalabi/host"

// Missing returns a *host.MissingError if the guest lacks the function. Generated code asks
// before it begins a call of an optional function, and must not begin one then.
func (f *Func) Missing() error {
	if f.export.Missing {
		return &host.MissingError{Func: f.export.Name}
	}
	return nil
}
