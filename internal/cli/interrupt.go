package cli

import (
	"fmt"
	"os"
	"os/signal"
	"slices"
	"sync"
)

// cleaner knows what a run has begun and must not leave behind where a signal stops it.
type cleaner struct {
	mu      sync.Mutex
	actions []*func()
}

// begin runs start, and notes undo for the case that a signal stops the run afterwards.
// The caller calls ended once there is nothing left to undo.
func (c *cleaner) begin(start func() error, undo func()) (ended func(), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := start(); err != nil {
		return func() {}, err
	}
	entry := &undo
	c.actions = append(c.actions, entry)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.actions = slices.DeleteFunc(c.actions, func(other *func()) bool { return other == entry })
	}, nil
}

// hold runs f to its end, also where a signal comes meanwhile.
func (c *cleaner) hold(f func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return f()
}

// wait waits for ever where a signal is about to end the run.
func (c *cleaner) wait() {
	c.mu.Lock()
	defer c.mu.Unlock()
}

// clean does what was noted, the last first. It returns with c locked, so that the run
// does nothing more.
func (c *cleaner) clean() {
	c.mu.Lock()
	for _, action := range slices.Backward(c.actions) {
		(*action)()
	}
}

// heedSignals lets signals that end a program clean up before they end it. The caller
// calls stop where the run has ended by itself.
func (a *app) heedSignals() (stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, endingSignals...)
	done := make(chan struct{})
	go func() {
		select {
		case <-done:
		case s := <-signals:
			signal.Stop(signals) // a second one ends the program at once
			if act := a.signalled.Load(); act != nil {
				(*act)(s)
				return
			}
			a.cleaner.clean()
			fmt.Fprintf(a.stderr, "witgen: stopped by a signal: %v\n", s)
			os.Exit(statusFailed)
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
	}
}

// endAsGuest ends the program as a signal ends one of the system's, which prints nothing
// and has the status that shells show for it.
var endAsGuest = func(s os.Signal) { os.Exit(signalStatus(s)) }
