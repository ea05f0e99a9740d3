//go:build wasm || tinygo.wasm

package guest

// What generated code does in many places has a name here. Nothing here does
// anything that the rest of the package does not.

// LiftSome reports whether a discriminant is that of some. It panics where it is not
// none's either.
func LiftSome(disc uint32) bool {
	if disc > 1 {
		NoDiscriminant(disc, "an option")
	}
	return disc != 0
}

// LoadSome is LiftSome for the byte at ptr+offset.
func LoadSome(ptr Pointer, offset uint32) bool { return LiftSome(uint32(Load[uint8](ptr, offset))) }

// LiftOK reports whether a discriminant is that of ok. It panics where it is not
// err's either.
func LiftOK(disc uint32) bool {
	if disc > 1 {
		NoDiscriminant(disc, "a result")
	}
	return disc == 0
}

// LoadOK is LiftOK for the byte at ptr+offset.
func LoadOK(ptr Pointer, offset uint32) bool { return LiftOK(uint32(Load[uint8](ptr, offset))) }

// StoreSome writes the discriminant of an option to ptr+offset, and returns whether it
// is some's.
func StoreSome(ptr Pointer, offset uint32, some bool) bool {
	StoreBool(ptr, offset, some)
	return some
}

// StoreOK writes the discriminant of a result to ptr+offset, and returns whether it is
// ok's.
func StoreOK(ptr Pointer, offset uint32, ok bool) bool {
	StoreBool(ptr, offset, !ok)
	return ok
}

// storePair writes an address and a length to ptr+offset.
func storePair(ptr Pointer, offset, address uint32, length int) {
	Store(ptr, offset, address)
	Store(ptr, offset+4, uint32(length))
}

// LoadString is LiftString for the address and the length at ptr+offset.
func LoadString(ptr Pointer, offset uint32) string {
	return LiftString(Load[uint32](ptr, offset), Load[uint32](ptr, offset+4))
}

// StoreString is LowerString, and writes the address and the length to ptr+offset.
func StoreString(a *Arena, ptr Pointer, offset uint32, s string) {
	storePair(ptr, offset, LowerString(a, s), len(s))
}

// LoadSlice is LiftSlice for the address and the length at ptr+offset.
func LoadSlice[T any](ptr Pointer, offset uint32) []T {
	return LiftSlice[T](Load[uint32](ptr, offset), Load[uint32](ptr, offset+4))
}

// StoreSlice is LowerSlice, and writes the address and the length to ptr+offset.
func StoreSlice[T any](a *Arena, ptr Pointer, offset uint32, v []T) {
	storePair(ptr, offset, LowerSlice(a, v), len(v))
}

// LoadStrings is LiftStrings for the address and the length at ptr+offset.
func LoadStrings(ptr Pointer, offset uint32) []string {
	return LiftStrings(Load[uint32](ptr, offset), Load[uint32](ptr, offset+4))
}

// StoreStrings is LowerStrings, and writes the address and the length to ptr+offset.
func StoreStrings(a *Arena, ptr Pointer, offset uint32, list []string) {
	storePair(ptr, offset, LowerStrings(a, list), len(list))
}

// LoadList is LiftList for the address and the length at ptr+offset.
func LoadList[T any](ptr Pointer, offset, size uint32, load func(ptr Pointer) T) []T {
	return LiftList(Load[uint32](ptr, offset), Load[uint32](ptr, offset+4), size, load)
}

// StoreList is LowerList, and writes the address and the length to ptr+offset.
func StoreList[T any](a *Arena, ptr Pointer, offset uint32, list []T, size uint32, store func(a *Arena, ptr Pointer, v T)) {
	storePair(ptr, offset, LowerList(a, list, size, store), len(list))
}

// NewList is List of an arena, and writes the address and the length to ptr+offset.
func NewList(a *Arena, ptr Pointer, offset uint32, count int, size uint32) uint32 {
	address := a.List(count, size)
	storePair(ptr, offset, address, count)
	return address
}
