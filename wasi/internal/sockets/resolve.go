package sockets

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/witgen/witgen/wasi/internal/poll"
)

// maxAddresses bounds the addresses of a name that a guest gets.
const maxAddresses = 256

// Lookup is a name's lookup under way. It is ready once Next has a result.
type Lookup struct {
	poll.Event
	network *Network
	users   atomic.Int32 // the guest, and the goroutine that looks up
	once    sync.Once

	mu    sync.Mutex
	addrs []netip.Addr
	err   error
}

// ResolveName looks a name up. An address is its own result, without a lookup. It does
// not wait. A name that the guest may not look up fails as one that no resolver has.
func (n *Network) ResolveName(name string) (*Lookup, error) {
	if n == nil {
		return nil, PermanentResolverFailure
	}
	made := &Lookup{network: n}
	made.users.Store(1)
	if a, ok := parseAddress(name); ok {
		if err := n.take(); err != nil {
			return nil, err
		}
		made.addrs = []netip.Addr{a}
		made.Set()
		return made, nil
	}
	name, err := cleanName(name)
	if err != nil {
		return nil, err
	}
	if n.Resolve == nil || !n.Resolve(name) {
		return nil, PermanentResolverFailure
	}
	if err := n.take(); err != nil {
		return nil, err
	}
	made.users.Store(2)
	go made.run(n.context(), name)
	return made, nil
}

// parseAddress reads an address as guests write it: IPv6 may stand in brackets.
func parseAddress(name string) (netip.Addr, bool) {
	if len(name) > 2 && name[0] == '[' && name[len(name)-1] == ']' {
		a, err := netip.ParseAddr(name[1 : len(name)-1])
		return a.Unmap().WithZone(""), err == nil && a.Is6()
	}
	a, err := netip.ParseAddr(name)
	return a.Unmap().WithZone(""), err == nil
}

// run looks the name up. It goes on where the guest gives the lookup up, and counts as open
// until it ends: the system's resolver goes on in any case, and a guest could have it do so
// for any number of names.
func (l *Lookup) run(ctx context.Context, name string) {
	defer l.leave()
	addrs, err := l.network.lookup(ctx, name)
	clean := make([]netip.Addr, 0, len(addrs))
	for _, a := range addrs {
		if a = a.Unmap().WithZone(""); a.IsValid() && len(clean) < maxAddresses {
			clean = append(clean, a)
		}
	}
	if err == nil && len(clean) == 0 {
		err = NameUnresolvable
	}
	if err == nil {
		l.network.remember(name, clean)
	}
	l.mu.Lock()
	l.addrs, l.err = clean, wrap(err)
	l.mu.Unlock()
	l.Set()
}

// Next returns the next address. ok is false after the last one.
func (l *Lookup) Next() (addr netip.Addr, ok bool, err error) {
	if !l.Ready() {
		return addr, false, WouldBlock
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return addr, false, l.err
	}
	if len(l.addrs) == 0 {
		return addr, false, nil
	}
	addr, l.addrs = l.addrs[0], l.addrs[1:]
	return addr, true, nil
}

// Close gives the lookup up. A second Close does nothing.
func (l *Lookup) Close() error {
	l.once.Do(l.leave)
	return nil
}

func (l *Lookup) leave() {
	if l.users.Add(-1) == 0 {
		l.network.give()
	}
}

// cleanName returns a host's name in lower case, without a dot at its end and in
// ASCII, or an error where it is not one.
func cleanName(name string) (string, error) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	labels := strings.Split(name, ".")
	for n, label := range labels {
		ascii, err := cleanLabel(label)
		if err != nil {
			return "", err
		}
		labels[n] = ascii
	}
	name = strings.Join(labels, ".")
	last := labels[len(labels)-1]
	if len(name) > 253 || strings.Trim(last, "0123456789") == "" { // as 256.0.0.1, no address

		return "", InvalidArgument
	}
	return name, nil
}

func cleanLabel(label string) (string, error) {
	plain := true
	for _, r := range label {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_':
		case r < 0x80:
			return "", InvalidArgument
		default:
			plain = false
		}
	}
	if !plain {
		coded, ok := punycode(label)
		if !ok {
			return "", InvalidArgument
		}
		label = "xn--" + coded
	}
	if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
		return "", InvalidArgument
	}
	return label, nil
}

// punycode encodes a label as RFC 3492 has it.
func punycode(label string) (string, bool) {
	const base, tMin, tMax, skew, damp = 36, 1, 26, 38, 700
	runes := []rune(label)
	if len(runes) > 63 {
		return "", false
	}
	var out []byte
	for _, r := range runes {
		if r == 0xfffd {
			return "", false // it was not UTF-8
		}
		if r < 0x80 {
			out = append(out, byte(r))
		}
	}
	basic := len(out)
	if basic > 0 {
		out = append(out, '-')
	}
	n, delta, bias := rune(0x80), 0, 72
	for done := basic; done < len(runes); {
		next := rune(0x7fffffff)
		for _, r := range runes {
			if r >= n && r < next {
				next = r
			}
		}
		delta += int(next-n) * (done + 1)
		n = next
		for _, r := range runes {
			if r < n {
				delta++
			}
			if r != n {
				continue
			}
			q := delta
			for k := base; ; k += base {
				t := min(max(k-bias, tMin), tMax)
				if q < t {
					break
				}
				out = append(out, digit(t+(q-t)%(base-t)))
				q = (q - t) / (base - t)
			}
			out = append(out, digit(q))
			first := damp
			if done > basic {
				first = 2
			}
			delta /= first
			delta += delta / (done + 1)
			k := 0
			for ; delta > (base-tMin)*tMax/2; k += base {
				delta /= base - tMin
			}
			bias = k + (base-tMin+1)*delta/(delta+skew)
			delta = 0
			done++
		}
		delta++
		n++
	}
	return string(out), true
}

func digit(n int) byte {
	if n < 26 {
		return byte('a' + n)
	}
	return byte('0' + n - 26)
}
