package bind

import (
	"cmp"
	"iter"
)

// What a guest or the host makes long is lifted and lowered in pieces. Between two pieces the
// call looks whether it is to stop, and then the rest is left out.

const (
	// byteShift is the logarithm of how many bytes of a large element, or of a large area,
	// take a unit of fuel.
	byteShift = 3
	// smallArea is how many bytes of parameters or of a result take none.
	smallArea = 1 << 10
)

// unitsOf returns the units of fuel for an element of size bytes.
func unitsOf(size uint32) uint64 { return max(elementUnits, uint64(size)>>byteShift) }

// timeOf returns the units that an element of size bytes may take as it is lifted or lowered:
// each of its bytes may be a value of its own.
func timeOf(size uint32) uint64 { return max(elementUnits, uint64(size)/2) }

// pieceOf returns how many elements of size bytes make a piece.
func pieceOf(size uint32) int { return max(1, int(lookUnits/timeOf(size))) }

// LiftPieces cuts a list that is lifted, and its memory, into pieces. They are the whole list
// unless the call is to stop. An element has size bytes in memory.
func LiftPieces[T any](c *Call, region []byte, list []T, size uint32) iter.Seq2[[]byte, []T] {
	return func(yield func([]byte, []T) bool) {
		for len(list) > 0 && c.err == nil {
			n := min(pieceOf(size), len(list))
			if !yield(region[:n*int(size)], list[:n]) || !c.done(uint64(n)*timeOf(size)) {
				return
			}
			region, list = region[n*int(size):], list[n:]
		}
	}
}

// LowerPieces cuts a list that is lowered to elements of size bytes at ptr into pieces. They
// are the whole list unless the call is to stop.
func LowerPieces[T any](c *Call, ptr uint32, list []T, size uint32) iter.Seq2[uint32, []T] {
	return func(yield func(uint32, []T) bool) {
		for len(list) > 0 && c.err == nil {
			n := min(pieceOf(size), len(list))
			if !yield(ptr, list[:n]) || !c.done(uint64(n)*timeOf(size)) {
				return
			}
			ptr, list = ptr+uint32(n)*size, list[n:]
		}
	}
}

// Entries cuts the memory of a map that is lifted into its entries of size bytes. They are
// all of them unless the call is to stop.
func Entries(c *Call, region []byte, size uint32) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for len(region) > 0 && c.err == nil {
			if !yield(region[:size:size]) || !c.done(max(entryOfMap, timeOf(size))) {
				return
			}
			region = region[size:]
		}
	}
}

// SortedKeys returns the keys of a map in the order in which maps are lowered, to entries of
// size bytes. They are all of them unless the call is to stop.
func SortedKeys[K cmp.Ordered, V any](c *Call, m map[K]V, size uint32) iter.Seq2[int, K] {
	return func(yield func(int, K) bool) { eachKey(c, m, size, yield) }
}

// eachKey calls yield for the keys of SortedKeys.
func eachKey[K cmp.Ordered, V any](c *Call, m map[K]V, size uint32, yield func(int, K) bool) {
	for i, key := range sortedKeys(c, m) {
		if !yield(i, key) || !c.done(max(entryOfMap, timeOf(size))) {
			return
		}
	}
}

// SortedBools returns the keys of a map in the order in which maps are lowered.
func SortedBools[V any](m map[bool]V) []bool {
	var keys []bool
	for _, key := range []bool{false, true} {
		if _, ok := m[key]; ok {
			keys = append(keys, key)
		}
	}
	return keys
}
