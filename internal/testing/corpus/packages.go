package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

var allFeatures = resolve.Options{AllFeatures: true}

// findPackages returns the packages below a folder.
func findPackages(dir string) ([]*witPackage, error) {
	var packages []*witPackage
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if entry.Name() == "deps" && path != dir {
			return fs.SkipDir
		}
		files, err := filepath.Glob(filepath.Join(path, "*.wit"))
		if err != nil || len(files) == 0 {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		_, err = os.Stat(filepath.Join(path, "deps"))
		whole := err == nil
		if !whole {
			_, err = resolve.Dir(path, allFeatures)
			whole = err == nil
		}
		if whole {
			packages = append(packages, &witPackage{name: name, path: path})
			return nil
		}
		for _, file := range files {
			packages = append(packages, &witPackage{name: filepath.Join(name, filepath.Base(file)), path: file})
		}
		return nil
	})
	return packages, err
}

// withWorld returns the path of WIT that has a world for what the package
// defines: its own path where it has a world, else that of a package in folder
// whose world imports and exports every interface. It is empty where there is
// nothing to generate.
func withWorld(p *witPackage, result *resolve.Result, folder string) (string, error) {
	r := result.Resolve
	pkg := r.Packages[result.Main]
	if len(pkg.Worlds) > 0 {
		return p.path, nil
	}
	if len(pkg.Interfaces) == 0 {
		return "", nil
	}
	var world strings.Builder
	fmt.Fprintf(&world, "package witgen:corpus;\n\nworld everything {\n")
	for _, id := range pkg.Interfaces {
		fmt.Fprintf(&world, "  import %s;\n  export %[1]s;\n", escaped(r, id))
	}
	world.WriteString("}\n")
	deps := filepath.Join(folder, "deps")
	if err := os.MkdirAll(deps, 0o777); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(folder, "world.wit"), []byte(world.String()), 0o666); err != nil {
		return "", err
	}
	return folder, os.WriteFile(filepath.Join(deps, "package.wit"), []byte(wit.PrintAll(r, result.Main)), 0o666)
}

// escaped returns the name of an interface with % before each word, so that
// keywords are names.
func escaped(r *wit.Resolve, id wit.InterfaceID) string {
	name := r.Packages[r.Interfaces[id].Package].Name
	text := fmt.Sprintf("%%%s:%%%s/%%%s", name.Namespace, name.Name, r.Interfaces[id].Name)
	if name.Version != "" {
		text += "@" + name.Version
	}
	return text
}
