package cost

import "math/bits"

// A slots bounds the memory of lists that the compiler keeps from one function to the
// next: each of its blocks, say, has a list that grows to the longest that any
// function's block of that number needs, and is not given back.
//
// Which list gets which number is not known. So it is bounded by size: at most as many
// lists have room for 2^k items as functions have lists that long together, and as
// the one of these functions with the most lists has lists at all.
type slots struct {
	long  [33]uint64 // the lists of this function of at least 2^k items
	total [33]uint64 // the same of all functions
	most  [33]uint64 // the most lists of a function that has one of at least 2^k items
}

// put notes n lists of so many items in the current function.
func (s *slots) put(n, items uint64) {
	if items > 0 {
		s.long[min(bits.Len64(items)-1, 32)] += n
	}
}

// done ends a function that has so many lists, short or long.
func (s *slots) done(lists uint64) {
	n := uint64(0)
	for k := len(s.long) - 1; k >= 0; k-- {
		n += s.long[k]
		s.long[k] = 0
		if n > 0 {
			s.total[k] += n
			s.most[k] = max(s.most[k], lists)
		}
	}
}

// items returns how many items the lists have room for at most.
func (s *slots) items() float64 {
	sum := 0.0
	for k := range s.total {
		sum += float64(min(s.total[k], s.most[k])) * float64(uint64(1)<<k)
	}
	return sum
}
