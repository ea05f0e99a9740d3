package byhand

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"sync"

	"github.com/tetratelabs/wazero/api"
)

// Back is what guests call in their host with values of each kind.
type Back interface {
	Sixteen(ctx context.Context, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p int32) (int32, error)
	EchoText(ctx context.Context, text string) (string, error)
	TakeBytes(ctx context.Context, bytes []byte) (uint8, error)
	EchoFloats(ctx context.Context, floats []float64) ([]float64, error)
	EchoItems(ctx context.Context, items []Item) ([]Item, error)
	EchoShape(ctx context.Context, shape Shape) (Shape, error)
	Find(ctx context.Context, key uint32) (uint32, error)
	NewGauge(ctx context.Context, start uint32) (Gauge, error)
}

// Gauge is a resource of the host's.
type Gauge interface {
	Next(ctx context.Context) (uint32, error)
}

// gauges are the gauges that guests own.
type gauges struct {
	mu   sync.Mutex
	all  []Gauge
	free []uint32
}

func (s *gauges) add(g Gauge) uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.free); n > 0 {
		i := s.free[n-1]
		s.free = s.free[:n-1]
		s.all[i] = g
		return i + 1
	}
	s.all = append(s.all, g)
	return uint32(len(s.all))
}

func (s *gauges) get(handle uint32) (Gauge, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if handle == 0 || int(handle) > len(s.all) || s.all[handle-1] == nil {
		return nil, errHandle
	}
	return s.all[handle-1], nil
}

func (s *gauges) drop(handle uint32) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if handle == 0 || int(handle) > len(s.all) || s.all[handle-1] == nil {
		return errHandle
	}
	s.all[handle-1] = nil
	s.free = append(s.free, handle-1)
	return nil
}

// handler serves a call of a guest's. Its error makes the guest trap.
type handler func(g *Guest, ctx context.Context, stack []uint64) error

// supplyBack makes the host module of Back.
func (p *Plugin) supplyBack(ctx context.Context) error {
	const i32, i64 = api.ValueTypeI32, api.ValueTypeI64
	three := []api.ValueType{i32, i32, i32}
	one := three[:1]
	builder := p.runtime.NewHostModuleBuilder("bench:calls/back")
	for _, f := range []struct {
		name            string
		params, results []api.ValueType
		serve           handler
	}{
		{"sixteen", []api.ValueType{i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32}, one, (*Guest).backSixteen},
		{"echo-text", three, nil, (*Guest).backEchoText},
		{"take-bytes", three[:2], one, (*Guest).backTakeBytes},
		{"echo-floats", three, nil, (*Guest).backEchoFloats},
		{"echo-items", three, nil, (*Guest).backEchoItems},
		{"echo-shape", []api.ValueType{i32, i64, i32, i32}, nil, (*Guest).backEchoShape},
		{"find", three[:2], nil, (*Guest).backFind},
		{"[constructor]gauge", one, one, (*Guest).backNewGauge},
		{"[method]gauge.next", one, one, (*Guest).backNext},
		{"[resource-drop]gauge", one, nil, (*Guest).backDropGauge},
	} {
		builder.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(ctx context.Context, module api.Module, stack []uint64) {
			if err := f.serve(p.guests.of(module), ctx, stack); err != nil {
				panic(err)
			}
		}), f.params, f.results).Export(f.name)
	}
	_, err := builder.Instantiate(ctx)
	return err
}

func (g *Guest) backSixteen(ctx context.Context, s []uint64) error {
	n := func(i int) int32 { return int32(uint32(s[i])) }
	sum, err := g.plugin.back.Sixteen(ctx, n(0), n(1), n(2), n(3), n(4), n(5), n(6), n(7), n(8), n(9), n(10), n(11), n(12), n(13), n(14), n(15))
	s[0] = uint64(uint32(sum))
	return err
}

func (g *Guest) backEchoText(ctx context.Context, s []uint64) error {
	text, err := g.liftString(uint32(s[0]), uint32(s[1]))
	if err != nil {
		return err
	}
	if text, err = g.plugin.back.EchoText(ctx, text); err != nil {
		return err
	}
	ptr, err := g.lowerString(ctx, text)
	return g.giveList(err, uint32(s[2]), ptr, len(text))
}

