//go:build !linux

package files

import (
	"io"
	"os"
	"time"

	"github.com/witgen/witgen/wasi/internal/fault"
)

// appendTo writes at the file's end. Another process may write there meanwhile.
func appendTo(f *os.File, p []byte) (int, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return f.WriteAt(p, info.Size())
}

// syncFolder does nothing: not every system syncs folders.
func syncFolder(*os.File) error { return nil }

// Sync writes to the device.
func (f *hostFile) Sync(bool) error { return f.File.Sync() }

// Advise does nothing.
func (f *hostFile) Advise(int64, int64, Advice) error { return nil }

func (f *hostFolder) list() (lister, error) {
	dir, err := f.root.Open(".")
	if err != nil {
		return nil, fault.Wrap(err)
	}
	return &hostLister{dir: dir}, nil
}

// hostLister reads a folder by package os, which confines what it asks of the entries
// since the folder was opened in a Root.
type hostLister struct {
	dir    *os.File
	unread []os.DirEntry
}

func (l *hostLister) Close() error { return l.dir.Close() }

func (l *hostLister) next() (Entry, error) {
	if len(l.unread) == 0 {
		var err error
		l.unread, err = l.dir.ReadDir(128)
		if len(l.unread) == 0 {
			if err == nil {
				err = io.EOF
			}
			if err == io.EOF {
				return Entry{}, err
			}
			return Entry{}, fault.Wrap(err)
		}
	}
	entry := l.unread[0]
	l.unread = l.unread[1:]
	made := Entry{Name: entry.Name(), Type: typeOf(entry.Type())}
	if info, err := entry.Info(); err == nil {
		made.Inode = inodeOf(info)
	}
	return made, nil
}

// pick returns the time that t sets, or old.
func (t Time) pick(old time.Time) time.Time {
	switch {
	case t.Now:
		return time.Now()
	case t.Set:
		return t.At
	}
	return old
}
