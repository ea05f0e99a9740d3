package fuzztest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/shop"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/store"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
)

// FuzzHandles has two instances and the host make, lend, drop, give away and return
// resources as the bytes say, beside the model: calls end alike, the same
// destructors run, and each object of the host's is closed as often as the model
// says, which is never twice.
func FuzzHandles(f *testing.F) {
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 60 {
		f.Add(randomBytes(random, 400), i%2 == 0)
	}
	core, component := handlePlugin(f, handleGuest()), handlePlugin(f, asComponent(f, handleGuest()))
	f.Fuzz(func(t *testing.T, bytes []byte, asComponent bool) {
		plugin := core
		if asComponent {
			plugin = component
		}
		(&handles{t: t, plugin: plugin, bytes: bytes}).run()
	})
}

// TestHandles is FuzzHandles for random bytes.
func TestHandles(t *testing.T) {
	for name, wasm := range map[string][]byte{"core module": handleGuest(), "component": asComponent(t, handleGuest())} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plugin := handlePlugin(t, wasm)
			random := rand.New(rand.NewPCG(5, 6))
			ends := map[string]int{}
			for range 1500 {
				(&handles{t: t, plugin: plugin, bytes: randomBytes(random, 400), ends: ends}).run()
			}
			t.Logf("%v", ends)
			for _, end := range []string{fine, badHandle, kept, outside, trapped, tooMany, badValue, isDead, isClosed} {
				if ends[end] < 20 {
					t.Errorf("only %d calls end with %q", ends[end], end)
				}
			}
		})
	}
}

