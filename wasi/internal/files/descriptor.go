package files

import (
	"io"
	"io/fs"
	"math"
	"sync/atomic"
	"unicode/utf8"

	"github.com/witgen/witgen/wasi/internal/fault"
)

// Descriptor is an open file or folder. Its methods may be called from several
// goroutines.
type Descriptor struct {
	file   *counted // or nil
	folder folder
	flags  Flags
	// mutable is set where the folder that it comes from may be changed.
	mutable bool
	budget  *Budget
	// shared is what others use too: Close leaves it open.
	shared bool
	closed atomic.Bool
	// held is what a stream takes of the budget's bytes.
	held int
}

// counted is an open file with the descriptors and streams that have it open.
type counted struct {
	file
	refs atomic.Int64
}

func newCounted(f file) *counted {
	if f == nil {
		return nil
	}
	made := &counted{file: f}
	made.refs.Store(1)
	return made
}

// Close closes the file with the last one that has it open.
func (c *counted) Close() error {
	if c.refs.Add(-1) > 0 {
		return nil
	}
	return c.file.Close()
}

// Folder is a folder that is granted to guests.
type Folder struct {
	folder  folder
	mutable bool
}

// OpenFolder opens a folder of the host, to grant it. Symbolic links in path are
// followed; those below it never lead out of it.
func OpenFolder(path string, readOnly bool) (*Folder, error) {
	f, err := openHost(path)
	if err != nil {
		return nil, err
	}
	return &Folder{f, !readOnly}, nil
}

// FS grants fsys, for reading.
func FS(fsys fs.FS) *Folder { return &Folder{&fsFolder{fsys, "."}, false} }

// Close closes the folder, for all who use it.
func (f *Folder) Close() error { return f.folder.Close() }

// Descriptor returns a descriptor of the folder, for an instance that has budget. It
// does not take from it.
func (f *Folder) Descriptor(budget *Budget) *Descriptor {
	return &Descriptor{folder: f.folder, flags: folderFlags(f.mutable), mutable: f.mutable, budget: budget, shared: true}
}

func folderFlags(mutable bool) Flags {
	if mutable {
		return Read | MutateDirectory
	}
	return Read
}

// Close closes the descriptor. A second Close does nothing.
func (d *Descriptor) Close() error {
	if d.closed.Swap(true) || d.shared {
		return nil
	}
	d.budget.give()
	if d.held > 0 && d.budget != nil {
		d.budget.Bytes.Give(d.held)
	}
	if d.file != nil {
		return fault.Wrap(d.file.Close())
	}
	return fault.Wrap(d.folder.Close())
}

// IsFolder reports whether d is a folder.
func (d *Descriptor) IsFolder() bool { return d.folder != nil }

// Flags returns what d is for.
func (d *Descriptor) Flags() Flags { return d.flags }

// Mutable reports whether the folder that d comes from may be changed.
func (d *Descriptor) Mutable() bool { return d.mutable }

// IsStream reports whether d is a file without offsets: a pipe, a terminal.
func (d *Descriptor) IsStream() bool {
	if d.file == nil {
		return false
	}
	f, ok := d.file.file.(*hostFile)
	return ok && f.stream
}

// Type returns the kind of the file.
func (d *Descriptor) Type() (Type, error) {
	if d.folder != nil {
		return Directory, nil
	}
	stat, err := d.file.Stat()
	return stat.Type, err
}

// inFolder checks that d is a folder, and a path in it. Where mutate is set, the
// folder must be one that may be changed.
func (d *Descriptor) inFolder(path string, mutate bool) error {
	if d.folder == nil {
		return fault.NotDirectory
	}
	if err := checkPath(path); err != nil {
		return err
	}
	if mutate && !d.mutable {
		return fault.ReadOnly
	}
	return nil
}

