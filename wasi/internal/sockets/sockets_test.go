package sockets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/witgen/witgen/wasi/internal/poll"
	"github.com/witgen/witgen/wasi/internal/streams"
)

var background = context.Background()

const none = Code(255)

func TestTCP(t *testing.T) {
	families(t, func(t *testing.T, family Family, local netip.AddrPort) {
		goroutines(t)
		n := open(t)
		l, at := listen(t, n, family, local)
		if at.Port() == 0 || !l.Listening() || l.Ready() {
			t.Errorf("it listens at %v", at)
		}
		expect(t, "accept without anyone", err3(l.Accept()), WouldBlock)
		c, in, out := connect(t, n, family, at)
		s, sin, sout := accept(t, l)
		if got, err := s.RemoteAddress(); err != nil || got != must2(t)(c.LocalAddress()) {
			t.Errorf("the peer is %v, %v", got, err)
		}
		if got, err := c.RemoteAddress(); err != nil || got != at || s.Family() != family {
			t.Errorf("the peer is %v, %v", got, err)
		}
		expect(t, "a listener's peer", err1(l.RemoteAddress()), InvalidState)
		long := strings.Repeat("0123456789", 100000)
		go func() {
			_ = streams.WriteAndFlush(background, out, []byte(long))
			_ = c.Shutdown(ShutdownSend)
			_ = c.Shutdown(ShutdownSend)
		}()
		if got := readAll(t, sin); got != long {
			t.Errorf("%d bytes arrived", len(got))
		}
		if err := streams.WriteAndFlush(background, out, []byte("x")); !errors.Is(err, streams.ErrClosed) {
			t.Errorf("a write after a shutdown: %v", err)
		}
		must(t, streams.WriteAndFlush(background, sout, []byte("answer")))
		must(t, sout.Close())
		// The streams outlive their socket.
		must(t, c.Close())
		must(t, s.Close())
		if got := readAll(t, in); got != "answer" {
			t.Errorf("the answer is %q", got)
		}
		for _, c := range []io.Closer{in, out, sin} {
			must(t, c.Close())
		}
		expect(t, "a closed socket", c.Shutdown(ShutdownBoth), InvalidState)
		expect(t, "a closed socket's option", err1(c.HopLimit()), InvalidState)
	})
}

// TestStates tries each operation of TCP in each state.
func TestStates(t *testing.T) {
	goroutines(t)
	n := open(t)
	ops := []struct {
		name string
		do   func(s *TCP) error
	}{
		{"start-bind", func(s *TCP) error { return s.StartBind(addr("127.0.0.1:0")) }},
		{"finish-bind", (*TCP).FinishBind},
		{"start-connect", func(s *TCP) error { return s.StartConnect(addr("127.0.0.1:1")) }},
		{"finish-connect", func(s *TCP) error { return err2(s.FinishConnect()) }},
		{"start-listen", (*TCP).StartListen},
		{"finish-listen", (*TCP).FinishListen},
		{"accept", func(s *TCP) error { return err3(s.Accept()) }},
		{"local-address", func(s *TCP) error { return err1(s.LocalAddress()) }},
		{"remote-address", func(s *TCP) error { return err1(s.RemoteAddress()) }},
		{"shutdown", func(s *TCP) error { return s.Shutdown(ShutdownBoth) }},
		{"backlog", func(s *TCP) error { return s.SetBacklog(5) }},
		{"hop-limit", func(s *TCP) error { return err1(s.HopLimit()) }},
	}
	_, at := listen(t, n, IPv4, addr("127.0.0.1:0"))
	bind := func(t *testing.T, s *TCP) {
		must(t, s.StartBind(addr("127.0.0.1:0")))
		must(t, s.FinishBind())
	}
	for _, c := range []struct {
		state string
		enter func(t *testing.T, s *TCP)
		want  string // by operation; "-" for success, which ends what the state can show
	}{
		{"unbound", func(*testing.T, *TCP) {}, "- np - np is np is is is is - -"},
		{"bind in progress", func(t *testing.T, s *TCP) { must(t, s.StartBind(addr("127.0.0.1:0"))) }, "is - cc np cc np is is is is - -"},
		{"bound", bind, "is np - np - np is - is is - -"},
		{"listen in progress", func(t *testing.T, s *TCP) { bind(t, s); must(t, s.StartListen()) }, "is np cc np cc - is - is is - -"},
		{"listening", func(t *testing.T, s *TCP) { bind(t, s); must(t, s.StartListen()); must(t, s.FinishListen()) }, "is np is np is np wb - is is - -"},
		{"connected", func(t *testing.T, s *TCP) {
			must(t, s.StartConnect(at))
			_, err := poll.Wait(background, s)
			must(t, err)
			in, out, err := s.FinishConnect()
			must(t, err)
			t.Cleanup(func() { must(t, in.Close()); must(t, out.Close()) })
		}, "is np is np is np is - - - is -"},
		{"failed", func(t *testing.T, s *TCP) {
			must(t, s.StartConnect(addr("127.0.0.1:1")))
			_, err := poll.Wait(background, s)
			must(t, err)
			expect(t, "a refused connection", err2(s.FinishConnect()), ConnectionRefused)
		}, "is np is np is np is is is is is is"},
		{"closed", func(t *testing.T, s *TCP) { must(t, s.Close()) }, "is np is np is np is is is is is is"},
	} {
		codes := map[string]Code{"-": none, "is": InvalidState, "np": NotInProgress, "cc": ConcurrencyConflict, "wb": WouldBlock}
		for k, short := range strings.Fields(c.want) {
			t.Run(c.state+"/"+ops[k].name, func(t *testing.T) {
				s, err := n.NewTCP(IPv4)
				must(t, err)
				t.Cleanup(func() { must(t, s.Close()) })
				c.enter(t, s)
				expect(t, ops[k].name, ops[k].do(s), codes[short])
			})
		}
	}
}

