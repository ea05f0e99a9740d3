package files

import (
	"time"

	"golang.org/x/sys/unix"
)

// syncReads is 0: the system has no O_RSYNC, and RequestedWriteSync is a request.
const syncReads = 0

// timespecs returns two times to set, in the system's form. Package unix has no names
// for the values that keep a time or set the clock's.
func timespecs(accessed, modified Time, old *unix.Stat_t) []unix.Timespec {
	made := make([]unix.Timespec, 2)
	for n, t := range []time.Time{accessed.pick(timeOf(old.Atim)), modified.pick(timeOf(old.Mtim))} {
		made[n] = unix.NsecToTimespec(t.UnixNano())
	}
	return made
}

// futimes sets the times of an open file, in microseconds.
func futimes(fd int, times []unix.Timespec) error {
	made := make([]unix.Timeval, len(times))
	for n, t := range times {
		made[n] = unix.NsecToTimeval(unix.TimespecToNsec(t))
	}
	return unix.Futimes(fd, made)
}
