//go:build tinygo

// Command shops is the guest of the world sizes:worlds/shops by the bindings of
// another generator. It does what internal/testing/sizes' own guest of that world does.
package main

import (
	"math"

	"go.bytecodealliance.org/cm"

	"example.com/second/gen/sizes/worlds/goods"
	"example.com/second/gen/sizes/worlds/shop"
	"example.com/second/gen/sizes/worlds/store"
)

type (
	unpacked = cm.Result[shop.FailureShape, cm.List[goods.Item], goods.Failure]
	bought   = cm.Result[shop.ItemShape, goods.Item, goods.Failure]
	checked  = cm.Result[string, struct{}, string]
	digested = cm.Result[shop.FailureShape, uint32, goods.Failure]
)

func init() {
	shop.Exports.Add = func(a, b uint32) uint32 { return a + b }
	shop.Exports.Scale = func(v float64, by float32) float64 { return v * float64(by) }
	shop.Exports.Opposite = func(v bool) bool { return !v }
	shop.Exports.NextLetter = func(c rune) rune { return c + 1 }
	shop.Exports.Greet = func(name string) string { return "Hello, " + name + "!" }
	shop.Exports.Move = func(p, by goods.Point) goods.Point { return goods.Point{X: p.X + by.X, Y: p.Y + by.Y} }
	shop.Exports.NextColour = func(c goods.Colour) goods.Colour { return (c + 1) % 3 }
	shop.Exports.Toggle = func(m goods.Mark) goods.Mark { return m ^ goods.MarkGift }
	shop.Exports.Divide = func(a, b int64) [2]int64 { return [2]int64{a / b, a % b} }
	shop.Exports.Join = join
	shop.Exports.Total = total
	shop.Exports.Reverse = reverse
	shop.Exports.Distances = distances
	shop.Exports.Half = half
	shop.Exports.Paint = paint
	shop.Exports.Cheapest = cheapest
	shop.Exports.Pack = pack
	shop.Exports.Unpack = unpack
	shop.Exports.Buy = buy
	shop.Exports.Check = check
	shop.Exports.Stock = stock
	shop.Exports.Digest = digest
	shop.Exports.Merge = merge
	shop.Exports.Basket.Constructor = newBasket
	shop.Exports.Basket.Destructor = destroy
	shop.Exports.Basket.Put = func(self cm.Rep, i goods.Item) { baskets[self].put(i) }
	shop.Exports.Basket.Items = func(self cm.Rep) cm.List[goods.Item] { return cm.ToList(baskets[self].items) }
	shop.Exports.Basket.Sum = func(self cm.Rep) uint32 { return baskets[self].sum() }
}

func join(parts cm.List[string]) string {
	var joined string
	for _, part := range parts.Slice() {
		joined += part
	}
	return joined
}

func total(prices cm.List[uint32]) uint64 {
	var total uint64
	for _, price := range prices.Slice() {
		total += uint64(price)
	}
	return total
}

func reverse(list cm.List[uint8]) cm.List[uint8] {
	bytes := list.Slice()
	for i, j := 0, len(bytes)-1; i < j; i, j = i+1, j-1 {
		bytes[i], bytes[j] = bytes[j], bytes[i]
	}
	return list
}

func distances(start goods.Point, to cm.List[goods.Point]) cm.List[float64] {
	distances := make([]float64, to.Len())
	for i, p := range to.Slice() {
		x, y := float64(p.X-start.X), float64(p.Y-start.Y)
		distances[i] = math.Sqrt(x*x + y*y)
	}
	return cm.ToList(distances)
}

func half(v cm.Option[uint32]) cm.Option[uint32] {
	if n := v.Some(); n != nil && *n%2 == 0 {
		return cm.Some(*n / 2)
	}
	return cm.None[uint32]()
}

func paint(i goods.Item, c goods.Colour) goods.Item {
	i.Colour = c
	return i
}

func cheapest(list cm.List[goods.Item]) cm.Option[goods.Item] {
	items := list.Slice()
	if len(items) == 0 {
		return cm.None[goods.Item]()
	}
	least := 0
	for i := range items {
		if items[i].Price < items[least].Price {
			least = i
		}
	}
	return cm.Some(items[least])
}

func pack(items cm.List[goods.Item]) goods.Parcel {
	switch items.Len() {
	case 0:
		return goods.ParcelEmpty()
	case 1:
		return goods.ParcelCrate(items.Slice()[0])
	}
	return goods.ParcelPallet(items)
}

func unpack(p goods.Parcel) unpacked {
	if letter := p.Letter(); letter != nil {
		return cm.Err[unpacked](goods.FailureOther(*letter))
	}
	if crate := p.Crate(); crate != nil {
		return cm.OK[unpacked](cm.ToList([]goods.Item{*crate}))
	}
	if pallet := p.Pallet(); pallet != nil {
		return cm.OK[unpacked](*pallet)
	}
	return cm.Err[unpacked](goods.FailureMissing())
}

func buy(name string) bought {
	found := store.Get(name)
	item := found.Some()
	if item == nil {
		return cm.Err[bought](goods.FailureMissing())
	}
	if item.Price == 0 {
		return cm.Err[bought](goods.FailureOutOfStock(uint32(store.Now())))
	}
	put := store.Put(*item)
	if err := put.Err(); err != nil {
		return cm.Err[bought](*err)
	}
	store.Log("sold " + name)
	return cm.OK[bought](*item)
}

func check(i goods.Item) checked {
	if i.Name == "" {
		return cm.Err[checked]("an item without a name")
	}
	return cm.OK[checked](struct{}{})
}

func stock(prefix string) cm.List[cm.Tuple[string, uint64]] {
	var stock []cm.Tuple[string, uint64]
	for _, name := range store.Names(prefix).Slice() {
		stock = append(stock, cm.Tuple[string, uint64]{F0: name, F1: store.Now()})
	}
	return cm.ToList(stock)
}

func digest(name string) digested {
	read := store.Read(name)
	if err := read.Err(); err != nil {
		return cm.Err[digested](*err)
	}
	var sum uint32
	for _, b := range read.OK().Slice() {
		sum = sum*31 + uint32(b)
	}
	return cm.OK[digested](sum)
}

type basket struct {
	owner string
	items []goods.Item
}

// baskets are those that the host has handles of. A representation is a place
// in it.
var (
	baskets []*basket
	free    []cm.Rep
)

func (b *basket) put(i goods.Item) { b.items = append(b.items, i) }

func (b *basket) sum() uint32 {
	var sum uint32
	for i := range b.items {
		sum += b.items[i].Price
	}
	return sum
}

func handle(b *basket) shop.Basket {
	var rep cm.Rep
	if n := len(free); n > 0 {
		rep, free = free[n-1], free[:n-1]
	} else {
		rep = cm.Rep(len(baskets))
		baskets = append(baskets, nil)
	}
	baskets[rep] = b
	return shop.BasketResourceNew(rep)
}

// take takes a basket back from its handle. The destructor that runs then finds
// none to close.
func take(handle shop.Basket) *basket {
	rep := handle.ResourceRep()
	b := baskets[rep]
	baskets[rep] = nil
	handle.ResourceDrop()
	return b
}

func newBasket(owner string) shop.Basket { return handle(&basket{owner: owner}) }

func destroy(self cm.Rep) {
	if baskets[self] != nil {
		store.Log("closed")
	}
	baskets[self] = nil
	free = append(free, self)
}

func merge(a, b shop.Basket) shop.Basket {
	into, from := take(a), take(b)
	into.items = append(into.items, from.items...)
	return handle(into)
}

func main() {}
