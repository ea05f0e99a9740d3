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
	t.Run("core", func(t *testing.T) { j.compare(t, core, differing("core", trials())) })
	t.Run("component", func(t *testing.T) {
		out := filepath.Join(t.TempDir(), filepath.Base(core))
		adapter := j.tool("node_modules/@bytecodealliance/jco/lib/wasi_snapshot_preview1.command.wasm")
		shell(t, "", j.witgen, "component", "new", "--adapt", "wasi_snapshot_preview1="+adapter, "-o", out, core)
		j.compare(t, out, differing("component", trials()))
	})
}

// differing gives trials the lines on which wasmtime and witgen differ on purpose.
func differing(form string, trials []trial) []trial {
	return with(trials, func(c *trial) { c.differ = onPurpose[form+"/"+c.name] })
}

// TestInteropC runs programs of wasi-libc, which clang compiles.
func TestInteropC(t *testing.T) {
	j := newJudge(t)
	programs := map[string]func() []trial{
		"files": func() []trial {
			return cases("opens", "modes", "positions", "appends", "links", "renames", "folders", "times", "flood", "working")
		},
		"other": func() []trial {
			return append(append(traps("abort", "pointer", "trap"), cases("stdio", "output", "clocks", "polls", "exit", "_exit", "return", "errors")...),
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

// TestInteropGo runs programs of standard Go and of TinyGo, for preview 1 and 0.2. TinyGo's
// collector frees memory that the host has filled for wasip2, so that it does not run.
func TestInteropGo(t *testing.T) {
	j := newJudge(t)
	some := func() []trial {
		return append(cases("files", "folders", "time", "errors", "exit", "random", "collect"),
			trial{name: "lines", args: []string{"lines"}, stdin: strings.Repeat("some text\n", 5000) + "no end"},
			trial{name: "copy", args: []string{"copy"}, stdin: strings.Repeat("some text\n", 50_000)},
			trial{name: "surroundings", args: []string{"surroundings", "one", "", "two words"}, wasmtime: []string{"--env", "A=b"}, witgen: []string{"--env", "A=b"}})
	}
	all := func() []trial {
		return append(some(), cases("panic", "links", "walk", "goroutines", "deadlines", "nil", "deadlock")...)
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
		// As a component of the standard adapter it does not run anywhere: Go's runtime
		// takes the memory that the adapter has grown for its own.
		j.compare(t, out, all())
	})
	for _, target := range []string{"wasip1", "wasip2"} {
		t.Run("tinygo "+target, func(t *testing.T) {
			tinygo := os.Getenv("WITGEN_TINYGO")
			if tinygo == "" {
				t.Fatal("WITGEN_TINYGO names no TinyGo")
			}
			out := filepath.Join(t.TempDir(), "tinygo.wasm")
			cmd := exec.Command(tinygo, "build", "-target="+target, "-gc=leaking", "-no-debug", "-o", out, ".")
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(tinygo)+string(os.PathListSeparator)+os.Getenv("PATH"))
			if text, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			trials := append(some(), traps("panic")...)
			j.compare(t, out, trials)
		})
	}
}
