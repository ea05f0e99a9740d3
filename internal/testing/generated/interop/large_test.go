package interop

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/link"
)

// TestInteropLarge: interpreters of many megabytes compile under the default limits, and
// link.CheckCode looks at all of their code.
func TestInteropLarge(t *testing.T) {
	dir := tools(t)
	ctx := context.Background()
	wit := file(t, "large.wit", []byte("package test:large; world large { export run: func(n: u32) -> string; }"))
	python := t.TempDir()
	must(t, os.WriteFile(filepath.Join(python, "app.py"), []byte("class WitWorld:\n    def run(self, n: int) -> str:\n        return \"py %d\" % (n + 1)\n"), 0o600))
	script := file(t, "guest.js", []byte("export const run = (n) => `js ${n + 1}`;\n"))
	for _, test := range []struct {
		name    string
		command []string
		least   int // bytes
	}{
		{"CPython", []string{"venv/bin/componentize-py", "-d", wit, "-w", "large", "componentize", "-p", python, "app", "-o", "OUT"}, 15 << 20},
		{"StarlingMonkey", []string{"node_modules/.bin/jco", "componentize", script, "--wit", wit, "--world-name", "large", "-o", "OUT"}, 10 << 20},
	} {
		t.Run(test.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "guest.wasm")
			args := test.command[1:]
			args[len(args)-1] = out
			run(t, nil, filepath.FromSlash(test.command[0]), args...)
			wasm, err := os.ReadFile(out)
			must(t, err)
			if len(wasm) < test.least {
				t.Errorf("%d bytes; want %d at least", len(wasm), test.least)
			}
			compiles(t, ctx, wasm)
		})
	}
	// Programs in Rust, which come with jco as core modules without WIT.
	programs, err := filepath.Glob(filepath.Join(dir, "node_modules", "@bytecodealliance", "jco*", "vendor", "*.core.wasm"))
	must(t, err)
	if len(programs) < 2 {
		t.Errorf("%d programs come with jco", len(programs))
	}
	for _, path := range programs {
		t.Run(filepath.Base(path), func(t *testing.T) {
			wasm, err := os.ReadFile(path)
			must(t, err)
			rewriter := bind.NewRewriter("test:large/large", host.NewConfig(nil))
			rewritten, err := rewriter.Rewrite(ctx, wasm, 1, 0)
			must(t, err)
			r := wazero.NewRuntime(ctx)
			defer r.Close(ctx)
			_, err = r.CompileModule(ctx, rewritten)
			must(t, err)
		})
	}
}

// compiles checks that a component compiles under the default limits, whatever of WASI it
// imports.
func compiles(t *testing.T, ctx context.Context, wasm []byte) {
	t.Helper()
	plugin, err := dynamic.Compile(ctx, wasm)
	if err != nil {
		t.Fatal(err)
	}
	must(t, plugin.Close(ctx))
	unchecked, err := link.CheckCode(ctx, wasm)
	must(t, err)
	for _, u := range unchecked {
		t.Log(u)
	}
}
