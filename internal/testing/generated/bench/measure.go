package bench

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"
)

// Result is what a row measured.
type Result struct {
	Row Row
	// Generated and Hand are medians, for one call.
	Generated, Hand Cost
	// Ratio is the median of the ratios of pairs that ran one right after the
	// other, so that what else the machine does touches both sides alike.
	Ratio float64
}

// Cost is what one call takes.
type Cost struct {
	Nanos  float64
	Allocs float64
	Bytes  float64
}

// sample is how long a side of a pair runs at least.
const sample = 2 * time.Millisecond

// Measure runs both sides of a row by turns, in pairs.
func Measure(row Row, pairs int) (Result, error) {
	n, err := calibrate(row)
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", row.Name, err)
	}
	var generated, hand []Cost
	var ratios []float64
	for i := range pairs {
		var g, h Cost
		// Each side goes first in every other pair.
		if i%2 == 0 {
			g = measure(row.Generated, n)
			h = measure(row.Hand, n)
		} else {
			h = measure(row.Hand, n)
			g = measure(row.Generated, n)
		}
		generated, hand = append(generated, g), append(hand, h)
		ratios = append(ratios, g.Nanos/h.Nanos)
	}
	slices.Sort(ratios)
	return Result{Row: row, Generated: median(generated), Hand: median(hand), Ratio: ratios[len(ratios)/2]}, nil
}

// calibrate returns how many times both sides run in a sample. It is the same for
// both, so that both guests have the same calls behind them: what a guest's
// collector does depends on all of them. A time is believed only when it is seen
// twice, since other work may have held up the first.
func calibrate(row Row) (int, error) {
	for n := 1; ; n *= 2 {
		fastest := time.Duration(math.MaxInt64)
		for range 2 {
			for _, side := range []Body{row.Generated, row.Hand} {
				start := time.Now()
				if _, err := side(n); err != nil {
					return 0, err
				}
				fastest = min(fastest, time.Since(start))
			}
		}
		if fastest >= sample {
			return n, nil
		}
	}
}

// measure runs a body that has been seen to work n times. No side starts with what
// the other has left to collect.
func measure(body Body, n int) Cost {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	if _, err := body(n); err != nil {
		panic(fmt.Sprintf("bench: a body that worked fails: %v", err))
	}
	elapsed := time.Since(start)
	runtime.ReadMemStats(&after)
	return Cost{
		Nanos:  float64(elapsed.Nanoseconds()) / float64(n),
		Allocs: float64(after.Mallocs-before.Mallocs) / float64(n),
		Bytes:  float64(after.TotalAlloc-before.TotalAlloc) / float64(n),
	}
}

// median returns the median of each field.
func median(costs []Cost) Cost {
	field := func(get func(Cost) float64) float64 {
		var values []float64
		for _, c := range costs {
			values = append(values, get(c))
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	return Cost{
		Nanos:  field(func(c Cost) float64 { return c.Nanos }),
		Allocs: field(func(c Cost) float64 { return c.Allocs }),
		Bytes:  field(func(c Cost) float64 { return c.Bytes }),
	}
}