func TestAddresses(t *testing.T) {
	n := open(t)
	for _, c := range []struct {
		family        Family
		addr          string
		bind, connect Code
	}{
		{IPv4, "127.0.0.1:0", none, InvalidArgument},
		{IPv4, "0.0.0.0:0", none, InvalidArgument},
		{IPv4, "0.0.0.0:80", AccessDenied, InvalidArgument},
		{IPv4, "[::1]:0", InvalidArgument, InvalidArgument},
		{IPv6, "127.0.0.1:0", InvalidArgument, InvalidArgument},
		{IPv6, "[::ffff:127.0.0.1]:0", InvalidArgument, InvalidArgument},
		{IPv6, "[::ffff:127.0.0.1]:1", InvalidArgument, InvalidArgument},
		{IPv4, "[::ffff:127.0.0.1]:1", InvalidArgument, InvalidArgument},
		{IPv4, "224.0.0.1:1", InvalidArgument, InvalidArgument},
		{IPv4, "255.255.255.255:1", InvalidArgument, InvalidArgument},
		{IPv6, "[ff02::1]:1", InvalidArgument, InvalidArgument},
		{IPv4, "203.0.113.1:0", AddressNotBindable, InvalidArgument},
	} {
		for k, want := range []Code{c.bind, c.connect} {
			s, err := n.NewTCP(c.family)
			if c.family == IPv6 && err != nil {
				continue
			}
			must(t, err)
			u, err := n.NewUDP(c.family)
			must(t, err)
			if k == 0 && want == AccessDenied {
				n.Listen, n.UDP = nil, nil
			}
			if k == 0 {
				expect(t, "bind "+c.addr, s.StartBind(addr(c.addr)), want)
				expect(t, "bind UDP "+c.addr, u.StartBind(addr(c.addr)), want)
			} else {
				expect(t, "connect "+c.addr, s.StartConnect(addr(c.addr)), want)
			}
			n.Listen, n.UDP = all, all
			must(t, s.Close())
			must(t, u.Close())
		}
	}
	l, at := listen(t, n, IPv4, addr("127.0.0.1:0"))
	s, err := n.NewTCP(IPv4)
	must(t, err)
	expect(t, "a taken port", s.StartBind(at), AddressInUse)
	must(t, s.StartBind(addr("127.0.0.1:0"))) // Binding again is allowed after a failure.
	must(t, s.Close())
	_ = l
}

