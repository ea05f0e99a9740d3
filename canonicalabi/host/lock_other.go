//go:build !amd64 || race

package host

import "sync/atomic"

// lock is a lock that is only ever tried, and that may be held for good.
type lock struct{ state atomic.Uint32 }

func (l *lock) tryLock() bool { return l.state.CompareAndSwap(lockFree, lockHeld) }

func (l *lock) unlock() { l.state.Store(lockFree) }

// tryEnd makes a free lock be held for good, and reports whether it is.
func (l *lock) tryEnd() bool {
	return l.state.CompareAndSwap(lockFree, lockEnded) || l.state.Load() == lockEnded
}

// end makes a lock that the caller holds be held for good.
func (l *lock) end() { l.state.Store(lockEnded) }
