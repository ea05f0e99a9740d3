// Package preview1 makes the core module that stands for WASI preview 1 in a
// component: an adapter for component.New, which imports nothing but the guest's
// memory. It is closed, so that the component runs in any host:
//
//   - there are no files: no folder is preopened, and paths and descriptors other
//     than 0, 1 and 2 are refused with the error badf
//   - standard input is at its end; what is written to standard output and standard
//     error is dropped
//   - there are no arguments and there is no environment
//   - the clocks start at zero and go on by a microsecond at each reading; a guest
//     that sleeps goes on at once, with the clock put forward
//   - random numbers come from a fixed seed, the same ones in every instance: hash
//     tables work, and nothing that is meant to be secret may come from them
//   - proc_exit traps
//
// All other functions return the error nosys. The module holds the functions that
// a guest imports and no others.
package preview1

import (
	"fmt"
	"slices"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/wasm"
)

// Name is the module that guests import WASI preview 1 from.
const Name = "wasi_snapshot_preview1"

// Needed reports whether a core module imports WASI preview 1.
func Needed(m *component.Module) bool {
	return slices.ContainsFunc(m.Imports, func(i component.ModuleImport) bool { return i.Module == Name })
}

// Adapters returns the adapter for a core module, and none where the module imports
// nothing of WASI preview 1. It fails if the module cannot be read, or imports
// something that WASI preview 1 does not have.
func Adapters(core []byte) ([]component.Adapter, error) {
	m, err := component.ReadModule(core)
	if err != nil || !Needed(m) {
		return nil, err
	}
	adapter, err := Module(imported(m))
	if err != nil {
		return nil, err
	}
	return []component.Adapter{{Name: Name, Wasm: adapter}}, nil
}

// imported returns the names of what a module imports of WASI preview 1.
func imported(m *component.Module) []string {
	var names []string
	for _, i := range m.Imports {
		if i.Module == Name && !slices.Contains(names, i.Name) {
			names = append(names, i.Name)
		}
	}
	return names
}

// unknown returns the error of a function that WASI preview 1 does not have.
func unknown(name string) error { return fmt.Errorf("WASI preview 1 has no function %q", name) }

// Functions returns the names of all functions of WASI preview 1.
func Functions() []string {
	var names []string
	for _, f := range functions() {
		names = append(names, f.name)
	}
	return names
}

// Module returns a core module that exports the functions of those names. It
// imports env.memory where one of them uses memory.
func Module(names []string) ([]byte, error) {
	all := functions()
	var list []function
	usesMemory := false
	for _, name := range names {
		i := slices.IndexFunc(all, func(f function) bool { return f.name == name })
		if i < 0 {
			return nil, unknown(name)
		}
		list = append(list, all[i])
		usesMemory = usesMemory || all[i].memory
	}
	var m wasm.Module
	for _, f := range list {
		m.Export(f.name, wasm.FuncKind, m.Func(m.Type(f.typ()), valTypes(f.locals), f.body))
	}
	if usesMemory {
		m.Import(wasm.Import{Module: "env", Name: "memory", Type: wasm.Extern{Kind: wasm.MemoryKind}}) // of 0 pages or more
	}
	for range globals {
		m.Global(wasm.Global{Type: wasm.I64, Mutable: true}, i64(0))
	}
	m.AddFunctionNames(0, names...) // for the stack of a trap
	return m.Bytes(), nil
}

// typ returns the function's type.
func (f function) typ() wasm.SubType {
	results := "i"
	if f.noResult {
		results = ""
	}
	return wasm.FuncType(valTypes(f.params), valTypes(results))
}
