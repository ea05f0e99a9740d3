package resolve

import (
	"maps"
	"slices"
	"strings"
)

// maxCandidates bounds how many names are compared for one hint.
const maxCandidates = 10_000

// nearest returns the candidate that differs least from name, where it differs
// in at most a third of its letters, and "" otherwise. Of equally near ones the
// first is taken.
func nearest(name string, candidates func(yield func(string) bool)) string {
	if len(name) > 100 {
		return ""
	}
	best, limit := "", max(1, len(name)/3)+1
	n := 0
	for c := range candidates {
		if n++; n > maxCandidates {
			break
		}
		if c == name || len(c) > 2*len(name)+2 {
			continue
		}
		if d := distance(strings.ToLower(name), strings.ToLower(c), limit); d < limit {
			best, limit = c, d
		}
	}
	return best
}

// distance counts the letters to insert, drop, change or swap with their
// neighbour to get from a to b. It gives up with limit where that many do not
// suffice.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	var before []int
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least >= limit {
			return limit
		}
		before, last = last, row
	}
	return last[len(b)]
}

// sortedKeys yields the keys of a map in order. They are sorted only once they are asked for.
func sortedKeys[V any](m map[string]V) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, name := range slices.Sorted(maps.Keys(m)) {
			if !yield(name) {
				return
			}
		}
	}
}
