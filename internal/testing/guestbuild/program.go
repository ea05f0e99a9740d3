package guestbuild

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/guestcompile"
	"github.com/witgen/witgen/internal/preview1"
)

// BuildProgram builds the program in the folder dir, whose main function does its work,
// by a compiler for WASI preview 1, and returns the core module.
func BuildProgram(t testing.TB, c Compiler, dir string) []byte {
	t.Helper()
	track(t, dir)
	out := filepath.Join(t.TempDir(), "program.wasm")
	var path string
	if c != Go {
		var why string
		if path, why = tinygo(); why != "" {
			t.Fatalf("%s cannot be used: %s", c, why)
		}
	}
	cmd := guestcompile.Program(c, path, out, ".")
	cmd.Dir = dir
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s by %s: %v\n%s", dir, c, err, text)
	}
	wasm, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

// ProgramComponent returns the core module of a program as a component of
// wasi:cli/command, as witgen build --command does.
func ProgramComponent(t testing.TB, core []byte) []byte {
	t.Helper()
	adapters, err := preview1.WASIAdapters(core, preview1.WASIOptions{Command: true, ExitCodes: true})
	if err == nil {
		core, err = component.New(core, component.NewOptions{Adapters: adapters})
	}
	if err != nil {
		t.Fatalf("making a component of a program: %v", err)
	}
	return core
}

// ComponentizeWASI is Componentize over WASI 0.2, as witgen build --wasi does it.
func ComponentizeWASI(t testing.TB, core []byte, wit, world string) []byte {
	t.Helper()
	return componentize(t, core, wit, world, func(core []byte) ([]component.Adapter, error) {
		return preview1.WASIAdapters(core, preview1.WASIOptions{ExitCodes: true})
	})
}

// Programs returns the compilers of programs that are there: of them the quick tests take
// standard Go.
func Programs(t testing.TB) []Compiler {
	t.Helper()
	if _, why := tinygo(); why != "" || !Whole() {
		t.Logf("left out: %s", TinyGoWASIP1)
		return []Compiler{Go}
	}
	return []Compiler{Go, TinyGoWASIP1}
}
