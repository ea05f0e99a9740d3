package fuzztest

import (
	"context"
	"errors"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/shop"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/store"
)

// act does one thing.
func (h *handles) act() {
	g := h.guest()
	h.logging(g)
	switch h.below(17) {
	case 0, 1, 2:
		steps := h.script(g)
		_, err := g.inst.Run(ctx, 0)
		h.check("run", err, h.entered(g, func() string { return g.script(steps, nil) }))
	case 3, 4:
		h.newItem(g)
	case 5:
		steps := h.script(g, step{op: opNewCrate, a: 9})
		c, err := g.inst.Shop().NewCrate(ctx)
		h.check("new crate", err, h.entered(g, func() string {
			return g.script(steps, func() string { _, end := g.give(g.last, crate); return end })
		}))
		if err == nil {
			h.crates = append(h.crates, c)
		}
	case 6, 7:
		h.borrowItems(g)
	case 8, 9:
		h.giveItems(g)
	case 10:
		h.maybe(g)
	case 11:
		h.visit(g)
	case 12:
		h.hand(g)
	case 13:
		h.giveBack(g)
	case 14:
		h.closeItem()
	case 15:
		if h.below(4) == 0 {
			h.end(g)
		}
	default:
		if len(h.crates) > 0 {
			h.check("close of a crate", h.crates[h.below(len(h.crates))].Close(ctx), fine)
		}
	}
	if closing := h.closing; closing != nil { // it was closed during the call
		closing.close()
		want := 0
		for _, n := range h.world.closes {
			want += n
		}
		h.settle(func() bool { return int(h.closes.Load()) == want })
		h.closing = nil
	}
}

// logging has the host do something when a guest logs: call back in, or close the
// instance.
func (h *handles) logging(g *guest) {
	h.calling = g
	closes := h.below(8) == 0
	for _, g := range h.guests {
		if g != nil {
			g.onLog = func() {
				if closes {
					h.closing = g
				}
			}
		}
	}
	h.host.OnLog = func(context.Context, string) error {
		g := h.calling
		if closes {
			return g.inst.Close(ctx)
		}
		if _, err := g.inst.Run(ctx, 0); !errors.Is(err, host.ErrBusy) {
			h.t.Errorf("a call back into the instance: %v", err)
		}
		for _, i := range h.items {
			if i.guest != g {
				continue
			}
			if err := i.Close(ctx); err != nil && !errors.Is(err, host.ErrBusy) {
				h.t.Errorf("Close of an item while the instance is busy: %v", err)
			}
		}
		return nil
	}
}

// entered is how a call ends whose values are good.
func (h *handles) entered(g *guest, call func() string) string {
	if g.state != fine {
		return g.state
	}
	return call()
}

// newItem has the guest make an item, or return something else.
func (h *handles) newItem(g *guest) {
	rep := uint32(h.byte())
	last := step{op: opNewItem, a: rep}
	if h.below(6) == 0 {
		last = step{op: opConst, a: h.handle(g)}
	}
	steps := h.script(g, last)
	made, err := g.inst.Shop().NewItem(ctx, 1)
	var lifted slot
	h.check("new item", err, h.entered(g, func() string {
		return g.script(steps, func() (end string) { lifted, end = g.give(g.last, item); return end })
	}))
	if err == nil {
		h.items = append(h.items, &heldItem{Item: made, guest: g, rep: lifted.rep})
	}
}

// pick returns one of the items, and nil if there are no items.
func (h *handles) pick() *heldItem {
	if len(h.items) == 0 {
		return nil
	}
	return h.items[len(h.items)-1-h.below(min(len(h.items), 6))]
}

// pickOf returns an item, mostly of an instance that can be called.
func (h *handles) pickOf(g *guest) *heldItem {
	i := h.pick()
	for range 8 {
		if i == nil || i.guest == g && !i.gone {
			break
		}
		i = h.pick()
	}
	return i
}

// good reports whether an item can be passed to an instance.
func good(i *heldItem, g *guest) bool { return i.guest == g && !i.gone }

