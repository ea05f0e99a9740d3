package wasi

import (
	"net/netip"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/wasi/internal/sockets"
	"github.com/witgen/witgen/wasi/internal/streams"
)

// Target is an address that a guest wants to use.
type Target struct {
	// Network is "tcp" or "udp".
	Network string
	// Host is a name by which the guest has got the address from a lookup, in lower case
	// and without a dot at its end. It is empty if the question is about the
	// address alone.
	Host string
	// Addr is the address. It is never an IPv4 address in the form of IPv6. Whoever owns
	// a name decides which addresses it has: a function that allows a Host looks at Addr
	// too, for which there is Public.
	Addr netip.AddrPort
}

// Public reports whether the address is one of the public internet: not one of the host
// itself or of a private network, and not one that stands for such an address.
func (t Target) Public() bool { return sockets.Public(t.Addr.Addr()) }

// allow returns a function of the host's as package sockets calls it.
func allow(f func(Target) bool) sockets.Allow {
	if f == nil {
		return nil
	}
	return func(t sockets.Target) bool { return f(Target(t)) }
}

// DialTCP lets a guest make TCP connections to the targets that f allows. f is called
// with the address, and with each name of it that the guest has looked up. Several
// goroutines may call it.
func DialTCP(f func(Target) bool) host.Option {
	return change(func(p *provider) { p.dial = allow(f) })
}

// ListenTCP lets a guest listen for TCP connections at the addresses of the host that f
// allows. A port of 0 asks for one of the system's choice.
func ListenTCP(f func(Target) bool) host.Option {
	return change(func(p *provider) { p.listen = allow(f) })
}

// UDP lets a guest exchange datagrams with the targets that f allows, and bind a socket
// to the addresses of the host with a port that f allows.
func UDP(f func(Target) bool) host.Option {
	return change(func(p *provider) { p.udp = allow(f) })
}

// Resolve lets a guest look up the names that f allows, with the host's resolver. Names
// are in lower case and without a dot at the end.
func Resolve(f func(name string) bool) host.Option {
	return change(func(p *provider) { p.resolve = f })
}

// DefaultSockets is how many sockets and lookups an instance may have open at a time.
const DefaultSockets = sockets.DefaultSockets

// Sockets bounds how many sockets and lookups an instance may have open at a time.
func Sockets(n int) host.Option {
	return change(func(p *provider) { p.maxSockets = n })
}

// DefaultLinger is how long what a guest has written to a connection may take to leave.
const DefaultLinger = streams.Linger

// Linger bounds how long what a guest has written to a TCP connection may take to leave once
// the guest has closed it or has ended. The connection is cut then. Until it has left, the
// connection counts as open.
func Linger(d time.Duration) host.Option {
	return change(func(p *provider) { p.linger = d })
}

// Targets are targets as text has them; see ParseTargets.
type Targets struct{ list sockets.List }

// ParseTargets reads targets that are separated by commas, each HOST:PORT. Either part
// may be *. A host is an address, a prefix of addresses as 10.0.0.0/8, a name, or *.NAME
// for all below a name. IPv6 stands in brackets: [::1]:80.
//
// A name allows the addresses of the public internet that a guest has found by it, so
// that the owner of the name cannot lead the guest into the host's network. The name
// localhost allows addresses of the host itself.
func ParseTargets(text string) (Targets, error) {
	list, err := sockets.ParseList(text)
	return Targets{list}, err
}

// Allow reports whether the targets have t. It is for DialTCP, ListenTCP and UDP.
func (t Targets) Allow(target Target) bool { return t.list.Allows(sockets.Target(target)) }

// AllowName reports whether the targets have one of that name. It is for Resolve.
func (t Targets) AllowName(name string) bool { return t.list.AllowsName(name) }
