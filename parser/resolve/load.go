package resolve

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

// Dir resolves the WIT at a path of the file system: a file, or a folder. The
// .wit files of a folder are one package. What lies in its folder deps may be
// referred to: each folder there is a package, and so is each .wit file. The
// error is a diag.List where the text has mistakes.
func Dir(name string, opts Options) (*Result, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return load(os.DirFS(name), ".", name, opts)
	}
	return load(os.DirFS(filepath.Dir(name)), filepath.Base(name), filepath.Dir(name), opts)
}

// FS resolves the WIT at a path of fsys, as Dir does.
func FS(fsys fs.FS, name string, opts Options) (*Result, error) {
	return load(fsys, name, "", opts)
}

// load resolves the file or folder name of fsys. Diagnostics show the names of
// files below root.
func load(fsys fs.FS, name, root string, opts Options) (*Result, error) {
	l := &loader{fsys: fsys, root: root, decode: opts.Decode}
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		main, err := l.file(name)
		if err != nil {
			return nil, err
		}
		return resolve(main, nil, opts)
	}
	main, err := l.folder(name)
	if err != nil {
		return nil, err
	}
	deps, err := l.deps(path.Join(name, "deps"))
	if err != nil {
		return nil, err
	}
	if len(main.files) == 0 {
		return nil, fmt.Errorf("%s: there are no .wit files in this folder", l.shown(name))
	}
	return resolve(main, deps, opts)
}

// loader reads files.
type loader struct {
	fsys   fs.FS
	root   string
	decode func(name string, wasm []byte) (*wit.Resolve, wit.PackageID, error)
}

// shown returns the name of a file for people.
func (l *loader) shown(name string) string {
	return filepath.Join(l.root, filepath.FromSlash(name))
}

func (l *loader) file(name string) (group, error) {
	text, err := fs.ReadFile(l.fsys, name)
	if err != nil {
		return group{}, err
	}
	return group{files: []*diag.File{diag.NewFile(l.shown(name), text)}}, nil
}

// folder reads the .wit files of a folder, in the order of their names.
func (l *loader) folder(name string) (group, error) {
	var g group
	entries, err := fs.ReadDir(l.fsys, name)
	if err != nil {
		return g, err
	}
	for _, e := range entries {
		file := path.Join(name, e.Name())
		if !strings.HasSuffix(e.Name(), ".wit") || l.isDir(file, e) {
			continue
		}
		one, err := l.file(file)
		if err != nil {
			return g, err
		}
		g.files = append(g.files, one.files...)
	}
	return g, nil
}

// isDir tells whether an entry is a folder, or a link to one.
func (l *loader) isDir(name string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	info, err := fs.Stat(l.fsys, name)
	return err == nil && info.IsDir()
}

// deps reads the folder of dependencies, in the order of names. Files that are
// not WIT are passed over.
func (l *loader) deps(name string) ([]group, error) {
	entries, err := fs.ReadDir(l.fsys, name)
	if err != nil {
		if _, statErr := fs.Stat(l.fsys, name); statErr != nil {
			return nil, nil // there is none
		}
		return nil, err
	}
	var groups []group
	for _, e := range entries {
		entry := path.Join(name, e.Name())
		var g group
		switch ext := path.Ext(e.Name()); {
		case l.isDir(entry, e):
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
			Message: l.shown(name) + ": " + why,
			Hints:   []string{"put the package's WIT text into deps/ instead"},
		}}
	}
	if l.decode == nil || path.Ext(name) != ".wasm" {
		return refuse("a dependency of this form is not read here")
	}
	wasm, err := fs.ReadFile(l.fsys, name)
	if err != nil {
		return group{}, err
	}
	r, main, err := l.decode(l.shown(name), wasm)
	if err != nil {
		return refuse(err.Error())
	}
	text := wit.PrintAll(r, main)
	return group{files: []*diag.File{diag.NewFile(l.shown(name), []byte(text))}, binary: true}, nil
}
