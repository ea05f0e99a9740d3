package roundtrip

import (
	"context"
	"slices"
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

// takeOther is take after another take: if no counter is left, it makes one.
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
