package plan

import (
	"fmt"

	"github.com/witgen/witgen/component/binary"
)

// innerCall is a call that one component instance may make of another.
type innerCall struct{ from, to int }

// maxReentranceSteps bounds the search for reentrance.
const maxReentranceSteps = 1 << 22

// tracked reports whether calls between component instances may enter one that
// has been entered: only then must the runtime watch for it. Siblings call each other in the
// order in which they are instantiated, so that it takes a component that passes
// functions of its own to its children, or another such circle.
func (p *Plan) tracked() bool {
	calls := p.innerCalls()
	after := make([][]int, len(p.Components)) // which instances one calls
	for _, c := range calls {
		after[c.from] = append(after[c.from], c.to)
	}
	steps := 0
	checked := map[int]map[int]bool{} // by entered instance: those reached from inside it
	for _, c := range calls {
		for e, meeting := c.to, p.meeting(c.to, c.from, &steps); e != meeting; e = p.Components[e] {
			steps++
			reached := checked[e]
			if reached == nil {
				reached = p.reachedFrom(e, after, &steps)
				checked[e] = reached
			}
			if steps > maxReentranceSteps || reached[c.from] {
				return true
			}
		}
	}
	return false
}

// innerCalls returns the calls that there can be, each once.
func (p *Plan) innerCalls() []innerCall {
	var calls []innerCall
	known := map[innerCall]bool{}
	add := func(c innerCall) {
		if c.from != c.to && !known[c] {
			known[c] = true
			calls = append(calls, c)
		}
	}
	for _, f := range p.Functions {
		switch f.Op {
		case binary.CanonLower:
			if f.Callee.From == nil {
				add(innerCall{f.Component, f.Callee.Component})
			}
		case binary.CanonResourceDrop:
			if f.Resource.Component >= 0 && f.Resource.Dtor.Valid() {
				add(innerCall{f.Component, f.Resource.Component})
			}
		case binary.CanonResourceNew, binary.CanonResourceRep: // which call nothing
		default:
			panic(fmt.Sprintf("plan: unhandled canonical definition %s", f.Op))
		}
	}
	return calls
}

// reachedFrom returns the instances that calls lead to from inside an instance:
// from itself or one below it.
func (p *Plan) reachedFrom(e int, after [][]int, steps *int) map[int]bool {
	reached := map[int]bool{}
	var todo []int
	inside := make([]bool, len(p.Components))
	for n, parent := range p.Components {
		*steps++
		if inside[n] = n == e || parent >= 0 && inside[parent]; inside[n] { // parents come first
			todo = append(todo, n)
		}
	}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, next := range after[n] {
			if *steps++; !reached[next] {
				reached[next] = true
				todo = append(todo, next)
			}
		}
	}
	return reached
}

// meeting returns the nearest component instance that is an ancestor of both, or
// one of them and an ancestor of the other. A parent has a lower number than its
// children.
func (p *Plan) meeting(a, b int, steps *int) int {
	for a != b {
		*steps++
		if a > b {
			a = p.Components[a]
		} else {
			b = p.Components[b]
		}
	}
	return a
}
