package main

import (
	"os"
	"syscall"
)

// maxRSS returns the most memory that an ended process had, in KiB.
func maxRSS(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return int64(usage.Maxrss)
}
