// Package closed has the answers of a WASI that grants nothing. Package link gives them
// to every guest that imports WASI and whose host did not use package wasi: no files,
// arguments or environment, an input at its end, outputs that drop what they take, a
// clock that counts its readings. Random numbers are real.
package closed

import (
	"context"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/witgen/witgen/wasi/internal/grants"
	"github.com/witgen/witgen/wasi/internal/preview1"
)

// Module is the name that core modules import WASI preview 1 from.
const Module = preview1.Module

// System is WASI preview 1 for one instance. Its Close ends it with the instance.
type System = preview1.System

// New returns a System that grants nothing.
func New() *System { return preview1.New(grants.Closed()) }

// Provider makes the System of an instance. A bind.Provider that is one decides what
// core modules see.
type Provider interface {
	// Preview1 is called for each instance whose guest imports WASI preview 1.
	Preview1(ctx context.Context) (*System, error)
}

// Export adds the functions of WASI preview 1 to a host module. of returns the System
// of the instance that calls. Where the guest must trap, a function panics: with an
// error, which is a sys.ExitError for proc_exit, and one that is ctx.Err() where the
// end of ctx ends a wait.
func Export(builder wazero.HostModuleBuilder, of func(ctx context.Context, caller api.Module) *System) {
	preview1.Export(builder, of)
}
