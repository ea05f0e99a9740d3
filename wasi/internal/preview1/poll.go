package preview1

import (
	"encoding/binary"
	"math"

	"github.com/witgen/witgen/wasi/internal/files"
	"github.com/witgen/witgen/wasi/internal/poll"
)

// The kinds of events.
const (
	eventClock   = 0
	eventFDRead  = 1
	eventFDWrite = 2
)

const (
	subscriptionSize = 48
	eventSize        = 32
)

// subscription is what a guest waits for.
type subscription struct {
	user uint64
	kind byte
	// when is the moment of the monotonic clock for eventClock.
	when   uint64
	source poll.Source // of a descriptor
	bytes  uint64      // to read or write
	errno  errno
}

// pollOneoff waits until one of the subscriptions is ready, and reports those that
// are. However many there are, it waits for the earliest clock and for each
// descriptor once.
func (c *call) pollOneoff() errno {
	count := c.u32(2)
	if count == 0 {
		return inval
	}
	in := c.array(c.u32(0), count, subscriptionSize, 8)
	out := c.array(c.u32(1), count, eventSize, 8)
	c.at(c.u32(3), 4, 4) // It must not fail once events are stored.
	p := poller{call: c, now: c.Clock.Now(), wallNow: c.wall(), earliest: math.MaxUint64, known: map[pollKey]poll.Source{}}
	failed := false
	for n := range int(count) {
		c.work(subscriptionUnits)
		s, e := p.parse(in[n*subscriptionSize:])
		if e != success {
			return e
		}
		failed = failed || s.errno != success
	}
	if failed {
		p.reached = p.now
	} else {
		p.wait()
	}
	stored := 0
	for n := range int(count) {
		c.work(subscriptionUnits)
		s, _ := p.parse(in[n*subscriptionSize:])
		switch {
		case s.errno != success:
		case s.kind == eventClock && s.when > p.reached, s.kind != eventClock && !s.source.Ready():
			continue
		}
		event := out[stored*eventSize:][:eventSize]
		clear(event)
		binary.LittleEndian.PutUint64(event, s.user)
		binary.LittleEndian.PutUint16(event[8:], uint16(s.errno))
		event[10] = s.kind
		binary.LittleEndian.PutUint64(event[16:], s.bytes)
		stored++
	}
	c.put32(3, uint32(stored))
	return success
}

type pollKey struct {
	fd    uint32
	write bool
}

type poller struct {
	*call
	now, wallNow uint64 // when the call began
	timed        bool   // there is a clock
	earliest     uint64
	reached      uint64 // the moment that has come, of the clocks
	known        map[pollKey]poll.Source
}

// parse reads a subscription. The two passes over them read the same.
func (p *poller) parse(b []byte) (s subscription, e errno) {
	le := binary.LittleEndian
	s.user, s.kind = le.Uint64(b), b[8]
	switch s.kind {
	case eventClock:
		const absolute = 1
		timeout, flags := le.Uint64(b[24:]), le.Uint16(b[40:])
		if flags&^absolute != 0 {
			return s, inval
		}
		switch clock := le.Uint32(b[16:]); {
		case clock > clockMonotonic:
			s.errno = inval
			return s, success
		case flags&absolute == 0:
			s.when = later(p.now, timeout)
		case clock == clockRealtime:
			s.when = p.now
			if timeout > p.wallNow {
				s.when = later(p.now, timeout-p.wallNow)
			}
		default:
			s.when = timeout
		}
		p.timed = true
		p.earliest = min(p.earliest, s.when)
	case eventFDRead, eventFDWrite:
		fd := le.Uint32(b[16:])
		d, e := p.get(fd)
		if e != success {
			s.errno = e
			return s, success
		}
		key := pollKey{fd, s.kind == eventFDWrite}
		if source, ok := p.known[key]; ok {
			s.source = source
			s.bytes = d.available(source)
			return s, success
		}
		source, err := d.source(key.write)
		if err != nil {
			s.errno = errnoOf(err)
			return s, success
		}
		p.known[key] = source
		s.source = source
	default:
		return s, inval
	}
	return s, success
}

// later returns the moment d after now, or the last moment if the sum overflows.
func later(now, d uint64) uint64 {
	if d > math.MaxUint64-now {
		return math.MaxUint64
	}
	return now + d
}

func (p *poller) wait() {
	sources := make([]poll.Source, 0, len(p.known)+1)
	for _, source := range p.known {
		sources = append(sources, source)
	}
	var timer poll.Source = poll.Never{}
	if p.timed {
		timer = p.Clock.At(p.earliest)
		sources = append(sources, timer)
	}
	if _, err := poll.Wait(p.ctx, sources...); err != nil {
		panic(err)
	}
	if timer.Ready() {
		p.reached = max(p.earliest, p.Clock.Now())
	}
}

// source returns what is ready when d can be read or written without waiting.
func (d *descriptor) source(write bool) (poll.Source, error) {
	switch {
	case d.file != nil && !d.file.IsStream():
		return poll.Always{}, nil
	case write:
		return d.output()
	default:
		return d.input()
	}
}

// available returns how many bytes may be read or written without waiting, as far as
// that is known.
func (d *descriptor) available(source poll.Source) uint64 {
	if !source.Ready() {
		return 0
	}
	if d.file == nil || d.file.IsStream() {
		return 1
	}
	stat, err := d.file.Stat()
	if err != nil || stat.Type != files.RegularFile || stat.Size < d.offset {
		return 0
	}
	return stat.Size - d.offset
}
