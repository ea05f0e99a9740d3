package diag

import "iter"

// maxCandidates and maxName bound the work for one hint.
const (
	maxCandidates = 10_000
	maxName       = 100 // bytes
)

// Nearest returns the candidate that is closest to name, for hints about typing
// mistakes, and "" where none is close. Of several that are equally close the
// first wins. The distance counts letters inserted, removed, changed, and
// neighbours swapped; a third of the name may differ, and case counts half.
func Nearest(name string, candidates iter.Seq[string]) string {
	if len(name) > maxName {
		return ""
	}
	best, limit := "", 2*max(1, len(name)/3)+1
	n := 0
	for c := range candidates {
		if n++; n > maxCandidates {
			break
		}
		if c == name || len(c) > 2*len(name)+2 {
			continue
		}
		if d := distance(name, c); d < limit {
			best, limit = c, d
		}
	}
	return best
}

// distance returns twice the edit distance of a and b; letters that differ in
// case only count one.
func distance(a, b string) int {
	before := make([]int, len(b)+1) // the row two above
	above := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range above {
		above[j] = 2 * j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = 2 * i
		for j := 1; j <= len(b); j++ {
			row[j] = min(above[j]+2, row[j-1]+2, above[j-1]+change(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+2)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}

// change returns the cost of writing b for a.
func change(a, b byte) int {
	switch {
	case a == b:
		return 0
	case a|0x20 == b|0x20 && (a|0x20) >= 'a' && (a|0x20) <= 'z':
		return 1
	default:
		return 2
	}
}
