package preview2

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"github.com/witgen/witgen/wasi/clocks/v0.2/monotonic-clock"
	"github.com/witgen/witgen/wasi/clocks/v0.2/timezone"
	"github.com/witgen/witgen/wasi/clocks/v0.2/wall-clock"
	"github.com/witgen/witgen/wasi/internal/clocks"
	"github.com/witgen/witgen/wasi/internal/grants"
	"github.com/witgen/witgen/wasi/internal/poll"
)

// monotonic implements wasi:clocks/monotonic-clock.
type monotonic struct {
	clock  clocks.Clock
	timers *timers
}

// timers counts the pollables of an instance's clocks.
type timers struct {
	max  int64
	open atomic.Int64
}

func newMonotonic(g *grants.Grants) monotonic {
	return monotonic{g.Clock, &timers{max: int64(g.Timers)}}
}

func (c monotonic) Now(context.Context) (monotonicclock.Instant, error) { return c.clock.Now(), nil }

func (c monotonic) Resolution(context.Context) (monotonicclock.Duration, error) {
	return c.clock.Resolution(), nil
}

func (c monotonic) SubscribeInstant(_ context.Context, when monotonicclock.Instant) (monotonicclock.Pollable, error) {
	return c.timers.pollable(c.clock.At(when))
}

func (c monotonic) SubscribeDuration(_ context.Context, d monotonicclock.Duration) (monotonicclock.Pollable, error) {
	return c.timers.pollable(c.clock.After(d))
}

// pollable returns a pollable for a timer. Beyond the bound it fails, so that the guest
// traps.
func (t *timers) pollable(timer poll.Source) (monotonicclock.Pollable, error) {
	if t.open.Add(1) > t.max {
		t.open.Add(-1)
		return nil, fmt.Errorf("the guest has more than %d timers", t.max)
	}
	p := &Pollable{source: timer}
	p.init("pollable", nil, func(context.Context) error { t.open.Add(-1); return nil })
	return p, nil
}

// wall implements wasi:clocks/wall-clock.
type wall struct{ clock clocks.Clock }

func (c wall) Now(context.Context) (wallclock.Datetime, error) { return datetime(c.clock.Wall()), nil }

func (c wall) Resolution(context.Context) (wallclock.Datetime, error) {
	n := c.clock.WallResolution()
	return wallclock.Datetime{Seconds: n / uint64(time.Second), Nanoseconds: uint32(n % uint64(time.Second))}, nil
}

// datetime returns a time as WASI has it, which begins with 1970.
func datetime(t time.Time) wallclock.Datetime {
	seconds := t.Unix()
	if seconds < 0 {
		return wallclock.Datetime{}
	}
	return wallclock.Datetime{Seconds: uint64(seconds), Nanoseconds: uint32(t.Nanosecond())}
}

// timeOf returns a time of WASI's, if it is one.
func timeOf(d wallclock.Datetime) (t time.Time, ok bool) {
	// Package time counts seconds from the year 1 on.
	if d.Seconds > math.MaxInt64/2 || d.Nanoseconds >= uint32(time.Second) {
		return time.Time{}, false
	}
	return time.Unix(int64(d.Seconds), int64(d.Nanoseconds)), true
}

// zone implements wasi:clocks/timezone.
type zone struct{ location *time.Location }

func (z zone) Display(_ context.Context, when timezone.Datetime) (timezone.TimezoneDisplay, error) {
	t, ok := timeOf(when)
	if !ok {
		t = time.Unix(0, 0)
	}
	t = t.In(z.location)
	name, offset := t.Zone()
	return timezone.TimezoneDisplay{UtcOffset: int32(offset), Name: name, InDaylightSavingTime: t.IsDST()}, nil
}

func (z zone) UtcOffset(ctx context.Context, when timezone.Datetime) (int32, error) {
	display, err := z.Display(ctx, when)
	return display.UtcOffset, err
}
