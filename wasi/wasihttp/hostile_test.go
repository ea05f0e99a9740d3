package wasihttp_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/puppet"
	"github.com/witgen/witgen/wasi"
	"github.com/witgen/witgen/wasi/wasihttp"
)

// The names of functions of wasi:http and wasi:io, and how their handles are dropped.
const (
	methods = "wasi:http/types#[method]"
	drops   = "wasi:http/types#[resource-drop]"
	makes   = "wasi:http/types#[constructor]"
	outputs = "wasi:io/streams#[method]output-stream."
	inputs  = "wasi:io/streams#[method]input-stream."
	block   = "wasi:io/poll#[method]pollable.block"
	handle  = "wasi:http/outgoing-handler#handle"
)

// Places of wasi:http's error-code.
const (
	ipProhibited, terminated, readTimeout, limitReached, denied, bodySize, incomplete, headSize, protocolError = 4, 7, 9, 11, 15, 17, 25, 26, 35
)

// guestOf compiles a guest that imports all of WASI, and whose requests go out by a client.
func guestOf(t *testing.T, opts ...host.Option) *puppet.Plugin {
	t.Helper()
	p := puppet.Compile(t, false, wasi.Host(opts...))
	puppet.Settles(t)
	return p
}

// plain is a client that keeps no connection.
func plain() *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
}

// raw serves each connection by a function, and counts connections.
func raw(t *testing.T, serve func(c net.Conn)) (authority string, count *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	count = &atomic.Int64{}
	done := make(chan struct{})
	conns := make(chan net.Conn, 100_000)
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			count.Add(1)
			conns <- c
			go serve(c)
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
		close(conns)
		for c := range conns {
			_ = c.Close()
		}
	})
	return l.Addr().String(), count
}

// answers reads the head of a request, and answers with text.
func answers(text string) func(net.Conn) {
	return func(c net.Conn) {
		defer c.Close()
		if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
			_, _ = io.WriteString(c, text)
		}
	}
}

// silent reads what comes, and answers nothing.
func silent(c net.Conn) {
	defer c.Close()
	_, _ = io.Copy(io.Discard, c)
}

// newRequest makes a GET of a URL without a scheme.
func newRequest(t *testing.T, g *puppet.Guest, authority, path string, fields ...string) uint64 {
	t.Helper()
	list := g.Call(makes + "fields")
	for n := 0; n < len(fields); n += 2 {
		name, size := g.Text(fields[n])
		value, length := g.Text(fields[n+1])
		g.OK(methods+"fields.append", list, name, size, value, length)
	}
	r := g.Call(makes+"outgoing-request", list)
	at, n := g.Text(authority)
	set(t, g, methods+"outgoing-request.set-authority", r, 1, at, n)
	set(t, g, methods+"outgoing-request.set-scheme", r, 1, 0, 0, 0)
	at, n = g.Text(path)
	set(t, g, methods+"outgoing-request.set-path-with-query", r, 1, at, n)
	return r
}

func set(t *testing.T, g *puppet.Guest, name string, params ...uint64) {
	t.Helper()
	if g.Call(name, params...) != 0 {
		t.Fatalf("%s fails", name)
	}
}

// send sends a request, and returns its future.
func send(g *puppet.Guest, request uint64) uint64 { return g.U32(g.OK(handle, request, 0, 0) + 8) }

// wait waits for a future, and returns its response or the error's place.
func wait(g *puppet.Guest, future uint64) (response uint64, ok bool, code uint64) {
	ready := g.Call(methods+"future-incoming-response.subscribe", future)
	g.Call(block, ready)
	g.Call("wasi:io/poll#[resource-drop]pollable", ready)
	at := g.Room(64)
	g.Call(methods+"future-incoming-response.get", future, at)
	if g.U8(at+16) != 0 {
		return 0, false, g.U8(at + 24)
	}
	return g.U32(at + 24), true, 0
}

