package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/generated/bench/byhand"
	"github.com/witgen/witgen/internal/testing/generated/bench/gen/bench/calls/calls"
)

// contexts are the rows of calls that can be stopped. By hand it takes wazero's
// WithCloseOnContextDone to stop a guest; with fuel there is nothing like it, and
// the call by hand is the plain one.
func (s *Suite) contexts() []Row {
	ctx := context.Background()
	cancellable, cancel := context.WithCancel(ctx)
	s.close = append(s.close, func() error { cancel(); return nil })
	return []Row{
		{"add, cancellable context", aim, addGenerated(cancellable, s.work), addByHand(cancellable, s.handDeadline)},
		{"add, a new cancellable context each", aim, addFresh(s.work.Add), addFresh(s.handDeadline.Add)},
		{"add, with fuel", 0, addGenerated(ctx, s.fuel), addByHand(ctx, s.hand)},
		{"add, with fuel, cancellable context", aim, addGenerated(cancellable, s.fuel), addByHand(cancellable, s.handDeadline)},
	}
}

// addFresh calls add each time under a context of its own.
func addFresh(add func(ctx context.Context, a, b int32) (int32, error)) Body {
	return body(func() (int32, error) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		return add(ctx, 2, 3)
	})
}

// pools are the rows of a Pool of two instances whom some goroutines ask.
func (s *Suite) pools() []Row {
	const size = 2
	ctx := context.Background()
	pool := host.NewPool(size, host.Source[*calls.Instance]{Instantiate: func(ctx context.Context) (*calls.Instance, error) {
		return s.plugin.Instantiate(ctx, s.imports())
	}})
	s.close = append(s.close, func() error { return pool.Close(ctx) })
	hand, err := s.handPlugin.NewPool(ctx, size)
	var rows []Row
	for _, n := range []int{1, 2, 8} {
		name := "add, Pool of 2, 1 goroutine"
		if n > 1 {
			name = fmt.Sprintf("add, Pool of 2, %d goroutines", n)
		}
		rows = append(rows, Row{name, aim,
			concurrent(n, func() (sum int32, err error) {
				err = pool.Do(ctx, func(inst *calls.Instance) error {
					sum, err = inst.Work().Add(ctx, 2, 3)
					return err
				})
				return sum, err
			}),
			concurrent(n, func() (sum int32, _ error) {
				if err != nil {
					return 0, err
				}
				err := hand.Do(ctx, func(g *byhand.Guest) (err error) {
					sum, err = g.Add(ctx, 2, 3)
					return err
				})
				return sum, err
			})})
	}
	return rows
}

// concurrent makes a Body of a call that goroutines make side by side.
func concurrent(goroutines int, call func() (int32, error)) Body {
	return func(n int) (any, error) {
		results, errs := make([]int32, goroutines), make([]error, goroutines)
		var group sync.WaitGroup
		for g := range goroutines {
			group.Go(func() {
				// Each has its share, and at least one call.
				for range (n + goroutines - 1) / goroutines {
					if results[g], errs[g] = call(); errs[g] != nil {
						return
					}
				}
			})
		}
		group.Wait()
		return results[0], errors.Join(errs...)
	}
}
