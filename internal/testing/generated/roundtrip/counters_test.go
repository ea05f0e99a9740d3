package roundtrip

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/roundtrip/things/counters"
)

// hostCounter is a counter of the host.
type hostCounter struct {
	owner *hostCounters
	name  string
	value uint32
	// gone says why the counter must not be used any more.
	gone string
}

// hostCounters implements the interface counters, and users, for a guest.
type hostCounters struct {
	made int // how many counters there were
	live map[*hostCounter]bool
	kept []*hostCounter
	// last is the counter that was made last.
	last *hostCounter
	// problem is the first misuse.
	problem string
}

func (h *hostCounters) misuse(format string, args ...any) {
	if h.problem == "" {
		h.problem = fmt.Sprintf(format, args...)
	}
}

func (h *hostCounters) add(name string, value uint32) *hostCounter {
	h.made++
	c := &hostCounter{owner: h, name: fmt.Sprintf("%s #%d", name, h.made), value: value}
	if h.live == nil {
		h.live = map[*hostCounter]bool{}
	}
	h.live[c] = true
	h.last = c
	return c
}

// own returns a counter that the guest gave to the host.
func (h *hostCounters) own(v counters.Counter) *hostCounter {
	c, ok := v.(*hostCounter)
	if !ok {
		h.misuse("the import got a %T", v)
		return &hostCounter{owner: h}
	}
	if c.gone != "" {
		h.misuse("the import got %s: %s", c.name, c.gone)
	}
	return c
}

// end forgets a counter that the host keeps no longer.
func (h *hostCounters) end(c *hostCounter, why string) {
	if c.gone != "" {
		h.misuse("%s: %s, and again: %s", c.name, c.gone, why)
	}
	c.gone = why
	delete(h.live, c)
}

func (c *hostCounter) use() *hostCounter { return c.owner.own(c) }

func (c *hostCounter) Name(context.Context) (string, error) { return c.use().name, nil }

func (c *hostCounter) Add(_ context.Context, n uint32) (uint32, error) {
	c.use().value += n
	return c.value, nil
}

func (c *hostCounter) CheckedAdd(_ context.Context, n uint32) (uint32, error) {
	if c.use().value+n < n {
		return 0, errors.New(c.name + " would overflow")
	}
	c.value += n
	return c.value, nil
}

func (c *hostCounter) Fork(context.Context) (counters.Counter, error) {
	return c.owner.add(c.use().name, c.value), nil
}

func (c *hostCounter) Absorb(_ context.Context, other counters.Counter) (uint32, error) {
	o := c.owner.own(other)
	c.use().value += o.value
	c.owner.end(o, "absorbed")
	return c.value, nil
}

func (c *hostCounter) Compare(_ context.Context, other counters.Counter) (int32, error) {
	return compareCounters(c.use(), c.owner.own(other)), nil
}

func compareCounters(a, b *hostCounter) int32 {
	switch {
	case a.value < b.value:
		return -1
	case a.value > b.value:
		return 1
	default:
		return 0
	}
}

func (c *hostCounter) Close(context.Context) error {
	c.owner.end(c, "closed")
	return nil
}

func (h *hostCounters) NewCounter(_ context.Context, start uint32) (counters.Counter, error) {
	return h.add("new", start), nil
}

func (h *hostCounters) CounterOpen(_ context.Context, name string) (counters.Counter, error) {
	if len(name)%3 == 0 {
		return nil, fmt.Errorf("no counter %s", name)
	}
	return h.add(name, uint32(len(name))), nil
}

func (h *hostCounters) CounterMerge(_ context.Context, a, b counters.Counter) (counters.Counter, error) {
	x, y := h.own(a), h.own(b)
	h.end(x, "merged")
	h.end(y, "merged")
	return h.add(x.name+y.name, x.value+y.value), nil
}

func (h *hostCounters) CounterSum(_ context.Context, all []counters.Counter) (uint64, error) {
	sum := uint64(0)
	for _, c := range all {
		sum += uint64(h.own(c).value)
	}
	return sum, nil
}

func (h *hostCounters) Make(_ context.Context, starts []uint32) ([]counters.Counter, error) {
	var all []counters.Counter
	for _, start := range starts {
		all = append(all, h.add("made", start))
	}
	return all, nil
}

func (h *hostCounters) names(all []counters.Counter) []string {
	names := make([]string, len(all))
	for i, c := range all {
		names[i] = h.own(c).name
	}
	return names
}

