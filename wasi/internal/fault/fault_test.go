package fault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestOf(t *testing.T) {
	for _, c := range []struct {
		err  error
		want Code
	}{
		{Loop, Loop},
		{&Error{Code: Busy}, Busy},
		{fmt.Errorf("wrapped: %w", &Error{Code: Busy, Cause: fs.ErrExist}), Busy},
		{fs.ErrNotExist, NoEntry},
		{fs.ErrExist, Exist},
		{os.ErrClosed, BadDescriptor},
		{&fs.PathError{Err: syscall.ENOTDIR}, NotDirectory},
		{&os.LinkError{Err: syscall.ENOTEMPTY}, NotEmpty},
		{syscall.EXDEV, CrossDevice},
		{errors.ErrUnsupported, Unsupported},
		{context.Canceled, Interrupted},
		{errors.New("other"), IO},
	} {
		if got := Of(c.err); got != c.want {
			t.Errorf("%v is %v, want %v", c.err, got, c.want)
		}
	}
	if Wrap(nil) != nil {
		t.Error("nil is an error")
	}
	if Wrap(Busy) != Busy {
		t.Error("a code is wrapped")
	}
}

// TestEscapes checks that the error of os.Root for paths that lead out of it is known,
// which package os does not export.
func TestEscapes(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := os.WriteFile(filepath.Join(dir, "f"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	_, opening := root.Open("../x")
	for _, err := range []error{opening, root.Rename("f", "../y"), root.Link("f", "../y"), root.Mkdir("../y", 0o777)} {
		if got := Of(err); got != NotPermitted {
			t.Errorf("%v is %v", err, got)
		}
	}
}

func TestNames(t *testing.T) {
	seen := map[string]Code{}
	for code := range count {
		text := code.Error()
		if other, ok := seen[text]; ok || text == "" || text == "unknown error" {
			t.Errorf("%d and %d are both %q", code, other, text)
		}
		seen[text] = code
	}
	if count.Error() != "unknown error" {
		t.Error("a code out of range has a name")
	}
}
