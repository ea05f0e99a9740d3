//go:build wasm || tinygo.wasm

package guest

import "unsafe"

// Arena holds the memory that the values of one call are lowered to, and the
// roots of all memory that the call has handed out as bare addresses.
type Arena struct {
	roots *root
	// next is the arena that was current before this one, while an import runs.
	// After the call it links the arenas that wait for one.
	next *Arena
	// result is for a short result, area that of a longer one.
	result [shortResult / 8]uint64
	area   Pointer
}

// shortResult is a number of bytes that is enough for most results.
const shortResult = 64

var (
	// params roots what the host allocates between calls, which is for the
	// parameters of the next export.
	params Arena
	// Results roots what the host reads after an export has returned.
	Results Arena
	// current is the arena of the call in which the host allocates.
	current = &params
	// imported is for the short result of any import: with TinyGo no other import is
	// called before it is lifted.
	imported [shortResult / 8]uint64
	// idle are arenas that were used before.
	idle *Arena
)

// Call returns an empty arena for the call of an import.
//
//go:noinline
func Call() *Arena {
	a := idle
	if a == nil {
		return new(Arena)
	}
	idle = a.next
	return a
}

// ResultArea returns the address of memory for the call's result, of size bytes. What
// the host allocates from here until Returned belongs to the call.
func (a *Arena) ResultArea(size uint32) uint32 {
	a.enter()
	if size > shortResult {
		a.area = a.Area(size)
	}
	return Address(a.resultAt(size))
}

// resultAt returns where a result of size bytes lies.
func (a *Arena) resultAt(size uint32) Pointer {
	switch {
	case size > shortResult:
		return a.area
	case tinygo:
		return unsafe.Pointer(&imported)
	default:
		return unsafe.Pointer(&a.result)
	}
}

func (a *Arena) enter() { a.next, current = current, a }

// Returned ends the call of an import that was given a ResultArea of size bytes, and
// returns that area.
func (a *Arena) Returned(size uint32) Pointer {
	current = a.next
	return a.resultAt(size)
}

// Done ends the call: its result is lifted, and nothing refers to its memory by
// address any more. The arena must not be used again.
//
//go:noinline
func (a *Arena) Done() {
	a.reset()
	a.next, idle = idle, a
}

// ResultArea forgets the result before and returns memory for the result of an
// export, which lives in Results.
func ResultArea(size uint32) Pointer {
	FreeResults()
	if size > shortResult {
		return Results.Area(size)
	}
	return unsafe.Pointer(&Results.result)
}

// FreeResults lets go of the result of the last export. It is what post-return
// does.
func FreeResults() { Results.reset() }

// ParamsLifted drops the roots of an export's parameters, which are lifted. Go values
// now hold what they still need of the memory that the host allocated for them.
//
//go:noinline
func ParamsLifted() { params.reset() }

// root keeps what it points to alive. A list of them grows and is forgotten by
// less code than a slice.
type root struct {
	ptr  Pointer
	next *root
}

// reset forgets all that the arena holds. A conservative collector still finds the
// address of the last root on the stack, and that of a result in its place: so that
// these keep nothing alive, the root and the first words of the result are cleared.
func (a *Arena) reset() {
	if leaking {
		return
	}
	if r := a.roots; r != nil {
		*r = root{}
		a.roots = nil
	}
	a.result[0], a.result[1] = 0, 0
	a.area = nil
}

// root keeps the memory at ptr alive until the arena is reset.
func (a *Arena) root(ptr Pointer) {
	if !leaking {
		hold(a, ptr, 0, 0)
	}
}

// alloc returns new memory that the arena roots, aligned for all that WIT has.
func (a *Arena) alloc(size uint32) uint32 { return hold(a, nil, 0, size/8+1) }

// hold roots the memory at ptr, or where words is not 0 new memory of so many
// words of 8 bytes that begins with the copied bytes at ptr. It returns the
// address of what it roots. No arena stands for the current one.
//
//go:noinline
func hold(a *Arena, ptr Pointer, copied, words uint32) uint32 {
	if words > 0 {
		memory := unsafe.Pointer(&make([]uint64, words)[0])
		if copied > 0 {
			copy(LiftSlice[byte](Address(memory), copied), LiftSlice[byte](Address(ptr), copied))
		}
		ptr = memory
	}
	if !leaking {
		if a == nil {
			a = current
		}
		a.roots = &root{ptr, a.roots}
	}
	return Address(ptr)
}

// Area returns size bytes of memory, which live as long as the arena. Their
// content is not defined. They are aligned for all that WIT has.
func (a *Arena) Area(size uint32) Pointer { return PointerTo(a.alloc(size)) }

// List returns the address of count elements of size bytes each, which live as
// long as the arena.
func (a *Arena) List(count int, size uint32) uint32 {
	total := uint64(count) * uint64(size)
	if total >= 1<<28 {
		fail(largeList, 0, "")
	}
	return a.alloc(uint32(total))
}

// Pointer is where a value lies in memory. The host knows it by its address.
type Pointer = unsafe.Pointer

// Address returns what a pointer is to the host.
func Address(ptr Pointer) uint32 { return uint32(uintptr(ptr)) }

// PointerTo returns an address as a pointer. The conversion in one step is one that
// go vet refuses, and an offset from nil is one that LLVM takes for unreachable.
func PointerTo(address uint32) Pointer {
	word := uintptr(address)
	return *(*unsafe.Pointer)(unsafe.Pointer(&word))
}
