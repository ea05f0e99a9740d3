//go:build tinygo.wasm

package guest

// tinygo says that TinyGo compiles the guest.
const tinygo = true
