package preview2

import (
	"context"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/wasi/sockets/v0.2/instance-network"
	"github.com/witgen/witgen/wasi/sockets/v0.2/ip-name-lookup"
	"github.com/witgen/witgen/wasi/sockets/v0.2/network"
	"github.com/witgen/witgen/wasi/sockets/v0.2/tcp"
	"github.com/witgen/witgen/wasi/sockets/v0.2/tcp-create-socket"
	"github.com/witgen/witgen/wasi/sockets/v0.2/udp"
	"github.com/witgen/witgen/wasi/sockets/v0.2/udp-create-socket"
)

// Sockets is what makes the sockets and lookups of wasi:sockets.
type Sockets interface {
	tcpcreatesocket.Interface
	udpcreatesocket.Interface
	ipnamelookup.Interface
}

// socketInterfaces returns the interfaces of wasi:sockets over what makes sockets, or
// over nothing if that is nil.
func socketInterfaces(makes Sockets) []Interface {
	if makes == nil {
		makes = noSockets{}
	}
	return []Interface{
		{"wasi:sockets/network", &network.Descriptor, []string{"network"}, networks{}},
		{"wasi:sockets/instance-network", &instancenetwork.Descriptor, nil, networks{}},
		{"wasi:sockets/tcp", &tcp.Descriptor, []string{"tcp-socket"}, nil},
		{"wasi:sockets/tcp-create-socket", &tcpcreatesocket.Descriptor, nil, makes},
		{"wasi:sockets/udp", &udp.Descriptor, []string{"udp-socket", "incoming-datagram-stream", "outgoing-datagram-stream"}, nil},
		{"wasi:sockets/udp-create-socket", &udpcreatesocket.Descriptor, nil, makes},
		{"wasi:sockets/ip-name-lookup", &ipnamelookup.Descriptor, []string{"resolve-address-stream"}, makes},
	}
}

// networks implements wasi:sockets/network and instance-network.
type networks struct{}

// NetworkErrorCode returns the code of the error of a stream, if the stream is one of a
// socket.
func (networks) NetworkErrorCode(_ context.Context, err network.Error) (types.Option[network.ErrorCode], error) {
	if own, ok := err.(*Error); ok {
		if failed, ok := asNetworkError(own.err); ok {
			return types.Some(network.ErrorCode(failed.NetworkCode())), nil
		}
	}
	return types.None[network.ErrorCode](), nil
}

// networkResource is the resource network. It opens nothing by itself.
type networkResource struct{ Resource }

func (networks) InstanceNetwork(context.Context) (instancenetwork.Network, error) {
	made := &networkResource{}
	made.init("network", nil, nil)
	return made, nil
}

// noSockets makes no sockets.
type noSockets struct{}

func (noSockets) CreateTCPSocket(context.Context, network.IPAddressFamily) (tcpcreatesocket.TCPSocket, error) {
	return nil, network.ErrorCodeAccessDenied
}

func (noSockets) CreateUDPSocket(context.Context, network.IPAddressFamily) (udpcreatesocket.UDPSocket, error) {
	return nil, network.ErrorCodeAccessDenied
}

func (noSockets) ResolveAddresses(context.Context, network.Network, string) (ipnamelookup.ResolveAddressStream, error) {
	return nil, network.ErrorCodePermanentResolverFailure
}
