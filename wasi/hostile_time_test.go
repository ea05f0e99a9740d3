package wasi_test

import (
	"context"
	"io"
	"math"
	"net"
	"strings"
	"testing"

	"github.com/witgen/witgen/internal/testing/puppet"
	"github.com/witgen/witgen/wasi"
)

// stuckWriter is a writer that takes nothing until it is released.
type stuckWriter chan struct{}

func (s stuckWriter) Write(p []byte) (int, error) {
	<-s
	return len(p), nil
}

// Every call that waits ends when its context does.
func TestHostileWaits(t *testing.T) {
	in, w := io.Pipe()
	out := make(stuckWriter)
	p := hostilePlugin(t, wasi.Clock(), wasi.Stdin(in), wasi.Stdout(out), wasi.DialTCP(all), wasi.ListenTCP(all), wasi.UDP(all), wasi.Resolve(anyName))
	t.Cleanup(func() {
		close(out)
		check(t, w.Close())
	})
	stdin := func(g *puppet.Guest) uint64 { return g.Call("wasi:cli/stdin#get-stdin") }
	stdout := func(g *puppet.Guest) uint64 { return g.Call("wasi:cli/stdout#get-stdout") }
	full := func(g *puppet.Guest) uint64 {
		o := stdout(g)
		for {
			n := g.U64(g.OK(outputStream+"check-write", o) + 8)
			if n == 0 {
				return o
			}
			g.OK(outputStream+"write", o, g.Room(int(n)), n)
		}
	}
	listens := func(g *puppet.Guest) uint64 {
		s := tcpSocket(g, 0)
		bindTCP(t, g, s, v4(127, 0, 0, 1, 0))
		g.OK(tcp+"start-listen", s)
		g.OK(tcp+"finish-listen", s)
		return s
	}
	for name, wait := range map[string]func(g *puppet.Guest){
		"pollable.block, a timer": func(g *puppet.Guest) { ends(t, g, block, g.Call(subscribe, math.MaxUint64)) },
		"pollable.block, a moment": func(g *puppet.Guest) {
			ends(t, g, block, g.Call("wasi:clocks/monotonic-clock#subscribe-instant", math.MaxUint64))
		},
		"pollable.block, stdin":  func(g *puppet.Guest) { ends(t, g, block, g.Call(inputStream+"subscribe", stdin(g))) },
		"pollable.block, stdout": func(g *puppet.Guest) { ends(t, g, block, g.Call(outputStream+"subscribe", full(g))) },
		"poll": func(g *puppet.Guest) {
			list := g.Put([]byte{byte(g.Call(subscribe, math.MaxUint64)), 0, 0, 0, byte(g.Call(inputStream+"subscribe", stdin(g))), 0, 0, 0})
			ends(t, g, "wasi:io/poll#poll", list, 2, g.Room(8))
		},
		"blocking-read":  func(g *puppet.Guest) { ends(t, g, inputStream+"blocking-read", stdin(g), 10, g.Room(16)) },
		"blocking-skip":  func(g *puppet.Guest) { ends(t, g, inputStream+"blocking-skip", stdin(g), 10, g.Room(16)) },
		"blocking-flush": func(g *puppet.Guest) { ends(t, g, outputStream+"blocking-flush", full(g), g.Room(16)) },
		"blocking-write-and-flush": func(g *puppet.Guest) {
			ends(t, g, outputStream+"blocking-write-and-flush", stdout(g), g.Room(8), 1, g.Room(16))
		},
		"blocking-write-zeroes-and-flush": func(g *puppet.Guest) {
			ends(t, g, outputStream+"blocking-write-zeroes-and-flush", full(g), 4096, g.Room(16))
		},
		"blocking-splice, nothing to read": func(g *puppet.Guest) {
			ends(t, g, outputStream+"blocking-splice", stdout(g), stdin(g), 10, g.Room(16))
		},
		"blocking-splice, no room": func(g *puppet.Guest) {
			ends(t, g, outputStream+"blocking-splice", full(g), stdin(g), 10, g.Room(16))
		},
		"accept": func(g *puppet.Guest) { ends(t, g, block, g.Call(tcp+"subscribe", listens(g))) },
		"receive": func(g *puppet.Guest) {
			s := udpSocket(t, g, v4(127, 0, 0, 1, 0))
			in, _ := udpStreams(g, s)
			ends(t, g, block, g.Call("wasi:sockets/udp#[method]incoming-datagram-stream.subscribe", in))
		},
		"resolve": func(g *puppet.Guest) {
			text, n := g.Text("name.test")
			l := g.Own("wasi:sockets/ip-name-lookup#resolve-addresses", g.Call("wasi:sockets/instance-network#instance-network"), text, n)
			ends(t, g, block, g.Call("wasi:sockets/ip-name-lookup#[method]resolve-address-stream.subscribe", l))
		},
		"read of a connection": func(g *puppet.Guest) {
			l := listener(t)
			_, in, _ := connects(t, g, l)
			ends(t, g, inputStream+"blocking-read", in, 10, g.Room(16))
		},
		"write to a connection": func(g *puppet.Guest) {
			l := listener(t)
			_, _, out := connects(t, g, l)
			fills(g, out)
			ends(t, g, outputStream+"blocking-write-and-flush", out, g.Room(4096), 4096, g.Room(16))
		},
	} {
		t.Run(name, func(t *testing.T) {
			wait(p.Start(t, wasi.Linger(1)))
		})
	}
}

func TestHostileWaits1(t *testing.T) {
	in, w := io.Pipe()
	out := make(stuckWriter)
	p := puppet.Compile(t, true, wasi.Host(wasi.Clock(), wasi.Stdin(in), wasi.Stdout(out)))
	puppet.Settles(t)
	t.Cleanup(func() {
		close(out)
		check(t, w.Close())
	})
	vector := func(g *puppet.Guest) uint64 {
		v := g.Room(8)
		g.Call("fill", v, 4, 1, g.Room(16))
		g.Call("fill", v+4, 4, 1, 16)
		return v
	}
	polls := func(kind byte, fd byte) func(g *puppet.Guest) {
		return func(g *puppet.Guest) {
			s := make([]byte, 96)
			s[8], s[16] = kind, fd
			s[48+8], s[48+16] = 0, 1 // a clock
			for k := range 8 {
				s[48+24+k] = 0xff
			}
			ends(t, g, "poll_oneoff", g.Put(s), g.Room(64), 2, g.Room(8))
		}
	}
	for name, wait := range map[string]func(g *puppet.Guest){
		"fd_read":      func(g *puppet.Guest) { ends(t, g, "fd_read", 0, vector(g), 1, g.Room(8)) },
		"fd_write":     func(g *puppet.Guest) { ends(t, g, "fd_write", 1, vector(g), 1, g.Room(8)) },
		"poll, a read": polls(1, 0),
	} {
		t.Run(name, func(t *testing.T) { wait(p.Start(t)) })
	}
}

// Lookups of names that the host's files do not have wait for an answer that does not come.
func init() {
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
}

func all(wasi.Target) bool { return true }

func anyName(name string) bool { return strings.HasSuffix(name, ".test") }
