package files

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/witgen/witgen/wasi/internal/fault"
)

func TestList(t *testing.T) {
	needLinks(t)
	d, dir := grant(t, NewBudget(1))
	populate(t, dir)
	want := []string{"absolute@", "dangling@", "dirlink@", "empty/", "file", "folder/", "link@", "loop@", "slashlink@", "up@", "upfolder@"}
	for range 2 {
		if got := names(t, d); !slices.Equal(got, want) {
			t.Errorf("the folder has %q", got)
		}
	}
	l, err := d.List()
	must(t, err)
	expect(t, "a second listing", err2(d.List()), fault.TooManyFiles)
	must(t, l.Close())
	must(t, l.Close())
}

// TestListMany lists a folder that takes the system several calls.
func TestListMany(t *testing.T) {
	d, dir := grant(t, nil)
	var want []string
	for n := range 1000 {
		name := fmt.Sprintf("a file with a long name %04d", n)
		want = append(want, name)
		write(t, filepath.Join(dir, name), "")
	}
	if got := names(t, d); !slices.Equal(got, want) {
		t.Errorf("of %d files, %d are listed", len(want), len(got))
	}
}

// TestListRemoved lists a folder that was removed after the listing began.
func TestListRemoved(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows removes no folder that is open")
	}
	d, dir := grant(t, nil)
	must(t, os.Mkdir(filepath.Join(dir, "folder"), 0o777))
	folder, err := d.Open("folder", false, 0, Read)
	must(t, err)
	defer folder.Close()
	l, err := folder.List()
	must(t, err)
	defer l.Close()
	must(t, os.Remove(filepath.Join(dir, "folder")))
	if e, err := l.Next(); err != io.EOF {
		t.Errorf("got %v, %v; want the end", e, err)
	}
}
