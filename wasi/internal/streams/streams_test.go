package streams

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/witgen/witgen/wasi/internal/poll"
)

var background = context.Background()

// cancellable returns a context that could end, so that no write is direct.
func cancellable(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(background)
	t.Cleanup(cancel)
	return ctx
}

// goroutines has the test fail where it leaves goroutines behind.
func goroutines(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
			if time.Now().After(end) {
				t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
				return
			}
		}
	})
}

func all(t *testing.T, ctx context.Context, in Input) string {
	t.Helper()
	var got []byte
	p := make([]byte, 100)
	for {
		n, err := ReadBlocking(ctx, in, p)
		got = append(got, p[:n]...)
		if errors.Is(err, ErrClosed) {
			return string(got)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestReader(t *testing.T) {
	goroutines(t)
	long := strings.Repeat("0123456789", 50000)
	for name, source := range map[string]io.Reader{
		"memory":    strings.NewReader(long),
		"plain":     iotest.HalfReader(strings.NewReader(long)),
		"one byte":  iotest.OneByteReader(strings.NewReader(long[:1000])),
		"data, err": iotest.DataErrReader(strings.NewReader(long)),
	} {
		in := NewReader(source)
		want := long
		if name == "one byte" {
			want = long[:1000]
		}
		if got := all(t, cancellable(t), in); got != want {
			t.Errorf("%s: %d bytes of %d", name, len(got), len(want))
		}
		for range 2 {
			if n, err := in.Read(make([]byte, 1)); n != 0 || !errors.Is(err, ErrClosed) {
				t.Errorf("%s: at the end: %d, %v", name, n, err)
			}
			if n, err := in.Read(nil); n != 0 || !errors.Is(err, ErrClosed) {
				t.Errorf("%s: at the end: %d, %v", name, n, err)
			}
		}
		if !in.Ready() {
			t.Errorf("%s: the end is not ready", name)
		}
	}
}

func TestReaderDoesNotWait(t *testing.T) {
	goroutines(t)
	from, to := io.Pipe()
	in := NewReader(from)
	p := make([]byte, 10)
	if n, err := in.Read(p); n != 0 || err != nil {
		t.Errorf("an empty pipe reads %d, %v", n, err)
	}
	if n, err := in.Read(nil); n != 0 || err != nil {
		t.Errorf("an empty pipe reads %d, %v", n, err)
	}
	if in.Ready() {
		t.Error("an empty pipe is ready")
	}
	ctx, cancel := context.WithCancel(background)
	cancel()
	if _, err := ReadBlocking(ctx, in, p); !errors.Is(err, context.Canceled) {
		t.Errorf("the wait ended with %v", err)
	}
	if _, err := to.Write([]byte("abc")); err != nil {
		t.Fatal(err)
	}
	// What a read that was given up has read is there for the next.
	if n, err := ReadBlocking(background, in, p[:2]); string(p[:n]) != "ab" || err != nil {
		t.Errorf("read %q, %v", p[:n], err)
	}
	if n, err := in.Read(p); string(p[:n]) != "c" || err != nil {
		t.Errorf("read %q, %v", p[:n], err)
	}
	why := errors.New("why")
	go to.CloseWithError(why)
	if _, err := ReadBlocking(background, in, p); !errors.Is(err, why) {
		t.Errorf("the failure is %v", err)
	}
	if _, err := in.Read(p); !errors.Is(err, ErrClosed) {
		t.Errorf("after the failure: %v", err)
	}
}

func TestReaderClose(t *testing.T) {
	goroutines(t)
	from, to := io.Pipe()
	defer to.Close()
	in := NewReader(from)
	if in.Ready() {
		t.Error("an empty pipe is ready")
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		if _, err := ReadBlocking(background, in, make([]byte, 1)); !errors.Is(err, ErrClosed) {
			t.Errorf("a closed stream reads %v", err)
		}
	})
	for range 2 {
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	}
	wait.Wait()
	host, other, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	in = NewReader(host)
	in.Ready()
	if err := in.Close(); err != nil {
		t.Error(err)
	}
}

func TestShared(t *testing.T) {
	if one, other := Shared(os.Stdin).(shared), Shared(os.Stdin).(shared); one != other {
		t.Error("standard input has two readers")
	}
	in := Shared(strings.NewReader("abc"))
	p := make([]byte, 1)
	if n, err := in.Read(p); n != 1 || err != nil {
		t.Error(n, err)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	if got := all(t, background, in); got != "bc" {
		t.Errorf("after a user has closed it, it has %q", got)
	}
}

func TestBrokenReader(t *testing.T) {
	in := NewReader(iotest.ErrReader(nil)) // 0, nil for ever
	if _, err := ReadBlocking(background, in, make([]byte, 1)); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("the error is %v", err)
	}
}

// slow takes writes while its gate is open, and fails once it is broken.
type slow struct {
	mu     sync.Mutex
	moved  *sync.Cond
	open   bool
	broken bool
	got    bytes.Buffer
}

func newSlow() *slow {
	s := &slow{}
	s.moved = sync.NewCond(&s.mu)
	return s
}

// set opens or shuts the gate, or breaks it.
func (s *slow) set(open, broken bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open, s.broken = open, broken
	s.moved.Broadcast()
}

func (s *slow) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.open && !s.broken {
		s.moved.Wait()
	}
	if s.broken {
		return 0, io.ErrClosedPipe
	}
	return s.got.Write(p)
}

func TestWriter(t *testing.T) {
	goroutines(t)
	to := newSlow()
	out := NewWriter(to)
	n, err := out.Check()
	if n != Chunk || err != nil {
		t.Fatalf("check: %d, %v", n, err)
	}
	if err := out.Write(make([]byte, Chunk-10)); err != nil {
		t.Fatal(err)
	}
	if err := out.Write(make([]byte, 11)); !errors.Is(err, ErrPermit) {
		t.Errorf("too much: %v", err)
	}
	if err := out.Write(make([]byte, 10)); err != nil {
		t.Error(err)
	}
	if n, err := out.Check(); n != 0 || err != nil || out.Ready() {
		t.Errorf("a full stream permits %d, %v", n, err)
	}
	ctx, cancel := context.WithCancel(background)
	cancel()
	if _, err := permit(ctx, out); !errors.Is(err, context.Canceled) {
		t.Errorf("the wait ended with %v", err)
	}
	go to.set(true, false)
	if n, err := permit(background, out); n == 0 || err != nil {
		t.Errorf("after a write: %d, %v", n, err)
	}
	if err := out.Drain(background); err != nil {
		t.Error(err)
	}
	if n, err := out.Check(); n != Chunk || err != nil || to.got.Len() != Chunk {
		t.Errorf("at last: %d, %v, %d written", n, err, to.got.Len())
	}
	// A flush permits nothing until everything has left.
	to.set(false, false)
	if err := out.Flush(); err != nil || !out.Ready() {
		t.Error("a flush of nothing waits")
	}
	if _, err := out.Check(); err != nil {
		t.Error(err)
	}
	if err := out.Write([]byte("x")); err != nil {
		t.Error(err)
	}
	if err := out.Flush(); err != nil {
		t.Error(err)
	}
	if n, err := out.Check(); n != 0 || err != nil || out.Ready() {
		t.Errorf("while it flushes: %d, %v", n, err)
	}
	if err := out.Write([]byte("y")); !errors.Is(err, ErrPermit) {
		t.Errorf("a write while it flushes: %v", err)
	}
	go to.set(true, false)
	if err := FlushBlocking(background, out); err != nil {
		t.Error(err)
	}
	// A failure comes once.
	to.set(false, false)
	if _, err := out.Check(); err != nil {
		t.Error(err)
	}
	if err := out.Write([]byte("x")); err != nil {
		t.Error(err)
	}
	to.set(false, true)
	if err := FlushBlocking(background, out); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the failure is %v", err)
	}
	for range 2 {
		if _, err := out.Check(); !errors.Is(err, ErrClosed) {
			t.Errorf("after the failure: %v", err)
		}
	}
	if err := out.Write(nil); !errors.Is(err, ErrClosed) {
		t.Errorf("after the failure: %v", err)
	}
	if err := out.Flush(); !errors.Is(err, ErrClosed) {
		t.Errorf("after the failure: %v", err)
	}
}

