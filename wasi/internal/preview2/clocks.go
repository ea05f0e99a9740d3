package preview2

import (
	"context"
	"math"
	"time"

	"github.com/witgen/witgen/wasi/clocks/v0.2/monotonic-clock"
	"github.com/witgen/witgen/wasi/clocks/v0.2/timezone"
	"github.com/witgen/witgen/wasi/clocks/v0.2/wall-clock"
	"github.com/witgen/witgen/wasi/internal/clocks"
)

// monotonic implements wasi:clocks/monotonic-clock.
type monotonic struct{ clock clocks.Clock }

func (c monotonic) Now(context.Context) (monotonicclock.Instant, error) { return c.clock.Now(), nil }

func (c monotonic) Resolution(context.Context) (monotonicclock.Duration, error) {
	return c.clock.Resolution(), nil
}

func (c monotonic) SubscribeInstant(_ context.Context, when monotonicclock.Instant) (monotonicclock.Pollable, error) {
	return NewPollable(nil, c.clock.At(when)), nil
}

func (c monotonic) SubscribeDuration(_ context.Context, d monotonicclock.Duration) (monotonicclock.Pollable, error) {
	return NewPollable(nil, c.clock.After(d)), nil
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
