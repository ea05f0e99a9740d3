// Package guestbuild builds guests for tests and benchmarks, by each of the
// compilers that witgen's guest bindings are for.
//
// The environment variable WITGEN_TINYGO names the TinyGo. Where it is not set,
// scripts/tinygo looks for one and installs none; if it finds none, or the variable is
// skip, guests are built by standard Go alone, and tests log that.
//
// make test sets WITGEN_TESTS=all. Without it the tests are the quick ones: they
// build for one of TinyGo's targets, and log that, and try fewer random values.
package guestbuild

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/witgen/witgen/internal/guestcompile"
)

// Compiler is a way to build a guest.
type Compiler = guestcompile.Compiler

// The compilers.
const (
	TinyGoUnknown = guestcompile.TinyGoUnknown
	TinyGoWASIP1  = guestcompile.TinyGoWASIP1
	Go            = guestcompile.Go
)

// All are all compilers.
var All = guestcompile.All

// Whole reports whether all tests were asked for, not the quick ones alone.
func Whole() bool { return os.Getenv("WITGEN_TESTS") == "all" }

// Compilers returns the compilers that are there, and logs those that are not and
// those that only the whole of the tests build for.
func Compilers(t testing.TB) []Compiler {
	t.Helper()
	if _, why := tinygo(); why != "" {
		t.Logf("left out: %s and %s: %s", TinyGoUnknown, TinyGoWASIP1, why)
		return []Compiler{Go}
	}
	if !Whole() {
		t.Logf("left out: %s: make test, which sets WITGEN_TESTS=all, builds for it too", TinyGoWASIP1)
		return []Compiler{TinyGoUnknown, Go}
	}
	return All
}

// Build builds the guest in the folder dir, which holds a package main, and
// returns the module. A guest that does not build fails the test.
func Build(t testing.TB, c Compiler, dir string) []byte {
	t.Helper()
	return BuildWith(t, c, dir)
}

// command returns the command that builds the package of its folder.
func command(t testing.TB, c Compiler, out string, flags ...string) *exec.Cmd {
	t.Helper()
	var program string
	if c != Go {
		path, why := tinygo()
		if why != "" {
			t.Fatalf("%s cannot be used: %s", c, why)
		}
		program = path
	}
	return guestcompile.Command(c, program, out, ".", flags...)
}

// tinygo returns the path of TinyGo, or why there is none.
var tinygo = sync.OnceValues(func() (path, why string) {
	defer func() { _, _ = os.Stat(path) }() // another program is another input of the test
	if os.Getenv("WITGEN_TINYGO") != "" {
		return guestcompile.FindTinyGo()
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
