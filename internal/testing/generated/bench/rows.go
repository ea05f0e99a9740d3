package bench

import (
	"bytes"
	"context"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/witgen/witgen/internal/testing/generated/bench/byhand"
	"github.com/witgen/witgen/internal/testing/generated/bench/gen/bench/calls/text"
	"github.com/witgen/witgen/internal/testing/generated/bench/gen/bench/calls/work"
)

// Body does something n times, and returns the last result. An error of WIT's is
// a result.
type Body func(n int) (any, error)

// Row is one line of the table: the same work through generated bindings and by
// hand.
type Row struct {
	// Name names the row; the benchmark's name is made of it.
	Name string
	// Aim is how many times as long as by hand the generated side may take; 0
	// where the two do not do the same.
	Aim float64
	// Generated and Hand return results that print alike.
	Generated, Hand Body
}

// The aims: of what the first version had, and of what came later.
const (
	firstAim = 1.3
	aim      = 1.2
)

// importCalls is how often the guest calls its import in one call of its own.
const importCalls = 1000

// body makes a Body of a call.
func body[T any](call func() (T, error)) Body {
	return func(n int) (any, error) {
		var result T
		var err error
		for range n {
			if result, err = call(); err != nil {
				return nil, err
			}
		}
		return result, nil
	}
}

// Rows returns the rows, in the order of the table.
func (s *Suite) Rows() []Row {
	return slices.Concat(s.first(), s.contexts(), s.values(), s.importRows(), s.pools(), s.componentRows(), s.last())
}

// first are the rows of scalars, an import, a string, and instances.
func (s *Suite) first() []Row {
	ctx := context.Background()
	expression := (strings.Repeat("12 * 34 + 567 / 8 - ", 3) + "9 + 1")[:64]
	return []Row{
		{"add", firstAim, addGenerated(ctx, s.work), addByHand(ctx, s.hand)},
		{"import, from inside the guest", firstAim,
			inside(importCalls, func(n uint32) (int32, error) { return s.work.TickTimes(ctx, n) }),
			inside(importCalls, func(n uint32) (int32, error) { return s.hand.TickTimes(ctx, n) })},
		{"eval of 64 B", firstAim,
			body(func() (float64, error) { return s.work.Eval(ctx, expression) }),
			body(func() (float64, error) { return s.hand.Eval(ctx, expression) })},
		{"instantiate and close", firstAim,
			body(func() (bool, error) {
				inst, err := s.plugin.Instantiate(ctx, s.imports())
				if err != nil {
					return false, err
				}
				return true, inst.Close(ctx)
			}),
			body(func() (bool, error) {
				guest, err := s.handPlugin.Instantiate(ctx)
				if err != nil {
					return false, err
				}
				return true, guest.Close(ctx)
			})},
	}
}

// addGenerated and addByHand call add directly, since a call takes no longer than
// a few closures.
func addGenerated(ctx context.Context, w work.Interface) Body {
	return func(n int) (any, error) {
		sum := int32(0)
		for range n {
			var err error
			if sum, err = w.Add(ctx, 2, 3); err != nil {
				return nil, err
			}
		}
		return sum, nil
	}
}

func addByHand(ctx context.Context, g *byhand.Guest) Body {
	return func(n int) (any, error) {
		sum := int32(0)
		for range n {
			var err error
			if sum, err = g.Add(ctx, 2, 3); err != nil {
				return nil, err
			}
		}
		return sum, nil
	}
}

