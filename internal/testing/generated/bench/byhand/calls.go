package byhand

import (
	"context"
	"encoding/binary"
	"math"
)

// Add calls add.
func (g *Guest) Add(ctx context.Context, a, b int32) (int32, error) {
	f := g.get(&g.add, "bench:calls/work#add")
	g.stack[0], g.stack[1] = uint64(uint32(a)), uint64(uint32(b))
	if err := f.CallWithStack(ctx, g.stack[:]); err != nil {
		return 0, err
	}
	return int32(uint32(g.stack[0])), nil
}

// TickTimes calls tick-times.
func (g *Guest) TickTimes(ctx context.Context, n uint32) (int32, error) {
	g.stack[0] = uint64(n)
	result, err := g.call(ctx, g.get(&g.tickTimes, "bench:calls/work#tick-times"))
	return int32(result), err
}

// Sixteen calls sixteen.
func (g *Guest) Sixteen(ctx context.Context, a, b, c, d, e, f, h, i, j, k, l, m, n, o, p, q int32) (int32, error) {
	s := &g.stack
	s[0], s[1], s[2], s[3] = uint64(uint32(a)), uint64(uint32(b)), uint64(uint32(c)), uint64(uint32(d))
	s[4], s[5], s[6], s[7] = uint64(uint32(e)), uint64(uint32(f)), uint64(uint32(h)), uint64(uint32(i))
	s[8], s[9], s[10], s[11] = uint64(uint32(j)), uint64(uint32(k)), uint64(uint32(l)), uint64(uint32(m))
	s[12], s[13], s[14], s[15] = uint64(uint32(n)), uint64(uint32(o)), uint64(uint32(p)), uint64(uint32(q))
	result, err := g.call(ctx, g.get(&g.sixteen, "bench:calls/work#sixteen"))
	return int32(result), err
}

// EvalError is the text of an error of eval.
type EvalError string

func (e EvalError) Error() string { return string(e) }

// Eval calls eval.
func (g *Guest) Eval(ctx context.Context, expression string) (float64, error) {
	ptr, err := g.lowerString(ctx, expression)
	if err != nil {
		return 0, err
	}
	g.stack[0], g.stack[1] = uint64(ptr), uint64(uint32(len(expression)))
	result, err := g.call(ctx, g.get(&g.eval, "bench:calls/work#eval"))
	if err != nil {
		return 0, err
	}
	area, err := g.read(result, 16, 8)
	if err != nil {
		return 0, err
	}
	var value float64
	var failure error
	switch area[0] {
	case 0:
		value = math.Float64frombits(binary.LittleEndian.Uint64(area[8:]))
	case 1:
		text, err := g.liftString(u32(area[8:]), u32(area[12:]))
		if err != nil {
			return 0, err
		}
		failure = EvalError(text)
	default:
		return 0, badCase(area[0])
	}
	if err := g.post(ctx, g.get(&g.postEval, "cabi_post_bench:calls/work#eval"), result); err != nil {
		return 0, err
	}
	return value, failure
}

// Failure is why Find finds nothing.
type Failure uint8

// The failures.
const (
	Missing Failure = iota
	Denied
)

func (f Failure) Error() string {
	if f == Missing {
		return "missing"
	}
	return "denied"
}

// Find calls find.
func (g *Guest) Find(ctx context.Context, key uint32) (uint32, error) {
	g.stack[0] = uint64(key)
	result, err := g.call(ctx, g.get(&g.find, "bench:calls/work#find"))
	if err != nil {
		return 0, err
	}
	area, err := g.read(result, 8, 4)
	if err != nil {
		return 0, err
	}
	switch area[0] {
	case 0:
		return u32(area[4:]), nil
	case 1:
		if area[4] > uint8(Denied) {
			return 0, badCase(area[4])
		}
		return 0, Failure(area[4])
	default:
		return 0, badCase(area[0])
	}
}

