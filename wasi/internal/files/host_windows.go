package files

import (
	"io/fs"
	"os"
	"syscall"
	"time"
)

// timesOf returns the times of a file that package os has no method for.
func timesOf(info fs.FileInfo) (accessed, changed time.Time) {
	if data, ok := info.Sys().(*syscall.Win32FileAttributeData); ok {
		accessed = time.Unix(0, data.LastAccessTime.Nanoseconds())
	}
	return accessed, time.Time{}
}

// setOpenTimes sets the times of an open file. A nil time is left as it is.
func setOpenTimes(f *os.File, accessed, modified Time) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	err = conn.Control(func(fd uintptr) {
		inner = syscall.SetFileTime(syscall.Handle(fd), nil, fileTime(accessed), fileTime(modified))
	})
	if err == nil {
		err = inner
	}
	return err
}

func fileTime(t Time) *syscall.Filetime {
	if t.keeps() {
		return nil
	}
	made := syscall.NsecToFiletime(t.pick(time.Time{}).UnixNano())
	return &made
}
