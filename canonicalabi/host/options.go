package host

import (
	"github.com/tetratelabs/wazero"
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
	// Module is what a WASI guest may see of its surroundings.
	Module wazero.ModuleConfig
	// Deadline makes a call end when its context ends.
	Deadline bool
}

// Limits are the bounds that an instance keeps its guest to.
type Limits struct {
	// MemoryBytes is how large a guest's memory may grow. It is rounded down to
	// pages of 64 KiB.
	MemoryBytes uint64
	// LiftedBytes is how much one call may lift out of the guest, counted in the
	// bytes that the values take in Go, each shared region as often as it is
	// lifted.
	LiftedBytes int64
	// Handles is how many handles a guest may hold at a time.
	Handles int
}

// The default limits.
const (
	DefaultMemoryBytes = 256 << 20
	DefaultLiftedBytes = 64 << 20
	DefaultHandles     = 1 << 16
)

// NewConfig returns the defaults with opts applied to them.
func NewConfig(opts []Option) *Config {
	c := &Config{Limits: Limits{MemoryBytes: DefaultMemoryBytes, LiftedBytes: DefaultLiftedBytes, Handles: DefaultHandles}}
	for _, opt := range opts {
		opt(c)
	}
	return c
}

// MemoryLimit bounds the memory of each instance, in bytes; the default is 256
// MiB. A guest's memory.grow beyond it fails, and a guest that starts with more
// is refused by Compile. It has no effect together with Runtime, whose
// configuration holds the limit.
func MemoryLimit(bytes uint64) Option {
	return func(c *Config) { c.Limits.MemoryBytes = bytes }
}

// LiftLimit bounds what one call may lift out of the guest, in bytes that the
// values take in Go; the default is 64 MiB. A call beyond it ends with a
// LimitError.
func LiftLimit(bytes int64) Option {
	return func(c *Config) { c.Limits.LiftedBytes = bytes }
}

// HandleLimit bounds how many handles of resources a guest may hold at a time; the
// default is 65,536. A call that would give it more ends with a LimitError.
func HandleLimit(n int) Option {
	return func(c *Config) { c.Limits.Handles = n }
}

// Deadline makes a call end with a LimitError when its context is cancelled or
// its deadline passes, even while guest code runs; the instance is dead then.
// A call whose context has ended already is refused with a LimitError, and the
// instance lives on. Without the option a context is only passed on to host
// functions. It uses wazero's WithCloseOnContextDone, which slows loops down, and
// each call allocates. Together with Runtime, whose configuration decides, it
// stops no running guest.
func Deadline() Option {
	return func(c *Config) { c.Deadline = true }
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

// ModuleConfig opens to a WASI guest what config opens: arguments, environment,
// directories, clocks, output. Its name and start functions are ignored. Without
// it the guest sees nothing: no files, arguments or environment; output is
// dropped; clocks count their readings; only random numbers are real.
func ModuleConfig(config wazero.ModuleConfig) Option {
	return func(c *Config) { c.Module = config }
}
