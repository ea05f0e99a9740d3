package preview2

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/wasi/filesystem/v0.2/preopens"
	filesystem "github.com/witgen/witgen/wasi/filesystem/v0.2/types"
	"github.com/witgen/witgen/wasi/internal/fault"
	"github.com/witgen/witgen/wasi/internal/files"
	"github.com/witgen/witgen/wasi/internal/grants"
)

// filesystemError returns an error of a file as wasi:filesystem has it.
func filesystemError(err error) error {
	if err == nil {
		return nil
	}
	return filesystemCode(err)
}

// filesystemCode returns the code of an error. The codes that wasi:filesystem lacks
// become those that come nearest.
func filesystemCode(err error) filesystem.ErrorCode {
	switch code := fault.Of(err); {
	case code < fault.Filesystem:
		return filesystem.ErrorCode(code)
	case code == fault.TooManyFiles:
		return filesystem.ErrorCodeQuota
	default:
		return filesystem.ErrorCodeIo
	}
}

// filesystemTypes implements wasi:filesystem/types.
type filesystemTypes struct{}

// FilesystemErrorCode returns the code of the error of a stream, if the stream is one of
// a file or a standard stream.
func (filesystemTypes) FilesystemErrorCode(_ context.Context, err filesystem.Error) (types.Option[filesystem.ErrorCode], error) {
	if own, ok := err.(*Error); ok && isFileError(own.err) {
		return types.Some(filesystemCode(own.err)), nil
	}
	return types.None[filesystem.ErrorCode](), nil
}

// folders implements wasi:filesystem/preopens.
type folders struct{ grants *grants.Grants }

func (f folders) GetDirectories(context.Context) ([]types.Tuple2[preopens.Descriptor, string], error) {
	var list []types.Tuple2[preopens.Descriptor, string]
	for _, folder := range f.grants.Folders {
		d := newDescriptor(folder.Descriptor(f.grants.Descriptors), f.grants)
		list = append(list, types.Tuple2[preopens.Descriptor, string]{F0: d, F1: folder.Path})
	}
	return list, nil
}

// descriptor is the resource descriptor.
type descriptor struct {
	Resource
	d      *files.Descriptor
	grants *grants.Grants
}

func newDescriptor(d *files.Descriptor, g *grants.Grants) *descriptor {
	made := &descriptor{d: d, grants: g}
	// What was written has been written: an error of closing has nobody to go to.
	made.init("descriptor", nil, func(context.Context) error { _ = d.Close(); return nil })
	return made
}

// other returns the descriptor that a guest passes to a call of another.
func other(d filesystem.Descriptor) (*files.Descriptor, error) {
	own, ok := d.(*descriptor)
	if !ok {
		return nil, errors.New("the guest passes a descriptor that another implementation of wasi:filesystem/types made")
	}
	return own.d, nil
}

// The work of functions, in units of package meter: for a call of the system, for an
// element of a path, and the logarithm of how many bytes are read or written for a unit.
const (
	systemUnits  = 2000
	elementUnits = 1000
	byteShift    = 4
)

// walks counts the walk along a path.
func (d *descriptor) walks(path string) {
	d.grants.Did(systemUnits + elementUnits*uint64(strings.Count(path, "/")))
}

func follow(flags filesystem.PathFlags) bool { return flags.Has(filesystem.PathFlagsSymlinkFollow) }

func (d *descriptor) ReadViaStream(_ context.Context, offset filesystem.Filesize) (filesystem.InputStream, error) {
	s, err := d.d.ReadStream(offset)
	if err != nil {
		return nil, filesystemError(err)
	}
	return NewInput(nil, s, false), nil
}

func (d *descriptor) WriteViaStream(_ context.Context, offset filesystem.Filesize) (filesystem.OutputStream, error) {
	s, err := d.d.WriteStream(offset)
	if err != nil {
		return nil, filesystemError(err)
	}
	return NewOutput(nil, s, false), nil
}

func (d *descriptor) AppendViaStream(context.Context) (filesystem.OutputStream, error) {
	s, err := d.d.AppendStream()
	if err != nil {
		return nil, filesystemError(err)
	}
	return NewOutput(nil, s, false), nil
}

func (d *descriptor) Advise(_ context.Context, offset, length filesystem.Filesize, advice filesystem.Advice) error {
	d.grants.Did(systemUnits)
	return filesystemError(d.d.Advise(offset, length, files.Advice(advice)))
}

func (d *descriptor) SyncData(context.Context) error {
	d.grants.Did(systemUnits)
	return filesystemError(d.d.Sync(true))
}

