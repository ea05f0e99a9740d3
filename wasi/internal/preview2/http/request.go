package http

import (
	"context"
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/witgen/witgen/canonicalabi/types"
	httptypes "github.com/witgen/witgen/wasi/http/v0.2/types"
	"github.com/witgen/witgen/wasi/internal/preview2"
)

// OutgoingRequest is the resource outgoing-request.
type OutgoingRequest struct {
	preview2.Resource
	sys       *System
	out       outgoing
	method    httptypes.Method
	path      types.Option[string]
	scheme    types.Option[httptypes.Scheme]
	authority types.Option[string]
	text      int64 // bytes of method, path and scheme that the instance is charged for
}

// charge counts n more bytes of text.
func (r *OutgoingRequest) charge(n int64) error {
	if err := r.sys.charge(n); err != nil {
		return err
	}
	if n < 0 {
		r.sys.release(-n)
	}
	r.text += n
	return nil
}

// errLongText is the error of a text that is longer than the fields of a message may be.
var errLongText = errors.New("the guest makes an HTTP request with a longer method, path or scheme than the limit of fields")

// swap charges for a text in place of another. Its errors are the guest's results.
func (r *OutgoingRequest) swap(old, text string) error {
	if len(text) > r.sys.limits.Fields {
		return errLongText
	}
	return r.charge(int64(len(text) - len(old)))
}

// NewOutgoingRequest returns a GET request with these headers.
func (s *System) NewOutgoingRequest(ctx context.Context, headers httptypes.Headers) (httptypes.OutgoingRequest, error) {
	list, size, err := s.take(ctx, headers)
	if err != nil {
		return nil, err
	}
	r := &OutgoingRequest{sys: s, out: outgoing{fields: list, size: size}, method: httptypes.MethodGet{}}
	r.Init("outgoing-request", nil, func(context.Context) error { s.release(size + r.text); return nil })
	return r, nil
}

// Body returns the body, the first time.
func (r *OutgoingRequest) Body(context.Context) (httptypes.OutgoingBody, error) {
	return r.out.body(r.sys, false)
}

// Method returns the method.
func (r *OutgoingRequest) Method(context.Context) (httptypes.Method, error) { return r.method, nil }

// SetMethod sets the method, which must be a token.
func (r *OutgoingRequest) SetMethod(_ context.Context, m httptypes.Method) error {
	if !validToken(methodText(m)) {
		return errUnit
	}
	if err := r.swap(methodOther(r.method), methodOther(m)); err != nil {
		return err
	}
	r.method = m
	return nil
}

// PathWithQuery returns the path.
func (r *OutgoingRequest) PathWithQuery(context.Context) (types.Option[string], error) {
	return r.path, nil
}

// SetPathWithQuery sets the path. It begins with a slash or a query, or is empty.
func (r *OutgoingRequest) SetPathWithQuery(_ context.Context, path types.Option[string]) error {
	text, ok := path.Get()
	if ok && !validPath(text) {
		return errUnit
	}
	if err := r.swap(r.path.Or(""), text); err != nil {
		return err
	}
	r.path = path
	return nil
}

// Scheme returns the scheme.
func (r *OutgoingRequest) Scheme(context.Context) (types.Option[httptypes.Scheme], error) {
	return r.scheme, nil
}

// SetScheme sets the scheme. None stands for https.
func (r *OutgoingRequest) SetScheme(_ context.Context, scheme types.Option[httptypes.Scheme]) error {
	v, ok := scheme.Get()
	if ok && !validScheme(schemeText(v)) {
		return errUnit
	}
	if err := r.swap(schemeOther(r.scheme), schemeOther(scheme)); err != nil {
		return err
	}
	r.scheme = scheme
	return nil
}

// Authority returns the authority.
func (r *OutgoingRequest) Authority(context.Context) (types.Option[string], error) {
	return r.authority, nil
}

// SetAuthority sets the authority: a host, and perhaps a port.
func (r *OutgoingRequest) SetAuthority(_ context.Context, authority types.Option[string]) error {
	if text, ok := authority.Get(); ok {
		if _, _, ok := SplitAuthority(text); !ok {
			return errUnit
		}
	}
	r.authority = authority
	return nil
}

// Headers returns the headers, which the guest cannot change.
func (r *OutgoingRequest) Headers(context.Context) (httptypes.Headers, error) {
	return r.sys.view(&r.Resource, r.out.fields), nil
}

var methods = []struct {
	text   string
	method httptypes.Method
}{
	{"GET", httptypes.MethodGet{}}, {"HEAD", httptypes.MethodHead{}}, {"POST", httptypes.MethodPost{}},
	{"PUT", httptypes.MethodPut{}}, {"DELETE", httptypes.MethodDelete{}}, {"CONNECT", httptypes.MethodConnect{}},
	{"OPTIONS", httptypes.MethodOptions{}}, {"TRACE", httptypes.MethodTrace{}}, {"PATCH", httptypes.MethodPatch{}},
}

