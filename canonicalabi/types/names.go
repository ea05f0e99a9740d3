package types

// FromBool returns 1 for true and 0 for false: how a bool is lowered.
func FromBool(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

// CaseName returns the name of case n of the enum that is called enum, whose cases
// have these names. For any other number it returns enum(n).
func CaseName(enum string, n uint32, names ...string) string {
	if uint64(n) < uint64(len(names)) {
		return names[n]
	}
	return UnknownCase(enum, n)
}

// UnknownCase is what stands for a number that is no case of an enum: enum(n).
func UnknownCase(enum string, n uint32) string { return enum + "(" + decimal(uint64(n)) + ")" }

// FlagNames returns the names of the flags that are set in bits, with | between
// them; the first name is that of bit 0. Bits without a name are left out. Where
// nothing is left it returns 0.
func FlagNames(bits uint32, names ...string) string {
	s := ""
	for i, name := range names {
		if bits&(1<<i) == 0 {
			continue
		}
		if s != "" {
			s += "|"
		}
		s += name
	}
	if s == "" {
		return "0"
	}
	return s
}
