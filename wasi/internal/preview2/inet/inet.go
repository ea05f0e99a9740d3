// Package inet implements the sockets of WASI 0.2 over package sockets.
package inet

import (
	"context"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/wasi/internal/guard"
	"github.com/witgen/witgen/wasi/internal/poll"
	"github.com/witgen/witgen/wasi/internal/preview2"
	"github.com/witgen/witgen/wasi/internal/sockets"
	"github.com/witgen/witgen/wasi/sockets/v0.2/ip-name-lookup"
	"github.com/witgen/witgen/wasi/sockets/v0.2/network"
	"github.com/witgen/witgen/wasi/sockets/v0.2/tcp"
	"github.com/witgen/witgen/wasi/sockets/v0.2/udp"
)

// New returns what makes sockets of a network.
func New(n *sockets.Network) preview2.Sockets { return maker{n} }

type maker struct{ network *sockets.Network }

func (m maker) CreateTCPSocket(_ context.Context, family network.IPAddressFamily) (tcp.TCPSocket, error) {
	s, err := m.network.NewTCP(sockets.Family(family))
	if err != nil {
		return nil, code(err)
	}
	return newTCP(s), nil
}

func (m maker) CreateUDPSocket(_ context.Context, family network.IPAddressFamily) (udp.UDPSocket, error) {
	s, err := m.network.NewUDP(sockets.Family(family))
	if err != nil {
		return nil, code(err)
	}
	made := &udpSocket{s: s}
	made.Init("udp-socket", nil, closer(s.Close))
	return made, nil
}

func (m maker) ResolveAddresses(_ context.Context, _ network.Network, name string) (ipnamelookup.ResolveAddressStream, error) {
	l, err := m.network.ResolveName(name)
	if err != nil {
		return nil, code(err)
	}
	made := &lookup{l: l}
	made.Init("resolve-address-stream", nil, closer(l.Close))
	return made, nil
}

// code returns an error as wasi:sockets has it, and nil for nil. A panic of a function of
// the host's stays what it is, so that the guest traps.
func code(err error) error {
	if err == nil || guard.Of(err) != nil {
		return err
	}
	return network.ErrorCode(sockets.Of(err))
}

// closer drops the error of a close, which has nobody to go to.
func closer(closes func() error) func(context.Context) error {
	return func(context.Context) error { _ = closes(); return nil }
}

func pollable(parent *preview2.Resource, source poll.Source) (*preview2.Pollable, error) {
	return preview2.NewPollable(parent, source), nil
}

// lookup is the resource resolve-address-stream.
type lookup struct {
	preview2.Resource
	l *sockets.Lookup
}

func (l *lookup) ResolveNextAddress(context.Context) (types.Option[ipnamelookup.IPAddress], error) {
	addr, ok, err := l.l.Next()
	if err != nil || !ok {
		return types.None[ipnamelookup.IPAddress](), code(err)
	}
	return types.Some(ipAddress(addr)), nil
}

func (l *lookup) Subscribe(context.Context) (ipnamelookup.Pollable, error) {
	return pollable(&l.Resource, l.l)
}
