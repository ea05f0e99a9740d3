//go:build amd64 && !race

package host

import "sync/atomic"

// lock is a lock that is only ever tried, and that may be held for good. To
// unlock is a plain load and store: on amd64 a store releases what was stored
// before it, and the exchange that sync/atomic's Store compiles to would cost as
// much as a third of a call into a guest. See RATIONALE.md.
type lock struct {
	state uint32
	// free is what the state becomes when the holder lets go: lockFree, or
	// lockClosing once close was called.
	free uint32
}

// tryLock takes a lock that is free.
func (l *lock) tryLock() bool { return atomic.CompareAndSwapUint32(&l.state, lockFree, lockHeld) }

// hold makes a lock that nobody knows yet be held.
func (l *lock) hold() { l.state = lockHeld }

func (l *lock) unlock() { l.state = l.free }

func (l *lock) load() uint32 { return atomic.LoadUint32(&l.state) }

func (l *lock) swap(from, to uint32) bool { return atomic.CompareAndSwapUint32(&l.state, from, to) }

func (l *lock) closing() bool { return atomic.LoadUint32(&l.free) == lockClosing }

func (l *lock) close() { atomic.StoreUint32(&l.free, lockClosing) }

// end makes a lock that the caller holds be held for good.
func (l *lock) end() { atomic.StoreUint32(&l.state, lockEnded) }
