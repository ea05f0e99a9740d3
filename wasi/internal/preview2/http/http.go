// Package http implements wasi:http 0.2: its resources and their rules. It does without
// package net/http: a Transport sends the requests of guests, and NewExchange makes what a
// server gives to a handler.
package http

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/witgen/witgen/wasi/http/v0.2/outgoing-handler"
	httptypes "github.com/witgen/witgen/wasi/http/v0.2/types"
	"github.com/witgen/witgen/wasi/internal/preview2"
)

// Limits bounds what an instance has of wasi:http. A field that is 0 stands for its
// default.
type Limits struct {
	// Bodies is how many outgoing bodies, incoming bodies and requests on their way there
	// may be.
	Bodies int
	// Buffer is how many bytes of an outgoing body wait for their reader.
	Buffer int
	// Fields is how many bytes the fields of one message, or its trailers, may have. A
	// field counts its name, its value and 32.
	Fields int
}

// Defaults of Limits.
const (
	DefaultBodies = 256
	DefaultBuffer = 64 << 10
	DefaultFields = 128 << 10
)

// allFields is how many times the fields of one message an instance may have in all.
const allFields = 64

// Field is a header or a trailer.
type Field struct {
	Name  string
	Value []byte
}

// Message is the content of a request or a response that comes in.
type Message struct {
	Fields []Field
	// Body is nil for an empty body. Close ends a Read.
	Body io.ReadCloser
	// Length is the number of bytes in Body, or -1 if that is not known.
	Length int64
	// Trailers, if not nil, is called after Body has ended.
	Trailers func() []Field
}

// Request is a request of a guest's. Its parts are valid as text: a method and names of
// fields are tokens, the authority is a host and perhaps a port, and no value has a line
// break.
type Request struct {
	Method    string
	Scheme    string // as in a URL
	Authority string
	// Path begins with a slash and may have a query.
	Path   string
	Fields []Field
	// Body is nil for an empty body. A Read waits for the guest, and fails if the guest
	// gave the body up. The transport closes it.
	Body io.ReadCloser
	// Length is the number of bytes in Body, or -1 if that is not known.
	Length int64
	// Trailers is called after Body has ended.
	Trailers func() []Field
	// Connected is called once there is a connection: the time to connect ends, and the
	// time for the first byte of the response begins.
	Connected func()
}

// Response is what a server answers.
type Response struct {
	Status int
	Message
}

// Transport sends the requests of guests. Several goroutines may use it.
type Transport interface {
	// Send sends a request, and returns the response when its head has arrived. It ends,
	// and so does every Read of the response's body, when ctx does. An error that is an
	// ErrorCode of wasi:http is the guest's result, and others are internal-error,
	// without their text.
	Send(ctx context.Context, r *Request) (*Response, error)
}

// System is wasi:http for one instance.
type System struct {
	transport Transport // or nil
	limits    Limits
	fields    atomic.Int64 // bytes
	bodies    atomic.Int64
	ctx       context.Context
	end       context.CancelFunc
}

// New returns wasi:http over a transport. Without one, every request is denied.
func New(transport Transport, limits Limits) *System {
	orDefault(&limits.Bodies, DefaultBodies)
	orDefault(&limits.Buffer, DefaultBuffer)
	orDefault(&limits.Fields, DefaultFields)
	s := &System{transport: transport, limits: limits}
	s.ctx, s.end = context.WithCancel(context.Background())
	return s
}

func orDefault(n *int, value int) {
	if *n <= 0 {
		*n = value
	}
}

// Close ends the requests on their way.
func (s *System) Close() { s.end() }

// Interfaces returns the interfaces of wasi:http that a guest imports.
func (s *System) Interfaces() []preview2.Interface {
	return []preview2.Interface{
		{Name: "wasi:http/types", Descriptor: &httptypes.Descriptor, Impl: s, Defines: []string{
			"fields", "incoming-request", "outgoing-request", "request-options", "response-outparam", "incoming-response",
			"incoming-body", "future-trailers", "outgoing-response", "outgoing-body", "future-incoming-response"}},
		{Name: "wasi:http/outgoing-handler", Descriptor: &outgoinghandler.Descriptor, Impl: s},
	}
}

// slot takes one of the instance's bodies, and returns how to give it back.
func (s *System) slot() (release func(), ok bool) {
	if s.bodies.Add(1) > int64(s.limits.Bodies) {
		s.bodies.Add(-1)
		return nil, false
	}
	var done atomic.Bool
	return func() {
		if !done.Swap(true) {
			s.bodies.Add(-1)
		}
	}, true
}

// charge counts n more bytes of fields.
func (s *System) charge(n int64) error {
	if n > 0 && s.fields.Add(n) > allFields*int64(s.limits.Fields) {
		s.fields.Add(-n)
		return errors.New("the guest holds too many fields of HTTP messages")
	}
	return nil
}

func (s *System) release(n int64) { s.fields.Add(-n) }

// timeouts are those of a request, with -1 for those that are not set.
type timeouts struct{ connect, firstByte, betweenBytes time.Duration }

var (
	_ httptypes.Interface              = (*System)(nil)
	_ outgoinghandler.Interface        = (*System)(nil)
	_ httptypes.Fields                 = (*Fields)(nil)
	_ httptypes.IncomingRequest        = (*IncomingRequest)(nil)
	_ httptypes.OutgoingRequest        = (*OutgoingRequest)(nil)
	_ httptypes.RequestOptions         = (*RequestOptions)(nil)
	_ httptypes.ResponseOutparam       = (*ResponseOutparam)(nil)
	_ httptypes.IncomingResponse       = (*IncomingResponse)(nil)
	_ httptypes.IncomingBody           = (*IncomingBody)(nil)
	_ httptypes.FutureTrailers         = (*FutureTrailers)(nil)
	_ httptypes.OutgoingResponse       = (*OutgoingResponse)(nil)
	_ httptypes.OutgoingBody           = (*OutgoingBody)(nil)
	_ httptypes.FutureIncomingResponse = (*FutureIncomingResponse)(nil)
)
