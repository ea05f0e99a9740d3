package streams

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/witgen/witgen/wasi/internal/guard"
	"github.com/witgen/witgen/wasi/internal/poll"
)

// Writer is an Output over an io.Writer, which may wait. What it holds back is at most
// Chunk bytes. A goroutine writes while there is something to write, and ends then.
type Writer struct {
	signal poll.Signal
	// mayWait is false for a destination that is written where it stands.
	mayWait bool
	piped   bool

	mu       sync.Mutex
	to       io.Writer
	pending  []byte
	spare    []byte // what the goroutine has written, to be used again
	writing  bool   // a goroutine writes
	inFlight int    // bytes that it has taken from pending
	flushing bool
	permit   int
	err      error
	closed   bool
	atEnd    func() // runs once the writer is closed and everything has left
	linger   time.Duration
}

// NewWriter returns an Output to w. Close does not close w.
func NewWriter(w io.Writer) *Writer { return &Writer{to: w, mayWait: !isPrompt(w)} }

// Linger is how long what was written may take to leave after Close, in most streams.
const Linger = 10 * time.Second

// NewWriterThen is NewWriter for a destination that is the stream's alone. It has atEnd
// called once after Close, when everything has left or failed, perhaps on another
// goroutine. What has not left within linger after Close is given up, if the destination
// has deadlines: nobody else could end the wait for a reader that takes nothing.
func NewWriterThen(w io.Writer, linger time.Duration, atEnd func()) *Writer {
	made := NewWriter(w)
	made.atEnd, made.linger = atEnd, linger
	return made
}

// Piped has the stream closed, and not failed, once nobody reads the pipe or connection
// that it writes to. It returns w.
func (w *Writer) Piped() *Writer {
	w.piped = true
	return w
}

// errBroken is ErrClosed for who waits until all has left, too.
var errBroken = fmt.Errorf("%w: nobody reads it", ErrClosed)

// send writes p to the destination.
func (w *Writer) send(p []byte) error {
	err := writeAll(w.to, p)
	if w.piped && errors.Is(err, syscall.EPIPE) {
		return errBroken
	}
	return err
}

// isPrompt reports whether writing to w does not wait for others.
func isPrompt(w io.Writer) bool {
	switch w := w.(type) {
	case *bytes.Buffer, *strings.Builder:
		return true
	case *os.File:
		info, err := w.Stat()
		return err == nil && info.Mode().IsRegular()
	}
	return w == io.Discard
}

// Ready reports whether Check permits a byte or fails.
func (w *Writer) Ready() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err != nil || w.closed || w.room() > 0
}

// Watch has wt woken when bytes have left.
func (w *Writer) Watch(wt *poll.Waiter) (stop func()) { return w.signal.Watch(wt) }

// room returns how many bytes may be written now.
func (w *Writer) room() int {
	if w.flushing {
		return 0
	}
	return Chunk - len(w.pending) - w.inFlight
}

// Check returns how many bytes the next Write may have.
func (w *Writer) Check() (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.failed(); err != nil {
		return 0, err
	}
	w.permit = w.room()
	return w.permit, nil
}

// failed returns the error of the destination the first time, ErrClosed ever after.
func (w *Writer) failed() error {
	if w.closed {
		return ErrClosed
	}
	err := w.err
	if err != nil {
		w.err = ErrClosed
	}
	return err
}

// Write takes p, which Check must have permitted.
func (w *Writer) Write(p []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.failed(); err != nil {
		return err
	}
	if len(p) > w.permit {
		return ErrPermit
	}
	w.permit -= len(p)
	if len(p) == 0 {
		return nil
	}
	if !w.mayWait {
		return w.put(p)
	}
	w.pending = append(w.pending, p...)
	w.begin()
	return nil
}

// put writes p to the destination, which does not wait.
func (w *Writer) put(p []byte) error {
	if err := w.send(p); err != nil {
		w.err = ErrClosed
		return err
	}
	return nil
}

func writeAll(to io.Writer, p []byte) error {
	n, err := to.Write(p)
	if err == nil && n < len(p) {
		return io.ErrShortWrite
	}
	return err
}

// begin sees that a goroutine writes.
func (w *Writer) begin() {
	if !w.writing {
		w.writing = true
		go w.drain()
	}
}

// drain writes until nothing is pending.
func (w *Writer) drain() {
	for again := true; again; {
		w.mu.Lock()
		batch := w.pending
		w.pending, w.inFlight = w.spare[:0], len(batch)
		w.mu.Unlock()
		guard.Run(func() error { return w.send(batch) }, func(err error) { again = w.wrote(batch, err) })
	}
}

// wrote ends the writing of a batch, and reports whether there is more to write.
func (w *Writer) wrote(batch []byte, err error) (more bool) {
	w.mu.Lock()
	w.spare, w.inFlight = batch, 0
	if err != nil {
		w.err, w.pending = err, nil
	}
	more = len(w.pending) > 0
	if !more {
		w.writing, w.flushing = false, false
		w.finish()
	}
	w.mu.Unlock()
	w.signal.Fire()
	return more
}

// finish calls atEnd where the writer is closed and nothing is under way.
func (w *Writer) finish() {
	if w.closed && !w.writing && w.atEnd != nil {
		go w.atEnd()
		w.atEnd = nil
	}
}

// Flush has Check permit nothing until everything has left.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.failed(); err != nil {
		return err
	}
	w.flushing = w.writing
	if w.flushing {
		w.permit = 0
	}
	return nil
}

// writeThrough writes p on the caller's goroutine where nothing is before it and
// nobody could end the wait.
func (w *Writer) writeThrough(ctx context.Context, p []byte) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.failed(); err != nil {
		return false, err
	}
	if w.writing || w.mayWait && ctx.Done() != nil {
		return false, nil
	}
	return true, w.put(p)
}

// Close ends the stream. What was written still goes out.
func (w *Writer) Close() error {
	w.mu.Lock()
	if d, ok := w.to.(interface{ SetWriteDeadline(time.Time) error }); ok && w.atEnd != nil && w.writing && !w.closed {
		_ = d.SetWriteDeadline(time.Now().Add(w.linger)) // some have deadlines in name only
	}
	w.closed = true
	w.finish()
	w.mu.Unlock()
	w.signal.Fire()
	return nil
}

// Drain waits until everything that was written has left or failed.
func (w *Writer) Drain(ctx context.Context) error {
	_, err := poll.Wait(ctx, poll.Func{Signal: &w.signal, Is: func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return !w.writing
	}})
	return err
}
