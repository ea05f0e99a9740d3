package streams

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/witgen/witgen/wasi/internal/guard"
	"github.com/witgen/witgen/wasi/internal/poll"
)

// Reader is an Input over an io.Reader, which may wait. It reads ahead at most Chunk
// bytes, and only once someone reads or watches. Several may share it.
type Reader struct {
	signal poll.Signal
	// mayWait is false for a source in memory, which is read where it stands.
	mayWait bool

	mu      sync.Mutex
	source  io.Reader
	buffer  []byte
	unread  []byte // of buffer
	reading bool   // a goroutine reads the source into buffer
	err     error  // of the source
	closed  bool
}

// NewReader returns an Input of what source has. Close closes the source where it is
// an io.Closer.
func NewReader(source io.Reader) *Reader {
	return &Reader{source: source, mayWait: !inMemory(source)}
}

func inMemory(source io.Reader) bool {
	switch source.(type) {
	case *bytes.Reader, *bytes.Buffer, *strings.Reader:
		return true
	}
	return false
}

// standard reads the standard input of the process. A read of it cannot be taken
// back, so that there is one reader for all: what it has read ahead goes to whoever
// reads next.
var standard = sync.OnceValue(func() *Reader { return NewReader(os.Stdin) })

// Shared returns an Input that several instances may have. Its Close leaves the
// source open, for those that come later. For os.Stdin it is one reader for the
// process.
func Shared(source io.Reader) Input {
	if source == os.Stdin {
		return shared{standard()}
	}
	return shared{NewReader(source)}
}

type shared struct{ *Reader }

func (shared) Close() error { return nil }

// Ready reports whether there are bytes or an error to read. If not, it begins to read
// the source.
func (r *Reader) Ready() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.advance()
}

// Watch has w woken by what the source gives.
func (r *Reader) Watch(w *poll.Waiter) (stop func()) { return r.signal.Watch(w) }

// Read reads bytes that the source has given.
func (r *Reader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(p) == 0 {
		if len(r.unread) == 0 && (r.closed || r.err == ErrClosed) {
			return 0, ErrClosed
		}
		return 0, nil
	}
	if !r.advance() {
		return 0, nil
	}
	if len(r.unread) == 0 {
		return 0, r.fail()
	}
	n := copy(p, r.unread)
	r.unread = r.unread[n:]
	return n, nil
}

// fail returns the source's error the first time, and ErrClosed ever after.
func (r *Reader) fail() error {
	if r.closed {
		return ErrClosed
	}
	err := r.err
	r.err = ErrClosed
	return err
}

// advance reports whether there is something to read. Where there is not, it begins
// to read the source, or reads it where that does not wait.
func (r *Reader) advance() bool {
	if len(r.unread) > 0 || r.err != nil || r.closed {
		return true
	}
	if r.reading {
		return false
	}
	if r.buffer == nil {
		r.buffer = make([]byte, Chunk)
	}
	if !r.mayWait {
		n, err := readSome(r.source, r.buffer)
		r.took(n, err)
		return true
	}
	r.reading = true
	go r.fill()
	return false
}

// fill reads the source once.
func (r *Reader) fill() {
	n := 0
	guard.Run(func() (err error) {
		n, err = readSome(r.source, r.buffer)
		return err
	}, func(err error) {
		r.mu.Lock()
		r.reading = false
		r.took(n, err)
		r.mu.Unlock()
		r.signal.Fire()
	})
}

func (r *Reader) took(n int, err error) {
	r.unread = r.buffer[:n]
	switch {
	case err == io.EOF:
		r.err = ErrClosed
	case err != nil:
		r.err = err
	}
}

// readSome reads until there is a byte or an error.
func readSome(source io.Reader, p []byte) (int, error) {
	// As in package bufio: a source that reads nothing for ever is broken.
	for range 100 {
		n, err := source.Read(p)
		if n < 0 || n > len(p) {
			return 0, io.ErrNoProgress
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// Close ends the stream and closes the source. A goroutine that reads it ends where
// the source lets itself be closed or has deadlines.
func (r *Reader) Close() error {
	r.mu.Lock()
	already := r.closed
	r.closed, r.unread = true, nil
	r.mu.Unlock()
	r.signal.Fire()
	if already {
		return nil
	}
	if s, ok := r.source.(interface{ SetReadDeadline(time.Time) error }); ok {
		_ = s.SetReadDeadline(time.Unix(1, 0)) // Some have deadlines in name only.
	}
	if c, ok := r.source.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
