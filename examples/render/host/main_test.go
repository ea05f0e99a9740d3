//go:build !(wasm || tinygo.wasm)

package main

import (
	"compress/gzip"
	"context"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/examples/render/gen/example/render/pages"
	"github.com/witgen/witgen/internal/testing/guestbuild"
)

func get(t *testing.T, h http.Handler, method, path, accept string) *http.Response {
	t.Helper()
	request := httptest.NewRequest(method, path, nil)
	if accept != "" {
		request.Header.Set("Accept-Encoding", accept)
	}
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, request)
	return recorder.Result()
}

func body(t *testing.T, r io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestServer(t *testing.T) {
	for _, compiler := range guestbuild.Compilers(t) {
		t.Run(string(compiler), func(t *testing.T) {
			pool, err := newPool(t.Context(), guestbuild.Build(t, compiler, "../guest"), 2)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := pool.Close(context.Background()); err != nil {
					t.Error(err)
				}
			})
			h := newHandler(pooled(pool), time.Hour)
			t.Run("pages", func(t *testing.T) { testPages(t, h) })
			t.Run("escaping", func(t *testing.T) { testEscaping(t, h) })
			t.Run("gzip", func(t *testing.T) { testGzip(t, h) })
			t.Run("same page as html/template", func(t *testing.T) { testSamePage(t, h) })
			t.Run("many clients", func(t *testing.T) { testManyClients(t, h) })
			t.Run("load", func(t *testing.T) {
				var out strings.Builder
				if err := load(t.Context(), &out, pooled(pool), bounds{requests: 40, limit: time.Hour, deadline: time.Hour}); err != nil {
					t.Fatal(err)
				}
				if rows := regexp.MustCompile(`(?m)^[^:]+: +40 `).FindAllString(out.String(), -1); len(rows) != 4 {
					t.Errorf("%d rows count 40 requests:\n%s", len(rows), out.String())
				}
			})
		})
	}
}

func testPages(t *testing.T, h http.Handler) {
	const htmlType, atomType = "text/html; charset=utf-8", "application/atom+xml; charset=utf-8"
	for _, c := range []struct {
		path        string
		status      int
		contentType string
		want        string
	}{
		{"/", 200, htmlType, `<a href="/books/1">R.U.R.</a></h3><p>Karel Čapek</p><p><b>$9.00</b> <span class="in-stock">in stock</span> <span class="rating">3.0 of 5</span>`},
		{"/books/1", 200, htmlType, `<a rel="nofollow" href="https://example.com/rur">`},
		{"/books/1", 200, htmlType, `Read it &lt;em&gt;twice&lt;/em&gt; &amp; liked it.`},
		{"/books/3", 200, htmlType, "<title>Мы</title>"},
		{"/books/0", 404, htmlType, "<code>/books/0</code>"},
		{"/books/9999999999999999999", 404, htmlType, "Not found"},
		{"/%3Cb%3E%ff", 404, htmlType, "<code>/&lt;b&gt;\ufffd</code>"},
		{"/feed.xml", 200, atomType, "<title>Pride &amp; Prejudice</title>"},
		{"/style.css", 200, "text/css; charset=utf-8", ".books"},
	} {
		response := get(t, h, "GET", c.path, "")
		text := body(t, response.Body)
		if response.StatusCode != c.status || response.Header.Get("Content-Type") != c.contentType || !strings.Contains(text, c.want) {
			t.Errorf("%s: status %d, %s, want %d, %s and %q in\n%s", c.path, response.StatusCode, response.Header.Get("Content-Type"), c.status, c.contentType, c.want, text)
		}
		if c.contentType == atomType {
			var feed struct {
				Entries []struct {
					Title string `xml:"title"`
				} `xml:"entry"`
			}
			if err := xml.Unmarshal([]byte(text), &feed); err != nil || len(feed.Entries) != len(catalogue) || feed.Entries[1].Title != catalogue[1].Title {
				t.Errorf("the feed reads as %v, %v", feed, err)
			}
		}
	}
	if response := get(t, h, "POST", "/", ""); response.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: status %d", response.StatusCode)
	}
}

