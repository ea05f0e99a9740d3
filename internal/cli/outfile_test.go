package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A temporary file has a name that nobody can guess, and takes the place of nothing.
func TestNewTemp(t *testing.T) {
	var names []string
	for range 2 {
		taken := 3
		file, err := newTemp("out.wasm", func(name string) (*os.File, error) {
			names = append(names, name)
			if taken--; taken >= 0 {
				return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrExist}
			}
			return os.Open(os.DevNull)
		})
		if err != nil {
			t.Fatal(err)
		}
		file.Close()
	}
	seen := map[string]bool{}
	for _, name := range names {
		if len(name) < len(".out.wasm..tmp")+20 || seen[name] {
			t.Errorf("the names are %q", names)
		}
		seen[name] = true
	}
	if len(names) != 8 {
		t.Errorf("%d names were tried, want 8", len(names))
	}
	tries := 0
	_, err := newTemp(strings.Repeat("x", 300), func(name string) (*os.File, error) {
		if tries++; len(name) > 200 {
			t.Errorf("a name of %d bytes", len(name))
		}
		return nil, fs.ErrExist
	})
	if !errors.Is(err, fs.ErrExist) || tries > 200 {
		t.Errorf("%v after %d tries", err, tries)
	}
}

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
