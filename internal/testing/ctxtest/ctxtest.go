// Package ctxtest has contexts for tests of calls that a context stops.
package ctxtest

import (
	"context"
	"sync"
	"time"
)

// delay is how long a call runs before its context ends. A call may also be stopped
// before it has done anything, so no test depends on it.
const delay = 5 * time.Millisecond

// Ends returns a context that ends with err, which is [context.DeadlineExceeded] or
// [context.Canceled], soon after a call has begun under it, and never before. A call
// begins when something waits for the context's end with [context.AfterFunc], or asks
// for its error or a value. A timeout would do on an idle machine only: on a busy one it
// may end before the call.
func Ends(parent context.Context, err error) context.Context {
	c := &ending{Context: parent, err: err}
	c.inner, c.cancel = context.WithCancel(parent)
	return c
}

// Soon returns Ends for [context.DeadlineExceeded].
func Soon(parent context.Context) context.Context { return Ends(parent, context.DeadlineExceeded) }

type ending struct {
	context.Context
	err    error
	inner  context.Context // ends when c ends
	cancel context.CancelFunc
	begun  sync.Once
}

func (c *ending) begin() { c.begun.Do(func() { time.AfterFunc(delay, c.cancel) }) }

// Done returns the channel that is closed when c ends.
func (c *ending) Done() <-chan struct{} { return c.inner.Done() }

// Err returns nil before c has ended.
func (c *ending) Err() error {
	if c.inner.Err() == nil {
		c.begin()
		return nil
	}
	if err := c.Context.Err(); err != nil {
		return err
	}
	return c.err
}

// Value returns a value of the parent's. Package context asks for one of its own before it
// waits for the end of a context that has c as its parent.
func (c *ending) Value(key any) any {
	c.begin()
	return c.Context.Value(key)
}

// AfterFunc calls f after c has ended. Package context calls it.
func (c *ending) AfterFunc(f func()) (stop func() bool) {
	c.begin()
	return context.AfterFunc(c.inner, f)
}
