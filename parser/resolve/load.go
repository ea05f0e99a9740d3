package resolve

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/internal/input"
	"github.com/witgen/witgen/parser"
	"github.com/witgen/witgen/wit"
)

// Dir resolves the WIT at a path of the file system: a file, or a folder. The
// .wit files of a folder are one package. What lies in its folder deps may be
// referred to: each folder there is a package, and so is each .wit file.
//
// Of a folder Dir reads regular files, and links that stay inside it, within the
// limits of the codes F0103 and W0123. The error is a diag.List where the text has
// mistakes, or where a file or folder cannot be read.
func Dir(name string, opts Options) (*Result, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, FileError(name, err)
	}
	if !info.IsDir() {
		return load(os.DirFS(filepath.Dir(name)), filepath.Base(name), filepath.Dir(name), opts)
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, FileError(name, err)
	}
	defer root.Close()
	return load(root.FS(), ".", name, opts)
}

// FS resolves the WIT at a path of fsys, as Dir does.
func FS(fsys fs.FS, name string, opts Options) (*Result, error) {
	return load(fsys, name, "", opts)
}

// load resolves the file or folder name of fsys. Diagnostics show the names of
// files below root.
func load(fsys fs.FS, name, root string, opts Options) (*Result, error) {
	l := &loader{fsys: fsys, root: root, decode: opts.Decode, left: input.MaxWIT}
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, l.problem(name, err)
	}
	if !info.IsDir() {
		main, err := l.file(name)
		if err != nil {
			return nil, err
		}
		return resolve(main, nil, opts)
	}
	entries, err := input.ReadDir(fsys, name)
	if err != nil {
		return nil, l.problem(name, err)
	}
	main, err := l.files(name, entries)
	if err != nil {
		return nil, err
	}
	deps, err := l.deps(name, entries)
	if err != nil {
		return nil, err
	}
	if len(main.files) == 0 {
		return nil, diag.List{{Code: diag.FileNotFound, File: l.shown(name), Message: "there are no .wit files in this folder"}}
	}
	return resolve(main, deps, opts)
}

// FileError returns the error of reading a file or folder as a diagnostic that names
// it.
func FileError(name string, err error) diag.List {
	d := &diag.Diagnostic{Code: diag.FileUnreadable, File: name}
	var large *input.TooLarge
	var pathErr *fs.PathError
	switch {
	case errors.As(err, &large):
		d.Code, d.Message = diag.InputTooLarge, large.Error()
	case errors.Is(err, fs.ErrNotExist):
		d.Code, d.Message = diag.FileNotFound, "there is no such file or folder"
	case errors.Is(err, fs.ErrPermission):
		d.Message = "it cannot be read: permission denied"
	case errors.Is(err, input.ErrNotRegular):
		d.Message = input.ErrNotRegular.Error()
	case errors.As(err, &pathErr):
		d.Message = "it cannot be read: " + pathErr.Err.Error()
	default:
		d.Message = "it cannot be read: " + err.Error()
	}
	return diag.List{d}
}

// loader reads files.
type loader struct {
	fsys   fs.FS
	root   string
	decode func(name string, wasm []byte) (*wit.Resolve, wit.PackageID, error)
	left   int64 // bytes that may still be read
}

// shown returns the name of a file for people.
func (l *loader) shown(name string) string {
	return filepath.Join(l.root, filepath.FromSlash(name))
}

func (l *loader) problem(name string, err error) error { return FileError(l.shown(name), err) }

// read returns the content of a file of at most limit bytes.
func (l *loader) read(name string, limit int64) ([]byte, error) {
	content, err := input.ReadFile(l.fsys, name, min(limit, l.left))
	var large *input.TooLarge
	if errors.As(err, &large) {
		if large.Limit == limit {
			return nil, &input.TooLarge{Limit: limit, What: "bytes"}
		}
		return nil, &input.TooLarge{Limit: input.MaxWIT, What: "bytes of WIT in this folder"}
	}
	l.left -= int64(len(content))
	return content, err
}

