package main

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"
)

// side is one of the two ways to do a row's work.
type side struct {
	name string
	run  func() error
	end  func() // or nil
	// per is how many pieces of work a run does, or 0 for one.
	per int
	// used, if not nil, takes the place of the allocations in this process.
	used fmt.Stringer
}

// close ends a side.
func (s *side) close() {
	if s.end != nil {
		s.end()
	}
}

// cost is what one run of a side takes.
type cost struct {
	time           time.Duration
	allocs, allocd float64 // number and bytes
}

// result is a row of the table, from one pair of sides.
type result struct {
	sides [2]*side
	costs [2]cost
	ratio float64
}

// sample is how long one side runs before the other has its turn.
const sample = 20 * time.Millisecond

// runs calls a side n times.
func runs(s *side, n int) (cost, error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begun := time.Now()
	for range n {
		if err := s.run(); err != nil {
			return cost{}, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	took := time.Since(begun)
	runtime.ReadMemStats(&after)
	n *= max(1, s.per)
	return cost{
		time:   took / time.Duration(n),
		allocs: float64(after.Mallocs-before.Mallocs) / float64(n),
		allocd: float64(after.TotalAlloc-before.TotalAlloc) / float64(n),
	}, nil
}

// turns returns how many runs of a side make up a sample.
func turns(s *side) (int, error) {
	for n := 1; ; n *= 4 {
		c, err := runs(s, n)
		if err != nil {
			return 0, err
		}
		if took := c.time * time.Duration(n*max(1, s.per)); took >= sample/4 {
			return max(1, int(float64(n)*float64(sample)/float64(took))), nil
		}
	}
}

// compare runs two sides in turns, each pair in the other order.
func compare(pairs int, a, b *side) (result, error) {
	sides := [2]*side{a, b}
	r := result{sides: sides}
	var n [2]int
	for i, s := range sides {
		var err error
		if n[i], err = turns(s); err != nil {
			return r, err
		}
	}
	var costs [2][]cost
	for pair := range pairs {
		for turn := range sides {
			i := (pair + turn) % 2
			c, err := runs(sides[i], n[i])
			if err != nil {
				return r, err
			}
			costs[i] = append(costs[i], c)
		}
	}
	ratios := make([]float64, pairs)
	for i := range ratios {
		ratios[i] = float64(costs[0][i].time) / float64(costs[1][i].time)
	}
	r.ratio = median(ratios)
	for i := range sides {
		r.costs[i] = cost{
			time:   time.Duration(medianOf(costs[i], func(c cost) float64 { return float64(c.time) })),
			allocs: medianOf(costs[i], func(c cost) float64 { return c.allocs }),
			allocd: medianOf(costs[i], func(c cost) float64 { return c.allocd }),
		}
	}
	return r, nil
}

// median returns the middle of values, which it sorts.
func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

// medianOf returns the median of a measure of costs.
func medianOf(costs []cost, measure func(cost) float64) float64 {
	values := make([]float64, len(costs))
	for i, c := range costs {
		values[i] = measure(c)
	}
	return median(values)
}
