package host

// The states of a lock.
const (
	lockFree    uint32 = iota
	lockGuarded        // free, but not for the taking without a look at the context
	lockHeld
	lockClosing // nobody holds it, and nobody may take it but to end it
	lockEnded   // held for good
)

// take takes a lock that is free, guarded or not.
func (l *lock) take() (guarded, ok bool) {
	switch state := l.load(); state {
	case lockFree, lockGuarded:
		return state == lockGuarded, l.swap(state, lockHeld)
	default:
		return false, false
	}
}

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