// giveList stores where a list is that was lowered to the guest.
func (g *Guest) giveList(err error, area, ptr uint32, n int) error {
	if err != nil {
		return err
	}
	b, err := g.read(area, 8, 4)
	if err != nil {
		return err
	}
	binary.LittleEndian.PutUint32(b, ptr)
	binary.LittleEndian.PutUint32(b[4:], uint32(n))
	return nil
}

func (g *Guest) backTakeBytes(ctx context.Context, s []uint64) error {
	view, err := g.read(uint32(s[0]), uint32(s[1]), 1)
	if err != nil {
		return err
	}
	bytes := make([]byte, len(view))
	copy(bytes, view)
	last, err := g.plugin.back.TakeBytes(ctx, bytes)
	s[0] = uint64(last)
	return err
}

func (g *Guest) backEchoFloats(ctx context.Context, s []uint64) error {
	floats, err := g.liftFloats(uint32(s[0]), uint32(s[1]))
	if err != nil {
		return err
	}
	if floats, err = g.plugin.back.EchoFloats(ctx, floats); err != nil {
		return err
	}
	ptr, err := g.lowerBytes(ctx, bytesOf(floats), 8)
	return g.giveList(err, uint32(s[2]), ptr, len(floats))
}

func (g *Guest) backEchoItems(ctx context.Context, s []uint64) error {
	items, err := g.liftItems(uint32(s[0]), uint32(s[1]))
	if err != nil {
		return err
	}
	if items, err = g.plugin.back.EchoItems(ctx, items); err != nil {
		return err
	}
	ptr, err := g.lowerItems(ctx, items)
	return g.giveList(err, uint32(s[2]), ptr, len(items))
}

func (g *Guest) backEchoShape(ctx context.Context, s []uint64) error {
	shape, err := g.liftShape(uint32(s[0]), s[1], uint32(s[2]))
	if err != nil {
		return err
	}
	if shape, err = g.plugin.back.EchoShape(ctx, shape); err != nil {
		return err
	}
	var n byte
	var payload uint64
	switch v := shape.(type) {
	case ShapeCircle:
		n, payload = 1, math.Float64bits(v.Value)
	case ShapeLabel:
		ptr, err := g.lowerString(ctx, v.Value)
		if err != nil {
			return err
		}
		n, payload = 2, uint64(ptr)|uint64(len(v.Value))<<32
	case ShapeArea:
		n, payload = 3, v.Value
	}
	b, err := g.read(uint32(s[3]), 16, 8)
	if err != nil {
		return err
	}
	b[0] = n
	binary.LittleEndian.PutUint64(b[8:], payload)
	return nil
}

func (g *Guest) backFind(ctx context.Context, s []uint64) error {
	value, err := g.plugin.back.Find(ctx, uint32(s[0]))
	var failure Failure
	if err != nil && !errors.As(err, &failure) {
		return err
	}
	b, readErr := g.read(uint32(s[1]), 8, 4)
	if readErr != nil {
		return readErr
	}
	if err != nil {
		b[0], b[4] = 1, byte(failure)
		return nil
	}
	b[0] = 0
	binary.LittleEndian.PutUint32(b[4:], value)
	return nil
}

func (g *Guest) backNewGauge(ctx context.Context, s []uint64) error {
	gauge, err := g.plugin.back.NewGauge(ctx, uint32(s[0]))
	if err == nil {
		s[0] = uint64(g.plugin.gauges.add(gauge))
	}
	return err
}

func (g *Guest) backNext(ctx context.Context, s []uint64) error {
	gauge, err := g.plugin.gauges.get(uint32(s[0]))
	if err != nil {
		return err
	}
	n, err := gauge.Next(ctx)
	s[0] = uint64(n)
	return err
}

func (g *Guest) backDropGauge(_ context.Context, s []uint64) error {
	return g.plugin.gauges.drop(uint32(s[0]))
}
