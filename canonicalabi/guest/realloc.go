//go:build (wasm || tinygo.wasm) && !wasip2

package guest

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
	ptr := address(current.alloc(size, align))
	copy(LiftSlice[byte](ptr, size), LiftSlice[byte](old, oldSize))
	return ptr
}
