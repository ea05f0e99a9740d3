package sockets

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/witgen/witgen/wasi/internal/poll"
	"github.com/witgen/witgen/wasi/internal/streams"
)

func expect(t *testing.T, what string, err error, want Code) {
	t.Helper()
	got := none
	if err != nil {
		got = Of(err)
	}
	if got != want {
		t.Errorf("%s: %v (%v), want %v", what, got, err, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func err1[A any](_ A, err error) error         { return err }
func err2[A, B any](_ A, _ B, err error) error { return err }
func err3[A, B, C any](_ A, _ B, _ C, err error) error {
	return err
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

func all(Target) bool { return true }

// open returns a network that allows everything, whose sockets must be closed.
func open(t *testing.T) *Network {
	n := &Network{Dial: all, Listen: all, UDP: all, Resolve: func(string) bool { return true }}
	n.Bytes = streams.NewBudget(streams.DefaultBudget)
	t.Cleanup(func() {
		n.Close()
		for end := time.Now().Add(10 * time.Second); n.Open() != 0; runtime.Gosched() {
			if time.Now().After(end) {
				t.Errorf("%d sockets are open", n.Open())
				return
			}
		}
		if held := n.Bytes.Used(); held != 0 {
			t.Errorf("%d bytes are held", held)
		}
	})
	return n
}

func addr(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

func families(t *testing.T, f func(t *testing.T, family Family, local netip.AddrPort)) {
	t.Run("IPv4", func(t *testing.T) { f(t, IPv4, addr("127.0.0.1:0")) })
	t.Run("IPv6", func(t *testing.T) {
		l, err := net.Listen("tcp6", "[::1]:0")
		if err != nil {
			t.Skipf("this machine has no IPv6: %v", err)
		}
		must(t, l.Close())
		f(t, IPv6, addr("[::1]:0"))
	})
}

// listen returns a socket that listens, and its address.
func listen(t *testing.T, n *Network, family Family, local netip.AddrPort) (*TCP, netip.AddrPort) {
	t.Helper()
	s, err := n.NewTCP(family)
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	must(t, s.StartBind(local))
	must(t, s.FinishBind())
	at, err := s.LocalAddress()
	must(t, err)
	must(t, s.StartListen())
	must(t, s.FinishListen())
	return s, at
}

func connect(t *testing.T, n *Network, family Family, to netip.AddrPort) (*TCP, streams.Input, streams.Output) {
	t.Helper()
	s, err := n.NewTCP(family)
	must(t, err)
	must(t, s.StartConnect(to))
	_, err = poll.Wait(background, s)
	must(t, err)
	in, out, err := s.FinishConnect()
	must(t, err)
	return s, in, out
}

func accept(t *testing.T, s *TCP) (*TCP, streams.Input, streams.Output) {
	t.Helper()
	for {
		c, in, out, err := s.Accept()
		if errors.Is(err, WouldBlock) {
			_, err = poll.Wait(background, s)
			must(t, err)
			continue
		}
		must(t, err)
		return c, in, out
	}
}

func readAll(t *testing.T, in streams.Input) string {
	t.Helper()
	var got []byte
	p := make([]byte, 1000)
	for {
		n, err := streams.ReadBlocking(background, in, p)
		got = append(got, p[:n]...)
		if errors.Is(err, streams.ErrClosed) {
			return string(got)
		}
		must(t, err)
	}
}

func must2(t *testing.T) func(netip.AddrPort, error) netip.AddrPort {
	return func(a netip.AddrPort, err error) netip.AddrPort {
		t.Helper()
		must(t, err)
		return a
	}
}

// descriptors has the test fail where it leaves descriptors of the system open. It
// runs before what other cleanups close, and counts the rest.
func descriptors(t *testing.T) func() {
	count := func() int {
		entries, _ := os.ReadDir("/proc/self/fd") // Other systems have none to count.
		return len(entries)
	}
	before := count()
	return func() {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); count() > before; runtime.Gosched() {
			if time.Now().After(end) {
				t.Errorf("%d descriptors before, %d after", before, count())
				return
			}
		}
	}
}
