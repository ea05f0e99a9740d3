// Package streams has byte streams with the rules of wasi:io/streams 0.2, which the
// other versions of WASI use too: reading and writing never wait, a stream is a
// source to wait for, and buffers are bounded.
package streams

import (
	"context"
	"errors"

	"github.com/witgen/witgen/wasi/internal/poll"
)

// ErrClosed is the error of a stream that has ended or failed before: WASI's closed.
// Every other error of a stream is its last-operation-failed, which comes once.
var ErrClosed = errors.New("stream closed")

// ErrPermit is the error of a Write of more than Check permitted. The specification
// has the guest trap.
var ErrPermit = errors.New("write of more bytes than check-write permitted")

// Input is a stream of bytes to read. It is ready when Read returns bytes or an error.
type Input interface {
	poll.Source
	// Read reads bytes that are there, into p. It returns 0 and no error if none have
	// arrived yet, or p is empty. At the end it fails with ErrClosed.
	Read(p []byte) (int, error)
	// Close gives up the stream. It does not wait.
	Close() error
}

// Output is a stream of bytes to write. It is ready when Check permits a byte or fails.
type Output interface {
	poll.Source
	// Check returns how many bytes the next Write may have.
	Check() (int, error)
	// Write takes all of p, or fails. p is not kept.
	Write(p []byte) error
	// Flush has Check permit nothing until all that was written has left.
	Flush() error
	// Close gives up the stream. What was written goes on its way. It does not wait.
	Close() error
}

// Chunk is how many bytes one step of a stream takes, in most streams.
const Chunk = 64 << 10

// ReadBlocking reads at least a byte, unless p is empty.
func ReadBlocking(ctx context.Context, in Input, p []byte) (int, error) {
	for {
		n, err := in.Read(p)
		if n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
		if _, err := poll.Wait(ctx, in); err != nil {
			return 0, err
		}
	}
}

// Skip reads up to n bytes that are there, and drops them.
func Skip(in Input, n uint64) (uint64, error) {
	return uint64Of(in.Read(make([]byte, min(n, Chunk))))
}

// SkipBlocking is Skip, and waits for at least a byte, unless n is 0.
func SkipBlocking(ctx context.Context, in Input, n uint64) (uint64, error) {
	return uint64Of(ReadBlocking(ctx, in, make([]byte, min(n, Chunk))))
}

func uint64Of(n int, err error) (uint64, error) { return uint64(n), err }

// direct is an Output that can write and flush in one step.
type direct interface {
	// writeThrough reports whether it wrote and flushed all of p.
	writeThrough(ctx context.Context, p []byte) (bool, error)
}

// WriteAndFlush writes all of p, in as many steps as it takes, and waits until it has
// left.
func WriteAndFlush(ctx context.Context, out Output, p []byte) error {
	if d, ok := out.(direct); ok {
		if done, err := d.writeThrough(ctx, p); done || err != nil {
			return err
		}
	}
	for len(p) > 0 {
		n, err := permit(ctx, out)
		if err != nil {
			return err
		}
		n = min(n, len(p))
		if err := out.Write(p[:n]); err != nil {
			return err
		}
		p = p[n:]
	}
	return FlushBlocking(ctx, out)
}

// permit waits until Check permits a byte.
func permit(ctx context.Context, out Output) (int, error) {
	for {
		n, err := out.Check()
		if n > 0 || err != nil {
			return n, err
		}
		if _, err := poll.Wait(ctx, out); err != nil {
			return 0, err
		}
	}
}

// FlushBlocking flushes, and waits until all that was written has left. A stream that
// closes by it has not failed.
func FlushBlocking(ctx context.Context, out Output) error {
	if err := out.Flush(); err != nil {
		return err
	}
	if _, ok := out.(interface{ flushesNothing() }); ok {
		// A pipe's reader may come only later: it has no moment at which all has left.
		return nil
	}
	if _, err := permit(ctx, out); err != ErrClosed {
		return err
	}
	return nil
}

var zeroes [4096]byte

// WriteZeroes writes n zeroes, which Check must have permitted.
func WriteZeroes(out Output, n uint64) error {
	permitted, err := out.Check()
	if err != nil {
		return err
	}
	if n > uint64(permitted) {
		return ErrPermit
	}
	for n > 0 {
		step := min(n, uint64(len(zeroes)))
		if err := out.Write(zeroes[:step]); err != nil {
			return err
		}
		n -= step
	}
	return nil
}

// WriteZeroesAndFlush writes n zeroes and waits until they have left.
func WriteZeroesAndFlush(ctx context.Context, out Output, n uint64) error {
	for ; n > uint64(len(zeroes)); n -= uint64(len(zeroes)) {
		if err := WriteAndFlush(ctx, out, zeroes[:]); err != nil {
			return err
		}
	}
	return WriteAndFlush(ctx, out, zeroes[:n])
}

// Splice writes to out up to n bytes that are there to read from in, and returns how
// many.
func Splice(out Output, in Input, n uint64) (uint64, error) {
	permitted, err := out.Check()
	if err != nil {
		return 0, err
	}
	p := make([]byte, min(n, uint64(permitted), Chunk))
	read, err := in.Read(p)
	if err != nil || read == 0 {
		return 0, err
	}
	return uint64(read), out.Write(p[:read])
}

// SpliceBlocking waits until out takes bytes and in has some, and splices.
func SpliceBlocking(ctx context.Context, out Output, in Input, n uint64) (uint64, error) {
	if _, err := permit(ctx, out); err != nil {
		return 0, err
	}
	if _, err := poll.Wait(ctx, in); err != nil {
		return 0, err
	}
	return Splice(out, in, n)
}

// Empty is an input at its end.
type Empty struct{ poll.Always }

// Read fails with ErrClosed.
func (Empty) Read([]byte) (int, error) { return 0, ErrClosed }

// Close does nothing.
func (Empty) Close() error { return nil }

// Sink is an output that drops what it takes.
type Sink struct{ poll.Always }

// Check permits Chunk bytes.
func (Sink) Check() (int, error) { return Chunk, nil }

// Write drops p.
func (Sink) Write([]byte) error { return nil }

// Flush does nothing.
func (Sink) Flush() error { return nil }

// Close does nothing.
func (Sink) Close() error { return nil }
