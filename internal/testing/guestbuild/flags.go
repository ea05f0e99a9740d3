package guestbuild

import (
	"os"
	"path/filepath"
	"testing"
)

// BuildWith is Build with flags that go beside those of the compiler, or against
// them: the last one counts.
func BuildWith(t testing.TB, c Compiler, dir string, flags ...string) []byte {
	t.Helper()
	track(t, dir)
	out := filepath.Join(t.TempDir(), "guest.wasm")
	cmd := command(t, c, out, flags...)
	cmd.Dir = dir
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s by %s with %v: %v\n%s", dir, c, flags, err, text)
	}
	wasm, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}
