//go:build gc.conservative || gc.leaking

package guest

// stringsInPlace reports whether a list<string> in memory is a []string: TinyGo's strings
// are an address and a length of 32 bits each, as WIT's are, and these collectors
// look for pointers in all memory, that of the host's allocations too.
const stringsInPlace = true
