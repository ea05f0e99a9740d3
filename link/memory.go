package link

import "github.com/tetratelabs/wazero/experimental"

// budget is what the memories of an instance may have together, in bytes: a
// component can have hundreds of memories. It implements wazero's allocator of
// memories.
type budget struct{ left uint64 }

// Allocate returns a memory that draws on the budget. A capacity of more than it
// needs is for a memory that must not move, as shared ones.
func (b *budget) Allocate(capacity, _ uint64) experimental.LinearMemory {
	return &linear{budget: b, buffer: make([]byte, 0, capacity)}
}

type linear struct {
	budget *budget
	buffer []byte
}

// Reallocate makes the memory larger. It returns nil, and memory.grow fails, where
// that is more than the budget has left.
func (l *linear) Reallocate(size uint64) []byte {
	more := size - uint64(len(l.buffer))
	if more > l.budget.left {
		return nil
	}
	l.budget.left -= more
	if size <= uint64(cap(l.buffer)) {
		l.buffer = l.buffer[:size]
	} else {
		l.buffer = append(l.buffer, make([]byte, more)...)
	}
	return l.buffer
}

// Free lets go of the memory when its module is closed, which is when the whole
// instance is.
func (l *linear) Free() { l.buffer = nil }
