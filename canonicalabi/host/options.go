package host

import "github.com/tetratelabs/wazero"

// Option changes how a guest is compiled and run.
type Option func(*Config)

// Config is what Options set, for package link to read. Its zero value is not
// useful; NewConfig gives the defaults.
type Config struct {
	// MemoryBytes is how large a guest's memory may grow. It is rounded down to
	// pages of 64 KiB, and is one page at least.
	MemoryBytes uint64
	// TableElements is how many elements the tables of a guest may have together;
	// 0 is no limit.
	TableElements uint64
	// LiftedBytes is how much one call may lift out of the guest, counted in the
	// bytes that the values take in Go, each shared region as often as it is
	// lifted.
	LiftedBytes int64
	// Handles is how many handles a guest may hold at a time.
	Handles int
	// Fuel is how much each call may do; 0 is no limit.
	Fuel uint64
	// CallDepth is how deep a guest's calls may be nested; 0 is no limit but
	// wazero's.
	CallDepth uint64
	// Instances is how many instances a plugin may have at a time; 0 is no limit.
	Instances int
	// Module bounds what each module of a guest may contain.
	Module Limits
	// Runtime is the caller's wazero runtime, or nil for one of the plugin's own.
	Runtime wazero.Runtime
	// Cache is the compilation cache of a runtime of the plugin's own, or nil.
	Cache wazero.CompilationCache
	// WASI is what a WASI guest may see of its surroundings.
	WASI WASI
	// NoMetering runs the guest's modules as they are.
	NoMetering bool
}

// NewConfig returns the defaults with opts applied to them.
func NewConfig(opts []Option) *Config {
	c := &Config{
		MemoryBytes:   DefaultMemoryBytes,
		TableElements: DefaultTableElements,
		LiftedBytes:   DefaultLiftedBytes,
		Handles:       DefaultHandles,
		CallDepth:     DefaultCallDepth,
		Instances:     DefaultInstances,
		Module:        DefaultLimits(),
	}
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

// NoMetering runs the guest's modules as they are, for guests that the host trusts
// like its own code. Nothing stops a running guest then: not the end of a call's
// context, nor Fuel, CallDepth, TableLimit and ModuleLimits, which have no effect.
// MemoryLimit holds in a runtime of the plugin's own, and not together with
// Runtime; a Runtime with wazero's WithCloseOnContextDone still ends calls when
// their contexts end. What it saves is what metering takes: a few percent of a
// guest's time, and of Compile's.
func NoMetering() Option {
	return func(c *Config) { c.NoMetering = true }
}
