package wasihttp_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/puppet"
	"github.com/witgen/witgen/wasi"
	"github.com/witgen/witgen/wasi/transport"
	"github.com/witgen/witgen/wasi/wasihttp"
)

// Requests on their way are bounded, and gone with the guest.
func TestHostileRequests(t *testing.T) {
	p := guestOf(t, wasihttp.Client(plain(), any1))
	authority, _ := raw(t, silent)
	for name, end := range map[string]func(g *puppet.Guest, futures []uint64){
		"close": func(g *puppet.Guest, _ []uint64) { g.Close() },
		"drop": func(g *puppet.Guest, futures []uint64) {
			for _, f := range futures {
				g.Call(drops+"future-incoming-response", f)
			}
			send(g, newRequest(t, g, authority, "/"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := p.Start(t)
			var futures []uint64
			for range 256 {
				futures = append(futures, send(g, newRequest(t, g, authority, "/")))
			}
			fails(t, g, limitReached, newRequest(t, g, authority, "/"))
			if ok, _ := g.Result(methods+"outgoing-request.body", newRequest(t, g, authority, "/")); ok {
				t.Error("a body beyond the bound")
			}
			end(g, futures)
		})
	}
	// One after the other, in the thousands.
	quick, count := raw(t, answers("HTTP/1.1 204 No Content\r\n\r\n"))
	g := p.Start(t)
	for range 1000 {
		f := send(g, newRequest(t, g, quick, "/"))
		g.Call(drops+"future-incoming-response", f)
	}
	if n := count.Load(); n > 1000 {
		t.Errorf("%d connections", n)
	}
}

// Responses that a guest keeps are charged, with what it does not look at.
func TestHostileResponses(t *testing.T) {
	p := guestOf(t, wasihttp.Client(plain(), any1))
	large, _ := raw(t, answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: "+strings.Repeat("x", 100<<10)+"\r\n\r\n"))
	huge, _ := raw(t, answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: "+strings.Repeat("x", 200<<10)+"\r\n\r\n"))
	endlessHead, _ := raw(t, func(c net.Conn) {
		defer c.Close()
		_, err := io.WriteString(c, "HTTP/1.1 200 OK\r\n")
		for err == nil {
			_, err = io.WriteString(c, "X: "+strings.Repeat("x", 10_000)+"\r\n")
		}
	})
	hints, _ := raw(t, func(c net.Conn) {
		defer c.Close()
		for n := 0; n < 10_000; n++ {
			if _, err := io.WriteString(c, "HTTP/1.1 103 Early Hints\r\nX: "+strings.Repeat("x", 1000)+"\r\n\r\n"); err != nil {
				return
			}
		}
	})
	g := p.Start(t)
	kept := 0
	for ; kept < 1000; kept++ {
		r := newRequest(t, g, large, "/")
		response, ok, code := wait(g, send(g, r))
		if !ok {
			if code != headSize {
				t.Errorf("error %d, want %d", code, headSize)
			}
			break
		}
		if kept == 0 {
			g.Call(drops+"incoming-response", response) // gives its charge back
		}
	}
	if kept > 100 || kept < 50 {
		t.Errorf("%d responses of 100 KiB of headers are kept", kept)
	}
	g = p.Start(t)
	fails(t, g, headSize, newRequest(t, g, huge, "/"))
	for _, from := range []string{endlessHead, hints} {
		if _, ok, _ := wait(g, send(g, newRequest(t, g, from, "/"))); ok {
			t.Error("a head without end is a response")
		}
	}
}

// What a server says breaks nothing.
func TestHostileServers(t *testing.T) {
	p := guestOf(t, wasihttp.Client(plain(), any1))
	g := p.Start(t)
	for text, want := range map[string]string{
		"": "error", "x": "error", "HTTP/1.1 1000 X\r\n\r\n": "error", "HTTP/1.1 -20 X\r\n\r\n": "error", "HTTP/9.9 200 OK\r\n\r\n": "any",
		"HTTP/1.1 000 X\r\nContent-Length: 0\r\n\r\n": "any", "HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n": "end", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nraw": "any",
		"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort": "broken", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n": "error",
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nxxxxxx": "error", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nxxxHTTP/1.1 200 OK\r\n\r\n": "end",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n": "broken", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nx": "broken",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab": "broken", "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 1\r\n\r\nx": "any",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n0\r\nX: y\r\nHost: evil\r\n\r\n": "end",
		"HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n": "error", "HTTP/1.1 200 OK\r\nX\r\n\r\n": "error", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nxxxxx": "any",
		"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n": "end", "HTTP/1.1 301 Moved\r\nLocation: :\x00\r\nContent-Length: 0\r\n\r\n": "any",
	} {
		t.Run(fmt.Sprintf("%.60q", text), func(t *testing.T) {
			authority, _ := raw(t, answers(text))
			future := send(g, newRequest(t, g, authority, "/"))
			response, ok, _ := wait(g, future)
			got := "error"
			if ok {
				body, in := incomingOf(g, response)
				for got = ""; got == ""; {
					if read, at := g.Result(inputs+"blocking-read", in, 1<<20); !read {
						got = []string{"broken", "end"}[g.U8(at+4)]
					}
				}
				g.Call("wasi:io/streams#[resource-drop]input-stream", in)
				trailers := g.Call("wasi:http/types#[static]incoming-body.finish", body)
				g.Call(drops+"future-trailers", trailers)
				g.Call(drops+"incoming-response", response)
			}
			// Another get has nothing more.
			again := g.Room(64)
			g.Call(methods+"future-incoming-response.get", future, again)
			if g.U8(again) != 1 || g.U8(again+8) != 1 {
				t.Error("a second get has a result")
			}
			g.Call(drops+"future-incoming-response", future)
			if want != "any" && got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// waits checks that a call that would wait for ever ends with its context.
func waits(t *testing.T, g *puppet.Guest, name string, params ...uint64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	_, err := g.Try(ctx, name, params...)
	var limit *host.LimitError
	if !errors.As(err, &limit) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%s: %v; want the end of the context", name, err)
	}
}

// A call that waits for a server ends with its context, and so does what it has begun.
func TestHostileSlowServers(t *testing.T) {
	p := guestOf(t, wasihttp.Client(plain(), any1), wasi.Clock())
	hangs, _ := raw(t, silent)
	// An answer whose body has a first byte and no second.
	stalls, _ := raw(t, func(c net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx")
		}
	})
	endless, _ := raw(t, func(c net.Conn) {
		defer c.Close()
		if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
			_, err = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
			for p := make([]byte, 10_000); err == nil; {
				_, err = c.Write(p)
			}
		}
	})
	deaf, _ := raw(t, func(net.Conn) {})
	for name, attack := range map[string]func(t *testing.T, g *puppet.Guest){
		"response": func(t *testing.T, g *puppet.Guest) {
			waits(t, g, block, g.Call(methods+"future-incoming-response.subscribe", send(g, newRequest(t, g, hangs, "/"))))
		},
		"body": func(t *testing.T, g *puppet.Guest) {
			response, _, _ := wait(g, send(g, newRequest(t, g, stalls, "/")))
			_, in := incomingOf(g, response)
			g.OK(inputs+"blocking-read", in, 10)
			waits(t, g, inputs+"blocking-read", in, 10, g.Room(16))
		},
		"trailers": func(t *testing.T, g *puppet.Guest) {
			response, _, _ := wait(g, send(g, newRequest(t, g, stalls, "/")))
			body, in := incomingOf(g, response)
			g.Call("wasi:io/streams#[resource-drop]input-stream", in)
			trailers := g.Call("wasi:http/types#[static]incoming-body.finish", body)
			waits(t, g, block, g.Call(methods+"future-trailers.subscribe", trailers))
		},
		"trailers of a body without end": func(t *testing.T, g *puppet.Guest) {
			response, _, _ := wait(g, send(g, newRequest(t, g, endless, "/")))
			body, in := incomingOf(g, response)
			g.OK(inputs+"blocking-read", in, 10)
			g.Call("wasi:io/streams#[resource-drop]input-stream", in)
			trailers := g.Call("wasi:http/types#[static]incoming-body.finish", body)
			waits(t, g, block, g.Call(methods+"future-trailers.subscribe", trailers))
		},
		"a body without end is dropped": func(t *testing.T, g *puppet.Guest) {
			response, _, _ := wait(g, send(g, newRequest(t, g, endless, "/")))
			body, in := incomingOf(g, response)
			g.OK(inputs+"blocking-skip", in, 1<<40)
			g.Call("wasi:io/streams#[resource-drop]input-stream", in)
			g.Call(drops+"incoming-body", body)
			g.Call(drops+"incoming-response", response)
		},
		"upload": func(t *testing.T, g *puppet.Guest) {
			request := newRequest(t, g, deaf, "/")
			out := g.Own(methods+"outgoing-body.write", g.Own(methods+"outgoing-request.body", request))
			send(g, request)
			at := g.Room(64 << 10)
			for idle := 0; idle < 10_000; runtime.Gosched() {
				n := g.U64(g.OK(outputs+"check-write", out) + 8)
				if idle++; n > 0 {
					g.OK(outputs+"write", out, at, n)
					idle = 0
				}
			}
			waits(t, g, outputs+"blocking-write-and-flush", out, at, 4096, g.Room(16))
		},
		"a body that nobody sends": func(t *testing.T, g *puppet.Guest) {
			request := newRequest(t, g, deaf, "/")
			out := g.Own(methods+"outgoing-body.write", g.Own(methods+"outgoing-request.body", request))
			at := g.Room(64 << 10)
			g.OK(outputs+"check-write", out)
			g.OK(outputs+"write", out, at, 64<<10)
			waits(t, g, outputs+"blocking-write-and-flush", out, at, 1, g.Room(16))
		},
		"timeouts": func(t *testing.T, g *puppet.Guest) {
			for _, name := range []string{"first-byte", "connect"} {
				options := g.Call(makes + "request-options")
				set(t, g, methods+"request-options.set-"+name+"-timeout", options, 1, 1)
				ok, at := g.Result(handle, newRequest(t, g, hangs, "/"), 1, options)
				if !ok {
					t.Fatal("handle fails")
				}
				if _, ok, _ := wait(g, g.U32(at+8)); ok {
					t.Errorf("%s: a response", name)
				}
			}
			options := g.Call(makes + "request-options")
			set(t, g, methods+"request-options.set-between-bytes-timeout", options, 1, 1_000_000)
			_, at := g.Result(handle, newRequest(t, g, stalls, "/"), 1, options)
			response, _, _ := wait(g, g.U32(at+8))
			_, in := incomingOf(g, response)
			for {
				if ok, _ := g.Result(inputs+"blocking-read", in, 10); !ok {
					break
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) { attack(t, p.Start(t)) })
	}
}

// sends is a transport that is a function.
type sends func(context.Context, *transport.Request) (*transport.Response, error)

func (f sends) Send(ctx context.Context, r *transport.Request) (*transport.Response, error) {
	return f(ctx, r)
}

// brokenBody fails in its Read.
type brokenBody struct{ fail func() }

func (b brokenBody) Read([]byte) (int, error) { b.fail(); return 0, io.EOF }
func (b brokenBody) Close() error             { return nil }

// A function of the host's that does not return ends the guest, and nothing else.
func TestHostileHost(t *testing.T) {
	p := guestOf(t)
	authority, _ := raw(t, answers("HTTP/1.1 204 No Content\r\n\r\n"))
	for how, fail := range map[string]func(){"panic": func() { panic("broken") }, "goexit": runtime.Goexit} {
		for name, option := range map[string]host.Option{
			"transport": wasi.HTTP(sends(func(context.Context, *transport.Request) (*transport.Response, error) { fail(); return nil, nil })),
			"allow":     wasihttp.Client(plain(), func(wasihttp.Request) bool { fail(); return true }),
			"addresses": wasihttp.Client(plain(), any1, wasihttp.Addresses(func(wasi.Target) bool { fail(); return true })),
		} {
			t.Run(how+"/"+name, func(t *testing.T) {
				g := p.Start(t, option)
				future := send(g, newRequest(t, g, authority, "/"))
				g.Call(block, g.Call(methods+"future-incoming-response.subscribe", future))
				g.Trap("host function failed", methods+"future-incoming-response.get", future, g.Room(64))
			})
		}
		t.Run(how+"/body", func(t *testing.T) {
			g := p.Start(t, wasi.HTTP(sends(func(context.Context, *transport.Request) (*transport.Response, error) {
				return &transport.Response{Status: 200, Message: transport.Message{Body: brokenBody{fail}, Length: -1}}, nil
			})))
			response, _, _ := wait(g, send(g, newRequest(t, g, authority, "/")))
			_, in := incomingOf(g, response)
			g.Trap("host function failed", inputs+"blocking-read", in, 10, g.Room(16))
		})
	}
	// A transport without a response and without an error.
	g := p.Start(t, wasi.HTTP(sends(func(context.Context, *transport.Request) (*transport.Response, error) { return nil, nil })))
	fails(t, g, protocolError, newRequest(t, g, authority, "/"))
}