// fails sends a request and checks the place of its error.
func fails(t *testing.T, g *puppet.Guest, want uint64, request uint64) {
	t.Helper()
	ok, at := g.Result(handle, request, 0, 0)
	code := g.U8(at + 8)
	if ok {
		_, ok, code = wait(g, g.U32(at+8))
	}
	if ok || code != want {
		t.Errorf("ok %v, error %d; want error %d", ok, code, want)
	}
}

// incomingOf returns the body of a response and its stream.
func incomingOf(g *puppet.Guest, response uint64) (body, in uint64) {
	body = g.Own(methods+"incoming-response.consume", response)
	return body, g.Own(methods+"incoming-body.stream", body)
}

// What is not a header does not get into one, in whatever way the guest makes fields.
func TestHostileFields(t *testing.T) {
	const immutable, invalid, forbidden = 2, 0, 1
	p := guestOf(t)
	g := p.Start(t)
	fields := g.Call(makes + "fields")
	for _, c := range []struct {
		name, value string
		want        uint64
	}{
		{"x", "a\r\nhost: evil", invalid}, {"x", "a\nb", invalid}, {"x", "a\rb", invalid}, {"x", "a\x00b", invalid}, {"x", "\x7f", invalid},
		{"x", "\x0b", invalid}, {"x\r\nhost", "evil", invalid}, {"x:", "a", invalid}, {"x y", "a", invalid}, {"", "a", invalid},
		{"x\x00", "a", invalid}, {"ｈost", "a", invalid}, {" x", "a", invalid}, {"x ", "a", invalid}, {"x\t", "a", invalid}, {"(x)", "a", invalid},
		{":authority", "evil", invalid}, {":path", "/", invalid},
		{"host", "evil", forbidden}, {"Host", "evil", forbidden}, {"HOST", "evil", forbidden}, {"connection", "close", forbidden},
		{"Transfer-Encoding", "chunked", forbidden}, {"transfer-encoding", "identity", forbidden}, {"upgrade", "h2c", forbidden},
		{"keep-alive", "1", forbidden}, {"proxy-connection", "close", forbidden}, {"Proxy-Authorization", "x", forbidden},
		{"proxy-authenticate", "x", forbidden}, {"http2-settings", "x", forbidden},
		{"content-length", "+5", invalid}, {"content-length", "-1", invalid}, {"content-length", " 5", invalid}, {"content-length", "5 ", invalid},
		{"content-length", "5,5", invalid}, {"content-length", "0x5", invalid}, {"content-length", "", invalid}, {"content-length", "5.0", invalid},
		{"content-length", "9999999999999999999", invalid}, {"Content-Length", "1e3", invalid}, {"content-length", "५", invalid},
	} {
		name, n := g.Text(c.name)
		value, m := g.Text(c.value)
		one := g.Room(16)
		g.Call("fill", one, 4, 1, value)
		g.Call("fill", one+4, 4, 1, m)
		entry := g.Room(16)
		g.Call("fill", entry, 4, 1, name)
		g.Call("fill", entry+4, 4, 1, n)
		g.Call("fill", entry+8, 4, 1, value)
		g.Call("fill", entry+12, 4, 1, m)
		t.Run(fmt.Sprintf("%q %q", c.name, c.value), func(t *testing.T) {
			g.Fails(1, c.want, methods+"fields.append", fields, name, n, value, m)
			g.Fails(1, c.want, methods+"fields.set", fields, name, n, one, 1)
			g.Fails(4, c.want, "wasi:http/types#[static]fields.from-list", entry, 1)
		})
	}
	length, n := g.Text("content-length")
	five, m := g.Text("5")
	g.OK(methods+"fields.append", fields, length, n, five, m)
	six, _ := g.Text("6")
	g.Fails(1, invalid, methods+"fields.append", fields, length, n, six, m)
	request := g.Call(makes+"outgoing-request", fields)
	view := g.Call(methods+"outgoing-request.headers", request)
	g.Fails(1, immutable, methods+"fields.append", view, length, n, five, m)
	g.Fails(1, immutable, methods+"fields.delete", view, length, n)
	g.Trap("before 1 resources", drops+"outgoing-request", request)
}

