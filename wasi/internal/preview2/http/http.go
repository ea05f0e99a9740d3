// Package http implements wasi:http 0.2: its resources and their rules. It does without
// package net/http: a Transport sends the requests of guests, and NewExchange makes what a
// server gives to a handler.
package http

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	outgoinghandler "github.com/witgen/witgen/wasi/http/v0.2/outgoing-handler"
	httptypes "github.com/witgen/witgen/wasi/http/v0.2/types"
	"github.com/witgen/witgen/wasi/internal/preview2"
	"github.com/witgen/witgen/wasi/internal/streams"
	"github.com/witgen/witgen/wasi/transport"
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
	// field counts its name, its value and 32. The path of a request and the name of a method
	// of its own count as fields.
	Fields int
	// Bytes bounds what bodies hold, and Work counts what is done for the guest in units of
	// package meter. Both may be nil.
	Bytes *streams.Budget
	Work  func(units uint64)
}

// Defaults of Limits.
const (
	DefaultBodies = 256
	DefaultBuffer = 64 << 10
	DefaultFields = 128 << 10
)

// allFields is how many times the fields of one message an instance may have in all.
const allFields = 64

// The messages between guests and a transport.
type (
	Field     = transport.Field
	Message   = transport.Message
	Request   = transport.Request
	Response  = transport.Response
	Transport = transport.Transport
)

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
	if limits.Work == nil {
		limits.Work = func(uint64) {}
	}
	s := &System{transport: transport, limits: limits, ctx: context.Background(), end: func() {}}
	if transport != nil {
		s.ctx, s.end = context.WithCancel(s.ctx)
	}
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

// slot takes one of the instance's bodies, with bytes that it may hold, and returns how
// to give it back.
func (s *System) slot(bytes int) (release func(), ok bool) {
	if s.bodies.Add(1) > int64(s.limits.Bodies) || !s.limits.Bytes.Take(bytes) {
		s.bodies.Add(-1)
		return nil, false
	}
	var given atomic.Bool
	return func() {
		if !given.Swap(true) {
			s.bodies.Add(-1)
			s.limits.Bytes.Give(bytes)
		}
	}, true
}

// work counts the handling of a list of fields.
func (s *System) work(list []Field) { s.limits.Work(uint64(sizeOf(list)) / 4) }

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
