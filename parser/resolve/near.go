package resolve

import (
	"maps"
	"slices"

	"github.com/witgen/witgen/diag"
)

// maxCandidates bounds how many names are compared for one hint.
const maxCandidates = 1000

// nearest returns the candidate that looks like what was meant by name, and ""
// where none does. Names that are much longer or shorter are left out.
func nearest(name string, candidates func(yield func(string) bool)) string {
	var list []string
	for c := range candidates {
		if far := len(name)/3 + 1; len(c) > len(name)+far || len(c)+far < len(name) {
			continue
		}
		if list = append(list, c); len(list) == maxCandidates {
			break
		}
	}
	return diag.Nearest(name, slices.Values(list))
}

// sortedKeys yields the keys of a map in order. They are sorted only once they
// are asked for.
func sortedKeys[V any](m map[string]V) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, name := range slices.Sorted(maps.Keys(m)) {
			if !yield(name) {
				return
			}
		}
	}
}
