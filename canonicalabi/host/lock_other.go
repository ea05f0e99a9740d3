//go:build !amd64 || race

package host

import "sync/atomic"

// lock is a lock that is only ever tried, and that may be held for good.
type lock struct {
	state atomic.Uint32
	// free is what the state becomes when the holder lets go: lockFree, or
	// lockClosing once close was called.
	free atomic.Uint32
}

// tryLock takes a lock that is free.
func (l *lock) tryLock() bool { return l.state.CompareAndSwap(lockFree, lockHeld) }

// hold makes a lock that nobody knows yet be held.
func (l *lock) hold() { l.state.Store(lockHeld) }

func (l *lock) unlock() { l.state.Store(l.free.Load()) }

func (l *lock) load() uint32 { return l.state.Load() }

func (l *lock) swap(from, to uint32) bool { return l.state.CompareAndSwap(from, to) }

func (l *lock) closing() bool { return l.free.Load() == lockClosing }

func (l *lock) close() { l.free.Store(lockClosing) }

// end makes a lock that the caller holds be held for good.
func (l *lock) end() { l.state.Store(lockEnded) }