func (l *loader) file(name string) (group, error) {
	text, err := l.read(name, parser.MaxFileSize)
	var large *input.TooLarge
	if errors.As(err, &large) && large.Limit == parser.MaxFileSize {
		return group{}, parser.TooLarge(l.shown(name))
	}
	if err != nil {
		return group{}, l.problem(name, err)
	}
	return group{files: []*diag.File{diag.NewFile(l.shown(name), text)}}, nil
}

// folder reads the .wit files of a folder, in the order of their names.
func (l *loader) folder(name string) (group, error) {
	entries, err := input.ReadDir(l.fsys, name)
	if err != nil {
		return group{}, l.problem(name, err)
	}
	return l.files(name, entries)
}

// files reads the .wit files among the entries of a folder.
func (l *loader) files(folder string, entries []fs.DirEntry) (group, error) {
	var g group
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".wit") {
			continue
		}
		file := path.Join(folder, e.Name())
		isDir, err := l.isDir(file, e)
		if isDir {
			continue
		}
		var one group
		if err == nil {
			one, err = l.file(file)
		}
		if err != nil {
			return g, err
		}
		g.files = append(g.files, one.files...)
	}
	return g, nil
}

// isDir tells whether an entry is a folder, or a link to one. A link that leads out of
// the folder that is read is an error.
func (l *loader) isDir(name string, e fs.DirEntry) (bool, error) {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir(), nil
	}
	info, err := fs.Stat(l.fsys, name)
	switch {
	case err == nil:
		return info.IsDir(), nil
	case errors.Is(err, fs.ErrNotExist):
		return false, diag.List{{Code: diag.FileNotFound, File: l.shown(name), Message: "this link leads to nothing"}}
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ELOOP):
		return false, l.problem(name, err)
	default:
		return false, diag.List{{
			Code: diag.LinkOutside, File: l.shown(name), Message: "this link leads out of the folder that is read",
			Hints: []string{"put the files themselves in its place"},
		}}
	}
}

// deps reads the folder of dependencies among the entries of a folder, in the order of
// names. Files that are not WIT are passed over.
func (l *loader) deps(folder string, entries []fs.DirEntry) ([]group, error) {
	name := path.Join(folder, "deps")
	found := false
	for _, e := range entries {
		if e.Name() != "deps" {
			continue
		}
		var err error
		if found, err = l.isDir(name, e); err != nil {
			return nil, err
		}
	}
	if !found {
		return nil, nil
	}
	entries, err := input.ReadDir(l.fsys, name)
	if err != nil {
		return nil, l.problem(name, err)
	}
	var groups []group
	for _, e := range entries {
		entry := path.Join(name, e.Name())
		isDir, err := l.isDir(entry, e)
		if err != nil {
			return nil, err
		}
		var g group
		switch ext := path.Ext(e.Name()); {
		case isDir:
			g, err = l.folder(entry)
		case ext == ".wit":
			g, err = l.file(entry)
		case ext == ".wasm" || ext == ".wat":
			g, err = l.binary(entry)
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
		groups = append(groups, g)
	}
	return groups, nil
}

// binary reads a WIT package in binary form, as the text that says the same.
func (l *loader) binary(name string) (group, error) {
	refuse := func(why string) (group, error) {
		return group{}, diag.List{{
			Code:    diag.BinaryDependency,
			File:    l.shown(name),
			Message: why,
			Hints:   []string{"put the package's WIT text into deps/ instead"},
		}}
	}
	if l.decode == nil || path.Ext(name) != ".wasm" {
		return refuse("a dependency of this form is not read here")
	}
	wasm, err := l.read(name, input.MaxWIT)
	if err != nil {
		return group{}, l.problem(name, err)
	}
	r, main, err := l.decode(l.shown(name), wasm)
	if err != nil {
		return refuse(err.Error())
	}
	text := wit.PrintAll(r, main)
	return group{files: []*diag.File{diag.NewFile(l.shown(name), []byte(text))}, binary: true}, nil
}
