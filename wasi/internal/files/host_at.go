//go:build linux || darwin

package files

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/witgen/witgen/wasi/internal/fault"
)

// control calls op with the descriptor of f, which stays open meanwhile.
func control(f *os.File, op func(fd int) error) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	if err := conn.Control(func(fd uintptr) { inner = op(int(fd)) }); err != nil {
		return err
	}
	return inner
}

// retry calls op until no signal interrupts it.
func retry(op func() error) error {
	for {
		if err := op(); err != unix.EINTR {
			return err
		}
	}
}

// at calls op with the folder that holds a path's last element, and the element's
// name, which has no slash: a call of the system on it that does not follow symbolic
// links stays within that folder.
func (f *hostFolder) at(path string, op func(dir int, name string, slash bool) error) error {
	parent, name, slash := split(path)
	dir := f.dir
	if parent != "" {
		var err error
		if dir, err = f.root.OpenFile(parent, unix.O_RDONLY|unix.O_DIRECTORY, 0); err != nil {
			return fault.Wrap(err)
		}
		defer dir.Close()
	}
	return fault.Wrap(control(dir, func(fd int) error {
		return retry(func() error { return op(fd, name, slash) })
	}))
}

// errLink is an operation's error for a symbolic link that it should follow.
var errLink = errors.New("symbolic link")

// followed is at for an operation that meets the end of a chain of symbolic links. op
// returns errLink for a link, if its parameter follow is set. where, unless nil, gets
// the path of the last element that op was called for.
func (f *hostFolder) followed(path string, follow bool, op func(dir int, name string, follow, slash bool) error, where *string) error {
	for range maxLinks {
		var target string
		err := f.at(path, func(dir int, name string, slash bool) error {
			err := op(dir, name, follow || slash, slash)
			if err == errLink {
				if target, err = readlink(dir, name); err == nil {
					err = errLink
				}
			}
			return err
		})
		if !errors.Is(err, errLink) {
			if where != nil {
				*where = path
			}
			return err
		}
		parent, _, slash := split(path)
		if path, err = through(parent, target, slash); err != nil {
			return err
		}
	}
	return fault.Loop
}

func readlink(dir int, name string) (string, error) {
	for size := 256; ; size *= 2 {
		buffer := make([]byte, size)
		n, err := unix.Readlinkat(dir, name, buffer)
		if err != nil {
			return "", err
		}
		if n < size {
			return string(buffer[:n]), nil
		}
	}
}

func lstat(dir int, name string) (unix.Stat_t, error) {
	var stat unix.Stat_t
	err := unix.Fstatat(dir, name, &stat, unix.AT_SYMLINK_NOFOLLOW)
	return stat, err
}

// lookup is lstat for an operation that may follow a link, and checks that a path with
// a slash at its end is a folder's.
func lookup(dir int, name string, follow, slash bool) (unix.Stat_t, error) {
	stat, err := lstat(dir, name)
	switch {
	case err != nil:
	case follow && stat.Mode&unix.S_IFMT == unix.S_IFLNK:
		err = errLink
	case slash && stat.Mode&unix.S_IFMT != unix.S_IFDIR:
		err = unix.ENOTDIR
	}
	return stat, err
}

func (f *hostFolder) open(path string, follow bool, how OpenFlags, flags Flags) (file, folder, error) {
	mode := unix.O_CLOEXEC | unix.O_NOFOLLOW | unix.O_NOCTTY |
		unix.O_NONBLOCK // A named pipe without a writer is no reason to wait.
	switch {
	case flags.Has(Read|Write) || how.Has(Truncate) && !flags.Has(Write):
		mode |= unix.O_RDWR
	case flags.Has(Write):
		mode |= unix.O_WRONLY
	}
	for _, m := range []struct {
		on  bool
		bit int
	}{
		{how.Has(Create), unix.O_CREAT},
		{how.Has(Exclusive), unix.O_EXCL},
		{how.Has(Truncate), unix.O_TRUNC},
		{how.Has(DirectoryOnly), unix.O_DIRECTORY},
		{flags.Has(FileIntegritySync), unix.O_SYNC},
		{flags.Has(DataIntegritySync), unix.O_DSYNC},
		{flags.Has(RequestedWriteSync), syncReads},
	} {
		if m.on {
			mode |= m.bit
		}
	}
	fd, where := -1, ""
	err := f.followed(path, follow, func(dir int, name string, follow, slash bool) error {
		mode := mode
		if slash {
			if how.Has(Create) {
				return unix.EISDIR
			}
			mode |= unix.O_DIRECTORY
		}
		var err error
		fd, err = unix.Openat(dir, name, mode, 0o666)
		switch err {
		case unix.ELOOP, unix.ENOTDIR:
			if stat, err := lstat(dir, name); err == nil && stat.Mode&unix.S_IFMT == unix.S_IFLNK && follow {
				return errLink
			}
		case unix.ENXIO:
			// A named pipe to write, which nobody reads, or a socket.
			return fault.NoSuchDevice
		}
		return err
	}, &where)
	if err != nil {
		return nil, nil, err
	}
	return f.opened(fd, where)
}

