package wasihttp_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/guestbuild"
	"github.com/witgen/witgen/wasi"
	"github.com/witgen/witgen/wasi/http/v0.2/proxy"
	"github.com/witgen/witgen/wasi/wasihttp"
)

var (
	example = filepath.Join("..", "..", "examples", "http", "guest")
	hostile = filepath.Join("testdata", "hostile")
	wit     = filepath.Join("..", "wit")
)

var hostileOnce struct {
	sync.Once
	wasm []byte
}

// compile compiles a guest, and closes it at the end of the test.
func compile(t *testing.T, wasm []byte, opts ...host.Option) *proxy.Plugin {
	t.Helper()
	p, err := proxy.Compile(context.Background(), wasm, append([]host.Option{wasi.Host()}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return p
}

// hostileGuest compiles the guest of testdata/hostile.
func hostileGuest(t *testing.T, opts ...host.Option) *proxy.Plugin {
	t.Helper()
	hostileOnce.Do(func() {
		hostileOnce.wasm = guestbuild.BuildComponent(t, guestbuild.Compilers(t)[0], hostile, wit, "wasi:http/proxy")
	})
	return compile(t, hostileOnce.wasm, opts...)
}

// logs is a log that a test reads.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func serve(t *testing.T, plugin *proxy.Plugin, opts ...wasihttp.HandlerOption) (*httptest.Server, *logs) {
	t.Helper()
	l := &logs{}
	opts = append([]wasihttp.HandlerOption{wasihttp.Logger(slog.New(slog.NewTextHandler(l, nil)))}, opts...)
	server := httptest.NewServer(wasihttp.Handler(plugin, opts...))
	t.Cleanup(server.Close)
	return server, l
}

func get(t *testing.T, url string) (status int, body string, err error) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}

// settles fails if more goroutines are left than before, once those that end have ended.
func settles(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		for deadline := time.Now().Add(time.Minute); runtime.NumGoroutine() > before; runtime.Gosched() {
			if time.Now().After(deadline) {
				stacks := make([]byte, 1<<20)
				t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
			}
		}
	})
}

func TestExample(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/fetched")
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprintf(w, "%s %s %q", r.Method, r.URL, r.Header)
	}))
	defer upstream.Close()
	target := strings.TrimPrefix(upstream.URL, "http://")
	for _, c := range guestbuild.Compilers(t) {
		wasm := guestbuild.BuildComponent(t, c, example, wit, "wasi:http/proxy")
		for name, opts := range map[string][]wasihttp.HandlerOption{"fresh": nil, "reuse": {wasihttp.Reuse(1)}} {
			t.Run(fmt.Sprint(c, " ", name), func(t *testing.T) {
				settles(t)
				plugin := compile(t, wasm, wasihttp.Client(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, func(r wasihttp.Request) bool {
					return r.Method == "GET" && r.Scheme == "http" && r.Authority == target
				}))
				server, l := serve(t, plugin, opts...)
				for range 2 {
					if status, body, err := get(t, server.URL); status != 200 || body != "hello from WebAssembly\n" || err != nil {
						t.Errorf("/: %d %q %v", status, body, err)
					}
					if status, body, err := get(t, server.URL+"/stream/3"); status != 200 || body != "line 1\nline 2\nline 3\n" || err != nil {
						t.Errorf("/stream: %d %q %v", status, body, err)
					}
					if status, body, err := get(t, server.URL+"/fetch/"+target+"/a%2Fb?c=d"); status != http.StatusTeapot || body != `GET /a%2Fb?c=d map["Connection":["close"]]` || err != nil {
						t.Errorf("/fetch: %d %q %v", status, body, err)
					}
					if status, body, err := get(t, server.URL+"/fetch/127.0.0.1:1/"); status != 502 || body != "HTTP-request-denied\n" || err != nil {
						t.Errorf("/fetch of what is not allowed: %d %q %v", status, body, err)
					}
					echo(t, server.URL+"/echo")
				}
				if l.String() != "" {
					t.Error(l)
				}
			})
		}
	}
}

// echo sends a body of a megabyte with trailers, and gets both back.
func echo(t *testing.T, url string) {
	t.Helper()
	sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	req, err := http.NewRequest("POST", url, io.MultiReader(bytes.NewReader(sent)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "x/y")
	req.Trailer = http.Header{"X-Sum": {"42"}}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil || !bytes.Equal(got, sent) || resp.Header.Get("Content-Type") != "x/y" || resp.Trailer.Get("X-Sum") != "42" {
		t.Errorf("%d bytes, %v, headers %v, trailers %v", len(got), err, resp.Header, resp.Trailer)
	}
}

// A response leaves as the guest writes it, and a request comes in as the guest reads.
func TestStreams(t *testing.T) {
	settles(t)
	server, _ := serve(t, compile(t, guestbuild.BuildComponent(t, guestbuild.Compilers(t)[0], example, wit, "wasi:http/proxy")))
	r, w := io.Pipe()
	req, err := http.NewRequest("POST", server.URL+"/echo", r)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.WriteString(w, "first\n") }()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	if line, err := lines.ReadString('\n'); line != "first\n" || err != nil {
		t.Fatalf("%q %v, while the request goes on", line, err)
	}
	go func() { _, _ = io.WriteString(w, "second\n"); _ = w.Close() }()
	if rest, err := io.ReadAll(lines); string(rest) != "second\n" || err != nil {
		t.Errorf("%q %v", rest, err)
	}
}

