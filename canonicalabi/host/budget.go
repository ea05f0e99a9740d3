package host

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// Budget bounds what the memories of several guests have together, in bytes. It may be
// used by several goroutines and several plugins at once. Package link counts the memories
// of instances in it; a program may count memory of its own there too.
type Budget struct {
	mu      sync.Mutex
	limit   uint64
	used    uint64
	waiters []*budgetWaiter // the first has waited longest
}

// budgetWaiter is a goroutine that waits for bytes. granted is closed once it has them.
type budgetWaiter struct {
	bytes   uint64
	granted chan struct{}
}

// NewBudget returns a budget of so many bytes.
func NewBudget(bytes uint64) *Budget { return &Budget{limit: bytes} }

// Limit returns how many bytes there are in all.
func (b *Budget) Limit() uint64 { return b.limit }

// Used returns how many bytes are taken.
func (b *Budget) Used() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}

// Take takes bytes. It reports false, and takes none, if there are not as many. It does
// not queue behind goroutines that wait.
func (b *Budget) Take(bytes uint64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if bytes > b.limit-b.used {
		return false
	}
	b.used += bytes
	return true
}

// Wait takes bytes, and waits until there are as many. Goroutines are served in the order
// in which they began to wait. It returns the error of ctx if that ends first, and a
// *LimitError for more bytes than the budget has in all.
func (b *Budget) Wait(ctx context.Context, bytes uint64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.mu.Lock()
	if bytes > b.limit {
		b.mu.Unlock()
		return &LimitError{Func: "budget", Limit: "memory budget", Detail: fmt.Sprintf("%d bytes are asked for, and it has %d", bytes, b.limit)}
	}
	if len(b.waiters) == 0 && bytes <= b.limit-b.used {
		b.used += bytes
		b.mu.Unlock()
		return nil
	}
	w := &budgetWaiter{bytes: bytes, granted: make(chan struct{})}
	b.waiters = append(b.waiters, w)
	b.mu.Unlock()
	select {
	case <-w.granted:
		return nil
	case <-ctx.Done():
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := slices.Index(b.waiters, w); n >= 0 {
		b.waiters = slices.Delete(b.waiters, n, n+1)
	} else {
		b.used -= bytes // granted at the same moment
	}
	b.grant()
	return ctx.Err()
}

// Give gives bytes back that were taken.
func (b *Budget) Give(bytes uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used -= bytes
	b.grant()
}

// grant serves those who wait, as far as the bytes reach. b.mu is held.
func (b *Budget) grant() {
	for len(b.waiters) > 0 && b.waiters[0].bytes <= b.limit-b.used {
		b.used += b.waiters[0].bytes
		close(b.waiters[0].granted)
		b.waiters = slices.Delete(b.waiters, 0, 1)
	}
}

// MemoryBudget bounds the memories of all instances of the plugin together, in bytes;
// [MemoryLimit] bounds those of one. Without the option only MemoryLimit and InstanceLimit
// do. Instantiate returns a LimitError if there is less left than the guest starts with,
// or waits with [WaitForMemory]. Beyond it memory.grow fails in the guest: it never waits,
// since instances that wait for each other's memory would wait for good. An instance
// gives its memory back when it dies or is closed. It is an option of Compile.
func MemoryBudget(bytes uint64) Option { return SharedMemoryBudget(NewBudget(bytes)) }

// SharedMemoryBudget is MemoryBudget for several plugins, which share a budget. It is an
// option of Compile.
func SharedMemoryBudget(budget *Budget) Option {
	return ofCompile("MemoryBudget", func(c *Config) { c.Budget = budget })
}

// WaitForMemory has Instantiate wait, until its context ends, for the memory that the
// guest starts with, if the budget of [MemoryBudget] has less left. Those who wait are
// served in turn.
func WaitForMemory() Option {
	return func(c *Config) { c.WaitForMemory = true }
}
