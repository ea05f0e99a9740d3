package sockets

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/witgen/witgen/wasi/internal/streams"
)

// Family is that of a socket's addresses.
type Family uint8

// The families, in the order of ip-address-family.
const (
	IPv4 Family = iota
	IPv6
)

// of reports whether an address is of the family. An IPv4 address in the form of IPv6
// is of neither.
func (f Family) of(a netip.Addr) bool {
	if f == IPv4 {
		return a.Is4()
	}
	return a.Is6() && !a.Is4In6()
}

// Target is what a guest wants to reach, or to be reached at.
type Target struct {
	// Network is "tcp" or "udp".
	Network string
	// Host is the name by which the guest has got the address from a lookup of its own,
	// in lower case and without a dot at its end. It is empty for an address without
	// one.
	Host string
	// Addr is the address itself. It is never an IPv4 address in the form of IPv6. A
	// name that is allowed may have any address: a predicate that looks at Host must
	// look at Addr too.
	Addr netip.AddrPort
}

// Allow decides whether a guest may use a target. It is asked for an address without
// a name, and for each name of the address. A nil Allow allows nothing.
type Allow func(Target) bool

// DefaultSockets is how many sockets an instance may have open, unless an option says
// else.
const DefaultSockets = 256

// maxNames bounds the names that an instance remembers of its lookups.
const maxNames = 4096

// Network is what one instance may use of the network.
type Network struct {
	// Dial is for TCP connections that the guest makes, Listen for addresses that it
	// listens at, UDP for the peers of its datagrams and the addresses that it binds
	// with a port of its own choice.
	Dial, Listen, UDP Allow
	// Resolve decides which names the guest may look up.
	Resolve func(name string) bool
	// Lookup looks a name up: net.DefaultResolver where it is nil.
	Lookup func(ctx context.Context, name string) ([]netip.Addr, error)
	// Max bounds the open sockets and lookups: DefaultSockets where it is 0. A connection
	// is open until what was written to it has left, and a lookup until it has ended.
	Max int
	// Bytes bounds what sockets hold. It may be nil.
	Bytes *streams.Budget
	// Linger is how long what was written to a connection may take to leave once the guest
	// has closed it: streams.Linger where it is 0.
	Linger time.Duration

	open atomic.Int64

	mu    sync.Mutex
	conns map[*conn]struct{} // those that are open
	ctx   context.Context    // of lookups, or nil
	end   context.CancelFunc
	known map[netip.Addr][]string
	count int
}

func (n *Network) take() error {
	limit := n.Max
	if limit == 0 {
		limit = DefaultSockets
	}
	if n.open.Add(1) > int64(limit) {
		n.open.Add(-1)
		return NewSocketLimit
	}
	return nil
}

func (n *Network) give() { n.open.Add(-1) }

// hold is take, and takes bytes that the socket may hold.
func (n *Network) hold(bytes int) error {
	if !n.Bytes.Take(bytes) {
		return NewSocketLimit
	}
	if err := n.take(); err != nil {
		n.Bytes.Give(bytes)
		return err
	}
	return nil
}

func (n *Network) letGo(bytes int) {
	n.give()
	n.Bytes.Give(bytes)
}

// context returns a context that Close ends.
func (n *Network) context() context.Context {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ctx == nil {
		n.ctx, n.end = context.WithCancel(context.Background())
	}
	return n.ctx
}

// Close ends lookups under way. What was written to connections goes on its way.
func (n *Network) Close() {
	n.context()
	n.end()
}

// opened notes a connection, closedConn that it is no longer one.
func (n *Network) opened(c *conn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.conns == nil {
		n.conns = map[*conn]struct{}{}
	}
	n.conns[c] = struct{}{}
}

func (n *Network) closedConn(c *conn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.conns, c)
}

// Drain waits until what was written to connections has left or failed. Connections that
// the guest has not closed have no end of it by themselves.
func (n *Network) Drain(ctx context.Context) error {
	n.mu.Lock()
	list := slices.Collect(maps.Keys(n.conns))
	n.mu.Unlock()
	var errs []error
	for _, c := range list {
		errs = append(errs, c.out.Drain(ctx))
	}
	return errors.Join(errs...)
}

// Open returns how many sockets and lookups are open.
func (n *Network) Open() int { return int(n.open.Load()) }

// remember keeps the name that an address was found by.
func (n *Network) remember(name string, addrs []netip.Addr) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.known == nil {
		n.known = map[netip.Addr][]string{}
	}
	for _, a := range addrs {
		if n.count < maxNames && !contains(n.known[a], name) {
			n.known[a] = append(n.known[a], name)
			n.count++
		}
	}
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// allowed asks a predicate for an address.
func (n *Network) allowed(allow Allow, network string, addr netip.AddrPort) bool {
	if allow == nil {
		return false
	}
	target := Target{Network: network, Addr: netip.AddrPortFrom(addr.Addr().Unmap().WithZone(""), addr.Port())}
	if allow(target) {
		return true
	}
	n.mu.Lock()
	names := n.known[target.Addr.Addr()]
	n.mu.Unlock()
	for _, name := range names {
		target.Host = name
		if allow(target) {
			return true
		}
	}
	return false
}

func (n *Network) lookup(ctx context.Context, name string) ([]netip.Addr, error) {
	if n.Lookup != nil {
		return n.Lookup(ctx, name)
	}
	return net.DefaultResolver.LookupNetIP(ctx, "ip", name)
}

// unicast reports whether an address is of one host.
func unicast(a netip.Addr) bool {
	return !a.IsMulticast() && a != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// checkLocal checks an address to bind.
func (f Family) checkLocal(addr netip.AddrPort) error {
	if !f.of(addr.Addr()) || !unicast(addr.Addr()) {
		return InvalidArgument
	}
	return nil
}

// checkRemote checks an address to send to.
func (f Family) checkRemote(addr netip.AddrPort) error {
	if f.checkLocal(addr) != nil || addr.Addr().IsUnspecified() || addr.Port() == 0 {
		return InvalidArgument
	}
	return nil
}
