//go:build amd64 && !race

package host

import "sync/atomic"

// lock is a lock that is only ever tried, and that may be held for good. To
// unlock is a plain store: on amd64 a store releases what was stored before it,
// and the exchange that sync/atomic's Store compiles to would cost as much as a
// third of a call into a guest. See RATIONALE.md.
type lock struct {
	state uint32
	// free is the state of the lock while nobody holds it: lockFree or
	// lockGuarded.
	free uint32
}

// tryLock takes a lock that is free and not guarded.
func (l *lock) tryLock() bool { return atomic.CompareAndSwapUint32(&l.state, lockFree, lockHeld) }

// take takes a lock that is free, guarded or not.
func (l *lock) take() bool { return atomic.CompareAndSwapUint32(&l.state, l.free, lockHeld) }

// hold makes a lock that nobody knows yet be held.
func (l *lock) hold() { l.state = lockHeld }

func (l *lock) unlock() { l.state = l.free }

// tryEnd makes a free lock be held for good, and reports whether it is.
func (l *lock) tryEnd() bool {
	return atomic.CompareAndSwapUint32(&l.state, l.free, lockEnded) || atomic.LoadUint32(&l.state) == lockEnded
}

// end makes a lock that the caller holds be held for good.
func (l *lock) end() { atomic.StoreUint32(&l.state, lockEnded) }
