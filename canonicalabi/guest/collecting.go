//go:build (wasm || tinygo.wasm) && !gc.leaking

package guest

// leaking says that nothing is ever freed. This guest has a garbage collector.
const leaking = false
