package ctxtest

import (
	"context"
	"sync"
)

// A Counted is a context that counts how often it is asked for its error, and may end at one
// of these questions.
type Counted struct {
	context.Context
	mu    sync.Mutex
	asked int
	most  int
	done  chan struct{}
}

// EndsAt returns a context that is canceled when its error is asked for the n-th time. With
// 0 it does not end.
func EndsAt(parent context.Context, n int) *Counted {
	return &Counted{Context: parent, most: n, done: make(chan struct{})}
}

// Asked returns how often the error was asked for.
func (c *Counted) Asked() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked
}

// Done returns the channel that is closed when c ends.
func (c *Counted) Done() <-chan struct{} { return c.done }

// Err counts a question. It returns nil before c has ended.
func (c *Counted) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asked++; c.asked == c.most {
		close(c.done)
	}
	if c.most > 0 && c.asked >= c.most {
		return context.Canceled
	}
	return nil
}
