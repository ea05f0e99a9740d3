package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/format"
)

// fmtFlags are the flags of fmt.
type fmtFlags struct{ list, diff, write bool }

func (a *app) fmtCommand() *cobra.Command {
	var flags fmtFlags
	cmd := &cobra.Command{
		Use:   "fmt [flags] [PATH...]",
		Short: "Format WIT files",
		Long: `Format WIT files: those named, and those in the folders named and below. Without
a PATH, format standard input.

Without flags the formatted text goes to standard output. With -l or -d and
without -w, the exit status is 1 where a file is not formatted.`,
		RunE: func(_ *cobra.Command, paths []string) error {
			return a.fmt(&flags, paths)
		},
	}
	cmd.Flags().BoolVarP(&flags.list, "list", "l", false, "print the names of files that are not formatted")
	cmd.Flags().BoolVarP(&flags.diff, "diff", "d", false, "print what formatting changes as a diff")
	cmd.Flags().BoolVarP(&flags.write, "write", "w", false, "write the formatted text to the file")
	return cmd
}

func (a *app) fmt(flags *fmtFlags, paths []string) error {
	if len(paths) == 0 {
		if flags.write {
			return errors.New("fmt -w needs a PATH: standard input cannot be written to")
		}
		text, err := io.ReadAll(a.stdin)
		if err != nil {
			return err
		}
		changed, err := a.fmtText(flags, "<standard input>", text)
		return errors.Join(err, flags.status(changed))
	}
	files, err := witFiles(paths)
	if err != nil {
		return err
	}
	// A file with mistakes does not keep the others from being formatted.
	var mistakes diag.List
	anyChanged := false
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		changed, err := a.fmtText(flags, file, text)
		var list diag.List
		if errors.As(err, &list) {
			mistakes = append(mistakes, list...)
		} else if err != nil {
			return err
		}
		anyChanged = anyChanged || changed
	}
	if err := mistakes.Err(); err != nil {
		return err
	}
	return flags.status(anyChanged)
}

// status is the end of a run that found files that are not formatted.
func (flags *fmtFlags) status(changed bool) error {
	if changed && !flags.write && (flags.list || flags.diff) {
		return errReported
	}
	return nil
}

// fmtText formats one file's text, does with it what the flags say, and returns
// whether formatting changes it. The error is a diag.List where the text has
// mistakes.
func (a *app) fmtText(flags *fmtFlags, name string, text []byte) (changed bool, err error) {
	if component.FormOf(text) != component.NotWasm {
		return false, fmt.Errorf("%s: this is WebAssembly, and fmt formats WIT text; witgen wit prints the WIT that it carries", name)
	}
	formatted, list := format.Source(diag.NewFile(name, text))
	if err := list.Err(); err != nil {
		return false, err
	}
	changed = !bytes.Equal(text, formatted)
	var out bytes.Buffer
	if !flags.list && !flags.diff && !flags.write {
		out.Write(formatted)
	}
	if changed && flags.list {
		fmt.Fprintln(&out, name)
	}
	if changed && flags.diff {
		out.Write(diff.Diff(filepath.ToSlash(name)+".orig", text, filepath.ToSlash(name), formatted))
	}
	if changed && flags.write {
		if err := replaceFile(name, formatted); err != nil {
			return changed, err
		}
	}
	_, err = a.stdout.Write(out.Bytes())
	return changed, err
}

// replaceFile gives a file new content, whole or not at all.
func replaceFile(name string, content []byte) error {
	name, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*.tmp")
	if err != nil {
		return err
	}
	_, err = temp.Write(content)
	err = errors.Join(err, temp.Chmod(info.Mode().Perm()), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}

// witFiles returns the files named, and the .wit files in the folders named and
// below.
func witFiles(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && file != path && strings.HasPrefix(entry.Name(), "."):
				return fs.SkipDir
			case !entry.IsDir() && (file == path || strings.HasSuffix(file, ".wit")):
				files = append(files, file)
			}
			return nil
		})
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no file or folder %s", path)
		}
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}