// methodOther and schemeOther return the text of one that wasi:http does not know, and ""
// for the others.
func methodOther(m httptypes.Method) string {
	other, _ := m.(httptypes.MethodOther)
	return other.Value
}

func schemeOther(v types.Option[httptypes.Scheme]) string {
	other, _ := v.Or(nil).(httptypes.SchemeOther)
	return other.Value
}

func methodText(m httptypes.Method) string {
	if other, ok := m.(httptypes.MethodOther); ok {
		return other.Value
	}
	for _, known := range methods {
		if known.method == m {
			return known.text
		}
	}
	return ""
}

func methodOf(text string) httptypes.Method {
	for _, known := range methods {
		if known.text == text {
			return known.method
		}
	}
	return httptypes.MethodOther{Value: text}
}

func schemeText(v httptypes.Scheme) string {
	switch v := v.(type) {
	case httptypes.SchemeHTTP:
		return "http"
	case httptypes.SchemeHTTPS:
		return "https"
	case httptypes.SchemeOther:
		return strings.ToLower(v.Value)
	}
	return ""
}

func schemeOf(text string) httptypes.Scheme {
	switch text {
	case "http":
		return httptypes.SchemeHTTP{}
	case "https":
		return httptypes.SchemeHTTPS{}
	}
	return httptypes.SchemeOther{Value: text}
}

// validScheme reports whether text is a scheme of RFC 3986, section 3.1.
func validScheme(text string) bool {
	for n, c := range []byte(text) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (n == 0 || (c < '0' || c > '9') && strings.IndexByte("+-.", c) < 0) {
			return false
		}
	}
	return text != ""
}

// validPath reports whether text is a path and a query. It begins so that it cannot be
// taken for a part of the authority.
func validPath(text string) bool {
	for _, c := range []byte(text) {
		if c <= ' ' || c == 0x7f || c == '#' {
			return false
		}
	}
	return text == "" || text[0] == '/' || text[0] == '?'
}

// SplitAuthority returns the host of an authority, in lower case and without brackets,
// and its port, or 0. It reports whether the authority is a host and perhaps a port.
func SplitAuthority(text string) (host string, port uint16, ok bool) {
	host = text
	if cut := strings.LastIndexByte(text, ':'); cut >= 0 && !strings.HasSuffix(text, "]") {
		n, err := strconv.ParseUint(text[cut+1:], 10, 16)
		if err != nil || n == 0 || text[cut+1] == '+' {
			return "", 0, false
		}
		host, port = text[:cut], uint16(n)
	}
	if inner, bracketed := strings.CutPrefix(host, "["); bracketed {
		inner, closed := strings.CutSuffix(inner, "]")
		a, err := netip.ParseAddr(inner)
		return strings.ToLower(inner), port, closed && err == nil && a.Is6() && a.Zone() == ""
	}
	for _, c := range []byte(host) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && strings.IndexByte("-._~", c) < 0 {
			return "", 0, false
		}
	}
	return strings.ToLower(host), port, host != "" && len(host) <= 255
}

// RequestOptions is the resource request-options.
type RequestOptions struct {
	preview2.Resource
	connect, firstByte, betweenBytes types.Option[httptypes.Duration]
}

// NewRequestOptions returns options without a timeout.
func (s *System) NewRequestOptions(context.Context) (httptypes.RequestOptions, error) {
	o := &RequestOptions{}
	o.Init("request-options", nil, nil)
	return o, nil
}

// ConnectTimeout returns how long connecting may take.
func (o *RequestOptions) ConnectTimeout(context.Context) (types.Option[httptypes.Duration], error) {
	return o.connect, nil
}

// SetConnectTimeout sets how long connecting may take.
func (o *RequestOptions) SetConnectTimeout(_ context.Context, d types.Option[httptypes.Duration]) error {
	o.connect = d
	return nil
}

// FirstByteTimeout returns how long a response may take to begin.
func (o *RequestOptions) FirstByteTimeout(context.Context) (types.Option[httptypes.Duration], error) {
	return o.firstByte, nil
}

// SetFirstByteTimeout sets how long a response may take to begin, once connected.
func (o *RequestOptions) SetFirstByteTimeout(_ context.Context, d types.Option[httptypes.Duration]) error {
	o.firstByte = d
	return nil
}

// BetweenBytesTimeout returns how long a read of the response's body may take.
func (o *RequestOptions) BetweenBytesTimeout(context.Context) (types.Option[httptypes.Duration], error) {
	return o.betweenBytes, nil
}

// SetBetweenBytesTimeout sets how long a read of the response's body may take.
func (o *RequestOptions) SetBetweenBytesTimeout(_ context.Context, d types.Option[httptypes.Duration]) error {
	o.betweenBytes = d
	return nil
}

func (o *RequestOptions) timeouts() timeouts {
	of := func(d types.Option[httptypes.Duration]) time.Duration {
		n, ok := d.Get()
		if !ok {
			return -1
		}
		return time.Duration(min(n, 1<<63-1))
	}
	return timeouts{of(o.connect), of(o.firstByte), of(o.betweenBytes)}
}
