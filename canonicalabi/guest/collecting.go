//go:build (wasm || tinygo.wasm) && !gc.leaking

package guest

// leaking reports whether memory is never freed. This guest has a garbage collector.
const leaking = false