// A plugin that was compiled with host.Fresh keeps its instances, and no request finds
// anything of another.
func TestFreshHandlers(t *testing.T) {
	fresh := []host.Option{host.Fresh(), host.SnapshotAfterStart()}
	for _, c := range []struct {
		name    string
		compile []host.Option
		opts    []wasihttp.HandlerOption
		path    string
		want    string // of each request
		started int
	}{
		{"new", nil, nil, "/asked", "1 1 1", 3},
		{"put back", fresh, nil, "/asked", "1 1 1", 1},
		{"put back, reuse", fresh, []wasihttp.HandlerOption{wasihttp.Reuse(1)}, "/asked", "1 1 1", 1},
		{"reuse", nil, []wasihttp.HandlerOption{wasihttp.Reuse(1)}, "/asked", "1 2 3", 1},
		{"dead", fresh, nil, "/traps", "Internal Server Error\n Internal Server Error\n Internal Server Error\n", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			settles(t)
			started := 0
			server, l := serve(t, hostileGuest(t, c.compile...), append(c.opts, wasihttp.InstanceOptions(func(*host.Config) { started++ }))...)
			var got []string
			for range 3 {
				_, body, err := get(t, server.URL+c.path)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, body)
			}
			if text := strings.Join(got, " "); text != c.want || started != c.started {
				t.Errorf("got %q of %d instances, want %q of %d, %s", text, started, c.want, c.started, l)
			}
		})
	}
}

// What a hostile handler does ends its request alone.
func TestHostileHandlers(t *testing.T) {
	for name, opts := range map[string][]wasihttp.HandlerOption{"fresh": nil, "put back": nil, "reuse": {wasihttp.Reuse(2)}} {
		t.Run(name, func(t *testing.T) {
			settles(t)
			var compile []host.Option
			if name == "put back" {
				compile = []host.Option{host.Fresh(), host.SnapshotAfterStart()}
			}
			server, l := serve(t, hostileGuest(t, compile...), opts...)
			for path, want := range map[string]struct {
				status int
				log    string // or "" for none
				cut    bool
			}{
				"/traps":                  {500, "unreachable", false},
				"/unset":                  {500, "the guest set no response", false},
				"/silent":                 {500, "the guest set no response", false},
				"/error":                  {500, "loop-detected", false},
				"/large":                  {500, "larger fields", false},
				"/floods":                 {500, "too many fields", false},
				"/request-before-headers": {500, "depend on it", false},
				"/in-body-before-stream":  {500, "depend on it", false},
				"/late-trap":              {200, "unreachable", true},
				"/abandoned":              {200, "HTTP-response-incomplete", true},
				"/too-long":               {200, "HTTP-response-body-size", true},
				"/too-short":              {200, "HTTP-response-body-size", true},
				"/body-before-stream":     {200, "depend on it", true},
				"/finish-before-stream":   {200, "depend on it", true},
				"/twice":                  {200, "", false},
				"/reads-never":            {200, "", false},
				"/checks":                 {200, "", false},
				"/bodies":                 {200, "", false},
			} {
				seen := len(l.String())
				status, body, err := get(t, server.URL+path)
				if want.cut != (err != nil) || status != want.status && (status != 0 || !want.cut) {
					t.Errorf("%s: status %d, %q, %v", path, status, body, err)
				}
				if path == "/checks" && body != "ok" {
					t.Errorf("not refused: %s", body)
				}
				if path == "/bodies" && body != "ok" {
					t.Errorf("bodies: %q", body)
				}
				if got := l.String()[seen:]; want.log != "" && !strings.Contains(got, want.log) {
					t.Errorf("%s: %q is not in the log %s", path, want.log, got)
				}
			}
			if status, body, err := get(t, server.URL+"/reads-never"); status != 200 || body != "unread" || err != nil {
				t.Errorf("afterwards: %d %q %v", status, body, err)
			}
		})
	}
}

// A deadline ends a handler, whatever it waits for.
func TestDeadline(t *testing.T) {
	settles(t)
	server, l := serve(t, hostileGuest(t), wasihttp.Deadline(100*time.Millisecond))
	if status, _, err := get(t, server.URL+"/spins"); status != http.StatusGatewayTimeout || err != nil {
		t.Errorf("a guest that spins: %d %v, %s", status, err, l)
	}
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nonly this")
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusGatewayTimeout {
		t.Errorf("a client that is slow: %s", resp.Status)
	}
}

// A client that goes ends its handler.
func TestClientGone(t *testing.T) {
	settles(t)
	ended := make(chan struct{}, 1)
	plugin := hostileGuest(t)
	h := wasihttp.Handler(plugin, wasihttp.Logger(slog.New(slog.DiscardHandler)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { ended <- struct{}{} }()
		h.ServeHTTP(w, r)
	}))
	defer server.Close()
	for _, path := range []string{"/endless", "/spins"} {
		ctx, cancel := context.WithCancel(context.Background())
		req, err := http.NewRequestWithContext(ctx, "GET", server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if path == "/spins" {
			time.AfterFunc(50*time.Millisecond, cancel)
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			if _, err := io.ReadFull(resp.Body, make([]byte, 1<<20)); err != nil {
				t.Error(err)
			}
			resp.Body.Close()
		} else if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		cancel()
		<-ended
	}
}

func TestRequestLimits(t *testing.T) {
	server, _ := serve(t, hostileGuest(t), wasihttp.MaxRequestBody(10), wasihttp.MaxRequests(1))
	resp, err := http.Post(server.URL+"/reads-never", "", strings.NewReader("more than ten"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a body that is too large: %s", resp.Status)
	}
	// The first request holds its place until its body ends.
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		resp, err := http.Post(server.URL+"/slow", "", r)
		if err == nil {
			resp.Body.Close()
		}
		done <- err
	}()
	if _, err := w.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	for status := 0; status != http.StatusServiceUnavailable; {
		if status, _, err = get(t, server.URL+"/reads-never"); err != nil {
			t.Fatal(err)
		}
	}
	_ = w.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