func TestOptions(t *testing.T) {
	families(t, func(t *testing.T, family Family, local netip.AddrPort) {
		goroutines(t)
		n := open(t)
		set := func(s *TCP) {
			t.Helper()
			must(t, s.SetKeepAlive(true))
			must(t, s.SetKeepIdle(20e9+1))
			must(t, s.SetKeepInterval(5e9))
			must(t, s.SetKeepCount(3))
			must(t, s.SetHopLimit(42))
			must(t, s.SetReceiveBuffer(100000))
			must(t, s.SetSendBuffer(120000))
		}
		check := func(what string, s *TCP) {
			t.Helper()
			on, err := s.KeepAlive()
			must(t, err)
			idle, err := s.KeepIdle()
			must(t, err)
			interval, err := s.KeepInterval()
			must(t, err)
			count, err := s.KeepCount()
			must(t, err)
			hops, err := s.HopLimit()
			must(t, err)
			receive, err := s.ReceiveBuffer()
			must(t, err)
			send, err := s.SendBuffer()
			must(t, err)
			if got, want := fmt.Sprint(on, idle, interval, count, hops, receive, send), "true 21000000000 5000000000 3 42 100000 120000"; got != want {
				t.Errorf("%s has %s, want %s", what, got, want)
			}
		}
		l, err := n.NewTCP(family)
		must(t, err)
		set(l)
		check("a new socket", l)
		must(t, l.StartBind(local))
		must(t, l.FinishBind())
		at := must2(t)(l.LocalAddress())
		must(t, l.StartListen())
		must(t, l.FinishListen())
		check("a listener", l)
		must(t, l.SetBacklog(10))
		c, err := n.NewTCP(family)
		must(t, err)
		if on, err := c.KeepAlive(); on || err != nil {
			t.Errorf("a new socket keeps alive: %v, %v", on, err)
		}
		must(t, c.StartConnect(at))
		_, err = poll.Wait(background, c)
		must(t, err)
		in, out, err := c.FinishConnect()
		must(t, err)
		if on, err := c.KeepAlive(); on || err != nil {
			t.Errorf("a connection keeps alive: %v, %v", on, err)
		}
		s, sin, sout := accept(t, l)
		check("an accepted connection", s)
		for what, err := range map[string]error{
			"idle": c.SetKeepIdle(0), "interval": c.SetKeepInterval(0), "count": c.SetKeepCount(0), "hops": c.SetHopLimit(0),
			"receive": c.SetReceiveBuffer(0), "send": c.SetSendBuffer(0), "backlog": l.SetBacklog(0),
		} {
			expect(t, what, err, InvalidArgument)
		}
		for what, err := range map[string]error{
			"idle": c.SetKeepIdle(1 << 63), "count": c.SetKeepCount(1 << 31), "receive": c.SetReceiveBuffer(1 << 62), "backlog": l.SetBacklog(1 << 62),
		} {
			expect(t, what, err, none)
		}
		for _, c := range []io.Closer{in, out, sin, sout, c, s, l} {
			must(t, c.Close())
		}
		u, err := n.NewUDP(family)
		must(t, err)
		for range 2 {
			must(t, u.SetHopLimit(7))
			must(t, u.SetReceiveBuffer(50000))
			must(t, u.SetSendBuffer(60000))
			hops, _ := u.HopLimit()
			receive, _ := u.ReceiveBuffer()
			send, _ := u.SendBuffer()
			if hops != 7 || receive != 50000 || send != 60000 {
				t.Errorf("UDP has %d, %d, %d", hops, receive, send)
			}
			expect(t, "hops", u.SetHopLimit(0), InvalidArgument)
			expect(t, "buffer", u.SetSendBuffer(0), InvalidArgument)
			if u.state == unbound {
				must(t, u.StartBind(local))
				must(t, u.FinishBind())
			}
		}
		must(t, u.Close())
		expect(t, "a closed socket", err1(u.HopLimit()), InvalidState)
	})
}

