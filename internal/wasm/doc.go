// Package wasm reads and writes the binary format of core WebAssembly modules,
// chapter 5 of the core specification: a bounded [Cursor] with its integers, names
// and vectors, the sections of a module, the types that imports and exports have,
// the table of instructions, and an assembler. Whoever looks into a core module does
// it with this package; the rules that a module must follow beyond its form are the
// reader's to check.
//
// The package knows WebAssembly 3.0 and the proposals that tools are known to write;
// see [Op.Proposal].
package wasm