// The line of a request has one form.
func TestHostileRequestLine(t *testing.T) {
	g := guestOf(t).Start(t)
	r := g.Call(makes+"outgoing-request", g.Call(makes+"fields"))
	for name, bad := range map[string][]string{
		"set-path-with-query": {"x", "/ HTTP/1.1\r\nHost: evil", "/a b", "/\x00", "/\t", "http://evil/", "/a#b", "*", "@evil/", "\\evil"},
		"set-authority": {"", "evil@host", "host:0", "host:65536", "host:+80", "host: 80", "a b", "host\r\n", "host/path", "host?", "host#", "[::1", "::1", "[::1%25lo]:80",
			"[host]", "user:pass@host:80", "host:80:80", "\x00", "höst", strings.Repeat("a", 300)},
	} {
		for _, text := range bad {
			at, n := g.Text(text)
			if g.Call(methods+"outgoing-request."+name, r, 1, at, n) == 0 {
				t.Errorf("%s %q is ok", name, text)
			}
		}
	}
	for _, method := range []string{"", "GET /x HTTP/1.1\r\nHost: evil\r\n\r\n", "A B", "G\x00T", "GET\t", "(", "GËT"} {
		at, n := g.Text(method)
		if g.Call(methods+"outgoing-request.set-method", r, 9, at, n) == 0 {
			t.Errorf("the method %q is ok", method)
		}
	}
	for _, scheme := range []string{"", "1http", "ht tp", "http:", "http://x"} {
		at, n := g.Text(scheme)
		if g.Call(methods+"outgoing-request.set-scheme", r, 1, 2, at, n) == 0 {
			t.Errorf("the scheme %q is ok", scheme)
		}
	}
	// A text in a request takes memory of the host. It is bounded, for one and for all.
	large := g.Room(200 << 10)
	for name, c := range map[string]struct {
		word   uint64
		params func(r, size uint64) []uint64
	}{
		"set-path-with-query": {0x2f2f2f2f, func(r, size uint64) []uint64 { return []uint64{r, 1, large, size} }},
		"set-method":          {0x41414141, func(r, size uint64) []uint64 { return []uint64{r, 9, large, size} }},
		"set-scheme":          {0x61616161, func(r, size uint64) []uint64 { return []uint64{r, 1, 2, large, size} }},
	} {
		t.Run(name, func(t *testing.T) {
			g.Call("fill", large, 4, 50<<10, c.word)
			made := func(size uint64) (request uint64, ok bool) {
				r := g.Call(makes+"outgoing-request", g.Call(makes+"fields"))
				return r, g.Call(methods+"outgoing-request."+name, c.params(r, size)...) == 0
			}
			if _, ok := made(200 << 10); ok {
				t.Error("200 KiB are ok")
			}
			var held []uint64
			for range 1000 {
				r, ok := made(100 << 10)
				if !ok {
					break
				}
				held = append(held, r)
			}
			if len(held) > 100 || len(held) < 50 {
				t.Errorf("%d texts of 100 KiB are held", len(held))
			}
			for _, r := range held {
				g.Call(drops+"outgoing-request", r)
			}
		})
	}
}

