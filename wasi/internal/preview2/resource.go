package preview2

import (
	"context"
	"fmt"
	"sync/atomic"
)

// Resource is what the resources of WASI have in common: resources that depend on
// them, and what happens when they end. A type that embeds it is a resource.
type Resource struct {
	name     string
	parent   *Resource // or nil
	end      func(context.Context) error
	children atomic.Int64
	closed   atomic.Bool
}

// Provided marks the resource as one of a provider.
func (*Resource) Provided() {}

// init begins a resource, which may depend on another. end, if not nil, is called once.
func (r *Resource) init(name string, parent *Resource, end func(context.Context) error) {
	r.name, r.parent, r.end = name, parent, end
	if parent != nil {
		parent.children.Add(1)
	}
}

// Init is init for resources of other packages.
func (r *Resource) Init(name string, parent *Resource, end func(context.Context) error) {
	r.init(name, parent, end)
}

// Drop serves a guest's drop. It fails while others depend on the resource, so that the
// guest traps: it must drop them first.
func (r *Resource) Drop(ctx context.Context) error {
	if n := r.children.Load(); n > 0 {
		return fmt.Errorf("the guest dropped a %s before %d resources that depend on it", r.name, n)
	}
	return r.Close(ctx)
}

// Close ends the resource. A second Close does nothing.
func (r *Resource) Close(ctx context.Context) error {
	if r.closed.Swap(true) {
		return nil
	}
	if r.parent != nil {
		r.parent.children.Add(-1)
	}
	if r.end == nil {
		return nil
	}
	return r.end(ctx)
}
