//go:build (wasm || tinygo.wasm) && !wasm_unknown

package guest

// fail leaves a note for the host and panics. number and text are what the failure is
// about; most texts are names of Go types.
//
//go:noinline
func fail(f failure, number uint32, text string) {
	n := theNote()
	n.mark, n.number = noteMark|uint32(f), number
	n.setText(text)
	panic("canonicalabi: " + describe(f, number, text))
}

// failWith fails because of an error that an export returned.
func failWith(err error) { fail(otherError, 0, err.Error()) }

// describe returns the text of a panic.
func describe(f failure, number uint32, text string) string {
	switch f {
	case largeList:
		return "a list is too large to be lowered"
	case noScalar:
		return "rune " + decimal(number) + " is no Unicode scalar value"
	case noCase:
		return decimal(number) + " is no case of " + text
	case noFlags:
		return decimal(number) + " has flags that are unknown to " + text
	case noVariant:
		return "a nil " + text + ", or one that is no case of it"
	case noHandle:
		return "a nil " + text + ", or one that is no handle of the import"
	case noDiscriminant:
		return decimal(number) + " is no discriminant of " + text
	case otherError, errorAt:
		return "an error that the function's WIT type has no place for: " + text
	case goneHandle:
		return "use of a " + text + " that was closed or given away"
	default:
		return "failure " + decimal(uint32(f))
	}
}

// decimal returns a number as text.
func decimal(v uint32) string {
	var digits [10]byte
	i := len(digits)
	for {
		i--
		digits[i] = byte('0' + v%10)
		v /= 10
		if v == 0 {
			return string(digits[i:])
		}
	}
}
