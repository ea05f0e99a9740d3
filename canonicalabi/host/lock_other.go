//go:build !amd64 || race

package host

import "sync/atomic"

// lock is a lock that is only ever tried, and that may be held for good.
type lock struct {
	state atomic.Uint32
	// free is the state of the lock while nobody holds it: lockFree or
	// lockGuarded.
	free uint32
}

// tryLock takes a lock that is free and not guarded.
func (l *lock) tryLock() bool { return l.state.CompareAndSwap(lockFree, lockHeld) }

// take takes a lock that is free, guarded or not.
func (l *lock) take() bool { return l.state.CompareAndSwap(l.free, lockHeld) }

// hold makes a lock that nobody knows yet be held.
func (l *lock) hold() { l.state.Store(lockHeld) }

func (l *lock) unlock() { l.state.Store(l.free) }

// tryEnd makes a free lock be held for good, and reports whether it is.
func (l *lock) tryEnd() bool {
	return l.state.CompareAndSwap(l.free, lockEnded) || l.state.Load() == lockEnded
}

// end makes a lock that the caller holds be held for good.
func (l *lock) end() { l.state.Store(lockEnded) }
