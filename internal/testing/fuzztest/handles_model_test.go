package fuzztest

import "slices"

// The model of the handle tables predicts the end of a call, and what happens to the
// host's objects, by the rules of CanonicalABI.md and no more machinery than they
// need.

// How calls end.
const (
	fine       = ""
	badHandle  = "trap: handle is not valid"
	kept       = "trap: guest kept a borrowed handle after the call"
	outside    = "trap: pointer out of bounds"
	trapped    = "trap: "
	tooMany    = "limit: handles held"
	badValue   = "bad value"
	isDead     = "dead"
	isClosed   = "closed"
	limitHeld  = 6
	freshTable = 1 // the first handle
)

// kind is a type of resource.
type kind int

const (
	noKind kind = iota
	item
	crate
	entry
)

// slot is an element of a table.
type slot struct {
	kind kind
	own  bool
	rep  uint32 // of item and crate
	obj  int    // of entry: the number of the host's object
}

// guestModel is one instance.
type guestModel struct {
	world   *worldModel
	slots   []slot
	free    []uint32
	held    int
	state   string // fine, isDead or isClosed
	dtors   []uint32
	later   *step
	last    uint32
	visited []uint32 // what the guest borrows in this call
	// onLog is what the host does when the guest logs.
	onLog func()
}

// worldModel is what instances share: the host's objects, of which each counts how
// often it was closed.
type worldModel struct {
	closes []int
	// taken are the objects that guests have given to the host's take.
	taken []int
}

func (w *worldModel) object() int {
	w.closes = append(w.closes, 0)
	return len(w.closes) - 1
}

func newGuestModel(w *worldModel) *guestModel {
	return &guestModel{world: w, slots: make([]slot, freshTable)}
}

func (g *guestModel) add(s slot) (handle uint32, end string) {
	if g.held == limitHeld {
		return 0, tooMany
	}
	g.held++
	if n := len(g.free); n > 0 {
		handle, g.free = g.free[n-1], g.free[:n-1]
		g.slots[handle] = s
		return handle, fine
	}
	g.slots = append(g.slots, s)
	return uint32(len(g.slots) - 1), fine
}

// holds reports whether the guest holds a handle of a kind.
func (g *guestModel) holds(k kind) bool {
	return slices.ContainsFunc(g.slots, func(s slot) bool { return s.kind == k })
}

func (g *guestModel) get(handle uint32, k kind) (s slot, end string) {
	if uint64(handle) >= uint64(len(g.slots)) || g.slots[handle].kind != k {
		return slot{}, badHandle
	}
	return g.slots[handle], fine
}

func (g *guestModel) remove(handle uint32) {
	g.slots[handle] = slot{}
	g.free = append(g.free, handle)
	g.held--
}

// give takes an owned handle out of the table, as lifting own<R> does.
func (g *guestModel) give(handle uint32, k kind) (s slot, end string) {
	if s, end = g.get(handle, k); end != fine {
		return s, end
	}
	if !s.own {
		return s, badHandle
	}
	g.remove(handle)
	return s, fine
}

func (g *guestModel) drop(handle uint32, k kind) string {
	s, end := g.get(handle, k)
	if end != fine {
		return end
	}
	g.remove(handle)
	switch {
	case s.own && k == entry:
		g.world.closes[s.obj]++
	case s.own && k == item:
		return g.destroy(s.rep)
	}
	return fine
}

// destroy is the guest's destructor of items.
func (g *guestModel) destroy(rep uint32) string {
	g.dtors = append(g.dtors, rep)
	if next := g.later; next != nil {
		g.later = nil
		_, end := g.do(*next)
		return end
	}
	return fine
}

// do does one step.
func (g *guestModel) do(s step) (result uint32, end string) {
	switch s.op {
	case opNewItem:
		return g.add(slot{kind: item, own: true, rep: s.a})
	case opNewCrate:
		return g.add(slot{kind: crate, own: true, rep: s.a})
	case opRepItem:
		found, end := g.get(s.a, item)
		return found.rep, end
	case opDropItem:
		return 0, g.drop(s.a, item)
	case opDropCrate:
		return 0, g.drop(s.a, crate)
	case opDropEntry:
		return 0, g.drop(s.a, entry)
	case opNewEntry:
		return g.receive(g.world.object())
	case opTake:
		given, end := g.give(s.a, entry)
		if end == fine {
			g.world.taken = append(g.world.taken, given.obj)
		}
		return 0, end
	case opCount:
		_, end := g.get(s.a, entry)
		if end == fine {
			_, end = g.get(s.b, entry)
		}
		return 2, end
	case opTakeAll:
		return 0, g.takeAll(s)
	case opMerge:
		return g.merge(s)
	case opName:
		_, end := g.get(s.a, entry)
		return 0, end
	case opOpenAll:
		var objects []int
		for range s.a {
			objects = append(objects, g.world.object())
		}
		_, end := g.receive(objects...)
		return 0, end
	case opTakeAnd:
		given, end := g.give(s.a, entry)
		if end != fine {
			return 0, end
		}
		g.world.closes[given.obj]++ // for the host function is not called
		return 0, outside
	case opLog:
		if g.onLog != nil {
			g.onLog()
		}
		return 0, fine
	case opConst:
		return s.a, fine
	case opTrap:
		return 0, trapped
	default:
		panic("fuzztest: unhandled step")
	}
}

func (g *guestModel) takeAll(s step) string {
	first, end := g.give(s.a, entry)
	if end != fine {
		return end
	}
	if _, end = g.give(s.b, entry); end != fine {
		g.world.closes[first.obj]++ // for the host function is not called
	}
	return end
}

func (g *guestModel) merge(s step) (handle uint32, end string) {
	given, end := g.give(s.a, entry)
	if end != fine {
		return 0, end
	}
	_, end = g.get(s.b, entry)
	g.world.closes[given.obj]++ // by the host function, or since it is not called
	if end != fine {
		return 0, end
	}
	return g.receive(g.world.object())
}

// receive gives the guest what an import returns.
func (g *guestModel) receive(objects ...int) (last uint32, end string) {
	for i, obj := range objects {
		if last, end = g.add(slot{kind: entry, own: true, obj: obj}); end != fine {
			for _, lost := range objects[i:] { // which nobody has received
				g.world.closes[lost]++
			}
			return 0, end
		}
	}
	return last, fine
}

// script does steps, and then ends the call: what the guest borrowed must be gone.
// result is what lifts the result.
func (g *guestModel) script(steps []step, result func() string) (end string) {
	defer func() {
		g.visited = nil
		if end != fine {
			g.die()
		}
	}()
	for _, s := range steps {
		if g.last, end = g.do(s); end != fine {
			return end
		}
	}
	if result != nil {
		if end := result(); end != fine {
			return end
		}
	}
	for _, handle := range g.visited {
		if s := g.slots[handle]; s.kind == entry && !s.own {
			return kept
		}
	}
	return fine
}

// die ends the instance because of a trap, close because the host wants it.
func (g *guestModel) die() {
	g.state = isDead
	g.closeObjects()
}

func (g *guestModel) close() {
	if g.state == fine {
		g.closeObjects()
	}
	g.state = isClosed
}

func (g *guestModel) closeObjects() {
	for _, s := range g.slots {
		if s.kind == entry && s.own {
			g.world.closes[s.obj]++
		}
	}
	g.slots, g.free = nil, nil
}
