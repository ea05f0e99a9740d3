//go:build wasip1

package adapter

// What the guest can ask for, as package preview1 sees it by its imports.
const (
	// files is true if descriptors may be files.
	files = true
	// exitCodes is true if the host is told the exit code, and not whether it is 0.
	exitCodes = true
)
