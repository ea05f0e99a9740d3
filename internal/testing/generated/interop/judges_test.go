package interop

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// tools is the folder in which scripts/interop has installed the judges.
func tools(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("WITGEN_INTEROP")
	if dir == "" {
		t.Skip("the judges are left out: make interop installs and asks them")
	}
	return dir
}

// run runs a program of the folder tools, in that folder, and returns what it
// prints.
func run(t *testing.T, stdin []byte, program string, args ...string) []byte {
	t.Helper()
	dir := tools(t)
	cmd := exec.Command(program, args...)
	if filepath.Base(program) != program {
		cmd.Path = filepath.Join(dir, program)
	}
	cmd.Dir = dir
	cmd.Stdin = bytes.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %q: %v\n%s%s", program, args, err, out.Bytes(), errs.Bytes())
	}
	return out.Bytes()
}

// file writes a file of a temporary folder and returns its path.
func file(t *testing.T, name string, contents []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, contents, 0o600))
	return path
}

// wasmTools runs wasm-tools on a binary.
func wasmTools(t *testing.T, wasm []byte, args ...string) []byte {
	t.Helper()
	return run(t, nil, filepath.Join("venv", "bin", "wasm-tools"), append(args, file(t, "file.wasm", wasm))...)
}

// judgeFile returns the path of one of the folder judges.
func judgeFile(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("judges", name))
	must(t, err)
	return path
}

// wasmtime answers calls by wasmtime's Python package.
func wasmtime(t *testing.T, wasm []byte, calls []call) []any {
	t.Helper()
	out := run(t, encodeCalls(t, calls), filepath.Join("venv", "bin", "python"), judgeFile(t, "wasmtime_judge.py"), file(t, "guest.wasm", wasm))
	return decodeResults(t, out)
}

// jco answers calls by jco, on Node.
func jco(t *testing.T, wasm []byte, calls []call) []any {
	t.Helper()
	dir := t.TempDir()
	run(t, nil, filepath.Join("node_modules", ".bin", "jco"), "transpile", file(t, "guest.wasm", wasm), "-o", dir, "--name", "guest", "--instantiation", "async", "-q")
	must(t, os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"type": "module"}`), 0o600))
	return decodeResults(t, run(t, encodeCalls(t, calls), "node", judgeFile(t, "jco_judge.mjs"), filepath.Join(dir, "guest.js")))
}

func encodeCalls(t *testing.T, calls []call) []byte {
	t.Helper()
	text, err := json.Marshal(calls)
	must(t, err)
	return text
}

func decodeResults(t *testing.T, text []byte) []any {
	t.Helper()
	var results []any
	if err := json.Unmarshal(text, &results); err != nil {
		t.Fatalf("%v in %.300s", err, text)
	}
	return results
}
