//go:build !linux || 386 || arm || mips || mipsle || witgen_plain

package linear

import (
	"math/bits"
	"sync"
)

// slice is a region of Go's heap.
type slice struct {
	bytes []byte
	size  uint64 // bytes that a memory has had
}

func (s *slice) grow(size uint64) []byte {
	if size > uint64(len(s.bytes)) {
		return nil
	}
	s.size = max(s.size, size)
	return s.bytes[:size:size]
}

func (s *slice) shrink(to, from uint64) {
	clear(s.bytes[to:from])
	s.size = to
}

// idle are regions that no memory uses, by the logarithm of their size. All they hold
// is zero.
var idle struct {
	sync.Mutex
	classes [64][]*slice
	bytes   uint64
}

// idleBytes is how many bytes are kept for other memories.
const idleBytes = 64 << 20

func class(size uint64) int { return bits.Len64(max(size, PageSize) - 1) }

// obtain returns a region for a memory of size bytes. It moves when it grows beyond the
// next power of two.
func obtain(size, _ uint64) region {
	c := class(size)
	idle.Lock()
	if n := len(idle.classes[c]); n > 0 {
		s := idle.classes[c][n-1]
		idle.classes[c] = idle.classes[c][:n-1]
		idle.bytes -= uint64(len(s.bytes))
		idle.Unlock()
		return s
	}
	idle.Unlock()
	if uint64(int(1)<<c) != 1<<c || c >= bits.UintSize-1 {
		return nil
	}
	return &slice{bytes: make([]byte, 1<<c)}
}

// recycle keeps a region for another memory, or leaves it to the garbage collector.
func recycle(r region) {
	s := r.(*slice)
	idle.Lock()
	room := idle.bytes+uint64(len(s.bytes)) <= idleBytes
	if room {
		idle.bytes += uint64(len(s.bytes))
	}
	idle.Unlock()
	if !room {
		return
	}
	clear(s.bytes[:s.size])
	s.size = 0
	c := class(uint64(len(s.bytes)))
	idle.Lock()
	idle.classes[c] = append(idle.classes[c], s)
	idle.Unlock()
}
