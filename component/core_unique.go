package component

import (
	"fmt"

	"github.com/witgen/witgen/internal/wasm"
)

// Core WebAssembly lets a module import one name several times, as standard Go does.
// In a component it may not, and so such imports get names of their own.

// importKey is the name of an import.
type importKey struct{ module, name string }

// repeatedImport returns the first import whose name an earlier one has, or -1.
func repeatedImport(imports []moduleImport) int {
	seen := make(map[importKey]bool, len(imports))
	for n, i := range imports {
		key := importKey{i.module, i.name}
		if seen[key] {
			return n
		}
		seen[key] = true
	}
	return -1
}

// uniqueNames returns the names of imports, those that repeat an earlier one with a
// number behind them.
func uniqueNames(imports []moduleImport) []string {
	taken := make(map[importKey]bool, len(imports))
	for _, i := range imports {
		taken[importKey{i.module, i.name}] = true
	}
	names := make([]string, len(imports))
	next := make(map[importKey]int, len(imports)) // the number to try, where a name was met
	for n, i := range imports {
		key := importKey{i.module, i.name}
		names[n] = i.name
		for try := key; next[key] > 0 && taken[try]; next[key]++ {
			try.name = fmt.Sprintf("%s$%d", i.name, next[key])
			names[n] = try.name
		}
		taken[importKey{i.module, names[n]}] = true
		next[key] = max(next[key], 1)
	}
	return names
}

// uniqueImports returns the contents of an import section with the names that
// uniqueNames gives.
func uniqueImports(s wasm.Section) []byte {
	list := wasm.Vec(s.Content, s.Content.Import)
	imports := make([]moduleImport, len(list))
	for n, i := range list {
		imports[n] = moduleImport{module: i.Module, name: i.Name}
	}
	if repeatedImport(imports) < 0 {
		return s.Data
	}
	for n, name := range uniqueNames(imports) {
		list[n].Name = name
	}
	var w wasm.Writer
	wasm.WriteVec(&w, list, w.Import)
	return w.Buf
}
