package wasi_test

import (
	"fmt"
	"io"
	"math"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/witgen/witgen/internal/testing/puppet"
	"github.com/witgen/witgen/wasi"
)

const (
	block      = "wasi:io/poll#[method]pollable.block"
	tcp        = "wasi:sockets/tcp#[method]tcp-socket."
	udp        = "wasi:sockets/udp#[method]udp-socket."
	dropTCP    = "wasi:sockets/tcp#[resource-drop]tcp-socket"
	dropIn     = "wasi:io/streams#[resource-drop]input-stream"
	dropOut    = "wasi:io/streams#[resource-drop]output-stream"
	dropUDP    = "wasi:sockets/udp#[resource-drop]udp-socket"
	dropUDPIn  = "wasi:sockets/udp#[resource-drop]incoming-datagram-stream"
	dropUDPOut = "wasi:sockets/udp#[resource-drop]outgoing-datagram-stream"
)

// Error codes of wasi:sockets.
const (
	accessDenied, invalidArgument, wouldBlock, invalidState, newSocketLimit, datagramTooLarge = 1, 3, 8, 9, 10, 17
)

// v4 and v6 are addresses as parameters: a case, and what both cases have in common.
func v4(a, b, c, d byte, port uint16) []uint64 {
	return []uint64{0, uint64(port), uint64(a), uint64(b), uint64(c), uint64(d), 0, 0, 0, 0, 0, 0}
}

func v6(port uint16, parts ...uint64) []uint64 {
	return append(append([]uint64{1, uint64(port), 0}, parts...), 0)
}

func tcpSocket(g *puppet.Guest, family uint64) uint64 {
	return g.Own("wasi:sockets/tcp-create-socket#create-tcp-socket", family)
}

func instanceNetwork(g *puppet.Guest) uint64 {
	return g.Call("wasi:sockets/instance-network#instance-network")
}

func withNetwork(g *puppet.Guest, socket uint64, address []uint64) []uint64 {
	return append([]uint64{socket, instanceNetwork(g)}, address...)
}

func bindTCP(t *testing.T, g *puppet.Guest, socket uint64, address []uint64) {
	t.Helper()
	g.OK(tcp+"start-bind", withNetwork(g, socket, address)...)
	g.OK(tcp+"finish-bind", socket)
}

// listener listens, and counts and holds connections until the end of the test.
func listener(t *testing.T) *listens {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	check(t, err)
	made := &listens{Listener: l, conns: make(chan net.Conn, 10_000)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			made.count.Add(1)
			made.conns <- c
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
		close(made.conns)
		for c := range made.conns {
			_ = c.Close()
		}
	})
	return made
}

type listens struct {
	net.Listener
	conns chan net.Conn
	count atomic.Int64
}

func (l *listens) port() uint16 { return uint16(l.Addr().(*net.TCPAddr).Port) }

// connects connects a guest.
func connects(t *testing.T, g *puppet.Guest, l *listens) (socket, in, out uint64) {
	t.Helper()
	socket = tcpSocket(g, 0)
	g.OK(tcp+"start-connect", withNetwork(g, socket, v4(127, 0, 0, 1, l.port()))...)
	ready := g.Call(tcp+"subscribe", socket)
	g.Call(block, ready)
	g.Call(dropPollable, ready)
	at := g.OK(tcp+"finish-connect", socket)
	return socket, g.U32(at + 4), g.U32(at + 8)
}

func udpSocket(t *testing.T, g *puppet.Guest, address []uint64) uint64 {
	t.Helper()
	s := g.Own("wasi:sockets/udp-create-socket#create-udp-socket", address[0])
	g.OK(udp+"start-bind", withNetwork(g, s, address)...)
	g.OK(udp+"finish-bind", s)
	return s
}

