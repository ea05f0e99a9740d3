package wasihttp

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/witgen/witgen/canonicalabi/types"
	httptypes "github.com/witgen/witgen/wasi/http/v0.2/types"
	p2http "github.com/witgen/witgen/wasi/internal/preview2/http"
)

// fields returns headers as wasi:http has them: names in lower case, in the order of
// names, since net/http has no other.
func fields(h http.Header) []p2http.Field {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	list := make([]p2http.Field, 0, len(names))
	for _, name := range names {
		lower := lowerName(name)
		for _, value := range h[name] {
			list = append(list, p2http.Field{Name: lower, Value: []byte(value)})
		}
	}
	return list
}

// lowerNames has names that most requests have.
var lowerNames = map[string]string{
	"Accept": "accept", "Accept-Encoding": "accept-encoding", "Accept-Language": "accept-language", "Authorization": "authorization",
	"Cache-Control": "cache-control", "Content-Length": "content-length", "Content-Type": "content-type", "Cookie": "cookie",
	"Origin": "origin", "Referer": "referer", "User-Agent": "user-agent",
	"X-Forwarded-For": "x-forwarded-for", "X-Forwarded-Proto": "x-forwarded-proto", "X-Request-Id": "x-request-id",
}

// lowerName returns the name of a field in lower case.
func lowerName(name string) string {
	if lower, ok := lowerNames[name]; ok {
		return lower
	}
	return strings.ToLower(name)
}

// serverRequest returns a request as a guest has it.
func serverRequest(r *http.Request, body *requestBody) p2http.ServerRequest {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	message := p2http.Message{Fields: fields(r.Header), Length: r.ContentLength}
	if r.ContentLength != 0 {
		message.Body = body
		message.Trailers = func() []p2http.Field { return fields(r.Trailer) }
	}
	return p2http.ServerRequest{Method: r.Method, Scheme: scheme, Authority: r.Host, Path: r.URL.RequestURI(), Message: message}
}

// requestBody is the body of a request, which guests may read for longer than the request
// takes.
type requestBody struct {
	source  io.ReadCloser
	control *http.ResponseController

	reading sync.Mutex // held by a read of the source
	mu      sync.Mutex
	closed  bool
	active  bool
}

func newRequestBody(w http.ResponseWriter, control *http.ResponseController, r *http.Request, limit int64) *requestBody {
	source := r.Body
	if limit > 0 {
		source = http.MaxBytesReader(w, r.Body, limit)
	}
	return &requestBody{source: source, control: control}
}

// Read reads the body until it is closed.
func (b *requestBody) Read(p []byte) (int, error) {
	b.reading.Lock()
	defer b.reading.Unlock()
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return 0, httptypes.ErrorCodeConnectionTerminated{}
	}
	b.active = true
	b.mu.Unlock()
	n, err := b.source.Read(p)
	b.mu.Lock()
	b.active = false
	b.mu.Unlock()
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		err = httptypes.ErrorCodeHTTPRequestBodySize{Value: types.Some(uint64(large.Limit))}
	case err != nil && err != io.EOF && err != io.ErrUnexpectedEOF:
		err = httptypes.ErrorCodeConnectionTerminated{}
	}
	return n, err
}

// Close ends a Read that waits for the client. The connection is not used again then.
func (b *requestBody) Close() error {
	b.mu.Lock()
	b.closed = true
	active := b.active
	b.mu.Unlock()
	if active {
		_ = b.control.SetReadDeadline(time.Unix(1, 0)) // a writer without it has its own end
	}
	return nil
}

// end closes the body, and waits until no Read is in it: net/http has it back.
func (b *requestBody) end() {
	_ = b.Close()
	b.reading.Lock()
	defer b.reading.Unlock()
}
