package inet

import (
	"net/netip"
	"strconv"

	"github.com/witgen/witgen/wasi/internal/sockets"
	"github.com/witgen/witgen/wasi/sockets/v0.2/network"
)

// addrPort returns an address as package netip has it. A scope of IPv6 is its zone.
func addrPort(a network.IPSocketAddress) netip.AddrPort {
	switch a := a.(type) {
	case network.IPSocketAddressIPv4:
		ip := a.Value.Address
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{ip.F0, ip.F1, ip.F2, ip.F3}), a.Value.Port)
	case network.IPSocketAddressIPv6:
		ip := a.Value.Address
		var b [16]byte
		for n, part := range [8]uint16{ip.F0, ip.F1, ip.F2, ip.F3, ip.F4, ip.F5, ip.F6, ip.F7} {
			b[2*n], b[2*n+1] = byte(part>>8), byte(part)
		}
		addr := netip.AddrFrom16(b)
		if a.Value.ScopeID != 0 && !addr.Is4In6() {
			addr = addr.WithZone(strconv.FormatUint(uint64(a.Value.ScopeID), 10))
		}
		return netip.AddrPortFrom(addr, a.Value.Port)
	default: // nil, which the bindings do not lift
		return netip.AddrPort{}
	}
}

func ipAddress(a netip.Addr) network.IPAddress {
	if a.Is4() {
		return network.IPAddressIPv4{Value: ipv4(a)}
	}
	return network.IPAddressIPv6{Value: ipv6(a)}
}

func socketAddress(a netip.AddrPort) network.IPSocketAddress {
	if a.Addr().Is4() {
		return network.IPSocketAddressIPv4{Value: network.IPv4SocketAddress{Port: a.Port(), Address: ipv4(a.Addr())}}
	}
	return network.IPSocketAddressIPv6{Value: network.IPv6SocketAddress{Port: a.Port(), Address: ipv6(a.Addr()), ScopeID: sockets.Scope(a.Addr())}}
}

func ipv4(a netip.Addr) network.IPv4Address {
	b := a.As4()
	return network.IPv4Address{F0: b[0], F1: b[1], F2: b[2], F3: b[3]}
}

func ipv6(a netip.Addr) network.IPv6Address {
	b := a.As16()
	part := func(n int) uint16 { return uint16(b[2*n])<<8 | uint16(b[2*n+1]) }
	return network.IPv6Address{F0: part(0), F1: part(1), F2: part(2), F3: part(3), F4: part(4), F5: part(5), F6: part(6), F7: part(7)}
}
