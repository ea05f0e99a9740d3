package guestbuild

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/examples/calculator/gen/example/calculator/calculator"
	"github.com/witgen/witgen/examples/calculator/gen/example/calculator/log"
	"github.com/witgen/witgen/examples/calculator/gen/example/calculator/scientific"
)

// TestWASIP2 builds guests by TinyGo's target wasip2, for which the guest runtime
// leaves cabi_realloc to TinyGo's: the component holds one module that exports it.
func TestWASIP2(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	for _, guest := range []struct {
		name, dir, wit, world string
		run                   func(t *testing.T, wasm []byte)
	}{
		{"calculator", "examples/calculator/guest", "examples/calculator/wit", "example:calculator/calculator", calculates},
		{"scientific", "examples/calculator/scientific", "examples/calculator/wit", "example:calculator/scientific", evaluates},
	} {
		t.Run(guest.name, func(t *testing.T) {
			wasm := BuildWASIP2(t, filepath.Join(root, guest.dir), filepath.Join(root, guest.wit), guest.world)
			var exporters []string
			for _, module := range coreModules(t, wasm) {
				if !bytes.Contains(module, []byte("\x0ccabi_realloc")) {
					continue // those that tie modules together
				}
				compiled, err := wazero.NewRuntime(t.Context()).CompileModule(t.Context(), module)
				if err != nil {
					t.Fatal(err)
				}
				if _, ok := compiled.ExportedFunctions()["cabi_realloc"]; ok {
					exporters = append(exporters, fmt.Sprintf("a module of %d bytes", len(module)))
				}
			}
			if len(exporters) != 1 {
				t.Errorf("modules that export cabi_realloc: %v; want one", exporters)
			}
			t.Logf("component of %d bytes", len(wasm))
			guest.run(t, wasm)
		})
	}
}

// calculates runs the calculator, whose world knows nothing of the WASI that TinyGo's
// runtime imports.
func calculates(t *testing.T, wasm []byte) {
	ctx := t.Context()
	plugin, err := calculator.Compile(ctx, wasm)
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(ctx)
	inst, err := plugin.Instantiate(ctx, calculator.Imports{})
	if err != nil {
		t.Fatal(err)
	}
	if sum, err := inst.Operations().Add(ctx, 2, 3); sum != 5 || err != nil {
		t.Errorf("2 + 3 is %d, %v", sum, err)
	}
}

func evaluates(t *testing.T, wasm []byte) {
	ctx := t.Context()
	plugin, err := scientific.Compile(ctx, wasm)
	if err != nil {
		t.Fatal(err)
	}
	defer plugin.Close(ctx)
	inst, err := plugin.Instantiate(ctx, scientific.Imports{Log: quiet{}})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := inst.Arithmetic().Eval(ctx, "(1 + 2) * 4"); got != 12 || err != nil {
		t.Errorf("(1 + 2) * 4 is %v, %v", got, err)
	}
}

// quiet drops what guests log.
type quiet struct{}

func (quiet) Write(context.Context, log.Level, string) error { return nil }

// coreModules returns the core modules of a component and of those nested in it.
func coreModules(t *testing.T, wasm []byte) [][]byte {
	c, err := binary.Decode(wasm)
	if err != nil {
		t.Fatal(err)
	}
	var modules [][]byte
	var visit func(c *binary.Component)
	visit = func(c *binary.Component) {
		for def := range c.Defs() {
			switch def := def.(type) {
			case *binary.CoreModule:
				modules = append(modules, def.Bytes)
			case *binary.Component:
				visit(def)
			}
		}
	}
	visit(c)
	return modules
}
