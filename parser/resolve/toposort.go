package resolve

import "container/heap"

// sorted is the outcome of sorting things that need each other.
type sorted struct {
	// order lists all things, those that others need first, otherwise in the
	// order given. Things that need themselves, and what needs those, stand at
	// the end.
	order  []int
	cycles []cycle
	// stuck tells for each thing whether it is in a circle or needs one.
	stuck []bool
}

// cycle is a way into a circle and round it: every edge leads to the thing that
// the next edge starts from, and the last to the thing that the edge at start
// starts from. The edges before start are the way in.
type cycle struct {
	edges []edge
	start int
}

// edge leads from a thing to another one that it needs, its dependency dep.
type edge struct{ from, dep int }

// toposort sorts n things, where needs returns what thing i needs, by index. It
// takes time linear in things and dependencies, but for a logarithm.
func toposort(n int, needs func(i int) []int) sorted {
	waiting := make([]int, n)
	neededBy := make([][]int, n)
	ready := &intHeap{}
	for i := range n {
		for _, j := range needs(i) {
			waiting[i]++
			neededBy[j] = append(neededBy[j], i)
		}
		if waiting[i] == 0 {
			*ready = append(*ready, i) // in order, so it is a heap
		}
	}
	s := sorted{order: make([]int, 0, n), stuck: make([]bool, n)}
	for ready.Len() > 0 {
		i := heap.Pop(ready).(int)
		s.order = append(s.order, i)
		for _, j := range neededBy[i] {
			if waiting[j]--; waiting[j] == 0 {
				heap.Push(ready, j)
			}
		}
	}
	if len(s.order) < n {
		for i := range n {
			if waiting[i] > 0 {
				s.stuck[i] = true
				s.order = append(s.order, i)
			}
		}
		s.cycles = findCycles(needs, s.stuck)
	}
	return s
}

// findCycles follows, from each stuck thing, its first stuck dependency until
// that comes to a place seen before, and returns the circles that it ran into.
func findCycles(needs func(i int) []int, stuck []bool) []cycle {
	var cycles []cycle
	walk := make([]int, len(stuck)) // number of the walk that came by
	for i := range stuck {
		if !stuck[i] || walk[i] != 0 {
			continue
		}
		var path []edge
		at := map[int]int{}
		j := i
		for walk[j] == 0 {
			walk[j] = i + 1
			at[j] = len(path)
			for d, k := range needs(j) {
				if stuck[k] {
					path = append(path, edge{j, d})
					j = k
					break
				}
			}
		}
		if start, ok := at[j]; ok && walk[j] == i+1 {
			cycles = append(cycles, cycle{path, start})
		}
	}
	return cycles
}

// intHeap is a heap whose least number comes first.
type intHeap []int

func (h intHeap) Len() int           { return len(h) }
func (h intHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h intHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *intHeap) Push(x any)        { *h = append(*h, x.(int)) }
func (h *intHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
