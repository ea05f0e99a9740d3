//go:build (wasm || tinygo.wasm) && !wasip2

package guest

import "unsafe"

// realloc is how the host allocates memory for what it passes (CanonicalABI.md,
// the realloc option): new memory where oldSize is 0, else memory that begins
// with what was at old. What it returns is aligned and not 0, and the content
// of new memory is not defined. A request for no bytes gets an address that
// nothing is read from. Where memory runs out, it traps.
//
// TinyGo's runtime for wasip2 exports a cabi_realloc of its own, without roots,
// and a module cannot have two.
//
//go:wasmexport cabi_realloc
func realloc(old, oldSize, align, size uint32) uint32 {
	if size == 0 {
		return align
	}
	if size <= oldSize && old&(align-1) == 0 {
		return old
	}
	ptr := alloc(size, align)
	if oldSize == 0 {
		current.roots = append(current.roots, ptr)
		return address(ptr)
	}
	copy(unsafe.Slice((*byte)(ptr), size), unsafe.Slice((*byte)(pointer(old)), min(oldSize, size)))
	current.replace(pointer(old), ptr)
	return address(ptr)
}

// replace makes ptr a root in the place of old.
func (a *Arena) replace(old, ptr unsafe.Pointer) {
	for i := len(a.roots) - 1; i >= 0; i-- {
		if a.roots[i] == old {
			a.roots[i] = ptr
			return
		}
	}
	a.roots = append(a.roots, ptr)
}
