package cost_test

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// processorSeconds returns the time that this process has computed.
func processorSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

func status(field string) int64 {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		panic(err)
	}
	_, rest, _ := strings.Cut(string(b), field+":")
	n, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		panic(err)
	}
	return n << 10
}

// residentBytes returns the memory of this process that is in use, and
// mostResidentBytes the most that was.
func residentBytes() int64     { return status("VmRSS") }
func mostResidentBytes() int64 { return status("VmHWM") }
