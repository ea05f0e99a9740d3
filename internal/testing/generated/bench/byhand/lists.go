package byhand

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
)

// EchoText calls echo-text.
func (g *Guest) EchoText(ctx context.Context, text string) (string, error) {
	return g.echo(ctx, text, &g.echoText, "bench:calls/work#echo-text", &g.postEchoText, "cabi_post_bench:calls/work#echo-text")
}

// echo calls a function that takes text and returns text.
func (g *Guest) echo(ctx context.Context, text string, f *function, name string, post *function, postName string) (string, error) {
	ptr, err := g.lowerString(ctx, text)
	if err != nil {
		return "", err
	}
	g.stack[0], g.stack[1] = uint64(ptr), uint64(uint32(len(text)))
	result, err := g.call(ctx, g.get(f, name))
	if err != nil {
		return "", err
	}
	area, err := g.read(result, 8, 4)
	if err != nil {
		return "", err
	}
	back, err := g.liftString(u32(area), u32(area[4:]))
	if err != nil {
		return "", err
	}
	return back, g.post(ctx, g.get(post, postName), result)
}

// TakeBytes calls take-bytes.
func (g *Guest) TakeBytes(ctx context.Context, bytes []byte) (uint8, error) {
	ptr, err := g.lowerBytes(ctx, bytes, 1)
	if err != nil {
		return 0, err
	}
	g.stack[0], g.stack[1] = uint64(ptr), uint64(uint32(len(bytes)))
	result, err := g.call(ctx, g.get(&g.takeBytes, "bench:calls/work#take-bytes"))
	return uint8(result), err
}

// GiveBytes calls give-bytes.
func (g *Guest) GiveBytes(ctx context.Context) ([]byte, error) {
	result, err := g.call(ctx, g.get(&g.giveBytes, "bench:calls/work#give-bytes"))
	if err != nil {
		return nil, err
	}
	area, err := g.read(result, 8, 4)
	if err != nil {
		return nil, err
	}
	view, err := g.read(u32(area), u32(area[4:]), 1)
	if err != nil {
		return nil, err
	}
	bytes := make([]byte, len(view))
	copy(bytes, view)
	return bytes, g.post(ctx, g.get(&g.postGiveBytes, "cabi_post_bench:calls/work#give-bytes"), result)
}

// EchoFloats calls echo-floats.
func (g *Guest) EchoFloats(ctx context.Context, floats []float64) ([]float64, error) {
	ptr, err := g.lowerBytes(ctx, bytesOf(floats), 8)
	if err != nil {
		return nil, err
	}
	g.stack[0], g.stack[1] = uint64(ptr), uint64(uint32(len(floats)))
	result, err := g.call(ctx, g.get(&g.echoFloats, "bench:calls/work#echo-floats"))
	if err != nil {
		return nil, err
	}
	area, err := g.read(result, 8, 4)
	if err != nil {
		return nil, err
	}
	back, err := g.liftFloats(u32(area), u32(area[4:]))
	if err != nil {
		return nil, err
	}
	return back, g.post(ctx, g.get(&g.postEchoFloats, "cabi_post_bench:calls/work#echo-floats"), result)
}

// liftFloats copies floats from the guest.
func (g *Guest) liftFloats(ptr, n uint32) ([]float64, error) {
	if n > math.MaxUint32/8 {
		return nil, errBounds
	}
	view, err := g.read(ptr, 8*n, 8)
	if err != nil {
		return nil, err
	}
	floats := make([]float64, n)
	copy(bytesOf(floats), view)
	return floats, nil
}

// Item is what the list of records is made of.
type Item struct {
	ID     uint32
	Name   string
	Price  float64
	Stock  int64
	Active bool
	Kind   uint8
}

// itemSize is the size of an Item in guest memory.
const itemSize = 40

// lowerItems copies items to the guest.
func (g *Guest) lowerItems(ctx context.Context, items []Item) (uint32, error) {
	size := uint32(len(items)) * itemSize
	ptr, err := g.alloc(ctx, size, 8)
	if err != nil {
		return 0, err
	}
	for i := range items {
		item := &items[i]
		name, err := g.lowerString(ctx, item.Name)
		if err != nil {
			return 0, err
		}
		// The memory may have moved while the guest allocated.
		b, err := g.read(ptr+uint32(i)*itemSize, itemSize, 8)
		if err != nil {
			return 0, err
		}
		binary.LittleEndian.PutUint32(b, item.ID)
		binary.LittleEndian.PutUint32(b[4:], name)
		binary.LittleEndian.PutUint32(b[8:], uint32(len(item.Name)))
		binary.LittleEndian.PutUint64(b[16:], math.Float64bits(item.Price))
		binary.LittleEndian.PutUint64(b[24:], uint64(item.Stock))
		b[32] = 0
		if item.Active {
			b[32] = 1
		}
		b[33] = item.Kind
	}
	return ptr, nil
}

// EchoItems calls echo-items.
func (g *Guest) EchoItems(ctx context.Context, items []Item) ([]Item, error) {
	ptr, err := g.lowerItems(ctx, items)
	if err != nil {
		return nil, err
	}
	g.stack[0], g.stack[1] = uint64(ptr), uint64(uint32(len(items)))
	result, err := g.call(ctx, g.get(&g.echoItems, "bench:calls/work#echo-items"))
	if err != nil {
		return nil, err
	}
	area, err := g.read(result, 8, 4)
	if err != nil {
		return nil, err
	}
	back, err := g.liftItems(u32(area), u32(area[4:]))
	if err != nil {
		return nil, err
	}
	return back, g.post(ctx, g.get(&g.postEchoItems, "cabi_post_bench:calls/work#echo-items"), result)
}

// liftItems copies items from the guest.
func (g *Guest) liftItems(ptr, n uint32) ([]Item, error) {
	if n > math.MaxUint32/itemSize {
		return nil, errBounds
	}
	region, err := g.read(ptr, n*itemSize, 8)
	if err != nil {
		return nil, err
	}
	items := make([]Item, n)
	for i := range items {
		b, item := region[i*itemSize:(i+1)*itemSize], &items[i]
		item.ID = u32(b)
		if item.Name, err = g.liftString(u32(b[4:]), u32(b[8:])); err != nil {
			return nil, err
		}
		item.Price = math.Float64frombits(binary.LittleEndian.Uint64(b[16:]))
		item.Stock = int64(binary.LittleEndian.Uint64(b[24:]))
		item.Active = b[32] != 0
		item.Kind = b[33]
	}
	return items, nil
}

// EchoJSON sends the items as JSON to a guest of the world json.
func (g *Guest) EchoJSON(ctx context.Context, items []Item) ([]Item, error) {
	text, err := json.Marshal(items)
	if err != nil {
		return nil, err
	}
	back, err := g.echo(ctx, string(text), &g.echoJSON, "bench:calls/text#echo", &g.postEchoJSON, "cabi_post_bench:calls/text#echo")
	if err != nil {
		return nil, err
	}
	var decoded []Item
	err = json.Unmarshal([]byte(back), &decoded)
	return decoded, err
}
