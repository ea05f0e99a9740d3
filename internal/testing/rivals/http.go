package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/samyfodil/wazy"
	"github.com/samyfodil/wazy/component"
	"github.com/samyfodil/wazy/imports/wasip2"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/wasi"
	"github.com/witgen/witgen/wasi/http/v0.2/proxy"
	"github.com/witgen/witgen/wasi/wasihttp"
)

// sink is a response writer that does what net/http's can, without a socket.
type sink struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (s *sink) Header() http.Header               { return s.header }
func (s *sink) WriteHeader(status int)            { s.status = status }
func (s *sink) Flush()                            {}
func (s *sink) EnableFullDuplex() error           { return nil }
func (s *sink) SetReadDeadline(time.Time) error   { return nil }
func (s *sink) Write(p []byte) (n int, err error) { return s.body.Write(p) }

// exchange is a request for a path, and the answer to it.
type exchange struct {
	path, want string
	status     int
}

// exchanges are the requests for the handlers in each language. That in Rust answers its
// other paths with headers, by a function that wazy does not have.
var exchanges = map[string]exchange{
	"Rust":   {"/none", "no such case", http.StatusNotFound},
	"TinyGo": {"/", "hello from WebAssembly\n", http.StatusOK},
}

// asking returns a function that has a handler answer a request, again and again.
func asking(h http.Handler, e exchange) func() error {
	r, err := http.NewRequest(http.MethodGet, e.path, nil)
	if err != nil {
		return func() error { return err }
	}
	r.Host, r.RequestURI, r.Body = "localhost", e.path, http.NoBody
	r.Header.Set("User-Agent", "rivals")
	r.Header.Set("Accept", "*/*")
	w := &sink{header: http.Header{}}
	return func() error {
		clear(w.header)
		w.status = 0
		w.body.Reset()
		h.ServeHTTP(w, r)
		if w.status != e.status || w.body.String() != e.want {
			return fmt.Errorf("answered with status %d and %q, not %d and %q", w.status, w.body.String(), e.status, e.want)
		}
		return nil
	}
}

// handler returns the component of a handler.
func (w *workshop) handler(language string) ([]byte, error) {
	build := w.rust
	if language == "TinyGo" {
		build = w.tinygo
	}
	path, err := build()
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// ourHandler returns a request of witgen's handler.
func ourHandler(name, language string, wasm []byte, compile []host.Option, opts ...wasihttp.HandlerOption) (*side, error) {
	ctx := context.Background()
	plugin, err := proxy.Compile(ctx, wasm, append(compile, wasi.Host(wasi.Clock()))...)
	if err != nil {
		return nil, err
	}
	return &side{name: name, run: asking(wasihttp.Handler(plugin, opts...), exchanges[language]), end: func() { _ = plugin.Close(ctx) }}, nil
}

// wazyHandler returns a request of wazy's handler, with one instance for all requests or
// one for each.
func wazyHandler(language string, wasm []byte, fresh bool) (*side, error) {
	ctx := context.Background()
	r := wazy.NewRuntime(ctx)
	cache := component.NewCompileCache()
	start := func() (*component.Instance, error) {
		return component.Instantiate(ctx, r, wasm, append(wasip2.With(wasip2.Config{EnableHTTP: true}), component.WithCompileCache(cache))...)
	}
	inst, err := start()
	if err != nil {
		return nil, fmt.Errorf("wazy: %w", errors.Join(err, r.Close(ctx)))
	}
	s := &side{name: "wazy", end: func() { _ = r.Close(ctx) }}
	if !fresh {
		s.run = asking(wasip2.Handler(inst), exchanges[language])
		return s, nil
	}
	s.run = asking(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inst, err := start()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer inst.Close(ctx)
		wasip2.Handler(inst).ServeHTTP(w, r)
	}), exchanges[language])
	return s, nil
}

// warmRequest compares a request that an instance answers which has answered others.
func (w *workshop) warmRequest(pairs int, language string) (result, error) {
	wasm, err := w.handler(language)
	if err != nil {
		return result{}, err
	}
	ours, err := ourHandler("Handler, Reuse", language, wasm, nil, wasihttp.Reuse(1))
	if err != nil {
		return result{}, err
	}
	defer ours.close()
	theirs, err := wazyHandler(language, wasm, false)
	if err != nil {
		return result{}, err
	}
	defer theirs.close()
	return compare(pairs, ours, theirs)
}

// freshRequest compares a request that an instance of its own answers.
func (w *workshop) freshRequest(pairs int, language string, restored bool) (result, error) {
	wasm, err := w.handler(language)
	if err != nil {
		return result{}, err
	}
	name, opts := "Handler", []host.Option(nil)
	if restored {
		name, opts = "Handler, Fresh", []host.Option{host.Fresh(), host.SnapshotAfterStart()}
	}
	ours, err := ourHandler(name, language, wasm, opts)
	if err != nil {
		return result{}, err
	}
	defer ours.close()
	theirs, err := wazyHandler(language, wasm, true)
	if err != nil {
		return result{}, err
	}
	defer theirs.close()
	return compare(pairs, ours, theirs)
}