func randomBytes(random *rand.Rand, n int) []byte {
	b := make([]byte, random.IntN(n))
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

func handlePlugin(t testing.TB, wasm []byte) *subject.Plugin {
	t.Helper()
	plugin, err := subject.Compile(ctx, wasm, host.HandleLimit(limitHeld))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plugin.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return plugin
}

// handles is one run of FuzzHandles.
type handles struct {
	t      *testing.T
	plugin *subject.Plugin
	bytes  []byte
	ends   map[string]int
	host   *hosttest.Host
	world  *worldModel
	guests [2]*guest
	items  []*heldItem
	crates []shop.Crate
	// took are the objects that the host's functions were given.
	took []int
	// trace is how calls have ended so far.
	trace []string
	// closes counts the calls of Close of objects.
	closes atomic.Int64
	// calling is the instance that is called, closing the one that was closed during
	// a call.
	calling, closing *guest
}

// guest is an instance and its model.
type guest struct {
	*guestModel
	inst   *subject.Instance
	memory *ownMemory
}

// heldItem is an item in the host's hands.
type heldItem struct {
	shop.Item
	guest *guest
	rep   uint32
	gone  bool
}

func (h *handles) run() {
	h.world = &worldModel{}
	h.host = &hosttest.Host{}
	h.host.OnMake = func(e *hosttest.Entry) {
		e.OnClose = func(context.Context) error { h.closes.Add(1); return nil }
	}
	h.host.OnTake = func(_ context.Context, e store.Entry) error {
		h.took = append(h.took, slices.Index(h.host.Entries, e.(*hosttest.Entry)))
		return nil
	}
	for len(h.bytes) > 0 && !h.t.Failed() {
		h.act()
		h.compare()
	}
	for _, g := range h.guests {
		if g != nil {
			h.end(g)
		}
	}
	h.compare()
}

func (h *handles) byte() byte {
	if len(h.bytes) == 0 {
		return 0
	}
	b := h.bytes[0]
	h.bytes = h.bytes[1:]
	return b
}

func (h *handles) below(n int) int { return int(h.byte()) % n }

// guest returns one of the instances, new where it has ended, mostly.
func (h *handles) guest() *guest {
	n := h.below(len(h.guests))
	if g := h.guests[n]; g != nil {
		if g.state == fine || h.below(4) == 0 {
			return g
		}
		h.end(g)
	}
	memory := &ownMemory{}
	inst, err := h.plugin.Instantiate(ctx, h.host.Imports(), host.Memory(memory))
	if err != nil {
		h.t.Fatal(err)
	}
	h.guests[n] = &guest{newGuestModel(h.world), inst, memory}
	return h.guests[n]
}

// end closes an instance.
func (h *handles) end(g *guest) {
	h.check("Close", g.inst.Close(ctx), fine)
	g.close()
}

// handle returns a number, mostly of a handle that the guest holds.
func (h *handles) handle(g *guest) uint32 {
	n := h.below(12)
	if n < 10 && len(g.slots) > 1 {
		for k := range g.slots {
			if at := (k + n) % len(g.slots); g.slots[at].kind != noKind {
				return uint32(at)
			}
		}
	}
	return []uint32{0, 1, 7, 1<<28 - 1, 1 << 28, 1<<32 - 1}[h.below(6)]
}

// holding returns a number, mostly of a handle of a kind.
func (h *handles) holding(g *guest, k kind) uint32 {
	n := h.below(8)
	if n < 7 {
		for at := range g.slots {
			if at := (at + n) % len(g.slots); g.slots[at].kind == k {
				return uint32(at)
			}
		}
	}
	return h.handle(g)
}

// takes is the kind of handle that a step takes, makes the step that makes one.
var (
	takes = [opCountOps]kind{opRepItem: item, opDropItem: item, opDropCrate: crate, opDropEntry: entry, opTake: entry, opCount: entry, opTakeAll: entry,
		opMerge: entry, opName: entry, opTakeAnd: entry}
	makes = map[kind]int{item: opNewItem, crate: opNewCrate, entry: opOpenAll}
)

// step returns a step, that mostly takes a handle of the right kind.
func (h *handles) step(g *guest) step {
	s := step{op: h.below(opCountOps)}
	if k := takes[s.op]; k != noKind && h.below(8) > 0 && !g.holds(k) {
		s.op = makes[k]
	}
	switch s.op {
	case opNewItem, opNewCrate:
		s.a = uint32(h.byte())
	case opRepItem, opDropItem:
		s.a = h.holding(g, item)
	case opDropCrate:
		s.a = h.holding(g, crate)
	case opOpenAll:
		s.a = uint32(h.below(4))
	case opTrap, opTakeAnd:
		if h.below(4) > 0 { // most scripts go on
			s.op = opLog
		}
		s.a = h.holding(g, entry)
	default:
		s.a, s.b = h.holding(g, entry), h.holding(g, entry)
	}
	return s
}

// script lays out a script of a few steps, and what the next destructor does.
func (h *handles) script(g *guest, steps ...step) []step {
	for range h.below(4) {
		steps = append([]step{h.step(g)}, steps...)
	}
	h.put(g, steps)
	return steps
}

func (h *handles) put(g *guest, steps []step) {
	for i := range steps {
		putStep(g.memory.bytes, scriptAt+16*uint32(i), &steps[i])
	}
	putStep(g.memory.bytes, scriptAt+16*uint32(len(steps)), nil)
	if g.state != fine {
		return
	}
	g.later = nil
	if h.below(4) == 0 {
		later := h.step(g)
		g.later = &later
	}
	putStep(g.memory.bytes, laterAt, g.later)
}

// check compares how a call ended.
func (h *handles) check(what string, err error, want string) {
	h.t.Helper()
	got := ending(err)
	h.trace = append(h.trace, what+": "+got)
	if h.ends != nil {
		h.ends[want]++
	}
	if got != want {
		h.t.Fatalf("%s ends with %q: %v; the model with %q\n%q", what, got, err, want, h.trace)
	}
}

// ending is an error in the words of the model.
func ending(err error) string {
	switch e := err.(type) {
	case nil:
		return fine
	case *host.Trap:
		return "trap: " + string(e.Rule)
	case *host.LimitError:
		return "limit: " + e.Limit
	case *host.BadValueError:
		return badValue
	case *host.InstanceError:
		for is, name := range map[error]string{host.ErrDead: isDead, host.ErrClosed: isClosed, host.ErrBusy: "busy"} {
			if errors.Is(e, is) {
				return name
			}
		}
	}
	return fmt.Sprintf("%T", err)
}

// compare compares what has become of everything.
func (h *handles) compare() {
	h.t.Helper()
	if len(h.host.Entries) != len(h.world.closes) {
		h.t.Fatalf("the host has made %d objects, and the model %d", len(h.host.Entries), len(h.world.closes))
	}
	if !slices.Equal(h.took, h.world.taken) {
		h.t.Fatalf("the host was given the objects %d, and the model's %d", h.took, h.world.taken)
	}
	for i, e := range h.host.Entries {
		if e.Closed != h.world.closes[i] || e.Closed > 1 {
			h.t.Fatalf("object %d is closed %d times, and the model's %d times\n%q", i, e.Closed, h.world.closes[i], h.trace)
		}
	}
	for _, g := range h.guests {
		if g == nil {
			continue
		}
		ran := getWord(g.memory.bytes, dtorsAt)
		var reps []uint32
		for i := range ran {
			reps = append(reps, getWord(g.memory.bytes, dtorsAt+4+4*i))
		}
		if !slices.Equal(reps, g.dtors) {
			h.t.Fatalf("the guest's destructors ran for %d, and the model's for %d", reps, g.dtors)
		}
	}
}

// settle waits until what a Close during a call left to be done is done.
func (h *handles) settle(done func() bool) {
	for deadline := time.Now().Add(patience); !done(); runtime.Gosched() {
		if time.Now().After(deadline) {
			return // compare reports the difference
		}
	}
}
