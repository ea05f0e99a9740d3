//go:build wasm_unknown

package guest

import "unsafe"

// TinyGo's target wasm-unknown has no output, and a panic there is one instruction. Its
// guests are small, and notes for all failures would be 2% of one.

func fail(failure, uint32, string) { panic("") }

// failWith fails because of an error that an export returned. Calling its method Error
// would link those of all errors, so the host gets the place of the value, where most
// errors begin with their text. The address is a constant here, unlike in theNote.
func failWith(err error) {
	n := (*note)(unsafe.Pointer(uintptr(noteAddress)))
	n.mark, n.number = noteMark|uint32(errorAt), (*[2]uint32)(unsafe.Pointer(&err))[1]
	panic("")
}