// TestWriterHoldsAChunk writes to a destination that takes nothing.
func TestWriterHoldsAChunk(t *testing.T) {
	goroutines(t)
	to := newSlow()
	out := NewWriter(to)
	total := 0
	for range 1000 {
		n, err := out.Check()
		if err != nil {
			t.Fatal(err)
		}
		n = min(n, 1000)
		if err := out.Write(make([]byte, n)); err != nil {
			t.Fatal(err)
		}
		total += n
		runtime.Gosched()
	}
	if total != Chunk {
		t.Errorf("it holds %d bytes", total)
	}
	to.set(true, false)
	if err := out.Drain(background); err != nil {
		t.Error(err)
	}
}

// TestWriterAfterClose has what was written before Close leave after it.
func TestWriterAfterClose(t *testing.T) {
	goroutines(t)
	to := newSlow()
	ended := make(chan bool)
	out := NewWriterThen(to, Linger, func() { close(ended) })
	_, _ = out.Check()
	if err := out.Write([]byte("last words")); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Check(); !errors.Is(err, ErrClosed) || !out.Ready() {
		t.Errorf("a closed stream: %v", err)
	}
	select {
	case <-ended:
		t.Error("the end came before the bytes had left")
	default:
	}
	to.set(true, false)
	<-ended
	if to.got.String() != "last words" {
		t.Errorf("got %q", to.got.String())
	}
	ended = make(chan bool)
	if err := NewWriterThen(to, Linger, func() { close(ended) }).Close(); err != nil {
		t.Error(err)
	}
	<-ended
}