// What people have typed in is text wherever it stands: no tag, attribute or
// script comes of it.
func testEscaping(t *testing.T, h http.Handler) {
	for _, path := range []string{"/", "/books/2"} {
		text := body(t, get(t, h, "GET", path, "").Body)
		for _, bad := range []string{"<script", `" onmouseover`, "javascript:", "<em>twice"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s holds %q:\n%s", path, bad, text)
			}
		}
		if want := "&lt;script&gt;alert(&#39;hello&#39;)&lt;/script&gt;"; !strings.Contains(text, want) {
			t.Errorf("%s does not hold %q", path, want)
		}
	}
	if text := body(t, get(t, h, "GET", "/books/2", "").Body); !strings.Contains(text, `href="#"`) {
		t.Errorf("the link that runs a script is not taken out:\n%s", text)
	}
}

func testGzip(t *testing.T, h http.Handler) {
	plain := body(t, get(t, h, "GET", "/", "").Body)
	response := get(t, h, "GET", "/", "br, gzip")
	if response.Header.Get("Content-Encoding") != "gzip" || response.Header.Get("Vary") != "Accept-Encoding" {
		t.Fatalf("headers %v", response.Header)
	}
	z, err := gzip.NewReader(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(plain, body(t, z)); diff != "" {
		t.Error(diff)
	}
	head := get(t, h, "HEAD", "/", "gzip")
	if text := body(t, head.Body); text != "" || head.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("HEAD answers %q, %v", text, head.Header)
	}
}

var spaces = regexp.MustCompile(`\s+`)

// The load test compares like with like.
func testSamePage(t *testing.T, h http.Handler) {
	text := func(h http.Handler) string {
		return html.UnescapeString(spaces.ReplaceAllString(body(t, get(t, h, "GET", "/", "").Body), " "))
	}
	if diff := cmp.Diff(text(newHandler(inProcess, time.Hour)), text(h)); diff != "" {
		t.Error(diff)
	}
}

func testManyClients(t *testing.T, h http.Handler) {
	want := body(t, get(t, h, "GET", "/", "").Body)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				recorder := httptest.NewRecorder()
				h.ServeHTTP(recorder, httptest.NewRequest("GET", "/", nil))
				if recorder.Code != 200 || recorder.Body.String() != want {
					t.Errorf("status %d, %d bytes", recorder.Code, recorder.Body.Len())
				}
			}
		})
	}
	wg.Wait()
}

func TestAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "GZIP": true, "br": false, "br, gzip;q=0.5": true, "gzip;q=0": false, "gzip; q=0.0, *": false,
		"*": true, "*;q=0": false, "*;q=0, gzip": true, "gzip;q=x": false, "x-gzip": false,
	} {
		if got := acceptsGzip([]string{header}); got != want {
			t.Errorf("Accept-Encoding: %s: %v, want %v", header, got, want)
		}
	}
}

// A guest that fails is the server's error, and nothing of it reaches the client.
func TestFailures(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
	}{
		{&host.Trap{Func: "secret"}, 500},
		{&host.LimitError{Func: "secret", Limit: "instances", Err: context.DeadlineExceeded}, 503},
		{errors.New("secret"), 500},
	} {
		h := newHandler(func(context.Context, func(context.Context, pages.Interface) (pages.Page, error)) (pages.Page, error) {
			return pages.Page{}, c.err
		}, time.Hour)
		response := get(t, h, "GET", "/", "gzip")
		if text := body(t, response.Body); response.StatusCode != c.status || strings.Contains(text, "secret") {
			t.Errorf("%v: status %d, %q", c.err, response.StatusCode, text)
		}
	}
}
