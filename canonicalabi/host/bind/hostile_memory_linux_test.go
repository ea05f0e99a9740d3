package bind_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestHostileMemory runs the table in a process of its own, whose memory must
// not have grown beyond 256 MiB at any time, under Go's own settings. The peak is
// read from Linux's /proc.
func TestHostileMemory(t *testing.T) {
	t.Parallel()
	binary := os.Args[0]
	if raceEnabled {
		// The race detector's own memory would count.
		binary = filepath.Join(t.TempDir(), "host.test")
		if out, err := exec.Command("go", "test", "-c", "-o", binary, ".").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	form := formName(asComponent)
	cmd := exec.Command(binary, "-test.run=^TestHostile$", "-test.parallel=1")
	cmd.Env = append(os.Environ(), childVariable+"="+form, "GOMEMLIMIT=off", "GOGC=100")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	count, peak := "", 0
	for line := range strings.Lines(string(out)) {
		if n, ok := strings.CutPrefix(line, childReport); ok {
			count = strings.TrimSpace(n)
		}
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			peak, _ = strconv.Atoi(strings.Fields(kb)[0])
		}
	}
	if count == "" || peak == 0 {
		t.Fatalf("the child reports nothing:\n%s", out)
	}
	t.Logf("%s hostile guests as %s, VmHWM %d MiB", count, form, peak>>10)
	if peak > 256<<10 {
		t.Errorf("the peak of memory is %d MiB", peak>>10)
	}
}
