package host

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
