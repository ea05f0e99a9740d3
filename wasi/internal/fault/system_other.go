//go:build !unix && !windows

package fault

// ofSystem knows no error number of this system: the portable errors decide.
func ofSystem(error) (Code, bool) { return 0, false }