func (d *descriptor) Sync(context.Context) error {
	d.grants.Did(systemUnits)
	return filesystemError(d.d.Sync(false))
}

func (d *descriptor) GetFlags(context.Context) (filesystem.DescriptorFlags, error) {
	return filesystem.DescriptorFlags(d.d.Flags()), nil
}

func (d *descriptor) GetType(context.Context) (filesystem.DescriptorType, error) {
	d.grants.Did(systemUnits)
	typ, err := d.d.Type()
	return filesystem.DescriptorType(typ), filesystemError(err)
}

func (d *descriptor) SetSize(_ context.Context, size filesystem.Filesize) error {
	d.grants.Did(systemUnits)
	return filesystemError(d.d.SetSize(size))
}

func (d *descriptor) SetTimes(_ context.Context, accessed, modified filesystem.NewTimestamp) error {
	d.grants.Did(systemUnits)
	a, m, err := newTimes(accessed, modified)
	if err != nil {
		return filesystemError(err)
	}
	return filesystemError(d.d.SetTimes(a, m))
}

func (d *descriptor) SetTimesAt(_ context.Context, flags filesystem.PathFlags, path string, accessed, modified filesystem.NewTimestamp) error {
	d.walks(path)
	a, m, err := newTimes(accessed, modified)
	if err != nil {
		return filesystemError(err)
	}
	return filesystemError(d.d.SetTimesAt(path, follow(flags), a, m))
}

func newTimes(accessed, modified filesystem.NewTimestamp) (a, m files.Time, err error) {
	if a, err = newTime(accessed); err == nil {
		m, err = newTime(modified)
	}
	return a, m, err
}

func newTime(t filesystem.NewTimestamp) (files.Time, error) {
	switch t := t.(type) {
	case filesystem.NewTimestampNow:
		return files.Time{Now: true}, nil
	case filesystem.NewTimestampTimestamp:
		at, ok := timeOf(t.Value)
		if !ok && t.Value.Nanoseconds < uint32(time.Second) {
			return files.Time{}, fault.Overflow
		}
		if !ok {
			return files.Time{}, fault.Invalid
		}
		return files.Time{Set: true, At: at}, nil
	case filesystem.NewTimestampNoChange:
		return files.Time{}, nil
	default:
		panic(fmt.Sprintf("preview2: unhandled timestamp %T", t))
	}
}

// maxRead is how many bytes one read of a descriptor returns.
const maxRead = 1 << 20

// Read reads at an offset. The bool reports whether the file ends after what was read.
func (d *descriptor) Read(_ context.Context, length, offset filesystem.Filesize) (types.Tuple2[[]byte, bool], error) {
	d.grants.Did(systemUnits + min(length, maxRead)>>byteShift)
	p := make([]byte, min(length, maxRead))
	n, err := d.d.ReadAt(p, offset)
	end := errors.Is(err, io.EOF)
	if err != nil && !end {
		return types.Tuple2[[]byte, bool]{}, filesystemError(err)
	}
	return types.Tuple2[[]byte, bool]{F0: p[:n], F1: end}, nil
}

// maxWrite is how many bytes are written between two looks at the context.
const maxWrite = 1 << 20

// Write writes at an offset: all of buffer unless it fails.
func (d *descriptor) Write(ctx context.Context, buffer []byte, offset filesystem.Filesize) (filesystem.Filesize, error) {
	total := uint64(0)
	for {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		n, err := d.d.WriteAt(buffer[:min(len(buffer), maxWrite)], offset+total)
		if err != nil {
			return 0, filesystemError(err)
		}
		total += uint64(n)
		if buffer = buffer[n:]; len(buffer) == 0 {
			return total, nil
		}
	}
}

func (d *descriptor) Stat(context.Context) (filesystem.DescriptorStat, error) {
	d.grants.Did(systemUnits)
	return statOf(d.d.Stat())
}

func (d *descriptor) StatAt(_ context.Context, flags filesystem.PathFlags, path string) (filesystem.DescriptorStat, error) {
	d.walks(path)
	return statOf(d.d.StatAt(path, follow(flags)))
}

func statOf(s files.Stat, err error) (filesystem.DescriptorStat, error) {
	if err != nil {
		return filesystem.DescriptorStat{}, filesystemError(err)
	}
	return filesystem.DescriptorStat{
		Type: filesystem.DescriptorType(s.Type), LinkCount: s.Links, Size: s.Size,
		DataAccessTimestamp: timestamp(s.Accessed), DataModificationTimestamp: timestamp(s.Modified), StatusChangeTimestamp: timestamp(s.Changed),
	}, nil
}

