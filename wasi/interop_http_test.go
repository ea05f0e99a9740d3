package wasi_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// exchange is a request that both serve.
type exchange struct {
	method, path, body string
	header             http.Header
	trailer            http.Header
	chunked            bool // the length of the body is not stated
	fails              bool // the text of the answer is the server's own
	left               bool // the guest leaves the body unfinished at its end, which wasmtime takes for its end
}

// answer is what a client gets.
type answer struct {
	Status          int
	Header, Trailer http.Header
	Body            string
	Cut             bool // the connection ends before the response does
}

// serve starts a server and returns its URL.
func serve(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	cmd := exec.CommandContext(ctx, name, args...)
	stderr, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // It was killed.
	})
	lines := bufio.NewReader(stderr)
	first, err := lines.ReadString('\n')
	m := regexp.MustCompile(`(?i)serving.* (http://127\.0\.0\.1:\d+)/\n$`).FindStringSubmatch(first)
	if m == nil {
		rest, _ := io.ReadAll(lines)
		t.Fatalf("the first line of %s is %q, %v\n%s", filepath.Base(name), first, err, rest)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }() // It ends with the server.
	return m[1]
}

// served compares how both serve requests by a component.
func (j *judge) served(t *testing.T, wasm string, exchanges map[string]exchange) {
	t.Helper()
	theirs := serve(t, j.tool("venv/bin/wasmtime"), "serve", "--allow-precompiled", "-S", "cli", "--addr", "127.0.0.1:0", j.compiled(t, wasm))
	ours := serve(t, j.witgen, "serve", "--quiet", "--cache", j.cache, "--http", "127.0.0.1:*", "--addr", "127.0.0.1:0", wasm)
	for name, e := range exchanges {
		t.Run(name, func(t *testing.T) {
			want, got := e.ask(t, theirs), e.ask(t, ours)
			if e.left {
				if want.Cut {
					t.Error("wasmtime cuts the connection, too")
				}
				want = answer{Cut: true}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-wasmtime +witgen:\n%s", diff)
			}
		})
	}
}

// ask sends a request and returns the answer.
func (e *exchange) ask(t *testing.T, url string) answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var body io.Reader
	if e.body != "" {
		body = strings.NewReader(e.body)
	}
	if body != nil && (e.chunked || e.trailer != nil) {
		body = io.MultiReader(body)
	}
	method := e.method
	if method == "" {
		method = "GET"
	}
	r, err := http.NewRequestWithContext(ctx, method, url+e.path, body)
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range e.header {
		r.Header[name] = values
	}
	r.Trailer = e.trailer
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if ctx.Err() != nil {
		t.Fatal(err)
	}
	if err != nil {
		return answer{Cut: true}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	a := answer{resp.StatusCode, resp.Header, resp.Trailer, string(text), err != nil}
	if a.Cut {
		return answer{Cut: true} // as much as has come differs from run to run
	}
	for _, name := range []string{"Date", "Connection", "Content-Length", "Trailer"} {
		a.Header.Del(name) // net/http adds what hyper does not
	}
	if e.fails {
		a.Body, a.Header = "", nil
	}
	if len(a.Trailer) == 0 {
		a.Trailer = nil
	}
	return a
}

// upstream is a server that guests ask.
func upstream(t *testing.T) string {
	t.Helper()
	held := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch status, numbered := strings.CutPrefix(r.URL.Path, "/status/"); {
		case numbered:
			code := 0
			for _, c := range status {
				code = code*10 + int(c-'0')
			}
			w.WriteHeader(code)
		case r.URL.Path == "/hello":
			w.Header().Set("X-Seen", r.Header.Get("X-Mine"))
			_, _ = io.WriteString(w, r.Method+" "+r.RequestURI+" "+r.Header.Get("Accept"))
		case r.URL.Path == "/method":
			_, _ = io.WriteString(w, r.Method)
		case r.URL.Path == "/echo":
			w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
			_, _ = w.Write(body)
		case r.URL.Path == "/sum":
			_, _ = io.WriteString(w, strings.Repeat("y", len(body)/3))
		case r.URL.Path == "/trailers":
			w.Header().Set("Trailer", "X-End")
			_, _ = io.WriteString(w, "body")
			w.Header().Set("X-End", "ended")
		case r.URL.Path == "/stream":
			for n := range 50 {
				_, _ = io.WriteString(w, strings.Repeat("z", n)+"\n")
				w.(http.Flusher).Flush()
			}
		case r.URL.Path == "/cut":
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "part")
		case r.URL.Path == "/repeated":
			w.Header()["X-Back"] = append(r.Header.Values("X-Two"), "c")
		case r.URL.Path == "/slow":
			select {
			case <-held:
			case <-r.Context().Done():
			}
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(held) })
	return strings.TrimPrefix(s.URL, "http://")
}

