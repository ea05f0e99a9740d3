//go:build wasm || tinygo.wasm

package guest

import "unsafe"

// Arena holds the memory that the values of one call are lowered to, and the
// roots of all memory that the call has handed out as bare addresses.
type Arena struct {
	roots []unsafe.Pointer
	// small is for the first small areas; used counts its bytes.
	small [smallWords]uint64
	used  uint32
	// outer is the arena that was current before this one.
	outer *Arena
	// next links the arenas that wait for a call.
	next *Arena
}

// smallWords is the size of an arena's own memory in words of 8 bytes. It is
// enough for the areas of most results and for the parameters of most calls.
const smallWords = 16

var (
	// params roots what the host allocates between calls, which is for the
	// parameters of the next export.
	params Arena
	// results roots what the host reads after an export has returned.
	results Arena
	// current is the arena of the call in which the host allocates.
	current = &params
	// idle are arenas that were used before.
	idle *Arena
)

// Call returns an empty arena for the call of an import.
func Call() *Arena {
	a := idle
	if a == nil {
		return new(Arena)
	}
	idle = a.next
	a.used = 0
	return a
}

// ResultArea returns the address of memory for the call's result. What the host
// allocates from here until Returned belongs to the call.
func (a *Arena) ResultArea(size, align uint32) uint32 {
	area := a.Area(size, align)
	a.outer, current = current, a
	return area
}

// Returned says that the import that was given a ResultArea has returned.
func (a *Arena) Returned() { current = a.outer }

// Done ends the call: its result is lifted, and nothing refers to its memory by
// address any more. The arena must not be used again.
func (a *Arena) Done() {
	a.reset()
	a.next, idle = idle, a
}

// Results returns the arena for the result of an export, emptied of the result
// before.
func Results() *Arena {
	results.reset()
	results.used = 0
	return &results
}

// FreeResults lets go of the result of the last export. It is what post-return
// does.
func FreeResults() { results.reset() }

// ParamsLifted says that the parameters of an export are lifted. Go values now
// hold what they still need of the memory that the host allocated for them.
func ParamsLifted() { params.reset() }

// reset forgets all roots, in a loop that does not make TinyGo link memset.
//
//go:noinline
func (a *Arena) reset() {
	for n := len(a.roots) - 1; n >= 0; n-- {
		a.roots[n] = nil
		a.roots = a.roots[:n]
	}
}

// root keeps the memory at ptr alive until the arena is reset.
//
//go:noinline
func (a *Arena) root(ptr unsafe.Pointer) { a.roots = append(a.roots, ptr) }

// Area returns the address of size bytes, which live as long as the arena. Their
// content is not defined. The alignment is a power of two.
func (a *Arena) Area(size, align uint32) uint32 {
	start := (a.used + align - 1) &^ (align - 1)
	if align <= 8 && size <= 8*smallWords && start+size <= 8*smallWords {
		a.used = start + size
		return address(unsafe.Pointer(&a.small)) + start
	}
	return address(a.alloc(size, align))
}

// List returns the address of count elements of size bytes each.
func (a *Arena) List(count int, size, align uint32) uint32 {
	total := uint64(count) * uint64(size)
	if total >= 1<<28 {
		panic("canonicalabi: a list is too large to be lowered")
	}
	return a.Area(uint32(total), align)
}

// alloc returns new memory that is rooted by the arena. Its alignment is at least
// what was asked for: it begins inside a piece that is larger by that.
func (a *Arena) alloc(size, align uint32) unsafe.Pointer {
	ptr := unsafe.Pointer(unsafe.SliceData(make([]byte, size+align)))
	ptr = unsafe.Add(ptr, -address(ptr)&(align-1))
	a.root(ptr)
	return ptr
}

func address(ptr unsafe.Pointer) uint32 { return uint32(uintptr(ptr)) }

// pointer returns an address as a pointer. The conversion in one step is one that
// go vet refuses, and an offset from nil is one that LLVM takes for unreachable.
func pointer(address uint32) unsafe.Pointer {
	word := uintptr(address)
	return *(*unsafe.Pointer)(unsafe.Pointer(&word))
}
