package roundtrip

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/roundtrip/things/counters"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
)

// The calls here pass counters inside of other values.

func (m *machine) make(t *rapid.T) {
	starts := rapid.SliceOfN(rapid.Uint32(), 0, max(0, min(4, mostShadows-len(m.pool)))).Draw(t, "starts")
	first := m.host.made
	all, err := m.Make(ctx, starts)
	must(t, err)
	same(t, "length", len(starts), len(all))
	for i, c := range all {
		object := m.host.numbered(first + i + 1)
		m.put(t, c, object)
		same(t, "start", mangle.Int(starts[i]), object.value)
	}
}

func (m *machine) takeAll(t *rapid.T) {
	all := m.takeSome(t, 3)
	got, err := m.Take(ctx, handles(all))
	must(t, err)
	same(t, "names", names(all), got)
}

func (m *machine) swap(t *rapid.T) {
	a, b := m.take(t), m.takeOther(t)
	c, d, err := m.Swap(ctx, a.handle, b.handle)
	must(t, err)
	m.put(t, c, b.object)
	m.put(t, d, a.object)
}

// option returns none or a counter that is to be given away.
func (m *machine) option(t *rapid.T) (types.Option[counters.Counter], *hostCounter) {
	if len(m.pool) == 0 || rapid.Bool().Draw(t, "none") {
		return types.None[counters.Counter](), nil
	}
	s := m.take(t)
	return types.Some(s.handle), s.object
}

func (m *machine) maybe(t *rapid.T) {
	c, object := m.option(t)
	got, err := m.Maybe(ctx, c)
	must(t, err)
	if handle, ok := got.Get(); ok {
		m.put(t, handle, object)
	} else {
		same(t, "none", nil, object)
	}
}

func (m *machine) peek(t *rapid.T) {
	c, want := types.None[counters.Counter](), types.None[string]()
	if some := m.some(t); len(some) > 0 {
		c, want = types.Some(some[0].handle), types.Some(names(some)[0])
	}
	got, err := m.Peek(ctx, c)
	must(t, err)
	same(t, "name", want, got)
}

func (m *machine) label(t *rapid.T) {
	s, label := m.take(t), rapid.String().Draw(t, "label")
	got, err := m.Label(ctx, counters.Labelled{Label: label, Counter: s.handle})
	must(t, err)
	same(t, "label", mangle.String(mangle.String(label)+"!"), got.Label)
	m.put(t, got.Counter, s.object)
}

// view returns a view, and the names that a guest returns for it.
func (m *machine) view(t *rapid.T) (counters.View, []string) {
	s, rest, label := m.any(t), m.some(t), rapid.String().Draw(t, "label")
	return counters.View{Label: label, Counter: s.handle, Rest: handles(rest)},
		append([]string{mangle.String(mangle.String(label)), mangle.String(s.object.name)}, names(rest)...)
}

func (m *machine) look(t *rapid.T) {
	v, want := m.view(t)
	got, err := m.Look(ctx, v)
	must(t, err)
	same(t, "names", want, got)
}

func (m *machine) outlooks(t *rapid.T) {
	var all []counters.Outlook
	var want []string
	for _, s := range m.some(t) {
		all = append(all, counters.OutlookSomebody{Value: s.handle}, counters.OutlookNobody{})
		want = append(want, mangle.String(s.object.name), mangle.String("nobody"))
	}
	got, err := m.Outlooks(ctx, all)
	must(t, err)
	same(t, "names", want, got)
}

func (m *machine) slots(t *rapid.T) {
	number := rapid.Float64().Draw(t, "number")
	var s counters.Slot = counters.SlotEmpty{}
	taken := m.takeSome(t, 3)
	switch {
	case len(taken) == 1:
		s = counters.SlotOne{Value: taken[0].handle}
	case len(taken) > 1:
		s = counters.SlotMany{Value: handles(taken)}
	case number > 0:
		s = counters.SlotNumber{Value: number}
	}
	got, err := m.Slots(ctx, s)
	must(t, err)
	switch got := got.(type) {
	case counters.SlotOne:
		same(t, "counters", 1, len(taken))
		m.put(t, got.Value, taken[0].object)
	case counters.SlotMany:
		same(t, "counters", len(taken), len(got.Value))
		for i, c := range got.Value {
			m.put(t, c, taken[i].object)
		}
	default:
		same(t, "slot", s, got)
	}
}

func (m *machine) attempt(t *rapid.T) {
	s, fail := m.take(t), rapid.Bool().Draw(t, "fail")
	got, err := m.Attempt(ctx, s.handle, fail)
	if e, ok := types.AsError[counters.Counter](err); ok != !fail {
		t.Fatalf("error %v", err)
	} else if ok {
		got, err = e, nil
	}
	must(t, err)
	m.put(t, got, s.object)
}

func (m *machine) outcomes(t *rapid.T) {
	var all []types.Result[counters.Counter, string]
	taken := m.takeSome(t, 3)
	for _, s := range taken {
		all = append(all, types.OK[counters.Counter, string](s.handle))
	}
	text := rapid.String().Draw(t, "text")
	all = append(all, types.Err[counters.Counter](text))
	got, err := m.Outcomes(ctx, all)
	must(t, err)
	same(t, "length", len(all), len(got))
	slices.Reverse(taken)
	for i, r := range got {
		c, e, ok := r.Get()
		if !ok {
			same(t, "place", 0, i)
			same(t, "text", mangle.String(mangle.String(text)), e)
			continue
		}
		m.put(t, c, taken[i-1].object)
	}
}

