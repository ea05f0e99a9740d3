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
// beside the file before it takes the place of what was there. A link stays, and
// what it points to is written; so is a device.
func writeFile(name string, content []byte) error {
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("%s is a folder: name a file with -o", name)
	case err == nil && info.Mode().IsRegular():
		return replaceFile(name, content)
	case err == nil:
		return os.WriteFile(name, content, 0o666)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	temp := filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s.%d.tmp", filepath.Base(name), os.Getpid()))
	if err := os.WriteFile(temp, content, 0o666); err != nil {
		return fmt.Errorf("%s cannot be written: %w", name, errors.Join(err, removeIfThere(temp)))
	}
	if err := os.Rename(temp, name); err != nil {
		return errors.Join(err, removeIfThere(temp))
	}
	return nil
}

func removeIfThere(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