func timestamp(t time.Time) types.Option[filesystem.Datetime] {
	if t.IsZero() {
		return types.None[filesystem.Datetime]()
	}
	return types.Some(datetime(t))
}

func (d *descriptor) CreateDirectoryAt(_ context.Context, path string) error {
	d.walks(path)
	return filesystemError(d.d.CreateDirectory(path))
}

func (d *descriptor) LinkAt(_ context.Context, flags filesystem.PathFlags, oldPath string, newDescriptor filesystem.Descriptor, newPath string) error {
	d.walks(oldPath)
	d.walks(newPath)
	to, err := other(newDescriptor)
	if err != nil {
		return err
	}
	return filesystemError(d.d.Link(oldPath, follow(flags), to, newPath))
}

func (d *descriptor) OpenAt(_ context.Context, path filesystem.PathFlags, name string, how filesystem.OpenFlags, flags filesystem.DescriptorFlags) (filesystem.Descriptor, error) {
	d.walks(name)
	opened, err := d.d.Open(name, follow(path), files.OpenFlags(how), files.Flags(flags))
	if err != nil {
		return nil, filesystemError(err)
	}
	return newDescriptor(opened, d.grants), nil
}

func (d *descriptor) ReadlinkAt(_ context.Context, path string) (string, error) {
	d.walks(path)
	target, err := d.d.Readlink(path)
	return target, filesystemError(err)
}

func (d *descriptor) RemoveDirectoryAt(_ context.Context, path string) error {
	d.walks(path)
	return filesystemError(d.d.RemoveDirectory(path))
}

func (d *descriptor) RenameAt(_ context.Context, oldPath string, newDescriptor filesystem.Descriptor, newPath string) error {
	d.walks(oldPath)
	d.walks(newPath)
	to, err := other(newDescriptor)
	if err != nil {
		return err
	}
	return filesystemError(d.d.Rename(oldPath, to, newPath))
}

func (d *descriptor) SymlinkAt(_ context.Context, oldPath, newPath string) error {
	d.walks(newPath)
	return filesystemError(d.d.Symlink(oldPath, newPath))
}

func (d *descriptor) UnlinkFileAt(_ context.Context, path string) error {
	d.walks(path)
	return filesystemError(d.d.Unlink(path))
}

func (d *descriptor) IsSameObject(_ context.Context, o filesystem.Descriptor) (bool, error) {
	own, err := other(o)
	if err != nil {
		return false, err
	}
	return d.d.Same(own), nil
}

func (d *descriptor) MetadataHash(context.Context) (filesystem.MetadataHashValue, error) {
	d.grants.Did(systemUnits)
	return hashOf(d.d.Hash())
}

func (d *descriptor) MetadataHashAt(_ context.Context, flags filesystem.PathFlags, path string) (filesystem.MetadataHashValue, error) {
	d.walks(path)
	return hashOf(d.d.HashAt(path, follow(flags)))
}

func hashOf(lower, upper uint64, err error) (filesystem.MetadataHashValue, error) {
	return filesystem.MetadataHashValue{Lower: lower, Upper: upper}, filesystemError(err)
}

func (d *descriptor) ReadDirectory(context.Context) (filesystem.DirectoryEntryStream, error) {
	d.grants.Did(systemUnits)
	l, err := d.d.List()
	if err != nil {
		return nil, filesystemError(err)
	}
	made := &entries{listing: l}
	made.init("directory-entry-stream", nil, func(context.Context) error { _ = l.Close(); return nil })
	return made, nil
}

// entries is the resource directory-entry-stream.
type entries struct {
	Resource
	listing *files.Listing
}

// ReadDirectoryEntry returns the next entry, and nothing at the end. An entry whose name
// is not UTF-8 is an error; those behind it follow.
func (e *entries) ReadDirectoryEntry(context.Context) (types.Option[filesystem.DirectoryEntry], error) {
	entry, err := e.listing.Next()
	switch {
	case errors.Is(err, io.EOF):
		return types.None[filesystem.DirectoryEntry](), nil
	case err == nil && !utf8.ValidString(entry.Name):
		err = fault.IllegalByteSequence
	}
	if err != nil {
		return types.None[filesystem.DirectoryEntry](), filesystemError(err)
	}
	return types.Some(filesystem.DirectoryEntry{Type: filesystem.DescriptorType(entry.Type), Name: entry.Name}), nil
}
