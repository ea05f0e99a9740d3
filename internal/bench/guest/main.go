//go:build wasm || tinygo.wasm

// Command guest is a guest of the world bench:calls/calls. It does as little as
// it can, so that benchmarks of its calls show what the boundary costs.
package main

import (
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/bench/gen/bench/calls/calls"
	"github.com/witgen/witgen/internal/bench/gen/bench/calls/ticks"
	"github.com/witgen/witgen/internal/bench/gen/bench/calls/work"
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
