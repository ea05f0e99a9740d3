//go:build !amd64 || race

package host

import "sync/atomic"

// lock is a lock that is only ever tried.
type lock struct{ held atomic.Uint32 }

func (l *lock) tryLock() bool { return l.held.CompareAndSwap(0, 1) }

func (l *lock) unlock() { l.held.Store(0) }
