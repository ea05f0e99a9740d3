//go:build wasm || tinygo.wasm

package guest

// What many functions of a guest do with lists stands here once, and not inlined:
// that keeps guests small.

// LiftStrings returns the list<string> at ptr. The strings are not copied.
//
//go:noinline
func LiftStrings(ptr, length uint32) []string {
	list := make([]string, length)
	for i := range list {
		list[i] = LiftString(Load[uint32](ptr, 0), Load[uint32](ptr, 4))
		ptr += 8
	}
	return list
}

// LowerStrings returns the address of a list<string>, which a keeps alive.
//
//go:noinline
func LowerStrings(a *Arena, list []string) uint32 {
	first := a.List(len(list), 8, 4)
	ptr := first
	for _, s := range list {
		Store(ptr, 0, LowerString(a, s))
		Store(ptr, 4, uint32(len(s)))
		ptr += 8
	}
	return first
}

// LiftList returns the list at ptr of elements of size bytes each, which load
// lifts.
//
//go:noinline
func LiftList[T any](ptr, length, size uint32, load func(ptr uint32) T) []T {
	list := make([]T, length)
	for i := range list {
		list[i] = load(ptr)
		ptr += size
	}
	return list
}

// LowerList returns the address of a list of elements of size bytes each, which
// store lowers. The list lives as long as a.
//
//go:noinline
func LowerList[T any](a *Arena, list []T, size, align uint32, store func(a *Arena, ptr uint32, v T)) uint32 {
	first := a.List(len(list), size, align)
	ptr := first
	for _, v := range list {
		store(a, ptr, v)
		ptr += size
	}
	return first
}
