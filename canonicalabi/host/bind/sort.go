package bind

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

const (
	// keyUnits is for finding the place of a key among others, for each time that their
	// number is halved.
	keyUnits = 4
	// sortedAtOnce is how many numbers are sorted between two looks.
	sortedAtOnce = 256
)

// sortedKeys returns the keys of a map in their order, and nil if the call is to stop.
func sortedKeys[K cmp.Ordered, V any](c *Call, m map[K]V) []K {
	keys := keysOf(c, m)
	var key K
	if _, ok := any(key).(string); ok {
		texts := sort(c, any(keys).([]string), 1, c.CompareStrings)
		keys, _ = any(texts).([]K)
		return keys
	}
	return sort(c, keys, sortedAtOnce, cmp.Compare[K])
}

// SortKeys returns the keys of a map in the order of compare, which counts its own work if it
// takes longer than comparing two numbers. If the call is to stop, the result is nil.
func SortKeys[K comparable, V any](c *Call, m map[K]V, compare func(a, b K) int) []K {
	return sort(c, keysOf(c, m), 1, compare)
}

// keysOf returns the keys of a map, and nil if the call is to stop.
func keysOf[K comparable, V any](c *Call, m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for key := range m {
		if len(keys)%sortedAtOnce == 0 && !c.done(sortedAtOnce*elementUnits) {
			return nil
		}
		keys = append(keys, key)
	}
	return keys
}

// sort merges parts of keys that are sorted at once, and looks in between. It may change
// keys. The fuel that it takes depends on the number of keys only, as a map has them in any
// order. If the call is to stop, the result is nil.
func sort[K any](c *Call, keys []K, atOnce int, compare func(a, b K) int) []K {
	n := len(keys)
	if c.err != nil || !c.elements(uint64(n), uint64(keyUnits*bits.Len(uint(n)))) {
		return nil
	}
	for part := range slices.Chunk(keys, atOnce) {
		slices.SortFunc(part, compare)
		if !c.done(uint64(len(part) * keyUnits * bits.Len(uint(len(part))))) {
			return nil
		}
	}
	if n <= atOnce {
		return keys
	}
	merged := make([]K, n)
	for width := atOnce; width < n; width *= 2 {
		for start := 0; start < n; start += 2 * width {
			middle, end := min(start+width, n), min(start+2*width, n)
			if !merge(c, merged[start:end], keys[start:middle], keys[middle:end], compare) {
				return nil
			}
		}
		keys, merged = merged, keys
	}
	return keys
}

// merge merges two sorted parts. It reports whether the call goes on.
func merge[K any](c *Call, merged, a, b []K, compare func(a, b K) int) bool {
	for i := range merged {
		switch {
		case i%sortedAtOnce == sortedAtOnce-1 && !c.done(sortedAtOnce*keyUnits):
			return false
		case len(b) == 0 || len(a) > 0 && compare(a[0], b[0]) <= 0:
			merged[i], a = a[0], a[1:]
		default:
			merged[i], b = b[0], b[1:]
		}
	}
	return c.done(uint64(len(merged)%sortedAtOnce) * keyUnits)
}

// CompareStrings is strings.Compare in pieces, between which the call looks whether it is to
// stop. Then the result has no meaning.
func (c *Call) CompareStrings(a, b string) int {
	for len(a) > piece && len(b) > piece && c.done(piece>>copyShift) {
		if order := strings.Compare(a[:piece], b[:piece]); order != 0 {
			return order
		}
		a, b = a[piece:], b[piece:]
	}
	if !c.done(uint64(min(len(a), len(b))) >> copyShift) {
		return 0
	}
	return strings.Compare(a, b)
}
