//go:build gc.leaking

package guest

// leaking reports whether the guest is built with TinyGo's -gc=leaking, which frees
// nothing, so that nothing needs a root.
const leaking = true