func TestWriteAndFlush(t *testing.T) {
	goroutines(t)
	long := bytes.Repeat([]byte("0123456789"), 50000)
	for name, ctx := range map[string]context.Context{"direct": background, "cancellable": cancellable(t)} {
		from, to := io.Pipe()
		out := NewWriter(to)
		got := make(chan []byte)
		go func() {
			p, _ := io.ReadAll(from)
			got <- p
		}()
		if err := WriteAndFlush(ctx, out, long); err != nil {
			t.Error(err)
		}
		if err := WriteZeroesAndFlush(ctx, out, 10000); err != nil {
			t.Error(err)
		}
		if err := to.Close(); err != nil {
			t.Error(err)
		}
		if p := <-got; !bytes.Equal(p, append(long[:len(long):len(long)], make([]byte, 10000)...)) {
			t.Errorf("%s: %d bytes arrived", name, len(p))
		}
		if err := WriteAndFlush(ctx, out, []byte("x")); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: after the end: %v", name, err)
		}
	}
	var memory bytes.Buffer
	out := NewWriter(&memory)
	if err := WriteAndFlush(cancellable(t), out, long); err != nil || !bytes.Equal(memory.Bytes(), long) {
		t.Errorf("%v: %d bytes arrived", err, memory.Len())
	}
	if n, err := out.Check(); n != Chunk || err != nil {
		t.Errorf("memory permits %d, %v", n, err)
	}
	if err := WriteZeroes(out, Chunk+1); !errors.Is(err, ErrPermit) {
		t.Errorf("too many zeroes: %v", err)
	}
	if err := WriteZeroes(out, 5000); err != nil || memory.Len() != len(long)+5000 {
		t.Errorf("%v: %d bytes", err, memory.Len())
	}
}

