//go:build (wasm || tinygo.wasm) && !wasm_unknown

package guest

// message returns the text of a panic.
func message(parts ...string) string {
	text := "canonicalabi: "
	for _, part := range parts {
		text += part
	}
	return text
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

func errorText(err error) string { return err.Error() }
