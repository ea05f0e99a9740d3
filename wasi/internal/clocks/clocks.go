// Package clocks has the clocks of WASI: the host's, or one that only counts how often
// it is read.
package clocks

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/witgen/witgen/wasi/internal/poll"
)

// Clock tells the time and makes timers.
type Clock interface {
	// Wall returns the time of day.
	Wall() time.Time
	// WallResolution returns how far apart two times of day are at least, in nanoseconds.
	WallResolution() uint64
	// Now returns the nanoseconds since some moment. It never goes back.
	Now() uint64
	// Resolution returns how far apart two results of Now are at least.
	Resolution() uint64
	// At returns a source that is ready once Now has reached when.
	At(when uint64) poll.Source
	// After returns a source that is ready once d nanoseconds have passed.
	After(d uint64) poll.Source
}

// Step is how many nanoseconds a Counter goes on at each reading. With a millisecond, a
// few readings would be a slice of time to a garbage collector in the guest, which
// stops collecting at last.
const Step = 1000

// Counter is the clock of a guest that was given none: it counts its readings, from
// 1970 on, and its timers are ready at once. Its zero value has not been read.
type Counter struct{ readings atomic.Uint64 }

// Wall returns the readings as a time of day.
func (c *Counter) Wall() time.Time { return time.Unix(0, int64(c.Now()&math.MaxInt64)) }

// WallResolution returns Step.
func (c *Counter) WallResolution() uint64 { return Step }

// Now returns Step times the number of readings.
func (c *Counter) Now() uint64 { return c.readings.Add(1) * Step }

// Resolution returns Step.
func (c *Counter) Resolution() uint64 { return Step }

// At returns a source that is ready, and has the clock reach when: a guest that waits
// for a moment finds that it has come.
func (c *Counter) At(when uint64) poll.Source {
	// A guest that asks for a far moment must not wear the clock out.
	for when /= Step; when < math.MaxInt64/Step; {
		now := c.readings.Load()
		if now >= when || c.readings.CompareAndSwap(now, when) {
			break
		}
	}
	return poll.Always{}
}

// After is At, counted from now.
func (c *Counter) After(d uint64) poll.Source {
	if now := c.readings.Load() * Step; d < math.MaxUint64-now {
		return c.At(now + d)
	}
	return poll.Always{}
}

// System is the host's clock.
type System struct{ start time.Time }

// NewSystem returns the host's clock. Its Now begins at 1.
func NewSystem() *System { return &System{time.Now().Add(-1)} }

// Wall returns the time of day.
func (*System) Wall() time.Time { return time.Now() }

// WallResolution returns 1.
func (*System) WallResolution() uint64 { return 1 }

// Now returns the nanoseconds since the clock was made.
func (s *System) Now() uint64 { return uint64(time.Since(s.start)) }

// Resolution returns 1.
func (*System) Resolution() uint64 { return 1 }

// At returns a timer for a moment.
func (s *System) At(when uint64) poll.Source {
	return timer{s.start.Add(time.Duration(min(when, math.MaxInt64)))}
}

// After returns a timer for d nanoseconds from now on.
func (s *System) After(d uint64) poll.Source {
	now := s.Now()
	if d > math.MaxUint64-now {
		d = math.MaxUint64 - now
	}
	return s.At(now + d)
}

// timer is ready once its moment has come.
type timer struct{ at time.Time }

func (t timer) Ready() bool { return !time.Now().Before(t.at) }

func (t timer) Watch(w *poll.Waiter) (stop func()) {
	running := time.AfterFunc(time.Until(t.at), w.Wake)
	return func() { running.Stop() }
}
