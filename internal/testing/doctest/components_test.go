package doctest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The commands that docs/components.md shows are lines of the script that runs
// them.
func TestComponents(t *testing.T) {
	script, err := os.ReadFile(filepath.Join(root, "cmd/witgen/testdata/script/docs_components.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	run := map[string]bool{}
	for line := range strings.Lines(string(script)) {
		run[strings.TrimSpace(line)] = true
	}
	for _, block := range blocks(t, "docs/components.md", "sh") {
		for line := range strings.Lines(block) {
			if line = strings.TrimSpace(line); !run[line] {
				t.Errorf("docs_components.txtar does not run %q", line)
			}
		}
	}
}
