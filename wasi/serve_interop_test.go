package wasi_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// response is what a client sees of an HTTP response.
type response struct {
	Status      int
	ContentType string
	Body        string
}

// TestInteropServe has witgen, wasmtime and jco serve examples/http, as TinyGo and
// standard Go compile it, with equal responses and the same page in a browser.
func TestInteropServe(t *testing.T) {
	tools := judges(t)
	witgen := filepath.Join(t.TempDir(), "witgen")
	runs(t, "go", "build", "-o", witgen, "../cmd/witgen")
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/x-upstream")
		fmt.Fprintf(w, "%s %s", r.Method, r.URL.Path)
	}))
	t.Cleanup(upstream.Close)
	guests := map[string][]string{"go": {"--compiler", "go", "--wasi"}}
	if path := os.Getenv("WITGEN_TINYGO"); path != "" && path != "skip" {
		guests["tinygo"] = []string{"--compiler", "tinygo"}
		guests["tinygo, wasip2"] = []string{"--compiler", "tinygo", "--target", "wasip2"}
	}
	var page string
	for name, flags := range guests {
		t.Run(name, func(t *testing.T) {
			handler := filepath.Join(t.TempDir(), "handler.wasm")
			runs(t, witgen, append(append([]string{"build", "--wit", "wit", "--world", "wasi:http/proxy", "-o", handler}, flags...), "../examples/http/guest")...)
			runs(t, filepath.Join(tools, "venv", "bin", "wasm-tools"), "validate", handler)
			runs(t, witgen, "component", "validate", handler)
			var want []response
			for _, server := range []struct {
				name    string
				command []string
			}{
				{"witgen", []string{witgen, "serve", "--quiet", "--http", "127.0.0.1:*", "--addr", "ADDR", handler}},
				{"wasmtime", []string{filepath.Join(tools, "venv", "bin", "wasmtime"), "serve", "-S", "cli", "--addr", "ADDR", handler}},
				{"jco", []string{"node", filepath.Join(tools, "node_modules", ".bin", "jco"), "serve", "--host", "127.0.0.1", "--port", "PORT", handler}},
			} {
				address := serveBy(t, server.command)
				got := responses(t, address, strings.TrimPrefix(upstream.URL, "http://"))
				if want == nil {
					want = got
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("-witgen +%s:\n%s", server.name, diff)
				}
				dom := browse(t, "http://"+address+"/page")
				if page == "" {
					page = dom
				}
				if !strings.Contains(dom, "<title>done</title>") || !strings.Contains(dom, "<li>line 3</li></ol>") || !strings.Contains(dom, ">grüße</q>") {
					t.Errorf("%s: the page is\n%s", server.name, dom)
				}
				if diff := cmp.Diff(page, dom); diff != "" {
					t.Errorf("-the first page +%s:\n%s", server.name, diff)
				}
			}
		})
	}
}

// runs runs a command that must not fail.
func runs(t *testing.T, name string, args ...string) {
	t.Helper()
	if text, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, text)
	}
}

// serveBy starts a server, for whose address ADDR stands, or PORT, and returns the
// address once the server prints a line that it serves. The server ends with the test.
func serveBy(t *testing.T, command []string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	args := strings.Split(strings.NewReplacer("ADDR", address, "PORT", port).Replace(strings.Join(command, "\x00")), "\x00")
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	reader, writer := io.Pipe()
	cmd.Stdout, cmd.Stderr = writer, writer
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // It was ended.
		writer.Close()
		close(ended)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	serving := regexp.MustCompile(`(?i)^(serving|server listening)`)
	lines := bufio.NewScanner(reader)
	var seen []string
	for lines.Scan() {
		seen = append(seen, lines.Text())
		if serving.MatchString(lines.Text()) {
			go io.Copy(io.Discard, reader)
			return address
		}
	}
	t.Fatalf("%q does not serve: %q", args, seen)
	return ""
}

// responses makes requests to a server, which may reach the upstream server.
func responses(t *testing.T, address, upstream string) []response {
	t.Helper()
	var all []response
	for _, r := range []struct{ method, path, contentType, body string }{
		{"GET", "/", "", ""},
		{"POST", "/echo", "text/x-test", "hello"},
		{"POST", "/echo", "", ""},
		{"PUT", "/echo", "application/octet-stream", strings.Repeat("0123456789", 50_000)},
		{"GET", "/stream/500", "", ""},
		{"GET", "/stream/x", "", ""},
		{"GET", "/nothing", "", ""},
		{"GET", "/page", "", ""},
		{"GET", "/fetch/" + upstream + "/some/path", "", ""},
		{"GET", "/", "", ""},
	} {
		request, err := http.NewRequest(r.method, "http://"+address+r.path, strings.NewReader(r.body))
		if err != nil {
			t.Fatal(err)
		}
		if r.contentType != "" {
			request.Header.Set("Content-Type", r.contentType)
		}
		got, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(got.Body)
		got.Body.Close()
		if err != nil {
			t.Fatalf("%s %s: %v", r.method, r.path, err)
		}
		all = append(all, response{got.StatusCode, got.Header.Get("Content-Type"), string(body)})
	}
	return all
}

// browse returns the document of a page in Chromium, after its script has run.
func browse(t *testing.T, url string) string {
	t.Helper()
	cmd := exec.Command("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+t.TempDir(), "--virtual-time-budget=60000", "--dump-dom", url)
	var errs strings.Builder
	cmd.Stderr = &errs
	dom, err := cmd.Output()
	if err != nil {
		t.Fatalf("chromium: %v\n%s", err, &errs)
	}
	return string(dom)
}
