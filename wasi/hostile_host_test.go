package wasi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/puppet"
	"github.com/witgen/witgen/wasi"
)

// Ways in which a function of the host's does not return.
var failures = map[string]func(){
	"panic":           func() { panic("the host's function is broken") },
	"panic, an error": func() { panic(io.ErrUnexpectedEOF) },
	"goexit":          runtime.Goexit,
}

// dies calls a function of a guest, which must not return to it, on a goroutine of its own:
// runtime.Goexit ends that.
func dies(t *testing.T, g *puppet.Guest, ctx context.Context, name string, params ...uint64) {
	t.Helper()
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, err = g.Try(ctx, name, params...)
	}()
	<-done
	var trap *host.Trap
	if err != nil && !errors.As(err, &trap) {
		t.Errorf("%s: %v, want a trap", name, err)
	}
	if g.Err() == nil {
		t.Errorf("%s: the guest lives on", name)
	}
}

// broken is a file, a folder, a reader and a writer that fails in some way.
type broken struct {
	fstest.MapFS
	fail func()
	at   string
}

func (b broken) Read(p []byte) (int, error)  { b.fail(); return 0, io.EOF }
func (b broken) Write(p []byte) (int, error) { b.fail(); return len(p), nil }

func (b broken) Open(name string) (fs.File, error) {
	if b.at == "open" {
		b.fail()
	}
	f, err := b.MapFS.Open(name)
	return brokenFile{f, b}, err
}

func (b broken) Lstat(name string) (fs.FileInfo, error) {
	if b.at == "stat" {
		b.fail()
	}
	return b.MapFS.Lstat(name)
}

type brokenFile struct {
	fs.File
	broken broken
}

func (f brokenFile) Read(p []byte) (int, error) {
	if f.broken.at == "read" {
		f.broken.fail()
	}
	return f.File.Read(p)
}

func (f brokenFile) Close() error {
	if f.broken.at == "close" {
		f.broken.fail()
	}
	return f.File.Close()
}

// Whatever a function of the host's does, the process goes on, and so do other instances.
func TestHostileHostFunctions(t *testing.T) {
	p := hostilePlugin(t)
	live, cancel := context.WithCancel(context.Background())
	defer cancel()
	for how, fail := range failures {
		refuses := func(wasi.Target) bool { fail(); return true }
		for name, attack := range map[string]func(t *testing.T){
			"writer": func(t *testing.T) {
				g := p.Start(t, wasi.Stdout(broken{fail: fail}))
				dies(t, g, context.Background(), outputStream+"blocking-write-and-flush", g.Call("wasi:cli/stdout#get-stdout"), g.Room(8), 1, g.Room(16))
			},
			"writer on its goroutine": func(t *testing.T) {
				g := p.Start(t, wasi.Stdout(broken{fail: fail}))
				dies(t, g, live, outputStream+"blocking-write-and-flush", g.Call("wasi:cli/stdout#get-stdout"), g.Room(8), 1, g.Room(16))
			},
			"reader": func(t *testing.T) {
				g := p.Start(t, wasi.Stdin(broken{fail: fail}))
				dies(t, g, live, inputStream+"blocking-read", g.Call("wasi:cli/stdin#get-stdin"), 1, g.Room(16))
			},
			"dial": func(t *testing.T) {
				g := p.Start(t, wasi.DialTCP(refuses))
				dies(t, g, live, tcp+"start-connect", append(withNetwork(g, tcpSocket(g, 0), v4(127, 0, 0, 1, 1)), g.Room(16))...)
			},
			"listen": func(t *testing.T) {
				g := p.Start(t, wasi.ListenTCP(refuses))
				dies(t, g, live, tcp+"start-bind", append(withNetwork(g, tcpSocket(g, 0), v4(127, 0, 0, 1, 1)), g.Room(16))...)
			},
			"send": func(t *testing.T) {
				g := p.Start(t, wasi.UDP(refuses))
				s := udpSocket(t, g, v4(127, 0, 0, 1, 0))
				_, out := udpStreams(g, s)
				g.OK("wasi:sockets/udp#[method]outgoing-datagram-stream.check-send", out)
				at := g.Room(64)
				for offset, value := range map[uint64]uint64{8: 1, 16: 9 | 127<<16, 20: 1 << 16} {
					g.Call("fill", at+offset, 4, 1, value)
				}
				dies(t, g, live, "wasi:sockets/udp#[method]outgoing-datagram-stream.send", out, at, 1, g.Room(16))
			},
			"receive": func(t *testing.T) {
				g := p.Start(t, wasi.UDP(refuses))
				s := udpSocket(t, g, v4(127, 0, 0, 1, 0))
				in, _ := udpStreams(g, s)
				port := g.U32(g.OK(udp+"local-address", s)+8) & 0xffff
				c, err := net.DialUDP("udp4", nil, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(port)})
				check(t, err)
				defer c.Close()
				_, err = c.Write([]byte("x"))
				check(t, err)
				g.Call(block, g.Call("wasi:sockets/udp#[method]incoming-datagram-stream.subscribe", in))
				dies(t, g, live, "wasi:sockets/udp#[method]incoming-datagram-stream.receive", in, 1, g.Room(16))
			},
			"resolve": func(t *testing.T) {
				g := p.Start(t, wasi.Resolve(func(string) bool { fail(); return true }))
				at, n := g.Text("name.test")
				dies(t, g, live, "wasi:sockets/ip-name-lookup#resolve-addresses", instanceNetwork(g), at, n, g.Room(16))
			},
			"stat of a file system": func(t *testing.T) {
				g := p.Start(t, wasi.FS(broken{MapFS: fstest.MapFS{"f": {Data: []byte("x")}}, fail: fail, at: "stat"}, "/"))
				at, n := g.Text("f")
				dies(t, g, live, descriptor+"stat-at", preopened(g), 0, at, n, g.Room(128))
			},
			"open of a file system": func(t *testing.T) {
				g := p.Start(t, wasi.FS(broken{MapFS: fstest.MapFS{"f": {Data: []byte("x")}}, fail: fail, at: "open"}, "/"))
				at, n := g.Text("f")
				dies(t, g, live, descriptor+"open-at", preopened(g), 0, at, n, 0, 1, g.Room(16))
			},
			"read of a file system": func(t *testing.T) {
				g := p.Start(t, wasi.FS(broken{MapFS: fstest.MapFS{"f": {Data: []byte("x")}}, fail: fail, at: "read"}, "/"))
				at, n := g.Text("f")
				dies(t, g, live, descriptor+"read", g.Own(descriptor+"open-at", preopened(g), 0, at, n, 0, 1), 10, 0, g.Room(16))
			},
		} {
			t.Run(how+"/"+name, attack)
		}
	}
	p.Start(t, wasi.Stdout(io.Discard)).Call("wasi:clocks/monotonic-clock#now")
}

