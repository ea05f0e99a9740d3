package bind

import "sync/atomic"

// lock is a lock that is only ever tried, and that may be held for good. Its zero
// value is free. See RATIONALE.md for what it costs.
type lock struct{ state uint32 }

// The bits of a lock's state, which is 0 while it is free.
const (
	lockHeld    = 1 << iota
	lockClosing // nobody may take it but to end it
	lockEnded   // held for good
)

// tryLock takes a lock that is free.
func (l *lock) tryLock() bool { return atomic.CompareAndSwapUint32(&l.state, 0, lockHeld) }

// unlock lets go of a lock that the caller holds.
func (l *lock) unlock() { atomic.AndUint32(&l.state, ^uint32(lockHeld)) }

// hold takes a new lock, which nobody else knows yet.
func (l *lock) hold() { atomic.StoreUint32(&l.state, lockHeld) }

// isFree reports whether tryLock would take the lock.
func (l *lock) isFree() bool { return atomic.LoadUint32(&l.state) == 0 }

// close refuses the lock to everybody but its holder.
func (l *lock) close() { atomic.OrUint32(&l.state, lockClosing) }

// tryEnd ends a lock after close, unless it is held. It reports whether the lock
// has ended.
func (l *lock) tryEnd() bool {
	return atomic.CompareAndSwapUint32(&l.state, lockClosing, lockEnded) || atomic.LoadUint32(&l.state)&lockEnded != 0
}

// end ends a lock that the caller holds.
func (l *lock) end() { atomic.StoreUint32(&l.state, lockEnded) }
