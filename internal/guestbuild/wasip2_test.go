package guestbuild

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/witgen/witgen/component"
)

// TestWASIP2 builds guests by TinyGo's target wasip2, for which the guest runtime
// leaves cabi_realloc to TinyGo's: the component holds one module that exports it.
func TestWASIP2(t *testing.T) {
	path := wasip2(t)
	root := filepath.Join("..", "..")
	for _, guest := range []struct{ name, dir, wit, world string }{
		{"calculator", "examples/calculator/guest", "examples/calculator/wit", "example:calculator/calculator"},
		{"scientific", "examples/calculator/scientific", "examples/calculator/wit", "example:calculator/scientific"},
	} {
		t.Run(guest.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "guest.wasm")
			wit := witForWASIP2(t, path, filepath.Join(root, guest.wit), guest.world)
			cmd := exec.Command(path, "build", "-target=wasip2", "-wit-package="+wit, "-wit-world=guest",
				"-gc=conservative", "-scheduler=none", "-opt=z", "-no-debug", "-o", out, ".")
			cmd.Dir = filepath.Join(root, guest.dir)
			cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(path)+string(os.PathListSeparator)+os.Getenv("PATH"))
			if text, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			wasm, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
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

// wasip2 returns a TinyGo that builds for wasip2, and skips the test where there
// is none.
func wasip2(t *testing.T) string {
	path, why := tinygo()
	if why != "" {
		t.Skip(why)
	}
	_, err := os.Stat(filepath.Join(filepath.Dir(path), "wasm-tools"))
	if err != nil {
		_, err = exec.LookPath("wasm-tools")
	}
	if err != nil {
		t.Skip("TinyGo's wasip2 needs wasm-tools, which scripts/tinygo --wasip2 installs")
	}
	return path
}

// witForWASIP2 returns a folder of WIT with the world guest: a world of ours and
// what TinyGo's runtime imports.
func witForWASIP2(t *testing.T, tinygo, ours, world string) string {
	dir := t.TempDir()
	text := "package build:guest;\n\nworld guest {\n  include wasi:cli/imports@0.2.0;\n  include " + world + ";\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "world.wit"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	root, err := exec.Command(tinygo, "env", "TINYGOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	cli := filepath.Join(strings.TrimSpace(string(root)), "lib", "wasi-cli", "wit")
	deps, err := os.ReadDir(filepath.Join(cli, "deps"))
	if err != nil {
		t.Fatal(err)
	}
	copyWIT(t, ours, filepath.Join(dir, "deps", "ours"))
	copyWIT(t, cli, filepath.Join(dir, "deps", "cli"))
	for _, dep := range deps {
		copyWIT(t, filepath.Join(cli, "deps", dep.Name()), filepath.Join(dir, "deps", dep.Name()))
	}
	return dir
}

// copyWIT copies the .wit files of a folder, without those of its folders.
func copyWIT(t *testing.T, from, to string) {
	if err := os.MkdirAll(to, 0o777); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(from, "*.wit"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err == nil {
			err = os.WriteFile(filepath.Join(to, filepath.Base(file)), text, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// coreModules returns the core modules of a component and of those nested in it.
func coreModules(t *testing.T, wasm []byte) [][]byte {
	c, err := component.Decode(wasm)
	if err != nil {
		t.Fatal(err)
	}
	var modules [][]byte
	var visit func(c *component.Component)
	visit = func(c *component.Component) {
		for def := range c.Defs() {
			switch def := def.(type) {
			case *component.CoreModule:
				modules = append(modules, def.Bytes)
			case *component.Component:
				visit(def)
			}
		}
	}
	visit(c)
	return modules
}
