package cli

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// outFlag is the flag that names the one file that a command writes.
type outFlag struct{ file string }

func (f *outFlag) add(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.file, "out", "o", "", "`FILE` to write to, whole or not at all; - is standard output (default: standard output)")
}

// toStdout reports whether the output goes to standard output.
func (f *outFlag) toStdout() bool { return f.file == "" || f.file == dash }

// writeText writes text to the file, or to standard output.
func (a *app) writeText(f *outFlag, text []byte) error {
	if f.toStdout() {
		_, err := a.stdout.Write(text)
		return err
	}
	return a.writeFile(f.file, text)
}

// writeBinary writes a binary to the file, or to standard output where that is no
// terminal or was named.
func (a *app) writeBinary(f *outFlag, wasm []byte) error {
	if f.file == "" && isTerminal(a.stdout.w) {
		return errors.New("the output is binary, and standard output is a terminal: name a file with -o")
	}
	return a.writeText(f, wasm)
}

// isTerminal reports whether w is a terminal, or another device of characters but
// the one that drops what it gets.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}

// writeFile gives a file its content, whole or not at all: the content lies complete
// beside the file before it takes the place of what was there. A link that leads to a
// file stays, and that file is written; a device is written to. Where a signal stops
// the run, nothing stays beside the file.
func (a *app) writeFile(name string, content []byte) error {
	mode := fs.FileMode(0o666)
	info, err := os.Lstat(name)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		var target string
		if target, err = filepath.EvalSymlinks(name); err == nil {
			name = target
			info, err = os.Stat(name)
		}
	}
	there := err == nil
	switch {
	case there && info.IsDir():
		return fmt.Errorf("%s is a folder: name a file with -o", name)
	case there && !info.Mode().IsRegular():
		return os.WriteFile(name, content, mode)
	case there:
		mode = info.Mode().Perm()
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	err = a.cleaner.hold(func() error {
		dir := filepath.Dir(name)
		temp, err := newTemp(filepath.Base(name), func(temp string) (*os.File, error) {
			return os.OpenFile(filepath.Join(dir, temp), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		})
		if err != nil {
			return err
		}
		_, err = temp.Write(content)
		if there {
			err = errors.Join(err, temp.Chmod(mode)) // in spite of the umask
		}
		err = errors.Join(err, temp.Close())
		if err == nil {
			err = os.Rename(temp.Name(), name)
		}
		if err != nil {
			err = errors.Join(err, os.Remove(temp.Name()))
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", name, err)
	}
	return nil
}

// newTemp makes a file for the new content of the one called base, under a name that
// was not there and that nobody can guess. open makes a file of a name, and fails with
// fs.ErrExist where it is there.
func newTemp(base string, open func(name string) (*os.File, error)) (*os.File, error) {
	if len(base) > 100 {
		base = base[:100]
	}
	for tries := 0; ; tries++ {
		file, err := open("." + base + "." + rand.Text() + ".tmp")
		if !errors.Is(err, fs.ErrExist) || tries == 100 {
			return file, err
		}
	}
}