// Open opens a file or a folder. What it opens may be changed where d may.
func (d *Descriptor) Open(path string, follow bool, how OpenFlags, flags Flags) (*Descriptor, error) {
	mutate := flags&(Write|MutateDirectory) != 0 || how&(Create|Truncate) != 0
	if err := d.inFolder(path, mutate); err != nil {
		return nil, err
	}
	if how.Has(DirectoryOnly) && how&(Create|Exclusive|Truncate) != 0 {
		return nil, fault.Invalid
	}
	if err := d.budget.take(); err != nil {
		return nil, err
	}
	file, folder, err := d.folder.open(path, follow, how, flags)
	if err == nil && folder != nil && flags.Has(Write) {
		_ = folder.Close() // It is not wanted.
		err = fault.IsDirectory
	}
	if err != nil {
		d.budget.give()
		return nil, err
	}
	made := &Descriptor{file: newCounted(file), folder: folder, flags: flags, mutable: d.mutable, budget: d.budget}
	switch {
	case folder != nil:
		made.flags = flags&^Write | folderFlags(d.mutable)
	case flags.Has(Write | MutateDirectory):
		made.flags &^= MutateDirectory // as wasi-libc opens for writing, whatever there is
	case flags.Has(MutateDirectory):
		_ = made.Close() // It is not wanted.
		return nil, fault.NotDirectory
	}
	return made, nil
}

// Stat describes the file.
func (d *Descriptor) Stat() (Stat, error) {
	if d.folder != nil {
		return d.folder.Stat()
	}
	return d.file.Stat()
}

// StatAt describes a file in a folder.
func (d *Descriptor) StatAt(path string, follow bool) (Stat, error) {
	if err := d.inFolder(path, false); err != nil {
		return Stat{}, err
	}
	return d.folder.stat(path, follow)
}

// SetTimes sets the times of the file.
func (d *Descriptor) SetTimes(accessed, modified Time) error {
	if !d.mutable {
		return fault.ReadOnly
	}
	if d.folder != nil {
		return fault.Wrap(d.folder.SetTimes(accessed, modified))
	}
	return fault.Wrap(d.file.SetTimes(accessed, modified))
}

// SetTimesAt sets the times of a file in a folder.
func (d *Descriptor) SetTimesAt(path string, follow bool, accessed, modified Time) error {
	if err := d.inFolder(path, true); err != nil {
		return err
	}
	return d.folder.setTimes(path, follow, accessed, modified)
}

// SetSize sets the size of a file that is open for writing.
func (d *Descriptor) SetSize(size uint64) error {
	switch {
	case d.folder != nil:
		return fault.BadDescriptor
	case !d.flags.Has(Write):
		return fault.Invalid
	case size > math.MaxInt64:
		return fault.FileTooLarge
	}
	return fault.Wrap(d.file.SetSize(int64(size)))
}

// readable checks that d is a file that is open for reading.
func (d *Descriptor) readable() error {
	switch {
	case d.folder != nil:
		return fault.IsDirectory
	case !d.flags.Has(Read):
		return fault.BadDescriptor
	}
	return nil
}

// writable checks that d is a file that is open for writing.
func (d *Descriptor) writable() error {
	if d.folder != nil || !d.flags.Has(Write) {
		return fault.BadDescriptor
	}
	return nil
}

// ReadAt reads bytes at an offset into p, as many as there are. At the end of the file
// it fails with io.EOF where it reads fewer than p holds.
func (d *Descriptor) ReadAt(p []byte, offset uint64) (int, error) {
	if err := d.readable(); err != nil {
		return 0, err
	}
	if offset > math.MaxInt64 {
		return 0, fault.Invalid
	}
	n, err := d.file.ReadAt(p, int64(offset))
	if err == io.EOF {
		return n, err
	}
	return n, fault.Wrap(err)
}

// WriteAt writes p at an offset. It fails where it writes less than p.
func (d *Descriptor) WriteAt(p []byte, offset uint64) (int, error) {
	if err := d.writable(); err != nil {
		return 0, err
	}
	if offset > math.MaxInt64-uint64(len(p)) {
		return 0, fault.FileTooLarge
	}
	n, err := d.file.WriteAt(p, int64(offset))
	return n, fault.Wrap(err)
}

// Append writes p at the end of the file.
func (d *Descriptor) Append(p []byte) (int, error) {
	if err := d.writable(); err != nil {
		return 0, err
	}
	n, err := d.file.Append(p)
	return n, fault.Wrap(err)
}

// Sync writes what was written to the device: the contents alone, where data is set.
// It does nothing for a file that is open for reading alone.
func (d *Descriptor) Sync(data bool) error {
	switch {
	case d.folder != nil:
		return fault.Wrap(d.folder.Sync(data))
	case !d.flags.Has(Write):
		return nil
	}
	return fault.Wrap(d.file.Sync(data))
}

