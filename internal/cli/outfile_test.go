package cli

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	want := func(name, content string, mode os.FileMode) {
		t.Helper()
		got, err := os.ReadFile(at(name))
		if err != nil || string(got) != content {
			t.Errorf("%s holds %q (%v), want %q", name, got, err, content)
		}
		if info, err := os.Lstat(at(name)); err != nil || info.Mode() != mode {
			t.Errorf("%s is %v (%v), want %v", name, info.Mode(), err, mode)
		}
	}
	a := &app{}
	write := func(name, content string) {
		t.Helper()
		if err := a.writeFile(at(name), []byte(content)); err != nil {
			t.Error(err)
		}
	}
	if err := os.WriteFile(at("old"), []byte("long content"), 0o640); err != nil {
		t.Fatal(err)
	}
	write("old", "new")
	want("old", "new", 0o640)

	for link, target := range map[string]string{"link": "old", "dangling": "nothing"} {
		if err := os.Symlink(target, at(link)); err != nil {
			t.Skipf("there are no links here: %v", err)
		}
	}
	write("link", "through")
	want("old", "through", 0o640)
	want("link", "through", os.ModeSymlink|0o777)
	write("dangling", "in its place")
	if got, err := os.ReadFile(at("dangling")); err != nil || string(got) != "in its place" {
		t.Errorf("dangling holds %q (%v)", got, err)
	}

	if err := a.writeFile(at("no/such/folder"), nil); err == nil {
		t.Error("a folder that is not there is made")
	}
	if err := a.writeFile(dir, nil); err == nil {
		t.Error("a folder is written to")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 {
		t.Errorf("there is more than was written: %v (%v)", entries, err)
	}
}
