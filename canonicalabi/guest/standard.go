//go:build wasm && !tinygo.wasm

package guest

// tinygo says that TinyGo compiles the guest. Here standard Go does.
const tinygo = false
