package guestbuild

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// BuildWASIP2 builds the guest in the folder dir by TinyGo's target wasip2 and
// returns the component. wit is the folder of the guest's WIT, and world the
// qualified name of its world. flags go beside those that TinyGo gets. The test
// is skipped where there is no TinyGo, or not what it needs for wasip2.
func BuildWASIP2(t testing.TB, dir, wit, world string, flags ...string) []byte {
	t.Helper()
	path := wasip2(t)
	track(t, dir)
	out := filepath.Join(t.TempDir(), "guest.wasm")
	args := append([]string{"build", "-target=wasip2", "-wit-package=" + witForWASIP2(t, path, wit, world), "-wit-world=guest",
		"-gc=conservative", "-scheduler=none", "-opt=z", "-no-debug"}, flags...)
	cmd := exec.Command(path, append(args, "-o", out, ".")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(path)+string(os.PathListSeparator)+os.Getenv("PATH"))
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s for wasip2: %v\n%s", dir, err, text)
	}
	wasm, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

// wasip2 returns a TinyGo that builds for wasip2, and skips the test if it finds none.
func wasip2(t testing.TB) string {
	path, why := tinygo()
	if why != "" {
		t.Skip(why)
	}
	_, err := os.Stat(filepath.Join(filepath.Dir(path), "wasm-tools"))
	if err != nil {
		_, err = exec.LookPath("wasm-tools")
	}
	if err == nil {
		_, err = os.Stat(filepath.Join(cliWIT(t, path), "deps"))
	}
	if err != nil {
		t.Skip("TinyGo's wasip2 needs wasm-tools and the WIT of wasi:cli, which scripts/tinygo --wasip2 installs")
	}
	return path
}

// witForWASIP2 returns a folder of WIT with the world guest: a world of ours and
// what TinyGo's runtime imports.
func witForWASIP2(t testing.TB, tinygo, ours, world string) string {
	dir := t.TempDir()
	text := "package build:guest;\n\nworld guest {\n  include wasi:cli/imports@0.2.0;\n  include " + world + ";\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "world.wit"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	cli := cliWIT(t, tinygo)
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

// cliWIT returns the folder where a TinyGo has the WIT of wasi:cli.
func cliWIT(t testing.TB, tinygo string) string {
	root, err := exec.Command(tinygo, "env", "TINYGOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(root)), "lib", "wasi-cli", "wit")
}

// copyWIT copies the .wit files of a folder, without those of its folders.
func copyWIT(t testing.TB, from, to string) {
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
