package host

// The default limits. Fuel has no default limit.
const (
	DefaultMemoryBytes   = 256 << 20
	DefaultTableElements = 1_000_000
	DefaultLiftedBytes   = 64 << 20
	DefaultHandles       = 1 << 16
	DefaultStackBytes    = 64 << 20
	DefaultInstances     = 10_000
)

// MemoryLimit bounds the memory of an instance in bytes; the memories of a component
// share it. The default is 256 MiB. Beyond it, memory.grow fails in the guest, which
// is out of memory then: if it traps, the error has the growth that was refused in the
// call. Compile refuses a guest that starts with more, with a
// LimitError. It is an option of Compile.
func MemoryLimit(bytes uint64) Option {
	return ofCompile("MemoryLimit", func(c *Config) { c.MemoryBytes = bytes })
}

// TableLimit bounds the tables of an instance in elements, each of which takes 8
// bytes of the host's memory. The default is 1,000,000, and 0 is no limit. The core
// modules of a component, and the tables of a module, each get an equal part of it.
// Beyond it, table.grow fails in the guest. Compile refuses a guest that starts with
// more, with a LimitError. It is an option of Compile.
func TableLimit(elements uint64) Option {
	return ofCompile("TableLimit", func(c *Config) { c.TableElements = elements })
}

// LiftLimit bounds the values that one call lifts out of the guest, in bytes that
// they take in Go. The default is 64 MiB. A call beyond it ends with a LimitError.
func LiftLimit(bytes int64) Option {
	return func(c *Config) { c.LiftedBytes = bytes }
}

// HandleLimit bounds the handles of resources in a guest's own tables at one time: those of
// the host's resources that the guest has not closed, and those of its own resources that it
// has not given away. A guest's resource in the host's hands does not count; LeakCheck finds
// those that the host never closes. The default is 65,536. A call that would give the guest
// more ends with a LimitError.
func HandleLimit(n int) Option {
	return func(c *Config) { c.Handles = n }
}

// Fuel bounds the guest code that one call runs, in about as many instructions; see
// meter.Controller.SetFuel for how they are counted. The count is the same in every
// run and on every machine. It includes what the call needs in the guest beside the
// function, such as realloc and destructors, and the host's work for the guest: a unit
// for each 16 bytes that are copied and each 4 bytes of text that are checked, 8 for
// each element of a list, 32 for each handle, and 320 for each call of realloc. Of a guest
// with imports that a Provider supplies, such as those of WASI 0.2, each call of an import
// takes 320 and what the Provider counts. The modules of a component share the fuel. The
// start of an instance has as much. A call that uses more ends with a LimitError, and its
// instance is dead; it may have used 20,000 units more, beside what one call of a Provider
// counts.
//
// Without the option the fuel has no limit, and only its context bounds the time of
// a call.
func Fuel(n uint64) Option {
	return func(c *Config) { c.Fuel = n }
}

// StackLimit bounds the stacks of an instance in bytes. The default is 64 MiB, which
// is room for some tens of thousands of nested calls of ordinary functions. A call that
// needs more ends with a LimitError, and its instance is dead. It is an option of
// Compile.
//
// wazero doubles a stack that is full by copying it, so the frames of functions take at
// most a quarter of the limit, as meter.Controller.SetStack counts them. A call
// between component instances, or of a destructor, that the guest makes through the host
// has a stack of its own, of 10 KiB at least. What the stacks of the calls around it take
// is no longer there for it. A function with one frame of up to 8 MiB may take four
// times as much beyond the limit, for a moment.
//
// With 0 only wazero bounds a stack, at 50 to 100 MB, and all stacks together may take
// 1 GiB.
func StackLimit(bytes uint64) Option {
	return ofCompile("StackLimit", func(c *Config) { c.StackBytes = bytes })
}

// InstanceLimit bounds how many instances of the plugin exist at one time. The
// default is 10,000, and 0 is no limit. Instantiate returns a LimitError beyond it.
// A dead instance counts until it is closed. It is an option of Compile.
func InstanceLimit(n int) Option {
	return ofCompile("InstanceLimit", func(c *Config) { c.Instances = n })
}

// ModuleLimits bounds the contents of each module of the guest, and what compiling
// them takes. They are checked before a module is compiled, since a small one can keep
// wazero's compiler busy for minutes. The default is [DefaultLimits]. Compile refuses a
// module beyond them with a LimitError that names the function and the place. It is an
// option of Compile.
func ModuleLimits(limits Limits) Option {
	return ofCompile("ModuleLimits", func(c *Config) { c.Module = limits })
}

// Limits are bounds on the contents of a module. 0 is no limit. A LimitError names a
// limit by its field here.
type Limits struct {
	// CompileTime is the time that wazero takes to compile all modules of the guest, in
	// units of about a nanosecond of a processor of 3 GHz, and CompileMemory the most
	// memory that it takes for that at a time, in bytes. Both are estimated from above
	// before it starts; see canonicalabi/host/meter/cost. Most programs take half of
	// the estimate.
	CompileTime, CompileMemory uint64
	// MachineCode is the size of the machine code of one function in bytes, estimated
	// likewise.
	MachineCode uint64
	// ModuleBytes is the size of the core modules of the guest together, in bytes. One
	// that a component instantiates with different imports counts once for each set of
	// them, with the names of these.
	ModuleBytes uint64
	// RewrittenBytes is the size of a module's functions as they are metered. Small loops
	// become eleven times as long, and most code half as long again.
	RewrittenBytes uint64
	// DefinitionBytes is the size of the definitions of a component in bytes, which is all
	// but custom sections and, of its core modules, the code, the data and the element segments.
	// A definition counts as 8 bytes at least.
	DefinitionBytes uint64
	// Sections is the number of sections, custom ones among them.
	Sections uint64
	// Types is the number of types. Params and Results are the numbers of each in
	// one type.
	Types, Params, Results uint64
	// Imports and Exports are the numbers of each, of all kinds. Imports is also the
	// number of functions that the core modules of a component import from the host.
	Imports, Exports uint64
	// Functions is the number of functions that the module defines.
	Functions uint64
	// Globals is the number of globals that it defines.
	Globals uint64
	// Tables is the number of tables that it defines or imports.
	Tables uint64
	// Segments is the number of data segments, and that of element segments.
	// Elements is the number of elements in all segments together.
	Segments, Elements uint64
	// FunctionBytes is the size of one function's body in bytes.
	FunctionBytes uint64
	// FunctionLocals is the number of locals of one function, including its
	// parameters.
	FunctionLocals uint64
	// Nesting is how deep blocks are nested.
	Nesting uint64
}

// DefaultLimits returns limits that the modules of common compilers keep: CPython and
// StarlingMonkey, with 18 and 12 MB, take a third of CompileTime.
func DefaultLimits() Limits {
	return Limits{
		CompileTime:     60_000_000_000,
		CompileMemory:   3 << 30,
		MachineCode:     16 << 20,
		ModuleBytes:     64 << 20,
		RewrittenBytes:  256 << 20,
		Sections:        10_000,
		DefinitionBytes: 4 << 20,
		Types:           100_000,
		Params:          1_000,
		Results:         1_000,
		Imports:         10_000,
		Exports:         100_000,
		Functions:       200_000,
		Globals:         100_000,
		Tables:          100,
		Segments:        100_000,
		Elements:        1_000_000,
		FunctionBytes:   1 << 20,
		FunctionLocals:  10_000,
		Nesting:         5_000,
	}
}
