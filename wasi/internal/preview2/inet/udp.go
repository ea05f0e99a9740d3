package inet

import (
	"context"
	"errors"
	"math"
	"net/netip"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/wasi/internal/poll"
	"github.com/witgen/witgen/wasi/internal/preview2"
	"github.com/witgen/witgen/wasi/internal/sockets"
	"github.com/witgen/witgen/wasi/sockets/v0.2/network"
	"github.com/witgen/witgen/wasi/sockets/v0.2/udp"
)

// udpSocket is the resource udp-socket.
type udpSocket struct {
	preview2.Resource
	s *sockets.UDP
}

func (u *udpSocket) StartBind(_ context.Context, _ udp.Network, local udp.IPSocketAddress) error {
	return code(u.s.StartBind(addrPort(local)))
}

func (u *udpSocket) FinishBind(context.Context) error { return code(u.s.FinishBind()) }

func (u *udpSocket) Stream(_ context.Context, remote types.Option[udp.IPSocketAddress]) (types.Tuple2[udp.IncomingDatagramStream, udp.OutgoingDatagramStream], error) {
	peer := netip.AddrPort{}
	if r, ok := remote.Get(); ok {
		peer = addrPort(r)
	}
	in, out, err := u.s.Stream(peer)
	if err != nil {
		return types.Tuple2[udp.IncomingDatagramStream, udp.OutgoingDatagramStream]{}, code(err)
	}
	incoming, outgoing := &incomingDatagrams{in: in}, &outgoingDatagrams{out: out}
	incoming.Init("incoming-datagram-stream", &u.Resource, closer(in.Close))
	outgoing.Init("outgoing-datagram-stream", &u.Resource, closer(out.Close))
	return types.Tuple2[udp.IncomingDatagramStream, udp.OutgoingDatagramStream]{F0: incoming, F1: outgoing}, nil
}

func (u *udpSocket) LocalAddress(context.Context) (udp.IPSocketAddress, error) {
	addr, err := u.s.LocalAddress()
	if err != nil {
		return nil, code(err)
	}
	return socketAddress(addr), nil
}

func (u *udpSocket) RemoteAddress(context.Context) (udp.IPSocketAddress, error) {
	addr, err := u.s.RemoteAddress()
	if err != nil {
		return nil, code(err)
	}
	return socketAddress(addr), nil
}

func (u *udpSocket) AddressFamily(context.Context) (udp.IPAddressFamily, error) {
	return network.IPAddressFamily(u.s.Family()), nil
}

func (u *udpSocket) UnicastHopLimit(context.Context) (uint8, error) { return coded(u.s.HopLimit()) }

func (u *udpSocket) SetUnicastHopLimit(_ context.Context, value uint8) error {
	return code(u.s.SetHopLimit(value))
}

func (u *udpSocket) ReceiveBufferSize(context.Context) (uint64, error) {
	return coded(u.s.ReceiveBuffer())
}

func (u *udpSocket) SetReceiveBufferSize(_ context.Context, value uint64) error {
	return code(u.s.SetReceiveBuffer(value))
}

func (u *udpSocket) SendBufferSize(context.Context) (uint64, error) { return coded(u.s.SendBuffer()) }

func (u *udpSocket) SetSendBufferSize(_ context.Context, value uint64) error {
	return code(u.s.SetSendBuffer(value))
}

// Subscribe returns a pollable that is ready: nothing of the socket itself takes time.
func (u *udpSocket) Subscribe(context.Context) (udp.Pollable, error) {
	return pollable(&u.Resource, poll.Always{})
}

// incomingDatagrams is the resource incoming-datagram-stream.
type incomingDatagrams struct {
	preview2.Resource
	in *sockets.DatagramInput
}

func (d *incomingDatagrams) Receive(_ context.Context, most uint64) ([]udp.IncomingDatagram, error) {
	received, err := d.in.Receive(min(most, math.MaxInt32))
	if err != nil {
		return nil, code(err)
	}
	list := make([]udp.IncomingDatagram, len(received))
	for n, g := range received {
		list[n] = udp.IncomingDatagram{Data: g.Data, RemoteAddress: socketAddress(g.Addr)}
	}
	return list, nil
}

func (d *incomingDatagrams) Subscribe(context.Context) (udp.Pollable, error) {
	return pollable(&d.Resource, d.in)
}

// outgoingDatagrams is the resource outgoing-datagram-stream.
type outgoingDatagrams struct {
	preview2.Resource
	out *sockets.DatagramOutput
}

func (d *outgoingDatagrams) CheckSend(context.Context) (uint64, error) {
	n, err := d.out.Check()
	return uint64(n), code(err)
}

// Send sends what CheckSend has permitted. For more it fails, so that the guest traps.
func (d *outgoingDatagrams) Send(_ context.Context, datagrams []udp.OutgoingDatagram) (uint64, error) {
	list := make([]sockets.Datagram, len(datagrams))
	for n, g := range datagrams {
		list[n].Data = g.Data
		if to, ok := g.RemoteAddress.Get(); ok {
			list[n].Addr = addrPort(to)
		}
	}
	sent, err := d.out.Send(list)
	if errors.Is(err, sockets.ErrPermit) {
		return 0, errors.New("the guest sends more datagrams than check-send permitted")
	}
	return uint64(sent), code(err)
}

func (d *outgoingDatagrams) Subscribe(context.Context) (udp.Pollable, error) {
	return pollable(&d.Resource, d.out)
}