// TestGrants has predicates decide, and sees what they are asked.
func TestGrants(t *testing.T) {
	goroutines(t)
	n := open(t)
	_, at := listen(t, n, IPv4, addr("127.0.0.1:0"))
	var asked []Target
	n.Dial = func(t Target) bool { asked = append(asked, t); return false }
	s, err := n.NewTCP(IPv4)
	must(t, err)
	defer s.Close()
	expect(t, "connect", s.StartConnect(at), AccessDenied)
	if want := []Target{{"tcp", "", at}}; !slices.Equal(asked, want) {
		t.Errorf("asked for %v", asked)
	}
	// A name that led here counts for the address, and none that led elsewhere.
	n.remember("here.test", []netip.Addr{at.Addr()})
	n.remember("elsewhere.test", []netip.Addr{netip.MustParseAddr("192.0.2.1")})
	asked = nil
	expect(t, "connect", s.StartConnect(at), AccessDenied)
	if want := []Target{{"tcp", "", at}, {"tcp", "here.test", at}}; !slices.Equal(asked, want) {
		t.Errorf("asked for %v", asked)
	}
	n.Dial = func(t Target) bool { return t.Host == "here.test" }
	must(t, s.StartConnect(at))
	n.Dial, n.Listen, n.UDP, n.Resolve = nil, nil, nil, nil
	closed, err := n.NewTCP(IPv4)
	must(t, err)
	defer closed.Close()
	expect(t, "connect", closed.StartConnect(at), AccessDenied)
	expect(t, "bind", closed.StartBind(addr("127.0.0.1:0")), AccessDenied)
	u, err := n.NewUDP(IPv4)
	must(t, err)
	defer u.Close()
	expect(t, "bind UDP", u.StartBind(addr("127.0.0.1:0")), AccessDenied)
	expect(t, "resolve", err1(n.ResolveName("example.com")), PermanentResolverFailure)
	var nothing *Network
	expect(t, "no network", err1(nothing.NewTCP(IPv4)), AccessDenied)
	expect(t, "no network", err1(nothing.NewUDP(IPv4)), AccessDenied)
	expect(t, "no network", err1(nothing.ResolveName("example.com")), PermanentResolverFailure)
	// A client binds any port, and does not listen there.
	n.Dial = all
	must(t, closed.StartBind(addr("127.0.0.1:0")))
	must(t, closed.FinishBind())
	expect(t, "listen", closed.StartListen(), AccessDenied)
}

func TestBudget(t *testing.T) {
	n := open(t)
	n.Max = 2
	a, err := n.NewTCP(IPv4)
	must(t, err)
	b, err := n.NewUDP(IPv4)
	must(t, err)
	expect(t, "a third", err1(n.NewTCP(IPv4)), NewSocketLimit)
	expect(t, "a third", err1(n.NewUDP(IPv4)), NewSocketLimit)
	expect(t, "a third", err1(n.ResolveName("127.0.0.1")), NewSocketLimit)
	for range 2 {
		must(t, a.Close())
		must(t, b.Close())
	}
	l, err := n.ResolveName("127.0.0.1")
	must(t, err)
	must(t, l.Close())
	must(t, l.Close())
}

// TestPeerEnds has the peer end a connection in different ways.
func TestPeerEnds(t *testing.T) {
	goroutines(t)
	n := open(t)
	host, err := net.Listen("tcp4", "127.0.0.1:0")
	must(t, err)
	defer host.Close()
	at := addr(host.Addr().String())
	c, in, out := connect(t, n, IPv4, at)
	peer, err := host.Accept()
	must(t, err)
	_, err = peer.Write([]byte("bye"))
	must(t, err)
	must(t, peer.Close())
	if got := readAll(t, in); got != "bye" {
		t.Errorf("read %q", got)
	}
	for _, c := range []io.Closer{in, out, c} {
		must(t, c.Close())
	}
	c, in, out = connect(t, n, IPv4, at)
	peer, err = host.Accept()
	must(t, err)
	must(t, peer.(*net.TCPConn).SetLinger(0))
	must(t, peer.Close())
	_, err = streams.ReadBlocking(background, in, make([]byte, 1))
	expect(t, "a reset connection", err, ConnectionReset)
	for {
		if err := streams.WriteAndFlush(background, out, []byte("x")); err != nil {
			if got := Of(err); got != ConnectionReset && got != ConnectionAborted && !errors.Is(err, streams.ErrClosed) {
				t.Errorf("a write to a reset connection: %v", err)
			}
			break
		}
	}
	for _, c := range []io.Closer{in, out, c} {
		must(t, c.Close())
	}
	// Shut down on this side.
	c, in, out = connect(t, n, IPv4, at)
	peer, err = host.Accept()
	must(t, err)
	defer peer.Close()
	must(t, c.Shutdown(ShutdownBoth))
	if _, err := in.Read(make([]byte, 1)); !errors.Is(err, streams.ErrClosed) {
		t.Errorf("read after a shutdown: %v", err)
	}
	if got, err := io.ReadAll(peer); len(got) > 0 || err != nil {
		t.Errorf("the peer reads %q, %v", got, err)
	}
	expect(t, "no shutdown", c.Shutdown(3), InvalidArgument)
	for _, c := range []io.Closer{in, out, c} {
		must(t, c.Close())
	}
}

