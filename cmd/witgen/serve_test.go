//go:build unix

package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// server is a running witgen serve.
type server struct {
	*testing.T
	cmd    *exec.Cmd
	url    string
	client *http.Client
	rest   *bufio.Reader // of standard error
}

// serve starts witgen serve with the handler.
func serve(t *testing.T, wasm string, flags ...string) *server {
	t.Helper()
	args := append([]string{"serve", "--addr", "127.0.0.1:0", "--cache", filepath.Join(filepath.Dir(wasm), "cache")}, flags...)
	s := &server{T: t, cmd: exec.Command("witgen", append(args, wasm)...), client: &http.Client{Transport: &http.Transport{}}}
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if s.cmd.ProcessState == nil {
			_ = s.cmd.Process.Kill()
			_ = s.cmd.Wait()
		}
	})
	s.rest = bufio.NewReader(stderr)
	line, err := s.rest.ReadString('\n')
	m := regexp.MustCompile(`^serving (http://127\.0\.0\.1:\d+)/\n$`).FindStringSubmatch(line)
	if m == nil {
		rest, _ := io.ReadAll(s.rest)
		t.Fatalf("the first line is %q, %v\n%s", line, err, rest)
	}
	s.url = m[1]
	return s
}

// get returns the status and the body of a response.
func (s *server) get(path string) (int, string) {
	s.Helper()
	response, err := s.client.Get(s.url + path)
	if err != nil {
		s.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func (s *server) gets(path string, status int, body string) {
	s.Helper()
	if gotStatus, got := s.get(path); gotStatus != status || got != body {
		s.Errorf("%s: %d %q, want %d %q", path, gotStatus, got, status, body)
	}
}

// end returns the rest of standard error and the exit status.
func (s *server) end() (log string, status int) {
	s.Helper()
	rest, err := io.ReadAll(s.rest)
	if err != nil {
		s.Fatal(err)
	}
	err = s.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.Fatal(err)
	}
	return string(rest), s.cmd.ProcessState.ExitCode()
}

func (s *server) signal() {
	s.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.Fatal(err)
	}
}

// refuses waits until the server takes no more connections.
func (s *server) refuses() {
	for {
		c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			return
		}
		c.Close()
	}
}

// post begins a request whose body goes on until the writer is closed.
func (s *server) post(path string) (*http.Response, *io.PipeWriter) {
	s.Helper()
	body, w := io.Pipe()
	go io.WriteString(w, "first")
	response, err := s.client.Post(s.url+path, "text/plain", body)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { response.Body.Close() })
	first := make([]byte, 5)
	if _, err := io.ReadFull(response.Body, first); err != nil || string(first) != "first" {
		s.Fatalf("the response begins with %q, %v", first, err)
	}
	return response, w
}

func TestServe(t *testing.T) {
	dir := t.TempDir()
	wasm := filepath.Join(dir, "handler.wasm")
	made := guestbuild.BuildComponent(t, guestbuild.Go, "testdata/handler", "../../wasi/wit", "wasi:http/proxy")
	if err := os.WriteFile(wasm, made, 0o666); err != nil {
		t.Fatal(err)
	}

	t.Run("address", func(t *testing.T) {
		out, err := exec.Command("witgen", "serve", "--addr", "nowhere", wasm).CombinedOutput()
		var exit *exec.ExitError
		want := "witgen: --addr nowhere: listen tcp: address nowhere: missing port in address; write HOST:PORT, where PORT 0 is a free one\n"
		if !errors.As(err, &exit) || exit.ExitCode() != 2 || string(out) != want {
			t.Errorf("%v, %s", err, out)
		}
	})

	t.Run("requests", func(t *testing.T) {
		s := serve(t, wasm, "--health", "/healthz", "--fuel", "500000000", "--body", "1KiB")
		s.gets("/healthz", 200, "ok\n")
		s.gets("/count", 200, "1")
		s.gets("/count", 200, "1")
		s.gets("/nowhere?a=b", 404, "")
		s.gets("/trap", 500, "Internal Server Error\n")
		s.gets("/spin", 500, "Internal Server Error\n")
		if status, body := s.get("/fetch/127.0.0.1:1"); status != 200 || !strings.Contains(body, "denied") {
			t.Errorf("a request that is not granted: %d %q", status, body)
		}
		response, err := s.client.Post(s.url+"/echo", "text/plain", bytes.NewReader(make([]byte, 1025)))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != 413 {
			t.Errorf("a long body: status %d", response.StatusCode)
		}
		s.signal()
		log, status := s.end()
		if status != 0 {
			t.Errorf("exit status %d", status)
		}
		for _, want := range []string{
			`level=INFO msg=request method=GET path=/healthz status=200 bytes=3 time=\S+ from=127\.0\.0\.1:\d+\n`,
			`level=INFO msg=request method=GET path="/nowhere\?a=b" status=404 bytes=0 `,
			`level=INFO msg=request method=GET path=/trap status=500 `,
			`level=ERROR msg="the request failed" .*path=/trap .*unreachable`,
			`level=ERROR msg="the request failed" .*path=/spin .*limit reached: fuel`,
		} {
			if !regexp.MustCompile(want).MatchString(log) {
				t.Errorf("the log has no %s:\n%s", want, log)
			}
		}
		if n := strings.Count(log, "msg=request "); n != 8 {
			t.Errorf("%d lines for 8 requests", n)
		}
	})

	t.Run("reuse", func(t *testing.T) {
		s := serve(t, wasm, "--reuse", "--quiet", "--http", "127.0.0.1", "--http", "127.0.0.1:*")
		s.gets("/count", 200, "1")
		s.gets("/count", 200, "2")
		s.gets("/fetch/"+strings.TrimPrefix(s.url, "http://"), 200, "404")
		s.signal()
		if log, status := s.end(); log != "" || status != 0 {
			t.Errorf("exit status %d, log %q", status, log)
		}
	})

	t.Run("timeout", func(t *testing.T) {
		s := serve(t, wasm, "--timeout", "100ms", "--requests", "1")
		s.gets("/spin", 504, "Gateway Timeout\n")
	})

	t.Run("drain", func(t *testing.T) {
		s := serve(t, wasm, "--requests", "1", "--drain", "10m")
		response, body := s.post("/echo")
		if status, _ := s.get("/count"); status != 503 {
			t.Errorf("a second request has status %d", status)
		}
		s.signal()
		s.refuses()
		if _, err := io.WriteString(body, " last"); err != nil {
			t.Fatal(err)
		}
		body.Close()
		if rest, err := io.ReadAll(response.Body); err != nil || string(rest) != " last" {
			t.Errorf("the rest is %q, %v", rest, err)
		}
		if log, status := s.end(); status != 0 {
			t.Errorf("exit status %d\n%s", status, log)
		}
	})

	t.Run("cut", func(t *testing.T) {
		s := serve(t, wasm, "--drain", "1ms")
		s.post("/echo")
		s.signal()
		if log, status := s.end(); status != 1 || !strings.Contains(log, "witgen: requests were cut after --drain 1ms\n") {
			t.Errorf("exit status %d\n%s", status, log)
		}
	})
}
