// Package guard runs functions of the host's on goroutines of WASI's own, where a panic
// would end the process, and runtime.Goexit would leave others waiting.
package guard

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// Panic is the error of a function of the host's that panicked or ended its goroutine.
// A guest does not get it as a result: the call that meets it traps.
type Panic struct {
	// Value is what the function panicked with, or nil for runtime.Goexit.
	Value any
	// Stack is that of the goroutine.
	Stack []byte
}

// Error returns the value, and the stack.
func (p *Panic) Error() string {
	if p.Value == nil {
		return "a function of the host ended its goroutine by runtime.Goexit"
	}
	return fmt.Sprintf("a function of the host panicked: %v\n%s", p.Value, p.Stack)
}

// Unwrap returns the value if it is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// Of returns the Panic that an error holds, or nil.
func Of(err error) error {
	var p *Panic
	if errors.As(err, &p) {
		return err
	}
	return nil
}

// Run calls f, and then done with its error: a *Panic if f panicked or ended the
// goroutine. In the latter case Run does not return, and done is the last that runs.
func Run(f func() error, done func(error)) {
	err := error(nil)
	returned := false
	defer func() {
		if !returned {
			err = &Panic{Value: recover(), Stack: debug.Stack()}
		}
		done(err)
	}()
	err = f()
	returned = true
}

// Apart calls f on a goroutine of its own, and returns its error as Run has it.
func Apart(f func() error) error {
	result := make(chan error, 1)
	go Run(f, func(err error) { result <- err })
	return <-result
}
