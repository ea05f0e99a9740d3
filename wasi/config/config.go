// Package config supplies wasi:config 0.2.0-rc.1: values that a guest asks for by key. The WIT
// is that of the crate wasmtime-wasi-config 50.0.1 (Apache-2.0 WITH LLVM-exception), without
// its comments. It is a proposal, of which a later version may differ: a guest of another one
// does not link.
package config

import (
	"context"
	"maps"
	"slices"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/wasi/config/v0.2.0-rc.1/store"
)

// Values lets a guest that imports wasi:config read values by their keys. The map is copied.
func Values(values map[string]string) host.Option {
	return host.Provide(&provider{maps.Clone(values)})
}

type provider struct{ values map[string]string }

var (
	_ bind.Provider   = (*provider)(nil)
	_ store.Interface = (*provider)(nil)
)

// Name returns the name that errors show.
func (*provider) Name() string { return "wasi:config" }

// Imports returns the interface store.
func (*provider) Imports() []bind.Item {
	return []bind.Item{{Name: "wasi:config/store@0.2.0-rc.1", Field: "store", Interface: &store.Descriptor}}
}

// Supply returns the implementation for an instance.
func (p *provider) Supply(context.Context) ([]any, func(context.Context) error, error) {
	return []any{p}, nil, nil
}

// Get returns the value of a key, if it has one.
func (p *provider) Get(_ context.Context, key string) (types.Option[string], error) {
	if value, ok := p.values[key]; ok {
		return types.Some(value), nil
	}
	return types.None[string](), nil
}

// GetAll returns all keys with their values, in the order of keys.
func (p *provider) GetAll(context.Context) ([]types.Tuple2[string, string], error) {
	list := make([]types.Tuple2[string, string], 0, len(p.values))
	for _, key := range slices.Sorted(maps.Keys(p.values)) {
		list = append(list, types.Tuple2[string, string]{F0: key, F1: p.values[key]})
	}
	return list, nil
}