// Counter is a counter of a guest's.
type Counter struct {
	guest  *Guest
	rep    uint32
	closed bool
}

// NewCounter calls the constructor.
func (g *Guest) NewCounter(ctx context.Context, start uint32) (*Counter, error) {
	g.stack[0] = uint64(start)
	handle, err := g.call(ctx, g.get(&g.newCounter, "bench:calls/work#[constructor]counter"))
	if err != nil {
		return nil, err
	}
	rep, err := g.plugin.counters.take(handle)
	if err != nil {
		return nil, err
	}
	return &Counter{guest: g, rep: rep}, nil
}

// Next calls the method.
func (c *Counter) Next(ctx context.Context) (uint32, error) {
	if c.closed {
		return 0, errHandle
	}
	g := c.guest
	g.stack[0] = uint64(c.rep)
	return g.call(ctx, g.get(&g.next, "bench:calls/work#[method]counter.next"))
}

// Close ends the counter.
func (c *Counter) Close(ctx context.Context) error {
	if c.closed {
		return nil
	}
	c.closed = true
	g := c.guest
	g.stack[0] = uint64(c.rep)
	_, err := g.call(ctx, g.get(&g.destroy, "bench:calls/work#[dtor]counter"))
	return err
}

// Shape is ShapeDot, ShapeCircle, ShapeLabel or ShapeArea.
type Shape interface{ isShape() }

// The shapes.
type (
	ShapeDot    struct{}
	ShapeCircle struct{ Value float64 }
	ShapeLabel  struct{ Value string }
	ShapeArea   struct{ Value uint64 }
)

func (ShapeDot) isShape()    {}
func (ShapeCircle) isShape() {}
func (ShapeLabel) isShape()  {}
func (ShapeArea) isShape()   {}

// EchoShape calls echo-shape. A nil shape is a dot.
func (g *Guest) EchoShape(ctx context.Context, shape Shape) (Shape, error) {
	g.stack[0], g.stack[1], g.stack[2] = 0, 0, 0
	switch s := shape.(type) {
	case ShapeCircle:
		g.stack[0], g.stack[1] = 1, math.Float64bits(s.Value)
	case ShapeLabel:
		ptr, err := g.lowerString(ctx, s.Value)
		if err != nil {
			return nil, err
		}
		g.stack[0], g.stack[1], g.stack[2] = 2, uint64(ptr), uint64(uint32(len(s.Value)))
	case ShapeArea:
		g.stack[0], g.stack[1] = 3, s.Value
	}
	result, err := g.call(ctx, g.get(&g.echoShape, "bench:calls/work#echo-shape"))
	if err != nil {
		return nil, err
	}
	area, err := g.read(result, 16, 8)
	if err != nil {
		return nil, err
	}
	back, err := g.liftShape(uint32(area[0]), binary.LittleEndian.Uint64(area[8:]), u32(area[12:]))
	if err != nil {
		return nil, err
	}
	return back, g.post(ctx, g.get(&g.postEchoShape, "cabi_post_bench:calls/work#echo-shape"), result)
}

// liftShape makes a shape of its case, its payload, and the length of its text.
func (g *Guest) liftShape(n uint32, payload uint64, length uint32) (Shape, error) {
	switch n {
	case 0:
		return ShapeDot{}, nil
	case 1:
		return ShapeCircle{math.Float64frombits(payload)}, nil
	case 2:
		text, err := g.liftString(uint32(payload), length)
		return ShapeLabel{text}, err
	case 3:
		return ShapeArea{payload}, nil
	default:
		return nil, badCase(uint8(n))
	}
}

// A Kind is what CallBack calls, in the order of WIT's enum.
type Kind uint32

// CallBack calls call-back.
func (g *Guest) CallBack(ctx context.Context, what Kind, n uint32) (uint32, error) {
	g.stack[0], g.stack[1] = uint64(what), uint64(n)
	return g.call(ctx, g.get(&g.callBack, "bench:calls/work#call-back"))
}
