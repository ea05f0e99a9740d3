//go:build wasm || tinygo.wasm

// Command guest is a guest of the world bench:calls/calls. It does as little as
// it can, so that benchmarks of its calls show what the boundary costs.
package main

import (
	"strings"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/bench/gen/bench/calls/back"
	"github.com/witgen/witgen/internal/testing/generated/bench/gen/bench/calls/calls"
	"github.com/witgen/witgen/internal/testing/generated/bench/gen/bench/calls/ticks"
	"github.com/witgen/witgen/internal/testing/generated/bench/gen/bench/calls/work"
)

type impl struct{}

// megabyte is what GiveBytes gives.
var megabyte = make([]byte, 1<<20)

func (impl) Add(a, b int32) int32 { return a + b }

func (impl) TickTimes(n uint32) int32 {
	sum := int32(0)
	for range n {
		sum = ticks.Tick(sum)
	}
	return sum
}

func (impl) Eval(expression string) (float64, error) {
	p := parser{text: expression}
	value := p.sum()
	if p.at < len(p.text) {
		return 0, types.Error[string]{Value: "cannot read the rest: " + p.text[p.at:]}
	}
	return value, nil
}

func (impl) Sixteen(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p int32) int32 {
	return a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p
}

func (impl) EchoText(text string) string           { return text }
func (impl) TakeBytes(bytes []byte) uint8          { return bytes[len(bytes)-1] }
func (impl) GiveBytes() []byte                     { return megabyte }
func (impl) EchoFloats(floats []float64) []float64 { return floats }
func (impl) EchoItems(items []work.Item) []work.Item {
	return items
}
func (impl) EchoShape(shape work.Shape) work.Shape { return shape }
func (impl) Find(uint32) (uint32, error)           { return 0, work.FailureDenied }

type counter struct{ n uint32 }

func (impl) NewCounter(start uint32) work.Counter { return &counter{start} }

func (c *counter) Next() uint32 {
	c.n++
	return c.n
}

func (c *counter) Close() {}

// What CallBack sends. It is made when it is first needed, since the collector of
// the other calls would look through it.
var (
	text   string
	floats []float64
	items  []back.Item
	shape  = back.Shape(back.ShapeCircle{Value: 2})
)

// sized returns a text of at least so many bytes.
func sized(n int) string {
	if len(text) != n {
		text = strings.Repeat("witgen, ", n/8)
	}
	return text
}

// manyItems returns a thousand items.
func manyItems() []back.Item {
	if items == nil {
		for i := range 1000 {
			items = append(items, back.Item{ID: uint32(i), Name: "item number of a thousand", Price: float64(i), Active: true})
		}
	}
	return items
}

// CallBack calls a function of the host n times.
func (impl) CallBack(what work.Kind, n uint32) uint32 {
	last := uint32(0)
	switch what {
	case work.KindSixteen:
		for range n {
			last = uint32(back.Sixteen(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))
		}
	case work.KindText16:
		last = echoText(sized(16), n)
	case work.KindText1k:
		last = echoText(sized(1<<10), n)
	case work.KindText1m:
		last = echoText(sized(1<<20), n)
	case work.KindBytes:
		for range n {
			last = uint32(back.TakeBytes(megabyte))
		}
	case work.KindFloats:
		if floats == nil {
			floats = make([]float64, 10_000)
		}
		for range n {
			last = uint32(len(back.EchoFloats(floats)))
		}
	case work.KindItems:
		for range n {
			last = uint32(len(back.EchoItems(manyItems())))
		}
	case work.KindShape:
		for range n {
			if circle, ok := back.EchoShape(shape).(back.ShapeCircle); ok {
				last = uint32(circle.Value)
			}
		}
	case work.KindFind:
		for range n {
			if _, err := back.Find(n); err == back.FailureDenied {
				last = 1
			}
		}
	case work.KindNext:
		g := back.NewGauge(0)
		for range n {
			last = g.Next()
		}
		g.Close()
	}
	return last
}

func echoText(text string, n uint32) uint32 {
	last := 0
	for range n {
		last = len(back.EchoText(text))
	}
	return uint32(last)
}

// parser reads sums of products of whole numbers.
type parser struct {
	text string
	at   int
}

func (p *parser) sum() float64 {
	value := p.product()
	for {
		switch {
		case p.accept('+'):
			value += p.product()
		case p.accept('-'):
			value -= p.product()
		default:
			return value
		}
	}
}

func (p *parser) product() float64 {
	value := p.number()
	for {
		switch {
		case p.accept('*'):
			value *= p.number()
		case p.accept('/'):
			value /= p.number()
		default:
			return value
		}
	}
}

func (p *parser) number() float64 {
	p.accept(' ')
	value := 0.0
	for p.at < len(p.text) && p.text[p.at]-'0' < 10 {
		value = 10*value + float64(p.text[p.at]-'0')
		p.at++
	}
	p.accept(' ')
	return value
}

func (p *parser) accept(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func init() { calls.Export(impl{}) }

func main() {}
