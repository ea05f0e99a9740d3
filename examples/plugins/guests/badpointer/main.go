//go:build wasm || tinygo.wasm

// Command badpointer is a plugin that answers with a place outside its memory. It goes around the
// generated code to do so.
package main

import (
	"unsafe"

	_ "github.com/witgen/witgen/canonicalabi/guest"
)

// area is a string: pointer and length. answer is a result: which case, and a
// string.
var (
	myName = []byte("badpointer")
	area   [2]uint32
	answer [4]uint32
)

func address(p unsafe.Pointer) uint32 { return uint32(uintptr(p)) }

//go:wasmexport example:plugins/processor#name
func name() uint32 {
	area = [2]uint32{address(unsafe.Pointer(unsafe.SliceData(myName))), uint32(len(myName))}
	return address(unsafe.Pointer(&area))
}

//go:wasmexport example:plugins/processor#process
func process(uint32, uint32) uint32 {
	answer = [4]uint32{0, 0xfffffff0, 1 << 20}
	return address(unsafe.Pointer(&answer))
}

func main() {}
