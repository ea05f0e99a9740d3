//go:build !(wasm || tinygo.wasm)

package main

import (
	"compress/gzip"
	"context"
	_ "embed"
	"errors"
	"log"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/examples/render/gen/example/render/pages"
	"github.com/witgen/witgen/examples/render/gen/example/render/renderer"
)

//go:embed style.css
var style []byte

// renderDeadline is the deadline for a page.
const renderDeadline = 5 * time.Second

// render has a page made by something that makes pages.
type render func(ctx context.Context, ask func(ctx context.Context, p pages.Interface) (pages.Page, error)) (pages.Page, error)

// newPool compiles a guest for a pool of size instances.
func newPool(ctx context.Context, wasm []byte, size int) (*host.Pool[*renderer.Instance], error) {
	plugin, err := renderer.Compile(ctx, wasm, host.MemoryLimit(32<<20), host.LiftLimit(4<<20))
	if err != nil {
		return nil, err
	}
	return host.NewPool(size, host.Source[*renderer.Instance]{
		Instantiate: func(ctx context.Context) (*renderer.Instance, error) {
			return plugin.Instantiate(ctx, renderer.Imports{})
		},
		Close: plugin.Close,
	}), nil
}

// pooled renders by the guest, on an instance of a pool.
func pooled(pool *host.Pool[*renderer.Instance]) render {
	return func(ctx context.Context, ask func(context.Context, pages.Interface) (pages.Page, error)) (page pages.Page, err error) {
		err = pool.Do(ctx, func(inst *renderer.Instance) error {
			page, err = ask(ctx, inst.Pages())
			return err
		})
		return page, err
	}
}

// newHandler serves the shop. Each page, and the wait for an instance before it, has
// to be done within the deadline.
func newHandler(render render, deadline time.Duration) http.Handler {
	mux := http.NewServeMux()
	serve := func(pattern string, status int, ask func(ctx context.Context, p pages.Interface, r *http.Request) (pages.Page, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), deadline)
			defer cancel()
			page, err := render(ctx, func(ctx context.Context, p pages.Interface) (pages.Page, error) { return ask(ctx, p, r) })
			switch {
			case errors.Is(err, errNoBook):
				page, err = render(ctx, func(ctx context.Context, p pages.Interface) (pages.Page, error) { return notFound(ctx, p, r) })
				write(w, r, http.StatusNotFound, page, err)
			default:
				write(w, r, status, page, err)
			}
		})
	}
	serve("GET /{$}", http.StatusOK, func(ctx context.Context, p pages.Interface, _ *http.Request) (pages.Page, error) {
		return p.Catalogue(ctx, shopName, catalogue)
	})
	serve("GET /books/{id}", http.StatusOK, func(ctx context.Context, p pages.Interface, r *http.Request) (pages.Page, error) {
		id, err := strconv.Atoi(r.PathValue("id"))
		if err != nil || id < 1 || id > len(catalogue) {
			return pages.Page{}, errNoBook
		}
		return p.Detail(ctx, shopName, catalogue[id-1], reviews)
	})
	serve("GET /feed.xml", http.StatusOK, func(ctx context.Context, p pages.Interface, _ *http.Request) (pages.Page, error) {
		return p.Feed(ctx, shopName, catalogue)
	})
	serve("GET /", http.StatusNotFound, notFound)
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, r *http.Request) {
		send(w, r, http.StatusOK, "text/css; charset=utf-8", style)
	})
	return mux
}

var errNoBook = errors.New("there is no such book")

// notFound makes the page for a path that has none. A path may hold any bytes, and
// WIT's strings only UTF-8.
func notFound(ctx context.Context, p pages.Interface, r *http.Request) (pages.Page, error) {
	return p.NotFound(ctx, shopName, strings.ToValidUTF8(r.URL.Path, "\ufffd"))
}

// write sends a page, or an error in its place.
func write(w http.ResponseWriter, r *http.Request, status int, page pages.Page, err error) {
	var limit *host.LimitError
	switch {
	case errors.As(err, &limit):
		log.Printf("%s: %v", r.URL.Path, err)
		w.Header().Set("Retry-After", "1")
		http.Error(w, "The shop is busy. Try again in a moment.", http.StatusServiceUnavailable)
		return
	case err != nil:
		log.Printf("%s: %v", r.URL.Path, err)
		http.Error(w, "This page cannot be shown.", http.StatusInternalServerError)
		return
	}
	contentType := "text/html; charset=utf-8"
	if page.Kind == pages.KindAtom {
		contentType = "application/atom+xml; charset=utf-8"
	}
	send(w, r, status, contentType, page.Body)
}

var gzipWriters = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// send sends a body, compressed for clients that take it so.
func send(w http.ResponseWriter, r *http.Request, status int, contentType string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("X-Content-Type-Options", "nosniff")
	// No script runs, even if one were to slip through.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'")
	h.Add("Vary", "Accept-Encoding")
	if !acceptsGzip(r.Header.Values("Accept-Encoding")) {
		h.Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(status)
		_, _ = w.Write(body) // the client may be gone
		return
	}
	h.Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	z := gzipWriters.Get().(*gzip.Writer)
	defer gzipWriters.Put(z)
	z.Reset(w)
	_, _ = z.Write(body)
	_ = z.Close()
}

// acceptsGzip reads Accept-Encoding: gzip, or *, with a weight that is not 0. What
// is said of gzip itself counts before *.
func acceptsGzip(values []string) bool {
	accepts := false
	for _, item := range strings.Split(strings.Join(values, ","), ",") {
		name, params, _ := strings.Cut(item, ";")
		weight := 1.0
		if q, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q="); ok {
			weight, _ = strconv.ParseFloat(q, 64)
		}
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "gzip":
			return weight > 0
		case "*":
			accepts = weight > 0
		}
	}
	return accepts
}
