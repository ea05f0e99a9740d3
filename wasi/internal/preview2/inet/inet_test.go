package inet

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/wasi/internal/sockets"
	"github.com/witgen/witgen/wasi/sockets/v0.2/network"
	"github.com/witgen/witgen/wasi/sockets/v0.2/tcp"
	"github.com/witgen/witgen/wasi/sockets/v0.2/udp"
)

func TestAddresses(t *testing.T) {
	for _, text := range []string{"127.0.0.1:80", "[2001:db8::1:2]:65535", "[fe80::1%7]:1", "[::]:0"} {
		want := netip.MustParseAddrPort(text)
		if got := addrPort(socketAddress(want)); got != want {
			t.Errorf("%s becomes %s", want, got)
		}
	}
	mapped := network.IPSocketAddressIPv6{Value: network.IPv6SocketAddress{Address: network.IPv6Address{F5: 0xffff, F6: 0x7f00, F7: 1}, ScopeID: 3}}
	if got := addrPort(mapped); !got.Addr().Is4In6() {
		t.Errorf("a mapped address becomes %s", got)
	}
}

// block waits for what a resource subscribes to.
func block(t *testing.T, p tcp.Pollable, err error) {
	t.Helper()
	if err == nil {
		err = p.Block(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

func loopback(t sockets.Target) bool { return t.Addr.Addr().IsLoopback() }

var localhost = socketAddress(netip.MustParseAddrPort("127.0.0.1:0"))

// A guest listens, and a connection of the host's comes, is read and answered.
func TestTCP(t *testing.T) {
	ctx := context.Background()
	n := &sockets.Network{Dial: loopback, Listen: loopback}
	m := New(n)
	server, err := m.CreateTCPSocket(ctx, network.IPAddressFamilyIPv4)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Accept(ctx); err != network.ErrorCodeInvalidState {
		t.Errorf("accept of a new socket: %v", err)
	}
	if err := errors.Join(server.StartBind(ctx, nil, localhost), server.FinishBind(ctx), server.StartListen(ctx), server.FinishListen(ctx)); err != nil {
		t.Fatal(err)
	}
	at, err := server.LocalAddress(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Accept(ctx); err != network.ErrorCodeWouldBlock {
		t.Errorf("accept of nothing: %v", err)
	}

	client, err := m.CreateTCPSocket(ctx, network.IPAddressFamilyIPv4)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.StartConnect(ctx, nil, at); err != nil {
		t.Fatal(err)
	}
	p, err := client.Subscribe(ctx)
	block(t, p, err)
	streams, err := client.FinishConnect(ctx)
	if err != nil {
		t.Fatal(err)
	}
	p, err = server.Subscribe(ctx)
	block(t, p, err)
	accepted, err := server.Accept(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := streams.F1.BlockingWriteAndFlush(ctx, []byte("hello")); err != nil {
		t.Error(err)
	}
	if err := client.Shutdown(ctx, tcp.ShutdownTypeSend); err != nil {
		t.Error(err)
	}
	if got, err := accepted.F1.BlockingRead(ctx, 100); string(got) != "hello" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := accepted.F1.BlockingRead(ctx, 100); err == nil || err.Error() != "closed" {
		t.Errorf("after the last byte: %v", err)
	}
	if err := client.(*tcpSocket).Drop(ctx); err == nil || !strings.Contains(err.Error(), "before 2 resources") {
		t.Errorf("a socket dropped before its streams: %v", err)
	}
	for _, r := range []interface{ Drop(context.Context) error }{
		streams.F0.(interface{ Drop(context.Context) error }), streams.F1.(interface{ Drop(context.Context) error }), client.(*tcpSocket),
		accepted.F1.(interface{ Drop(context.Context) error }), accepted.F2.(interface{ Drop(context.Context) error }), accepted.F0.(*tcpSocket), server.(*tcpSocket),
	} {
		if err := r.Drop(ctx); err != nil {
			t.Error(err)
		}
	}
	for end := time.Now().Add(time.Minute); n.Open() != 0; runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatalf("%d sockets are open at the end", n.Open())
		}
	}
}

// What no option allows is denied.
func TestDenied(t *testing.T) {
	ctx := context.Background()
	m := New(&sockets.Network{Resolve: func(name string) bool { return name == "localhost" }})
	s, err := m.CreateTCPSocket(ctx, network.IPAddressFamilyIPv4)
	if err != nil {
		t.Fatal(err)
	}
	peer := socketAddress(netip.MustParseAddrPort("127.0.0.1:1"))
	if err := s.StartConnect(ctx, nil, peer); err != network.ErrorCodeAccessDenied {
		t.Errorf("connect: %v", err)
	}
	if err := s.StartBind(ctx, nil, localhost); err != network.ErrorCodeAccessDenied {
		t.Errorf("bind: %v", err)
	}
	if err := s.Close(ctx); err != nil {
		t.Error(err)
	}
	if _, err := m.ResolveAddresses(ctx, nil, "example.com"); err != network.ErrorCodePermanentResolverFailure {
		t.Errorf("resolve: %v", err)
	}
	l, err := m.ResolveAddresses(ctx, nil, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	addr, err := l.ResolveNextAddress(ctx)
	if want := types.Some[network.IPAddress](network.IPAddressIPv4{Value: network.IPv4Address{F0: 127, F3: 1}}); addr != want || err != nil {
		t.Errorf("an address resolves to %v, %v", addr, err)
	}
	if addr, err := l.ResolveNextAddress(ctx); addr != types.None[network.IPAddress]() || err != nil {
		t.Errorf("and then to %v, %v", addr, err)
	}
	if err := l.Close(ctx); err != nil {
		t.Error(err)
	}
}

func TestUDP(t *testing.T) {
	ctx := context.Background()
	echo, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer echo.Close()
	go func() {
		b := make([]byte, 100)
		for {
			n, from, err := echo.ReadFrom(b)
			if err != nil {
				return
			}
			_, _ = echo.WriteTo(b[:n], from)
		}
	}()
	n := &sockets.Network{UDP: loopback}
	s, err := New(n).CreateUDPSocket(ctx, network.IPAddressFamilyIPv4)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.StartBind(ctx, nil, localhost), s.FinishBind(ctx)); err != nil {
		t.Fatal(err)
	}
	both, err := s.Stream(ctx, types.None[udp.IPSocketAddress]())
	if err != nil {
		t.Fatal(err)
	}
	in, out := both.F0, both.F1
	to := socketAddress(echo.LocalAddr().(*net.UDPAddr).AddrPort())
	datagram := udp.OutgoingDatagram{Data: []byte("hello"), RemoteAddress: types.Some(to)}
	if _, err := out.Send(ctx, []udp.OutgoingDatagram{datagram}); err == nil || !strings.Contains(err.Error(), "check-send") {
		t.Errorf("a send that was not permitted: %v", err)
	}
	if permit, err := out.CheckSend(ctx); permit == 0 || err != nil {
		t.Errorf("check-send: %d, %v", permit, err)
	}
	if sent, err := out.Send(ctx, []udp.OutgoingDatagram{datagram}); sent != 1 || err != nil {
		t.Errorf("sent %d, %v", sent, err)
	}
	p, err := in.Subscribe(ctx)
	block(t, p, err)
	got, err := in.Receive(ctx, 10)
	if err != nil || len(got) != 1 || string(got[0].Data) != "hello" || addrPort(got[0].RemoteAddress) != addrPort(to) {
		t.Errorf("received %v, %v", got, err)
	}
	if err := errors.Join(in.Close(ctx), out.Close(ctx), s.Close(ctx)); err != nil {
		t.Error(err)
	}
	for end := time.Now().Add(time.Minute); n.Open() != 0; runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatalf("%d sockets are open at the end", n.Open())
		}
	}
}
