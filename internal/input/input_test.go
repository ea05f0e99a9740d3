package input

import (
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// endless is a reader without an end. It counts what is read of it.
type endless struct{ read int64 }

func (e *endless) Read(b []byte) (int, error) {
	e.read += int64(len(b))
	return len(b), nil
}

func TestReadAll(t *testing.T) {
	for _, n := range []int{0, 1, 999, 1000} {
		text := strings.Repeat("x", n)
		if got, err := ReadAll(strings.NewReader(text), 1000); err != nil || string(got) != text {
			t.Errorf("%d bytes: %d, %v", n, len(got), err)
		}
	}
	var large *TooLarge
	if _, err := ReadAll(strings.NewReader(strings.Repeat("x", 1001)), 1000); !errors.As(err, &large) || large.Limit != 1000 {
		t.Errorf("a byte too many: %v", err)
	}
	e := &endless{}
	if _, err := ReadAll(e, 1<<20); !errors.As(err, &large) || e.read != 1<<20+1 {
		t.Errorf("without an end: %v after %d bytes", err, e.read)
	}
	if _, err := ReadAll(io.MultiReader(strings.NewReader("x"), failing{}), 1000); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("an error of the reader: %v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, fs.ErrPermission }

func TestReadFile(t *testing.T) {
	fsys := fstest.MapFS{
		"text": {Data: []byte("hello")},
		"pipe": {Mode: fs.ModeNamedPipe},
		"dir":  {Mode: fs.ModeDir},
	}
	if got, err := ReadFile(fsys, "text", 5); err != nil || string(got) != "hello" {
		t.Errorf("%q, %v", got, err)
	}
	var large *TooLarge
	if _, err := ReadFile(fsys, "text", 4); !errors.As(err, &large) {
		t.Error(err)
	}
	for _, name := range []string{"pipe", "dir"} {
		if _, err := ReadFile(fsys, name, 5); !errors.Is(err, ErrNotRegular) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ReadFile(fsys, "nothing", 5); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestReadDir(t *testing.T) {
	entries, err := ReadDir(fstest.MapFS{"b": {}, "a": {}, "c/d": {}}, ".")
	if err != nil || len(entries) != 3 || entries[0].Name() != "a" || entries[2].Name() != "c" {
		t.Errorf("%v, %v", entries, err)
	}
	if _, err := ReadDir(fstest.MapFS{"b": {}}, "b"); err == nil {
		t.Error("a file is a folder")
	}
	// A folder without an end is read up to the limit.
	f := &endlessFolder{}
	var large *TooLarge
	if _, err := ReadDir(f, "."); !errors.As(err, &large) || f.read > MaxEntries+1000 {
		t.Errorf("%v after %d entries", err, f.read)
	}
}

// endlessFolder is a file system with a folder that has no end.
type endlessFolder struct{ read int }

func (f *endlessFolder) Open(string) (fs.File, error) { return f, nil }
func (f *endlessFolder) Stat() (fs.FileInfo, error)   { return nil, fs.ErrInvalid }
func (f *endlessFolder) Read([]byte) (int, error)     { return 0, fs.ErrInvalid }
func (f *endlessFolder) Close() error                 { return nil }

func (f *endlessFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	f.read += n
	entries := make([]fs.DirEntry, n)
	for i := range entries {
		entries[i] = entry{}
	}
	return entries, nil
}

type entry struct{}

func (entry) Name() string               { return "x" }
func (entry) IsDir() bool                { return false }
func (entry) Type() fs.FileMode          { return 0 }
func (entry) Info() (fs.FileInfo, error) { return nil, fs.ErrInvalid }
