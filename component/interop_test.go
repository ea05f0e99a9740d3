package component_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/wit"
)

// wasmTools returns a function that runs wasm-tools with a file of the given contents
// as its last argument, or without one where these are nil, and returns its output. WITGEN_WASM_TOOLS names the program; `make interop` sets
// it. Without it the test is skipped aloud.
func wasmTools(t *testing.T) func(wasm []byte, args ...string) (string, error) {
	t.Helper()
	program := os.Getenv("WITGEN_WASM_TOOLS")
	if program == "" {
		t.Skip("WITGEN_WASM_TOOLS does not name a wasm-tools to compare with")
	}
	dir := t.TempDir()
	return func(wasm []byte, args ...string) (string, error) {
		if wasm != nil {
			file := filepath.Join(dir, "file.wasm")
			if err := os.WriteFile(file, wasm, 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, file)
		}
		var out bytes.Buffer
		cmd := exec.Command(program, args...)
		cmd.Stdout, cmd.Stderr = &out, &out
		err := cmd.Run()
		return out.String(), err
	}
}

// TestInteropValidate: wasm-tools accepts what is accepted here and nothing else, but
// for the differences of the table excuses.
func TestInteropValidate(t *testing.T) {
	run := wasmTools(t)
	var names []string
	var list [][]byte
	for _, test := range comptest.ValidationCases() {
		names, list = append(names, test.Name), append(list, test.C.Encode())
	}
	for name, wasm := range comptest.Seeds(t) {
		switch {
		case name == "everything":
		case component.FormOf(wasm) == component.ComponentForm:
			names, list = append(names, name), append(list, wasm)
		default:
			if out, err := run(wasm, "validate", "--features", "all"); err != nil {
				t.Errorf("%s: wasm-tools refuses it: %s", name, firstLine(out))
			}
		}
	}
	for i, theirs := range theirVerdicts(t, run, list) {
		ours := verdict(t, list[i])
		if (ours == "") != (theirs == "") && excuseFor(list[i], ours, theirs) == nil {
			t.Errorf("%s: wasm-tools says %q, and the rule here is %q", names[i], theirs, ours)
		}
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// TestInteropWIT: wasm-tools reads the same WIT in what is written here.
func TestInteropWIT(t *testing.T) {
	run := wasmTools(t)
	for name, wasm := range comptest.Seeds(t) {
		if name == "everything" {
			continue
		}
		theirs, err := run(wasm, "component", "wit", "--json")
		if err != nil {
			t.Errorf("%s: wasm-tools cannot read it: %s", name, firstLine(theirs))
			continue
		}
		if strings.HasSuffix(name, ".core") {
			continue // its packages stand in another order
		}
		w, err := component.DecodeWIT(wasm)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(comptest.NormalJSON(t, []byte(theirs)), comptest.NormalJSON(t, []byte(comptest.JSONOf(t, w.Resolve)))); diff != "" {
			t.Errorf("%s: wasm-tools reads other WIT (-theirs +ours):\n%s", name, diff)
		}
	}
}

// TestInteropReads: what wasm-tools writes of the WIT here is read here.
func TestInteropReads(t *testing.T) {
	run := wasmTools(t)
	for name, text := range comptest.WITFiles(t) {
		dir := t.TempDir()
		file := filepath.Join(dir, "in.wit")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(dir, "out.wasm")
		if msg, err := run(nil, "component", "wit", "--all-features", file, "--wasm", "-o", out); err != nil {
			t.Errorf("%s: wasm-tools does not write it: %s", name, msg)
			continue
		}
		wasm, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := component.DecodeWIT(wasm)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		r, pkg := comptest.WITOf(t, text)
		if diff := cmp.Diff(wit.Print(r, pkg), wit.Print(theirs.Resolve, theirs.Package)); diff != "" {
			t.Errorf("%s: the WIT differs (-text +binary):\n%s", name, diff)
		}
	}
}
