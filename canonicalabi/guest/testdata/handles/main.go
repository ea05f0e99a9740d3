// Command handles is a guest that checks handles, values and keys of the runtime
// from inside. Each export returns 0, or the number of the check that fails.
package main

import (
	"unsafe"

	"github.com/witgen/witgen/canonicalabi/guest"
)

func main() {}

// thing is a resource.
type thing struct{ closed int }

func (t *thing) Close() { t.closed++ }

var things guest.Values[guest.Closer]

// The values of a resource live until their destructor, which closes them.
//
//go:wasmexport values
func values() uint32 {
	a, b := new(thing), new(thing)
	repA, repB := things.Add(a), things.Add(b)
	switch {
	case repA == 0 || repB == 0 || repA == repB:
		return 1
	case things.Get(repA) != a || things.Get(repB) != b:
		return 2
	}
	things.Destroy(repA)
	if a.closed != 1 || b.closed != 0 {
		return 3
	}
	if again := things.Add(a); again != repA || things.Get(again) != a {
		return 4
	}
	things.Destroy(repA)
	things.Destroy(repB)
	if a.closed != 2 || b.closed != 1 {
		return 5
	}
	return 0
}

// numbers is laid out with padding, in Go as in WIT.
type numbers struct {
	a uint8
	b uint64
	c int16
	d struct {
		e float32
		f uint8
	}
	g float64
}

// A list of structs of numbers lies in memory as WIT says.
//
//go:wasmexport structs
func structs() uint32 {
	var arena guest.Arena
	list := []numbers{{a: 1, b: 2, c: 3, g: 6}, {a: 7, b: 8, c: 9, g: 12}}
	list[1].d.e, list[1].d.f = 10, 11
	var first numbers
	if unsafe.Sizeof(first) != 40 {
		return 1
	}
	second := guest.PointerTo(guest.LowerSlice(&arena, list) + 40)
	switch {
	case guest.Load[uint8](second, 0) != 7 || guest.Load[uint64](second, 8) != 8 || guest.Load[int16](second, 16) != 9:
		return 2
	case guest.Load[float32](second, 20) != 10 || guest.Load[uint8](second, 24) != 11 || guest.Load[float64](second, 32) != 12:
		return 3
	case guest.LiftSlice[numbers](guest.Address(second), 1)[0] != list[1]:
		return 4
	}
	return 0
}

// A value that the guest took back is not closed by the destructor, and its
// representation is not used again before that.
//
//go:wasmexport take
func take() uint32 {
	a := new(thing)
	rep := things.Add(a)
	if things.Take(rep) != a {
		return 1
	}
	other := things.Add(new(thing))
	if other == rep {
		return 2
	}
	things.Destroy(rep)
	if a.closed != 0 {
		return 3
	}
	things.Destroy(other)
	return 0
}

// A handle is lent any number of times and given away or closed once.
//
//go:wasmexport handle
func handle() uint32 {
	h := guest.LiftHandle(7)
	if h.Lend("x.Thing") != 7 || h.Lend("x.Thing") != 7 {
		return 1
	}
	if index, ok := h.Close(); index != 7 || !ok {
		return 2
	}
	if _, ok := h.Close(); ok {
		return 3
	}
	h = guest.LiftHandle(8)
	if h.Give("x.Thing") != 8 {
		return 4
	}
	if _, ok := h.Close(); ok {
		return 5
	}
	return 0
}

//go:wasmexport lend-after-give
func lendAfterGive() uint32 {
	h := guest.LiftHandle(7)
	h.Give("x.Thing")
	return h.Lend("x.Thing")
}

//go:wasmexport give-after-close
func giveAfterClose() uint32 {
	h := guest.LiftHandle(7)
	h.Close()
	return h.Give("x.Thing")
}

// What a call borrowed is closed at its end.
//
//go:wasmexport borrows
func borrows() uint32 {
	a, b := new(thing), new(thing)
	list := new(guest.Borrows)
	if guest.Borrow(list, a) != a || guest.Borrow(list, b) != b {
		return 1
	}
	list.End()
	if a.closed != 1 || b.closed != 1 {
		return 2
	}
	return 0
}

//go:wasmexport keys
func keys() uint32 {
	m := map[string]int{}
	for _, key := range []string{"kiwi", "", "apple", "fig", "date", "banana", "cherry", "apple2"} {
		m[key] = len(key)
	}
	sorted := guest.SortedKeys(m)
	if len(sorted) != len(m) {
		return 1
	}
	for i := 1; i < len(sorted); i++ {
		if sorted[i-1] >= sorted[i] {
			return 2
		}
	}
	if got := guest.SortedKeys(map[int8]bool{}); len(got) != 0 {
		return 3
	}
	if got := guest.SortedKeys(map[int8]bool{3: true, -3: true}); got[0] != -3 {
		return 4
	}
	if got := guest.SortedBools(map[bool]int{true: 1, false: 2}); len(got) != 2 || got[0] || !got[1] {
		return 5
	}
	if got := guest.SortedBools(map[bool]int{true: 1}); len(got) != 1 || !got[0] {
		return 6
	}
	return 0
}

type color uint8

//go:wasmexport lower-enum
func lowerEnum(v uint32) uint32 { return uint32(guest.LowerEnum(color(v), 3, "x.Color")) }

//go:wasmexport lower-flags
func lowerFlags(v uint32) uint32 { return uint32(guest.LowerFlags(color(v), 0x7, "x.Colors")) }

//go:wasmexport lower-char
func lowerChar(v uint32) uint32 { return guest.LowerChar(rune(v)) }
