package bind

import (
	"context"

	"github.com/witgen/witgen/canonicalabi/host"
)

// Provider supplies imports that guests have beyond their worlds, as WASI's. A host
// passes one to Compile, and to Instantiate in place of the one of Compile, by
// host.Provide.
type Provider interface {
	host.Provider
	// Imports returns the interfaces that it supplies. Their Resources are all of
	// imports, and name their Items by their places in this list. Providers of one
	// name return the same list.
	Imports() []Item
	// Supply makes the implementations for one instance, in the order of Imports.
	// It is called for each instance whose guest imports one of them. release, if
	// not nil, is called once when the instance has ended.
	Supply(ctx context.Context) (impls []any, release func(context.Context) error, err error)
}