// opened wraps a descriptor that was opened at a path.
func (f *hostFolder) opened(fd int, path string) (file, folder, error) {
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		_ = unix.Close(fd) // The error above is the reason.
		return nil, nil, fault.Wrap(err)
	}
	made := os.NewFile(uintptr(fd), "file")
	switch stat.Mode & unix.S_IFMT {
	case unix.S_IFDIR:
		root, err := f.rootOf(made, path)
		if err != nil {
			_ = made.Close() // The error above is the reason.
			return nil, nil, err
		}
		return nil, &hostFolder{root, made}, nil
	case unix.S_IFREG, unix.S_IFBLK:
		return &hostFile{File: made}, nil, nil
	default:
		return &hostFile{File: made, stream: true}, nil, nil
	}
}

// rootOf opens the root of a folder that is open. Package os opens roots by path
// alone, so that another folder may have taken its place meanwhile.
func (f *hostFolder) rootOf(dir *os.File, path string) (*os.Root, error) {
	want, err := dir.Stat()
	if err != nil {
		return nil, fault.Wrap(err)
	}
	root, err := f.root.OpenRoot(path)
	if err != nil {
		return nil, fault.Wrap(err)
	}
	got, err := root.Stat(".")
	if err == nil && os.SameFile(want, got) {
		return root, nil
	}
	_ = root.Close() // It is not the one.
	if err == nil {
		err = fault.NoEntry
	}
	return nil, fault.Wrap(err)
}

func (f *hostFolder) stat(path string, follow bool) (Stat, error) {
	var stat unix.Stat_t
	err := f.followed(path, follow, func(dir int, name string, follow, slash bool) (err error) {
		stat, err = lookup(dir, name, follow, slash)
		return err
	}, nil)
	if err != nil {
		return Stat{}, err
	}
	return statOf(&stat), nil
}

func (f *hostFolder) Stat() (Stat, error) { return fstat(f.dir) }

func (f *hostFile) Stat() (Stat, error) { return fstat(f.File) }

func fstat(f *os.File) (Stat, error) {
	var stat unix.Stat_t
	if err := control(f, func(fd int) error { return unix.Fstat(fd, &stat) }); err != nil {
		return Stat{}, fault.Wrap(err)
	}
	return statOf(&stat), nil
}

func (f *hostFolder) setTimes(path string, follow bool, accessed, modified Time) error {
	return f.followed(path, follow, func(dir int, name string, follow, slash bool) error {
		stat, err := lookup(dir, name, follow, slash)
		if err != nil {
			return err
		}
		return unix.UtimesNanoAt(dir, name, timespecs(accessed, modified, &stat), unix.AT_SYMLINK_NOFOLLOW)
	}, nil)
}

func (f *hostFolder) SetTimes(accessed, modified Time) error {
	return setFileTimes(f.dir, accessed, modified)
}

func (f *hostFile) SetTimes(accessed, modified Time) error {
	return setFileTimes(f.File, accessed, modified)
}

func setFileTimes(f *os.File, accessed, modified Time) error {
	return fault.Wrap(control(f, func(fd int) error {
		var stat unix.Stat_t
		if err := unix.Fstat(fd, &stat); err != nil {
			return err
		}
		return futimes(fd, timespecs(accessed, modified, &stat))
	}))
}