// borrowItems calls what takes borrow<item>. The guest gets representations.
func (h *handles) borrowItems(g *guest) {
	a, b := h.pickOf(g), h.pickOf(g)
	if a == nil {
		return
	}
	var err error
	end := fine
	compare := h.below(3) == 0
	if h.below(3) == 0 {
		steps := h.script(g)
		if _, err = g.inst.Shop().Peek(ctx, a.Item); !good(a, g) {
			end = badValue
		} else {
			end = h.entered(g, func() string { return g.script(steps, nil) })
		}
		h.check("peek", err, end)
	} else {
		g = a.guest
		h.calling = g
		steps := h.script(g)
		switch {
		case compare:
			_, err = a.Compare(ctx, b.Item)
		default:
			_, err = a.Value(ctx)
		}
		if compare && !good(b, g) {
			end = badValue
		} else {
			end = h.entered(g, func() string {
				if !good(a, g) { // looked at in the call: no other instance could be meant
					return badValue
				}
				return g.script(steps, nil)
			})
		}
		h.check("a method", err, end)
	}
	if end == fine && getWord(g.memory.bytes, paramsAt) != a.rep {
		h.t.Fatalf("the guest was lent %d, and not %d", getWord(g.memory.bytes, paramsAt), a.rep)
	}
}

// giveItems calls what takes own<item>.
func (h *handles) giveItems(g *guest) {
	var list []*heldItem
	for range 1 + h.below(3) {
		if i := h.pickOf(g); i != nil {
			list = append(list, i)
		}
	}
	if len(list) == 0 {
		return
	}
	which := h.below(4)
	if which < 2 {
		list = list[:1]
	} else if len(list) < 2 {
		return
	}
	if which < 3 {
		list = list[:min(len(list), 2)]
	}
	own := list
	if which == 1 { // both: the second is lent
		own, list = list[:1], append(list[:1:1], h.pickOf(g))
	}
	// What the guest returns: a handle for merge, a list for all.
	last := step{op: opConst, a: h.holding(g, item)}
	putWords(g.memory.bytes, areasAt, listAt, 0)
	var returned []uint32
	if which == 3 {
		for range h.below(3) {
			returned = append(returned, h.holding(g, item))
		}
		putWords(g.memory.bytes, areasAt, listAt, uint32(len(returned)))
		putWords(g.memory.bytes, listAt, returned...)
	}
	steps := h.script(g, last)
	var err error
	var got []shop.Item
	switch s := g.inst.Shop(); which {
	case 0:
		_, err = s.Take(ctx, list[0].Item)
	case 1:
		err = s.Both(ctx, list[0].Item, list[1].Item)
	case 2:
		var merged shop.Item
		merged, err = s.ItemMerge(ctx, list[0].Item, list[1].Item)
		got = append(got, merged)
	default:
		var all []shop.Item
		for _, i := range list {
			all = append(all, i.Item)
		}
		got, err = s.All(ctx, all)
	}
	var lifted []slot
	result := func() string {
		if which == 2 {
			returned = []uint32{g.last}
		}
		for _, handle := range returned {
			s, end := g.give(handle, item)
			if end != fine {
				return end
			}
			lifted = append(lifted, s)
		}
		return fine
	}
	h.check("own items", err, h.lowerItems(g, own, list, func() string { return g.script(steps, result) }))
	if err != nil {
		return
	}
	for i, s := range lifted {
		h.items = append(h.items, &heldItem{Item: got[i], guest: g, rep: s.rep})
	}
}

// lowerItems moves items to the guest, where all are good, and calls it.
func (h *handles) lowerItems(g *guest, own, all []*heldItem, call func() string) string {
	for _, i := range all {
		if !good(i, g) {
			return badValue
		}
	}
	if g.state != fine {
		return g.state
	}
	var handles []uint32
	back := func(end string) string {
		for n, handle := range handles {
			g.remove(handle)
			own[n].gone = false
		}
		return end
	}
	for _, i := range own {
		if i.gone { // it is there twice
			return back(badValue)
		}
		handle, end := g.add(slot{kind: item, own: true, rep: i.rep})
		if end != fine {
			return back(end)
		}
		handles = append(handles, handle)
		i.gone = true
	}
	for _, i := range all[len(own):] {
		if i.gone {
			return back(badValue)
		}
	}
	return call()
}