// udpStreams returns streams of a socket, to one peer if there is an address.
func udpStreams(g *puppet.Guest, socket uint64, address ...uint64) (in, out uint64) {
	params := append([]uint64{socket, 0}, make([]uint64, 12)...)
	if address != nil {
		params = append([]uint64{socket, 1}, address...)
	}
	at := g.OK(udp+"stream", params...)
	return g.U32(at + 4), g.U32(at + 8)
}

// Without an option there is no socket, and with one for another kind neither.
func TestHostileSocketsDenied(t *testing.T) {
	g := hostile(t)
	g.Fails(4, accessDenied, "wasi:sockets/tcp-create-socket#create-tcp-socket", 0)
	g.Fails(4, accessDenied, "wasi:sockets/udp-create-socket#create-udp-socket", 1)
	name, n := g.Text("localhost")
	g.Fails(4, 20, "wasi:sockets/ip-name-lookup#resolve-addresses", instanceNetwork(g), name, n)

	g = hostile(t, wasi.UDP(all))
	s := tcpSocket(g, 0)
	l := listener(t)
	g.Fails(1, accessDenied, tcp+"start-connect", withNetwork(g, s, v4(127, 0, 0, 1, l.port()))...)
	g.Fails(1, accessDenied, tcp+"start-bind", withNetwork(g, s, v4(127, 0, 0, 1, 0))...)
	g.Fails(1, invalidState, tcp+"start-listen", s)

	g = hostile(t, wasi.DialTCP(all))
	s = g.Own("wasi:sockets/udp-create-socket#create-udp-socket", 0)
	g.Fails(1, accessDenied, udp+"start-bind", withNetwork(g, s, v4(127, 0, 0, 1, 0))...)
	name, n = g.Text("localhost")
	g.Fails(4, 20, "wasi:sockets/ip-name-lookup#resolve-addresses", instanceNetwork(g), name, n)
}

// A guest that may connect to one address finds no other way to a second.
func TestHostileDial(t *testing.T) {
	p := hostilePlugin(t)
	allowed, denied := listener(t), listener(t)
	targets, err := wasi.ParseTargets(fmt.Sprintf("127.0.0.1:%d", allowed.port()))
	check(t, err)
	g := p.Start(t, wasi.DialTCP(targets.Allow), wasi.Resolve(targets.AllowName))
	port := denied.port()
	for name, c := range map[string]struct {
		family, code uint64
		address      []uint64
	}{
		"another port":              {0, accessDenied, v4(127, 0, 0, 1, port)},
		"another address":           {0, accessDenied, v4(127, 0, 0, 2, allowed.port())},
		"any address":               {0, invalidArgument, v4(0, 0, 0, 0, port)},
		"port 0":                    {0, invalidArgument, v4(127, 0, 0, 1, 0)},
		"broadcast":                 {0, invalidArgument, v4(255, 255, 255, 255, port)},
		"multicast":                 {0, invalidArgument, v4(224, 0, 0, 1, port)},
		"IPv6":                      {1, accessDenied, v6(port, 0, 0, 0, 0, 0, 0, 0, 1)},
		"IPv6, any address":         {1, invalidArgument, v6(port, 0, 0, 0, 0, 0, 0, 0, 0)},
		"IPv6, mapped":              {1, invalidArgument, v6(port, 0, 0, 0, 0, 0, 0xffff, 0x7f00, 1)},
		"IPv6, mapped, allowed":     {1, invalidArgument, v6(allowed.port(), 0, 0, 0, 0, 0, 0xffff, 0x7f00, 1)},
		"IPv6, mapped, any address": {1, invalidArgument, v6(port, 0, 0, 0, 0, 0, 0xffff, 0, 0)},
		"IPv6, compatible":          {1, accessDenied, v6(port, 0, 0, 0, 0, 0, 0, 0x7f00, 1)},
		"IPv6, translated":          {1, accessDenied, v6(port, 0x64, 0xff9b, 0, 0, 0, 0, 0x7f00, 1)},
		"IPv6 for a socket of IPv4": {0, invalidArgument, v6(port, 0, 0, 0, 0, 0, 0, 0, 1)},
		"IPv4 for a socket of IPv6": {1, invalidArgument, v4(127, 0, 0, 1, allowed.port())},
		"mapped for one of IPv4":    {0, invalidArgument, v6(allowed.port(), 0, 0, 0, 0, 0, 0xffff, 0x7f00, 1)},
		"IPv6 with a scope":         {1, accessDenied, append(v6(port, 0xfe80, 0, 0, 0, 0, 0, 0, 1)[:11], 1)},
		"IPv6, multicast":           {1, invalidArgument, v6(port, 0xff02, 0, 0, 0, 0, 0, 0, 1)},
	} {
		s := tcpSocket(g, c.family)
		t.Run(name, func(t *testing.T) {
			g.Fails(1, c.code, tcp+"start-connect", withNetwork(g, s, c.address)...)
			g.Fails(4, 7, tcp+"finish-connect", s) // not in progress
		})
		g.Call(dropTCP, s)
	}
	socket, in, out := connects(t, g, allowed)
	g.Fails(1, invalidState, tcp+"start-connect", withNetwork(g, socket, v4(127, 0, 0, 1, port))...)
	for _, name := range []string{"localhost", "127.0.0.1.", "2130706433", "0x7f.1", "[127.0.0.1]", "evil.test"} {
		at, n := g.Text(name)
		if ok, _ := g.Result("wasi:sockets/ip-name-lookup#resolve-addresses", instanceNetwork(g), at, n); ok {
			t.Errorf("%s is looked up", name)
		}
	}
	g.Call(dropIn, in)
	g.Call(dropOut, out)
	g.Call(dropTCP, socket)
	if n := denied.count.Load(); n != 0 {
		t.Errorf("%d connections to what was not allowed", n)
	}
}

