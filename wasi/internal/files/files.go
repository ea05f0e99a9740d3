// Package files has the descriptors of WASI: files and folders of the host, confined
// by os.Root, and of an fs.FS. All versions of WASI stand on it. Errors are those of
// package fault.
package files

import (
	"io/fs"
	"sync/atomic"
	"time"

	"github.com/witgen/witgen/wasi/internal/fault"
	"github.com/witgen/witgen/wasi/internal/streams"
)

// Type is the kind of a file, in the order of wasi:filesystem's descriptor-type.
type Type uint8

// The kinds of files.
const (
	Unknown Type = iota
	BlockDevice
	CharacterDevice
	Directory
	FIFO
	SymbolicLink
	RegularFile
	Socket
)

func typeOf(mode fs.FileMode) Type {
	switch mode.Type() {
	case 0:
		return RegularFile
	case fs.ModeDir:
		return Directory
	case fs.ModeSymlink:
		return SymbolicLink
	case fs.ModeNamedPipe:
		return FIFO
	case fs.ModeSocket:
		return Socket
	case fs.ModeDevice:
		return BlockDevice
	case fs.ModeDevice | fs.ModeCharDevice:
		return CharacterDevice
	}
	return Unknown
}

// Flags are the uses of a descriptor, in the order of descriptor-flags.
type Flags uint8

// The flags of a descriptor.
const (
	Read Flags = 1 << iota
	Write
	FileIntegritySync
	DataIntegritySync
	RequestedWriteSync
	MutateDirectory
)

// Has reports whether f has all of flags.
func (f Flags) Has(flags Flags) bool { return f&flags == flags }

// OpenFlags say how to open, in the order of open-flags.
type OpenFlags uint8

// The flags of Open.
const (
	Create OpenFlags = 1 << iota
	DirectoryOnly
	Exclusive
	Truncate
)

// Has reports whether f has all of flags.
func (f OpenFlags) Has(flags OpenFlags) bool { return f&flags == flags }

// Stat describes a file.
type Stat struct {
	Type  Type
	Links uint64
	// Size is in bytes: of a file's contents, of a symbolic link's target.
	Size uint64
	// The times are zero where the system has none.
	Accessed, Modified, Changed time.Time
	// Device and Inode tell files apart, where the system has them.
	Device, Inode uint64
}

// Time is a timestamp to set. Its zero value leaves the old one.
type Time struct {
	// Now sets the time of the system's clock.
	Now bool
	// Set sets At.
	Set bool
	At  time.Time
}

// Advice is how a file will be read, in the order of wasi:filesystem's advice.
type Advice uint8

// The advice.
const (
	Normal Advice = iota
	Sequential
	Random
	WillNeed
	DontNeed
	NoReuse
)

// Entry is a file in a folder.
type Entry struct {
	Name string
	Type Type
	// Inode is 0 where the system has none.
	Inode uint64
}

// Budget bounds the open descriptors of an instance. A nil Budget does not.
type Budget struct {
	// Bytes bounds what streams of files without offsets hold, and may be nil.
	Bytes *streams.Budget

	max  int64
	used atomic.Int64
}

// NewBudget returns a budget for max descriptors.
func NewBudget(max int) *Budget { return &Budget{max: int64(max)} }

func (b *Budget) take() error {
	if b == nil {
		return nil
	}
	if b.used.Add(1) > b.max {
		b.used.Add(-1)
		return fault.TooManyFiles
	}
	return nil
}

func (b *Budget) give() {
	if b != nil {
		b.used.Add(-1)
	}
}

// Used returns how many descriptors are open.
func (b *Budget) Used() int { return int(b.used.Load()) }

// file is an open file.
type file interface {
	// ReadAt reads as io.ReaderAt does.
	ReadAt(p []byte, offset int64) (int, error)
	WriteAt(p []byte, offset int64) (int, error)
	Append(p []byte) (int, error)
	SetSize(size int64) error
	SetTimes(accessed, modified Time) error
	Stat() (Stat, error)
	// Sync writes to the device: the contents alone, where data is set.
	Sync(data bool) error
	Advise(offset, length int64, advice Advice) error
	same(other file) bool
	Close() error
}

// folder is an open folder. Paths have passed checkPath.
type folder interface {
	open(path string, follow bool, how OpenFlags, flags Flags) (file, folder, error)
	stat(path string, follow bool) (Stat, error)
	setTimes(path string, follow bool, accessed, modified Time) error
	mkdir(path string) error
	link(path string, to folder, newPath string) error
	symlink(target, path string) error
	readlink(path string) (string, error)
	rename(path string, to folder, newPath string) error
	unlink(path string) error
	rmdir(path string) error
	list() (lister, error)
	Stat() (Stat, error)
	SetTimes(accessed, modified Time) error
	Sync(data bool) error
	same(other folder) bool
	Close() error
}

// lister reads a folder's entries, without "." and "..". At the end, next fails with
// io.EOF.
type lister interface {
	next() (Entry, error)
	Close() error
}
