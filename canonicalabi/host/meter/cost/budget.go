package cost

import "fmt"

// A Budget bounds what the modules of a whole tree take together: of a component, those
// that are nested in it, each as often as it is rewritten. Modules are charged before
// they are copied or compiled. The zero Budget bounds nothing.
//
// A module that is rewritten differently for each of n instances is charged in two
// steps: [Budget.Copies] before the first copy, by its size; then, with the estimate of
// the first rewritten copy, [Budget.Compile] before the second is made. So a tree that
// takes too much is refused when one copy of one module more has been made than fits.
type Budget struct {
	// Time and Memory bound compiling, in the units of [Report].
	Time, Memory uint64
	// Bytes bounds the bytes of all copies of modules.
	Bytes uint64

	time, kept, peak, bytes uint64
}

// A BudgetError is the error for modules that together take more than a budget allows.
type BudgetError struct {
	// Limit is the field of Budget that is exceeded.
	Limit string
	// Got is what the modules take with the one that was charged, and Most the limit.
	Got, Most uint64
}

// Error names the limit.
func (e *BudgetError) Error() string {
	return fmt.Sprintf("%s: the modules take %d together, and the limit is %d", e.Limit, e.Got, e.Most)
}

// Copies charges n copies of a module of so many bytes. What exceeds the budget is not
// charged.
func (b *Budget) Copies(n int, size uint64) error {
	got := plus(b.bytes, times(uint64(n), size))
	if b.Bytes != 0 && got > b.Bytes {
		return &BudgetError{"Bytes", got, b.Bytes}
	}
	b.bytes = got
	return nil
}

// Compile charges n modules that each take what r says, and are compiled one after the
// other: their times add up, and the memory that each keeps; the rest of the memory is
// that of the one that takes most. What exceeds the budget is not charged.
func (b *Budget) Compile(n int, r Report) error {
	if n <= 0 {
		return nil
	}
	time := plus(b.time, times(uint64(n), r.Time))
	kept := plus(b.kept, times(uint64(n), r.Kept))
	peak := max(b.peak, r.Memory-min(r.Memory, r.Kept))
	if b.Time != 0 && time > b.Time {
		return &BudgetError{"Time", time, b.Time}
	}
	if memory := plus(kept, peak); b.Memory != 0 && memory > b.Memory {
		return &BudgetError{"Memory", memory, b.Memory}
	}
	b.time, b.kept, b.peak = time, kept, peak
	return nil
}

// Hold charges memory that is in use while all modules are compiled. What exceeds the budget is
// not charged.
func (b *Budget) Hold(bytes uint64) error {
	kept := plus(b.kept, bytes)
	if memory := plus(kept, b.peak); b.Memory != 0 && memory > b.Memory {
		return &BudgetError{"Memory", memory, b.Memory}
	}
	b.kept = kept
	return nil
}

// A Use is what has been charged of time and memory, in the units of [Report]. Memory is
// that which the modules keep.
type Use struct{ Time, Memory uint64 }

// Used returns what has been charged.
func (b *Budget) Used() Use { return Use{b.time, b.kept} }

// Left returns the limits for the next module: what is left of the time and memory. An
// exhausted limit is 1, as 0 would not apply.
func (b *Budget) Left() Limits {
	left := func(limit, used uint64) uint64 {
		if limit == 0 {
			return 0
		}
		return max(limit-min(limit, used), 1)
	}
	return Limits{Time: left(b.Time, b.time), Memory: left(b.Memory, b.kept)}
}

// plus and times do not overflow: they stop at the largest number.
func plus(a, b uint64) uint64 {
	if a+b < a {
		return 1<<64 - 1
	}
	return a + b
}

func times(a, b uint64) uint64 {
	if a != 0 && b > (1<<64-1)/a {
		return 1<<64 - 1
	}
	return a * b
}
