package wasi_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// forms runs a core module of preview 1 as it is and as a component, which the standard
// adapter makes of it.
func (j *judge) forms(t *testing.T, core string, trials func() []trial) {
	t.Run("core", func(t *testing.T) { j.compare(t, core, trials()) })
	t.Run("component", func(t *testing.T) {
		out := filepath.Join(t.TempDir(), filepath.Base(core))
		adapter := j.tool("node_modules/@bytecodealliance/jco/lib/wasi_snapshot_preview1.command.wasm")
		shell(t, "", j.witgen, "component", "new", "--adapt", "wasi_snapshot_preview1="+adapter, "-o", out, core)
		j.compare(t, out, trials())
	})
}

// TestInteropC runs programs of wasi-libc, which clang compiles.
func TestInteropC(t *testing.T) {
	j := judges(t)
	programs := map[string]func() []trial{
		"files": func() []trial {
			return cases("opens", "positions", "appends", "links", "renames", "folders", "times", "flood", "working")
		},
		"other": func() []trial {
			return append(cases("stdio", "output", "clocks", "polls", "exit", "_exit", "return", "abort", "pointer", "trap", "errors"),
				trial{name: "input", args: []string{"input"}, stdin: strings.Repeat("a line of text\n", 20_000) + "no end"},
				trial{name: "surroundings", args: []string{"surroundings", "one", "", "two words"}, wasmtime: []string{"--env", "A=b", "--env", "C="}, witgen: []string{"--env", "A=b", "--env", "C="}})
		},
	}
	for name, trials := range programs {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), name+".wasm")
			shell(t, "", j.tool("wasm-clang"), "-O1", "-o", out, filepath.Join("testdata", "c", name+".c"))
			j.forms(t, out, trials)
		})
	}
}

// TestInteropGo runs programs of standard Go and of TinyGo, for preview 1 and 0.2.
func TestInteropGo(t *testing.T) {
	j := judges(t)
	some := func() []trial {
		return append(cases("files", "folders", "time", "errors", "exit", "panic", "random", "collect"),
			trial{name: "lines", args: []string{"lines"}, stdin: strings.Repeat("some text\n", 5000) + "no end"},
			trial{name: "copy", args: []string{"copy"}, stdin: strings.Repeat("some text\n", 50_000)},
			trial{name: "surroundings", args: []string{"surroundings", "one", "", "two words"}, wasmtime: []string{"--env", "A=b"}, witgen: []string{"--env", "A=b"}})
	}
	all := func() []trial {
		return append(some(), cases("links", "walk", "goroutines", "deadlines", "nil", "deadlock")...)
	}
	dir := filepath.Join("testdata", "go")
	t.Run("go", func(t *testing.T) {
		out := filepath.Join(t.TempDir(), "go.wasm")
		cmd := exec.Command("go", "build", "-ldflags=-s", "-o", out, ".")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		j.forms(t, out, all)
	})
	for _, target := range []string{"wasip1", "wasip2"} {
		t.Run("tinygo "+target, func(t *testing.T) {
			tinygo := os.Getenv("WITGEN_TINYGO")
			if tinygo == "" {
				t.Fatal("WITGEN_TINYGO names no TinyGo")
			}
			out := filepath.Join(t.TempDir(), "tinygo.wasm")
			cmd := exec.Command(tinygo, "build", "-target="+target, "-no-debug", "-o", out, ".")
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(tinygo)+string(os.PathListSeparator)+os.Getenv("PATH"))
			if text, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if target == "wasip1" {
				j.forms(t, out, some)
			} else {
				j.compare(t, out, some())
			}
		})
	}
}
