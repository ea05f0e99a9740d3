package wasihttp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/wasi"
	"github.com/witgen/witgen/wasi/http/v0.2/proxy"
	"github.com/witgen/witgen/wasi/internal/guard"
	p2http "github.com/witgen/witgen/wasi/internal/preview2/http"
)

// HandlerOption is an option of Handler.
type HandlerOption func(*handler)

// handler serves requests by a guest.
type handler struct {
	plugin    *proxy.Plugin
	instance  []host.Option
	reuse     int
	deadline  time.Duration // or 0
	log       *slog.Logger
	maxBody   int64 // or 0
	slots     chan struct{}
	instances *host.Pool[*instance] // or nil
	requests  *slog.Logger          // or nil
	tracer    wasi.Tracer           // or nil

	mu    sync.Mutex
	fresh []*instance // that were put back to their start
}

// instance is an instance with what it has used.
type instance struct {
	*proxy.Instance
	usage *wasi.Usage
}

// DefaultMaxRequests is how many requests a Handler serves at a time.
const DefaultMaxRequests = 256

// Handler returns a handler that has a guest of the world wasi:http/proxy answer each
// request, in an instance of its own:
//
//	plugin, err := proxy.Compile(ctx, wasm, wasi.Host())
//	http.Handle("/", wasihttp.Handler(plugin))
//
// The response goes out while the guest writes it, and the request's body comes in while
// it reads. A guest whose client has gone is stopped. A guest that traps or sets no
// response answers with status 500; if its response has begun, the connection is cut. The
// handler returns when the guest has.
//
// If the plugin was compiled with host.Fresh, an instance that has answered is put back to
// the state after its start, and kept for another request, which finds nothing of the
// first. So there are as many instances as there were requests at a time. Close of the
// plugin ends them.
func Handler(plugin *proxy.Plugin, opts ...HandlerOption) http.Handler {
	return newHandler(plugin, opts)
}

func newHandler(plugin *proxy.Plugin, opts []HandlerOption) *handler {
	h := &handler{plugin: plugin}
	MaxRequests(DefaultMaxRequests)(h)
	for _, opt := range opts {
		opt(h)
	}
	if h.reuse > 0 {
		h.instances = host.NewPool(h.reuse, host.Source[*instance]{Instantiate: h.instantiate})
	}
	return h
}

// Reuse has n instances, which are started when they are needed, serve one request after
// another. What one request leaves in the guest's memory, the next one may see, unless the
// plugin was compiled with host.Fresh. Close of the plugin ends the instances.
func Reuse(n int) HandlerOption { return func(h *handler) { h.reuse = n } }

// Deadline bounds the time that a request may take. A guest that has set no response by
// then answers with status 504.
func Deadline(d time.Duration) HandlerOption { return func(h *handler) { h.deadline = d } }

// Logger has l, in place of slog.Default, get a record for each request that a guest
// failed to answer.
func Logger(l *slog.Logger) HandlerOption { return func(h *handler) { h.log = l } }

// LogRequests has l get a record for each request that a guest has answered: the world, the
// function, method, path, status, duration, and the fuel that was used if host.Fuel bounds
// it. Those that it failed to answer go to Logger, with the same attributes.
func LogRequests(l *slog.Logger) HandlerOption { return func(h *handler) { h.requests = l } }

// Trace has t get a span for each request that a guest answers.
func Trace(t wasi.Tracer) HandlerOption { return func(h *handler) { h.tracer = t } }

// MaxRequests bounds how many requests are served at a time. Others get status 503. It
// panics if n is less than 1.
func MaxRequests(n int) HandlerOption {
	if n < 1 {
		panic(fmt.Sprintf("wasihttp: MaxRequests of %d", n))
	}
	return func(h *handler) { h.slots = make(chan struct{}, n) }
}

// MaxRequestBody bounds the bytes of a request's body. A request that states more gets
// status 413; where a body turns out longer, the guest's read of it fails.
func MaxRequestBody(n int64) HandlerOption { return func(h *handler) { h.maxBody = n } }

// InstanceOptions gives options to each Instantiate, such as wasi.Stderr. Those of package
// wasi need one at Compile, which may be wasi.Host() without any.
func InstanceOptions(opts ...host.Option) HandlerOption {
	return func(h *handler) { h.instance = append(h.instance, opts...) }
}

