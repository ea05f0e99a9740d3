package core

import (
	"fmt"

	"github.com/witgen/witgen/internal/wasm"
)

// Core WebAssembly lets a module import one name several times, as standard Go does.
// In a component it may not, and so such imports get names of their own.

// importKey is the name of an import.
type importKey struct{ module, name string }

// Repeated returns the first import whose name an earlier one has, or -1.
func Repeated(imports []Import) int {
	seen := make(map[importKey]bool, len(imports))
	for n, i := range imports {
		key := importKey{i.Module, i.Name}
		if seen[key] {
			return n
		}
		seen[key] = true
	}
	return -1
}

// UniqueNames returns the names of imports, those that repeat an earlier one with a
// number behind them, as wasm-tools has it.
func UniqueNames(imports []Import) []string {
	taken := make(map[importKey]bool, len(imports))
	for _, i := range imports {
		taken[importKey{i.Module, i.Name}] = true
	}
	names := make([]string, len(imports))
	next := make(map[importKey]int, len(imports)) // the number to try, where a name was met
	for n, i := range imports {
		key := importKey{i.Module, i.Name}
		names[n] = i.Name
		for try := key; next[key] > 0 && taken[try]; next[key]++ {
			try.name = fmt.Sprintf("%s [v%d]", i.Name, next[key])
			names[n] = try.name
		}
		taken[importKey{i.Module, names[n]}] = true
		next[key] = max(next[key], 2)
	}
	return names
}

// UniqueImports returns the contents of an import section with the names that
// uniqueNames gives.
func UniqueImports(s wasm.Section) []byte {
	list := wasm.Vec(s.Content, s.Content.Import)
	imports := make([]Import, len(list))
	for n, i := range list {
		imports[n] = Import{Module: i.Module, Name: i.Name}
	}
	if Repeated(imports) < 0 {
		return s.Data
	}
	for n, name := range UniqueNames(imports) {
		list[n].Name = name
	}
	var w wasm.Writer
	wasm.WriteVec(&w, list, w.Import)
	return w.Buf
}
