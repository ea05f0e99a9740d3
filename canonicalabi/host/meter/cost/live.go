package cost

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/witgen/witgen/internal/wasm"
)

// A set is a set of locals by their dense numbers.
type set []uint64

func (s set) add(i int)    { s[i>>6] |= 1 << (i & 63) }
func (s set) remove(i int) { s[i>>6] &^= 1 << (i & 63) }

func (s set) has(i int) bool { return s[i>>6]>>(i&63)&1 != 0 }

func (s set) union(t set) {
	for i, w := range t {
		s[i] |= w
	}
}

// common returns the number of members that two sets share.
func common(s, t set) int32 {
	n := 0
	for i, w := range s {
		n += bits.OnesCount64(w & t[i])
	}
	return int32(n)
}

func (s set) len() int32 {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return int32(n)
}

// A scope is an open control instruction of the backward pass.
type scope struct {
	kind event
	// label is what is live at its label, and size how many these are.
	label set
	size  uint64
	// around is what is live at any label around it, or behind it.
	around set
	// other is what is live where the else begins.
	other set
	// assigned are the locals that are assigned inside.
	assigned set
	// reach is l.reach at the label, or of a loop that behind it. otherReach is that where the
	// else begins.
	reach, otherReach set
	// params are, of a loop, locals that certainly become parameters of its first block.
	params set
	// exits is, of a loop, what reaches the beginning of the next loop around it from labels
	// to which it branches.
	exits set
	head  int   // of a loop: its number
	node  int32 // the block behind it
}

// A liveness finds how many locals are live where each block begins. It goes through
// the events backward twice: first as if no branch led back, which gives what is live
// at the head of each loop for the sake of what stands in and behind it; then with
// that, and all that is live at the labels around the loop, at the branches back.
type liveness struct {
	words  int
	cur    set
	scopes []scope
	free   []set
	heads  []set // of the loops, in the order of their ends from the last to the first
	ids    []int32
	nodes  []node
	final  bool // the second time
	// looped are the locals whose value, at the event that was reached, is live at the
	// beginning of a loop further on, and later counts those values.
	looped set
	later  int32
	// reach are the locals whose value, at the event that was reached, a branch passes on to
	// the beginning of the innermost loop. inner are the places of open loops in scopes.
	reach        set
	inner        []int
	nothing, all set
	// edges is the number of locals that are live on the edges that get blocks of their
	// own, summed.
	edges uint64
}

// liveSets bounds the memory of the sets, in words. Where a function needs more, all
// its locals count as live everywhere.
const liveSets = 4 << 20

// find sets the number of live locals of each block of a graph. nesting is how deep
// control instructions nest, locals the number of locals that are used. It ends with the error
// of look.
func (l *liveness) find(events []event, b *builder, nesting, loops, locals int, look *wasm.Look) error {
	words := (locals + 63) / 64
	l.edges, l.later = 0, 0
	if uint64(words)*uint64(8*nesting+loops+6) > liveSets {
		for i := range b.nodes {
			n := &b.nodes[i]
			n.live, n.phis = int32(locals), int32(locals)
			// All assignments count, and all parameters of each loop.
			n.later, n.own = b.sets-n.sets, b.sets-n.sets+int32(locals)
		}
		l.edges = b.split * uint64(locals)
		return look.Step(len(b.nodes))
	}
	if words != l.words {
		*l = liveness{words: words, cur: make(set, words), looped: make(set, words), reach: make(set, words), nothing: make(set, words), all: make(set, words)}
		for i := range l.all {
			l.all[i] = 1<<64 - 1
		}
	}
	l.nodes, l.heads = b.nodes, l.heads[:0]
	for _, final := range []bool{false, true} {
		if loops == 0 && !final {
			continue
		}
		l.final, l.ids = final, b.ids
		if err := l.pass(events, look); err != nil {
			return err
		}
	}
	l.nodes[0].live = l.cur.len()
	l.free = append(l.free, l.heads...)
	return nil
}

// copied returns a copy of a set.
func (l *liveness) copied(s set) set {
	var t set
	if n := len(l.free); n > 0 {
		t, l.free = l.free[n-1], l.free[:n-1]
	} else {
		t = make(set, l.words)
	}
	copy(t, s)
	return t
}

// block sets the number of the block that was made last of those not yet seen, and
// returns the block.
func (l *liveness) block(n int32) int32 {
	if !l.final {
		return none
	}
	last := len(l.ids) - 1
	id := l.ids[last]
	if id != none {
		l.nodes[id].live = n
	}
	l.ids = l.ids[:last]
	return id
}

func (l *liveness) at(label int) *scope { return &l.scopes[len(l.scopes)-1-label] }

