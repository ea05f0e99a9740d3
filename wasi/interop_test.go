package wasi_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/wasi"
	"github.com/witgen/witgen/wasi/cli/v0.2/command"
)

// outcome is what comes of a run of a program.
type outcome struct {
	Code           int
	Stdout, Stderr string
	Files          map[string]string
}

// TestInteropRust runs programs of Rust's standard library under wasmtime and here, with
// equal results.
func TestInteropRust(t *testing.T) {
	tools := os.Getenv("WITGEN_INTEROP")
	if tools == "" {
		t.Skip("wasmtime is left out: make interop installs and asks it")
	}
	tcp, udp, nobody := echoes(t)
	loopback := func(t wasi.Target) bool { return t.Addr.Addr().IsLoopback() }
	for _, c := range []struct {
		name, program, stdin string
		args                 []string
		opts                 []host.Option
		flags                []string
	}{
		{"env", "env", "", nil, nil, nil},
		{"env with arguments", "env", "", []string{"one", "two words"}, []host.Option{wasi.Env("A", "b"), wasi.Env("C", "d=e")}, []string{"--env", "A=b", "--env", "C=d=e"}},
		{"files", "files", "", nil, nil, nil},
		{"time", "time", "", nil, nil, nil},
		{"copy", "copy", strings.Repeat("some text\n", 100_000), nil, nil, nil},
		{"net", "net", "", []string{tcp, udp, nobody},
			[]host.Option{wasi.DialTCP(loopback), wasi.ListenTCP(loopback), wasi.UDP(loopback), wasi.Resolve(func(name string) bool { return name == "localhost" })},
			[]string{"-S", "inherit-network", "-S", "allow-ip-name-lookup"}},
		{"net without a network", "net", "", []string{tcp, udp, nobody}, nil, []string{"-S", "tcp=n", "-S", "udp=n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			wasm := rust(t, c.program)
			theirs, theirFolder := folders(t)
			ours, ourFolder := folders(t)

			flags := append([]string{"run", "--dir", theirs + "::/data", "--dir", theirFolder + "::/fixed"}, c.flags...)
			flags = append(append(flags, wasm), c.args...)
			cmd := exec.Command(filepath.Join(tools, "venv", "bin", "wasmtime"), flags...)
			var stdout, stderr bytes.Buffer
			cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(c.stdin), &stdout, &stderr
			var exit *exec.ExitError
			if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			want := outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), tree(t, theirs)}

			binary, err := os.ReadFile(wasm)
			if err != nil {
				t.Fatal(err)
			}
			ctx := context.Background()
			var out, errs bytes.Buffer
			p, err := command.Compile(ctx, binary, append(c.opts, wasi.Clock(), wasi.Stdin(strings.NewReader(c.stdin)), wasi.Stdout(&out), wasi.Stderr(&errs),
				wasi.Args(append([]string{filepath.Base(wasm)}, c.args...)...), wasi.Dir(ours, "/data"), wasi.ReadOnlyDir(ourFolder, "/fixed"))...)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close(ctx)
			code, err := wasi.Run(ctx, p)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, outcome{code, out.String(), errs.String(), tree(t, ours)}); diff != "" {
				t.Errorf("-wasmtime +witgen:\n%s", diff)
			}
		})
	}
}

// rust builds a program of testdata.
func rust(t *testing.T, name string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), name+".wasm")
	if text, err := exec.Command("rustc", "--target", "wasm32-wasip2", "-O", "-o", out, filepath.Join("testdata", "rust", name+".rs")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return out
}

// folders makes an empty folder, and one with a file.
func folders(t *testing.T) (empty, fixed string) {
	t.Helper()
	empty, fixed = t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(fixed, "text"), []byte("fixed"), 0o666); err != nil {
		t.Fatal(err)
	}
	return empty, fixed
}

// tree returns what a folder holds.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			all[path] = "folder"
			return err
		}
		text, err := fs.ReadFile(root, path)
		all[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// echoes returns the addresses of an echo for TCP, one for UDP, and one where nobody
// listens.
func echoes(t *testing.T) (tcp, udp, nobody string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				var all bytes.Buffer
				_, _ = all.ReadFrom(conn)
				_, _ = conn.Write(all.Bytes())
			}()
		}
	}()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { packets.Close() })
	go func() {
		b := make([]byte, 1500)
		for {
			n, from, err := packets.ReadFrom(b)
			if err != nil {
				return
			}
			_, _ = packets.WriteTo(b[:n], from)
		}
	}()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer free.Close()
	return listener.Addr().String(), packets.LocalAddr().String(), free.Addr().String()
}
