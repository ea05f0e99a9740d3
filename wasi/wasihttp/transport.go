package wasihttp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/witgen/witgen/canonicalabi/types"
	"github.com/witgen/witgen/wasi"
	httptypes "github.com/witgen/witgen/wasi/http/v0.2/types"
	"github.com/witgen/witgen/wasi/internal/guard"
	p2http "github.com/witgen/witgen/wasi/internal/preview2/http"
)

// client sends requests by an http.Client.
type client struct {
	http      http.Client
	allow     func(Request) bool
	addresses func(wasi.Target) bool // or nil for the rule of Client
	redirects int
}

func newClient(given *http.Client, allow func(Request) bool, opts []ClientOption) *client {
	c := &client{allow: allow}
	if given != nil {
		c.http = *given
	}
	for _, opt := range opts {
		opt(c)
	}
	switch t := c.http.Transport.(type) {
	case nil:
		made := &http.Transport{MaxIdleConns: 100, IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second}
		if standard, ok := http.DefaultTransport.(*http.Transport); ok {
			made = standard.Clone()
		}
		c.http.Transport = c.checked(made)
	case *http.Transport:
		c.http.Transport = c.checked(t.Clone())
	}
	c.http.CheckRedirect = c.redirect
	return c
}

// maxHead is how many bytes the head of a response may have.
const maxHead = 1 << 20

// checked has a transport of the client's own check the addresses that it connects to.
func (c *client) checked(t *http.Transport) *http.Transport {
	t.Proxy = nil
	t.DialTLSContext = nil
	//lint:ignore SA1019 a client that has the deprecated functions would dial by them
	t.Dial, t.DialTLS = nil, nil
	t.DialContext = c.dial
	t.ForceAttemptHTTP2 = t.ForceAttemptHTTP2 || t.TLSNextProto == nil
	if t.MaxResponseHeaderBytes == 0 {
		t.MaxResponseHeaderBytes = maxHead // a guest's limit is looked at when all of it is there
	}
	t.DisableCompression = true // a guest that asks for it gets it as it comes
	return t
}

// dial connects to a host, at an address that the client may use.
func (c *client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	d.Control = func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return httptypes.ErrorCodeDestinationIPProhibited{}
		}
		// net/http dials on goroutines of its own.
		return guard.Apart(func() error {
			if !c.connects(cleanHost(host), netip.AddrPortFrom(at.Addr().Unmap().WithZone(""), at.Port())) {
				return httptypes.ErrorCodeDestinationIPProhibited{}
			}
			return nil
		})
	}
	return d.DialContext(ctx, network, address)
}

// connects reports whether a connection to a host may go to an address.
func (c *client) connects(host string, at netip.AddrPort) bool {
	literal, err := netip.ParseAddr(host)
	if c.addresses != nil {
		target := wasi.Target{Network: "tcp", Addr: at}
		if c.addresses(target) {
			return true
		}
		target.Host = host
		return err != nil && c.addresses(target)
	}
	switch {
	case err == nil:
		return literal == at.Addr()
	case host == "localhost":
		return at.Addr().IsLoopback()
	}
	return wasi.Target{Network: "tcp", Addr: at}.Public()
}

