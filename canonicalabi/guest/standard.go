//go:build wasm && !tinygo.wasm

package guest

// tinygo reports whether TinyGo compiles the guest. Here standard Go does.
const tinygo = false
