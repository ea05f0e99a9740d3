//go:build tinygo

// Package realloc exports cabi_realloc, which the other generator leaves to
// TinyGo's runtime for wasip2. What it returns is not rooted: guests with it are
// built with a collector that never frees.
package realloc

import "unsafe"

//go:wasmexport cabi_realloc
func realloc(old unsafe.Pointer, oldSize, align, size uintptr) unsafe.Pointer {
	if size <= oldSize {
		return old
	}
	memory := make([]byte, size+align)
	start := unsafe.Pointer(unsafe.SliceData(memory))
	start = unsafe.Add(start, -uintptr(start)&(align-1))
	copy(unsafe.Slice((*byte)(start), size), unsafe.Slice((*byte)(old), oldSize))
	return start
}
