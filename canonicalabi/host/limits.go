package host

// The default limits. There is none for Fuel; see [Fuel].
const (
	DefaultMemoryBytes   = 256 << 20
	DefaultTableElements = 1_000_000
	DefaultLiftedBytes   = 64 << 20
	DefaultHandles       = 1 << 16
	DefaultCallDepth     = 100_000
	DefaultInstances     = 10_000
)

// MemoryLimit bounds the memory of an instance, in bytes; the default is 256 MiB. Of
// a component it is what all its memories have together.
// A guest's memory.grow beyond it fails, which guests take for a want of memory,
// and a guest that starts with more is refused by Compile with a LimitError. It is an
// option of Compile.
func MemoryLimit(bytes uint64) Option {
	return ofCompile("MemoryLimit", func(c *Config) { c.MemoryBytes = bytes })
}

// TableLimit bounds the tables of an instance together, in elements, of which each
// takes 8 bytes of the host's memory; the default is 1,000,000, and 0 is no limit.
// Each core module of a component, and in it each table, may grow by an equal part.
// A guest's table.grow beyond that fails, and a guest that starts with more is
// refused by Compile with a LimitError. It is an
// option of Compile.
func TableLimit(elements uint64) Option {
	return ofCompile("TableLimit", func(c *Config) { c.TableElements = elements })
}

// LiftLimit bounds what one call may lift out of the guest, in bytes that the
// values take in Go; the default is 64 MiB. A call beyond it ends with a
// LimitError.
func LiftLimit(bytes int64) Option {
	return func(c *Config) { c.LiftedBytes = bytes }
}

// HandleLimit bounds how many handles of resources a guest may hold at a time; the
// default is 65,536. A call that would give it more ends with a LimitError.
func HandleLimit(n int) Option {
	return func(c *Config) { c.Handles = n }
}

// Fuel bounds how much guest code one call may run: about as many instructions,
// as meter.Controller.SetFuel counts them, which is the same in every run and on
// every machine. It counts for what the host calls for it too, such as realloc and
// destructors, and for the start of an instance; each module of a component has
// as much. A call that uses more ends with a LimitError, and its instance is dead.
//
// Without the option there is no limit: what bounds the time of a call is its
// context.
func Fuel(n uint64) Option {
	return func(c *Config) { c.Fuel = n }
}

// CallDepth bounds how many calls of functions in the guest may be nested; the
// default is 100,000, and 0 leaves it to wazero, which stops at a stack of 50 MB. A
// call that goes deeper ends with a LimitError, and its instance is dead. It is an
// option of Compile.
func CallDepth(n uint64) Option {
	return ofCompile("CallDepth", func(c *Config) { c.CallDepth = n })
}

// InstanceLimit bounds how many instances of the plugin may exist at a time; the
// default is 10,000, and 0 is no limit. Instantiate beyond it returns a
// LimitError. A dead instance counts until it is closed. It is an
// option of Compile.
func InstanceLimit(n int) Option {
	return ofCompile("InstanceLimit", func(c *Config) { c.Instances = n })
}

// ModuleLimits bounds what each module of the guest may contain, which is looked at
// before it is compiled, as a small module can make wazero compile for minutes; the
// default is [DefaultLimits]. Compile refuses a module beyond them with a
// LimitError that names the function and the place. It is an
// option of Compile.
func ModuleLimits(limits Limits) Option {
	return ofCompile("ModuleLimits", func(c *Config) { c.Module = limits })
}

// Limits bound what a module may contain. They are checked before the module is
// compiled. A limit of 0 does not apply. A LimitError names a limit by its field
// here.
type Limits struct {
	// ModuleBytes is the size of the module in bytes.
	ModuleBytes uint64
	// Types is the number of types, Params and Results the number of each of one
	// type.
	Types, Params, Results uint64
	// Imports and Exports are the numbers of each, of all kinds.
	Imports, Exports uint64
	// Functions is the number of functions that the module defines.
	Functions uint64
	// Globals is the number of globals that it defines.
	Globals uint64
	// Tables is the number of tables that it defines or imports.
	Tables uint64
	// Segments is the number of data segments and of element segments, Elements
	// the number of elements in all segments together.
	Segments, Elements uint64
	// FunctionBytes is the size of one function's body in bytes.
	FunctionBytes uint64
	// FunctionInstructions is the number of instructions of one function.
	FunctionInstructions uint64
	// FunctionBlocks is the number of blocks, ifs, branches and br_table targets of
	// one function; a loop counts as four. wazero's time to compile a function can
	// grow with its square.
	FunctionBlocks uint64
	// FunctionLocals is the number of locals of one function with its parameters.
	FunctionLocals uint64
	// Nesting is how deep blocks lie in each other.
	Nesting uint64
	// CompileWork is an estimate of how long wazero compiles all modules of the
	// guest, in nanoseconds. It is meant for the worst code of each kind, and most
	// code takes a fifth: for a function of so many blocks (B), locals (L), bytes
	// (N), and operands that calls and blocks pass beyond four each (P) it is
	// 16 B² + 1000 B L + 1000 N + 2000 P.
	CompileWork uint64
}

// DefaultLimits returns limits that modules of the usual compilers keep and that
// hold the time to compile a module to seconds.
func DefaultLimits() Limits {
	return Limits{
		ModuleBytes:          64 << 20,
		Types:                100_000,
		Params:               1_000,
		Results:              1_000,
		Imports:              10_000,
		Exports:              100_000,
		Functions:            200_000,
		Globals:              100_000,
		Tables:               100,
		Segments:             100_000,
		Elements:             1_000_000,
		FunctionBytes:        1 << 20,
		FunctionInstructions: 500_000,
		FunctionBlocks:       10_000,
		FunctionLocals:       10_000,
		Nesting:              5_000,
		CompileWork:          30_000_000_000,
	}
}
