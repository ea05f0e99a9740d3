//go:build tinygo.wasm

package guest

// tinygo reports whether TinyGo compiles the guest.
const tinygo = true
