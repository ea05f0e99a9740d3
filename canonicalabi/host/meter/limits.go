package meter

// Limits bound what a module may contain. They are checked while the module is read, and bound what
// reading and rewriting it takes. What wazero takes to compile it is another matter: package cost
// estimates that. A limit of 0 does not apply. An [*Error] names a limit by its field here.
type Limits struct {
	// ModuleBytes is the size of the module in bytes.
	ModuleBytes uint64
	// RewrittenBytes is the size of the functions as they are rewritten, together. Small loops become
	// eleven times as long, and most code half as long again.
	RewrittenBytes uint64
	// Sections is the number of sections, custom ones among them.
	Sections uint64
	// Types is the number of types, Params and Results the number of each of one type.
	Types, Params, Results uint64
	// Imports and Exports are the numbers of each, of all kinds.
	Imports, Exports uint64
	// Functions is the number of functions that the module defines.
	Functions uint64
	// Globals is the number of globals that it defines.
	Globals uint64
	// Tables is the number of tables that it defines or imports.
	Tables uint64
	// TableElements is the size of all tables that the module defines together: tables that start
	// larger are refused, and each may grow by its part of what is left (its maximum is lowered). Each
	// element takes the host 8 bytes.
	TableElements uint64
	// MemoryPages is the size of the memory in pages of 64 KiB: a memory that starts larger is
	// refused, and a memory may not grow beyond it (its maximum is lowered).
	MemoryPages uint64
	// Segments is the number of data segments and of element segments, Elements the number of
	// elements in all segments together.
	Segments, Elements uint64
	// FunctionBytes is the size of one function's body in bytes.
	FunctionBytes uint64
	// FunctionLocals is the number of locals of one function with its parameters.
	FunctionLocals uint64
	// Nesting is how deep blocks lie in each other.
	Nesting uint64
}

// DefaultLimits returns limits that modules of the usual compilers keep.
func DefaultLimits() Limits {
	return Limits{
		ModuleBytes:    64 << 20,
		RewrittenBytes: 256 << 20,
		Sections:       10_000,
		Types:          100_000,
		Params:         1_000,
		Results:        1_000,
		Imports:        10_000,
		Exports:        100_000,
		Functions:      200_000,
		Globals:        100_000,
		Tables:         100,
		TableElements:  1_000_000,
		MemoryPages:    4096, // 256 MiB
		Segments:       100_000,
		Elements:       1_000_000,
		FunctionBytes:  1 << 20,
		FunctionLocals: 10_000,
		Nesting:        5_000,
	}
}