// TestBlockedWriteEnds has a write to a pipe that nobody reads end with its context.
func TestBlockedWriteEnds(t *testing.T) {
	goroutines(t)
	from, to := io.Pipe()
	ctx, cancel := context.WithCancel(background)
	out := NewWriter(to)
	go cancel()
	if err := WriteAndFlush(ctx, out, []byte("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("the write ended with %v", err)
	}
	if err := from.Close(); err != nil {
		t.Error(err)
	}
}

func TestRegularFile(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := NewWriter(f)
	if _, err := out.Check(); err != nil {
		t.Fatal(err)
	}
	if err := out.Write([]byte("at once")); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(f.Name()); string(got) != "at once" {
		t.Errorf("the file has %q", got)
	}
}

func TestSplice(t *testing.T) {
	goroutines(t)
	in := NewReader(strings.NewReader("0123456789"))
	var memory bytes.Buffer
	out := NewWriter(&memory)
	if n, err := Splice(out, in, 3); n != 3 || err != nil {
		t.Error(n, err)
	}
	if n, err := SpliceBlocking(background, out, in, 1<<60); n != 7 || err != nil {
		t.Error(n, err)
	}
	if n, err := Splice(out, in, 3); n != 0 || !errors.Is(err, ErrClosed) {
		t.Error(n, err)
	}
	if memory.String() != "0123456789" {
		t.Error(memory.String())
	}
	from, to := io.Pipe()
	in = NewReader(from)
	if n, err := Splice(out, in, 3); n != 0 || err != nil {
		t.Error(n, err)
	}
	go to.Write([]byte("ab"))
	if n, err := SpliceBlocking(background, out, in, 1); n != 1 || err != nil {
		t.Error(n, err)
	}
	if n, err := SkipBlocking(background, in, 100); n != 1 || err != nil {
		t.Error(n, err)
	}
	if n, err := Skip(in, 100); n != 0 || err != nil {
		t.Error(n, err)
	}
	if n, err := Splice(Sink{}, Empty{}, 1); n != 0 || !errors.Is(err, ErrClosed) {
		t.Error(n, err)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
}

func TestPipe(t *testing.T) {
	goroutines(t)
	p := NewPipe(10)
	source := p.Source()
	if n, err := p.Check(); n != 10 || err != nil {
		t.Error(n, err)
	}
	if err := p.Write([]byte("0123456789x")); !errors.Is(err, ErrPermit) {
		t.Error(err)
	}
	if err := p.Write([]byte("0123456789")); err != nil {
		t.Error(err)
	}
	// Nobody reads yet, and a flush waits for nobody.
	if err := p.Flush(); err != nil {
		t.Error(err)
	}
	if n, err := p.Check(); n != 0 || err != nil || p.Ready() || p.Held() != 10 {
		t.Error(n, err, p.Held())
	}
	b := make([]byte, 4)
	if n, err := source.Read(b); string(b[:n]) != "0123" || err != nil || !p.Ready() {
		t.Error(n, err)
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		if err := WriteAndFlush(background, p, []byte("abcdefghijklmnopqrstuvwxyz")); err != nil {
			t.Error(err)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		p.End(nil)
		p.End(errors.New("too late"))
	})
	if rest, err := io.ReadAll(source); string(rest) != "456789abcdefghijklmnopqrstuvwxyz" || err != nil {
		t.Errorf("%q, %v", rest, err)
	}
	wait.Wait()
	if _, err := p.Check(); !errors.Is(err, ErrClosed) || !p.Ready() {
		t.Error(err)
	}
}

func TestPipeBreaks(t *testing.T) {
	goroutines(t)
	why := errors.New("why")
	p := NewPipe(1)
	var wait sync.WaitGroup
	wait.Go(func() {
		if err := WriteAndFlush(background, p, []byte("ab")); !errors.Is(err, why) {
			t.Error(err)
		}
		if _, err := p.Check(); !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
	})
	p.Break(why)
	wait.Wait()
	if _, err := p.Source().Read(make([]byte, 1)); !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
	q := NewPipe(1)
	wait.Go(func() {
		if _, err := io.ReadAll(q.Source()); !errors.Is(err, why) {
			t.Error(err)
		}
	})
	q.End(why)
	wait.Wait()
	if err := q.Source().Close(); err != nil {
		t.Error(err)
	}
}

// TestWaitForSeveral waits for streams and other things together.
func TestWaitForSeveral(t *testing.T) {
	goroutines(t)
	for n := range 3 {
		from, to := io.Pipe()
		in := NewReader(from)
		out := NewPipe(1)
		if err := WriteAndFlush(background, out, []byte("x")); err != nil {
			t.Error(err)
		}
		var event poll.Event
		switch n {
		case 0:
			go to.Write([]byte("x"))
		case 1:
			go out.Source().Read(make([]byte, 1))
		case 2:
			go event.Set()
		}
		got, err := poll.Wait(background, in, out, &event)
		if err != nil || len(got) != 1 || got[0] != n {
			t.Errorf("%d: ready are %v, %v", n, got, err)
		}
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	}
}
