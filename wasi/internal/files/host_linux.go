package files

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/witgen/witgen/wasi/internal/fault"
)

// syncReads has reads wait for writes, as RequestedWriteSync asks.
const syncReads = unix.O_RSYNC

// timespecs returns two times to set, in the system's form.
func timespecs(accessed, modified Time, _ *unix.Stat_t) []unix.Timespec {
	return []unix.Timespec{timespec(accessed), timespec(modified)}
}

func timespec(t Time) unix.Timespec {
	var made unix.Timespec
	switch {
	case t.Now:
		made.Nsec = unix.UTIME_NOW
	case t.Set:
		// A time that 32 bits do not hold is the only error, on systems that have no more.
		if ts, err := unix.TimeToTimespec(t.At); err == nil {
			return ts
		}
		made.Nsec = -1 // The system refuses it.
	default:
		made.Nsec = unix.UTIME_OMIT
	}
	return made
}

// futimes sets the times of an open file. utimensat does it without a path, for which
// package unix has no form.
func futimes(fd int, times []unix.Timespec) error {
	_, _, number := unix.Syscall6(unix.SYS_UTIMENSAT, uintptr(fd), 0, uintptr(unsafe.Pointer(&times[0])), 0, 0, 0)
	if number != 0 {
		return number
	}
	return nil
}

// appendTo writes at the file's end, wherever that is at the moment of the write.
func appendTo(f *os.File, p []byte) (int, error) {
	n := 0
	err := control(f, func(fd int) error {
		for n < len(p) {
			m, err := unix.Pwritev2(fd, [][]byte{p[n:]}, 0, unix.RWF_APPEND)
			n += max(m, 0)
			switch {
			case err == unix.EINTR:
			case err == unix.EOPNOTSUPP || err == unix.ENOSYS:
				return appendByStat(fd, p, &n)
			case err != nil:
				return err
			case m == 0:
				return io.ErrShortWrite
			}
		}
		return nil
	})
	return n, err
}

// appendByStat is appendTo for file systems without that flag.
func appendByStat(fd int, p []byte, n *int) error {
	for *n < len(p) {
		var stat unix.Stat_t
		if err := unix.Fstat(fd, &stat); err != nil {
			return err
		}
		m, err := unix.Pwrite(fd, p[*n:], stat.Size)
		if err != nil && err != unix.EINTR {
			return err
		}
		*n += max(m, 0)
	}
	return nil
}

// syncFolder writes a folder's entries to the device.
func syncFolder(dir *os.File) error { return dir.Sync() }

// Sync writes to the device.
func (f *hostFile) Sync(data bool) error {
	if !data {
		return f.File.Sync()
	}
	return control(f.File, func(fd int) error { return retry(func() error { return unix.Fdatasync(fd) }) })
}

var advices = [...]int{
	Normal:     unix.FADV_NORMAL,
	Sequential: unix.FADV_SEQUENTIAL,
	Random:     unix.FADV_RANDOM,
	WillNeed:   unix.FADV_WILLNEED,
	DontNeed:   unix.FADV_DONTNEED,
	NoReuse:    unix.FADV_NOREUSE,
}

// Advise tells the system how the file will be read.
func (f *hostFile) Advise(offset, length int64, advice Advice) error {
	return control(f.File, func(fd int) error { return unix.Fadvise(fd, offset, length, advices[advice]) })
}

func (f *hostFolder) list() (lister, error) {
	fd := -1
	err := control(f.dir, func(dir int) error {
		return retry(func() (err error) {
			fd, err = unix.Openat(dir, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
			return err
		})
	})
	if err != nil {
		return nil, fault.Wrap(err)
	}
	return &hostLister{dir: os.NewFile(uintptr(fd), "folder")}, nil
}

// hostLister reads a folder by getdents64, which has the inodes that os.ReadDir would
// ask for one by one.
type hostLister struct {
	dir    *os.File
	buffer [8192]byte
	unread []byte
}

func (l *hostLister) Close() error { return l.dir.Close() }

func (l *hostLister) next() (Entry, error) {
	// The fields of linux_dirent64 before the name.
	const inode, length, kind, name = 0, 16, 18, 19
	for {
		if len(l.unread) == 0 {
			var n int
			err := control(l.dir, func(fd int) error {
				return retry(func() (err error) {
					n, err = unix.Getdents(fd, l.buffer[:])
					return err
				})
			})
			if n == 0 && err == nil || errors.Is(err, unix.ENOENT) {
				return Entry{}, io.EOF // Linux fails where the folder is removed: to POSIX it is empty.
			}
			if err != nil {
				return Entry{}, fault.Wrap(err)
			}
			l.unread = l.buffer[:n]
		}
		size := int(binary.NativeEndian.Uint16(l.unread[length:]))
		record := l.unread[:size]
		l.unread = l.unread[size:]
		text := record[name:]
		if end := bytes.IndexByte(text, 0); end >= 0 {
			text = text[:end]
		}
		if string(text) == "." || string(text) == ".." {
			continue
		}
		entry := Entry{Name: string(text), Type: entryType(record[kind]), Inode: binary.NativeEndian.Uint64(record[inode:])}
		if record[kind] == unix.DT_UNKNOWN {
			l.complete(&entry)
		}
		return entry, nil
	}
}

// complete finds an entry's type where the folder has none.
func (l *hostLister) complete(entry *Entry) {
	_ = control(l.dir, func(fd int) error { // Without it, the type stays unknown.
		stat, err := lstat(fd, entry.Name)
		if err == nil {
			entry.Type = statOf(&stat).Type
		}
		return err
	})
}

func entryType(kind byte) Type {
	switch kind {
	case unix.DT_REG:
		return RegularFile
	case unix.DT_DIR:
		return Directory
	case unix.DT_LNK:
		return SymbolicLink
	case unix.DT_FIFO:
		return FIFO
	case unix.DT_SOCK:
		return Socket
	case unix.DT_BLK:
		return BlockDevice
	case unix.DT_CHR:
		return CharacterDevice
	}
	return Unknown
}