// liar is a reader and a writer that breaks the rules of those.
type liar struct{ n int }

func (l liar) Read(p []byte) (int, error)  { return l.n, nil }
func (l liar) Write(p []byte) (int, error) { return l.n, nil }

func TestHostileHostStreams(t *testing.T) {
	p := hostilePlugin(t)
	for _, n := range []int{-1, 0, 1 << 20} {
		g := p.Start(t, wasi.Stdin(liar{n}), wasi.Stdout(liar{n}))
		in, out := g.Call("wasi:cli/stdin#get-stdin"), g.Call("wasi:cli/stdout#get-stdout")
		if ok, _ := g.Result(inputStream+"blocking-read", in, 10); ok {
			t.Errorf("a read of %d bytes is ok", n)
		}
		if ok, _ := g.Result(outputStream+"blocking-write-and-flush", out, g.Room(8), 8); ok && n <= 0 {
			t.Errorf("a write of %d bytes is ok", n)
		}
	}
	// What the host's error says is not the guest's to know.
	g := p.Start(t, wasi.Stdin(io.MultiReader(errorReader{errors.New("/home/someone/secret")})))
	in := g.Call("wasi:cli/stdin#get-stdin")
	ok, at := g.Result(inputStream+"blocking-read", in, 10)
	if ok || g.U8(at+4) != 0 {
		t.Fatal("the read did not fail")
	}
	text := g.Room(8)
	g.Call("wasi:io/error#[method]error.to-debug-string", g.U32(at+8), text)
	if got := string(g.Get(g.U32(text), g.U32(text+4))); strings.Contains(got, "secret") || got == "" {
		t.Errorf("the guest reads %q", got)
	}
}

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }

// The end of an instance ends what it has begun: reads and writes on their way, lookups,
// connects, accepts.
func TestHostileEnd(t *testing.T) {
	p := hostilePlugin(t, wasi.DialTCP(all), wasi.ListenTCP(all), wasi.UDP(all), wasi.Resolve(anyName), wasi.Clock(), wasi.Linger(1))
	l := listener(t)
	for range 3 {
		g := p.Start(t)
		_, in, out := connects(t, g, l)
		g.Call(inputStream+"subscribe", in)
		g.Result(inputStream+"read", in, 10) // begins a read
		fills(g, out)
		s := tcpSocket(g, 0)
		bindTCP(t, g, s, v4(127, 0, 0, 1, 0))
		g.OK(tcp+"start-listen", s)
		g.OK(tcp+"finish-listen", s)
		g.Fails(4, wouldBlock, tcp+"accept", s) // begins to wait for a connection
		u := udpSocket(t, g, v4(127, 0, 0, 1, 0))
		receives, _ := udpStreams(g, u)
		g.OK("wasi:sockets/udp#[method]incoming-datagram-stream.receive", receives, 1)
		// Package net does not end a lookup early that several wait for.
		for k := range 10 {
			at, n := g.Text(fmt.Sprintf("name%d.test", k))
			g.Own("wasi:sockets/ip-name-lookup#resolve-addresses", instanceNetwork(g), at, n)
		}
		g.OK(tcp+"start-connect", withNetwork(g, tcpSocket(g, 0), v4(127, 0, 0, 1, l.port()))...)
		g.Call("repeat "+subscribe, 100, 1<<62)
		g.Close()
	}
}

// Lookups that a guest has given up go on counting, since the system's resolver goes on.
func TestHostileLookups(t *testing.T) {
	p := hostilePlugin(t, wasi.Resolve(anyName), wasi.Sockets(10))
	g := p.Start(t)
	for k := range 10 {
		at, n := g.Text(fmt.Sprintf("name%d.test", k))
		g.Call("wasi:sockets/ip-name-lookup#[resource-drop]resolve-address-stream", g.Own("wasi:sockets/ip-name-lookup#resolve-addresses", instanceNetwork(g), at, n))
	}
	at, n := g.Text("name.test")
	g.Fails(4, newSocketLimit, "wasi:sockets/ip-name-lookup#resolve-addresses", instanceNetwork(g), at, n)
	g.Close()
}