// Advise says how a part of the file will be read.
func (d *Descriptor) Advise(offset, length uint64, advice Advice) error {
	switch {
	case d.folder != nil:
		return fault.BadDescriptor
	case offset > math.MaxInt64 || length > math.MaxInt64 || advice > NoReuse:
		return fault.Invalid
	}
	return fault.Wrap(d.file.Advise(int64(offset), int64(length), advice))
}

// CreateDirectory makes a folder.
func (d *Descriptor) CreateDirectory(path string) error {
	if err := d.inFolder(path, true); err != nil {
		return err
	}
	return d.folder.mkdir(path)
}

// Link makes newPath in to a hard link to a file in d. Both folders must be ones that
// may be changed: through one of them, the file may be from now on. A symbolic link at
// the end of path is linked itself; to follow it is refused, as wasmtime does.
func (d *Descriptor) Link(path string, follow bool, to *Descriptor, newPath string) error {
	if follow {
		return fault.Invalid
	}
	if err := d.inFolder(path, true); err != nil {
		return err
	}
	if err := to.inFolder(newPath, true); err != nil {
		return err
	}
	return d.folder.link(path, to.folder, newPath)
}

// Symlink makes path a symbolic link to target, which must be relative. Wherever it
// leads, no path of d leads out of d's folder.
func (d *Descriptor) Symlink(target, path string) error {
	if err := d.inFolder(path, true); err != nil {
		return err
	}
	if !utf8.ValidString(target) {
		return fault.IllegalByteSequence
	}
	if err := checkTarget(target); err != nil {
		return err
	}
	return d.folder.symlink(target, path)
}

// Readlink returns the target of a symbolic link. One that is not relative is not
// told.
func (d *Descriptor) Readlink(path string) (string, error) {
	if err := d.inFolder(path, false); err != nil {
		return "", err
	}
	target, err := d.folder.readlink(path)
	if err == nil {
		err = checkTarget(target)
	}
	if err == nil && !utf8.ValidString(target) {
		err = fault.IllegalByteSequence
	}
	if err != nil {
		return "", err
	}
	return target, nil
}

// Rename makes path in d newPath in to.
func (d *Descriptor) Rename(path string, to *Descriptor, newPath string) error {
	if err := d.inFolder(path, true); err != nil {
		return err
	}
	if err := to.inFolder(newPath, true); err != nil {
		return err
	}
	return d.folder.rename(path, to.folder, newPath)
}

// Unlink removes a file that is not a folder.
func (d *Descriptor) Unlink(path string) error {
	if err := d.inFolder(path, true); err != nil {
		return err
	}
	return d.folder.unlink(path)
}

// RemoveDirectory removes an empty folder.
func (d *Descriptor) RemoveDirectory(path string) error {
	if err := d.inFolder(path, true); err != nil {
		return err
	}
	return d.folder.rmdir(path)
}

// Same reports whether two descriptors are of the same file.
func (d *Descriptor) Same(other *Descriptor) bool {
	switch {
	case d.file != nil && other.file != nil:
		return d.file.same(other.file.file)
	case d.folder != nil && other.folder != nil:
		return d.folder.same(other.folder)
	}
	return false
}

// Listing reads the entries of a folder.
type Listing struct {
	lister
	budget *Budget
	closed atomic.Bool
}

// List returns a listing from the folder's beginning.
func (d *Descriptor) List() (*Listing, error) {
	if d.folder == nil {
		return nil, fault.NotDirectory
	}
	if err := d.budget.take(); err != nil {
		return nil, err
	}
	l, err := d.folder.list()
	if err != nil {
		d.budget.give()
		return nil, err
	}
	return &Listing{lister: l, budget: d.budget}, nil
}

// Next returns the next entry. At the end it fails with io.EOF. A name need not be
// UTF-8. It is for one goroutine at a time.
func (l *Listing) Next() (Entry, error) { return l.next() }

// Close ends the listing. A second Close does nothing.
func (l *Listing) Close() error {
	if l.closed.Swap(true) {
		return nil
	}
	l.budget.give()
	return fault.Wrap(l.lister.Close())
}