func (h *hostCounters) Take(_ context.Context, all []counters.Counter) ([]string, error) {
	names := h.names(all)
	for _, c := range all {
		h.end(h.own(c), "taken")
	}
	return names, nil
}

func (h *hostCounters) Swap(_ context.Context, a, b counters.Counter) (counters.Counter, counters.Counter, error) {
	return h.own(b), h.own(a), nil
}

func (h *hostCounters) Maybe(_ context.Context, c types.Option[counters.Counter]) (types.Option[counters.Counter], error) {
	if v, ok := c.Get(); ok {
		h.own(v)
	}
	return c, nil
}

func (h *hostCounters) Peek(_ context.Context, c types.Option[counters.Counter]) (types.Option[string], error) {
	if v, ok := c.Get(); ok {
		return types.Some(h.own(v).name), nil
	}
	return types.None[string](), nil
}

func (h *hostCounters) Label(_ context.Context, l counters.Labelled) (counters.Labelled, error) {
	h.own(l.Counter)
	return counters.Labelled{Label: l.Label + "!", Counter: l.Counter}, nil
}

func (h *hostCounters) Look(_ context.Context, v counters.View) ([]string, error) {
	return append([]string{v.Label, h.own(v.Counter).name}, h.names(v.Rest)...), nil
}

func (h *hostCounters) Outlooks(_ context.Context, all []counters.Outlook) ([]string, error) {
	var names []string
	for _, o := range all {
		if some, ok := o.(counters.OutlookSomebody); ok {
			names = append(names, h.own(some.Value).name)
		} else {
			names = append(names, "nobody")
		}
	}
	return names, nil
}

func (h *hostCounters) Slots(_ context.Context, s counters.Slot) (counters.Slot, error) {
	if many, ok := s.(counters.SlotMany); ok && len(many.Value) == 1 {
		return counters.SlotOne{Value: h.own(many.Value[0])}, nil
	}
	return s, nil
}

func (h *hostCounters) Attempt(_ context.Context, c counters.Counter, fail bool) (counters.Counter, error) {
	h.own(c)
	if fail {
		return nil, types.Error[counters.Counter]{Value: c}
	}
	return c, nil
}

func (h *hostCounters) Outcomes(_ context.Context, all []types.Result[counters.Counter, string]) ([]types.Result[counters.Counter, string], error) {
	slices.Reverse(all)
	return all, nil
}

func (h *hostCounters) Named(_ context.Context, m map[string]counters.Counter) (map[string]counters.Counter, error) {
	return m, nil
}

func (h *hostCounters) Two(_ context.Context, a counters.Counter, b [2]counters.Counter) ([2]counters.Counter, error) {
	h.end(h.own(b[0]), "left out")
	return [2]counters.Counter{b[1], a}, nil
}

func (h *hostCounters) Spill(ctx context.Context, a, b counters.Counter, c counters.Labelled, d counters.View, e []counters.Counter, f types.Option[counters.Counter], g counters.Slot, text string) ([]string, error) {
	names := append([]string{h.own(a).name, h.own(b).name, c.Label, h.own(c.Counter).name}, h.names(e)...)
	look, _ := h.Look(ctx, d)
	names = append(names, look...)
	taken := append([]counters.Counter{a, c.Counter}, e...)
	if v, ok := f.Get(); ok {
		names = append(names, h.own(v).name)
		taken = append(taken, v)
	}
	if one, ok := g.(counters.SlotOne); ok {
		names = append(names, h.own(one.Value).name)
		taken = append(taken, one.Value)
	}
	for _, v := range taken {
		h.end(h.own(v), "spilled")
	}
	return append(names, text), nil
}

func (h *hostCounters) Keep(_ context.Context, c counters.Counter) error {
	h.kept = append(h.kept, h.own(c))
	return nil
}

func (h *hostCounters) GiveBack(context.Context) (types.Option[counters.Counter], error) {
	if len(h.kept) == 0 {
		return types.None[counters.Counter](), nil
	}
	c := h.kept[0]
	h.kept = h.kept[1:]
	return types.Some[counters.Counter](c), nil
}

func (h *hostCounters) Ask(_ context.Context, c counters.Counter) (string, error) {
	return h.own(c).name, nil
}

// numbered returns the counter that was the nth to be made.
func (h *hostCounters) numbered(n int) *hostCounter {
	for c := range h.live {
		if strings.HasSuffix(c.name, fmt.Sprintf(" #%d", n)) {
			return c
		}
	}
	return nil
}
