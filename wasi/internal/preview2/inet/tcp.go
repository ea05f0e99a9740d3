package inet

import (
	"context"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/wasi/internal/preview2"
	"github.com/witgen/witgen/wasi/internal/sockets"
	"github.com/witgen/witgen/wasi/internal/streams"
	"github.com/witgen/witgen/wasi/sockets/v0.2/network"
	"github.com/witgen/witgen/wasi/sockets/v0.2/tcp"
)

// tcpSocket is the resource tcp-socket.
type tcpSocket struct {
	preview2.Resource
	s *sockets.TCP
}

func newTCP(s *sockets.TCP) *tcpSocket {
	made := &tcpSocket{s: s}
	made.Init("tcp-socket", nil, closer(s.Close))
	return made
}

// streams returns the streams of a connection, which depend on the socket.
func (t *tcpSocket) streams(in streams.Input, out streams.Output) (tcp.InputStream, tcp.OutputStream) {
	return preview2.NewInput(&t.Resource, in, false), preview2.NewOutput(&t.Resource, out, false)
}

func (t *tcpSocket) StartBind(_ context.Context, _ tcp.Network, local tcp.IPSocketAddress) error {
	return code(t.s.StartBind(addrPort(local)))
}

func (t *tcpSocket) FinishBind(context.Context) error { return code(t.s.FinishBind()) }

func (t *tcpSocket) StartConnect(_ context.Context, _ tcp.Network, remote tcp.IPSocketAddress) error {
	return code(t.s.StartConnect(addrPort(remote)))
}

func (t *tcpSocket) FinishConnect(context.Context) (types.Tuple2[tcp.InputStream, tcp.OutputStream], error) {
	in, out, err := t.s.FinishConnect()
	if err != nil {
		return types.Tuple2[tcp.InputStream, tcp.OutputStream]{}, code(err)
	}
	i, o := t.streams(in, out)
	return types.Tuple2[tcp.InputStream, tcp.OutputStream]{F0: i, F1: o}, nil
}

func (t *tcpSocket) StartListen(context.Context) error { return code(t.s.StartListen()) }

func (t *tcpSocket) FinishListen(context.Context) error { return code(t.s.FinishListen()) }

func (t *tcpSocket) Accept(context.Context) (types.Tuple3[tcp.TCPSocket, tcp.InputStream, tcp.OutputStream], error) {
	s, in, out, err := t.s.Accept()
	if err != nil {
		return types.Tuple3[tcp.TCPSocket, tcp.InputStream, tcp.OutputStream]{}, code(err)
	}
	made := newTCP(s)
	i, o := made.streams(in, out)
	return types.Tuple3[tcp.TCPSocket, tcp.InputStream, tcp.OutputStream]{F0: made, F1: i, F2: o}, nil
}

func (t *tcpSocket) LocalAddress(context.Context) (tcp.IPSocketAddress, error) {
	addr, err := t.s.LocalAddress()
	if err != nil {
		return nil, code(err)
	}
	return socketAddress(addr), nil
}

func (t *tcpSocket) RemoteAddress(context.Context) (tcp.IPSocketAddress, error) {
	addr, err := t.s.RemoteAddress()
	if err != nil {
		return nil, code(err)
	}
	return socketAddress(addr), nil
}

func (t *tcpSocket) IsListening(context.Context) (bool, error) { return t.s.Listening(), nil }

func (t *tcpSocket) AddressFamily(context.Context) (tcp.IPAddressFamily, error) {
	return network.IPAddressFamily(t.s.Family()), nil
}

func (t *tcpSocket) SetListenBacklogSize(_ context.Context, value uint64) error {
	return code(t.s.SetBacklog(value))
}

func (t *tcpSocket) KeepAliveEnabled(context.Context) (bool, error) { return coded(t.s.KeepAlive()) }

func (t *tcpSocket) SetKeepAliveEnabled(_ context.Context, value bool) error {
	return code(t.s.SetKeepAlive(value))
}

func (t *tcpSocket) KeepAliveIdleTime(context.Context) (tcp.Duration, error) {
	return coded(t.s.KeepIdle())
}

func (t *tcpSocket) SetKeepAliveIdleTime(_ context.Context, value tcp.Duration) error {
	return code(t.s.SetKeepIdle(value))
}

func (t *tcpSocket) KeepAliveInterval(context.Context) (tcp.Duration, error) {
	return coded(t.s.KeepInterval())
}

func (t *tcpSocket) SetKeepAliveInterval(_ context.Context, value tcp.Duration) error {
	return code(t.s.SetKeepInterval(value))
}

func (t *tcpSocket) KeepAliveCount(context.Context) (uint32, error) { return coded(t.s.KeepCount()) }

func (t *tcpSocket) SetKeepAliveCount(_ context.Context, value uint32) error {
	return code(t.s.SetKeepCount(value))
}

func (t *tcpSocket) HopLimit(context.Context) (uint8, error) { return coded(t.s.HopLimit()) }

func (t *tcpSocket) SetHopLimit(_ context.Context, value uint8) error {
	return code(t.s.SetHopLimit(value))
}

func (t *tcpSocket) ReceiveBufferSize(context.Context) (uint64, error) {
	return coded(t.s.ReceiveBuffer())
}

func (t *tcpSocket) SetReceiveBufferSize(_ context.Context, value uint64) error {
	return code(t.s.SetReceiveBuffer(value))
}

func (t *tcpSocket) SendBufferSize(context.Context) (uint64, error) { return coded(t.s.SendBuffer()) }

func (t *tcpSocket) SetSendBufferSize(_ context.Context, value uint64) error {
	return code(t.s.SetSendBuffer(value))
}

func (t *tcpSocket) Subscribe(context.Context) (tcp.Pollable, error) {
	return pollable(&t.Resource, t.s)
}

func (t *tcpSocket) Shutdown(_ context.Context, kind tcp.ShutdownType) error {
	return code(t.s.Shutdown(int(kind)))
}

// coded returns a value, and an error as wasi:sockets has it.
func coded[T any](v T, err error) (T, error) { return v, code(err) }
