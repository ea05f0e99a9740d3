package bind

import (
	"fmt"

	"github.com/tetratelabs/wazero/experimental"
)

// refusedGrowth is what memories of an instance were refused last in the call that is under way.
// The memories hold it, and not the instance, which may be collected before they are.
type refusedGrowth struct {
	refused bool
	// size is what all memories had, more what memory.grow asked for, and limit the limit,
	// in bytes.
	size, more, limit uint64
}

// describe returns why memory.grow was refused, or "" if it was not.
func (g *refusedGrowth) describe() string {
	switch {
	case !g.refused:
		return ""
	case g.more > g.limit-g.size:
		return fmt.Sprintf("memory.grow was refused: the guest has %d bytes of memory, asked for %d more, and the limit is %d; raise it with host.MemoryLimit", g.size, g.more, g.limit)
	default:
		return fmt.Sprintf("memory.grow was refused: the guest has %d bytes of memory, asked for %d more, and the machine, host.MemoryBudget or the allocator of host.Memory did not have them", g.size, g.more)
	}
}

// Memories returns an allocator of the instance's memories. It takes them from another and
// refuses what is beyond limit bytes for all of them together. A refusal shows in the
// error of the call that traps after it. The allocator is for one goroutine at a time.
func (i *Instance) Memories(from experimental.MemoryAllocator, limit uint64) experimental.MemoryAllocator {
	m := &memories{from: from, limit: limit, growth: i.growth}
	if i.keepsFresh {
		m.shrinks, _ = from.(Shrinker)
	}
	return m
}

type memories struct {
	from        experimental.MemoryAllocator
	limit, size uint64
	growth      *refusedGrowth
	shrinks     Shrinker // from, or nil
}

// A Shrinker is an allocator of memories that can be made smaller: they are declared with a
// page more than they may have, and growing one by that page makes it as small as it was.
type Shrinker interface {
	experimental.MemoryAllocator
	// Shrinks reports whether growing a memory makes one smaller now.
	Shrinks() bool
}

// sparePage is the page that is declared for a Shrinker.
const sparePage = 1 << 16

// Allocate implements experimental.MemoryAllocator.
func (m *memories) Allocate(capacity, most uint64) experimental.LinearMemory {
	limit := m.limit
	if m.shrinks != nil {
		limit += sparePage
	}
	return &memory{m, m.from.Allocate(min(capacity, m.limit), min(most, limit)), 0}
}

// memory is a linear memory of memories.
type memory struct {
	of   *memories
	from experimental.LinearMemory
	size uint64
}

// Reallocate implements experimental.LinearMemory.
func (m *memory) Reallocate(size uint64) []byte {
	all, more := m.of, size-m.size
	if all.shrinks != nil && all.shrinks.Shrinks() {
		buffer := m.from.Reallocate(size)
		if buffer != nil {
			all.size -= m.size - uint64(len(buffer))
			m.size = uint64(len(buffer))
		}
		return buffer
	}
	if more <= all.limit-all.size {
		if buffer := m.from.Reallocate(size); buffer != nil {
			m.size = size
			all.size += more
			return buffer
		}
	}
	*all.growth = refusedGrowth{true, all.size, more, all.limit}
	return nil
}

// Free implements experimental.LinearMemory.
func (m *memory) Free() { m.from.Free() }