// A guest listens where it may, and nowhere else.
func TestHostileListen(t *testing.T) {
	free, err := net.Listen("tcp4", "127.0.0.1:0")
	check(t, err)
	port := uint16(free.Addr().(*net.TCPAddr).Port)
	check(t, free.Close())
	may := func(target wasi.Target) bool {
		return target.Addr == netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)
	}
	g := hostile(t, wasi.ListenTCP(may))
	for name, c := range map[string]struct {
		family, code uint64
		address      []uint64
	}{
		"port 0":            {0, accessDenied, v4(127, 0, 0, 1, 0)},
		"any address":       {0, accessDenied, v4(0, 0, 0, 0, port)},
		"IPv6, any address": {1, accessDenied, v6(port, 0, 0, 0, 0, 0, 0, 0, 0)},
		"mapped":            {1, invalidArgument, v6(port, 0, 0, 0, 0, 0, 0xffff, 0x7f00, 1)},
		"mapped, any":       {1, invalidArgument, v6(port, 0, 0, 0, 0, 0, 0xffff, 0, 0)},
		"multicast":         {0, invalidArgument, v4(224, 0, 0, 1, port)},
		"another port":      {0, accessDenied, v4(127, 0, 0, 1, port+1)},
	} {
		s := tcpSocket(g, c.family)
		t.Run(name, func(t *testing.T) { g.Fails(1, c.code, tcp+"start-bind", withNetwork(g, s, c.address)...) })
		g.Fails(1, invalidState, tcp+"start-listen", s)
		g.Call(dropTCP, s)
	}
	s := tcpSocket(g, 0)
	bindTCP(t, g, s, v4(127, 0, 0, 1, port))
	g.Call(dropTCP, s)

	// A client's port of the system's choice is not one to listen at.
	g = hostile(t, wasi.DialTCP(all))
	s = tcpSocket(g, 0)
	bindTCP(t, g, s, v4(127, 0, 0, 1, 0))
	g.Fails(1, accessDenied, tcp+"start-listen", s)
	g.Call(dropTCP, s)
}