// What goes over the wire is one request, whatever the guest says about its length.
func TestHostileWire(t *testing.T) {
	p := guestOf(t, wasihttp.Client(plain(), any1))
	got := make(chan string, 100)
	authority, _ := raw(t, func(c net.Conn) {
		defer c.Close()
		r := bufio.NewReader(c)
		text := ""
		for !strings.HasSuffix(text, "\r\n\r\n") {
			line, err := r.ReadString('\n')
			text += line
			if err != nil {
				got <- text
				return
			}
		}
		if strings.Contains(text, "chunked") {
			for !strings.Contains(text, "0\r\n") || !strings.HasSuffix(text, "\r\n\r\n") {
				line, err := r.ReadString('\n')
				if text += line; err != nil {
					break
				}
			}
		} else if strings.Contains(strings.ToLower(text), "content-length: 5") {
			b := make([]byte, 5)
			n, _ := io.ReadFull(r, b)
			text += string(b[:n])
		}
		got <- text
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	})
	g := p.Start(t)
	writes := func(request uint64, size int, finish bool) (sent bool) {
		body := g.Own(methods+"outgoing-request.body", request)
		out := g.Own(methods+"outgoing-body.write", body)
		future := send(g, request)
		at := g.Put([]byte(strings.Repeat("x", size)))
		ok := true
		if size > 0 {
			ok, _ = g.Result(outputs+"blocking-write-and-flush", out, at, uint64(size))
		}
		g.Call("wasi:io/streams#[resource-drop]output-stream", out)
		if finish {
			done, _ := g.Result("wasi:http/types#[static]outgoing-body.finish", body, 0, 0)
			ok = ok && done
		} else {
			g.Call(drops+"outgoing-body", body)
		}
		_, answered, _ := wait(g, future)
		return ok && answered
	}
	for name, c := range map[string]struct {
		fields []string
		size   int
		finish bool
		ok     bool
		want   string
	}{
		"exact":               {[]string{"content-length", "5"}, 5, true, true, "\r\n\r\nxxxxx"},
		"too short":           {[]string{"content-length", "5"}, 3, true, false, ""},
		"too long":            {[]string{"content-length", "5"}, 10, true, false, ""},
		"given up":            {[]string{"content-length", "5"}, 3, false, false, ""},
		"chunked, given up":   {nil, 3, false, false, ""},
		"chunked":             {nil, 3, true, true, "x\r\n0\r\n\r\n"},
		"expect":              {[]string{"expect", "100-continue"}, 0, true, true, ""},
		"te and trailer":      {[]string{"te", "trailers, chunked", "trailer", "content-length"}, 3, true, true, ""},
		"a field of another":  {[]string{"x", "\tGET / HTTP/1.1"}, 0, true, true, ""},
		"many content-length": {[]string{"content-length", "5", "Content-Length", "5", "CONTENT-LENGTH", "5"}, 5, true, true, "\r\n\r\nxxxxx"},
	} {
		t.Run(name, func(t *testing.T) {
			path := "/" + strings.ReplaceAll(name, " ", "-") + "?query"
			sent := writes(newRequest(t, g, authority, path, c.fields...), c.size, c.finish)
			if sent != c.ok {
				t.Errorf("sent: %v, want %v", sent, c.ok)
			}
			if !sent {
				return
			}
			text := ""
			for !strings.HasPrefix(text, "GET "+path+" ") { // what was not sent may come late
				text = <-got
			}
			head, _, _ := strings.Cut(strings.ToLower(text), "\r\n\r\n")
			lines := strings.Split(head, "\r\n")
			hosts, lengths, codings := 0, 0, 0
			for _, line := range lines[1:] {
				name, _, _ := strings.Cut(line, ":")
				switch name {
				case "host":
					hosts++
				case "content-length":
					lengths++
				case "transfer-encoding":
					codings++
				case "trailer":
					t.Errorf("%q", line)
				}
			}
			if hosts != 1 || lengths+codings > 1 || !strings.HasPrefix(text, "GET "+path+" HTTP/1.1\r\n") || !strings.Contains(text, c.want) {
				t.Errorf("on the wire: %q", text)
			}
		})
	}

	// Trailers that say where the message ends.
	for _, name := range []string{"content-length", "trailer", "te"} {
		request := newRequest(t, g, authority, "/")
		body := g.Own(methods+"outgoing-request.body", request)
		out := g.Own(methods+"outgoing-body.write", body)
		future := send(g, request)
		g.Call("wasi:io/streams#[resource-drop]output-stream", out)
		trailers := g.Call(makes + "fields")
		at, n := g.Text(name)
		value, m := g.Text("5")
		g.OK(methods+"fields.append", trailers, at, n, value, m)
		g.Fails(8, protocolError, "wasi:http/types#[static]outgoing-body.finish", body, 1, trailers)
		if _, ok, _ := wait(g, future); ok {
			t.Errorf("a request with the trailer %s is answered", name)
		}
	}
	// A body that is announced and not there.
	fails(t, g, bodySize, newRequest(t, g, authority, "/", "content-length", "5"))
}