func (h *handler) instantiate(ctx context.Context) (*instance, error) {
	made := &instance{usage: &wasi.Usage{}}
	inst, err := h.plugin.Instantiate(ctx, proxy.Imports{}, append(h.instance[:len(h.instance):len(h.instance)], measured(made.usage))...)
	if err != nil {
		return nil, err
	}
	made.Instance = inst
	return made, nil
}

// measured is wasi.Measure for a plugin that was compiled with options of package wasi.
func measured(u *wasi.Usage) host.Option {
	return func(c *host.Config) {
		for _, p := range c.Providers {
			if p.Name() == "wasi" {
				wasi.Measure(u)(c)
			}
		}
	}
}

// with calls f with an instance.
func (h *handler) with(ctx context.Context, f func(*instance) error) error {
	if h.instances != nil {
		return h.instances.Do(ctx, f)
	}
	inst := h.takeFresh()
	if inst == nil {
		var err error
		if inst, err = h.instantiate(ctx); err != nil {
			return err
		}
	}
	err := f(inst)
	ctx = context.WithoutCancel(ctx)
	if inst.Err() == nil && inst.Reset(ctx) == nil {
		h.mu.Lock()
		h.fresh = append(h.fresh, inst)
		h.mu.Unlock()
		return err
	}
	return errors.Join(err, inst.Close(ctx)) // not compiled with host.Fresh, or not put back
}

// takeFresh returns an instance that was put back to its start, or nil.
func (h *handler) takeFresh() *instance {
	h.mu.Lock()
	defer h.mu.Unlock()
	for n := len(h.fresh) - 1; n >= 0; n-- {
		inst := h.fresh[n]
		h.fresh[n] = nil
		h.fresh = h.fresh[:n]
		if inst.Err() == nil { // the plugin may have been closed
			return inst
		}
	}
	return nil
}

// served is how a request went.
type served struct {
	begun time.Time
	fuel  uint64
}

// The names in logs and traces.
const world, function = "wasi:http/proxy", "wasi:http/incoming-handler#handle"

// attrs returns the attributes of a request that has ended.
func (s *served) attrs() []slog.Attr {
	attrs := []slog.Attr{slog.Duration("duration", time.Since(s.begun))}
	if s.fuel > 0 {
		attrs = append(attrs, slog.Uint64("fuel", s.fuel))
	}
	return attrs
}

// handle has an instance answer a request, on the caller's goroutine. It calls done with
// the guest's error when the guest has returned; by then reply was called.
func (h *handler) handle(ctx context.Context, s *served, r p2http.ServerRequest, reply func(p2http.Reply), done func(error)) {
	request, out := p2http.NewExchange(r, reply)
	guard.Run(func() error {
		return h.with(ctx, func(inst *instance) error {
			err := inst.IncomingHandler().Handle(ctx, request, out)
			s.fuel = inst.usage.Fuel()
			return err
		})
	}, func(err error) {
		// Whatever the guest keeps of them, the request is over.
		ctx := context.WithoutCancel(ctx)
		_ = request.Close(ctx)
		_ = out.Close(ctx) // replies, if the guest has not
		done(err)
	})
}

func (h *handler) logger() *slog.Logger {
	if h.log != nil {
		return h.log
	}
	return slog.Default()
}

// ServeHTTP has an instance answer a request.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	default:
		w.Header().Set("Retry-After", "1")
		h.fail(w, r, http.StatusServiceUnavailable, errors.New("too many requests at a time"))
		return
	}
	if h.maxBody > 0 && r.ContentLength > h.maxBody {
		h.fail(w, r, http.StatusRequestEntityTooLarge, fmt.Errorf("the body of the request has %d bytes, more than %d", r.ContentLength, h.maxBody))
		return
	}
	s := &served{begun: time.Now()}
	end := func(error, ...slog.Attr) {}
	ctx := r.Context()
	if h.tracer != nil {
		ctx, end = h.tracer.Start(ctx, function, slog.String("world", world), slog.String("method", r.Method), slog.String("path", r.URL.Path))
	}
	status, err := h.serve(ctx, s, w, r)
	if h.tracer != nil {
		end(err, append(s.attrs(), slog.Int("status", status))...)
	}
	if err == nil && h.requests != nil {
		attrs := append(s.attrs(), slog.Int("status", status))
		h.requests.LogAttrs(ctx, slog.LevelInfo, "the request was answered", append(requestAttrs(r), attrs...)...)
	}
	if errors.Is(err, errCut) {
		panic(http.ErrAbortHandler)
	}
}

