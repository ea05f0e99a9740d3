package files

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/witgen/witgen/wasi/internal/fault"
)

// fsFolder is a folder of an fs.FS, which is read-only.
type fsFolder struct {
	fsys fs.FS
	// path is the folder's, in the form of fs.ValidPath.
	path string
}

// resolve returns the path in fsys that a guest's path leads to, as the system does
// it: element by element, "..", and symbolic links where fsys has them.
func (f *fsFolder) resolve(name string, follow bool) (string, fs.FileInfo, error) {
	links, _ := f.fsys.(fs.ReadLinkFS)
	rest := strings.Split(name, "/")
	at := "." // from f.path
	var info fs.FileInfo
	hops := 0
	for len(rest) > 0 {
		element := rest[0]
		rest = rest[1:]
		if element == "" || element == "." {
			if info != nil && !info.IsDir() {
				return "", nil, fault.NotDirectory
			}
			continue
		}
		if info != nil && !info.IsDir() {
			return "", nil, fault.NotDirectory
		}
		if element == ".." {
			if at == "." {
				return "", nil, fault.NotPermitted
			}
			at, info = path.Dir(at), nil
			continue
		}
		next := path.Join(at, element)
		full := path.Join(f.path, next)
		if !fs.ValidPath(full) {
			return "", nil, fault.NoEntry
		}
		var err error
		if links != nil {
			info, err = links.Lstat(full)
		} else {
			info, err = fs.Stat(f.fsys, full)
		}
		if err != nil {
			return "", nil, fault.Wrap(err)
		}
		if info.Mode()&fs.ModeSymlink != 0 && links != nil && (follow || len(rest) > 0) {
			if hops++; hops > maxLinks {
				return "", nil, fault.Loop
			}
			target, err := links.ReadLink(full)
			if err == nil {
				err = checkTarget(target)
			}
			if err != nil {
				return "", nil, fault.Wrap(err)
			}
			rest = append(strings.Split(target, "/"), rest...)
			info = nil
			continue
		}
		at = next
	}
	full := path.Join(f.path, at)
	if info == nil {
		var err error
		if info, err = fs.Stat(f.fsys, full); err != nil {
			return "", nil, fault.Wrap(err)
		}
	}
	return full, info, nil
}

func (f *fsFolder) open(name string, follow bool, how OpenFlags, flags Flags) (file, folder, error) {
	full, info, err := f.resolve(name, follow)
	switch {
	case err != nil:
		return nil, nil, err
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, nil, fault.Loop
	case info.IsDir():
		return nil, &fsFolder{f.fsys, full}, nil
	case how.Has(DirectoryOnly):
		return nil, nil, fault.NotDirectory
	}
	opened, err := f.fsys.Open(full)
	if err != nil {
		return nil, nil, fault.Wrap(err)
	}
	return &fsFile{fsys: f.fsys, path: full, file: opened}, nil, nil
}

func fsStat(info fs.FileInfo) Stat {
	return Stat{Type: typeOf(info.Mode()), Links: 1, Size: uint64(max(info.Size(), 0)), Modified: info.ModTime()}
}

func (f *fsFolder) stat(name string, follow bool) (Stat, error) {
	_, info, err := f.resolve(name, follow)
	if err != nil {
		return Stat{}, err
	}
	return fsStat(info), nil
}

func (f *fsFolder) readlink(name string) (string, error) {
	links, ok := f.fsys.(fs.ReadLinkFS)
	full, info, err := f.resolve(name, false)
	switch {
	case err != nil:
		return "", err
	case !ok || info.Mode()&fs.ModeSymlink == 0:
		return "", fault.Invalid
	}
	target, err := links.ReadLink(full)
	return target, fault.Wrap(err)
}

func (f *fsFolder) Stat() (Stat, error) {
	info, err := fs.Stat(f.fsys, f.path)
	if err != nil {
		return Stat{}, fault.Wrap(err)
	}
	return fsStat(info), nil
}

func (f *fsFolder) setTimes(string, bool, Time, Time) error { return fault.ReadOnly }
func (f *fsFolder) mkdir(string) error                      { return fault.ReadOnly }
func (f *fsFolder) link(string, folder, string) error       { return fault.ReadOnly }
func (f *fsFolder) symlink(string, string) error            { return fault.ReadOnly }
func (f *fsFolder) rename(string, folder, string) error     { return fault.ReadOnly }
func (f *fsFolder) unlink(string) error                     { return fault.ReadOnly }
func (f *fsFolder) rmdir(string) error                      { return fault.ReadOnly }
func (f *fsFolder) SetTimes(Time, Time) error               { return fault.ReadOnly }
func (f *fsFolder) Sync(bool) error                         { return nil }
func (f *fsFolder) Close() error                            { return nil }

