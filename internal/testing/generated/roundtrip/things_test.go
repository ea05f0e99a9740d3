package roundtrip

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/roundtrip/things/counters"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/gen/things/roundtrip/things/things"
	"github.com/witgen/witgen/internal/testing/generated/roundtrip/mangle"
	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// shadow is a counter that the guest exports, and the host's that it stands for.
type shadow struct {
	handle counters.Counter
	object *hostCounter
}

// machine makes random calls with resources, and knows what they must do.
type machine struct {
	counters.Interface
	plugin *things.Plugin
	inst   *things.Instance
	host   *hostCounters
	pool   []shadow
	// calls counts the calls of exports, and resources those that crossed.
	calls, resources int
	broken           bool
}

// mostShadows is how many counters the tests hold at a time, and mostHandles how
// many handles the guest may hold: so few that a handle which nobody drops is
// noticed.
const (
	mostShadows = 12
	mostHandles = 3 * mostShadows
)

func newMachine(t *testing.T, compiler guestbuild.Compiler) *machine {
	ctx := context.Background()
	plugin, err := things.Compile(ctx, guest(t, compiler, "things"), host.HandleLimit(mostHandles))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = plugin.Close(ctx) })
	m := &machine{plugin: plugin}
	m.start(t)
	return m
}

func (m *machine) start(t testingT) {
	var err error
	if m.inst != nil {
		_ = m.inst.Close(context.Background())
	}
	m.host, m.pool, m.broken = &hostCounters{}, nil, false
	m.inst, err = m.plugin.Instantiate(context.Background(), things.Imports{
		Counters: m.host, Users: m.host, First: newHostStore("first"), Second: newHostStore("second"),
		DBV1Rows: oldRows{}, DBV2Rows: newRows{}, Env: hostEnv{}, World: &hostWorld{hostCounters: m.host},
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	m.Interface = m.inst.Counters()
}

var ctx = context.Background()

func must(t testingT, err error) {
	if err != nil {
		t.Fatalf("%v", err)
	}
}

// same compares a result.
func same[T any](t testingT, what string, want, got T) {
	if d := difference(want, got); d != "" {
		t.Fatalf("%s (-want +got):\n%s", what, d)
	}
}

// any returns one of the counters at hand.
func (m *machine) any(t *rapid.T) shadow {
	if len(m.pool) == 0 {
		t.Skip("no counters")
	}
	return rapid.SampledFrom(m.pool).Draw(t, "counter")
}

// some returns some of the counters at hand, maybe one of them twice.
func (m *machine) some(t *rapid.T) []shadow {
	if len(m.pool) == 0 {
		return nil
	}
	return rapid.SliceOfN(rapid.SampledFrom(m.pool), 0, 4).Draw(t, "counters")
}

// take returns one of the counters at hand, which is to be given away.
func (m *machine) take(t *rapid.T) shadow {
	if len(m.pool) == 0 {
		t.Skip("no counters")
	}
	return m.takeAt(rapid.IntRange(0, len(m.pool)-1).Draw(t, "taken"))
}

func (m *machine) takeAt(i int) shadow {
	s := m.pool[i]
	m.pool = slices.Delete(m.pool, i, i+1)
	m.resources++
	return s
}

// takeSome is take for up to n counters.
func (m *machine) takeSome(t *rapid.T, n int) []shadow {
	var taken []shadow
	for range rapid.IntRange(0, min(n, len(m.pool))).Draw(t, "how many") {
		taken = append(taken, m.take(t))
	}
	return taken
}

// put adds a counter that the guest returned, and checks which it is.
func (m *machine) put(t *rapid.T, handle counters.Counter, object *hostCounter) {
	m.resources++
	name, err := handle.Name(ctx)
	must(t, err)
	same(t, "the counter", mangle.String(object.name), name)
	m.pool = append(m.pool, shadow{handle, object})
}

// putNew is put for a counter that the host has just made.
func (m *machine) putNew(t *rapid.T, handle counters.Counter) {
	m.put(t, handle, m.host.last)
}

func handles(all []shadow) []counters.Counter {
	list := make([]counters.Counter, len(all))
	for i, s := range all {
		list[i] = s.handle
	}
	return list
}

// names returns the names that the guest gives to counters.
func names(all []shadow) []string {
	list := make([]string, len(all))
	for i, s := range all {
		list[i] = mangle.String(s.object.name)
	}
	return list
}

func TestResources(t *testing.T) {
	for _, compiler := range guestbuild.Compilers(t) {
		t.Run(string(compiler), func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, compiler)
			rapid.Check(t, m.run)
			t.Logf("%d calls, %d resources passed", m.calls, m.resources)
		})
	}
}

