package bind

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tetratelabs/wazero/api"
)

// Guests by witgen's bindings leave a note in their memory before they trap on purpose,
// see canonicalabi/guest/fail.go: four words at a fixed address. Under compilers that send
// no text, the note is all that a guest says.
const (
	noteAddress = 16
	noteMark    = 0x7e57a1d0
	noteBits    = 0xf // of the mark: the failure
	maxNoteText = 200 // bytes
)

// noteTexts are the texts of failures. Their arguments are the number and the text.
var noteTexts = map[uint32]string{
	1: "a list of the guest's is too large to be lowered",
	2: "the guest gave rune %[1]d, which is not a Unicode scalar value",
	3: "the guest gave %[1]d, which is no case of %[2]s",
	4: "the guest gave %[1]d, which has flags that %[2]s does not have",
	5: "the guest gave a nil %[2]s, or one that is no case of it",
	6: "the guest gave a nil %[2]s, or one that is not a handle of the import",
	7: "the host gave %[1]d, which is no discriminant of %[2]s",
	9: "the guest used a %[2]s that was closed or given away",
}

// The failures whose text depends on the function: an export returned an error that is not
// of the function's error type. In a note of errorAt the number is the address of the
// error's value.
const (
	otherError = 8
	errorAt    = 10
)

// note returns the text of a note that the guest has left before it trapped in the function
// name, or "" if there is none. The guest may have written anything there.
func (i *Instance) note(name string) string {
	for _, m := range i.modules {
		if m == nil {
			continue
		}
		memory := m.ExportedMemory("memory")
		if memory == nil {
			continue
		}
		if text := i.noteIn(name, memory); text != "" {
			return text
		}
	}
	return ""
}

func (i *Instance) noteIn(name string, memory api.Memory) string {
	mark, _ := memory.ReadUint32Le(noteAddress)
	number, _ := memory.ReadUint32Le(noteAddress + 4)
	if mark&^noteBits != noteMark {
		return ""
	}
	failure := mark & noteBits
	if failure != errorAt {
		text := textAt(memory, noteAddress+8)
		if failure == otherError {
			return i.otherErrorText(name, text)
		}
		if format := noteTexts[failure]; format != "" {
			return printable(fmt.Sprintf(format+"%[3]s", number, text, ""))
		}
		return ""
	}
	// Most errors are structs that begin with their text.
	text := textAt(memory, number)
	if printable(text) != text {
		text = ""
	}
	return i.otherErrorText(name, text)
}

func (i *Instance) otherErrorText(name, text string) string {
	want := "the function's error type"
	if e := i.tree.Errors[name]; e != "" {
		want = "the function's error type, " + e
	}
	if text == "" {
		return "the guest returned an error that is not of " + want
	}
	return "the guest returned the error " + strconv.Quote(text) + ", which is not of " + want
}

// printable returns a text in which U+FFFD stands for what is not printable.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) {
			return r
		}
		return '\uFFFD'
	}, text)
}

// textAt returns the beginning of the string whose address and length lie at an address,
// or "" if there is none.
func textAt(memory api.Memory, at uint32) string {
	ptr, _ := memory.ReadUint32Le(at)
	length, ok := memory.ReadUint32Le(at + 4)
	if !ok || length > memory.Size() {
		return ""
	}
	text, ok := memory.Read(ptr, min(length, maxNoteText))
	if !ok {
		return ""
	}
	if length > maxNoteText {
		return string(text) + "..."
	}
	return string(text)
}