func (f *fsFolder) same(other folder) bool {
	o, ok := other.(*fsFolder)
	return ok && sameFS(f.fsys, o.fsys) && f.path == o.path
}

// sameFS compares file systems whose type allows it.
func sameFS(a, b fs.FS) (same bool) {
	defer func() { _ = recover() }() // of a type that does not compare
	return a == b
}

func (f *fsFolder) list() (lister, error) {
	opened, err := f.fsys.Open(f.path)
	if err != nil {
		return nil, fault.Wrap(err)
	}
	if dir, ok := opened.(fs.ReadDirFile); ok {
		return &fsLister{dir: dir}, nil
	}
	if err := opened.Close(); err != nil {
		return nil, fault.Wrap(err)
	}
	all, err := fs.ReadDir(f.fsys, f.path)
	if err != nil {
		return nil, fault.Wrap(err)
	}
	return &fsLister{unread: all}, nil
}

type fsLister struct {
	dir    fs.ReadDirFile // or nil, where unread is all
	unread []fs.DirEntry
}

func (l *fsLister) next() (Entry, error) {
	if len(l.unread) == 0 && l.dir != nil {
		var err error
		l.unread, err = l.dir.ReadDir(128)
		if len(l.unread) == 0 && err != nil && !errors.Is(err, io.EOF) {
			return Entry{}, fault.Wrap(err)
		}
	}
	if len(l.unread) == 0 {
		return Entry{}, io.EOF
	}
	entry := l.unread[0]
	l.unread = l.unread[1:]
	return Entry{Name: entry.Name(), Type: typeOf(entry.Type())}, nil
}

func (l *fsLister) Close() error {
	if l.dir == nil {
		return nil
	}
	return l.dir.Close()
}

// fsFile is a file of an fs.FS.
type fsFile struct {
	fsys fs.FS
	path string

	mu   sync.Mutex
	file fs.File
	at   int64 // where the next Read of file is, without ReaderAt and Seeker
}

// ReadAt reads by the file's own ReadAt, by seeking, or by reading on: from the start
// again where that lies behind.
func (f *fsFile) ReadAt(p []byte, offset int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r, ok := f.file.(io.ReaderAt); ok {
		return r.ReadAt(p, offset)
	}
	if s, ok := f.file.(io.Seeker); ok {
		if _, err := s.Seek(offset, io.SeekStart); err != nil {
			return 0, err
		}
		return readFull(f.file, p)
	}
	if offset < f.at {
		again, err := f.fsys.Open(f.path)
		if err != nil {
			return 0, err
		}
		_ = f.file.Close() // It was only read.
		f.file, f.at = again, 0
	}
	skipped, err := io.CopyN(io.Discard, f.file, offset-f.at)
	f.at += skipped
	if err != nil {
		return 0, err
	}
	n, err := readFull(f.file, p)
	f.at += int64(n)
	return n, err
}

// readFull reads as ReadAt does: less than p comes with an error.
func readFull(r io.Reader, p []byte) (int, error) {
	n, err := io.ReadFull(r, p)
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	return n, err
}

func (f *fsFile) Stat() (Stat, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := f.file.Stat()
	if err != nil {
		return Stat{}, fault.Wrap(err)
	}
	return fsStat(info), nil
}

func (f *fsFile) WriteAt([]byte, int64) (int, error) { return 0, fault.ReadOnly }
func (f *fsFile) Append([]byte) (int, error)         { return 0, fault.ReadOnly }
func (f *fsFile) SetSize(int64) error                { return fault.ReadOnly }
func (f *fsFile) SetTimes(Time, Time) error          { return fault.ReadOnly }
func (f *fsFile) Sync(bool) error                    { return nil }
func (f *fsFile) Advise(int64, int64, Advice) error  { return nil }

func (f *fsFile) same(other file) bool {
	o, ok := other.(*fsFile)
	return ok && sameFS(f.fsys, o.fsys) && f.path == o.path
}

func (f *fsFile) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.file.Close()
}
