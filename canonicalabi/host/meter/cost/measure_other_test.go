//go:build !linux

package cost_test

import "time"

var started = time.Now()

// processorSeconds returns the time since the process started: what it computed is not
// known here.
func processorSeconds() float64 { return time.Since(started).Seconds() }

// Memory is not known here.
func residentBytes() int64     { return 0 }
func mostResidentBytes() int64 { return 0 }
