package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Guests are the modules that the benchmarks call, and what built them.
type Guests struct {
	Calls, JSON []byte
	// Compiler names the compiler and its flags.
	Compiler string
}

// Build builds the guests for speed: by TinyGo where WITGEN_TINYGO names one or
// scripts/tinygo finds one, else by standard Go. root is the folder of
// witgen's module.
func Build(root string) (*Guests, error) {
	tinygo := os.Getenv("WITGEN_TINYGO")
	if tinygo == "" {
		out, err := exec.Command(filepath.Join(root, "scripts", "tinygo"), "--no-download").Output()
		tinygo = strings.TrimSpace(string(out))
		if err != nil {
			tinygo = "skip"
		}
	}
	dir, err := os.MkdirTemp("", "witgen-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	args := []string{"go", "build", "-buildmode=c-shared", "-ldflags=-s -w"}
	version := exec.Command("go", "env", "GOVERSION")
	if tinygo != "skip" {
		args = []string{tinygo, "build", "-target=wasm-unknown", "-gc=conservative", "-scheduler=none", "-opt=2", "-no-debug"}
		version = exec.Command(tinygo, "version")
	}
	name, err := version.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", tinygo, err)
	}
	flags := strings.Join(args[2:], " ")
	g := &Guests{Compiler: strings.TrimSpace(string(name)) + ", " + flags}
	if tinygo == "skip" {
		g.Compiler = "standard " + g.Compiler + " (wasip1)"
	}
	for _, guest := range []struct {
		folder string
		wasm   *[]byte
	}{{"guest", &g.Calls}, {"jsonguest", &g.JSON}} {
		out := filepath.Join(dir, guest.folder+".wasm")
		cmd := exec.Command(args[0], append(args[1:], "-o", out, "./bench/"+guest.folder)...)
		cmd.Dir = filepath.Join(root, "internal", "testing", "generated")
		if tinygo == "skip" {
			cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
		}
		if text, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("building %s: %w\n%s", guest.folder, err, text)
		}
		if *guest.wasm, err = os.ReadFile(out); err != nil {
			return nil, err
		}
	}
	return g, nil
}