// maybe has the guest return an option of an item.
func (h *handles) maybe(g *guest) {
	some := uint32(h.below(2))
	handle := h.holding(g, item)
	putWords(g.memory.bytes, areasAt, some, handle)
	steps := h.script(g)
	got, err := g.inst.Shop().Maybe(ctx)
	var lifted slot
	h.check("maybe", err, h.entered(g, func() string {
		return g.script(steps, func() (end string) {
			if some == 1 {
				lifted, end = g.give(handle, item)
			}
			return end
		})
	}))
	if made, ok := got.Get(); err == nil && ok {
		h.items = append(h.items, &heldItem{Item: made, guest: g, rep: lifted.rep})
	}
}

// visit lends objects of the host's, which the guest drops, mostly.
func (h *handles) visit(g *guest) {
	n := 1 + h.below(2)
	var objects []int
	var list []store.Entry
	for range n {
		obj := h.object()
		objects, list = append(objects, obj), append(list, h.host.Entries[obj])
	}
	// The handles that the guest is going to get.
	var steps []step
	var end string
	if end = g.state; end == fine {
		for _, obj := range objects {
			var handle uint32
			if handle, end = g.add(slot{kind: entry, obj: obj}); end != fine {
				break
			}
			g.visited = append(g.visited, handle)
		}
		for _, handle := range g.visited {
			if h.below(8) > 0 {
				steps = append(steps, step{op: opDropEntry, a: handle})
			}
		}
	}
	steps = h.script(g, steps...)
	if end != fine {
		for _, handle := range g.visited {
			g.remove(handle)
		}
		g.visited = nil
	}
	var err error
	if n == 1 {
		_, err = g.inst.Shop().Visit(ctx, list[0])
	} else {
		_, err = g.inst.Shop().VisitBoth(ctx, list[0], list[1], "text")
	}
	if end == fine {
		end = g.script(steps, nil)
	}
	h.check("visit", err, end)
}

// object is an object that the host owns, a new one.
func (h *handles) object() int {
	h.host.Make("object")
	return h.world.object()
}

// hand gives the guest an object.
func (h *handles) hand(g *guest) {
	obj := h.object()
	end := g.state
	if end == fine {
		_, end = g.add(slot{kind: entry, own: true, obj: obj})
	}
	steps := h.script(g)
	_, err := g.inst.Shop().Hand(ctx, h.host.Entries[obj], "text")
	if end == fine {
		end = g.script(steps, nil)
	}
	h.check("hand", err, end)
}

// giveBack has the guest return objects.
func (h *handles) giveBack(g *guest) {
	var err error
	var got []store.Entry
	var want []int
	all := h.below(2) == 0
	returned := []uint32{0, 0}[:h.below(3)]
	for i := range returned {
		returned[i] = h.holding(g, entry)
	}
	putWords(g.memory.bytes, areasAt, listAt, uint32(len(returned)))
	putWords(g.memory.bytes, listAt, returned...)
	steps := h.script(g, step{op: opConst, a: h.holding(g, entry)})
	if all {
		got, err = g.inst.Shop().GiveAll(ctx)
	} else {
		var one store.Entry
		one, err = g.inst.Shop().Give(ctx)
		got = []store.Entry{one}
	}
	h.check("give", err, h.entered(g, func() string {
		return g.script(steps, func() string {
			if !all {
				returned = []uint32{g.last}
			}
			for _, handle := range returned {
				s, end := g.give(handle, entry)
				if end != fine {
					for _, obj := range want { // which nobody has received
						h.world.closes[obj]++
					}
					return end
				}
				want = append(want, s.obj)
			}
			return fine
		})
	}))
	if err != nil {
		return
	}
	for i, obj := range want {
		if got[i] != store.Entry(h.host.Entries[obj]) {
			h.t.Fatalf("the guest returns another object than %d", obj)
		}
	}
}

// closeItem ends an item that the host holds.
func (h *handles) closeItem() {
	i := h.pick()
	if i == nil {
		return
	}
	h.calling = i.guest
	h.put(i.guest, nil)
	err := i.Close(ctx)
	if i.gone || i.guest.state != fine {
		h.check("close of an item that is gone", err, fine)
		return
	}
	i.gone = true
	end := i.guest.destroy(i.rep)
	if end != fine {
		i.guest.die()
	}
	h.check("close of an item", err, end)
}
