// Package grants has what one instance of a guest may see and use of the host. Every
// version of WASI answers from it.
package grants

import (
	"context"
	"errors"
	"time"

	"github.com/witgen/witgen/wasi/internal/clocks"
	"github.com/witgen/witgen/wasi/internal/files"
	"github.com/witgen/witgen/wasi/internal/random"
	"github.com/witgen/witgen/wasi/internal/streams"
)

// DefaultDescriptors is how many files, folders and streams of files an instance may
// have open, unless an option says else.
const DefaultDescriptors = 1024

// Grants is what one instance has.
type Grants struct {
	Args []string
	Env  []Variable
	// Stdin, Stdout and Stderr are the standard streams.
	Stdin          streams.Input
	Stdout, Stderr streams.Output
	// Terminal says which of the three are terminals.
	Terminal [3]bool
	Clock    clocks.Clock
	// Zone is the time zone, or nil for UTC.
	Zone    *time.Location
	Random  *random.Source
	Folders []Folder
	// Descriptors bounds what is open of files.
	Descriptors *files.Budget
	// Timers bounds the pollables of clocks.
	Timers int
	// Work, if not nil, is told what functions do for the guest beside the call itself, in
	// units of package meter.
	Work func(units uint64)
	// Flush, if not nil, is a part of Drain.
	Flush func(context.Context) error
}

// DefaultTimers is how many pollables of clocks an instance may have, unless an option
// says else.
const DefaultTimers = 10_000

// Variable is one of the environment.
type Variable struct{ Name, Value string }

// Folder is a folder with the path that the guest has it at.
type Folder struct {
	*files.Folder
	Path string
}

// Did counts units of work.
func (g *Grants) Did(units uint64) {
	if g.Work != nil {
		g.Work(units)
	}
}

// Closed returns the grants of an instance that has been given nothing: no arguments,
// variables or folders, an input at its end, outputs that drop what they take, a clock
// that counts its readings. Its random numbers are real, since guests seed their hash
// tables with them.
func Closed() *Grants {
	return &Grants{
		Stdin:       streams.Empty{},
		Stdout:      streams.Sink{},
		Stderr:      streams.Sink{},
		Clock:       &clocks.Counter{},
		Random:      random.New(),
		Descriptors: files.NewBudget(DefaultDescriptors),
		Timers:      DefaultTimers,
	}
}

// Close gives up the standard streams, and waits until what the guest has written to
// them has left. Under a context that cannot end it does not wait, since a guest that
// dies would hold its host for as long as nobody reads.
func (g *Grants) Close(ctx context.Context) error {
	errs := []error{g.Stdin.Close()}
	if ctx.Done() != nil {
		errs = append(errs, g.Drain(ctx))
	}
	return errors.Join(append(errs, g.Stdout.Close(), g.Stderr.Close())...)
}

// Drain waits until what the guest has written to the standard streams, and to what it
// has closed since, has left or failed, before Close and after it.
func (g *Grants) Drain(ctx context.Context) error {
	var errs []error
	if g.Flush != nil {
		errs = append(errs, g.Flush(ctx))
	}
	for _, out := range []streams.Output{g.Stdout, g.Stderr} {
		if w, ok := out.(*streams.Writer); ok {
			errs = append(errs, w.Drain(ctx))
		}
	}
	return errors.Join(errs...)
}
