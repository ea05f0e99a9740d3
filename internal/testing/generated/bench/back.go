package bench

import (
	"context"
	"errors"

	"github.com/witgen/witgen/internal/testing/generated/bench/byhand"
	"github.com/witgen/witgen/internal/testing/generated/bench/gen/bench/calls/back"
	"github.com/witgen/witgen/internal/testing/generated/bench/gen/bench/calls/work"
)

// echo holds the functions of back that are the same on both sides.
type echo struct{}

func (echo) Sixteen(_ context.Context, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p int32) (int32, error) {
	return a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p, nil
}

func (echo) EchoText(_ context.Context, text string) (string, error) { return text, nil }

func (echo) TakeBytes(_ context.Context, bytes []byte) (uint8, error) {
	return bytes[len(bytes)-1], nil
}

func (echo) EchoFloats(_ context.Context, floats []float64) ([]float64, error) { return floats, nil }

// answers implements back for the generated bindings.
type answers struct{ echo }

func (answers) EchoItems(_ context.Context, items []back.Item) ([]back.Item, error) {
	return items, nil
}

func (answers) EchoShape(_ context.Context, shape back.Shape) (back.Shape, error) { return shape, nil }

func (answers) Find(context.Context, uint32) (uint32, error) { return 0, back.FailureDenied }

func (answers) NewGauge(_ context.Context, start uint32) (back.Gauge, error) {
	return &gauge{start}, nil
}

// handAnswers implements back by hand.
type handAnswers struct{ echo }

func (handAnswers) EchoItems(_ context.Context, items []byhand.Item) ([]byhand.Item, error) {
	return items, nil
}

func (handAnswers) EchoShape(_ context.Context, shape byhand.Shape) (byhand.Shape, error) {
	return shape, nil
}

func (handAnswers) Find(context.Context, uint32) (uint32, error) { return 0, byhand.Denied }

func (handAnswers) NewGauge(_ context.Context, start uint32) (byhand.Gauge, error) {
	return &gauge{start}, nil
}

type gauge struct{ n uint32 }

func (g *gauge) Next(context.Context) (uint32, error) {
	g.n++
	return g.n, nil
}

func (*gauge) Close(context.Context) error { return nil }

// importRows are the rows of what a guest calls in its host, from inside the guest.
func (s *Suite) importRows() []Row {
	ctx := context.Background()
	var rows []Row
	for _, kind := range []struct {
		name  string
		kind  work.Kind
		calls int // in one call of the guest
	}{
		{"16 parameters", work.KindSixteen, importCalls},
		{"string of 16 B", work.KindText16, importCalls},
		{"string of 1 KiB", work.KindText1k, importCalls},
		{"string of 1 MiB", work.KindText1m, 4},
		{"list<u8> of 1 MiB, in", work.KindBytes, 4},
		{"list<f64> of 10,000", work.KindFloats, 16},
		{"list<record> of 1,000", work.KindItems, 4},
		{"variant", work.KindShape, importCalls},
		{"error of a result", work.KindFind, importCalls},
		{"method of a resource", work.KindNext, importCalls},
	} {
		// Each row has guests of its own, whose heaps have held nothing else.
		var generated work.Interface
		inst, err := s.plugin.Instantiate(ctx, s.imports())
		if err == nil {
			generated = inst.Work()
		}
		hand, handErr := s.handPlugin.Instantiate(ctx)
		err = errors.Join(err, handErr)
		rows = append(rows, Row{"import of " + kind.name, aim,
			inside(kind.calls, func(n uint32) (uint32, error) {
				if err != nil {
					return 0, err
				}
				return generated.CallBack(ctx, kind.kind, n)
			}),
			inside(kind.calls, func(n uint32) (uint32, error) {
				if err != nil {
					return 0, err
				}
				return hand.CallBack(ctx, byhand.Kind(kind.kind), n)
			})})
	}
	return rows
}

// inside makes the guest call its import n times, so many of them in one call of
// the guest.
func inside[T any](calls int, call func(n uint32) (T, error)) Body {
	return func(n int) (any, error) {
		for ; n > calls; n -= calls {
			if _, err := call(uint32(calls)); err != nil {
				return nil, err
			}
		}
		return call(uint32(n))
	}
}
