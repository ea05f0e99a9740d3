package clocks

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/witgen/witgen/wasi/internal/poll"
)

func TestCounter(t *testing.T) {
	var c Counter
	if a, b := c.Now(), c.Now(); a != Step || b != 2*Step {
		t.Errorf("read %d, %d", a, b)
	}
	if at := c.Wall(); !at.Equal(time.Unix(0, 3*Step)) {
		t.Errorf("the time of day is %v", at)
	}
	if c.Resolution() != Step || c.WallResolution() != Step {
		t.Error("the resolution is not a step")
	}
	for _, source := range []poll.Source{c.At(0), c.At(1e9), c.After(5e9), c.After(math.MaxUint64), c.At(math.MaxUint64)} {
		if !source.Ready() {
			t.Error("a timer is not ready at once")
		}
	}
	// Who waited for a moment finds that it has come, and the far ones do no harm.
	if now := c.Now(); now < 6e9 || now > 6e9+2*Step {
		t.Errorf("after waiting for 6 s, it is %d", now)
	}
}

func TestSystem(t *testing.T) {
	c := NewSystem()
	before := c.Now()
	if before == 0 {
		t.Error("the clock begins at 0")
	}
	if time.Since(c.Wall()) > time.Hour {
		t.Error("the time of day is not")
	}
	if !c.At(0).Ready() || !c.At(before).Ready() || !c.After(0).Ready() {
		t.Error("a moment that has come is not ready")
	}
	for _, far := range []poll.Source{c.At(math.MaxUint64), c.After(math.MaxUint64), c.After(1 << 60)} {
		if far.Ready() {
			t.Error("a far moment has come")
		}
		w := poll.NewWaiter()
		far.Watch(w)()
	}
	ready, err := poll.Wait(context.Background(), c.After(1<<60), c.After(1e6))
	if err != nil || len(ready) != 1 || ready[0] != 1 {
		t.Errorf("ready are %v, %v", ready, err)
	}
	if now := c.Now(); now < before+1e6 {
		t.Errorf("a millisecond took %d ns", now-before)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if _, err := poll.Wait(ctx, c.After(1<<60)); err == nil {
		t.Error("waiting for a far moment ended")
	}
}
