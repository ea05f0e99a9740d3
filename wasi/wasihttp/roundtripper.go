package wasihttp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/witgen/witgen/wasi/http/v0.2/proxy"
	p2http "github.com/witgen/witgen/wasi/internal/preview2/http"
)

// RoundTripper returns a transport that has a guest of the world wasi:http/proxy answer the
// requests of an http.Client, without a connection:
//
//	client := &http.Client{Transport: wasihttp.RoundTripper(plugin, wasihttp.Reuse(4))}
//
// Bodies and trailers go both ways while the guest runs. A request waits while there are as
// many as MaxRequests has. The guest is stopped when the request's context ends or the
// response's body is closed before its end; otherwise it goes on after its response until it
// returns. Deadline bounds its time.
//
// The error of a request without a response is one of the guest's call, such as a *host.Trap
// or a *host.LimitError, an ErrorCode of wasi:http with which the guest answers, ErrNoResponse,
// or that of the request's context. The error of a body that ends early is likewise.
func RoundTripper(plugin *proxy.Plugin, opts ...HandlerOption) http.RoundTripper {
	return &roundTripper{newHandler(plugin, opts)}
}

type roundTripper struct{ *handler }

// RoundTrip has an instance answer a request.
func (t *roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	body := &clientBody{ReadCloser: r.Body}
	if r.Body == nil {
		body.ReadCloser = http.NoBody
	}
	request, err := clientRequest(r, body)
	if err != nil {
		return nil, errors.Join(err, body.Close())
	}
	select {
	case t.slots <- struct{}{}:
	case <-r.Context().Done():
		_ = body.Close() // the error below is the reason
		return nil, r.Context().Err()
	}
	s := &served{begun: time.Now()}
	ctx, cancel := t.bound(r.Context())
	a := &answer{cancel: cancel, ended: make(chan struct{})}
	replies := make(chan p2http.Reply, 1)
	go t.handle(ctx, s, request, func(reply p2http.Reply) {
		a.content = reply.Body
		replies <- reply
	}, func(err error) {
		a.err = err
		_ = body.Close() // nobody reads it any more
		if a.content != nil {
			a.content.GiveUp()
		}
		cancel()
		<-t.slots
		close(a.ended)
	})
	reply := <-replies
	if reply.Status == 0 {
		<-a.ended
		if a.err == nil {
			a.err = noResponse(reply)
		}
		return nil, a.err
	}
	return a.response(r, reply), nil
}

// clientRequest returns a request of a client's as a guest has it.
func clientRequest(r *http.Request, body *clientBody) (p2http.ServerRequest, error) {
	if r.URL == nil {
		return p2http.ServerRequest{}, errors.New("wasihttp: a request without a URL")
	}
	made := p2http.ServerRequest{Method: r.Method, Scheme: r.URL.Scheme, Authority: r.Host, Path: r.URL.RequestURI()}
	if made.Method == "" {
		made.Method = http.MethodGet
	}
	if made.Scheme == "" {
		made.Scheme = "http"
	}
	if made.Authority == "" {
		made.Authority = r.URL.Host
	}
	if r.URL.Opaque != "" {
		made.Path = (&url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}).RequestURI()
	}
	made.Fields, made.Length = fields(r.Header), r.ContentLength
	if r.Body == nil || r.Body == http.NoBody {
		made.Length = 0
		return made, nil
	}
	if made.Length <= 0 {
		made.Length = -1
	} else if r.Header.Get("Content-Length") == "" {
		made.Fields = append(made.Fields, p2http.Field{Name: "content-length", Value: []byte(strconv.FormatInt(made.Length, 10))})
	}
	made.Body = body
	made.Trailers = func() []p2http.Field { return fields(r.Trailer) }
	return made, nil
}

// clientBody is the body of a request, which is closed once.
type clientBody struct {
	io.ReadCloser
	once sync.Once
	err  error
}

func (b *clientBody) Close() error {
	b.once.Do(func() { b.err = b.ReadCloser.Close() })
	return b.err
}

// answer is a response of a guest's that may go on.
type answer struct {
	cancel  context.CancelFunc
	content *p2http.Content // or nil
	ended   chan struct{}   // closed when the guest has returned, with err
	err     error
}

// response returns the response of a reply.
func (a *answer) response(r *http.Request, reply p2http.Reply) *http.Response {
	made := &http.Response{
		Status: strconv.Itoa(reply.Status) + " " + http.StatusText(reply.Status), StatusCode: reply.Status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: http.NoBody, Request: r,
	}
	for _, f := range reply.Fields {
		made.Header.Add(f.Name, string(f.Value))
	}
	if reply.Body == nil {
		return made
	}
	made.ContentLength = reply.Body.Length
	source := reply.Body.Source()
	if r.Method == http.MethodHead || reply.Status == http.StatusNoContent || reply.Status == http.StatusNotModified {
		go func() { // the guest does not wait for a reader
			_, _ = io.Copy(io.Discard, source)
			_ = source.Close()
		}()
		return made
	}
	made.Trailer = http.Header{}
	made.Body = &responseBody{answer: a, source: source, trailer: made.Trailer}
	return made
}

// responseBody is the body of a guest's response.
type responseBody struct {
	*answer
	source  io.ReadCloser
	trailer http.Header
	ended   bool
}

// Read reads the body while the guest writes it.
func (b *responseBody) Read(p []byte) (int, error) {
	n, err := b.source.Read(p)
	switch {
	case err == io.EOF && !b.ended:
		b.ended = true
		for _, f := range b.content.Trailers() {
			b.trailer.Add(f.Name, string(f.Value))
		}
	case err != nil && err != io.EOF:
		select {
		case <-b.answer.ended:
			err = errors.Join(b.answer.err, err)
		default:
		}
	}
	return n, err
}

// Close stops the guest, unless the body has ended.
func (b *responseBody) Close() error {
	if !b.ended {
		b.cancel()
	}
	return b.source.Close()
}
