package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/witgen/witgen/internal/testing/calltest"
	"github.com/witgen/witgen/internal/testing/wasmtest"

	// The scripts build against the runtime. As imports, its changes reach the
	// cache of test results.
	_ "github.com/witgen/witgen/canonicalabi/guest"
	_ "github.com/witgen/witgen/link"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"witgen": main})
}

// TestScript runs testdata/script/*.txtar. The scripts have these commands beside
// those of package testscript:
//
//	project       puts beside the script's go.mod what builds offline need
//	stamp         remembers the files below the current folder
//	untouched     fails where one was written, made or removed since
//	core          writes a core module (see coreModule)
//	demo          writes the guest of package calltest and its WIT
//	cut FILE N    leaves the first N bytes of a file
//	hex FILE X... writes the bytes whose hexadecimal digits are given
//	status N X... runs a command, which must exit with status N
//	appears FILE  waits until there is a file
func TestScript(t *testing.T) {
	goEnv := map[string]string{}
	for _, name := range []string{"GOMODCACHE", "GOCACHE", "GOROOT"} {
		out, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		goEnv[name] = strings.TrimSpace(string(out))
	}
	repo, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			for name, value := range goEnv {
				env.Setenv(name, value)
			}
			env.Setenv("REPO", repo)
			// Modules come from the module cache, which building this test filled.
			env.Setenv("GOPROXY", "off")
			env.Setenv("GOFLAGS", "-mod=mod")
			env.Setenv("GONOSUMDB", "*")
			env.Setenv("NO_COLOR", "1")
			// Guests are compiled by standard Go unless a script says otherwise.
			env.Setenv("WITGEN_TINYGO", "skip")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"project":   project,
			"stamp":     stamp,
			"untouched": untouched,
			"core":      coreModule,
			"demo":      demo,
			"cut":       cut,
			"hex":       hexFile,
			"status":    status,
			"appears":   appears,
		},
	})
}

// status runs a command and compares its exit status.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND...")
	}
	got := 0
	var exit *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("the exit status is %d, want %s", got, args[0])
	}
}

// appears waits for a file. What makes it runs in the background, and a machine may be
// slow: the test's own deadline ends the wait.
func appears(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: appears FILE")
	}
	for {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		runtime.Gosched()
	}
}

// hexFile writes bytes.
func hexFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: hex FILE DIGITS...")
	}
	content, err := hex.DecodeString(strings.Join(args[1:], ""))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), content, 0o666))
}

// project adds to the go.mod of the current folder what witgen's own requires,
// with a replace of witgen by this checkout, and copies go.sum.
func project(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: project")
	}
	repo := ts.Getenv("REPO")
	own, err := os.ReadFile(filepath.Join(repo, "go.mod"))
	ts.Check(err)
	_, requires, _ := bytes.Cut(own, []byte("\nrequire"))
	goMod := ts.ReadFile("go.mod") + fmt.Sprintf(`
require github.com/witgen/witgen v0.0.0

replace github.com/witgen/witgen => %s

require%s`, repo, requires)
	ts.Check(os.WriteFile(ts.MkAbs("go.mod"), []byte(goMod), 0o666))
	sum, err := os.ReadFile(filepath.Join(repo, "go.sum"))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("go.sum"), sum, 0o666))
}

// stamp writes a line for each file below the current folder: its path, time of
// change, size and identity.
func stamp(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: stamp")
	}
	ts.Setenv("STAMP", state(ts))
}

func untouched(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 0 {
		ts.Fatalf("usage: untouched")
	}
	switch before, after := ts.Getenv("STAMP"), state(ts); {
	case before == "":
		ts.Fatalf("untouched without a stamp before it")
	case neg && before == after:
		ts.Fatalf("no file was written")
	case !neg && before != after:
		ts.Fatalf("files were written; before:\n%s\nafter:\n%s", before, after)
	}
}

func state(ts *testscript.TestScript) string {
	var out strings.Builder
	ts.Check(filepath.WalkDir(ts.MkAbs("."), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() && entry.Name() == ".tmp" {
			if err == nil {
				err = fs.SkipDir
			}
			return err
		}
		info, err := entry.Info()
		if err == nil {
			fmt.Fprintf(&out, "%s %v %d %v\n", path, info.Mode(), info.ModTime().UnixNano(), info.Size())
		}
		return err
	}))
	return out.String()
}

// coreModule is the command core FILE ITEM..., which writes a core module whose
// functions do nothing but trap. An item is a quoted line: memory, import MODULE NAME
// SIGNATURE, export NAME SIGNATURE or custom NAME, where a signature is that of
// package wasmtest, as i32 i64 -> f32.
func coreModule(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: core FILE ITEM...")
	}
	var m wasmtest.Module
	for _, item := range args[1:] {
		fields := append(strings.Fields(item), "", "", "")
		switch fields[0] {
		case "memory":
			m.Memory(1, -1)
			m.Export("memory", wasmtest.KindMemory, 0)
		case "import":
			m.Import(fields[1], fields[2], signature(fields[3:]))
		case "export":
			m.ExportFunc(fields[1], signature(fields[2:]), "", wasmtest.Unreachable)
		case "custom":
			m.Custom(fields[1], nil)
		default:
			ts.Fatalf("core: unknown item %q", item)
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), m.Bytes(), 0o666))
}

// signature returns what is left of an item as package wasmtest takes it.
func signature(fields []string) string {
	s := strings.TrimSpace(strings.Join(fields, " "))
	if !strings.Contains(s, "->") {
		s += " ->"
	}
	return s
}

// demo is the command demo FILE [chatty|leaving], which writes a guest of package calltest
// and its WIT, demo.wit.
func demo(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: demo FILE [chatty|leaving]")
	}
	guest := calltest.Guest(len(args) > 1)
	if len(args) > 1 && args[1] == "leaving" {
		guest = calltest.Leaving()
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), guest, 0o666))
	ts.Check(os.WriteFile(ts.MkAbs("demo.wit"), []byte(calltest.WIT), 0o666))
}

func cut(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: cut FILE N")
	}
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}
