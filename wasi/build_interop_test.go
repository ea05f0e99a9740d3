package wasi_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// judges returns the folder with wasmtime and jco.
func judges(t *testing.T) string {
	t.Helper()
	tools := os.Getenv("WITGEN_INTEROP")
	if tools == "" {
		t.Skip("wasmtime and jco are left out: make interop installs and asks them")
	}
	return tools
}

// judged runs a command, with the standard input of programs and a folder of which the
// command line has the name at %s.
func judged(t *testing.T, name string, args ...string) outcome {
	t.Helper()
	dir := t.TempDir()
	args = slices.Clone(args)
	for n := range args {
		args[n] = strings.ReplaceAll(args[n], "%s", dir)
	}
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "DATA="+dir)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(programInput), &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), contents(t, dir)}
}

// byWasmtime runs a program as runProgram does.
func byWasmtime(t *testing.T, wasm string) outcome {
	t.Helper()
	return judged(t, filepath.Join(judges(t), "venv", "bin", "wasmtime"), "run", "--dir", "%s::/data", "--env", "A=b", "--env", "C=d=e", wasm, "one", "two words")
}

// byJco runs a program as runProgram does, on Node.
func byJco(t *testing.T, wasm string) outcome {
	t.Helper()
	shim := filepath.Join(judges(t), "node_modules", "@bytecodealliance", "preview2-shim", "dist", "nodejs")
	setup := filepath.Join(t.TempDir(), "setup.mjs")
	text := fmt.Sprintf("import { _setPreopens } from %q;\nimport { _setEnv } from %q;\n_setPreopens({ '/data': process.env.DATA });\n_setEnv({ A: 'b', C: 'd=e' });\n",
		filepath.Join(shim, "filesystem.js"), filepath.Join(shim, "cli.js"))
	if err := os.WriteFile(setup, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return judged(t, "node", filepath.Join(judges(t), "node_modules", ".bin", "jco"), "run", "--jco-import", setup, wasm, "one", "two words")
}

// builtProgram builds a program, has wasm-tools judge the component, and returns the core
// module and the component with its file.
func builtProgram(t *testing.T, c guestbuild.Compiler, name string) (core, made []byte, file string) {
	t.Helper()
	core = guestbuild.BuildProgram(t, c, filepath.Join("testdata", name))
	made = guestbuild.ProgramComponent(t, core)
	file = filepath.Join(t.TempDir(), "program.wasm")
	if err := os.WriteFile(file, made, 0o666); err != nil {
		t.Fatal(err)
	}
	if text, err := exec.Command(filepath.Join(judges(t), "venv", "bin", "wasm-tools"), "validate", file).CombinedOutput(); err != nil {
		t.Fatalf("wasm-tools: %v\n%s", err, text)
	}
	return core, made, file
}

// TestInteropBuiltProgram: a program in Go ends alike as a core module and as a
// component, here and under wasmtime and jco.
func TestInteropBuiltProgram(t *testing.T) {
	judges(t)
	for _, c := range guestbuild.Programs(t) {
		t.Run(string(c), func(t *testing.T) {
			core, made, file := builtProgram(t, c, "goprogram")
			want := runProgram(t, core)
			if want.Code != 3 || !strings.Contains(want.Stdout, "\nrandom <nil> true\n") {
				t.Errorf("the core module ends with status %d and\n%s%s", want.Code, want.Stdout, want.Stderr)
			}
			for who, got := range map[string]outcome{"witgen": runProgram(t, made), "wasmtime": byWasmtime(t, file), "jco": byJco(t, file)} {
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("-core module +%s:\n%s", who, diff)
				}
			}
		})
	}
}

// TestInteropBuiltPreview1: each function of preview 1 answers alike over wasmtime's WASI
// 0.2 and ours, but for a file with a slash behind its name, which wasmtime finds
// (docs/wasi.md).
func TestInteropBuiltPreview1(t *testing.T) {
	judges(t)
	for _, c := range guestbuild.Programs(t) {
		t.Run(string(c), func(t *testing.T) {
			_, made, file := builtProgram(t, c, "preview1")
			want, got := runProgram(t, made), byWasmtime(t, file)
			const found, missing = "path_filestat_get \"linked/\" 0 4 2 true\n", "path_filestat_get \"linked/\" 54 0 0 true\n"
			got.Stdout = strings.Replace(got.Stdout, found, missing, 1)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-witgen +wasmtime:\n%s", diff)
			}
		})
	}
}

// TestInteropBuiltRust: programs of Rust's standard library for preview 1 end alike as core
// modules and as components, here and under wasmtime.
func TestInteropBuiltRust(t *testing.T) {
	judges(t)
	for _, name := range []string{"env", "files", "time", "copy"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "core.wasm")
			runs(t, "rustc", "--target", "wasm32-wasip1", "-O", "-o", file, filepath.Join("testdata", "rust", name+".rs"))
			core, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			made := guestbuild.ProgramComponent(t, core)
			if err := os.WriteFile(filepath.Join(dir, "program.wasm"), made, 0o666); err != nil {
				t.Fatal(err)
			}
			want := runProgram(t, core)
			for who, got := range map[string]outcome{"witgen": runProgram(t, made), "wasmtime": byWasmtime(t, filepath.Join(dir, "program.wasm"))} {
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("-core module +%s:\n%s", who, diff)
				}
			}
		})
	}
}
