//go:build (wasm || tinygo.wasm) && !gc.conservative && !gc.leaking

package guest

// stringsInPlace reports whether a list<string> in memory is a []string. Here it is not:
// the strings of standard Go are of two words of 64 bits, and TinyGo's precise
// collector looks for no pointers in what the host has allocated.
const stringsInPlace = false
