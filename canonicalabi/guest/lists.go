//go:build wasm || tinygo.wasm

package guest

import "unsafe"

// What many functions of a guest do with lists stands here once, and not inlined:
// that keeps guests small.

// LiftStrings returns the list<string> at ptr. The strings are not copied.
func LiftStrings(ptr, length uint32) []string {
	if stringsInPlace {
		return LiftSlice[string](ptr, length)
	}
	list := make([]string, length)
	for i := range list {
		at := PointerTo(ptr + uint32(i)*8)
		list[i] = LiftString(Load[uint32](at, 0), Load[uint32](at, 4))
	}
	return list
}

// LowerStrings returns the address of a list<string>, which a keeps alive.
func LowerStrings(a *Arena, list []string) uint32 {
	if stringsInPlace {
		return LowerSlice(a, list)
	}
	a.root(unsafe.Pointer(unsafe.SliceData(list))) // and by that all the strings
	ptr := a.List(len(list), 8)
	for i, s := range list {
		at := PointerTo(ptr + uint32(i)*8)
		Store(at, 0, Address(unsafe.Pointer(unsafe.StringData(s))))
		Store(at, 4, uint32(len(s)))
	}
	return ptr
}

// LiftList returns the list at ptr of elements of size bytes each, which load
// lifts.
//
//go:noinline
func LiftList[T any](ptr, length, size uint32, load func(ptr Pointer) T) []T {
	list := make([]T, length)
	for i := range list {
		list[i] = load(PointerTo(ptr + uint32(i)*size))
	}
	return list
}

// LowerList returns the address of a list of elements of size bytes each, which
// store lowers. The list lives as long as a.
//
//go:noinline
func LowerList[T any](a *Arena, list []T, size uint32, store func(a *Arena, ptr Pointer, v T)) uint32 {
	ptr := a.List(len(list), size)
	for i, v := range list {
		store(a, PointerTo(ptr+uint32(i)*size), v)
	}
	return ptr
}
