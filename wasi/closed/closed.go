// Package closed has the answers of a WASI that grants nothing. Package link gives them
// to every guest that imports WASI and whose host did not use package wasi: no files,
// arguments or environment, an input at its end, outputs that drop what they take, a
// clock that counts its readings. Random numbers are real.
package closed

import (
	"context"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/wasi/internal/grants"
	"github.com/witgen/witgen/wasi/internal/preview1"
	"github.com/witgen/witgen/wasi/internal/preview2"
	"github.com/witgen/witgen/wasi/internal/preview2/http"
)

// Module is the name that core modules import WASI preview 1 from.
const Module = preview1.Module

// System is WASI preview 1 for one instance. Packages make it by New and by package
// wasi, and no others can.
type System interface {
	// Close ends it with the instance. If ctx can end, it waits until the guest's output
	// has left.
	Close(ctx context.Context) error
}

// New returns a System that grants nothing.
func New() System { return preview1.New(grants.Closed()) }

// Provider makes the System of an instance. A bind.Provider that is one decides what
// core modules see.
type Provider interface {
	// Preview1 is called for each instance whose guest imports WASI preview 1.
	Preview1(ctx context.Context) (System, error)
}

// Granter is a Provider that tells what a guest has of it that guests look at while they
// start.
type Granter interface {
	// Grants reports whether there are arguments, environment variables and folders.
	Grants() (arguments, environment, folders bool)
}

// Export adds the functions of WASI preview 1 to a host module. of returns the System
// of the instance that calls. Where the guest must trap, a function panics: with an
// error, which is a sys.ExitError for proc_exit, and one that is ctx.Err() where the
// end of ctx ends a wait. work is told what the function name does, in units of package
// meter, before it is done and at least each 20,000 units; it panics to have the guest
// trap.
func Export(builder wazero.HostModuleBuilder, of func(ctx context.Context) System, work func(ctx context.Context, name string, units uint64)) {
	preview1.Export(builder, func(ctx context.Context, _ api.Module) *preview1.System {
		return of(ctx).(*preview1.System)
	}, work)
}

// Name is the name of the provider of WASI. A provider of this name takes the place of
// the one that grants nothing.
const Name = "wasi"

// Version is the version of WASI 0.2 that providers of WASI supply.
const Version = preview2.Version

// Items returns the interfaces of WASI 0.2 that every provider of WASI supplies, in the
// order of its implementations.
var Items = sync.OnceValue(func() []bind.Item { return preview2.Items(all(grants.Closed())) })

// all returns the interfaces over grants that open nothing of the network.
func all(g *grants.Grants) []preview2.Interface {
	return preview2.All(g, nil, http.New(nil, http.Limits{Work: g.Work}).Interfaces()...)
}

// Default returns the provider that grants nothing.
func Default() host.Provider { return provider{} }

type provider struct{}

var _ bind.Provider = provider{}

func (provider) Name() string { return Name }

func (provider) Imports() []bind.Item { return Items() }

func (provider) Supply(ctx context.Context) (impls []any, release func(context.Context) error, err error) {
	g := grants.Closed()
	g.Work = bind.WorkerOf(ctx).Count
	return preview2.Impls(all(g)), g.Close, nil
}