// TestGiveUp closes sockets in the middle of what they do.
func TestGiveUp(t *testing.T) {
	goroutines(t)
	n := open(t)
	done := descriptors(t)
	l, at := listen(t, n, IPv4, addr("127.0.0.1:0"))
	l.Ready() // It waits for a connection.
	for range 20 {
		c, err := n.NewTCP(IPv4)
		must(t, err)
		must(t, c.StartConnect(at))
		must(t, c.Close())
		must(t, c.Close())
	}
	// A connect that ends well after its socket was closed, and one before.
	c, err := n.NewTCP(IPv4)
	must(t, err)
	must(t, c.StartConnect(at))
	_, err = poll.Wait(background, c)
	must(t, err)
	must(t, c.Close())
	// Those that came to the listener are its peers.
	must(t, l.Close())
	done()
	// A connection that comes to a closed socket.
	here, there := net.Pipe()
	c.connectedTo(here, nil)
	if _, err := there.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the connection is open: %v", err)
	}
	ctx, cancel := context.WithCancel(background)
	cancel()
	lonely, _ := listen(t, n, IPv4, addr("127.0.0.1:0"))
	if _, err := poll.Wait(ctx, lonely); !errors.Is(err, context.Canceled) {
		t.Errorf("the wait ended with %v", err)
	}
}

func TestList(t *testing.T) {
	list, err := ParseList("127.0.0.1:*, [::1]:80,10.0.0.0/8:5432,[fd00::/8]:1,example.com:443,*.internal.test:80,localhost:8080,*:99")
	must(t, err)
	for _, c := range []struct {
		host, addr string
		want       bool
	}{
		{"", "127.0.0.1:1", true},
		{"", "127.0.0.2:1", false},
		{"", "[::1]:80", true},
		{"", "[::1]:81", false},
		{"", "10.1.2.3:5432", true},
		{"", "11.1.2.3:5432", false},
		{"", "[fd12::1]:1", true},
		{"example.com", "8.8.8.8:443", true},
		{"example.com", "[2606:4700::1]:443", true},
		{"example.com", "8.8.8.8:80", false},
		{"", "8.8.8.8:443", false},
		{"www.example.com", "8.8.8.8:443", false},
		{"notexample.com", "8.8.8.8:443", false},
		// A name that resolves to an address within.
		{"example.com", "127.0.0.3:443", false},
		{"example.com", "10.0.0.1:443", false},
		{"example.com", "192.168.0.1:443", false},
		{"example.com", "172.16.0.1:443", false},
		{"example.com", "169.254.169.254:443", false},
		{"example.com", "100.64.0.1:443", false},
		{"example.com", "0.0.0.0:443", false},
		{"example.com", "255.255.255.255:443", false},
		{"example.com", "[::]:443", false},
		{"example.com", "[::2]:443", false},
		{"example.com", "[fe80::1]:443", false},
		{"example.com", "[fc00::1]:443", false},
		{"example.com", "[fec0::1]:443", false},
		{"example.com", "[64:ff9b::a00:1]:443", false},
		{"example.com", "[2002:a00:1::]:443", false},
		{"example.com", "[::a00:1]:443", false},
		{"example.com", "[2001:0:1::]:443", false},
		{"a.internal.test", "8.8.8.8:80", true},
		{"a.b.internal.test", "8.8.8.8:80", true},
		{"internal.test", "8.8.8.8:80", false},
		{"xinternal.test", "8.8.8.8:80", false},
		{"localhost", "127.0.0.7:8080", true},
		{"localhost", "8.8.8.8:8080", false},
		{"", "10.0.0.1:99", true},
		{"any", "8.8.8.8:99", true},
	} {
		if got := list.Allows(Target{"tcp", c.host, addr(c.addr)}); got != c.want {
			t.Errorf("%q %s: %v", c.host, c.addr, got)
		}
	}
	names := list[:len(list)-1]
	for name, want := range map[string]bool{"example.com": true, "x.example.com": false, "x.internal.test": true, "localhost": true, "other": false} {
		if names.AllowsName(name) != want || !list.AllowsName(name) {
			t.Errorf("%s: %v", name, !want)
		}
	}
	for _, bad := range []string{"host", "host:", "host:0", "host:65536", "host:x", ":80", "[::1]", "[::1:80", "::1:80", "[127.0.0.1]:80", "[name]:80", "a b:80", "*x:80", "a*:80", "http://x:80", "x/8:80"} {
		if list, err := ParseList(bad); err == nil || !strings.Contains(err.Error(), bad) {
			t.Errorf("%q is %v, %v", bad, list, err)
		}
	}
	if list, err := ParseList(""); len(list) > 0 || err != nil {
		t.Errorf("nothing is %v, %v", list, err)
	}
}

