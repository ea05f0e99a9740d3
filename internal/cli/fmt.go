package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/format"
	"github.com/witgen/witgen/parser/resolve"
)

// fmtFlags are the flags of fmt.
type fmtFlags struct{ list, diff, write bool }

func (a *app) fmtCommand() *cobra.Command {
	var flags fmtFlags
	cmd := &cobra.Command{
		Use:   "fmt [flags] [PATH...]",
		Short: "Format WIT files",
		Long: `Format WIT files: those named, and those in the folders named and below, but for
links in them. Without a PATH, and for the PATH -, format standard input.

Without flags the formatted text goes to standard output. With -l or -d and
without -w, the exit status is 1 where a file is not formatted. With --format json
such files are printed as diagnostics, and nothing else is.`,
		RunE: func(_ *cobra.Command, paths []string) error {
			return a.fmt(&flags, paths)
		},
	}
	cmd.Flags().BoolVarP(&flags.list, "list", "l", false, "print the names of files that are not formatted")
	cmd.Flags().BoolVarP(&flags.diff, "diff", "d", false, "print what formatting changes as a diff")
	cmd.Flags().BoolVarP(&flags.write, "write", "w", false, "write the formatted text to the file")
	return cmd
}

// shows reports whether the flags ask for the files that are not formatted.
func (flags *fmtFlags) shows() bool { return flags.list || flags.diff }

func (a *app) fmt(flags *fmtFlags, paths []string) error {
	if len(paths) == 0 {
		paths = []string{dash}
	}
	if flags.write && slices.Contains(paths, dash) {
		return errors.New("fmt -w needs a PATH other than -: standard input cannot be written to")
	}
	files, err := witFiles(paths)
	if err != nil {
		return err
	}
	// A file with mistakes does not keep the others from being formatted.
	var mistakes, unformatted diag.List
	var out bytes.Buffer
	for _, file := range files {
		changed, err := a.fmtFile(flags, file, &out)
		var list diag.List
		if errors.As(err, &list) {
			mistakes = append(mistakes, list...)
		} else if err != nil {
			return err
		}
		if changed {
			unformatted = append(unformatted, &diag.Diagnostic{Code: diag.NotFormatted, File: shown(file), Message: "the file is not formatted"})
		}
	}
	if a.format != formatText && (flags.shows() || len(mistakes) > 0) {
		if flags.shows() && !flags.write {
			mistakes = append(mistakes, unformatted...)
		}
		if len(mistakes) == 0 {
			return a.clean(nil)
		}
		return mistakes
	}
	if _, err := a.stdout.Write(out.Bytes()); err != nil {
		return err
	}
	switch {
	case len(mistakes) > 0:
		return mistakes
	case len(unformatted) > 0 && flags.shows() && !flags.write:
		return errReported
	}
	return nil
}

// fmtFile formats one file, does with it what the flags say, and returns whether
// formatting changes it. What it prints goes to out. The error is a diag.List where the
// text has mistakes or the file cannot be read.
func (a *app) fmtFile(flags *fmtFlags, file string, out *bytes.Buffer) (changed bool, err error) {
	text, err := a.read(file)
	if err != nil {
		return false, err
	}
	name := shown(file)
	if component.FormOf(text) != component.NotWasm {
		return false, wrong(fmt.Errorf("%s: this is WebAssembly, and fmt formats WIT text; witgen wit prints the WIT that it carries", name))
	}
	formatted, list := format.Source(diag.NewFile(name, text))
	if err := list.Err(); err != nil {
		return false, err
	}
	changed = !bytes.Equal(text, formatted)
	if !flags.shows() && !flags.write {
		out.Write(formatted)
	}
	if changed && flags.list {
		fmt.Fprintln(out, name)
	}
	if changed && flags.diff {
		out.Write(diff.Diff(filepath.ToSlash(name)+".orig", text, filepath.ToSlash(name), formatted))
	}
	if changed && flags.write {
		return changed, a.writeFile(file, formatted)
	}
	return changed, nil
}

// witFiles returns the files named, and the .wit files in the folders named and below.
// Links in folders are passed over: what they lead to is formatted where it lies.
func witFiles(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		if path == dash {
			files = append(files, path)
			continue
		}
		err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return resolve.FileError(file, err)
			case entry.IsDir() && file != path && strings.HasPrefix(entry.Name(), "."):
				return fs.SkipDir
			case entry.IsDir():
			case file == path || strings.HasSuffix(file, ".wit") && entry.Type().IsRegular():
				files = append(files, file)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}
