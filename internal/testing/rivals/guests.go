package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// errMissing is the error of a row whose tools are not there.
var errMissing = errors.New("not measured")

// workshop builds guests and witgen's command, each when it is first needed.
type workshop struct {
	root string // the folder of witgen's module
	dir  string // for what is built

	witgen, tinygo, rust, scientific func() (string, error)
}

func newWorkshop(root, dir string) *workshop {
	w := &workshop{root: root, dir: dir}
	w.witgen = sync.OnceValues(func() (string, error) {
		out := filepath.Join(dir, "witgen")
		return out, w.command([]string{"CGO_ENABLED=0"}, root, "go", "build", "-o", out, "./cmd/witgen")
	})
	w.tinygo = sync.OnceValues(func() (string, error) {
		return w.build("tinygo-handler.wasm", "wasi/wit", "wasi:http/proxy", "./examples/http/guest")
	})
	w.scientific = sync.OnceValues(func() (string, error) {
		return w.build("scientific.wasm", "examples/calculator/wit", "scientific", "./examples/calculator/scientific")
	})
	w.rust = sync.OnceValues(func() (string, error) {
		if _, err := exec.LookPath("cargo"); err != nil {
			return "", fmt.Errorf("%w: cargo is not installed", errMissing)
		}
		target := filepath.Join(dir, "cargo")
		err := w.command([]string{"CARGO_TARGET_DIR=" + target}, filepath.Join(root, "wasi", "testdata", "rust"),
			"cargo", "build", "--locked", "--quiet", "--release", "--target", "wasm32-wasip2", "--lib")
		return filepath.Join(target, "wasm32-wasip2", "release", "handler.wasm"), err
	})
	return w
}

// command runs a command that must not fail.
func (w *workshop) command(env []string, dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %q: %w\n%s", name, args, err, out)
	}
	return nil
}

// build has witgen build a component by TinyGo.
func (w *workshop) build(name, wit, world, guest string) (string, error) {
	tinygo := os.Getenv("WITGEN_TINYGO")
	if tinygo == "" || tinygo == "skip" {
		return "", fmt.Errorf("%w: WITGEN_TINYGO names no TinyGo", errMissing)
	}
	witgen, err := w.witgen()
	if err != nil {
		return "", err
	}
	out := filepath.Join(w.dir, name)
	return out, w.command(nil, w.root, witgen, "build", "--compiler", "tinygo", "--wit", wit, "--world", world, "-o", out, guest)
}

// program has rustc build a program of the folder programs.
func (w *workshop) program(name string) (string, error) {
	if _, err := exec.LookPath("rustc"); err != nil {
		return "", fmt.Errorf("%w: rustc is not installed", errMissing)
	}
	out := filepath.Join(w.dir, name+".wasm")
	return out, w.command(nil, filepath.Join(w.root, "internal", "testing", "rivals"), "rustc", "--edition", "2021", "-O", "-C", "strip=symbols",
		"--target", "wasm32-wasip2", "-o", out, filepath.Join("programs", name+".rs"))
}

// interop returns the path of a tool of scripts/interop.
func (w *workshop) interop(tool string) (string, error) {
	dir := os.Getenv("WITGEN_INTEROP")
	if dir == "" {
		return "", fmt.Errorf("%w: WITGEN_INTEROP names no folder with %s", errMissing, tool)
	}
	return filepath.Join(dir, tool), nil
}

// wasmtime returns wasmtime's command, as PyPI has it: without the script of Python around
// it, which would count in the time of a process.
func (w *workshop) wasmtime() (string, error) {
	pattern, err := w.interop("venv/lib/python*/site-packages/wasmtime_cli/wasmtime")
	if err != nil {
		return "", err
	}
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("%w: %s names %d files", errMissing, pattern, len(found))
	}
	return found[0], nil
}
