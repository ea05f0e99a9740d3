package http

import (
	"context"
	"slices"
	"sync"

	"github.com/witgen/witgen/canonicalabi/types"
	httptypes "github.com/witgen/witgen/wasi/http/v0.2/types"
	"github.com/witgen/witgen/wasi/internal/preview2"
)

// ServerRequest is a request that a server has got.
type ServerRequest struct {
	Method, Scheme, Authority, Path string
	Message
}

// Reply is what a handler answers.
type Reply struct {
	Status int
	Fields []Field
	Body   *Content // or nil for an empty body
	// Err is an ErrorCode that the handler gives in place of a response, or nil.
	Err error
	// Unset reports that the handler dropped its response-outparam.
	Unset bool
}

// GiveUp ends the body, if it has no end yet, with an error.
func (r *Reply) GiveUp() {
	if r.Body != nil && !r.Body.Ended() {
		r.Body.GiveUp()
	}
}

// NewExchange returns the parameters of a handler for a request. reply is called once, in
// the goroutine of the guest, and must not wait. The exchange keeps the request's fields.
func NewExchange(r ServerRequest, reply func(Reply)) (*IncomingRequest, *ResponseOutparam) {
	s := New(nil, Limits{})
	r.Fields = slices.DeleteFunc(r.Fields, func(f Field) bool { return Forbidden(f.Name) })
	in := &incoming{Message: r.Message, betweenBytes: -1, cause: func() error { return nil }, done: func() {}}
	request := &IncomingRequest{sys: s, request: r, in: in}
	request.Init("incoming-request", nil, in.drop)
	out := &ResponseOutparam{reply: reply}
	out.Init("response-outparam", nil, out.unset)
	return request, out
}

// IncomingRequest is the resource incoming-request.
type IncomingRequest struct {
	preview2.Resource
	sys     *System
	request ServerRequest
	in      *incoming
}

// Method returns the method.
func (r *IncomingRequest) Method(context.Context) (httptypes.Method, error) {
	return methodOf(r.request.Method), nil
}

// PathWithQuery returns the path.
func (r *IncomingRequest) PathWithQuery(context.Context) (types.Option[string], error) {
	return types.Some(r.request.Path), nil
}

// Scheme returns the scheme.
func (r *IncomingRequest) Scheme(context.Context) (types.Option[httptypes.Scheme], error) {
	return types.Some(schemeOf(r.request.Scheme)), nil
}

// Authority returns the authority that the client named.
func (r *IncomingRequest) Authority(context.Context) (types.Option[string], error) {
	if r.request.Authority == "" {
		return types.None[string](), nil
	}
	return types.Some(r.request.Authority), nil
}

// Headers returns the headers, which the guest cannot change.
func (r *IncomingRequest) Headers(context.Context) (httptypes.Headers, error) {
	return r.sys.view(&r.Resource, r.in.Fields), nil
}

// Consume returns the body, the first time.
func (r *IncomingRequest) Consume(context.Context) (httptypes.IncomingBody, error) {
	return r.in.consume(r.sys)
}

// ResponseOutparam is the resource response-outparam.
type ResponseOutparam struct {
	preview2.Resource
	once  sync.Once
	reply func(Reply)
}

// set answers the request, the first time.
func (o *ResponseOutparam) set(r Reply) { o.once.Do(func() { o.reply(r) }) }

func (o *ResponseOutparam) unset(context.Context) error {
	o.set(Reply{Unset: true})
	return nil
}

// SendInformational refuses: servers that handlers run behind decide about such
// responses.
func (o *ResponseOutparam) SendInformational(ctx context.Context, _ uint16, headers httptypes.Headers) error {
	if err := headers.Close(ctx); err != nil {
		return err
	}
	return httptypes.ErrorCodeInternalError{Value: types.Some("informational responses are not sent")}
}

// ResponseOutparamSet answers the request. The guest goes on, to write the body.
func (s *System) ResponseOutparamSet(ctx context.Context, param httptypes.ResponseOutparam, response types.Result[httptypes.OutgoingResponse, httptypes.ErrorCode]) error {
	out, err := own[*ResponseOutparam](param)
	if err != nil {
		return err
	}
	v, code, ok := response.Get()
	reply := Reply{Err: code}
	if ok {
		r, err := own[*OutgoingResponse](v)
		if err != nil {
			return err
		}
		if err := r.Drop(ctx); err != nil {
			return err
		}
		reply = Reply{Status: int(r.status), Fields: r.out.fields, Body: r.out.content}
	}
	out.set(reply)
	return out.Drop(ctx)
}

// OutgoingResponse is the resource outgoing-response.
type OutgoingResponse struct {
	preview2.Resource
	sys    *System
	out    outgoing
	status uint16
}

// NewOutgoingResponse returns a response of status 200 with these headers.
func (s *System) NewOutgoingResponse(ctx context.Context, headers httptypes.Headers) (httptypes.OutgoingResponse, error) {
	list, size, err := s.take(ctx, headers)
	if err != nil {
		return nil, err
	}
	r := &OutgoingResponse{sys: s, out: outgoing{fields: list, size: size}, status: 200}
	r.Init("outgoing-response", nil, func(context.Context) error { s.release(size); return nil })
	return r, nil
}

// StatusCode returns the status.
func (r *OutgoingResponse) StatusCode(context.Context) (httptypes.StatusCode, error) {
	return r.status, nil
}

// SetStatusCode sets the status, from 200 to 999: a response is a final one.
func (r *OutgoingResponse) SetStatusCode(_ context.Context, status httptypes.StatusCode) error {
	if status < 200 || status > 999 {
		return errUnit
	}
	r.status = status
	return nil
}

// Headers returns the headers, which the guest cannot change.
func (r *OutgoingResponse) Headers(context.Context) (httptypes.Headers, error) {
	return r.sys.view(&r.Resource, r.out.fields), nil
}

// Body returns the body, the first time.
func (r *OutgoingResponse) Body(context.Context) (httptypes.OutgoingBody, error) {
	return r.out.body(r.sys, true)
}
