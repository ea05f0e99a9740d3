package sockets

import (
	"net/netip"
	"strconv"
)

// Scope returns the number of an address's zone, 0 for none. Guests number zones as
// wasi:sockets does; names of the host's they do not have.
func Scope(a netip.Addr) uint32 {
	n, err := strconv.ParseUint(a.Zone(), 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}
