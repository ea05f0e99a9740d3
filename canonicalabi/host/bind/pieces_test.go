package bind_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
)

// looping are loops as generated code has them. Each does something for as many elements
// as there are, and returns how many it came to.
var looping = []struct {
	name string
	// least is the least work between looks of so many elements.
	elements, least int
	loop            func(call *bind.Call, n int) int
}{
	{"lift bools", 1_000_000, 8_000_000, func(call *bind.Call, n int) int { return liftBytes(call, n, 1) }},
	{"lift elements of 100 bytes", 100_000, 5_000_000, func(call *bind.Call, n int) int { return liftBytes(call, n, 100) }},
	{"lift elements of 1 MB", 10, 5_000_000, func(call *bind.Call, n int) int { return liftBytes(call, n, 1_000_000) }},
	{"lower bools", 1_000_000, 8_000_000, func(call *bind.Call, n int) int { return lowerBytes(call, n, 1) }},
	{"lower elements of 100 bytes", 100_000, 5_000_000, func(call *bind.Call, n int) int { return lowerBytes(call, n, 100) }},
	{"lift a map", 100_000, 6_400_000, func(call *bind.Call, n int) (count int) {
		for entry := range bind.Entries(call, make([]byte, 12*n), 12) {
			count += len(entry) / 12
		}
		return count
	}},
	{"lower a map", 100_000, 13_000_000, func(call *bind.Call, n int) (count int) {
		m := map[uint32]bool{}
		for i := range n {
			m[uint32(i)*0x9e3779b1] = true
		}
		last := uint32(0)
		for i, key := range bind.SortedKeys(call, m, 8) {
			if i != count || i > 0 && key <= last {
				panic(fmt.Sprintf("%d and then %d at %d", last, key, i))
			}
			count, last = count+1, key
		}
		return count
	}},
	{"lower a map with long keys", 100, 100 * 6 * 10_000, func(call *bind.Call, n int) (count int) {
		m := map[string]bool{}
		prefix := strings.Repeat("x", 300_000)
		for i := range n {
			m[fmt.Sprint(prefix, i)] = true
		}
		last := ""
		for _, key := range bind.SortedKeys(call, m, 8) {
			if key <= last {
				panic("the keys are not sorted")
			}
			count, last = count+1, key
		}
		return count
	}},
}

func liftBytes(call *bind.Call, n, size int) (count int) {
	list := make([]bool, n)
	for region, part := range bind.LiftPieces(call, make([]byte, n*size), list, uint32(size)) {
		if count += len(part); len(region) != len(part)*size {
			panic("a piece and its memory differ")
		}
		for i := range part {
			part[i] = true
		}
	}
	if slices.Contains(list[:count], false) || slices.Contains(list[count:], true) {
		panic("the pieces are not the beginning of the list")
	}
	return count
}

func lowerBytes(call *bind.Call, n, size int) (count int) {
	for start, part := range bind.LowerPieces(call, 1000, make([]bool, n), uint32(size)) {
		if int(start) != 1000+count*size {
			panic("a piece lies elsewhere")
		}
		count += len(part)
	}
	return count
}

// The loops of generated code look after a bounded amount of work.
func TestLoopsLook(t *testing.T) {
	t.Parallel()
	for _, l := range looping {
		looks, sum, most := 0, uint64(0), uint64(0)
		call := bind.LookingCall(t.Context(), func(units uint64) { looks, sum, most = looks+1, sum+units, max(most, units) })
		if n := l.loop(call, l.elements); n != l.elements || call.Err() != nil {
			t.Errorf("%s: %d elements, %v", l.name, n, call.Err())
		}
		limit := uint64(bind.MostWork)
		if strings.Contains(l.name, "1 MB") {
			limit = 500_000
		}
		if most > limit || sum+limit < uint64(l.least) {
			t.Errorf("%s: %d looks, %d units, and %d between two; want %d units, and %d between two", l.name, looks, sum, most, l.least, limit)
		}
	}
}

