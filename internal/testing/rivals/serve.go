package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/wasi"
	"github.com/witgen/witgen/wasi/http/v0.2/proxy"
	"github.com/witgen/witgen/wasi/wasihttp"
)

// server is a server in a process of its own.
type server struct {
	cmd     *exec.Cmd
	address string
	output  io.Closer
}

var serving = regexp.MustCompile(`(?i)^serving .*http://([^/]+)/`)

// start starts a server, and waits for the line that tells its address.
func start(args ...string) (*server, error) {
	s := &server{cmd: exec.Command(args[0], args[1:]...)}
	reader, writer := io.Pipe()
	s.output = writer
	s.cmd.Stdout, s.cmd.Stderr = writer, writer
	s.cmd.WaitDelay = time.Second
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = s.cmd.Wait() // It was ended.
		writer.Close()
	}()
	lines := bufio.NewScanner(reader)
	var seen []string
	for lines.Scan() {
		seen = append(seen, lines.Text())
		if m := serving.FindStringSubmatch(lines.Text()); m != nil {
			s.address = m[1]
			go io.Copy(io.Discard, reader)
			return s, nil
		}
	}
	return nil, fmt.Errorf("%q does not serve: %q", args, seen)
}

// end ends the server.
func (s *server) end() { _ = s.cmd.Process.Kill() }

// clients is how many clients a server has at a time.
const clients = 4

// load has clients ask a server for /, each over a connection of its own, until an amount
// of requests is answered, and returns how long each took.
func (s *server) load(requests int) ([]time.Duration, error) {
	var group sync.WaitGroup
	times := make([][]time.Duration, clients)
	errs := make([]error, clients)
	for i := range clients {
		group.Go(func() { times[i], errs[i] = s.client(requests / clients) })
	}
	group.Wait()
	return slices.Concat(times...), errors.Join(errs...)
}

func (s *server) client(requests int) ([]time.Duration, error) {
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	r := bufio.NewReader(conn)
	times := make([]time.Duration, 0, requests)
	for range requests {
		begun := time.Now()
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			return nil, err
		}
		response, err := http.ReadResponse(r, nil)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK || string(body) != "hello\n" {
			return nil, fmt.Errorf("answered with status %d, %q, %v", response.StatusCode, body, err)
		}
		times = append(times, time.Since(begun))
	}
	return times, nil
}

// requests is how many requests a server answers in a turn.
const requests = 1000

// asked returns a side whose runs are turns of requests.
func asked(name string, s *server) *side {
	l := &latency{}
	return &side{name: name, used: l, per: requests, end: s.end, run: func() error {
		times, err := s.load(requests)
		if err != nil {
			return err
		}
		slices.Sort(times)
		l.p99 = append(l.p99, float64(times[len(times)*99/100]))
		return nil
	}}
}

// latency has the 99th percentile of each turn.
type latency struct{ p99 []float64 }

// String returns the median of the turns.
func (l *latency) String() string { return "p99 " + digits(time.Duration(median(l.p99))) }

// answerer serves by net/http: a component by a Handler with host.Fresh, or "plain", the
// same response without a guest.
func answerer(file string) error {
	h := http.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello\n") }))
	if file != plain {
		wasm, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		plugin, err := proxy.Compile(context.Background(), wasm, host.Fresh(), wasi.Host(wasi.Clock()))
		if err != nil {
			return err
		}
		h = wasihttp.Handler(plugin)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "serving http://%s/\n", listener.Addr())
	return http.Serve(listener, h)
}

const plain = "plain"

// serveGo compares a server in Go with wasmtime serve of the handler in Rust.
func (w *workshop) serveGo(pairs int, guest bool) (result, error) {
	wasm, err := w.rust()
	if err != nil {
		return result{}, err
	}
	self, err := os.Executable()
	if err != nil {
		return result{}, err
	}
	if guest {
		return w.against(pairs, "Handler, Fresh", []string{self, "-serve", wasm}, false)
	}
	return w.against(pairs, "net/http without a guest", []string{self, "-serve", plain}, true)
}

// serve compares witgen serve and wasmtime serve of the handler in Rust, with an instance
// for each request or instances that serve one after another.
func (w *workshop) serve(pairs int, reuse bool) (result, error) {
	witgen, err := w.witgen()
	if err != nil {
		return result{}, err
	}
	wasm, err := w.rust()
	if err != nil {
		return result{}, err
	}
	ours := []string{witgen, "serve", "--quiet", "--addr", "127.0.0.1:0"}
	if reuse {
		ours = append(ours, "--reuse")
	}
	return w.against(pairs, "witgen serve", append(ours, wasm), reuse)
}

// against compares a server with wasmtime serve of the handler in Rust.
func (w *workshop) against(pairs int, name string, command []string, reuse bool) (result, error) {
	wasmtime, err := w.wasmtime()
	if err != nil {
		return result{}, err
	}
	wasm, err := w.rust()
	if err != nil {
		return result{}, err
	}
	theirs := []string{wasmtime, "serve", "-S", "cli", "--addr", "127.0.0.1:0"}
	if reuse {
		theirs = append(theirs, "--max-instance-reuse-count", "1000000")
	}
	a, err := start(command...)
	if err != nil {
		return result{}, err
	}
	first := asked(name, a)
	defer first.close()
	b, err := start(append(theirs, wasm)...)
	if err != nil {
		return result{}, err
	}
	second := asked("wasmtime serve", b)
	defer second.close()
	return compare(fewer(pairs), first, second)
}
