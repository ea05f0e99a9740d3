package files

import (
	"io"

	"github.com/witgen/witgen/wasi/internal/fault"
	"github.com/witgen/witgen/wasi/internal/poll"
	"github.com/witgen/witgen/wasi/internal/streams"
)

// again returns another descriptor of the same open file, which stays open when d is
// closed.
func (d *Descriptor) again() (*Descriptor, error) {
	if d.closed.Load() {
		return nil, fault.BadDescriptor
	}
	if err := d.budget.take(); err != nil {
		return nil, err
	}
	d.file.refs.Add(1)
	return &Descriptor{file: d.file, flags: d.flags, mutable: d.mutable, budget: d.budget}, nil
}

// hold takes n bytes of the instance's, which Close gives back. If there are too few, it
// closes d.
func (d *Descriptor) hold(n int) error {
	if d.budget == nil || d.budget.Bytes.Take(n) {
		d.held = n
		return nil
	}
	_ = d.Close() // The error below is the reason.
	return fault.InsufficientMemory
}

// ReadStream returns a stream of what the file holds from an offset on. It stays open
// when d is closed. A file without offsets has one stream for all.
func (d *Descriptor) ReadStream(offset uint64) (streams.Input, error) {
	if err := d.readable(); err != nil {
		return nil, err
	}
	own, err := d.again()
	if err != nil {
		return nil, err
	}
	if own.IsStream() {
		if err := own.hold(streams.ReaderBytes); err != nil {
			return nil, err
		}
		return &pipeInput{own.file.file.(*hostFile).input(), own}, nil
	}
	return &fileInput{d: own, at: offset}, nil
}

// WriteStream returns a stream that writes to the file from an offset on. It stays
// open when d is closed.
func (d *Descriptor) WriteStream(offset uint64) (streams.Output, error) {
	return d.writeStream(func(own *Descriptor, p []byte) (int, error) {
		n, err := own.WriteAt(p, offset)
		offset += uint64(n)
		return n, err
	})
}

// AppendStream returns a stream that writes at the end of the file.
func (d *Descriptor) AppendStream() (streams.Output, error) {
	return d.writeStream((*Descriptor).Append)
}

func (d *Descriptor) writeStream(write func(*Descriptor, []byte) (int, error)) (streams.Output, error) {
	if err := d.writable(); err != nil {
		return nil, err
	}
	own, err := d.again()
	if err != nil {
		return nil, err
	}
	if own.IsStream() {
		if err := own.hold(streams.WriterBytes); err != nil {
			return nil, err
		}
		closed := func() { _ = own.Close() } // Nobody is left to tell.
		return streams.NewWriterThen(own.file.file.(*hostFile), streams.Linger, closed), nil
	}
	return &fileOutput{d: own, write: write}, nil
}

// fileInput reads a file on. A file is always ready: reading it waits for the device
// alone.
type fileInput struct {
	poll.Always
	d     *Descriptor
	at    uint64
	ended bool
}

func (s *fileInput) Read(p []byte) (int, error) {
	if s.ended {
		return 0, streams.ErrClosed
	}
	if len(p) == 0 {
		return 0, nil
	}
	n, err := s.d.ReadAt(p, s.at)
	s.at += uint64(n)
	if n > 0 {
		// What ended the read ends the next one too.
		return n, nil
	}
	switch err {
	case nil:
		return 0, nil
	case io.EOF:
		// The file may grow, and the stream go on.
		return 0, streams.ErrClosed
	}
	s.ended = true
	return 0, err
}

func (s *fileInput) Close() error {
	s.ended = true
	return s.d.Close()
}

// fileOutput writes to a file at once.
type fileOutput struct {
	poll.Always
	d      *Descriptor
	write  func(*Descriptor, []byte) (int, error)
	permit int
	ended  bool
}

// step is how many bytes one write to a file takes. Nothing of them is buffered.
const step = 1 << 20

func (s *fileOutput) Check() (int, error) {
	if s.ended {
		return 0, streams.ErrClosed
	}
	s.permit = step
	return step, nil
}

func (s *fileOutput) Write(p []byte) error {
	switch {
	case s.ended:
		return streams.ErrClosed
	case len(p) > s.permit:
		return streams.ErrPermit
	}
	s.permit -= len(p)
	if _, err := s.write(s.d, p); err != nil {
		s.ended = true
		return fault.Wrap(err)
	}
	return nil
}

func (s *fileOutput) Flush() error {
	if s.ended {
		return streams.ErrClosed
	}
	return nil
}

func (s *fileOutput) Close() error {
	s.ended = true
	return s.d.Close()
}

// pipeInput is the one stream of a file without offsets.
type pipeInput struct {
	streams.Input
	d *Descriptor
}

func (s *pipeInput) Close() error { return s.d.Close() }