// Sockets are bounded, and so are connections that a guest accepts.
func TestHostileSockets(t *testing.T) {
	g := hostile(t, wasi.DialTCP(all), wasi.ListenTCP(all), wasi.UDP(all), wasi.Sockets(5))
	var sockets []uint64
	for range 5 {
		sockets = append(sockets, tcpSocket(g, 0))
	}
	g.Fails(4, newSocketLimit, "wasi:sockets/tcp-create-socket#create-tcp-socket", 0)
	g.Fails(4, newSocketLimit, "wasi:sockets/udp-create-socket#create-udp-socket", 0)
	for _, s := range sockets[1:3] {
		g.Call(dropTCP, s)
	}
	server := sockets[0]
	bindTCP(t, g, server, v4(127, 0, 0, 1, 0))
	g.OK(tcp+"start-listen", server)
	g.OK(tcp+"finish-listen", server)
	port := g.U32(g.OK(tcp+"local-address", server)+8) & 0xffff
	var peers []net.Conn
	for range 5 {
		c, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
		check(t, err)
		peers = append(peers, c)
	}
	ready := g.Call(tcp+"subscribe", server)
	for range 2 { // two of five places are free
		g.Call(block, ready)
		g.OK(tcp+"accept", server)
	}
	g.Call(block, ready)
	g.Fails(4, newSocketLimit, tcp+"accept", server)
	for _, c := range peers {
		check(t, c.Close())
	}
}

// BufferedBytes bounds sockets, too.
func TestHostileBuffers(t *testing.T) {
	g := hostile(t, wasi.DialTCP(all), wasi.UDP(all), wasi.BufferedBytes(600<<10))
	first := tcpSocket(g, 0)                                          // 192 KiB
	s := g.Own("wasi:sockets/udp-create-socket#create-udp-socket", 0) // 384 KiB
	g.Fails(4, newSocketLimit, "wasi:sockets/tcp-create-socket#create-tcp-socket", 0)
	g.Call(dropUDP, s)
	g.Call(dropTCP, tcpSocket(g, 0))
	g.Call(dropTCP, first)
}

// fills writes to a connection until neither side takes more.
func fills(g *puppet.Guest, out uint64) {
	at := g.Room(64 << 10)
	for idle := 0; idle < 10_000; {
		n := g.U64(g.OK(outputStream+"check-write", out) + 8)
		if n == 0 {
			idle++
			runtime.Gosched()
			continue
		}
		g.OK(outputStream+"write", out, at, n)
		idle = 0
	}
}

// A peer that takes nothing holds neither a goroutine nor a connection for ever, and while
// it does, the connection counts.
func TestHostilePeerThatNeverReads(t *testing.T) {
	p := hostilePlugin(t, wasi.DialTCP(all), wasi.Sockets(1), wasi.Linger(20*time.Millisecond))
	l := listener(t)
	g := p.Start(t)
	for range 3 {
		socket, in, out := connects(t, g, l)
		fills(g, out)
		g.Call(dropIn, in)
		g.Call(dropOut, out)
		g.Call(dropTCP, socket)
		for { // the connection's place is free when it has been cut
			if ok, at := g.Result("wasi:sockets/tcp-create-socket#create-tcp-socket", 0); ok {
				g.Call(dropTCP, g.U32(at+4))
				break
			}
		}
	}
	// A guest that ends leaves no more behind.
	_, _, out := connects(t, g, l)
	fills(g, out)
	g.Close()
}

