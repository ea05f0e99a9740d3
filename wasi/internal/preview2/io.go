package preview2

import (
	"bytes"
	"context"
	"errors"
	"sync"

	"github.com/witgen/witgen/wasi/internal/grants"
	"github.com/witgen/witgen/wasi/internal/guard"
	"github.com/witgen/witgen/wasi/internal/poll"
	"github.com/witgen/witgen/wasi/internal/streams"
	iopoll "github.com/witgen/witgen/wasi/io/v0.2/poll"
	iostreams "github.com/witgen/witgen/wasi/io/v0.2/streams"
)

// Pollable is the resource of wasi:io/poll.
type Pollable struct {
	Resource
	source poll.Source
}

// NewPollable returns a pollable that is ready when source is. It depends on parent, if
// that is not nil.
func NewPollable(parent *Resource, source poll.Source) *Pollable {
	p := &Pollable{source: source}
	p.init("pollable", parent, nil)
	return p
}

// Ready reports whether the source is ready. It does not wait.
func (p *Pollable) Ready(context.Context) (bool, error) { return p.source.Ready(), nil }

// Block waits until the source is ready, or ctx ends.
func (p *Pollable) Block(ctx context.Context) error {
	_, err := poll.Wait(ctx, p.source)
	return err
}

// pollUnits is for the waiting for one of several pollables.
const pollUnits = 128

// polls implements wasi:io/poll.
type polls struct{ *grants.Grants }

// Poll waits until one of the pollables is ready, and returns the places of those that
// are. Of no pollables it fails, so that the guest traps.
func (g polls) Poll(ctx context.Context, in []iopoll.Pollable) ([]uint32, error) {
	if len(in) == 0 {
		return nil, errors.New("the guest polls an empty list")
	}
	g.Did(pollUnits * uint64(len(in)))
	// However often a guest names a pollable, it is waited for once.
	var sources []poll.Source
	places := map[*Pollable]int{}
	for _, p := range in {
		own, ok := p.(*Pollable)
		if !ok {
			return nil, errors.New("the guest polls a pollable that another implementation of wasi:io/poll made")
		}
		if _, known := places[own]; !known {
			places[own] = len(sources)
			sources = append(sources, own.source)
		}
	}
	found, err := poll.Wait(ctx, sources...)
	if err != nil {
		return nil, err
	}
	isReady := make([]bool, len(sources))
	for _, place := range found {
		isReady[place] = true
	}
	var ready []uint32
	for n, p := range in {
		if isReady[places[p.(*Pollable)]] {
			ready = append(ready, uint32(n))
		}
	}
	return ready, nil
}

// Error is the resource of wasi:io/error: why a stream failed.
type Error struct {
	Resource
	err error
}

// NewError returns the resource for an error. The guest sees its text.
func NewError(err error) *Error {
	e := &Error{err: err}
	e.init("error", nil, nil)
	return e
}

// ToDebugString returns the text of the error.
func (e *Error) ToDebugString(context.Context) (string, error) { return debugText(e.err), nil }

// Unwrap returns the error, which interfaces of WASI look into for codes of theirs.
func (e *Error) Unwrap() error { return e.err }

// streamError returns an error of a stream as wasi:io/streams has it. What has the guest
// trap stays as it is: the end of a context, writes that were not permitted, and panics of
// the host's functions.
func streamError(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, streams.ErrClosed):
		return iostreams.StreamErrorClosed{}
	case errors.Is(err, streams.ErrPermit), ctx.Err() != nil && errors.Is(err, ctx.Err()), guard.Of(err) != nil:
		return err
	}
	return iostreams.StreamErrorLastOperationFailed{Value: NewError(err)}
}

// Input is the resource input-stream.
type Input struct {
	Resource
	in streams.Input
}

// NewInput returns the resource for a stream, which depends on parent if that is not
// nil. shared reports that others use in too: it stays open then.
func NewInput(parent *Resource, in streams.Input, shared bool) *Input {
	s := &Input{in: in}
	s.init("input-stream", parent, func(context.Context) error {
		if shared {
			return nil
		}
		return in.Close()
	})
	return s
}

// Stream returns the stream that the resource stands for.
func (s *Input) Stream() streams.Input { return s.in }

// scratch has buffers to read into. A guest may have many streams, and each of them only
// the bytes that it read.
var scratch = sync.Pool{New: func() any { return new([streams.Chunk]byte) }}

// read has step read into a buffer of at most n bytes, and returns what was read.
func (s *Input) read(ctx context.Context, n uint64, step func([]byte) (int, error)) ([]byte, error) {
	buffer := scratch.Get().(*[streams.Chunk]byte)
	defer scratch.Put(buffer)
	got, err := step(buffer[:min(n, streams.Chunk)])
	if err != nil {
		return nil, streamError(ctx, err)
	}
	return bytes.Clone(buffer[:got]), nil
}

