package sockets

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"

	"github.com/witgen/witgen/wasi/internal/poll"
)

func bindUDP(t *testing.T, n *Network, family Family, local netip.AddrPort) (*UDP, netip.AddrPort) {
	t.Helper()
	s, err := n.NewUDP(family)
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	expect(t, "before bind", err2(s.Stream(netip.AddrPort{})), InvalidState)
	expect(t, "before bind", err1(s.LocalAddress()), InvalidState)
	expect(t, "before bind", s.FinishBind(), NotInProgress)
	must(t, s.StartBind(local))
	expect(t, "bind again", s.StartBind(local), InvalidState)
	must(t, s.FinishBind())
	at, err := s.LocalAddress()
	must(t, err)
	return s, at
}

func receive(t *testing.T, in *DatagramInput) string {
	t.Helper()
	_, err := poll.Wait(background, in)
	must(t, err)
	got, err := in.Receive(1)
	must(t, err)
	if len(got) != 1 {
		t.Fatalf("%d datagrams", len(got))
	}
	return string(got[0].Data) + " from " + got[0].Addr.String()
}

func send(t *testing.T, out *DatagramOutput, all ...Datagram) error {
	t.Helper()
	_, err := out.Check()
	must(t, err)
	n, err := out.Send(all)
	if err == nil && n != len(all) {
		t.Errorf("%d of %d datagrams were sent", n, len(all))
	}
	return err
}

func TestUDP(t *testing.T) {
	families(t, func(t *testing.T, family Family, local netip.AddrPort) {
		goroutines(t)
		n := open(t)
		a, atA := bindUDP(t, n, family, local)
		b, atB := bindUDP(t, n, family, local)
		c, atC := bindUDP(t, n, family, local)
		if a.Family() != family {
			t.Error("the family is another")
		}
		inA, outA, err := a.Stream(netip.AddrPort{})
		must(t, err)
		inB, outB, err := b.Stream(atA)
		must(t, err)
		_, outC, err := c.Stream(netip.AddrPort{})
		must(t, err)
		if got, err := inA.Receive(10); len(got) > 0 || err != nil || inA.Ready() {
			t.Errorf("received %v, %v", got, err)
		}
		must(t, send(t, outB, Datagram{Data: []byte("to the peer")}))
		if got := receive(t, inA); got != "to the peer from "+atB.String() {
			t.Error(got)
		}
		must(t, send(t, outB, Datagram{[]byte("named"), atA}))
		if got := receive(t, inA); got != "named from "+atB.String() {
			t.Error(got)
		}
		if got, err := b.RemoteAddress(); got != atA || err != nil {
			t.Errorf("the peer is %v, %v", got, err)
		}
		expect(t, "no peer", err1(a.RemoteAddress()), InvalidState)
		expect(t, "another", send(t, outB, Datagram{[]byte("x"), atC}), InvalidArgument)
		expect(t, "none", send(t, outA, Datagram{Data: []byte("x")}), InvalidArgument)
		expect(t, "no port", send(t, outA, Datagram{[]byte("x"), netip.AddrPortFrom(atB.Addr(), 0)}), InvalidArgument)
		expect(t, "too large", send(t, outA, Datagram{make([]byte, 70000), atB}), DatagramTooLarge)
		// What comes from others does not reach a stream with a peer.
		must(t, send(t, outC, Datagram{[]byte("foreign"), atB}))
		must(t, send(t, outA, Datagram{[]byte("friend"), atB}))
		if got := receive(t, inB); got != "friend from "+atA.String() {
			t.Error(got)
		}
		// New streams take the place of the old.
		inB2, outB2, err := b.Stream(netip.AddrPort{})
		must(t, err)
		expect(t, "old output", err1(outB.Check()), InvalidState)
		expect(t, "old output", err1(outB.Send(nil)), InvalidState)
		expect(t, "old input", err1(inB.Receive(1)), InvalidState)
		must(t, send(t, outC, Datagram{[]byte("for the new one"), atB}))
		if got := receive(t, inB2); got != "for the new one from "+atC.String() {
			t.Error(got)
		}
		// A permit is for one send.
		k, err := outA.Check()
		must(t, err)
		if _, err := outA.Send(make([]Datagram, k+1)); !errors.Is(err, ErrPermit) {
			t.Errorf("too many: %v", err)
		}
		must(t, send(t, outA))
		if _, err := outA.Send([]Datagram{{nil, atB}}); !errors.Is(err, ErrPermit) {
			t.Errorf("unchecked: %v", err)
		}
		for _, c := range []io.Closer{a, inA, outA, inA, outB, inB, inB2, outB2, outC, c.in} {
			must(t, c.Close())
		}
		expect(t, "closed", err1(inA.Receive(1)), InvalidState)
		expect(t, "closed", err2(a.Stream(netip.AddrPort{})), InvalidState)
	})
}

// TestUDPQueue sends more than a stream holds.
func TestUDPQueue(t *testing.T) {
	goroutines(t)
	n := open(t)
	a, at := bindUDP(t, n, IPv4, addr("127.0.0.1:0"))
	in, out, err := a.Stream(netip.AddrPort{})
	must(t, err)
	host, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(at))
	must(t, err)
	defer host.Close()
	in.Ready()
	for range 3 * maxDatagrams {
		_, err := host.Write([]byte("x"))
		must(t, err)
	}
	total := 0
	for total < maxDatagrams+1 {
		_, err := poll.Wait(background, in)
		must(t, err)
		got, err := in.Receive(1 << 40)
		must(t, err)
		if len(got) > maxDatagrams {
			t.Errorf("the stream held %d datagrams", len(got))
		}
		total += len(got)
	}
	must(t, in.Close())
	must(t, out.Close())
}

func TestUDPGrants(t *testing.T) {
	goroutines(t)
	n := open(t)
	a, atA := bindUDP(t, n, IPv4, addr("127.0.0.1:0"))
	b, atB := bindUDP(t, n, IPv4, addr("127.0.0.1:0"))
	n.UDP = func(t Target) bool { return t.Network == "udp" && t.Addr == atA }
	inA, outA, err := a.Stream(netip.AddrPort{})
	must(t, err)
	inB, outB, err := b.Stream(netip.AddrPort{})
	must(t, err)
	expect(t, "send", send(t, outA, Datagram{[]byte("x"), atB}), AccessDenied)
	expect(t, "peer", err2(a.Stream(atB)), AccessDenied)
	// What an address that is not allowed sends does not arrive.
	must(t, send(t, outB, Datagram{[]byte("foreign"), atA}))
	must(t, send(t, outA, Datagram{[]byte("own"), atA}))
	if got := receive(t, inA); got != "own from "+atA.String() {
		t.Error(got)
	}
	for _, c := range []io.Closer{inA, outA, inB, outB} {
		must(t, c.Close())
	}
}
