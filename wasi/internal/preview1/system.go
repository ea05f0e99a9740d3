// Package preview1 has the functions of WASI preview 1 for core modules, over the
// capabilities that all versions of WASI share.
//
// See https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md.
package preview1

import (
	"context"
	"errors"

	"github.com/witgen/witgen/wasi/internal/fault"
	"github.com/witgen/witgen/wasi/internal/files"
	"github.com/witgen/witgen/wasi/internal/grants"
	"github.com/witgen/witgen/wasi/internal/streams"
)

// System is preview 1 for one instance, which makes one call at a time.
type System struct {
	*grants.Grants
	open []*descriptor // by number; nil is free
	free int           // no number below it is free
}

// New returns preview 1 with what is granted. Its standard streams have the numbers 0
// to 2, and its folders follow.
func New(g *grants.Grants) *System {
	s := &System{Grants: g}
	s.open = []*descriptor{{in: g.Stdin, terminal: g.Terminal[0]}, {out: g.Stdout, terminal: g.Terminal[1]}, {out: g.Stderr, terminal: g.Terminal[2]}}
	for _, f := range g.Folders {
		s.open = append(s.open, &descriptor{file: f.Descriptor(g.Descriptors), preopened: true, path: f.Path})
	}
	s.free = len(s.open)
	return s
}

// Close closes what the guest left open. If ctx can end, it waits until the guest's
// output has left.
func (s *System) Close(ctx context.Context) error {
	var errs []error
	for _, d := range s.open {
		if d != nil && !d.standard() {
			errs = append(errs, d.close())
		}
	}
	s.open, s.free = nil, 0
	return errors.Join(append(errs, s.Grants.Close(ctx))...)
}

// descriptor is what a number of the guest's stands for: a file or folder, or a
// standard stream.
type descriptor struct {
	file *files.Descriptor // or nil
	in   streams.Input     // a standard input, or the stream of a file without offsets
	out  streams.Output    // likewise

	preopened bool
	path      string // of a preopened folder
	terminal  bool

	offset  uint64
	flags   uint16 // fdflags
	listing *listing
}

// The flags of a descriptor.
const (
	flagAppend   = 1 << 0
	flagDSync    = 1 << 1
	flagNonblock = 1 << 2
	flagRSync    = 1 << 3
	flagSync     = 1 << 4
	allFlags     = 1<<5 - 1
)

// standard reports whether d is a standard stream, which the instance has longer than
// its number.
func (d *descriptor) standard() bool { return d.file == nil }

func (d *descriptor) close() error {
	var errs []error
	if d.listing != nil {
		errs = append(errs, d.listing.close())
	}
	if d.file == nil {
		return nil
	}
	if d.in != nil {
		errs = append(errs, d.in.Close())
	}
	if d.out != nil {
		errs = append(errs, d.out.Close())
	}
	return errors.Join(append(errs, d.file.Close())...)
}

// get returns the descriptor of a number.
func (s *System) get(fd uint32) (*descriptor, errno) {
	if uint64(fd) >= uint64(len(s.open)) || s.open[fd] == nil {
		return nil, badf
	}
	return s.open[fd], success
}

// folder is get for a folder.
func (s *System) folder(fd uint32) (*files.Descriptor, errno) {
	d, e := s.get(fd)
	if e != success {
		return nil, e
	}
	if d.file == nil || !d.file.IsFolder() {
		return nil, notdir
	}
	return d.file, success
}

// regular is get for a file that has offsets. The errors are for a folder and for
// what has none.
func (s *System) regular(fd uint32, folder, stream errno) (*descriptor, errno) {
	d, e := s.get(fd)
	switch {
	case e != success:
		return nil, e
	case d.file == nil || d.file.IsStream():
		return nil, stream
	case d.file.IsFolder():
		return nil, folder
	}
	return d, success
}

// add gives d the lowest free number.
func (s *System) add(d *descriptor) uint32 {
	for s.free < len(s.open) && s.open[s.free] != nil {
		s.free++
	}
	if s.free == len(s.open) {
		s.open = append(s.open, nil)
	}
	s.open[s.free] = d
	return uint32(s.free)
}

// input returns the stream to read d by, for what has no offsets.
func (d *descriptor) input() (streams.Input, error) {
	if d.in == nil {
		if d.file == nil {
			return nil, fault.BadDescriptor
		}
		in, err := d.file.ReadStream(0)
		if err != nil {
			return nil, err
		}
		d.in = in
	}
	return d.in, nil
}

// output returns the stream to write d by, for what has no offsets.
func (d *descriptor) output() (streams.Output, error) {
	if d.out == nil {
		if d.file == nil {
			return nil, fault.BadDescriptor
		}
		out, err := d.file.WriteStream(0)
		if err != nil {
			return nil, err
		}
		d.out = out
	}
	return d.out, nil
}
