//go:build wasm || tinygo.wasm

package guest

import "unsafe"

// A failure is why the guest's code panics. The host knows the numbers, see
// canonicalabi/host/bind/note.go, and makes a text of them.
type failure uint32

const (
	largeList      failure = 1  // a list cannot be lowered
	noScalar       failure = 2  // of a rune, the number
	noCase         failure = 3  // of an enum, the number
	noFlags        failure = 4  // of flags, the number
	noVariant      failure = 5  // a variant is nil or of a wrong type
	noHandle       failure = 6  // a resource is nil or of a wrong type
	noDiscriminant failure = 7  // the number
	otherError     failure = 8  // an export returned an error of another type, the text
	goneHandle     failure = 9  // a resource was closed or given away
	errorAt        failure = 10 // as otherError, the address of the error's value
)

// A note tells the host why the guest is about to trap. It lies at a fixed address, in the
// end of TinyGo's stack that is used last, and in memory that standard Go leaves free: the
// stack does not come back, and a host finds it without a function of the guest.
type note struct {
	mark, number, text, length uint32
}

// noteAddress is where the host looks for a note, and noteMark how it knows one. The lower
// four bits are the failure.
const (
	noteAddress = 16
	noteMark    = 0x7e57a1d0
)

func theNote() *note { return (*note)(PointerTo(noteAddress)) }

// setText makes a text part of the note.
func (n *note) setText(text string) {
	n.text, n.length = Address(unsafe.Pointer(unsafe.StringData(text))), uint32(len(text))
}