// What a peer sends without end stays with the peer.
func TestHostilePeerThatNeverStops(t *testing.T) {
	p := hostilePlugin(t, wasi.DialTCP(all))
	l := listener(t)
	g := p.Start(t)
	_, in, _ := connects(t, g, l)
	c := <-l.conns
	sent := make(chan int64, 1)
	go func() {
		n, _ := io.Copy(c, endless{})
		sent <- n
	}()
	g.OK(inputStream+"blocking-read", in, 10)
	before := held()
	for range 100 {
		g.OK(inputStream+"blocking-skip", in, math.MaxUint64)
	}
	if grown := held() - before; grown > 1<<20 {
		t.Errorf("an endless stream takes %d bytes", grown)
	}
	g.Close()
	check(t, c.Close())
	<-sent
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// Datagrams go where they may, and come from there.
func TestHostileUDP(t *testing.T) {
	peer := func() *net.UDPConn {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		check(t, err)
		t.Cleanup(func() { check(t, c.Close()) })
		return c
	}
	allowed, denied := peer(), peer()
	port := func(c *net.UDPConn) uint16 { return uint16(c.LocalAddr().(*net.UDPAddr).Port) }
	may := func(target wasi.Target) bool { return target.Addr.Port() == port(allowed) }
	p := hostilePlugin(t, wasi.UDP(may))
	g := p.Start(t)
	s := g.Own("wasi:sockets/udp-create-socket#create-udp-socket", 0)
	g.Fails(1, accessDenied, udp+"start-bind", withNetwork(g, s, v4(127, 0, 0, 1, 9))...)
	g.OK(udp+"start-bind", withNetwork(g, s, v4(127, 0, 0, 1, 0))...)
	g.OK(udp+"finish-bind", s)
	toDenied := append([]uint64{s, 1}, v4(127, 0, 0, 1, port(denied))...)
	g.Fails(4, accessDenied, udp+"stream", toDenied...)
	g.Fails(4, invalidArgument, udp+"stream", append([]uint64{s, 1}, v4(0, 0, 0, 0, port(allowed))...)...)

	// datagram is one in memory: data, and an address if there is one.
	datagram := func(data, size uint64, port uint16) uint64 {
		at := g.Room(64)
		g.Call("fill", at, 4, 1, data)
		g.Call("fill", at+4, 4, 1, size)
		if port != 0 {
			g.Call("fill", at+8, 4, 1, 1)                      // some
			g.Call("fill", at+12, 4, 1, 0)                     // IPv4
			g.Call("fill", at+16, 4, 1, uint64(port)|0x7f<<16) // port and 127
			g.Call("fill", at+20, 4, 1, 1<<16)                 // 0, 0, 1
		}
		return at
	}
	send := "wasi:sockets/udp#[method]outgoing-datagram-stream.send"
	permit := "wasi:sockets/udp#[method]outgoing-datagram-stream.check-send"
	data := g.Room(100_000)
	in, out := udpStreams(g, s)
	g.OK(permit, out)
	g.Fails(8, accessDenied, send, out, datagram(data, 5, port(denied)), 1)
	g.OK(permit, out)
	g.Fails(8, invalidArgument, send, out, datagram(data, 5, 0), 1)
	g.OK(permit, out)
	g.Fails(8, datagramTooLarge, send, out, datagram(data, 70_000, port(allowed)), 1)
	g.OK(permit, out)
	if n := g.U64(g.OK(send, out, datagram(data, 5, port(allowed)), 1) + 8); n != 1 {
		t.Errorf("%d datagrams were sent", n)
	}
	g.Call(dropUDPIn, in)
	g.Call(dropUDPOut, out)

	// Streams to one peer send nowhere else.
	in, out = udpStreams(g, s, v4(127, 0, 0, 1, port(allowed))...)
	g.OK(permit, out)
	g.Fails(8, invalidArgument, send, out, datagram(data, 5, port(denied)), 1)
	// What comes from elsewhere is dropped.
	self := uint16(g.U32(g.OK(udp+"local-address", s)+8) & 0xffff)
	to := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(self)}
	ready := g.Call("wasi:sockets/udp#[method]incoming-datagram-stream.subscribe", in)
	for range 10 {
		_, err := denied.WriteToUDP([]byte("denied"), to)
		check(t, err)
	}
	_, err := allowed.WriteToUDP([]byte("allowed"), to)
	check(t, err)
	g.Call(block, ready)
	at := g.OK("wasi:sockets/udp#[method]incoming-datagram-stream.receive", in, math.MaxUint64)
	if n, first := g.U32(at+8), g.U32(at+4); n != 1 || string(g.Get(g.U32(first), 7)) != "allowed" {
		t.Errorf("%d datagrams came", n)
	}
	g.Call(dropPollable, ready)

	// Datagrams without end are dropped by the system.
	for range 5000 {
		_, err := allowed.WriteToUDP(make([]byte, 1000), to)
		check(t, err)
	}
	g.OK(permit, out)
	many := g.Room(65 * 44)
	g.Trap("more datagrams than check-send permitted", send, out, many, 65, g.Room(16))
	if err := denied.SetReadDeadline(time.Now()); err != nil {
		t.Error(err)
	}
	if n, _, err := denied.ReadFrom(make([]byte, 10)); err == nil {
		t.Errorf("%d bytes came to what was not allowed", n)
	}
}

