// Package wasi opens things of the host to guests that import WASI, one by one and by
// name:
//
//	plugin, err := calculator.Compile(ctx, wasm, wasi.Stdout(os.Stdout), wasi.Dir("data", "/data"))
//
// A guest that imports WASI links without it, and sees nothing then: package
// wasi/closed documents the answers that it gets. Each function here is a host.Option, of
// Compile for all instances and of Instantiate for one. Instantiate overrides what
// Compile was given, and takes options of this package only where Compile was given one,
// which may be Host without any.
//
// The options hold for WASI preview 1, which core modules import, and for WASI 0.2, which
// components import. Within a component, preview 1 is the component's own.
//
// Below this package lie the bindings of WASI 0.2, as wasi/io/v0.2/streams, to which the
// generators refer for interfaces of WASI.
package wasi
