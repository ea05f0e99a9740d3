package host

import (
	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/canonicalabi/host/meter"
)

// Option changes how a guest is compiled and run.
type Option func(*Config)

// Config is what Options set. Its zero value is not useful; NewConfig gives the
// defaults.
type Config struct {
	Limits Limits
	// Runtime is the caller's wazero runtime, or nil for one of the plugin's own.
	Runtime wazero.Runtime
	// Cache is the compilation cache of a runtime of the plugin's own, or nil.
	Cache wazero.CompilationCache
	// WASI is what a WASI guest may see of its surroundings.
	WASI WASI
	// Unmetered runs the guest's modules as they are.
	Unmetered bool
}

// NewConfig returns the defaults with opts applied to them.
func NewConfig(opts []Option) *Config {
	c := &Config{Limits: Limits{
		MemoryBytes:   DefaultMemoryBytes,
		TableElements: DefaultTableElements,
		LiftedBytes:   DefaultLiftedBytes,
		Handles:       DefaultHandles,
		CallDepth:     DefaultCallDepth,
		Instances:     DefaultInstances,
		Module:        meter.DefaultLimits(),
	}}
	for _, opt := range opts {
		opt(c)
	}
	return c
}

// Runtime runs the guest on a wazero runtime of the caller's, which several
// plugins may share. The caller closes it, after the plugins.
func Runtime(r wazero.Runtime) Option {
	return func(c *Config) { c.Runtime = r }
}

// Cache keeps compiled code in a compilation cache, which several plugins and
// processes may share. The caller closes it, after the plugins.
func Cache(cache wazero.CompilationCache) Option {
	return func(c *Config) { c.Cache = cache }
}

// Unmetered runs the guest's modules as they are, for guests that the host trusts
// like its own code. Nothing stops a running guest then: not the end of a call's
// context, nor Fuel, CallDepth, TableLimit and ModuleLimits, which have no effect.
// MemoryLimit holds in a runtime of the plugin's own, and not together with
// Runtime; a Runtime with wazero's WithCloseOnContextDone still ends calls when
// their contexts end. What it saves is what metering takes: a few percent of a
// guest's time, and of Compile's.
func Unmetered() Option {
	return func(c *Config) { c.Unmetered = true }
}