func (m *machine) named(t *rapid.T) {
	taken := m.takeSome(t, 3)
	all := map[string]counters.Counter{}
	for i, s := range taken {
		all[fmt.Sprint("key ", i)] = s.handle
	}
	got, err := m.Named(ctx, all)
	must(t, err)
	same(t, "length", len(all), len(got))
	for i, s := range taken {
		c, ok := got[mangle.String(mangle.String(fmt.Sprint("key ", i)))]
		if !ok {
			t.Fatalf("no key %d in %v", i, got)
		}
		m.put(t, c, s.object)
	}
}

func (m *machine) two(t *rapid.T) {
	a, b, c := m.take(t), m.takeOther(t), m.takeOther(t)
	got, err := m.Two(ctx, a.handle, [2]counters.Counter{b.handle, c.handle})
	must(t, err)
	m.put(t, got[0], b.object)
	m.put(t, got[1], a.object)
	if c.object.gone != "left out" {
		t.Fatalf("%s was not given away", c.object.name)
	}
}

func (m *machine) spill(t *rapid.T) {
	a, c := m.take(t), m.takeOther(t)
	rest := m.takeSome(t, 2)
	f, fObject := m.option(t)
	var g counters.Slot = counters.SlotEmpty{}
	var gObject *hostCounter
	if o, object := m.option(t); object != nil {
		handle, _ := o.Get()
		g, gObject = counters.SlotOne{Value: handle}, object
	}
	if len(m.pool) == 0 {
		m.new(t)
	}
	b := m.any(t)
	d, viewed := m.view(t)
	label, text := rapid.String().Draw(t, "label"), rapid.String().Draw(t, "text")
	want := append(names([]shadow{a, b}), mangle.String(label), mangle.String(c.object.name))
	want = append(append(want, names(rest)...), viewed...)
	for _, object := range []*hostCounter{fObject, gObject} {
		if object != nil {
			want = append(want, mangle.String(object.name))
		}
	}
	want = append(want, mangle.String(mangle.String(text)))
	got, err := m.Spill(ctx, a.handle, b.handle, counters.Labelled{Label: label, Counter: c.handle}, d, handles(rest), f, g, text)
	must(t, err)
	same(t, "names", want, got)
}

func (m *machine) keep(t *rapid.T) {
	s := m.take(t)
	must(t, m.inst.Users().Keep(ctx, s.handle))
	same(t, "kept", s.object, m.host.kept[len(m.host.kept)-1])
}

func (m *machine) giveBack(t *rapid.T) {
	var want *hostCounter
	if len(m.host.kept) > 0 {
		want = m.host.kept[0]
	}
	got, err := m.inst.Users().GiveBack(ctx)
	must(t, err)
	if c, ok := got.Get(); ok {
		m.put(t, c, want)
	} else if want != nil {
		t.Fatalf("%s was not given back", want.name)
	}
}

func (m *machine) ask(t *rapid.T) {
	s := m.any(t)
	got, err := m.inst.Users().Ask(ctx, s.handle)
	must(t, err)
	same(t, "name", mangle.String(s.object.name), got)
	got, err = m.inst.Hooks().Seen(ctx, s.handle)
	must(t, err)
	same(t, "name", mangle.String(s.object.name), got)
}

func (m *machine) each(t *rapid.T) {
	taken := m.takeSome(t, 4)
	got, err := m.inst.Hooks().Each(ctx, handles(taken))
	must(t, err)
	same(t, "length", len(taken), len(got))
	slices.Reverse(taken)
	for i, c := range got {
		m.put(t, c, taken[i].object)
	}
}

func (m *machine) close(t *rapid.T) {
	s := m.take(t)
	must(t, s.handle.Close(ctx))
	must(t, s.handle.Close(ctx))
	same(t, "why it is gone", "closed", s.object.gone)
}

// misuse makes calls that are refused before the guest is entered and break nothing.
func (m *machine) misuse(t *rapid.T) {
	s := m.take(t)
	refused := func(what string, err error) {
		if err == nil || !strings.Contains(err.Error(), "counter") {
			t.Fatalf("%s: error %v", what, err)
		}
	}
	_, err := s.handle.Absorb(ctx, s.handle)
	refused("a counter that absorbs itself", err)
	_, err = m.CounterMerge(ctx, s.handle, s.handle)
	refused("a counter that is given away twice", err)
	_, err = m.CounterMerge(ctx, s.handle, m.host.add("stray", 0))
	refused("a counter of the host", err)
	m.host.end(m.host.last, "done")
	_, err = m.CounterMerge(ctx, s.handle, nil)
	refused("no counter", err)
	_, err = s.handle.Name(ctx)
	must(t, err)
	must(t, s.handle.Close(ctx))
	_, err = s.handle.Name(ctx)
	refused("a method of a closed counter", err)
	_, err = m.CounterSum(ctx, []counters.Counter{s.handle})
	refused("a closed counter", err)
	_, err = m.Take(ctx, []counters.Counter{s.handle})
	refused("a closed counter that is given away", err)
}
