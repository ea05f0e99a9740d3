package wasi_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/wasi"
	"github.com/witgen/witgen/wasi/cli/v0.2/command"
)

// TestInteropPlain has a library in Rust, whose world does not mention WASI, import all of
// wasi:cli. Without an option it links, runs, and sees nothing.
func TestInteropPlain(t *testing.T) {
	j := newJudge(t)
	wit, err := filepath.Abs(filepath.Join("testdata", "rust", "plain", "plain.wit"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("cargo", "rustc", "--locked", "--quiet", "--release", "--target", "wasm32-wasip2", "--example", "plain", "--", "-C", "link-arg=--component-type="+wit)
	cmd.Dir = filepath.Join("testdata", "rust")
	cmd.Env = append(os.Environ(), "CARGO_TARGET_DIR="+j.tool("cargo"))
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	wasm, err := os.ReadFile(j.tool("cargo/wasm32-wasip2/release/examples/plain.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	w, err := component.DecodeWIT(wasm)
	if err != nil {
		t.Fatal(err)
	}
	imported := map[string]bool{}
	for _, item := range w.Resolve.Worlds[w.World].Imports {
		name, _, _ := strings.Cut(w.Resolve.ItemName(item), "@")
		imported[name] = true
	}
	for _, name := range []string{"environment", "exit", "stdin", "stdout", "stderr", "terminal-input", "terminal-output", "terminal-stdin", "terminal-stdout", "terminal-stderr"} {
		if !imported["wasi:cli/"+name] {
			t.Errorf("the guest does not import wasi:cli/%s", name)
		}
	}
	ctx := context.Background()
	p, err := dynamic.Compile(ctx, wasm)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close(ctx)
	inst, err := p.Instantiate(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	const want = "arguments [], environment [], folder None, input true, output true true, terminals false false false, files Err(NotFound) 0, threads false, connection false"
	if got, err := inst.Call(ctx, "look"); got != want || err != nil {
		t.Errorf("got  %v, %v\nwant %s", got, err, want)
	}
}

// TestInteropReadme does what the README shows of a program in Rust.
func TestInteropReadme(t *testing.T) {
	j := newJudge(t)
	text, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)```rust\n(.*?)```\n\n```console\n\\$ (rustc [^\n]*)\n\\$ witgen (run [^\n]*)\n(.*?)```").FindStringSubmatch(string(text))
	if m == nil {
		t.Fatal("the README has no program in Rust")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "hello.rs"), []byte(m[1]), 0o666); err != nil {
		t.Fatal(err)
	}
	compile := strings.Fields(m[2])
	shell(t, dir, compile[0], compile[1:]...)
	cmd := exec.Command(j.witgen, strings.Fields(m[3])...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != m[4] {
		t.Errorf("witgen %s: %v\n%swant\n%s", m[3], err, out, m[4])
	}
}

// TestInteropBroken has nobody read what programs write.
func TestInteropBroken(t *testing.T) {
	j := newJudge(t)
	wasm := filepath.Join(j.cargo(t), "stdio.wasm")
	binary, err := os.ReadFile(wasm)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	p, err := command.Compile(ctx, binary, wasi.Host())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close(ctx)
	for name, code := range map[string]int{"broken": 0, "broken print": 1} {
		t.Run(name, func(t *testing.T) {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			var theirs, ours bytes.Buffer
			cmd := exec.Command(j.tool("venv/bin/wasmtime"), "run", wasm, name)
			cmd.Stdout, cmd.Stderr = w, &theirs
			if err := cmd.Run(); (err != nil) != (code != 0) {
				t.Errorf("wasmtime: %v", err)
			}
			got, err := wasi.Run(ctx, p, wasi.Args("stdio", name), wasi.Stdout(io.Writer(w)), wasi.Stderr(&ours))
			if got != code || (err != nil) != (code != 0) {
				t.Errorf("status %d, %v; want %d", got, err, code)
			}
			want, _, _ := strings.Cut(theirs.String(), "Error: failed to run main module")
			if ours.String() != want || want == "" {
				t.Errorf("standard error %q; want %q", &ours, want)
			}
			if err := w.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