// run makes some calls, and closes all counters then.
func (m *machine) run(t *rapid.T) {
	if m.broken {
		m.start(t)
	}
	m.broken = true
	t.Repeat(map[string]func(*rapid.T){
		"new": m.new, "open": m.open, "merge": m.merge, "sum": m.sum, "add": m.add, "checked add": m.checkedAdd,
		"fork": m.fork, "absorb": m.absorb, "compare": m.compare, "make": m.make, "take": m.takeAll, "swap": m.swap,
		"maybe": m.maybe, "peek": m.peek, "label": m.label, "look": m.look, "outlooks": m.outlooks, "slots": m.slots,
		"attempt": m.attempt, "outcomes": m.outcomes, "named": m.named, "two": m.two, "spill": m.spill, "keep": m.keep,
		"give back": m.giveBack, "ask": m.ask, "each": m.each, "close": m.close, "misuse": m.misuse,
		"": m.check,
	})
	for _, s := range m.pool {
		must(t, s.handle.Close(ctx))
	}
	m.pool = nil
	for len(m.host.kept) > 0 {
		m.giveBack(t)
		must(t, m.takeAt(0).handle.Close(ctx))
	}
	m.check(t)
	m.broken = false
}

// check compares what lives.
func (m *machine) check(t *rapid.T) {
	m.calls++
	if m.host.problem != "" {
		t.Fatalf("%s", m.host.problem)
	}
	live, err := m.inst.State().Live(ctx)
	must(t, err)
	if int(live) != len(m.pool) || len(m.host.live) != len(m.pool)+len(m.host.kept) {
		t.Fatalf("the test has %d counters, the guest %d, the host %d and %d", len(m.pool), live, len(m.host.live), len(m.host.kept))
	}
}

// room skips an action where there are enough counters.
func (m *machine) room(t *rapid.T) {
	if len(m.pool) >= mostShadows {
		t.Skip("enough counters")
	}
}

func (m *machine) new(t *rapid.T) {
	m.room(t)
	start := rapid.Uint32().Draw(t, "start")
	c, err := m.NewCounter(ctx, start)
	must(t, err)
	m.putNew(t, c)
	same(t, "start", mangle.Int(start), m.host.last.value)
}

func (m *machine) open(t *rapid.T) {
	m.room(t)
	name := rapid.String().Draw(t, "name")
	c, err := m.CounterOpen(ctx, name)
	if len(name)%3 == 0 {
		if text, ok := types.AsError[string](err); !ok || text != "no counter "+mangle.String(name) {
			t.Fatalf("error %v", err)
		}
		return
	}
	must(t, err)
	m.putNew(t, c)
}

func (m *machine) merge(t *rapid.T) {
	a, b := m.take(t), m.takeOther(t)
	value := a.object.value + b.object.value
	c, err := m.CounterMerge(ctx, a.handle, b.handle)
	must(t, err)
	m.putNew(t, c)
	same(t, "value", value, m.host.last.value)
}

// takeOther is take after another take: where there is none left, it makes one.
func (m *machine) takeOther(t *rapid.T) shadow {
	if len(m.pool) == 0 {
		m.new(t)
	}
	return m.take(t)
}

func (m *machine) sum(t *rapid.T) {
	all := m.some(t)
	want := uint64(0)
	for _, s := range all {
		want += uint64(s.object.value)
	}
	got, err := m.CounterSum(ctx, handles(all))
	must(t, err)
	same(t, "sum", want, got)
}

func (m *machine) add(t *rapid.T) {
	s, n := m.any(t), rapid.Uint32().Draw(t, "n")
	got, err := s.handle.Add(ctx, n)
	must(t, err)
	same(t, "value", mangle.Int(s.object.value), got)
}

func (m *machine) checkedAdd(t *rapid.T) {
	s, n := m.any(t), rapid.Uint32().Draw(t, "n")
	overflow := s.object.value+mangle.Int(n) < mangle.Int(n)
	got, err := s.handle.CheckedAdd(ctx, n)
	if overflow {
		if text, ok := types.AsError[string](err); !ok || text != s.object.name+" would overflow" {
			t.Fatalf("error %v", err)
		}
		return
	}
	must(t, err)
	same(t, "value", mangle.Int(s.object.value), got)
}

func (m *machine) fork(t *rapid.T) {
	m.room(t)
	s := m.any(t)
	c, err := s.handle.Fork(ctx)
	must(t, err)
	m.putNew(t, c)
	same(t, "value", s.object.value, m.host.last.value)
}

func (m *machine) absorb(t *rapid.T) {
	other := m.take(t)
	if len(m.pool) == 0 {
		m.new(t)
	}
	s := m.any(t)
	got, err := s.handle.Absorb(ctx, other.handle)
	must(t, err)
	same(t, "value", mangle.Int(s.object.value), got)
}

func (m *machine) compare(t *rapid.T) {
	a, b := m.any(t), m.any(t)
	got, err := a.handle.Compare(ctx, b.handle)
	must(t, err)
	same(t, "order", -compareCounters(a.object, b.object), got)
}

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

// misuse does what is refused before the guest is entered, and breaks nothing.
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