// errCut is the error of a response that has begun and cannot go on.
var errCut = errors.New("the response was cut")

// bound returns the context of a request with the deadline.
func (h *handler) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if h.deadline > 0 {
		return context.WithTimeout(ctx, h.deadline)
	}
	return context.WithCancel(ctx)
}

// serve has an instance answer a request, and returns the status and the error, which has
// been logged.
func (h *handler) serve(ctx context.Context, s *served, w http.ResponseWriter, r *http.Request) (int, error) {
	ctx, cancel := h.bound(ctx)
	defer cancel()

	// The guest reads the request while it writes the response. HTTP/2 is so by itself.
	control := http.NewResponseController(w)
	_ = control.EnableFullDuplex()
	var body *requestBody
	if r.ContentLength != 0 {
		body = newRequestBody(w, control, r, h.maxBody)
		defer body.end()
	}
	out := newOutgoing(w, control, cancel)
	status := 0
	var err error
	h.handle(ctx, s, serverRequest(r, body), out.set, func(guest error) { status, err = h.finish(s, r, out, guest) })
	return status, err
}

// finish sends what is left of a response whose guest has returned with an error, or nil.
// It returns the status and the error of the request, as serve does.
func (h *handler) finish(s *served, r *http.Request, out *outgoing, err error) (int, error) {
	written := out.finish()
	if out.reply.Status == 0 {
		return h.unanswered(s, out.w, r, out.reply, err)
	}
	gone := written != nil && errors.As(written, new(*writeError))
	if gone || errors.Is(err, context.Canceled) {
		err = nil // the client has gone, or the guest's own error ended it
	}
	if !gone && written != nil {
		err = errors.Join(err, written)
	}
	if err != nil {
		h.report(r, "the response ended early", err, s.attrs()...)
	}
	if written != nil {
		err = errors.Join(err, errCut)
	}
	return out.reply.Status, err
}

// unanswered serves a request that the guest set no response for.
func (h *handler) unanswered(s *served, w http.ResponseWriter, r *http.Request, reply p2http.Reply, err error) (int, error) {
	status := http.StatusInternalServerError
	switch {
	case errors.Is(err, context.Canceled):
		return 0, err // the client has gone
	case errors.Is(err, context.DeadlineExceeded):
		status = http.StatusGatewayTimeout
	case err == nil:
		err = noResponse(reply)
	}
	h.fail(w, r, status, err, s.attrs()...)
	return status, err
}

// ErrNoResponse is the error of a guest that set no response.
var ErrNoResponse = errors.New("the guest set no response")

// noResponse returns the error of a guest that returned without a response.
func noResponse(reply p2http.Reply) error {
	if reply.Err != nil {
		return fmt.Errorf("the guest answers with the error %w", reply.Err)
	}
	return ErrNoResponse
}

func (h *handler) fail(w http.ResponseWriter, r *http.Request, status int, err error, attrs ...slog.Attr) {
	h.report(r, "the request failed", err, append(attrs, slog.Int("status", status))...)
	http.Error(w, http.StatusText(status), status)
}

// report logs a request that a guest failed to answer.
func (h *handler) report(r *http.Request, message string, err error, attrs ...slog.Attr) {
	attrs = append(requestAttrs(r), attrs...)
	for _, attr := range host.LogAttrs(err) {
		if attr.Key != "function" {
			attrs = append(attrs, attr)
		}
	}
	h.logger().LogAttrs(r.Context(), slog.LevelError, message, append(attrs, slog.Any("error", err))...)
}

// requestAttrs returns the attributes of a request.
func requestAttrs(r *http.Request) []slog.Attr {
	return []slog.Attr{slog.String("world", world), slog.String("function", function), slog.String("method", r.Method), slog.String("path", r.URL.Path)}
}
