//go:build !linux && !darwin && !windows

package wasi

import "os"

// terminal reports whether f is a device of characters, which a terminal is.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
