package interop

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/internal/testing/guestbuild"
)

// witgen builds the command once.
func witgen(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "witgen")
	command(t, "go", "build", "-o", path, "github.com/witgen/witgen/cmd/witgen")
	return path
}

// command runs a command and returns what it prints.
func command(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		if exit, ok := err.(*exec.ExitError); ok {
			t.Fatalf("%s %q: %v\n%s", name, args, err, exit.Stderr)
		}
		t.Fatal(err)
	}
	return out
}

// agree compares the answers of two.
func agree(t *testing.T, calls []call, who string, want, got []any) {
	t.Helper()
	if len(want) != len(got) {
		t.Fatalf("%d answers of %s; want %d", len(got), who, len(want))
	}
	wrong, traps := 0, 0
	for i := range want {
		if want[i] == "trap" {
			traps++
		}
		if diff := cmp.Diff(want[i], got[i]); diff != "" {
			if wrong++; wrong > 5 {
				t.Fatal("and more")
			}
			t.Errorf("%s%v: %s differs (-witgen's host +%s):\n%s", calls[i].Func, calls[i].Args, who, who, diff)
		}
	}
	t.Logf("%s: %d calls, of which %d trap in both", who, len(calls), traps)
	if traps > len(calls)/10 {
		t.Error("so many traps prove little")
	}
}

// sameWIT checks that witgen and wasm-tools read the same WIT in a component.
func sameWIT(t *testing.T, command []byte, wasm []byte) {
	t.Helper()
	var ours, theirs any
	must(t, json.Unmarshal(command, &ours))
	must(t, json.Unmarshal(wasmTools(t, wasm, "component", "wit", "--json"), &theirs))
	if diff := cmp.Diff(theirs, ours); diff != "" {
		t.Errorf("wit --json (-wasm-tools +witgen):\n%s", diff)
	}
}

// TestInteropOurs: components that witgen makes of Go guests are valid to
// wasm-tools, run under wasmtime and jco, and give the results that they give on
// witgen's host.
func TestInteropOurs(t *testing.T) {
	tools(t)
	program := witgen(t)
	for _, compiler := range guestbuild.Compilers(t) {
		t.Run(string(compiler), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "judge.wasm")
			command(t, program, append([]string{"build", "--wit", "wit", "--world", "judge", "-o", path}, append(buildFlags[compiler], "./guest")...)...)
			wasm, err := os.ReadFile(path)
			must(t, err)
			t.Logf("%d bytes", len(wasm))
			wasmTools(t, wasm, "validate", "--features", "all")
			sameWIT(t, command(t, program, "wit", "--json", path), wasm)
			calls := source{Rand: rand.New(rand.NewPCG(1, 2))}.calls(t, 20)
			want := ours(t, wasm, calls)
			agree(t, calls, "wasmtime", want, wasmtime(t, wasm, calls))
			agree(t, calls, "jco", want, jco(t, wasm, calls))
		})
	}
}

// TestInteropTheirs: components that others make of a JavaScript guest run on
// witgen's host, with the results that they give under wasmtime and jco.
func TestInteropTheirs(t *testing.T) {
	tools(t)
	program := witgen(t)
	for _, test := range []struct {
		engine  string
		command []string
		// jco is set if Node can run it: QuickJS needs extended constants, which
		// Node has from 22 on.
		jco bool
	}{
		{"quickjs", []string{"componentize-qjs", "--stub-wasi", "--sync", "-n", "judge", "-j", "SOURCE", "--wit", "WIT", "-o", "OUT"}, false},
		{"starlingmonkey", []string{"jco", "componentize", "SOURCE", "--wit", "WIT", "--world-name", "judge", "--disable", "all", "-o", "OUT"}, true},
	} {
		t.Run(test.engine, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "guest.wasm")
			source, err := filepath.Abs(filepath.Join("js", "guest.js"))
			must(t, err)
			wit, err := filepath.Abs("wit")
			must(t, err)
			paths := strings.NewReplacer("SOURCE", source, "WIT", wit, "OUT", out)
			var args []string
			for _, arg := range test.command[1:] {
				args = append(args, paths.Replace(arg))
			}
			run(t, nil, filepath.Join("node_modules", ".bin", test.command[0]), args...)
			wasm, err := os.ReadFile(out)
			must(t, err)
			sameWIT(t, command(t, program, "wit", "--json", out), wasm)
			calls := narrow().calls(t, 20)
			want := ours(t, wasm, calls)
			agree(t, calls, "wasmtime", want, wasmtime(t, wasm, calls))
			if test.jco {
				agree(t, calls, "jco", want, jco(t, wasm, calls))
			}
		})
	}
}

func narrow() source { return source{Rand: rand.New(rand.NewPCG(3, 4)), narrow: true} }

// buildFlags are the flags by which witgen build uses each compiler.
var buildFlags = map[guestbuild.Compiler][]string{
	guestbuild.TinyGoUnknown: {"--compiler", "tinygo", "--target", "wasm-unknown"},
	guestbuild.TinyGoWASIP1:  {"--compiler", "tinygo", "--target", "wasip1"},
	guestbuild.Go:            {"--compiler", "go"},
}

// TestInteropWASIP2: components that TinyGo makes for wasip2 give the same results
// under wasmtime and jco, and here. They import WASI 0.2, which the world judge does not
// know of.
func TestInteropWASIP2(t *testing.T) {
	tools(t)
	wasm := guestbuild.BuildWASIP2(t, "guest", "wit", "witgen:judge/judge@1.2.0", "-gc=leaking")
	calls := source{Rand: rand.New(rand.NewPCG(5, 6))}.calls(t, 20)
	results := wasmtime(t, wasm, calls)
	agree(t, calls, "jco", results, jco(t, wasm, calls))

	agree(t, calls, "witgen", results, ours(t, wasm, calls))
}
