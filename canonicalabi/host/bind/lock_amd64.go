//go:build amd64 && !race

package bind

// lock is a lock that is only ever tried, and that may be held for good. To
// unlock is a plain load and store: on amd64 a store releases what was stored
// before it, and the exchange that sync/atomic's Store compiles to would cost as
// much as a third of a call into a guest. See RATIONALE.md.
type lock struct {
	state uint32
	// free is what the state becomes when the holder lets go: lockFree, or
	// lockClosing once close was called.
	free uint32
}

func (l *lock) unlock() { l.state = l.free }