// values are the rows of the other types.
func (s *Suite) values() []Row {
	ctx := context.Background()
	rows := []Row{
		{"16 parameters", aim,
			body(func() (int32, error) {
				return s.work.Sixteen(ctx, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
			}),
			body(func() (int32, error) {
				return s.hand.Sixteen(ctx, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
			})},
	}
	for _, size := range []struct {
		name string
		n    int
	}{{"16 B", 16}, {"1 KiB", 1 << 10}, {"1 MiB", 1 << 20}} {
		text := strings.Repeat("witgen, ", size.n/8)
		rows = append(rows, Row{"string of " + size.name + ", in and out", aim,
			body(func() (string, error) { return s.work.EchoText(ctx, text) }),
			body(func() (string, error) { return s.hand.EchoText(ctx, text) })})
	}
	megabyte := bytes.Repeat([]byte("witgen, "), 1<<17)
	floats := make([]float64, 10000)
	for i := range floats {
		floats[i] = float64(i) / 3
	}
	items, handItems := items()
	shape, handShape := work.Shape(work.ShapeCircle{Value: 2}), byhand.Shape(byhand.ShapeCircle{Value: 2})
	counter, handCounter := s.counters(ctx)
	return append(rows,
		Row{"list<u8> of 1 MiB, in", aim,
			body(func() (uint8, error) { return s.work.TakeBytes(ctx, megabyte) }),
			body(func() (uint8, error) { return s.hand.TakeBytes(ctx, megabyte) })},
		Row{bytesOutRow, aim,
			body(func() ([]byte, error) { return s.work.GiveBytes(ctx) }),
			body(func() ([]byte, error) { return s.hand.GiveBytes(ctx) })},
		Row{"list<f64> of 10,000, in and out", aim,
			body(func() ([]float64, error) { return s.work.EchoFloats(ctx, floats) }),
			body(func() ([]float64, error) { return s.hand.EchoFloats(ctx, floats) })},
		Row{recordsRow, aim,
			body(func() ([]work.Item, error) { return s.work.EchoItems(ctx, items) }),
			body(func() ([]byhand.Item, error) { return s.hand.EchoItems(ctx, handItems) })},
		Row{"variant, in and out", aim,
			body(func() (work.Shape, error) { return s.work.EchoShape(ctx, shape) }),
			body(func() (byhand.Shape, error) { return s.hand.EchoShape(ctx, handShape) })},
		Row{"error of a result", aim,
			body(func() (work.Failure, error) { return failure[work.Failure](s.work.Find(ctx, 1)) }),
			body(func() (byhand.Failure, error) { return failure[byhand.Failure](s.hand.Find(ctx, 1)) })},
		Row{"method of a resource", aim, counter, handCounter})
}

// last are the rows of compiling, and of JSON.
func (s *Suite) last() []Row {
	ctx := context.Background()
	items, handItems := items()
	return []Row{
		{"compile", aim,
			body(func() (bool, error) { return true, s.compile(ctx, "") }),
			body(func() (bool, error) { return true, s.compileByHand(ctx, "") })},
		{"compile, from disk cache", aim,
			body(func() (bool, error) { return true, s.compile(ctx, s.cacheDir) }),
			body(func() (bool, error) { return true, s.compileByHand(ctx, s.cacheDir) })},
		{jsonRow, aim,
			body(func() ([]work.Item, error) { return s.echoJSON(ctx, s.text, items) }),
			body(func() ([]byhand.Item, error) { return s.handText.EchoJSON(ctx, handItems) })},
	}
}

// The rows that are compared with each other.
const (
	bytesOutRow = "list<u8> of 1 MiB, out"
	recordsRow  = "list<record> of 1,000, in and out"
	jsonRow     = "the same list<record> as JSON"
)

// items returns 1,000 items for each side.
func items() (items []work.Item, byHand []byhand.Item) {
	for i := range 1000 {
		item := work.Item{ID: uint32(i), Name: fmt.Sprintf("item number %d", i), Price: float64(i) / 4, Stock: int64(-i), Active: i%2 == 0, Kind: uint8(i)}
		items = append(items, item)
		byHand = append(byHand, byhand.Item(item))
	}
	return items, byHand
}

// failure returns the error of type E that a call must end in.
func failure[E error](_ uint32, err error) (e E, _ error) {
	if !errors.As(err, &e) {
		return e, fmt.Errorf("the call ended in %v", err)
	}
	return e, nil
}

// counters make a counter and call its method n times.
func (s *Suite) counters(ctx context.Context) (generated, byHand Body) {
	generated = func(n int) (any, error) {
		c, err := s.work.NewCounter(ctx, 7)
		if err != nil {
			return nil, err
		}
		var count uint32
		for range n {
			if count, err = c.Next(ctx); err != nil {
				return nil, err
			}
		}
		return count, c.Close(ctx)
	}
	byHand = func(n int) (any, error) {
		c, err := s.hand.NewCounter(ctx, 7)
		if err != nil {
			return nil, err
		}
		var count uint32
		for range n {
			if count, err = c.Next(ctx); err != nil {
				return nil, err
			}
		}
		return count, c.Close(ctx)
	}
	return generated, byHand
}

// echoJSON sends items to the guest and back as JSON.
func (s *Suite) echoJSON(ctx context.Context, t text.Interface, items []work.Item) ([]work.Item, error) {
	encoded, err := stdjson.Marshal(items)
	if err != nil {
		return nil, err
	}
	back, err := t.Echo(ctx, string(encoded))
	if err != nil {
		return nil, err
	}
	var decoded []work.Item
	err = stdjson.Unmarshal([]byte(back), &decoded)
	return decoded, err
}
