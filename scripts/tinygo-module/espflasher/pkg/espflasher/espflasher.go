// Package espflasher stands in for the package of the same name that TinyGo
// flashes ESP32 boards with. It has the declarations that TinyGo compiles
// against, and refuses to flash.
package espflasher

import (
	"errors"
	"io"
)

var errStandIn = errors.New("this TinyGo was built for WebAssembly and cannot flash ESP32 boards")

// ResetMode says how a board is reset.
type ResetMode int

// ResetUSBJTAG resets over USB JTAG.
const ResetUSBJTAG ResetMode = 1

// StdoutLogger writes a log to W.
type StdoutLogger struct{ W io.Writer }

// Options are the settings of New.
type Options struct {
	Compress  bool
	Logger    *StdoutLogger
	ResetMode ResetMode
}

// DefaultOptions returns the settings to start from.
func DefaultOptions() *Options { return &Options{} }

// Flasher is a connection to a board.
type Flasher struct{}

// New always fails.
func New(port string, opts *Options) (*Flasher, error) { return nil, errStandIn }

// Close does nothing.
func (*Flasher) Close() error { return nil }

// ChipName returns the empty string.
func (*Flasher) ChipName() string { return "" }

// EraseFlash always fails.
func (*Flasher) EraseFlash(progress func(done, total int)) error { return errStandIn }

// FlashImage always fails.
func (*Flasher) FlashImage(image []byte, offset uint32, progress func(done, total int)) error {
	return errStandIn
}

// Reset does nothing.
func (*Flasher) Reset() {}
