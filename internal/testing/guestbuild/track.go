package guestbuild

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// track opens the files of the packages that the guest in the folder dir is built of.
// The go command keeps the result of a test until a file that the test's own process
// opened has changed; it does not see what compilers read. Files outside the test's
// module do not count: in a nested module the variable stands for them, which package
// nested sets.
func track(t testing.TB, dir string) {
	t.Helper()
	_ = os.Getenv("WITGEN_INPUTS")
	cmd := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.Dir}}{{end}}", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	out, err := cmd.Output()
	if err != nil {
		return // the compiler says more
	}
	for folder := range strings.Lines(string(out)) {
		folder = strings.TrimSpace(folder)
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if entry.IsDir() || strings.HasSuffix(entry.Name(), "_test.go") {
				continue
			}
			file, err := os.Open(filepath.Join(folder, entry.Name()))
			if err != nil {
				t.Fatal(err)
			}
			file.Close()
		}
	}
}
