//go:build amd64 && !race

package host

import "sync/atomic"

// lock is a lock that is only ever tried. Unlocking is a plain store: on amd64 a
// store releases what was stored before it, and the exchange that
// sync/atomic's Store compiles to would cost as much as a third of a call into a
// guest. See RATIONALE.md.
type lock struct{ held uint32 }

func (l *lock) tryLock() bool { return atomic.CompareAndSwapUint32(&l.held, 0, 1) }

func (l *lock) unlock() { l.held = 0 }
