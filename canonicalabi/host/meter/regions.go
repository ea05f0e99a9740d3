package meter

import "github.com/witgen/witgen/canonicalabi/host/meter/internal/units"

// A region is code that runs as a whole once its first instruction runs, unless it
// traps: its fuel is charged there. It need not be contiguous: what follows a block
// belongs to the region before it, where nothing leaves the block but through its end
// and no function is called in it that checks.
type region struct {
	cost   int64
	extra  int64 // cost taken over from short regions that hang off this one
	own    int64 // the cost that another region took over
	parent int32 // the region that is left when this one begins, or dead
	table  int32 // a region from which a br_table leads here, or dead
	loop   bool
	spread bool // ends in a br_table all of whose targets begin regions of their own
}

// dead is the region of code that is not reached.
const dead = -1

// mergeCost and mergeExtra let a short region be charged with the one that it hangs
// off, whether it runs or not: at most so many units of one region, and of all that
// hang off one. spreadCost is how much of a region that ends in a br_table is charged
// where that leads, after it has run.
const (
	mergeCost  = 32
	mergeExtra = 64
	spreadCost = 8
)

// settle moves the cost of short regions to others, so that fewer places charge.
func settle(regions []region) {
	spread(regions)
	for i := len(regions) - 1; i > 0; i-- {
		r := &regions[i]
		if r.cost == 0 || r.loop || r.parent == dead || r.extra > 0 && r.table != dead {
			continue
		}
		p := &regions[r.parent]
		if p.cost == 0 {
			continue // it charges nothing itself
		}
		if extra := r.cost + r.extra; r.cost <= mergeCost && p.extra+extra <= mergeExtra {
			p.extra += extra
			r.own = extra
			r.cost, r.extra = 0, 0
		}
	}
}

// spread moves the cost of a region that does little more than a br_table to where that
// leads. Standard Go's functions all start with such a loop, and come back to it for
// each jump.
func spread(regions []region) {
	any := false
	for i := range regions {
		r := &regions[i]
		if r.spread = r.spread && r.cost <= spreadCost; !r.spread {
			continue
		}
		any = true
		if p := &regions[0]; r.loop && r.parent == 0 && p.cost <= spreadCost && !p.spread {
			r.cost += p.cost
			p.cost = 0
		}
	}
	if !any {
		return
	}
	for i := range regions {
		if r := &regions[i]; r.table != dead && regions[r.table].spread {
			r.extra += regions[r.table].cost
		}
	}
	for i := range regions {
		if r := &regions[i]; r.spread {
			r.cost = 0
		}
	}
}

// A step is a part of what a function does, as far as that matters to what it owes.
type step struct {
	kind stepKind
	arg  int32 // a region, a label, or the index of an edit
	cost int64
}

type stepKind uint8

const (
	stepRun    stepKind = iota // runs so many units
	stepCharge                 // charges region arg
	stepCall                   // calls a function that checks
	stepBlock                  // opens a block
	stepLoop                   // opens a loop; arg is 1 where such functions are called in it
	stepIf
	stepElse
	stepEnd
	stepBranch // may branch to label arg
	stepTail   // ends the function by edit arg, a tail call
	stepStop   // what follows is not reached
)

// shapes reports whether a step belongs to the shape of the code: it counts even where
// the code is not reached.
func (k stepKind) shapes() bool {
	return k == stepBlock || k == stepLoop || k == stepIf || k == stepElse || k == stepEnd
}

// owes goes through the steps of a function and finds what it owes at its end.
//
// What was charged before the call of a function is paid, but the call may last, and
// the slice from which it was paid be long gone when it returns. If all that a function
// runs after a call were charged before, then a deep stack of functions could return
// for long without a charge. So what runs after a call is charged again at the end, if
// it is not charged where it runs. owes keeps that small: a region is charged where it
// runs, though another one has taken over its cost, where too much would be owed.
//
// It returns what is owed at the end, and notes in the edits of tail calls what is owed
// there.
func (s *scanner) owes() int64 {
	// What is owed at a branch back must be allowed at the loop's head. Mostly that is
	// nothing. If not, units.Owed is allowed everywhere.
	if owed, more := s.oweOnce(0); !more {
		return owed
	}
	owed, _ := s.oweOnce(units.Owed)
	return owed
}

// oweOnce goes through the steps once. At the head of a loop in which functions are
// called that much may be owed; it reports whether more is at a branch back.
func (s *scanner) oweOnce(allowed int64) (owed int64, more bool) {
	const none = -1 << 62 // a place that is not reached
	type block struct {
		kind  stepKind
		calls bool
		start int64 // of an if or loop: what is owed at its start
		end   int64 // what is owed where branches to the end come from
	}
	blocks := []block{{kind: stepBlock, start: none, end: none}}
	for i := range s.steps {
		t := &s.steps[i]
		if owed == none && !t.kind.shapes() {
			continue
		}
		switch t.kind {
		case stepRun:
			owed += t.cost
		case stepCharge:
			r := &s.regions[t.arg]
			if r.own > 0 && owed+r.own > units.Owed {
				r.cost, r.own = r.own, 0
			}
			owed -= r.cost + r.extra
		case stepCall:
			owed = max(owed, 0)
		case stepBlock, stepIf:
			blocks = append(blocks, block{kind: t.kind, start: owed, end: none})
		case stepLoop:
			if owed != none && t.arg == 1 {
				owed = max(owed, allowed)
			}
			blocks = append(blocks, block{kind: t.kind, calls: t.arg == 1, start: owed, end: none})
		case stepElse:
			b := &blocks[len(blocks)-1]
			b.end = max(b.end, owed)
			b.kind, owed = stepElse, b.start
		case stepEnd:
			b := blocks[len(blocks)-1]
			blocks = blocks[:len(blocks)-1]
			if b.kind == stepIf {
				b.end = max(b.end, b.start)
			}
			if b.kind != stepLoop {
				owed = max(owed, b.end)
			}
		case stepBranch:
			b := &blocks[len(blocks)-1-int(t.arg)]
			if b.kind != stepLoop {
				b.end = max(b.end, owed)
			} else if b.calls && owed > b.start {
				more = true
			}
		case stepTail:
			s.edits[t.arg].cost = max(owed, 0)
			owed = none
		case stepStop:
			owed = none
		}
	}
	return max(owed, 0), more
}
