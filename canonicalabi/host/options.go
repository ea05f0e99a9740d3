package host

import (
	"fmt"
	"slices"

	"github.com/tetratelabs/wazero"
)

// Option changes how a guest is compiled and run. Options of Compile hold for all
// instances; options of Instantiate override them for one instance.
// Where the doc of an option says that it is an option of Compile, Instantiate
// returns a LinkError for it.
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
	// Unmetered runs the guest's modules as they are.
	Unmetered bool
	// Providers supply imports that the world does not have.
	Providers []Provider

	instance  bool // it is of an instance
	misplaced error
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

// ForInstance returns the configuration of an instance of a guest that was compiled
// with c: c with opts applied to it. The error names an option that only Compile
// takes, or a provider that Compile does not know.
func (c *Config) ForInstance(opts []Option) (*Config, error) {
	if len(opts) == 0 {
		return c, nil
	}
	of := *c
	of.instance = true
	of.WASI.Open = slices.Clip(c.WASI.Open) // what opts append must not be shared
	for _, opt := range opts {
		opt(&of)
	}
	return &of, of.misplaced
}

// ofCompile returns an option that only Compile takes.
func ofCompile(name string, set func(*Config)) Option {
	return func(c *Config) {
		if !c.instance {
			set(c)
		} else if c.misplaced == nil {
			c.misplaced = fmt.Errorf("host.%s is decided when the guest is compiled; pass it to Compile", name)
		}
	}
}

// Provider supplies imports that guests have beyond their worlds, such as WASI's.
// Those that there are come from packages such as witgen's wasi; what they do is in
// the interface of the same name in package bind.
type Provider interface {
	// Name is the name that errors show. A guest has one Provider of a name.
	Name() string
}

// Provide supplies imports to a guest that its world does not have, or that the host
// leaves nil. It takes the place of an earlier Provider of the same name. For an
// instance, it can only take the place of one of Compile.
func Provide(p Provider) Option {
	return func(c *Config) {
		n := slices.IndexFunc(c.Providers, func(old Provider) bool { return old.Name() == p.Name() })
		c.Providers = slices.Clone(c.Providers) // those of Compile stay
		switch {
		case n >= 0:
			c.Providers[n] = p
		case !c.instance:
			c.Providers = append(c.Providers, p)
		case c.misplaced == nil:
			c.misplaced = fmt.Errorf("the guest was compiled without the provider %s; pass it to Compile first", p.Name())
		}
	}
}

// Runtime runs the guest on a wazero runtime of the caller's, which several
// plugins may share. The caller closes it, after the plugins. It is an option of
// Compile.
func Runtime(r wazero.Runtime) Option {
	return ofCompile("Runtime", func(c *Config) { c.Runtime = r })
}

// Cache keeps compiled code in a compilation cache, which several plugins and
// processes may share. The caller closes it, after the plugins. It is an option of
// Compile.
func Cache(cache wazero.CompilationCache) Option {
	return ofCompile("Cache", func(c *Config) { c.Cache = cache })
}

// Unmetered runs the guest's modules as they are, for guests that the host trusts
// like its own code. Nothing stops a running guest then: not the end of a call's
// context, nor Fuel, CallDepth, TableLimit and ModuleLimits, which have no effect.
// MemoryLimit holds in a runtime of the plugin's own, and not together with
// Runtime; a Runtime with wazero's WithCloseOnContextDone still ends calls when
// their contexts end. What it saves is what metering takes: a few percent of a
// guest's time, and of Compile's. It is an option of Compile.
func Unmetered() Option {
	return ofCompile("Unmetered", func(c *Config) { c.Unmetered = true })
}
