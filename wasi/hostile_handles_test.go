package wasi_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/internal/testing/puppet"
	"github.com/witgen/witgen/wasi"
)

// resource is one of a graph: its handle, how it is dropped, and the places of those in the
// graph that it depends on.
type resource struct {
	handle  uint64
	drop    string
	parents []int
}

// Resources that depend on others are dropped before them, in whatever order. Any other
// order ends the guest, and whatever is left then is closed with it.
func TestHostileDropOrders(t *testing.T) {
	p := hostilePlugin(t, wasi.DialTCP(all), wasi.UDP(all), wasi.Clock(), wasi.Linger(1), wasi.Dir(t.TempDir(), "/"))
	l := listener(t)
	pollable := func(g *puppet.Guest, subscribe string, of uint64, parent int) resource {
		return resource{g.Call(subscribe, of), dropPollable, []int{parent}}
	}
	for name, graph := range map[string]func(g *puppet.Guest) []resource{
		"a connection": func(g *puppet.Guest) []resource {
			socket, in, out := connects(t, g, l)
			return []resource{
				{socket, dropTCP, nil}, {in, dropIn, []int{0}}, {out, dropOut, []int{0}},
				pollable(g, inputStream+"subscribe", in, 1), pollable(g, outputStream+"subscribe", out, 2), pollable(g, tcp+"subscribe", socket, 0),
			}
		},
		"datagrams": func(g *puppet.Guest) []resource {
			socket := udpSocket(t, g, v4(127, 0, 0, 1, 0))
			in, out := udpStreams(g, socket)
			return []resource{
				{socket, dropUDP, nil}, {in, dropUDPIn, []int{0}}, {out, dropUDPOut, []int{0}},
				pollable(g, "wasi:sockets/udp#[method]incoming-datagram-stream.subscribe", in, 1), pollable(g, udp+"subscribe", socket, 0),
			}
		},
		"files": func(g *puppet.Guest) []resource {
			dir := preopened(g)
			at, n := g.Text("file")
			file := g.Own(descriptor+"open-at", dir, 0, at, n, 1, 3)
			in, out := g.Own(descriptor+"read-via-stream", file, 0), g.Own(descriptor+"write-via-stream", file, 0)
			return []resource{
				{dir, dropDescriptor, nil}, {file, dropDescriptor, nil}, {in, dropIn, nil}, {out, dropOut, nil},
				pollable(g, inputStream+"subscribe", in, 2),
			}
		},
		"the standard streams": func(g *puppet.Guest) []resource {
			in, out := g.Call("wasi:cli/stdin#get-stdin"), g.Call("wasi:cli/stdout#get-stdout")
			return []resource{
				{in, dropIn, nil}, {out, dropOut, nil}, pollable(g, inputStream+"subscribe", in, 0), pollable(g, inputStream+"subscribe", in, 0),
				pollable(g, outputStream+"subscribe", out, 1),
			}
		},
		"a request": func(g *puppet.Guest) []resource {
			fields := g.Call("wasi:http/types#[constructor]fields")
			request := g.Call("wasi:http/types#[constructor]outgoing-request", fields)
			body := g.Own("wasi:http/types#[method]outgoing-request.body", request)
			out := g.Own("wasi:http/types#[method]outgoing-body.write", body)
			return []resource{
				{request, "wasi:http/types#[resource-drop]outgoing-request", nil},
				{body, "wasi:http/types#[resource-drop]outgoing-body", nil}, {out, dropOut, []int{1}},
				pollable(g, outputStream+"subscribe", out, 2),
				{g.Call("wasi:http/types#[method]outgoing-request.headers", request), "wasi:http/types#[resource-drop]fields", []int{0}},
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := p.Start(t)
			count := len(graph(g))
			g.Close()
			orders(count, func(order []int) {
				g := p.Start(t)
				list := graph(g)
				dropped := make([]bool, count)
				for _, n := range order {
					dependent := slices.IndexFunc(list, func(r resource) bool {
						return slices.Contains(r.parents, n) && !dropped[slices.IndexFunc(list, func(o resource) bool { return o.handle == r.handle && o.drop == r.drop })]
					})
					_, err := g.Try(context.Background(), list[n].drop, list[n].handle)
					var trap *host.Trap
					if dependent >= 0 && (!errors.As(err, &trap) || !strings.Contains(err.Error(), "before")) || dependent < 0 && err != nil {
						t.Errorf("order %v: the drop of %d: %v", order, n, err)
					}
					if err != nil {
						break
					}
					dropped[n] = true
				}
				g.Close()
				for len(l.conns) > 0 {
					check(t, (<-l.conns).Close())
				}
			})
		})
	}
}

// orders calls f with all orders of n things.
func orders(n int, f func([]int)) {
	order := make([]int, n)
	for k := range order {
		order[k] = k
	}
	var permute func(k int)
	permute = func(k int) {
		if k == n {
			f(order)
			return
		}
		for j := k; j < n; j++ {
			order[k], order[j] = order[j], order[k]
			permute(k + 1)
			order[k], order[j] = order[j], order[k]
		}
	}
	permute(0)
}

// A handle that was dropped, that was never there or that is of another type is not one.
func TestHostileHandles(t *testing.T) {
	p := hostilePlugin(t)
	for name, params := range map[string][]uint64{
		inputStream + "read": {1, 8}, outputStream + "check-write": {8}, dropPollable: nil, dropIn: nil,
		descriptor + "stat": {8}, tcp + "is-listening": nil, udp + "subscribe": nil, "wasi:http/types#[method]fields.clone": nil,
		"wasi:http/types#[static]incoming-body.finish": nil, "wasi:io/error#[method]error.to-debug-string": {8},
	} {
		for _, handle := range []uint64{0, 1, 2, 1 << 31, 1<<32 - 1} {
			g := p.Start(t)
			g.Call("wasi:cli/terminal-stdin#get-terminal-stdin", g.Room(8))
			g.Call("wasi:sockets/instance-network#instance-network") // it has handle 1
			g.Trap("handle", name, append([]uint64{handle}, params...)...)
			g.Close()
		}
	}
}
