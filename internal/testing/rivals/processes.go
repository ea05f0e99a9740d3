package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/witgen/witgen/wasi"
	"github.com/witgen/witgen/wasi/cli/v0.2/command"
)

// process returns a side that runs a command to its end, whose use of the processor and of
// memory it adds to u.
func process(name string, u *usage, args ...string) *side {
	return &side{name: name, used: u, run: func() error {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%q: %w", args, err)
		}
		u.cpu = append(u.cpu, float64(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()))
		if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			u.memory = append(u.memory, float64(r.Maxrss)*1024)
		}
		return nil
	}}
}

// usage is what the processes of a side have used.
type usage struct{ cpu, memory []float64 } // times, and bytes at most

// String returns the medians. The kernel counts the memory of this process, too, when it
// starts another, so that it knows nothing of processes that have less.
func (u *usage) String() string {
	text := "CPU " + digits(time.Duration(median(u.cpu)))
	var own syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err == nil && median(u.memory) > float64(own.Maxrss)*1024 {
		text += ", " + size(median(u.memory))
	}
	return text
}

// fewer is how many pairs of processes a row has for n pairs of calls.
func fewer(n int) int { return max(1, n/3) }

// program100 compares witgen run and wasmtime run of a program, with compiled code from
// disk. Its standard output is the null device, and the folder /data has a file of 100 MB.
func (w *workshop) program100(pairs int, name string) (result, error) {
	wasmtime, err := w.wasmtime()
	if err != nil {
		return result{}, err
	}
	witgen, err := w.witgen()
	if err != nil {
		return result{}, err
	}
	wasm, err := w.program(name)
	if err != nil {
		return result{}, err
	}
	data := filepath.Join(w.dir, "data")
	if err := os.MkdirAll(data, 0o777); err != nil {
		return result{}, err
	}
	if err := large(filepath.Join(data, "large")); err != nil {
		return result{}, err
	}
	compiled := wasm + ".compiled"
	if err := w.command(nil, w.dir, wasmtime, "compile", "-o", compiled, wasm); err != nil {
		return result{}, err
	}
	return compare(fewer(pairs),
		process("witgen run", &usage{}, witgen, "run", "--cache", filepath.Join(w.dir, "cache"), "--dir", data+"::/data", wasm),
		process("wasmtime run", &usage{}, wasmtime, "run", "--allow-precompiled", "--dir", data+"::/data", compiled))
}

// large writes a file of 100 MB, in pieces: what this process has in memory counts for the
// processes that it starts.
func large(name string) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	piece := make([]byte, 1_000_000)
	for range 100 {
		if _, err := f.Write(piece); err != nil {
			return err
		}
	}
	return nil
}

// python compares the compilation of a component with CPython in it.
func (w *workshop) python(pairs int) (result, error) {
	wasmtime, err := w.wasmtime()
	if err != nil {
		return result{}, err
	}
	componentize, err := w.interop("venv/bin/componentize-py")
	if err != nil {
		return result{}, err
	}
	wasm := filepath.Join(w.dir, "python.wasm")
	app := filepath.Join("testdata", "python")
	if err := w.command(nil, filepath.Join(w.root, "wasi"), componentize, "--quiet", "-d", "wit", "-d", app, "-w", "judge:python/both",
		"componentize", "-p", app, "app", "-o", wasm); err != nil {
		return result{}, err
	}
	self, err := os.Executable()
	if err != nil {
		return result{}, err
	}
	return compare(max(1, fewer(pairs)/4),
		process("Compile", &usage{}, self, "-compile", wasm),
		process("wasmtime compile", &usage{}, wasmtime, "compile", "-o", wasm+".compiled", wasm))
}

// compile compiles a component of wasi:cli/command, and runs nothing.
func compile(file string) error {
	ctx := context.Background()
	wasm, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	plugin, err := command.Compile(ctx, wasm, wasi.Host())
	if err != nil {
		return err
	}
	return plugin.Close(ctx)
}
