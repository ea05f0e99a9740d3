// Package guestbuild builds guests for tests and benchmarks, by each of the
// compilers that witgen's guest bindings are for.
//
// The environment variable WITGEN_TINYGO names the TinyGo. Where it is not set,
// scripts/tinygo looks for one and installs none; where there is none, or the
// variable is skip, guests are built by standard Go alone, and tests log that.
package guestbuild

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Compiler is a way to build a guest.
type Compiler string

// The compilers.
const (
	// TinyGoUnknown is TinyGo for wasm-unknown: no WASI, the smallest guests.
	TinyGoUnknown Compiler = "tinygo-wasm-unknown"
	// TinyGoWASIP1 is TinyGo for WASI preview 1.
	TinyGoWASIP1 Compiler = "tinygo-wasip1"
	// Go is standard Go for WASI preview 1.
	Go Compiler = "go-wasip1"
)

// All are all compilers.
var All = []Compiler{TinyGoUnknown, TinyGoWASIP1, Go}

// Compilers returns the compilers that are there, and logs those that are not.
func Compilers(t testing.TB) []Compiler {
	t.Helper()
	if _, why := tinygo(); why != "" {
		t.Logf("left out: %s and %s: %s", TinyGoUnknown, TinyGoWASIP1, why)
		return []Compiler{Go}
	}
	return All
}

// Build builds the guest in the folder dir, which holds a package main, and
// returns the module. A guest that does not build fails the test.
func Build(t testing.TB, c Compiler, dir string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "guest.wasm")
	cmd := command(t, c, out)
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

// flags are what each compiler is called with, beside -o and the package. What
// they mean stands in the README: a guest that was built so may be called any
// number of times without growing.
var flags = map[Compiler]string{
	TinyGoUnknown: "-target=wasm-unknown -gc=conservative -scheduler=none -opt=z -no-debug",
	TinyGoWASIP1:  "-target=wasip1 -buildmode=c-shared -gc=conservative -scheduler=none -opt=z -no-debug",
	Go:            "-buildmode=c-shared -ldflags=-s",
}

// CommandLine returns the command that builds the package ./guest as calc.wasm,
// as the documentation shows it.
func CommandLine(c Compiler) string {
	if c == Go {
		return "GOOS=wasip1 GOARCH=wasm go build " + flags[c] + " -o calc.wasm ./guest"
	}
	return "tinygo build " + flags[c] + " -o calc.wasm ./guest"
}

// command returns the command that builds the package of its folder.
func command(t testing.TB, c Compiler, out string) *exec.Cmd {
	t.Helper()
	program := "go"
	if c != Go {
		path, why := tinygo()
		if why != "" {
			t.Fatalf("%s cannot be used: %s", c, why)
		}
		program = path
	}
	args := append([]string{"build"}, strings.Fields(flags[c])...)
	cmd := exec.Command(program, append(args, "-o", out, ".")...)
	if c == Go {
		cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	}
	return cmd
}

// tinygo returns the path of TinyGo, or why there is none.
var tinygo = sync.OnceValues(func() (path, why string) {
	switch path = os.Getenv("WITGEN_TINYGO"); path {
	case "skip":
		return "", "WITGEN_TINYGO is skip"
	case "":
	default:
		return path, ""
	}
	script, err := findScript()
	if err != nil {
		return "", err.Error()
	}
	out, err := exec.Command(script, "--no-download").Output()
	if err != nil {
		return "", "scripts/tinygo finds no TinyGo (without --no-download it installs one)"
	}
	return strings.TrimSpace(string(out)), ""
})

// findScript returns the path of scripts/tinygo in the module around the current
// folder.
func findScript() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		script := filepath.Join(dir, "scripts", "tinygo")
		if _, err := os.Stat(script); err == nil {
			return script, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("there is no scripts/tinygo above the test's folder")
		}
		dir = filepath.Dir(dir)
	}
}
