package interop

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// callLine is a call in a comment of a file of wat, with what it gives.
var callLine = regexp.MustCompile(`(?m)^;; ([a-z0-9-]+)(\(.*\)) = (.*)$`)

// TestInteropWAT: components written as text, which jco assembles, give on witgen's host
// what the file says, and wasmtime agrees.
func TestInteropWAT(t *testing.T) {
	tools(t)
	program := witgen(t)
	files, err := filepath.Glob(filepath.Join("wat", "*.wat"))
	must(t, err)
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".wat"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			must(t, err)
			path, err := filepath.Abs(name)
			must(t, err)
			out := filepath.Join(t.TempDir(), "out.wasm")
			run(t, nil, filepath.Join("node_modules", ".bin", "jco"), "parse", path, "-o", out)
			wasm, err := os.ReadFile(out)
			must(t, err)

			args, want := []string{"call", out}, ""
			var calls []call
			var answers []any
			for _, line := range callLine.FindAllStringSubmatch(string(text), -1) {
				args = append(args, line[1]+line[2])
				want += line[3] + "\n"
				calls = append(calls, call{Func: line[1], Args: texts(t, "["+line[2][1:len(line[2])-1]+"]")})
				answers = append(answers, texts(t, "["+line[3]+"]")...)
			}
			if len(calls) == 0 {
				t.Fatal("the file has no calls")
			}
			if diff := cmp.Diff(want, string(command(t, program, args...))); diff != "" {
				t.Errorf("witgen call (-want +got):\n%s", diff)
			}
			agree(t, calls, "wasmtime", answers, wasmtime(t, wasm, calls))
		})
	}
}

// texts returns the numbers and strings of an array in JSON, all of them as
// strings.
func texts(t *testing.T, array string) []any {
	t.Helper()
	var items []any
	d := json.NewDecoder(strings.NewReader(array))
	d.UseNumber()
	must(t, d.Decode(&items))
	for i, item := range items {
		if n, ok := item.(json.Number); ok {
			items[i] = n.String()
		}
	}
	return items
}
