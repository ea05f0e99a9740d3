//go:build (wasm || tinygo.wasm) && !wasip2

package guest

// realloc is how the host allocates memory for what it passes (CanonicalABI.md,
// the realloc option): new memory where oldSize is 0, else memory that begins
// with what was at old. What it returns is not 0 and aligned to 8, which is the
// largest alignment that there is. The content of new memory is not defined.
// Where memory runs out, it traps.
//
// For wasip2, whose runtime exports a cabi_realloc of its own, see rootedRealloc.
//
//go:wasmexport cabi_realloc
func realloc(old Pointer, oldSize, _, size uint32) uint32 {
	if 0 < oldSize && size <= oldSize {
		return Address(old)
	}
	return hold(nil, old, oldSize, size/8+1)
}
