package doctest

import (
	"os"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The commands of docs/run.md print what the page shows, and its program compiles.
func TestRun(t *testing.T) {
	const page = "docs/run.md"
	programs, sessions := blocks(t, page, "go"), blocks(t, page, "console")
	t.Chdir(t.TempDir())
	if err := os.Mkdir("data", 0o777); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"hello.go": programs[0], "data/note.txt": "a note\n"} {
		if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-o", "hello.wasm", "hello.go")
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, session := range sessions {
		if diff := cmp.Diff(session, replay(t, session)); diff != "" {
			t.Errorf("(-page +witgen):\n%s", diff)
		}
	}
}
