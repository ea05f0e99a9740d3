package bind

import "sync/atomic"

// The states of a lock.
const (
	lockFree uint32 = iota
	lockHeld
	lockClosing // nobody holds it, and nobody may take it but to end it
	lockEnded   // held for good
)

// tryEnd makes a lock that nobody holds be held for good, and reports whether it
// is. After close it succeeds once the holder has let go, however many others
// want the lock: at most one gets it that took it while the holder was letting
// go.
func (l *lock) tryEnd() bool {
	for {
		switch state := l.load(); state {
		case lockHeld:
			return false
		case lockEnded:
			return true
		default:
			if l.swap(state, lockEnded) {
				return true
			}
		}
	}
}

// isFree reports whether nobody holds the lock, and it may be taken.
func (l *lock) isFree() bool { return l.load() == lockFree && !l.closing() }

// tryLock takes a lock that is free.
func (l *lock) tryLock() bool { return l.swap(lockFree, lockHeld) }

// hold makes a lock that nobody knows yet be held.
func (l *lock) hold() { atomic.StoreUint32(&l.state, lockHeld) }

func (l *lock) load() uint32 { return atomic.LoadUint32(&l.state) }

func (l *lock) swap(from, to uint32) bool { return atomic.CompareAndSwapUint32(&l.state, from, to) }

func (l *lock) closing() bool { return atomic.LoadUint32(&l.free) == lockClosing }

func (l *lock) close() { atomic.StoreUint32(&l.free, lockClosing) }

// end makes a lock that the caller holds be held for good.
func (l *lock) end() { atomic.StoreUint32(&l.state, lockEnded) }
