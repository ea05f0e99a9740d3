//go:build wasm || tinygo.wasm

package guest

// SortedKeys returns the keys of m in order, which is the order in which maps
// are lowered.
func SortedKeys[K Number | ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	// Heapsort is small, and quick for any keys.
	for i := len(keys)/2 - 1; i >= 0; i-- {
		sift(keys, i)
	}
	for n := len(keys) - 1; n > 0; n-- {
		keys[0], keys[n] = keys[n], keys[0]
		sift(keys[:n], 0)
	}
	return keys
}

// sift moves the key at i down the heap, whose first key is the greatest.
func sift[K Number | ~string](keys []K, i int) {
	for {
		child := 2*i + 1
		if child >= len(keys) {
			return
		}
		if child+1 < len(keys) && keys[child] < keys[child+1] {
			child++
		}
		if keys[i] >= keys[child] {
			return
		}
		keys[i], keys[child] = keys[child], keys[i]
		i = child
	}
}

// SortedBools is SortedKeys for keys that are bools: false comes first.
func SortedBools[V any](m map[bool]V) []bool {
	var keys []bool
	for _, key := range [...]bool{false, true} {
		if _, ok := m[key]; ok {
			keys = append(keys, key)
		}
	}
	return keys
}
