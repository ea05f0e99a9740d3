package wasihttp

import (
	"context"
	"net/http"
	"net/netip"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/wasi"
	p2http "github.com/witgen/witgen/wasi/internal/preview2/http"
)

// Request is what a guest asks to send.
type Request struct {
	Method string
	Scheme string // "http" or "https"
	// Authority is the host with the port that the guest wrote, if it wrote one.
	Authority string
	// Host is the host of Authority, in lower case and without brackets or a dot at its
	// end.
	Host string
	// Port is the port of Authority, or that of the scheme.
	Port uint16
}

// ClientOption is an option of Client.
type ClientOption func(*client)

// Addresses has allow decide about each address that a connection is made to, in place of
// the rule of Client. allow is called as that of wasi.DialTCP: with the address and the
// host that the guest named, and with the address alone. Several goroutines may call it.
func Addresses(allow func(wasi.Target) bool) ClientOption {
	return func(c *client) { c.addresses = allow }
}

// FollowRedirects has up to n redirects followed for a request. Each is asked for as a
// request of the guest's own. Without this option a guest gets the redirect as it is.
func FollowRedirects(n int) ClientOption { return func(c *client) { c.redirects = n } }

// Client lets a guest make the HTTP requests that allow allows, by client, or if that is
// nil, by one that uses no proxy. Several goroutines may call allow.
//
// The owner of a name decides which addresses it has. So each connection is checked when
// it is made: its address must be one of the public internet, as wasi.Target.Public has
// it, unless the guest named the address itself, or localhost for an address of the host.
// The option Addresses takes the place of this rule. That holds for a client whose
// Transport is nil or an *http.Transport, of which Client uses a copy without its proxy
// and dial functions. Any other http.RoundTripper decides about addresses by itself.
func Client(client *http.Client, allow func(Request) bool, opts ...ClientOption) host.Option {
	return wasi.HTTP(newClient(client, allow, opts))
}

// ClientTo is Client for the targets that a list has. A name in the list allows addresses
// of the public internet alone, as in wasi.ParseTargets.
func ClientTo(client *http.Client, targets wasi.Targets, opts ...ClientOption) host.Option {
	allow := func(r Request) bool {
		if a, err := netip.ParseAddr(r.Host); err == nil {
			return targets.Allow(wasi.Target{Network: "tcp", Addr: netip.AddrPortFrom(a.Unmap(), r.Port)})
		}
		return targets.AllowName(r.Host)
	}
	return Client(client, allow, append([]ClientOption{Addresses(targets.Allow)}, opts...)...)
}

var _ p2http.Transport = (*client)(nil)

// Send sends a request of a guest's.
func (c *client) Send(ctx context.Context, r *p2http.Request) (*p2http.Response, error) {
	req, err := c.request(ctx, r)
	if err != nil {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, code(err)
	}
	return response(r.Method, resp), nil
}