// pass goes through the events backward.
func (l *liveness) pass(events []event, look *wasm.Look) error {
	clear(l.cur)
	clear(l.looped)
	clear(l.reach)
	heads, table := 0, false
	for i := len(events) - 1; i >= 0; i-- {
		e := events[i]
		if err := look.Step(1 + l.words); err != nil {
			*l = liveness{} // scopes are open
			return err
		}
		switch e.kind() {
		case evGet:
			l.cur.add(e.number())
		case evSet:
			l.cur.remove(e.number())
			if l.final {
				l.at(0).assigned.add(e.number())
				l.assign(e.number())
			}
		case evEnd:
			kind, node := event(e.number()), int32(none)
			if i != len(events)-1 { // not the function's
				n := l.cur.len()
				node = l.block(n) // behind the block
				if kind == evIf {
					l.block(n) // the way without else
				}
			}
			l.end(kind, node, heads)
			if kind == evLoop {
				heads++
			}
		case evElse:
			l.block(l.cur.len())
			s := l.at(0)
			s.other, s.otherReach = l.copied(l.cur), l.copied(l.reach)
			copy(l.cur, s.label)
			copy(l.reach, s.reach)
		case evIf:
			l.block(l.cur.len())
			s := l.at(0)
			if s.kind == evElse {
				l.cur.union(s.other)
				l.reach.union(s.otherReach)
				l.free = append(l.free, s.other, s.otherReach)
			} else {
				l.cur.union(s.label)
				l.reach.union(s.reach)
			}
			l.start()
		case evLoop:
			if id := l.block(l.cur.len()); id != none {
				l.loop(&l.nodes[id], l.at(0).assigned, l.at(0).params)
			}
			if !l.final {
				l.heads[l.at(0).head] = l.copied(l.cur)
			}
			l.start()
		case evBlock:
			l.start()
		case evBr:
			copy(l.cur, l.at(e.number()).label)
			copy(l.reach, l.reaches(e.number()))
		case evBrIf:
			l.block(l.cur.len())
			s := l.at(e.number())
			l.cur.union(s.label)
			l.reach.union(l.reaches(e.number()))
			l.edges += s.size
		case evLabel:
			if !table {
				clear(l.cur)
				clear(l.reach)
			}
			table = true
			s := l.at(e.number())
			l.cur.union(s.label)
			l.reach.union(l.reaches(e.number()))
			l.edges += s.size
		case evBrTable:
			l.block(l.cur.len())
			table = false
		case evDead:
			clear(l.cur)
			clear(l.reach)
		case evFill:
			n := l.cur.len()
			l.block(n)
			if id := l.block(n); id != none {
				l.loop(&l.nodes[id], l.nothing, l.nothing)
			}
			l.block(n)
			l.edges += 4 * uint64(n)
		case evCall, evGlobal, evLow, evHeight, evMemory, evPassed: // they are no locals
		default:
			panic(fmt.Sprintf("cost: unhandled event %d", e.kind()))
		}
	}
	l.start() // the function's
	if !l.final {
		l.edges = 0
	}
	return nil
}

// assign goes over an assignment to a local.
func (l *liveness) assign(local int) {
	if l.looped.has(local) {
		l.looped.remove(local)
		l.later++
	}
	if l.reach.has(local) {
		l.reach.remove(local)
		l.scopes[l.inner[len(l.inner)-1]].params.add(local)
	}
}

// reaches returns what reaches the beginning of the innermost loop from a label.
func (l *liveness) reaches(label int) set {
	at := len(l.scopes) - 1 - label
	switch inner := l.inner; {
	case len(inner) == 0:
		return l.nothing
	case at < inner[len(inner)-1]:
		// The branch leaves the innermost loop, and all up to that which the label stands in.
		in, own := slices.BinarySearch(inner, at)
		switch {
		case own:
			l.scopes[inner[in+1]].exits.union(l.all)
		case in > 0:
			l.scopes[inner[in]].exits.union(l.scopes[at].reach)
		}
		return l.nothing
	case at == inner[len(inner)-1]:
		return l.all
	}
	return l.scopes[at].reach
}

// loop sets what the first block n of a loop passes on to the loops behind it. In the loop
// some locals are assigned, of which some certainly become parameters.
func (l *liveness) loop(n *node, assigned, params set) {
	n.phis = common(l.cur, assigned)
	if !n.loop {
		return
	}
	n.later, n.sure = l.later, common(l.cur, params)
	for i, w := range l.cur {
		l.later += int32(bits.OnesCount64(l.looped[i] & w & assigned[i]))
		l.looped[i] = (l.looped[i] | w) &^ (w & params[i])
	}
	n.own = l.later
}

// end goes into a control instruction.
func (l *liveness) end(kind event, node int32, head int) {
	s := scope{kind: kind, node: node, head: head, around: l.copied(l.cur), assigned: l.copied(l.nothing), params: l.copied(l.nothing), exits: l.copied(l.nothing), reach: l.copied(l.reach)}
	if len(l.scopes) > 0 {
		outer := l.at(0)
		s.around.union(outer.around)
		if outer.kind == evLoop {
			s.around.union(outer.label)
		}
	}
	switch {
	case kind != evLoop:
		s.label = l.copied(l.cur)
	case l.final:
		s.label = l.copied(s.around)
		s.label.union(l.heads[head])
	default:
		s.label = l.copied(l.cur)
		clear(s.label)
		l.heads = append(l.heads, nil)
	}
	s.size = uint64(s.label.len())
	if kind == evLoop {
		if node == none { // nothing goes on behind it
			clear(s.reach)
		}
		clear(l.reach)
		l.inner = append(l.inner, len(l.scopes))
	}
	l.scopes = append(l.scopes, s)
}

// start goes out of a control instruction.
func (l *liveness) start() {
	last := len(l.scopes) - 1
	s := &l.scopes[last]
	if s.node != none {
		// What is live behind the block: of a loop the label is not that.
		behind := s.label
		if s.kind == evLoop {
			behind = s.around
		}
		l.nodes[s.node].phis = common(behind, s.assigned)
	}
	if s.kind == evLoop {
		// What this loop gets as a parameter, and passes on to the beginning of the next one
		// around it, becomes a parameter there too.
		if l.inner = l.inner[:len(l.inner)-1]; len(l.inner) > 0 {
			outer := l.scopes[l.inner[len(l.inner)-1]].params
			for i, w := range s.reach {
				outer[i] |= (w | s.exits[i]) & s.params[i]
			}
		}
		for i, w := range s.reach {
			l.reach[i] = w &^ s.assigned[i]
		}
	}
	if last > 0 {
		l.at(1).assigned.union(s.assigned)
	}
	l.free = append(l.free, s.label, s.around, s.assigned, s.params, s.reach, s.exits)
	l.scopes = l.scopes[:last]
}
