//go:build wasm || tinygo.wasm

package guest

import "unsafe"

// Arena holds the memory that the values of one call are lowered to, and the
// roots of all memory that the call has handed out as bare addresses.
type Arena struct {
	roots *root
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
	// Results roots what the host reads after an export has returned.
	Results Arena
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

// ResultArea forgets the result before and returns the address of memory for the
// result of an export, which lives in Results.
func ResultArea(size, align uint32) uint32 {
	Results.reset()
	Results.used = 0
	return Results.Area(size, align)
}

// FreeResults lets go of the result of the last export. It is what post-return
// does.
func FreeResults() { Results.reset() }

// ParamsLifted says that the parameters of an export are lifted. Go values now
// hold what they still need of the memory that the host allocated for them.
func ParamsLifted() { params.reset() }

// root keeps what it points to alive. A list of them grows and is forgotten by
// less code than a slice.
type root struct {
	ptr  unsafe.Pointer
	next *root
}

// reset forgets all roots.
func (a *Arena) reset() {
	if !leaking {
		a.roots = nil
	}
}

// root keeps the memory at ptr alive until the arena is reset.
//
//go:noinline
func (a *Arena) root(ptr unsafe.Pointer) {
	if !leaking {
		a.roots = &root{ptr, a.roots}
	}
}

// Area returns the address of size bytes, which live as long as the arena. Their
// content is not defined. The alignment is a power of two, and at most 8.
func (a *Arena) Area(size, align uint32) uint32 {
	start := (a.used + align - 1) &^ (align - 1)
	if size <= 8*smallWords && start+size <= 8*smallWords {
		a.used = start + size
		return address(unsafe.Pointer(&a.small)) + start
	}
	return a.alloc(size)
}

// List returns the address of count elements of size bytes each.
func (a *Arena) List(count int, size, align uint32) uint32 {
	total := uint64(count) * uint64(size)
	if total >= 1<<28 {
		panic(message("a list is too large to be lowered"))
	}
	return a.Area(uint32(total), align)
}

// alloc returns the address of new memory that is rooted by the arena, aligned for
// all that WIT has.
func (a *Arena) alloc(size uint32) uint32 {
	ptr := newWords(size)
	a.root(ptr)
	return address(ptr)
}

// newWords returns memory for at least size bytes. As words it is aligned to 8.
func newWords(size uint32) unsafe.Pointer {
	return unsafe.Pointer(unsafe.SliceData(make([]uint64, size/8+1)))
}

func address(ptr unsafe.Pointer) uint32 { return uint32(uintptr(ptr)) }

// pointer returns an address as a pointer. The conversion in one step is one that
// go vet refuses, and an offset from nil is one that LLVM takes for unreachable.
func pointer(address uint32) unsafe.Pointer {
	word := uintptr(address)
	return *(*unsafe.Pointer)(unsafe.Pointer(&word))
}
