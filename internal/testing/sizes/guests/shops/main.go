//go:build wasm || tinygo.wasm

// Command shops is the guest of the world sizes:worlds/shops.
package main

import (
	"math"

	"example.com/sizes/gen/sizes/worlds/goods"
	"example.com/sizes/gen/sizes/worlds/shop"
	"example.com/sizes/gen/sizes/worlds/shops"
	"example.com/sizes/gen/sizes/worlds/store"
	"github.com/witgen/witgen/canonicalabi/types"
)

type impl struct{}

func (impl) Add(a, b uint32) uint32                 { return a + b }
func (impl) Scale(v float64, by float32) float64    { return v * float64(by) }
func (impl) Opposite(v bool) bool                   { return !v }
func (impl) NextLetter(c rune) rune                 { return c + 1 }
func (impl) Greet(name string) string               { return "Hello, " + name + "!" }
func (impl) Move(p, by goods.Point) goods.Point     { return goods.Point{X: p.X + by.X, Y: p.Y + by.Y} }
func (impl) NextColour(c goods.Colour) goods.Colour { return (c + 1) % 3 }
func (impl) Toggle(m goods.Mark) goods.Mark         { return m ^ goods.MarkGift }
func (impl) Divide(a, b int64) (int64, int64)       { return a / b, a % b }

func (impl) Join(parts []string) string {
	var joined string
	for _, part := range parts {
		joined += part
	}
	return joined
}

func (impl) Total(prices []uint32) uint64 {
	var total uint64
	for _, price := range prices {
		total += uint64(price)
	}
	return total
}

func (impl) Reverse(bytes []byte) []byte {
	for i, j := 0, len(bytes)-1; i < j; i, j = i+1, j-1 {
		bytes[i], bytes[j] = bytes[j], bytes[i]
	}
	return bytes
}

func (impl) Distances(start goods.Point, to []goods.Point) []float64 {
	distances := make([]float64, len(to))
	for i, p := range to {
		x, y := float64(p.X-start.X), float64(p.Y-start.Y)
		distances[i] = math.Sqrt(x*x + y*y)
	}
	return distances
}

func (impl) Half(v types.Option[uint32]) types.Option[uint32] {
	if n, ok := v.Get(); ok && n%2 == 0 {
		return types.Some(n / 2)
	}
	return types.None[uint32]()
}

func (impl) Paint(i goods.Item, c goods.Colour) goods.Item {
	i.Colour = c
	return i
}

func (impl) Cheapest(items []goods.Item) types.Option[goods.Item] {
	if len(items) == 0 {
		return types.None[goods.Item]()
	}
	least := 0
	for i := range items {
		if items[i].Price < items[least].Price {
			least = i
		}
	}
	return types.Some(items[least])
}

func (impl) Pack(items []goods.Item) goods.Parcel {
	switch len(items) {
	case 0:
		return goods.ParcelEmpty{}
	case 1:
		return goods.ParcelCrate{Value: items[0]}
	}
	return goods.ParcelPallet{Value: items}
}

func (impl) Unpack(p goods.Parcel) ([]goods.Item, error) {
	switch p := p.(type) {
	case goods.ParcelLetter:
		return nil, goods.FailureOther{Value: p.Value}
	case goods.ParcelCrate:
		return []goods.Item{p.Value}, nil
	case goods.ParcelPallet:
		return p.Value, nil
	}
	return nil, goods.FailureMissing{}
}

func (impl) Buy(name string) (goods.Item, error) {
	item, ok := store.Get(name).Get()
	if !ok {
		return item, goods.FailureMissing{}
	}
	if item.Price == 0 {
		return item, goods.FailureOutOfStock{Value: uint32(store.Now())}
	}
	if _, err := store.Put(item); err != nil {
		return item, err
	}
	store.Log("sold " + name)
	return item, nil
}

func (impl) Check(i goods.Item) error {
	if i.Name == "" {
		return types.Error[string]{Value: "an item without a name"}
	}
	return nil
}

func (impl) Stock(prefix string) []types.Tuple2[string, uint64] {
	var stock []types.Tuple2[string, uint64]
	for _, name := range store.Names(prefix) {
		stock = append(stock, types.Tuple2[string, uint64]{F0: name, F1: store.Now()})
	}
	return stock
}

func (impl) Digest(name string) (uint32, error) {
	data, err := store.Read(name)
	if err != nil {
		return 0, err
	}
	var sum uint32
	for _, b := range data {
		sum = sum*31 + uint32(b)
	}
	return sum, nil
}

type basket struct {
	owner string
	items []goods.Item
}

func (b *basket) Put(i goods.Item)    { b.items = append(b.items, i) }
func (b *basket) Items() []goods.Item { return b.items }
func (b *basket) Close()              { store.Log("closed") }

func (b *basket) Sum() uint32 {
	var sum uint32
	for i := range b.items {
		sum += b.items[i].Price
	}
	return sum
}

func (impl) NewBasket(owner string) shop.Basket { return &basket{owner: owner} }

func (impl) Merge(a, b shop.Basket) shop.Basket {
	into, from := a.(*basket), b.(*basket)
	into.items = append(into.items, from.items...)
	return into
}

func init() { shops.Export(impl{}) }

func main() {}
