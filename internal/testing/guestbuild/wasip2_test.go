package guestbuild

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/component/binary"
)

// TestWASIP2 builds guests by TinyGo's target wasip2, for which the guest runtime
// leaves cabi_realloc to TinyGo's: the component holds one module that exports it.
func TestWASIP2(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	for _, guest := range []struct{ name, dir, wit, world string }{
		{"calculator", "examples/calculator/guest", "examples/calculator/wit", "example:calculator/calculator"},
		{"scientific", "examples/calculator/scientific", "examples/calculator/wit", "example:calculator/scientific"},
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
		})
	}
}

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
