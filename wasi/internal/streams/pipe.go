package streams

import (
	"io"
	"sync"

	"github.com/witgen/witgen/wasi/internal/poll"
)

// Pipe is an Output that a Go program reads. It holds a bounded number of bytes, so
// that a guest may write before anyone reads, and waits where nobody does. Flush waits
// for nobody, for the same reason.
type Pipe struct {
	signal poll.Signal

	mu     sync.Mutex
	filled sync.Cond // something was written, or an end has closed
	buffer []byte
	start  int // of what is unread in buffer
	limit  int
	permit int
	closed bool  // by the guest
	end    error // what the reader gets after the last byte
	broken error // of the reader, who is gone
	told   bool  // the guest has had broken
}

// NewPipe returns a pipe that holds up to limit bytes.
func NewPipe(limit int) *Pipe {
	p := &Pipe{limit: limit}
	p.filled.L = &p.mu
	return p
}

// Ready reports whether Check permits a byte or fails.
func (p *Pipe) Ready() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed || p.broken != nil || p.held() < p.limit
}

// Watch has w woken by reads.
func (p *Pipe) Watch(w *poll.Waiter) (stop func()) { return p.signal.Watch(w) }

func (p *Pipe) held() int { return len(p.buffer) - p.start }

// Check returns how many bytes the next Write may have.
func (p *Pipe) Check() (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.failed(); err != nil {
		return 0, err
	}
	p.permit = p.limit - p.held()
	return p.permit, nil
}

func (p *Pipe) failed() error {
	if p.closed || p.told {
		return ErrClosed
	}
	if p.broken != nil {
		p.told = true
	}
	return p.broken
}

// Write takes b, which Check must have permitted.
func (p *Pipe) Write(b []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.failed(); err != nil {
		return err
	}
	if len(b) > p.permit {
		return ErrPermit
	}
	p.permit -= len(b)
	if p.start > 0 && len(p.buffer)+len(b) > cap(p.buffer) {
		p.buffer = p.buffer[:copy(p.buffer, p.buffer[p.start:])]
		p.start = 0
	}
	p.buffer = append(p.buffer, b...)
	p.filled.Broadcast()
	return nil
}

// Flush fails where Write would, and does nothing else.
func (p *Pipe) Flush() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failed()
}

// flushesNothing marks pipes, and streams over them, whose flush waits for nobody.
func (p *Pipe) flushesNothing() {}

// Close ends the guest's side of the stream. The reader waits for End.
func (p *Pipe) Close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.signal.Fire()
	return nil
}

// End ends the pipe: after the last byte the reader gets err, or io.EOF for nil. The
// first End counts.
func (p *Pipe) End(err error) {
	if err == nil {
		err = io.EOF
	}
	p.mu.Lock()
	p.closed = true
	if p.end == nil {
		p.end = err
	}
	p.filled.Broadcast()
	p.mu.Unlock()
	p.signal.Fire()
}

// Ended reports whether End was called.
func (p *Pipe) Ended() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.end != nil
}

// Source returns the reader's side. Closing it breaks the pipe.
func (p *Pipe) Source() io.ReadCloser { return pipeSource{p} }

type pipeSource struct{ *Pipe }

// Read waits for bytes.
func (s pipeSource) Read(b []byte) (int, error) {
	p := s.Pipe
	p.mu.Lock()
	for p.held() == 0 && p.end == nil && p.broken == nil {
		p.filled.Wait()
	}
	if p.held() == 0 || p.broken != nil {
		defer p.mu.Unlock()
		if p.broken != nil {
			return 0, io.ErrClosedPipe
		}
		return 0, p.end
	}
	n := copy(b, p.buffer[p.start:])
	if p.start += n; p.start == len(p.buffer) {
		p.buffer, p.start = p.buffer[:0], 0
	}
	p.mu.Unlock()
	p.signal.Fire()
	return n, nil
}

// Close has the guest's next operation fail with io.ErrClosedPipe.
func (s pipeSource) Close() error {
	s.Break(io.ErrClosedPipe)
	return nil
}

// Break has the guest's next operation fail with err, and ends the reader.
func (p *Pipe) Break(err error) {
	p.mu.Lock()
	if p.broken == nil {
		p.broken = err
	}
	p.filled.Broadcast()
	p.mu.Unlock()
	p.signal.Fire()
}

// Held returns how many bytes the pipe holds.
func (p *Pipe) Held() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.held()
}

// Idle reports whether the reader would wait now.
func (p *Pipe) Idle() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.held() == 0 && p.end == nil && p.broken == nil
}
