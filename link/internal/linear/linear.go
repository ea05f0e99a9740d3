// Package linear holds the linear memories of guests. wazero's own memories are Go
// slices: growing one copies it, a new one is cleared whether the guest uses it or
// not, and a closed one stays until a garbage collection. The memories here are given
// back when their instance ends, and on Linux they lie outside Go's heap: address
// space is reserved for what the memory may grow to, growing copies nothing, and the
// kernel supplies pages on first touch.
package linear

import (
	"sync"
	"sync/atomic"

	"github.com/tetratelabs/wazero/experimental"

	"github.com/witgen/witgen/canonicalabi/host"
)

// PageSize is the size of a page of linear memory in bytes.
const PageSize = 1 << 16

// A Set is the memories of one instance, which share a limit. It implements wazero's
// allocator of memories for one goroutine at a time.
//
// wazero frees a memory when its module is closed, whatever runs at that time. A Set
// keeps it until Release.
type Set struct {
	limit  uint64
	budget *host.Budget

	mu       sync.Mutex
	used     uint64 // bytes that the memories have
	prepaid  uint64 // bytes that were taken from the budget for memories to come
	regions  []region
	memories []*memory
	released bool
	// spare tells that each memory is declared with a page more than it may have.
	spare bool
	// shrinks tells that the next growth of a memory makes it smaller.
	shrinks bool
}

// NewSet returns a set whose memories may have limit bytes together. They also draw on
// budget, if that is not nil, from which prepaid bytes were taken for them already.
func NewSet(limit uint64, budget *host.Budget, prepaid uint64) *Set {
	return &Set{limit: limit, budget: budget, prepaid: prepaid}
}

// Settle gives back what was prepaid and is not used.
func (s *Set) Settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
}

// settle is Settle. s.mu is held.
func (s *Set) settle() {
	if s.prepaid > 0 {
		s.budget.Give(s.prepaid)
	}
	s.prepaid = 0
}

// Allocate implements experimental.MemoryAllocator. The memory may grow to max bytes, or
// to what the set's limit leaves.
func (s *Set) Allocate(least, most uint64) experimental.LinearMemory {
	if s.spare {
		most = max(most-min(most, PageSize), least)
	}
	m := &memory{set: s, max: min(most, s.limit)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.memories = append(s.memories, m)
	return m
}

// Memories returns how many memories were allocated.
func (s *Set) Memories() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.memories)
}

// Bytes returns how many bytes the memories of the set have.
func (s *Set) Bytes() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}

// Release gives all memories back. Nothing may use them afterwards: no call of the
// instance may be running, and no slice of its memory may be in use. A second Release
// does nothing.
func (s *Set) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.released {
		return
	}
	s.released = true
	for _, r := range s.regions {
		recycle(r)
	}
	s.regions = nil
	s.give(s.used)
	s.settle()
}

// reserve takes more bytes from the limit and the budget, or reports that they are not
// there.
func (s *Set) reserve(more uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.released || more > s.limit-s.used {
		return false
	}
	paid := min(more, s.prepaid)
	if s.budget != nil && !s.budget.Take(more-paid) {
		return false
	}
	s.prepaid -= paid
	s.used += more
	inUse.Add(more)
	return true
}

func (s *Set) unreserve(bytes uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.give(bytes)
}

func (s *Set) give(bytes uint64) {
	s.used -= bytes
	if s.budget != nil {
		s.budget.Give(bytes)
	}
	inUse.Add(-bytes)
}

// inUse counts the bytes of the memories of all sets.
var inUse atomic.Uint64

// InUse returns how many bytes the memories of all sets have that were not released.
func InUse() uint64 { return inUse.Load() }

// keep notes a region for Release.
func (s *Set) keep(r region) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.regions = append(s.regions, r)
}

// A region is memory that one linear memory lies in.
type region interface {
	// grow returns the first size bytes, those beyond earlier sizes being zero, or nil
	// if the region cannot hold them.
	grow(size uint64) []byte
	// shrink makes what lies between two sizes zero, for a memory that is to have the
	// smaller one.
	shrink(to, from uint64)
}

// memory is a linear memory of a set.
type memory struct {
	set    *Set
	max    uint64
	size   uint64
	region region
	saved
}

// Reallocate implements experimental.LinearMemory. It returns nil, and memory.grow fails,
// if the set's limit, its budget or the machine does not have the memory.
func (m *memory) Reallocate(size uint64) []byte {
	if m.shrinks {
		return m.shrink()
	}
	if size < m.size || size > m.max || !m.set.reserve(size-m.size) {
		return nil
	}
	buffer := m.place(size)
	if buffer == nil {
		m.set.unreserve(size - m.size)
		return nil
	}
	m.size = size
	return buffer
}

// place returns the memory with a new size. The memory moves if its region is too small.
func (m *memory) place(size uint64) []byte {
	if size == 0 {
		return []byte{} // of a module that was given a memory for the meter
	}
	if m.region != nil {
		if buffer := m.region.grow(size); buffer != nil {
			return buffer
		}
	}
	larger := obtain(size, m.max)
	if larger == nil {
		return nil
	}
	buffer := larger.grow(size)
	if buffer == nil {
		recycle(larger)
		return nil
	}
	if m.region != nil {
		copy(buffer, m.region.grow(m.size))
	}
	// The smaller region stays until Release: a host function may have a slice of it.
	m.set.keep(larger)
	m.region = larger
	return buffer
}

// Free implements experimental.LinearMemory. It does nothing: a call may still be
// running in the module that is being closed. See [Set.Release].
func (m *memory) Free() {}
