package host

import (
	"fmt"
	"slices"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"
)

// Option changes how a guest is compiled and run. Options of Compile hold for all
// instances; options of Instantiate override them for one instance. Instantiate
// returns a LinkError for an option that its doc calls an option of Compile.
type Option func(*Config)

// Config holds the settings of Options, for package link to read. The zero value is
// not useful; NewConfig returns the defaults.
type Config struct {
	// MemoryBytes, TableElements, LiftedBytes, Handles, Fuel, StackBytes, Instances
	// and Module are the limits that the options MemoryLimit, TableLimit, LiftLimit,
	// HandleLimit, Fuel, StackLimit, InstanceLimit and ModuleLimits set. MemoryBytes
	// is rounded down to pages of 64 KiB, to one page at least. LiftedBytes counts a
	// region of guest memory each time that it is lifted.
	MemoryBytes   uint64
	TableElements uint64
	LiftedBytes   int64
	Handles       int
	Fuel          uint64
	StackBytes    uint64
	Instances     int
	Module        Limits
	// Runtime is the caller's wazero runtime, or nil for one of the plugin's own.
	Runtime wazero.Runtime
	// Cache is the compilation cache of a runtime of the plugin's own, or nil.
	Cache wazero.CompilationCache
	// Memory allocates the memories of guests, or is nil for memory that is given back
	// when an instance ends.
	Memory experimental.MemoryAllocator
	// Budget bounds the memories of all instances, or is nil. WaitForMemory is that option.
	Budget        *Budget
	WaitForMemory bool
	// CompileWorkers is how many goroutines compile a module, if it is more than 1.
	CompileWorkers int
	// Unmetered runs the guest's modules as they are.
	Unmetered bool
	// Fresh has instances that can be put back, and AnyStart is SnapshotAfterStart.
	Fresh, AnyStart bool
	// RequireWIT refuses core modules that do not carry the WIT types of their functions.
	RequireWIT bool
	// Leaks notes what must be closed, or is nil.
	Leaks *Leaks
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
		StackBytes:    DefaultStackBytes,
		Instances:     DefaultInstances,
		Module:        DefaultLimits(),
	}
	for _, opt := range opts {
		opt(c)
	}
	return c
}

// ForInstance returns the settings of one instance of a guest that was compiled with
// c: a copy of c with opts applied to it. It fails for an option of Compile, and for a
// provider whose name Compile was not given.
func (c *Config) ForInstance(opts []Option) (*Config, error) {
	if len(opts) == 0 {
		return c, nil
	}
	of := *c
	of.instance = true
	for _, opt := range opts {
		opt(&of)
	}
	return &of, of.misplaced
}

// ofCompile returns an option of Compile.
func ofCompile(name string, set func(*Config)) Option {
	return func(c *Config) {
		if !c.instance {
			set(c)
		} else if c.misplaced == nil {
			c.misplaced = fmt.Errorf("host.%s is decided when the guest is compiled; pass it to Compile", name)
		}
	}
}

// Provider supplies imports to guests that their worlds do not have, such as those of
// WASI. Packages have functions that return one. To write a Provider, implement
// bind.Provider.
type Provider interface {
	// Name returns the name that errors show. A guest has one Provider of a name.
	Name() string
}

// Provide supplies the guest with imports that its world does not have or that the
// host leaves nil. It replaces an earlier Provider of the same name. As an option of
// Instantiate, it can only replace one of Compile.
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

// RequireWIT has Compile refuse a core module that does not carry the WIT types of the
// functions that it shares with the world. Compile always compares the types that are
// there, of which components have all. Without them only core types are compared, which
// do not tell one enum from another. It is an option of Compile.
func RequireWIT() Option {
	return ofCompile("RequireWIT", func(c *Config) { c.RequireWIT = true })
}

// Runtime runs the guest on a wazero runtime of the caller's, which several plugins
// may share. The caller closes it, after the plugins. It is an option of Compile.
func Runtime(r wazero.Runtime) Option {
	return ofCompile("Runtime", func(c *Config) { c.Runtime = r })
}

// Memory has allocator supply the memories of a guest, in place of memory that is given
// back when an instance ends. MemoryLimit holds for them together. wazero frees a memory
// when its module is closed; an instance closes its modules after its last call.
func Memory(allocator experimental.MemoryAllocator) Option {
	return func(c *Config) { c.Memory = allocator }
}

// Cache keeps compiled code in a compilation cache, which several plugins and
// processes may share. The caller closes it, after the plugins. It is an option of
// Compile.
func Cache(cache wazero.CompilationCache) Option {
	return ofCompile("Cache", func(c *Config) { c.Cache = cache })
}

// CompileWorkers has wazero compile each module of the guest on n goroutines. A module of
// many megabytes takes nearly a part of the time then. The goroutines are wazero's own, which
// nothing recovers: a panic of its compiler ends the process, where it is an error of Compile
// otherwise. So the option is for guests that the host trusts. The memory that compiling
// takes may exceed Limits.CompileMemory, which counts one goroutine. It is an option of
// Compile.
func CompileWorkers(n int) Option {
	return ofCompile("CompileWorkers", func(c *Config) { c.CompileWorkers = n })
}

// Unmetered runs the guest's modules as they are, for guests that the host trusts like
// its own code. Nothing stops a running guest then: the end of a call's context does
// not, and Fuel, TableLimit and ModuleLimits have no effect. StackLimit bounds only how
// deep calls through the host are nested. MemoryLimit holds only without Runtime. A Runtime with wazero's WithCloseOnContextDone still
// ends calls when their contexts end. A guest saves a few percent of its time, and so
// does Compile. It is an option of Compile.
func Unmetered() Option {
	return ofCompile("Unmetered", func(c *Config) { c.Unmetered = true })
}
