package cli

import (
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
	cmd.Flags().StringVarP(&f.file, "out", "o", "", "`FILE` to write to, whole or not at all (default: standard output)")
}

// writeText writes text to the file, or to standard output.
func (a *app) writeText(f *outFlag, text []byte) error {
	if f.file == "" {
		_, err := a.stdout.Write(text)
		return err
	}
	return writeFile(f.file, text)
}

// writeBinary writes a binary to the file, or to standard output where that is no
// terminal.
func (a *app) writeBinary(f *outFlag, wasm []byte) error {
	if f.file == "" && isTerminal(a.stdout) {
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
// file stays, and that file is written; a device is written to.
func writeFile(name string, content []byte) error {
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
	temp := filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s.%d.tmp", filepath.Base(name), os.Getpid()))
	err = os.WriteFile(temp, content, mode)
	if err == nil && there {
		err = os.Chmod(temp, mode) // in spite of the umask
	}
	if err == nil {
		err = os.Rename(temp, name)
	}
	if err != nil {
		if left := os.Remove(temp); left != nil && !errors.Is(left, fs.ErrNotExist) {
			err = errors.Join(err, left)
		}
		return fmt.Errorf("%s cannot be written: %w", name, err)
	}
	return nil
}
