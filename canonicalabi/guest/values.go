//go:build wasm || tinygo.wasm

package guest

import "unsafe"

// Number is what lies in memory as it does in Go: integers, floats, enums and
// flags.
type Number interface {
	~uint8 | ~uint16 | ~uint32 | ~uint64 | ~int8 | ~int16 | ~int32 | ~int64 | ~float32 | ~float64
}

// Load returns the number at ptr+offset, which is aligned for it.
func Load[T Number](ptr Pointer, offset uint32) T { return *(*T)(At(ptr, offset)) }

// Store writes v to ptr+offset, which is aligned for it.
func Store[T Number](ptr Pointer, offset uint32, v T) { *(*T)(At(ptr, offset)) = v }

// At returns the pointer at an offset of ptr. An offset that is an index into an array
// is one that TinyGo writes into the instruction that loads or stores there.
func At(ptr Pointer, offset uint32) Pointer {
	return unsafe.Pointer(&(*[1 << 28]byte)(ptr)[offset])
}

// LoadBool returns the bool at ptr+offset. Any byte but 0 is true.
func LoadBool(ptr Pointer, offset uint32) bool { return Load[uint8](ptr, offset) != 0 }

// StoreBool writes v to ptr+offset.
func StoreBool(ptr Pointer, offset uint32, v bool) { *(*bool)(At(ptr, offset)) = v }

// LiftString returns the string at ptr. It is that memory, not a copy.
func LiftString(ptr, length uint32) string {
	if length == 0 && !tinygo { // standard Go's collector minds what is no address of its own
		ptr = 0
	}
	// What unsafe.String checks of the length would be code in every guest.
	header := [2]uintptr{uintptr(ptr), uintptr(length)}
	return *(*string)(unsafe.Pointer(&header))
}

// LowerString returns the address of s, which a keeps alive. It does not copy s.
// That s is UTF-8 is for the host to check.
func LowerString(a *Arena, s string) (ptr uint32) {
	start := unsafe.Pointer(unsafe.StringData(s))
	a.root(start)
	return Address(start)
}

// LiftSlice returns the list at ptr, whose elements lie there as they do in Go:
// numbers, and structs of numbers. It is that memory, not a copy.
func LiftSlice[T any](ptr, length uint32) []T {
	if length == 0 && !tinygo {
		return []T{}
	}
	header := [3]uintptr{uintptr(ptr), uintptr(length), uintptr(length)}
	return *(*[]T)(unsafe.Pointer(&header))
}

// LowerSlice returns the address of v, which a keeps alive. It does not copy v.
func LowerSlice[T any](a *Arena, v []T) (ptr uint32) {
	if len(v) == 0 { // there may be no aligned address
		return uint32(unsafe.Sizeof(*new(T)))
	}
	start := unsafe.Pointer(unsafe.SliceData(v))
	a.root(start)
	return Address(start)
}

// LoadArray returns the array of numbers at ptr+offset.
func LoadArray[A any](ptr Pointer, offset uint32) A { return *(*A)(At(ptr, offset)) }

// StoreArray writes an array of numbers to ptr+offset.
func StoreArray[A any](ptr Pointer, offset uint32, v A) { *(*A)(At(ptr, offset)) = v }