func (f *hostFolder) mkdir(path string) error {
	return f.at(path, func(dir int, name string, _ bool) error { return unix.Mkdirat(dir, name, 0o777) })
}

func (f *hostFolder) link(path string, to folder, newPath string) error {
	target, err := host(to)
	if err != nil {
		return err
	}
	return f.at(path, func(dir int, name string, slash bool) error {
		stat, err := lookup(dir, name, false, slash)
		if err != nil {
			return err
		}
		if stat.Mode&unix.S_IFMT == unix.S_IFDIR {
			return unix.EPERM
		}
		return target.at(newPath, func(newDir int, newName string, newSlash bool) error {
			if newSlash {
				return absent(newDir, newName)
			}
			return unix.Linkat(dir, name, newDir, newName, 0)
		})
	})
}

// absent is the error of making a file at a path that a folder's slash ends.
func absent(dir int, name string) error {
	switch stat, err := lstat(dir, name); {
	case err != nil:
		return err
	case stat.Mode&unix.S_IFMT == unix.S_IFDIR:
		return unix.EEXIST
	default:
		return unix.ENOTDIR
	}
}

func (f *hostFolder) symlink(target, path string) error {
	return f.at(path, func(dir int, name string, slash bool) error {
		if slash {
			return absent(dir, name)
		}
		return unix.Symlinkat(target, dir, name)
	})
}

func (f *hostFolder) readlink(path string) (string, error) {
	var target string
	// A slash has the link followed, and no link is left then.
	err := f.followed(path, false, func(dir int, name string, follow, slash bool) (err error) {
		if slash {
			if _, err := lookup(dir, name, follow, slash); err != nil {
				return err
			}
		}
		target, err = readlink(dir, name)
		return err
	}, nil)
	return target, err
}

func (f *hostFolder) rename(path string, to folder, newPath string) error {
	target, err := host(to)
	if err != nil {
		return err
	}
	return f.at(path, func(dir int, name string, slash bool) error {
		return target.at(newPath, func(newDir int, newName string, newSlash bool) error {
			if slash || newSlash {
				if stat, err := lstat(dir, name); err != nil {
					return err
				} else if stat.Mode&unix.S_IFMT != unix.S_IFDIR {
					return unix.ENOTDIR
				}
			}
			return unix.Renameat(dir, name, newDir, newName)
		})
	})
}

func (f *hostFolder) unlink(path string) error {
	return f.at(path, func(dir int, name string, slash bool) error {
		stat, err := lstat(dir, name)
		switch {
		case err != nil:
			return err
		case stat.Mode&unix.S_IFMT == unix.S_IFDIR:
			return unix.EISDIR
		case slash:
			return unix.ENOTDIR
		}
		// A folder that has come meanwhile is refused by the system, under another name
		// on some.
		return unix.Unlinkat(dir, name, 0)
	})
}

func (f *hostFolder) rmdir(path string) error {
	return f.at(path, func(dir int, name string, _ bool) error {
		err := unix.Unlinkat(dir, name, unix.AT_REMOVEDIR)
		if err == unix.EEXIST {
			return unix.ENOTEMPTY
		}
		return err
	})
}

func statOf(stat *unix.Stat_t) Stat {
	made := Stat{
		Links:    uint64(stat.Nlink),
		Size:     uint64(max(stat.Size, 0)),
		Accessed: timeOf(stat.Atim),
		Modified: timeOf(stat.Mtim),
		Changed:  timeOf(stat.Ctim),
		Device:   uint64(stat.Dev),
		Inode:    stat.Ino,
	}
	switch stat.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		made.Type = RegularFile
	case unix.S_IFDIR:
		made.Type = Directory
	case unix.S_IFLNK:
		made.Type = SymbolicLink
	case unix.S_IFIFO:
		made.Type = FIFO
	case unix.S_IFSOCK:
		made.Type = Socket
	case unix.S_IFBLK:
		made.Type = BlockDevice
	case unix.S_IFCHR:
		made.Type = CharacterDevice
	}
	return made
}

func timeOf(t unix.Timespec) time.Time {
	sec, nsec := t.Unix()
	return time.Unix(sec, nsec)
}