// A guest reaches what it may, and a name is no way round that.
func TestHostileTargets(t *testing.T) {
	authority, count := raw(t, answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
	_, port, _ := net.SplitHostPort(authority)
	targets, err := wasi.ParseTargets("evil.test:*, *.evil.test:*, 192.0.2.1:*")
	if err != nil {
		t.Fatal(err)
	}
	resolvesTo(t, [4]byte{127, 0, 0, 1})
	p := guestOf(t)
	g := p.Start(t, wasihttp.ClientTo(plain(), targets), wasi.DialTCP(targets.Allow), wasi.Resolve(targets.AllowName))
	for target, want := range map[string]uint64{
		authority: denied, "localhost:" + port: denied, "127.1:" + port: denied, "2130706433:" + port: denied, "0x7f000001:" + port: denied,
		"0.0.0.0:" + port: denied, "[::1]:" + port: denied, "[::ffff:127.0.0.1]:" + port: ipProhibited, "[::ffff:7f00:1]:" + port: ipProhibited,
		"evil.test.evil:" + port: denied, "notevil.test:" + port: denied,
		// The owner of the name has it lead to the host itself.
		"evil.test:" + port: ipProhibited, "EVIL.test.:" + port: ipProhibited, "a.evil.test:" + port: ipProhibited,
	} {
		t.Run(target, func(t *testing.T) { fails(t, g, want, newRequest(t, g, target, "/")) })
	}
	// The same by a socket.
	network := g.Call("wasi:sockets/instance-network#instance-network")
	at, n := g.Text("evil.test")
	lookup := g.Own("wasi:sockets/ip-name-lookup#resolve-addresses", network, at, n)
	g.Call(block, g.Call("wasi:sockets/ip-name-lookup#[method]resolve-address-stream.subscribe", lookup))
	g.OK("wasi:sockets/ip-name-lookup#[method]resolve-address-stream.resolve-next-address", lookup)
	var number uint64
	fmt.Sscan(port, &number)
	socket := g.Own("wasi:sockets/tcp-create-socket#create-tcp-socket", 0)
	g.Fails(1, 1, "wasi:sockets/tcp#[method]tcp-socket.start-connect", socket, network, 0, number, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0)
	if count.Load() != 0 {
		t.Errorf("%d connections to what was not allowed", count.Load())
	}
}

// resolvesTo has names of the process resolve to an address, by a server of its own. The
// resolver stays, since lookups may be under way.
func resolvesTo(t *testing.T, address [4]byte) {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	go func() {
		for p := make([]byte, 512); ; {
			n, from, err := c.ReadFrom(p)
			if err != nil {
				return
			}
			end := 12 // of the name in the question
			for end < n && p[end] != 0 {
				end += int(p[end]) + 1
			}
			reply := append([]byte{p[0], p[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, p[12:end+5]...)
			if p[end+2] == 1 { // A
				reply[7] = 1
				reply = append(reply, 0xc0, 12, 0, 1, 0, 1)
				reply = binary.BigEndian.AppendUint32(reply, 60)
				reply = append(append(reply, 0, 4), address[:]...)
			}
			_, _ = c.WriteTo(reply, from)
		}
	}()
	server.Store(c.LocalAddr().String())
}

// server is where lookups of this process go.
var server atomic.Value

func init() {
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		if own, ok := server.Load().(string); ok {
			network, address = "udp4", own
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}}
}
