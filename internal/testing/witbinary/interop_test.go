package witbinary

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/internal/testing/witrand"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// TestInteropText: the text of a model is that of wasm-tools. The random packages leave
// out what RATIONALE.md names: labelled imports, whose interface's docs wasm-tools prints
// again, and gates that an include brings. make interop sets WITGEN_WASM_TOOLS.
func TestInteropText(t *testing.T) {
	program := os.Getenv("WITGEN_WASM_TOOLS")
	if program == "" {
		t.Skip("WITGEN_WASM_TOOLS does not name a wasm-tools to compare with")
	}
	file := filepath.Join(t.TempDir(), "x.wit")
	compared := 0
	for seed := range uint64(100) {
		o := witrand.Everything(int(seed % 4))
		o.Implements, o.GatedImports, o.IncludeOwn = false, false, false
		text := witrand.File(seed, o)
		result, err := resolve.Source("x.wit", text, resolve.Options{AllFeatures: true})
		if err != nil {
			continue // few: worlds that need an interface both ways
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		want, err := exec.Command(program, "component", "wit", "--all-features", file).Output()
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		var others []wit.PackageID
		for i := range result.Resolve.Packages {
			if id := wit.PackageID(i); id != result.Main {
				others = append(others, id)
			}
		}
		compared++
		if diff := cmp.Diff(string(want), wit.Print(result.Resolve, result.Main, others...)); diff != "" {
			t.Errorf("seed %d (-wasm-tools +witgen):\n%s", seed, diff)
		}
	}
	if compared < 75 {
		t.Errorf("only %d texts were compared", compared)
	}
}
