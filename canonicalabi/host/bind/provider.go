package bind

import (
	"context"

	"github.com/witgen/witgen/canonicalabi/host"
)

// Provider supplies imports to guests that their worlds do not have, such as those of
// WASI. A host passes it to Compile, or to Instantiate to replace one of Compile, by
// host.Provide.
type Provider interface {
	host.Provider
	// Imports returns the interfaces that the Provider supplies. Their Resources have
	// Export false, and an Item is a place in this list. All Providers of one name
	// return the same list.
	Imports() []Item
	// Supply returns the implementations for one instance, in the order of Imports. It
	// is called for each instance whose guest imports one of them. release, if not
	// nil, is called once, after the instance was closed.
	Supply(ctx context.Context) (impls []any, release func(context.Context) error, err error)
}
