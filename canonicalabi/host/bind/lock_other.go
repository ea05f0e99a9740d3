//go:build !amd64 || race

package bind

import "sync/atomic"

// lock is a lock that is only ever tried, and that may be held for good.
type lock struct {
	state uint32
	// free is what the state becomes when the holder lets go: lockFree, or
	// lockClosing once close was called.
	free uint32
}

func (l *lock) unlock() { atomic.StoreUint32(&l.state, atomic.LoadUint32(&l.free)) }
