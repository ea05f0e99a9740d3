package roundtrip

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The bindings in gen are what witgen makes of the worlds now.
func TestBindingsAreUpToDate(t *testing.T) {
	source, err := os.Open("doc.go")
	must(t, err)
	defer source.Close()
	lines := bufio.NewScanner(source)
	checked := 0
	for lines.Scan() {
		command, ok := strings.CutPrefix(lines.Text(), "//go:generate ")
		if !ok {
			continue
		}
		checked++
		args := append(strings.Fields(command), "--verify")
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v; run go generate\n%s", command, err, out)
		}
	}
	must(t, lines.Err())
	same(t, "commands", 3, checked)
}
