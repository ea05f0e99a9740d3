package wasihttp_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/wasi"
	"github.com/witgen/witgen/wasi/wasihttp"
)

func any1(wasihttp.Request) bool { return true }

// fetches returns what the hostile guest's requests get, under an option.
func fetches(t *testing.T, opt host.Option) func(path string) string {
	t.Helper()
	var opts []host.Option
	if opt != nil {
		opts = append(opts, opt)
	}
	server, l := serve(t, hostileGuest(t, opts...))
	return func(path string) string {
		t.Helper()
		status, body, err := get(t, server.URL+path)
		if status != 200 || err != nil {
			t.Fatalf("%s: status %d, %v, %s", path, status, err, l)
		}
		return body
	}
}

func TestClient(t *testing.T) {
	settles(t)
	hold := make(chan struct{})
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/hangs":
			<-hold
		case "/stalls":
			_, _ = io.WriteString(w, "begun")
			w.(http.Flusher).Flush()
			<-hold
		case "/breaks":
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "begun")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		case "/large":
			w.Header().Set("X", strings.Repeat("x", 200<<10))
		case "/redirect":
			http.Redirect(w, r, "/target", http.StatusFound)
		case "/away":
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		case "/upload":
			n, err := io.Copy(io.Discard, r.Body)
			fmt.Fprintf(w, "%d %v %s", n, err, r.Trailer.Get("X-Sum"))
		default:
			fmt.Fprintf(w, "%s %s", r.Method, r.RequestURI)
		}
	}))
	defer upstream.Close()
	defer close(hold)
	at := strings.TrimPrefix(upstream.URL, "http://")
	_, port, _ := net.SplitHostPort(at)
	allowed := func(r wasihttp.Request) bool { return r.Host != "127.0.0.1" || r.Port != 1 }
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing of TLS
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := free.Addr().String()
	_ = free.Close()

	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for name, c := range map[string]struct {
		opt        host.Option
		path, want string
	}{
		"closed":             {nil, "/fetch/none,http," + at + ",/", "HTTP-request-denied"},
		"denied":             {wasihttp.Client(client, func(wasihttp.Request) bool { return false }), "/fetch/none,http," + at + ",/", "HTTP-request-denied"},
		"no function":        {wasihttp.Client(client, nil), "/fetch/none,http," + at + ",/", "HTTP-request-denied"},
		"literal":            {wasihttp.Client(client, any1), "/fetch/none,http," + at + ",//a/../b?c", "GET //a/../b?c"},
		"localhost":          {wasihttp.Client(client, any1), "/fetch/none,http,LOCALHOST:" + port + ",/", "GET /"},
		"a name of the host": {wasihttp.Client(client, any1, wasihttp.Addresses(func(wasi.Target) bool { return false })), "/fetch/none,http,localhost:" + port + ",/", "destination-IP-prohibited"},
		"mapped":             {wasihttp.Client(client, any1), "/fetch/none,http,[::ffff:127.0.0.1]:" + port + ",/", "destination-IP-prohibited"},
		"another scheme":     {wasihttp.Client(client, any1), "/fetch/none,ftp," + at + ",/", "HTTP-protocol-error"},
		"bad escape":         {wasihttp.Client(client, any1), "/fetch/none,http," + at + ",/~zz", "HTTP-request-URI-invalid"},
		"refused":            {wasihttp.Client(client, any1), "/fetch/none,http," + nobody + ",/", "connection-refused"},
		"TLS":                {wasihttp.Client(client, any1), "/fetch/none,https," + at + ",/", "TLS-protocol-error"},
		"connect timeout":    {wasihttp.Client(client, any1), "/fetch/connect,https," + silent.Addr().String() + ",/", "connection-timeout"},
		"first byte":         {wasihttp.Client(client, any1), "/fetch/first,http," + at + ",/hangs", "connection-read-timeout"},
		"between bytes":      {wasihttp.Client(client, any1), "/fetch/between,http," + at + ",/stalls", "begun: connection-read-timeout"},
		"breaks":             {wasihttp.Client(client, any1), "/fetch/none,http," + at + ",/breaks", "begun: HTTP-response-incomplete"},
		"large":              {wasihttp.Client(client, any1), "/fetch/none,http," + at + ",/large", "HTTP-response-header-section-size: some"},
		"redirect":           {wasihttp.Client(client, any1), "/fetch/none,http," + at + ",/redirect", "<a href=\"/target\">Found</a>.\n\n"},
		"followed":           {wasihttp.Client(client, allowed, wasihttp.FollowRedirects(1)), "/fetch/none,http," + at + ",/redirect", "GET /target"},
		"redirected away":    {wasihttp.Client(client, allowed, wasihttp.FollowRedirects(1)), "/fetch/none,http," + at + ",/away", "HTTP-request-denied"},
		"upload":             {wasihttp.Client(client, any1), "/upload/none,http," + at + ",/upload", "1048576 <nil> 7"},
	} {
		t.Run(name, func(t *testing.T) {
			got := fetches(t, c.opt)(c.path)
			if got != c.want && (name != "large" || !strings.HasPrefix(got, c.want)) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// A list allows its names at public addresses, and its addresses as they are.
func TestClientTo(t *testing.T) {
	var hits atomic.Int32
	upstream := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer upstream.Close()
	at := strings.TrimPrefix(upstream.URL, "http://")
	_, port, _ := net.SplitHostPort(at)
	for list, want := range map[string][2]string{ // by address, by name
		at:                    {"", "HTTP-request-denied"},
		"127.0.0.0/8:*":       {"", "HTTP-request-denied"},
		"localhost:" + port:   {"HTTP-request-denied", ""},
		"localhost:1":         {"HTTP-request-denied", "destination-IP-prohibited"},
		"127.0.0.1:1":         {"HTTP-request-denied", "HTTP-request-denied"},
		"*:*":                 {"", ""},
		"example.com:" + port: {"HTTP-request-denied", "HTTP-request-denied"},
	} {
		targets, err := wasi.ParseTargets(list)
		if err != nil {
			t.Fatal(err)
		}
		fetch := fetches(t, wasihttp.ClientTo(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, targets))
		if got := [2]string{fetch("/fetch/none,http," + at + ",/"), fetch("/fetch/none,http,localhost:" + port + ",/")}; got != want {
			t.Errorf("%s: got %q, want %q", list, got, want)
		}
	}
	if hits.Load() != 5 {
		t.Errorf("%d requests arrived, want 5", hits.Load())
	}
}
