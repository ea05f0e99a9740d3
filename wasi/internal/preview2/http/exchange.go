package http

import (
	"context"
	"sync"
	"time"

	"github.com/witgen/witgen/canonicalabi/types"
	httptypes "github.com/witgen/witgen/wasi/http/v0.2/types"
	"github.com/witgen/witgen/wasi/internal/guard"
	"github.com/witgen/witgen/wasi/internal/poll"
	"github.com/witgen/witgen/wasi/internal/preview2"
)

// Handle sends a request, and returns its response to come. ctx bounds both.
func (s *System) Handle(ctx context.Context, request httptypes.OutgoingRequest, options types.Option[httptypes.RequestOptions]) (httptypes.FutureIncomingResponse, error) {
	r, err := own[*OutgoingRequest](request)
	if err != nil {
		return nil, err
	}
	limits := timeouts{-1, -1, -1}
	if v, ok := options.Get(); ok {
		o, err := own[*RequestOptions](v)
		if err != nil {
			return nil, err
		}
		limits = o.timeouts()
		if err := o.Drop(ctx); err != nil {
			return nil, err
		}
	}
	if err := r.Drop(ctx); err != nil {
		return nil, err
	}
	f, err := s.send(ctx, r, limits)
	if err != nil && r.out.content != nil {
		r.out.content.Break(&bodyError{codeOf(err)})
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// send begins to send a request. Its errors are ErrorCodes.
func (s *System) send(ctx context.Context, r *OutgoingRequest, limits timeouts) (*FutureIncomingResponse, error) {
	if s.transport == nil {
		return nil, httptypes.ErrorCodeHTTPRequestDenied{}
	}
	authority, ok := r.authority.Get()
	if !ok {
		return nil, httptypes.ErrorCodeHTTPRequestURIInvalid{}
	}
	release, ok := s.slot(0)
	if !ok {
		return nil, httptypes.ErrorCodeConnectionLimitReached{}
	}
	path := r.path.Or("/")
	if path == "" || path[0] == '?' {
		path = "/" + path
	}
	req := &Request{
		Method: methodText(r.method), Scheme: schemeText(r.scheme.Or(httptypes.SchemeHTTPS{})), Authority: authority, Path: path,
		Fields: r.out.fields, Body: r.out.source(), Trailers: func() []Field { return nil },
	}
	if c := r.out.content; c != nil {
		req.Length, req.Trailers = c.Length, c.Trailers
	} else if n, err := contentLength(req.Fields); err != nil || n > 0 {
		release()
		return nil, httptypes.ErrorCodeHTTPRequestBodySize{Value: types.Some[uint64](0)}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(s.ctx, func() { cancel(httptypes.ErrorCodeConnectionTerminated{}) })
	f := &FutureIncomingResponse{sys: s, betweenBytes: limits.betweenBytes}
	f.abort = cancel
	f.cause = func() error { return context.Cause(ctx) }
	f.done = sync.OnceFunc(func() {
		stop()
		cancel(httptypes.ErrorCodeConnectionTerminated{})
		release()
	})
	f.Init("future-incoming-response", nil, f.drop)
	go f.run(ctx, s.transport, req, r.out.content, limits)
	return f, nil
}

// FutureIncomingResponse is the resource future-incoming-response.
type FutureIncomingResponse struct {
	preview2.Resource
	sys          *System
	betweenBytes time.Duration
	abort        func(cause error)
	cause        func() error
	done         func()
	event        poll.Event
	got          bool

	mu       sync.Mutex
	dropped  bool
	response *Response
	size     int64 // of the response's fields, that the instance is charged for
	err      error
}

// run sends the request.
func (f *FutureIncomingResponse) run(ctx context.Context, transport Transport, req *Request, content *Content, limits timeouts) {
	defer f.event.Set()
	firstByte := timer{limits.firstByte, f.abort, httptypes.ErrorCodeConnectionReadTimeout{}}
	connect := timer{limits.connect, f.abort, httptypes.ErrorCodeConnectionTimeout{}}
	stopConnect, stopFirst := connect.start(), func() {}
	var mu sync.Mutex
	connected := sync.OnceFunc(func() {
		stopConnect()
		mu.Lock()
		defer mu.Unlock()
		stopFirst = firstByte.start()
	})
	req.Connected = connected
	var resp *Response
	guard.Run(func() (err error) {
		if resp, err = transport.Send(ctx, req); err == nil && resp == nil {
			err = httptypes.ErrorCodeHTTPProtocolError{}
		}
		return err
	}, func(err error) {
		connected()
		mu.Lock()
		stopFirst()
		mu.Unlock()
		f.answered(resp, err, content)
	})
}

// answered has the future be ready with a response or an error.
func (f *FutureIncomingResponse) answered(resp *Response, err error, content *Content) {
	var size int64
	switch {
	case err == nil:
		resp.Fields = visible(resp.Fields)
		if size = sizeOf(resp.Fields); size > int64(f.sys.limits.Fields) || f.sys.charge(size) != nil {
			err = httptypes.ErrorCodeHTTPResponseHeaderSectionSize{Value: types.Some(uint32(min(size, 1<<32-1)))}
			closeBody(resp)
		}
	case guard.Of(err) == nil:
		if cause := f.cause(); cause != nil {
			err = cause
		}
	}
	f.mu.Lock()
	f.err = err
	if err == nil { // If not, nothing of the response is kept.
		f.response, f.size = resp, size
	}
	dropped := f.dropped
	f.mu.Unlock()
	switch {
	case err != nil:
		f.done()
		if content != nil {
			content.Break(&bodyError{codeOf(err)})
		}
	case dropped:
		f.sys.release(size)
		closeBody(resp)
		f.done()
	}
}

// timer has what it belongs to end with an error after some time, unless that is -1.
type timer struct {
	after time.Duration
	abort func(error)
	err   error
}

func (t timer) start() (stop func()) {
	if t.after < 0 {
		return func() {}
	}
	made := time.AfterFunc(t.after, func() { t.abort(t.err) })
	return func() { made.Stop() }
}

func closeBody(r *Response) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
}

// drop gives the response up, unless the guest has got it.
func (f *FutureIncomingResponse) drop(context.Context) error {
	if f.got {
		return nil
	}
	f.mu.Lock()
	f.dropped = true
	resp := f.response
	f.mu.Unlock()
	f.done()
	if resp != nil {
		f.sys.release(f.size)
		closeBody(resp)
	}
	return nil
}

// Subscribe returns a pollable that is ready when the response or an error is there.
func (f *FutureIncomingResponse) Subscribe(context.Context) (httptypes.Pollable, error) {
	return preview2.NewPollable(&f.Resource, &f.event), nil
}

type responseResult = types.Result[types.Result[httptypes.IncomingResponse, httptypes.ErrorCode], types.Unit]

// Get returns the response once, when it is there.
func (f *FutureIncomingResponse) Get(context.Context) (types.Option[responseResult], error) {
	if !f.event.Ready() {
		return types.None[responseResult](), nil
	}
	if f.got {
		return types.Some(types.Err[types.Result[httptypes.IncomingResponse, httptypes.ErrorCode]](types.Unit{})), nil
	}
	f.got = true
	f.mu.Lock()
	resp, err := f.response, f.err
	f.mu.Unlock()
	if panicked := guard.Of(err); panicked != nil {
		return types.None[responseResult](), panicked
	}
	result := types.Err[httptypes.IncomingResponse](codeOf(err))
	if err == nil {
		result = types.OK[httptypes.IncomingResponse, httptypes.ErrorCode](f.incomingResponse(resp))
	}
	return types.Some(types.OK[types.Result[httptypes.IncomingResponse, httptypes.ErrorCode], types.Unit](result)), nil
}

func (f *FutureIncomingResponse) incomingResponse(resp *Response) *IncomingResponse {
	r := &IncomingResponse{sys: f.sys, status: uint16(resp.Status)}
	r.in = &incoming{Message: resp.Message, response: true, betweenBytes: f.betweenBytes, abort: f.abort, cause: f.cause, done: f.done}
	size := f.size
	r.Init("incoming-response", nil, func(ctx context.Context) error {
		f.sys.release(size)
		return r.in.drop(ctx)
	})
	return r
}

// IncomingResponse is the resource incoming-response.
type IncomingResponse struct {
	preview2.Resource
	sys    *System
	status uint16
	in     *incoming
}

// Status returns the status.
func (r *IncomingResponse) Status(context.Context) (httptypes.StatusCode, error) {
	return r.status, nil
}

// Headers returns the headers, which the guest cannot change.
func (r *IncomingResponse) Headers(context.Context) (httptypes.Headers, error) {
	return r.sys.view(&r.Resource, r.in.Fields), nil
}

// Consume returns the body, the first time.
func (r *IncomingResponse) Consume(context.Context) (httptypes.IncomingBody, error) {
	return r.in.consume(r.sys)
}

// visible returns fields without those that guests do not see.
func visible(list []Field) []Field {
	seen := make([]Field, 0, len(list))
	for _, f := range list {
		if !Forbidden(f.Name) {
			seen = append(seen, f)
		}
	}
	return seen
}
