//go:build !linux && !darwin

package files

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/witgen/witgen/wasi/internal/fault"
)

// Everything here goes by os.Root alone, which confines each step. Where two steps
// have to fit together, another process may come between, which can have them refer
// to different files within the folder, and never to one outside.

// final finds what a path leads to, or the symbolic link at its end unless links are
// followed. It returns the path without a slash at its end.
func (f *hostFolder) final(path string, follow bool) (string, fs.FileInfo, error) {
	_, _, slash := split(path)
	name := strings.TrimRight(path, "/")
	look := f.root.Lstat
	if follow || slash {
		look = f.root.Stat
	}
	info, err := look(name)
	if err == nil && slash && !info.IsDir() {
		err = fault.NotDirectory
	}
	return name, info, fault.Wrap(err)
}

func (f *hostFolder) open(path string, follow bool, how OpenFlags, flags Flags) (file, folder, error) {
	name, info, err := f.final(path, follow)
	if err != nil && (!errors.Is(err, fault.NoEntry) || !how.Has(Create)) {
		return nil, nil, err
	}
	_, _, slash := split(path)
	switch {
	case err != nil && slash, slash && how.Has(Create):
		return nil, nil, fault.IsDirectory
	case err != nil:
	case how.Has(Create | Exclusive):
		return nil, nil, fault.Exist
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, nil, fault.Loop
	case info.IsDir():
		if flags.Has(Write) || how&(Create|Truncate) != 0 {
			return nil, nil, fault.IsDirectory
		}
		root, err := f.root.OpenRoot(name)
		if err != nil {
			return nil, nil, fault.Wrap(err)
		}
		folder, err := folderOf(root)
		return nil, folder, err
	case how.Has(DirectoryOnly):
		return nil, nil, fault.NotDirectory
	}
	mode := os.O_RDONLY
	switch {
	case flags.Has(Read|Write) || how.Has(Truncate) && !flags.Has(Write):
		mode = os.O_RDWR
	case flags.Has(Write):
		mode = os.O_WRONLY
	}
	if how.Has(Create) {
		mode |= os.O_CREATE
	}
	if how.Has(Exclusive) {
		mode |= os.O_EXCL
	}
	if how.Has(Truncate) {
		mode |= os.O_TRUNC
	}
	if flags&(FileIntegritySync|DataIntegritySync) != 0 {
		mode |= os.O_SYNC
	}
	opened, err := f.root.OpenFile(name, mode, 0o666)
	if err != nil {
		return nil, nil, fault.Wrap(err)
	}
	made := &hostFile{File: opened}
	if info, err := opened.Stat(); err == nil {
		made.stream = !info.Mode().IsRegular()
	}
	return made, nil, nil
}

func (f *hostFolder) stat(path string, follow bool) (Stat, error) {
	_, info, err := f.final(path, follow)
	if err != nil {
		return Stat{}, err
	}
	return statOf(info), nil
}

func (f *hostFolder) Stat() (Stat, error) { return fstat(f.dir) }

func (f *hostFile) Stat() (Stat, error) { return fstat(f.File) }

func fstat(f *os.File) (Stat, error) {
	info, err := f.Stat()
	if err != nil {
		return Stat{}, fault.Wrap(err)
	}
	return statOf(info), nil
}

func statOf(info fs.FileInfo) Stat {
	made := Stat{Type: typeOf(info.Mode()), Links: 1, Size: uint64(max(info.Size(), 0)), Modified: info.ModTime(), Inode: inodeOf(info)}
	made.Accessed, made.Changed = timesOf(info)
	return made
}

func (f *hostFolder) setTimes(path string, follow bool, accessed, modified Time) error {
	name, info, err := f.final(path, follow)
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return fault.Unsupported
	}
	return fault.Wrap(f.root.Chtimes(name, zeroToKeep(accessed), zeroToKeep(modified)))
}

// zeroToKeep returns a time in the form of Chtimes.
func zeroToKeep(t Time) time.Time { return t.pick(time.Time{}) }

func (f *hostFolder) SetTimes(accessed, modified Time) error {
	return fault.Wrap(f.root.Chtimes(".", zeroToKeep(accessed), zeroToKeep(modified)))
}

func (f *hostFile) SetTimes(accessed, modified Time) error {
	if accessed.keeps() && modified.keeps() {
		return nil
	}
	return setOpenTimes(f.File, accessed, modified)
}

func (f *hostFolder) mkdir(path string) error {
	return fault.Wrap(f.root.Mkdir(strings.TrimRight(path, "/"), 0o777))
}

func (f *hostFolder) link(path string, to folder, newPath string) error {
	if to != folder(f) {
		return fault.CrossDevice
	}
	name, info, err := f.final(path, false)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return fault.NotPermitted
	}
	if err := f.absent(newPath); err != nil {
		return err
	}
	return fault.Wrap(f.root.Link(name, newPath))
}

// absent fails for a path that a folder's slash ends.
func (f *hostFolder) absent(path string) error {
	if _, _, slash := split(path); !slash {
		return nil
	}
	_, info, err := f.final(path, false)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return fault.Exist
	}
	return fault.NotDirectory
}

func (f *hostFolder) symlink(target, path string) error {
	if err := f.absent(path); err != nil {
		return err
	}
	return fault.Wrap(f.root.Symlink(target, path))
}

func (f *hostFolder) readlink(path string) (string, error) {
	name, _, err := f.final(path, false)
	if err != nil {
		return "", err
	}
	target, err := f.root.Readlink(name)
	return strings.ReplaceAll(target, string(os.PathSeparator), "/"), fault.Wrap(err)
}

func (f *hostFolder) rename(path string, to folder, newPath string) error {
	if to != folder(f) {
		return fault.CrossDevice
	}
	_, _, slash := split(path)
	_, _, newSlash := split(newPath)
	name, newName := strings.TrimRight(path, "/"), strings.TrimRight(newPath, "/")
	info, err := f.root.Lstat(name)
	if err != nil {
		return fault.Wrap(err)
	}
	if (slash || newSlash) && !info.IsDir() {
		return fault.NotDirectory
	}
	if old, err := f.root.Lstat(newName); err == nil && !os.SameFile(old, info) {
		switch {
		case old.IsDir() && !info.IsDir():
			return fault.IsDirectory
		case !old.IsDir() && info.IsDir():
			return fault.NotDirectory
		case old.IsDir():
			if err := f.rmdir(newName); err != nil {
				return err
			}
		}
	}
	return fault.Wrap(f.root.Rename(name, newName))
}

func (f *hostFolder) unlink(path string) error {
	_, _, slash := split(path)
	name := strings.TrimRight(path, "/")
	info, err := f.root.Lstat(name)
	switch {
	case err != nil:
		return fault.Wrap(err)
	case info.IsDir():
		return fault.IsDirectory
	case slash:
		return fault.NotDirectory
	}
	return fault.Wrap(f.root.Remove(name))
}

func (f *hostFolder) rmdir(path string) error {
	name := strings.TrimRight(path, "/")
	if _, last, _ := split(name); last == "." {
		return fault.Invalid
	}
	info, err := f.root.Lstat(name)
	switch {
	case err != nil:
		return fault.Wrap(err)
	case !info.IsDir():
		return fault.NotDirectory
	}
	return fault.Wrap(f.root.Remove(name))
}

func (t Time) keeps() bool { return !t.Now && !t.Set }
