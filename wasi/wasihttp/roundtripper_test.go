package wasihttp_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/guestbuild"
	"github.com/witgen/witgen/wasi"
	"github.com/witgen/witgen/wasi/wasihttp"
)

// clientOf returns a client whose requests the hostile guest answers.
func clientOf(t *testing.T, opts ...wasihttp.HandlerOption) *http.Client {
	return &http.Client{Transport: wasihttp.RoundTripper(hostileGuest(t), opts...)}
}

// A guest answers the requests of a client as it answers those of a server.
func TestRoundTripper(t *testing.T) {
	wasm := guestbuild.BuildComponent(t, guestbuild.Compilers(t)[0], example, wit, "wasi:http/proxy")
	for name, opts := range map[string][]wasihttp.HandlerOption{"fresh": nil, "reuse": {wasihttp.Reuse(1)}} {
		t.Run(name, func(t *testing.T) {
			settles(t)
			client := &http.Client{Transport: wasihttp.RoundTripper(compile(t, wasm), append(opts, wasihttp.MaxRequests(1))...)}
			for range 3 {
				resp, err := client.Get("http://guest/stream/3")
				if err != nil {
					t.Fatal(err)
				}
				text, err := io.ReadAll(resp.Body)
				if resp.StatusCode != 200 || string(text) != "line 1\nline 2\nline 3\n" || err != nil || resp.Body.Close() != nil {
					t.Errorf("status %s, %q, %v", resp.Status, text, err)
				}
			}
			// The body goes in while that of the response comes out.
			r, w := io.Pipe()
			req, err := http.NewRequest("POST", "http://guest/echo", r)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{"one", "two", strings.Repeat("three", 100_000)} {
				go func() { _, _ = io.WriteString(w, text) }()
				got := make([]byte, len(text))
				if _, err := io.ReadFull(resp.Body, got); err != nil || string(got) != text {
					t.Fatalf("got %d bytes, %v", len(got), err)
				}
			}
			_ = w.Close()
			if rest, err := io.ReadAll(resp.Body); len(rest) != 0 || err != nil {
				t.Errorf("the rest: %q, %v", rest, err)
			}
			_ = resp.Body.Close()
			// It is what the same guest answers behind a server.
			server := httptest.NewServer(wasihttp.Handler(compile(t, wasm)))
			defer server.Close()
			for _, path := range []string{"/", "/none", "/stream/1?a=b"} {
				direct, err := client.Get("http://guest" + path)
				if err != nil {
					t.Fatal(err)
				}
				served, err := http.Get(server.URL + path)
				if err != nil {
					t.Fatal(err)
				}
				a, _ := io.ReadAll(direct.Body)
				b, _ := io.ReadAll(served.Body)
				if direct.StatusCode != served.StatusCode || !bytes.Equal(a, b) || direct.Header.Get("Content-Type") != served.Header.Get("Content-Type") {
					t.Errorf("%s: %s %q, and behind a server %s %q", path, direct.Status, a, served.Status, b)
				}
				_ = direct.Body.Close()
				_ = served.Body.Close()
			}
		})
	}
}

// What goes wrong is an error of a type.
func TestRoundTripperErrors(t *testing.T) {
	settles(t)
	var trap *host.Trap
	var limit *host.LimitError
	client := clientOf(t)
	for path, is := range map[string]func(error) bool{
		"/traps":  func(err error) bool { return errors.As(err, &trap) },
		"/unset":  func(err error) bool { return errors.Is(err, wasihttp.ErrNoResponse) },
		"/silent": func(err error) bool { return errors.Is(err, wasihttp.ErrNoResponse) },
		"/error":  func(err error) bool { return strings.Contains(err.Error(), "loop-detected") },
	} {
		if resp, err := client.Get("http://guest" + path); err == nil || !is(err) {
			t.Errorf("%s: %v, %v", path, resp, err)
		}
	}
	for path, is := range map[string]func(error) bool{
		"/late-trap": func(err error) bool { return err != nil },
		"/abandoned": func(err error) bool { return err != nil && strings.Contains(err.Error(), "incomplete") },
		"/too-short": func(err error) bool { return err != nil && strings.Contains(err.Error(), "body-size") },
	} {
		resp, err := client.Get("http://guest" + path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if _, err := io.ReadAll(resp.Body); !is(err) {
			t.Errorf("%s: the body ends with %v", path, err)
		}
		_ = resp.Body.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", "http://guest/spins", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Do(req); !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &limit) {
		t.Errorf("a guest that spins: %v", err)
	}
	if _, err := clientOf(t, wasihttp.Deadline(50*time.Millisecond)).Get("http://guest/spins"); !errors.As(err, &limit) {
		t.Errorf("a guest that spins, with a deadline: %v", err)
	}
	// The body of a response without end is closed.
	one := clientOf(t, wasihttp.MaxRequests(1))
	for range 2 {
		resp, err := one.Get("http://guest/endless")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(resp.Body, make([]byte, 1<<20)); err != nil {
			t.Error(err)
		}
		_ = resp.Body.Close()
	}
	resp, err := client.Head("http://guest/reads-never")
	if err != nil || resp.StatusCode != 200 {
		t.Errorf("HEAD: %v, %v", resp, err)
	}
}

// Requests are logged and traced with what they used.
func TestRequestsAreObserved(t *testing.T) {
	var ok bytes.Buffer
	traced := &tracer{}
	plugin := hostileGuest(t, host.Fuel(1_000_000_000))
	server, l := serve(t, plugin, wasihttp.LogRequests(slog.New(slog.NewTextHandler(&ok, nil))), wasihttp.Trace(traced))
	for path, want := range map[string]int{"/reads-never": 200, "/traps": 500} {
		if status, _, err := get(t, server.URL+path); status != want || err != nil {
			t.Errorf("%s: %d, %v", path, status, err)
		}
	}
	server.Close()
	const begin = `world=wasi:http/proxy function=wasi:http/incoming-handler#handle method=GET path=`
	if got := ok.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, begin+"/reads-never duration=") || !strings.Contains(got, " fuel=") || !strings.Contains(got, "status=200") {
		t.Errorf("logged %q", got)
	}
	if got := l.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, begin+"/traps duration=") || !strings.Contains(got, " fuel=") || !strings.Contains(got, "status=500") {
		t.Errorf("logged %q", got)
	}
	if len(traced.begun) != 2 || traced.failed != 1 {
		t.Errorf("%d spans, %d failed", len(traced.begun), traced.failed)
	}
}

// tracer counts spans.
type tracer struct {
	mu     sync.Mutex
	begun  []string
	failed int
}

var _ wasi.Tracer = (*tracer)(nil)

func (s *tracer) Start(ctx context.Context, name string, _ ...slog.Attr) (context.Context, func(error, ...slog.Attr)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun = append(s.begun, name)
	return ctx, func(err error, _ ...slog.Attr) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if err != nil {
			s.failed++
		}
	}
}
