package wasi_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/testing/guestbuild"
	"github.com/witgen/witgen/wasi"
	"github.com/witgen/witgen/wasi/cli/v0.2/command"
)

// programInput is the standard input of the programs below.
var programInput = strings.Repeat("line of some length\n", 300)

// runProgram runs a program with a folder.
func runProgram(t *testing.T, wasm []byte, opts ...host.Option) outcome {
	t.Helper()
	ctx := t.Context()
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	opts = append([]host.Option{wasi.Clock(), wasi.Stdin(strings.NewReader(programInput)), wasi.Stdout(&stdout), wasi.Stderr(&stderr),
		wasi.Args("program.wasm", "one", "two words"), wasi.Env("A", "b"), wasi.Env("C", "d=e"), wasi.Dir(dir, "/data")}, opts...)
	p, err := command.Compile(ctx, wasm, opts...)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close(ctx)
	code, err := wasi.Run(ctx, p)
	if err != nil {
		t.Fatalf("%v\n%s%s", err, &stdout, &stderr)
	}
	return outcome{code, stdout.String(), stderr.String(), contents(t, dir)}
}

// contents returns what a folder holds, with the targets of symbolic links.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, text := path[len(dir):], []byte("folder")
		switch entry.Type() {
		case fs.ModeDir:
		case fs.ModeSymlink:
			var target string
			target, err = os.Readlink(path)
			text = []byte("link to " + target)
		default:
			text, err = os.ReadFile(path)
		}
		all[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestBuiltPreview1: each function of preview 1 answers a program alike, whether the
// host supplies it or the adapter of a component over WASI 0.2.
func TestBuiltPreview1(t *testing.T) {
	for _, c := range guestbuild.Programs(t) {
		t.Run(string(c), func(t *testing.T) {
			core := guestbuild.BuildProgram(t, c, filepath.Join("testdata", "preview1"))
			made := guestbuild.ProgramComponent(t, core)
			decoded, err := binary.Decode(made)
			if err == nil {
				err = component.Validate(decoded)
			}
			if err != nil {
				t.Fatal(err)
			}
			want := runProgram(t, core)
			if lines := strings.Count(want.Stdout, "\n"); want.Code != 9 || lines < 300 {
				t.Errorf("the core module ends with status %d after %d lines:\n%s", want.Code, lines, want.Stdout)
			}
			if diff := cmp.Diff(want, runProgram(t, made)); diff != "" {
				t.Errorf("-core module +component:\n%s", diff)
			}
		})
	}
}

// TestBuiltGuest: a guest that answers calls has of a host what that opens, and nothing
// else, over WASI 0.2 as over the preview 1 of hosts.
func TestBuiltGuest(t *testing.T) {
	dir := filepath.Join("..", "internal", "preview1", "testdata", "guest")
	ctx := t.Context()
	wasm := guestbuild.ComponentizeWASI(t, guestbuild.Build(t, guestbuild.Go, dir), filepath.Join(dir, "world.wit"), "")
	plugin, err := dynamic.Compile(ctx, wasm, wasi.Host())
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(ctx)
	var stdout, stderr bytes.Buffer
	start := func(opts ...host.Option) *dynamic.Instance {
		t.Helper()
		inst, err := plugin.Instantiate(ctx, nil, opts...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { inst.Close(ctx) })
		return inst
	}
	closed := start()
	open := start(wasi.Stdout(&stdout), wasi.Stderr(&stderr), wasi.Args("guest", "x"), wasi.Env("A", "b"), wasi.Dir(t.TempDir(), "/"))
	call := func(inst *dynamic.Instance, name string, args ...any) any {
		t.Helper()
		result, err := inst.Call(ctx, name, args...)
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	if n := call(closed, "seen"); n != uint32(0) {
		t.Errorf("a closed guest sees %d arguments, variables and files", n)
	}
	// Two arguments, a variable, and the folder by two names.
	if n := call(open, "seen"); n != uint32(5) {
		t.Errorf("an open guest sees %d arguments, variables and files", n)
	}
	for _, inst := range []*dynamic.Instance{closed, open} {
		if n := call(inst, "write"); n != uint32(17) {
			t.Errorf("%d bytes are written", n)
		}
		if slept := time.Duration(call(inst, "slept").(uint64)); slept < time.Hour {
			t.Errorf("a sleep of an hour takes %v of a closed clock", slept)
		}
		if n := call(inst, "collect", uint32(20_000)).(uint32); n == 0 {
			t.Error("the guest collects no garbage")
		}
	}
	if got := stdout.String() + stderr.String(); got != "nobody sees this\nnor this\n" {
		t.Errorf("the guest writes %q", got)
	}
	if call(closed, "random") == call(open, "random") {
		t.Error("random numbers repeat")
	}
	_, err = open.Call(ctx, "exit")
	var exit *host.ExitError
	if !errors.As(err, &exit) || exit.Code != 3 {
		t.Errorf("os.Exit(3) gives %v", err)
	}
}
