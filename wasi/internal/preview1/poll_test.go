package preview1

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/witgen/witgen/wasi/internal/clocks"
	"github.com/witgen/witgen/wasi/internal/grants"
	"github.com/witgen/witgen/wasi/internal/streams"
)

// subscribe returns a pointer to subscriptions.
func (g *guest) subscribe(all ...[48]byte) uint64 {
	at := g.room(48 * len(all))
	for n, s := range all {
		copy(g.memory.bytes[int(at)+48*n:], s[:])
	}
	return at
}

func clockEvent(user uint64, clock uint32, timeout uint64, flags uint16) (s [48]byte) {
	binary.LittleEndian.PutUint64(s[:], user)
	binary.LittleEndian.PutUint32(s[16:], clock)
	binary.LittleEndian.PutUint64(s[24:], timeout)
	binary.LittleEndian.PutUint16(s[40:], flags)
	return s
}

func fdEvent(user uint64, kind byte, fd uint32) (s [48]byte) {
	binary.LittleEndian.PutUint64(s[:], user)
	s[8] = kind
	binary.LittleEndian.PutUint32(s[16:], fd)
	return s
}

// events are those of a poll, as text.
func (g *guest) events(all ...[48]byte) string {
	g.t.Helper()
	out, n := g.room(32*len(all)), g.room(4)
	g.want(success, "poll_oneoff", g.subscribe(all...), out, uint64(len(all)), n)
	var s []string
	for k := range uint64(g.u32(n)) {
		e := out + 32*k
		s = append(s, fmt.Sprintf("%d: errno %d type %d bytes %d", g.u64(e), g.u32(e+8)&0xffff, g.memory.bytes[e+10], g.u64(e+16)))
	}
	return strings.Join(s, "; ")
}

func TestPoll(t *testing.T) {
	granted := grants.Closed()
	granted.Clock = clocks.NewSystem()
	from, to := io.Pipe()
	granted.Stdin = streams.NewReader(from)
	dir := withFolder(t, granted)
	must(t, os.WriteFile(filepath.Join(dir, "f"), []byte("12345"), 0o666))
	g := newGuest(t, granted)
	const hour = 3600e9
	fd := uint32(g.open("f", 0))
	for _, c := range []struct {
		want string
		all  [][48]byte
	}{
		{"1: errno 0 type 0 bytes 0", [][48]byte{clockEvent(1, 1, 0, 0)}},
		{"2: errno 0 type 0 bytes 0", [][48]byte{clockEvent(1, 1, hour, 0), clockEvent(2, 1, 1000, 0), fdEvent(3, 1, 0)}},
		{"1: errno 0 type 0 bytes 0", [][48]byte{clockEvent(1, 0, 1e9, 1), clockEvent(2, 0, 1<<63, 1)}},
		{"1: errno 0 type 0 bytes 0", [][48]byte{clockEvent(1, 1, 1, 1), clockEvent(2, 1, 1<<62, 1), clockEvent(3, 1, 1<<64-1, 0)}},
		{"1: errno 0 type 1 bytes 5; 2: errno 0 type 2 bytes 5; 4: errno 0 type 2 bytes 1", [][48]byte{fdEvent(1, 1, fd), fdEvent(2, 2, fd), fdEvent(3, 1, 0), fdEvent(4, 2, 1), clockEvent(5, 1, hour, 0)}},
		{"1: errno 8 type 1 bytes 0", [][48]byte{fdEvent(1, 1, 99), clockEvent(2, 1, hour, 0), fdEvent(3, 1, 0)}},
		{"1: errno 28 type 0 bytes 0", [][48]byte{clockEvent(1, 3, 0, 0), fdEvent(3, 1, 0)}},
		{"1: errno 8 type 1 bytes 0; 2: errno 8 type 2 bytes 0", [][48]byte{fdEvent(1, 1, 1), fdEvent(2, 2, 0)}},
	} {
		if got := g.events(c.all...); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
	go to.Write([]byte("x"))
	if got := g.events(fdEvent(1, 1, 0), clockEvent(2, 1, hour, 0), fdEvent(3, 1, 0)); got != "1: errno 0 type 1 bytes 1; 3: errno 0 type 1 bytes 1" {
		t.Error(got)
	}
	n := g.room(4)
	g.want(inval, "poll_oneoff", 0, 0, 0, n)
	bad := fdEvent(1, 3, 0)
	g.want(inval, "poll_oneoff", g.subscribe(bad), g.room(32), 1, n)
	g.want(inval, "poll_oneoff", g.subscribe(clockEvent(1, 1, 0, 2)), g.room(32), 1, n)
	if got, e := g.read(0, 10); got != "x" || e != success {
		t.Errorf("read %q, %d", got, e)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	g.ctx = ctx
	at := g.subscribe(fdEvent(1, 1, 0), clockEvent(2, 1, hour, 0))
	if err := traps(t, func() { g.call("poll_oneoff", at, g.room(64), 2, n) }); !errors.Is(err, context.Canceled) {
		t.Errorf("a poll for ever: %v", err)
	}
	must(t, to.Close())
}

// TestPollClosed has a guest without a clock sleep.
func TestPollClosed(t *testing.T) {
	g := newGuest(t, grants.Closed())
	if got := g.events(clockEvent(1, 1, 5e9, 0), clockEvent(2, 1, 9e9, 0)); got != "1: errno 0 type 0 bytes 0" {
		t.Error(got)
	}
	at := g.room(8)
	g.want(success, "clock_time_get", 1, 0, at)
	if got := g.u64(at); got < 5e9 || got > 5.1e9 {
		t.Errorf("after 5 s, the clock shows %d", got)
	}
}

// TestPollMany has as many subscriptions as the memory holds, of one descriptor.
func TestPollMany(t *testing.T) {
	g := newGuest(t, grants.Closed())
	const count = 10000
	all := make([][48]byte, count)
	for n := range all {
		all[n] = fdEvent(uint64(n), 1, 0)
	}
	out, n := g.room(32*count), g.room(4)
	g.want(success, "poll_oneoff", g.subscribe(all...), out, count, n)
	if g.u32(n) != count {
		t.Errorf("%d events", g.u32(n))
	}
}