// After a look that fails, the loops end.
func TestLoopsEnd(t *testing.T) {
	t.Parallel()
	for _, l := range looping {
		for _, end := range []int{1, 2, 5} {
			ctx, cancel := context.WithCancel(t.Context())
			looks := 0
			call := bind.LookingCall(ctx, func(uint64) {
				if looks++; looks == end {
					cancel()
				}
			})
			n := l.loop(call, l.elements)
			var limit *host.LimitError
			if !errors.As(call.Err(), &limit) || limit.Limit != "cancel" {
				t.Errorf("%s: the call ended in %v", l.name, call.Err())
			}
			if looks > end || n > end*bind.MostWork/8 || n == l.elements {
				t.Errorf("%s: %d looks and %d elements, though the call ended at look %d", l.name, looks, n, end)
			}
			if again := l.loop(call, l.elements); again != 0 {
				t.Errorf("%s: %d elements after the end", l.name, again)
			}
			cancel()
		}
	}
}

// Maps are lowered in the order of their keys, whatever their number.
func TestSortedKeys(t *testing.T) {
	t.Parallel()
	call := bind.LookingCall(t.Context(), nil)
	for n := range 1030 {
		numbers, texts := map[int16]bool{}, map[string]bool{}
		for i := range n {
			numbers[int16(i*31421)] = true
			texts[fmt.Sprint(i*31421%65536)] = true
		}
		var gotNumbers []int16
		for _, key := range bind.SortedKeys(call, numbers, 4) {
			gotNumbers = append(gotNumbers, key)
		}
		var gotTexts []string
		for _, key := range bind.SortedKeys(call, texts, 4) {
			gotTexts = append(gotTexts, key)
		}
		if !slices.Equal(gotNumbers, slices.Sorted(maps.Keys(numbers))) || !slices.Equal(gotTexts, slices.Sorted(maps.Keys(texts))) {
			t.Fatalf("%d keys: %v and %q", n, gotNumbers, gotTexts)
		}
	}
	long := strings.Repeat("x", 1_000_000)
	for _, pair := range [][2]string{{long, long + "y"}, {long + "a", long + "b"}, {"a" + long, "b" + long}, {long, long}, {"", long}} {
		if got, want := call.CompareStrings(pair[0], pair[1]), strings.Compare(pair[0], pair[1]); got != want {
			t.Errorf("strings of %d and %d bytes compare as %d, want %d", len(pair[0]), len(pair[1]), got, want)
		}
	}
}

// The loops themselves allocate nothing.
func TestLoopsDoNotAllocate(t *testing.T) {
	call := bind.LookingCall(t.Context(), nil)
	call.SetMemory(make([]byte, 1<<16))
	region, list := make([]byte, 16*5000), make([]uint32, 5000)
	m := map[uint32]uint32{1: 2, 3: 4}
	for name, c := range map[string]struct {
		want float64
		loop func()
	}{
		"lift": {0, func() {
			for region, part := range bind.LiftPieces(call, region, list, 16) {
				for i := range part {
					area := region[i*16:]
					part[i] = bind.Uint32(area)
				}
			}
		}},
		"lower": {0, func() {
			for start, part := range bind.LowerPieces(call, 8, list, 4) {
				for i, item := range part {
					call.StoreUint32(start+uint32(i)*4, item)
				}
			}
		}},
		"lift a map": {0, func() {
			for area := range bind.Entries(call, region, 16) {
				m[bind.Uint32(area)] = bind.Uint32(area[4:])
			}
		}},
		"lower a map": {1, func() { // the keys
			for i, key := range bind.SortedKeys(call, m, 8) {
				call.StoreUint32(uint32(i), m[key])
			}
		}},
	} {
		if got := testing.AllocsPerRun(10, c.loop); got > c.want {
			t.Errorf("%s: %v allocations, want %v", name, got, c.want)
		}
	}
}
