package files

import (
	"os"
	"sync"

	"github.com/witgen/witgen/wasi/internal/fault"
	"github.com/witgen/witgen/wasi/internal/streams"
)

// hostFolder is a folder of the host. root resolves what leads to a path's last
// element; dir is the same folder, for calls of the system on that element.
type hostFolder struct {
	root *os.Root
	dir  *os.File
}

// openHost opens a folder of the host. Symbolic links in its path are followed.
func openHost(path string) (*hostFolder, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return folderOf(root)
}

// folderOf takes root over.
func folderOf(root *os.Root) (*hostFolder, error) {
	dir, err := root.Open(".")
	if err != nil {
		_ = root.Close() // The error above is the reason.
		return nil, fault.Wrap(err)
	}
	return &hostFolder{root, dir}, nil
}

func (f *hostFolder) Close() error {
	err := f.dir.Close()
	if err2 := f.root.Close(); err == nil {
		err = err2
	}
	return fault.Wrap(err)
}

func (f *hostFolder) Sync(bool) error { return fault.Wrap(syncFolder(f.dir)) }

// host returns a folder of the host. Files do not move from the host into another
// kind of folder, or out of one.
func host(f folder) (*hostFolder, error) {
	if h, ok := f.(*hostFolder); ok {
		return h, nil
	}
	return nil, fault.CrossDevice
}

func (f *hostFolder) same(other folder) bool {
	o, ok := other.(*hostFolder)
	return ok && sameFile(f.dir, o.dir)
}

func sameFile(a, b *os.File) bool {
	ai, err := a.Stat()
	if err != nil {
		return false
	}
	bi, err := b.Stat()
	return err == nil && os.SameFile(ai, bi)
}

// hostFile is a file of the host.
type hostFile struct {
	*os.File
	// stream is set for files without offsets: pipes, terminals and the like.
	stream bool

	once   sync.Once
	reader streams.Input
}

// input returns the stream of a file without offsets.
func (f *hostFile) input() streams.Input {
	f.once.Do(func() { f.reader = streams.Shared(f.File) })
	return f.reader
}

func (f *hostFile) ReadAt(p []byte, offset int64) (int, error) {
	if f.stream {
		return 0, fault.InvalidSeek
	}
	return f.File.ReadAt(p, offset)
}

func (f *hostFile) WriteAt(p []byte, offset int64) (int, error) {
	if f.stream {
		return 0, fault.InvalidSeek
	}
	return f.File.WriteAt(p, offset)
}

func (f *hostFile) Append(p []byte) (int, error) {
	if f.stream {
		return f.Write(p)
	}
	return appendTo(f.File, p)
}

func (f *hostFile) SetSize(size int64) error { return f.Truncate(size) }

func (f *hostFile) same(other file) bool {
	o, ok := other.(*hostFile)
	return ok && sameFile(f.File, o.File)
}