// TestMappedAddresses has the forms of IPv6 that stand for IPv4 addresses never get
// round a predicate.
func TestMappedAddresses(t *testing.T) {
	n := open(t)
	n.Dial = func(t Target) bool {
		return t.Addr.Addr() != netip.MustParseAddr("127.0.0.1")
	}
	if n.allowed(n.Dial, "tcp", addr("[::ffff:127.0.0.1]:80")) {
		t.Error("a mapped address is another one to the predicate")
	}
	for _, inner := range []string{"::ffff:100.64.0.1", "::ffff:127.0.0.1", "fe80::1%eth0", "10.0.0.1"} {
		if Public(netip.MustParseAddr(inner)) {
			t.Errorf("%s is public", inner)
		}
	}
	list, err := ParseList("example.com:*")
	must(t, err)
	n.Lookup = func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("::ffff:127.0.0.1"), netip.MustParseAddr("::1")}, nil
	}
	n.Dial = list.Allows
	if got, err := lookupAll(t, n, "example.com"); got != "127.0.0.1 ::1" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	for family, at := range map[Family]string{IPv4: "127.0.0.1:80", IPv6: "[::1]:80"} {
		s, err := n.NewTCP(family)
		if err != nil {
			continue
		}
		expect(t, "rebound "+at, s.StartConnect(addr(at)), AccessDenied)
		must(t, s.Close())
	}
}

func TestOf(t *testing.T) {
	for _, c := range []struct {
		err  error
		want Code
	}{
		{AddressInUse, AddressInUse},
		{fmt.Errorf("wrapped: %w", &Error{Code: Timeout}), Timeout},
		{&net.OpError{Err: syscall.ECONNREFUSED}, ConnectionRefused},
		{&net.DNSError{IsNotFound: true}, NameUnresolvable},
		{context.DeadlineExceeded, Timeout},
		{net.ErrClosed, InvalidState},
		{io.ErrClosedPipe, InvalidState},
		{errors.ErrUnsupported, NotSupported},
		{errors.New("other"), Unknown},
	} {
		if got := Of(c.err); got != c.want {
			t.Errorf("%v is %v, want %v", c.err, got, c.want)
		}
	}
	if Unknown.Error() != "unknown error" || Code(200).Error() != "error 200" || (&Error{Code: Timeout}).Error() != "timeout" {
		t.Error("the texts are others")
	}
	seen := map[string]bool{}
	for _, name := range names {
		if seen[name] {
			t.Errorf("%q stands for two codes", name)
		}
		seen[name] = true
	}
	if len(names) != int(PermanentResolverFailure)+1 || !bytes.Contains([]byte(names[PermanentResolverFailure]), []byte("permanent")) {
		t.Error("a code has no text")
	}
}