func cleanHost(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

// check asks whether a request may be made.
func (c *client) check(method, scheme, authority string) error {
	host, port, ok := p2http.SplitAuthority(authority)
	switch {
	case !ok:
		return httptypes.ErrorCodeHTTPRequestURIInvalid{}
	case method == http.MethodConnect:
		return httptypes.ErrorCodeHTTPRequestMethodInvalid{}
	case scheme == "http" && port == 0:
		port = 80
	case scheme == "https" && port == 0:
		port = 443
	case scheme != "http" && scheme != "https":
		return httptypes.ErrorCodeHTTPProtocolError{}
	}
	if a, err := netip.ParseAddr(host); err == nil && a.Is4In6() {
		return httptypes.ErrorCodeDestinationIPProhibited{} // it hides an address of IPv4
	}
	if c.allow == nil || !c.allow(Request{Method: method, Scheme: scheme, Authority: authority, Host: cleanHost(host), Port: port}) {
		return httptypes.ErrorCodeHTTPRequestDenied{}
	}
	return nil
}

// redirect is the client's CheckRedirect.
func (c *client) redirect(req *http.Request, via []*http.Request) error {
	if len(via) > c.redirects {
		return http.ErrUseLastResponse
	}
	if req.URL.User != nil {
		return httptypes.ErrorCodeHTTPRequestDenied{}
	}
	return c.check(req.Method, req.URL.Scheme, req.URL.Host)
}

// request returns a request of a guest's as net/http has it.
func (c *client) request(ctx context.Context, r *p2http.Request) (*http.Request, error) {
	if err := c.check(r.Method, r.Scheme, r.Authority); err != nil {
		return nil, err
	}
	u, err := url.ParseRequestURI(r.Path)
	if err != nil {
		return nil, httptypes.ErrorCodeHTTPRequestURIInvalid{}
	}
	u.Scheme, u.Host = r.Scheme, r.Authority
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { r.Connected() }})
	req := (&http.Request{
		Method: r.Method, URL: u, Host: r.Authority, Header: http.Header{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	for _, f := range r.Fields {
		req.Header.Add(f.Name, string(f.Value))
	}
	req.Header.Del("Content-Length") // net/http writes it
	if _, ok := req.Header["User-Agent"]; !ok {
		req.Header["User-Agent"] = []string{""} // that is, none
	}
	if r.Body != nil && r.Length != 0 {
		req.ContentLength, req.Trailer = r.Length, http.Header{}
		req.Body = &sentBody{r.Body, r, req.Trailer}
	}
	return req, nil
}

// sentBody is the body of a request, with its trailers after it.
type sentBody struct {
	io.ReadCloser
	request  *p2http.Request
	trailers http.Header
}

func (b *sentBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		for _, f := range b.request.Trailers() {
			b.trailers.Add(f.Name, string(f.Value))
		}
	}
	return n, err
}

// response returns a response as a guest has it.
func response(method string, resp *http.Response) *p2http.Response {
	made := &p2http.Response{Status: resp.StatusCode, Message: p2http.Message{Fields: fields(resp.Header)}}
	made.Body, made.Length = receivedBody{resp.Body}, resp.ContentLength
	made.Trailers = func() []p2http.Field { return fields(resp.Trailer) }
	if method == http.MethodHead {
		made.Length = 0
	}
	return made
}

// receivedBody is the body of a response, whose errors are those of wasi:http.
type receivedBody struct{ io.ReadCloser }

func (b receivedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		err = code(err)
	}
	return n, err
}

// code returns an error of net/http as wasi:http has it. Nothing of the host's is in it.
func code(err error) error {
	if panicked := guard.Of(err); panicked != nil {
		return panicked
	}
	var (
		known     httptypes.ErrorCode
		lookup    *net.DNSError
		alert     tls.AlertError
		record    tls.RecordHeaderError
		cert      *tls.CertificateVerificationError
		unknown   x509.UnknownAuthorityError
		name      x509.HostnameError
		operation *net.OpError
		timeout   net.Error
	)
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &lookup) && lookup.IsTimeout:
		return httptypes.ErrorCodeDNSTimeout{}
	case lookup != nil:
		return httptypes.ErrorCodeDNSError{}
	case errors.As(err, &cert), errors.As(err, &unknown), errors.As(err, &name):
		return httptypes.ErrorCodeTLSCertificateError{}
	case errors.As(err, &alert):
		return httptypes.ErrorCodeTLSAlertReceived{Value: httptypes.TLSAlertReceivedPayload{AlertID: types.Some(uint8(alert))}}
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return httptypes.ErrorCodeTLSProtocolError{}
	case errors.Is(err, syscall.ECONNREFUSED):
		return httptypes.ErrorCodeConnectionRefused{}
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return httptypes.ErrorCodeDestinationIPUnroutable{}
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, net.ErrClosed), errors.Is(err, context.Canceled):
		return httptypes.ErrorCodeConnectionTerminated{}
	case errors.As(err, &timeout) && timeout.Timeout():
		return httptypes.ErrorCodeConnectionTimeout{}
	case errors.As(err, &operation) && operation.Op == "dial":
		return httptypes.ErrorCodeDestinationUnavailable{}
	}
	return httptypes.ErrorCodeHTTPProtocolError{}
}