// Read reads up to n bytes that are there. It does not wait.
func (s *Input) Read(ctx context.Context, n uint64) ([]byte, error) {
	return s.read(ctx, n, s.in.Read)
}

// BlockingRead is Read, and waits for a byte first.
func (s *Input) BlockingRead(ctx context.Context, n uint64) ([]byte, error) {
	return s.read(ctx, n, func(p []byte) (int, error) { return streams.ReadBlocking(ctx, s.in, p) })
}

// Skip drops up to n bytes that are there.
func (s *Input) Skip(ctx context.Context, n uint64) (uint64, error) {
	skipped, err := streams.Skip(s.in, n)
	return skipped, streamError(ctx, err)
}

// BlockingSkip is Skip, and waits for a byte first.
func (s *Input) BlockingSkip(ctx context.Context, n uint64) (uint64, error) {
	skipped, err := streams.SkipBlocking(ctx, s.in, n)
	return skipped, streamError(ctx, err)
}

// Subscribe returns a pollable for the stream.
func (s *Input) Subscribe(context.Context) (iostreams.Pollable, error) {
	return NewPollable(&s.Resource, s.in), nil
}

// Output is the resource output-stream.
type Output struct {
	Resource
	out streams.Output
}

// NewOutput is NewInput for an output-stream.
func NewOutput(parent *Resource, out streams.Output, shared bool) *Output {
	s := &Output{out: out}
	s.init("output-stream", parent, func(context.Context) error {
		if shared {
			return nil
		}
		return out.Close()
	})
	return s
}

// Stream returns the stream that the resource stands for.
func (s *Output) Stream() streams.Output { return s.out }

// CheckWrite returns how many bytes the next Write may have.
func (s *Output) CheckWrite(ctx context.Context) (uint64, error) {
	n, err := s.out.Check()
	return uint64(n), streamError(ctx, err)
}

// Write takes what CheckWrite has permitted.
func (s *Output) Write(ctx context.Context, contents []byte) error {
	return streamError(ctx, s.out.Write(contents))
}

// maxBlockingWrite is how many bytes the functions that write and flush take at a time.
const maxBlockingWrite = 4096

var errLargeWrite = errors.New("the guest writes more than 4096 bytes in a call that writes and flushes")

// BlockingWriteAndFlush writes up to 4096 bytes, and waits until they have left.
func (s *Output) BlockingWriteAndFlush(ctx context.Context, contents []byte) error {
	if len(contents) > maxBlockingWrite {
		return errLargeWrite
	}
	return streamError(ctx, streams.WriteAndFlush(ctx, s.out, contents))
}

// Flush has CheckWrite permit nothing until what was written has left.
func (s *Output) Flush(ctx context.Context) error { return streamError(ctx, s.out.Flush()) }

// BlockingFlush waits until what was written has left.
func (s *Output) BlockingFlush(ctx context.Context) error {
	return streamError(ctx, streams.FlushBlocking(ctx, s.out))
}

// Subscribe returns a pollable for the stream.
func (s *Output) Subscribe(context.Context) (iostreams.Pollable, error) {
	return NewPollable(&s.Resource, s.out), nil
}

// WriteZeroes writes zeroes, as many as CheckWrite has permitted.
func (s *Output) WriteZeroes(ctx context.Context, n uint64) error {
	return streamError(ctx, streams.WriteZeroes(s.out, n))
}

// BlockingWriteZeroesAndFlush writes up to 4096 zeroes, and waits until they have left.
func (s *Output) BlockingWriteZeroesAndFlush(ctx context.Context, n uint64) error {
	if n > maxBlockingWrite {
		return errLargeWrite
	}
	return streamError(ctx, streams.WriteZeroesAndFlush(ctx, s.out, n))
}

// Splice writes up to n bytes that are there to read from src.
func (s *Output) Splice(ctx context.Context, src iostreams.InputStream, n uint64) (uint64, error) {
	in, err := inputOf(src)
	if err != nil {
		return 0, err
	}
	spliced, err := streams.Splice(s.out, in, n)
	return spliced, streamError(ctx, err)
}

// BlockingSplice is Splice, and waits until the streams take and have a byte.
func (s *Output) BlockingSplice(ctx context.Context, src iostreams.InputStream, n uint64) (uint64, error) {
	in, err := inputOf(src)
	if err != nil {
		return 0, err
	}
	spliced, err := streams.SpliceBlocking(ctx, s.out, in, n)
	return spliced, streamError(ctx, err)
}

func inputOf(src iostreams.InputStream) (streams.Input, error) {
	own, ok := src.(*Input)
	if !ok {
		return nil, errors.New("the guest splices from an input-stream that another implementation of wasi:io/streams made")
	}
	return own.in, nil
}
