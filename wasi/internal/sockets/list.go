package sockets

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// List is targets as text, such as a command's flags have them: HOST:PORT, each part
// of which may be "*". A host is an address, a prefix of addresses as 10.0.0.0/8, a
// name, or *.NAME for all below a name. IPv6 stands in brackets.
//
// A name allows the addresses of the public internet that the guest has found by it. So
// a name whose owner has it resolve to an address within the host's own network does
// not lead there; such addresses are allowed as addresses. The name localhost allows
// those of the host itself.
type List []entry

type entry struct {
	any    bool
	prefix netip.Prefix // valid for addresses
	name   string       // with a dot before it for all below it
	port   uint16       // 0 for any
}

// ParseList reads targets that are separated by commas.
func ParseList(text string) (List, error) {
	var list List
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		e, err := parseEntry(part)
		if err != nil {
			return nil, fmt.Errorf("target %q: %w", part, err)
		}
		list = append(list, e)
	}
	return list, nil
}

func parseEntry(text string) (e entry, err error) {
	cut := strings.LastIndexByte(text, ':')
	if cut < 0 || strings.HasSuffix(text, "]") {
		return e, fmt.Errorf("it has no port; write HOST:PORT, or HOST:* for all ports")
	}
	host, port := text[:cut], text[cut+1:]
	if port != "*" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return e, fmt.Errorf("the port %q is not * or from 1 to 65535", port)
		}
		e.port = uint16(n)
	}
	if host == "*" {
		e.any = true
		return e, nil
	}
	bracketed := strings.HasPrefix(host, "[")
	if bracketed {
		var ok bool
		if host, ok = strings.CutSuffix(host[1:], "]"); !ok {
			return e, fmt.Errorf("the bracket of the address is not closed")
		}
	}
	if p, err := netip.ParsePrefix(host); err == nil {
		e.prefix = p.Masked()
	} else if a, err := netip.ParseAddr(host); err == nil {
		e.prefix = netip.PrefixFrom(a.Unmap().WithZone(""), a.Unmap().BitLen())
	}
	switch {
	case e.prefix.IsValid():
		if e.prefix.Addr().Is6() != bracketed {
			return e, fmt.Errorf("an IPv6 address stands in brackets, as [::1]:80, and no other")
		}
		return e, nil
	case bracketed:
		return e, fmt.Errorf("%q is not an IPv6 address", host)
	}
	name := host
	if rest, ok := strings.CutPrefix(host, "*"); ok {
		name = strings.TrimPrefix(rest, ".")
		if name == rest {
			return e, fmt.Errorf("a * stands for a whole host, or before .NAME")
		}
	}
	if name, err = cleanName(name); err != nil {
		return e, fmt.Errorf("%q is not a name or an address", host)
	}
	e.name = name
	if strings.HasPrefix(host, "*") {
		e.name = "." + name
	}
	return e, nil
}

// Allows reports whether the list has a target. It is an Allow.
func (l List) Allows(t Target) bool {
	for _, e := range l {
		if (e.port == 0 || e.port == t.Addr.Port()) && e.allows(t) {
			return true
		}
	}
	return false
}

func (e entry) allows(t Target) bool {
	switch {
	case e.any:
		return true
	case e.prefix.IsValid():
		return e.prefix.Contains(t.Addr.Addr())
	case !e.hasName(t.Host):
		return false
	case e.name == "localhost":
		return t.Addr.Addr().IsLoopback()
	}
	return Public(t.Addr.Addr())
}

func (e entry) hasName(name string) bool {
	if name == "" || e.name == "" {
		return false
	}
	return name == e.name || e.name[0] == '.' && strings.HasSuffix(name, e.name)
}

// AllowsName reports whether the list has a target of a name, so that the guest may
// look it up.
func (l List) AllowsName(name string) bool {
	for _, e := range l {
		if e.any || e.hasName(name) {
			return true
		}
	}
	return false
}

// notPublic are the addresses that are not of the public internet, or that others
// translate to some: what IANA's registries of special-purpose addresses have that
// methods of netip.Addr do not tell.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"),
	netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("3fff::/20"),
	netip.MustParsePrefix("5f00::/16"),
	netip.MustParsePrefix("fec0::/10"),
}

// Public reports whether an address is one of the public internet: not of the host
// itself, not of a private network, and not one that stands for such an address.
func Public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