// TestInteropHTTP has a handler and a client of Rust's bindings of WASI run by both.
func TestInteropHTTP(t *testing.T) {
	j := newJudge(t)
	dir := j.cargo(t)
	host := upstream(t)
	_, _, nobody := echoes(t)
	t.Run("client", func(t *testing.T) {
		trials := cases("get", "methods", "post", "length", "short", "large", "status", "trailers", "stream", "cut", "repeated", "slow", "nobody", "bad", "fields", "dropped")
		j.compare(t, filepath.Join(dir, "fetch.wasm"), with(trials, func(c *trial) {
			c.args = append(c.args, host)
			if c.name == "nobody" {
				c.args[1] = nobody
			}
			c.wasmtime, c.witgen = []string{"-S", "http"}, []string{"--http", "127.0.0.1:*"}
			c.differ = onPurpose["fetch/"+c.name]
		}))
	})
	t.Run("handler", func(t *testing.T) {
		headers := http.Header{"X-One": {"1"}, "X-Two": {"a", "b"}, "Accept-Encoding": {"identity"}, "User-Agent": {"judge"}}
		te := http.Header{"Te": {"trailers"}} // which wasmtime wants, and net/http does not
		large := strings.Repeat("some text ", 100_000)
		j.served(t, filepath.Join(dir, "handler.wasm"), map[string]exchange{
			"plain":           {path: "/"},
			"head":            {method: "HEAD", path: "/"},
			"seen":            {path: "/seen?a=1&b=%20%2F", header: headers},
			"seen post":       {method: "POST", path: "/seen", header: headers, body: "x"},
			"seen other":      {method: "BREW", path: "/seen", header: headers},
			"seen options":    {method: "OPTIONS", path: "/seen", header: headers},
			"query alone":     {path: "/?"},
			"echo":            {method: "POST", path: "/echo", body: "text"},
			"echo nothing":    {method: "POST", path: "/echo"},
			"echo chunked":    {method: "PUT", path: "/echo", body: "text", chunked: true},
			"echo large":      {method: "POST", path: "/echo", body: large},
			"echo trailers":   {method: "POST", path: "/echo", body: "text", header: te, trailer: http.Header{"X-End": {"ended"}}},
			"created":         {path: "/status?201"},
			"no content":      {path: "/status?204"},
			"not modified":    {path: "/status?304"},
			"moved":           {path: "/status?301"},
			"teapot":          {path: "/status?418"},
			"server error":    {path: "/status?599"},
			"repeated":        {path: "/repeated"},
			"length":          {path: "/length"},
			"short":           {path: "/short"},
			"large":           {path: "/large"},
			"stream":          {path: "/stream", header: te},
			"panic":           {path: "/panic", fails: true},
			"silent":          {path: "/silent", fails: true},
			"error":           {path: "/error", fails: true},
			"nobody":          {path: "/nobody"},
			"unfinished":      {path: "/unfinished"},
			"after":           {path: "/after"},
			"output":          {path: "/output"},
			"surroundings":    {path: "/env"},
			"not found":       {path: "/none"},
			"fetch":           {path: "/fetch?" + host + "/hello?x"},
			"fetch large":     {path: "/fetch?" + host + "/stream"},
			"fetch of nobody": {path: "/fetch?" + nobody + "/"},
		})
	})
}