// A stream or a socket that was given up is gone.
func TestHostileAfterClose(t *testing.T) {
	p := hostilePlugin(t, wasi.DialTCP(all))
	l := listener(t)
	closedStream := func(g *puppet.Guest, name string, params ...uint64) {
		t.Helper()
		offset := uint64(4)
		if strings.HasSuffix(name, "check-write") || strings.HasSuffix(name, "splice") || strings.HasSuffix(name, "skip") {
			offset = 8 // behind a u64
		}
		g.Fails(offset, 1, name, params...)
	}
	g := p.Start(t)
	socket, in, out := connects(t, g, l)
	at := g.Room(16)
	g.OK(tcp+"shutdown", socket, 2)
	closedStream(g, outputStream+"check-write", out)
	closedStream(g, outputStream+"write", out, at, 0)
	closedStream(g, outputStream+"flush", out)
	closedStream(g, outputStream+"blocking-flush", out)
	closedStream(g, outputStream+"blocking-write-and-flush", out, at, 1)
	closedStream(g, outputStream+"blocking-splice", out, in, 1)
	closedStream(g, inputStream+"read", in, 1)
	closedStream(g, inputStream+"blocking-skip", in, 1)
	g.Call(dropOut, out)
	g.Trap("handle", outputStream+"check-write", out, at)
	for name, use := range map[string]func(g *puppet.Guest, socket, in, out uint64){
		"write without a permit": func(g *puppet.Guest, _, _, out uint64) {
			g.Trap("check-write permitted", outputStream+"write", out, g.Room(8), 8, g.Room(16))
		},
		"write of more than the permit": func(g *puppet.Guest, _, _, out uint64) {
			n := g.U64(g.OK(outputStream+"check-write", out) + 8)
			g.Trap("check-write permitted", outputStream+"write", out, g.Room(int(n)+1), n+1, g.Room(16))
		},
		"zeroes of more than the permit": func(g *puppet.Guest, _, _, out uint64) {
			g.Trap("check-write permitted", outputStream+"write-zeroes", out, math.MaxUint64, g.Room(16))
		},
		"blocking write of too much": func(g *puppet.Guest, _, _, out uint64) {
			g.Trap("more than 4096 bytes", outputStream+"blocking-write-and-flush", out, g.Room(5000), 5000, g.Room(16))
		},
		"splice from an output": func(g *puppet.Guest, _, _, out uint64) {
			g.Trap("handle", outputStream+"splice", out, out, 1, g.Room(16))
		},
		"socket before its streams": func(g *puppet.Guest, socket, _, _ uint64) { g.Trap("before 2 resources", dropTCP, socket) },
	} {
		t.Run(name, func(t *testing.T) {
			g := p.Start(t)
			socket, in, out := connects(t, g, l)
			use(g, socket, in, out)
		})
	}
}
