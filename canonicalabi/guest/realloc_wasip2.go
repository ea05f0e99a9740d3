//go:build wasip2

package guest

// rootedRealloc is the realloc of other targets under another name, since TinyGo's
// runtime for wasip2 exports a cabi_realloc of its own, without roots, and a module cannot
// have two. witgen's component new and build take it in the place of that one.
//
// The host calls it while an import runs, on that call's stack. So it is an export of
// the older kind, which TinyGo does not wrap in a goroutine.
//
//export witgen_realloc
func rootedRealloc(old Pointer, oldSize, _, size uint32) uint32 {
	if 0 < oldSize && size <= oldSize {
		return Address(old)
	}
	return hold(nil, old, oldSize, size/8+1)
}
