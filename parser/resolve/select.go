package resolve

import (
	"fmt"
	"slices"
	"strings"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

// SelectWorld returns the world that a user names. The name is that of a world
// of the package main, or ns:pkg/world, or ns:pkg/world@1.2.3. The version may be
// left out where the package is there in one version only. An empty name is the
// only world of main. The error of a name that fits no world, or no single one,
// lists those that there are.
func SelectWorld(r *wit.Resolve, main wit.PackageID, name string) (wit.WorldID, error) {
	pkgName, world, qualified := strings.Cut(name, "/")
	if !qualified {
		return selectIn(r, main, name)
	}
	world, version, _ := strings.Cut(world, "@")
	namespace, pkgName, ok := strings.Cut(pkgName, ":")
	if !ok || namespace == "" || pkgName == "" || world == "" {
		return 0, fmt.Errorf("%q is not the name of a world: write world, ns:pkg/world or ns:pkg/world@1.2.3", name)
	}
	var found []wit.PackageID
	var names, versions []string
	for id, p := range r.Packages {
		names = append(names, p.Name.Namespace+":"+p.Name.Name)
		if p.Name.Namespace != namespace || p.Name.Name != pkgName {
			continue
		}
		if p.Name.Version == version {
			return selectIn(r, wit.PackageID(id), world)
		}
		found = append(found, wit.PackageID(id))
		versions = append(versions, p.Name.Version)
	}
	switch {
	case len(found) == 0:
		return 0, fmt.Errorf("there is no package %s:%s%s", namespace, pkgName, meant(namespace+":"+pkgName, names))
	case version != "" && len(found) == 1 && versions[0] == "":
		return 0, fmt.Errorf("there is no package %s:%s@%s: it is there without a version", namespace, pkgName, version)
	case version != "":
		return 0, fmt.Errorf("there is no package %s:%s@%s: it is there at version %s", namespace, pkgName, version, strings.Join(versions, ", "))
	case len(found) > 1:
		return 0, fmt.Errorf("package %s:%s is there at versions %s: write %s@VERSION", namespace, pkgName, strings.Join(versions, ", "), name)
	}
	return selectIn(r, found[0], world)
}

// selectIn returns the world of that name in a package, or its only one.
func selectIn(r *wit.Resolve, pkg wit.PackageID, name string) (wit.WorldID, error) {
	p := r.Packages[pkg]
	var names, qualified []string
	for _, id := range p.Worlds {
		w := r.Worlds[id].Name
		if w == name {
			return id, nil
		}
		names = append(names, w)
		qualified = append(qualified, p.Name.Qualify(w))
	}
	switch {
	case len(names) == 0:
		return 0, fmt.Errorf("package %s has no world; write one that imports or exports its interfaces: world NAME { export INTERFACE; }", p.Name)
	case name != "":
		return 0, fmt.Errorf("package %s has no world %q%s\nits worlds are:%s", p.Name, name, meant(name, names), listed(qualified))
	case len(names) > 1:
		return 0, fmt.Errorf("package %s has several worlds; choose one of:%s", p.Name, listed(qualified))
	}
	return p.Worlds[0], nil
}

func meant(name string, names []string) string {
	if near := diag.Nearest(name, slices.Values(names)); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

func listed(names []string) string {
	return "\n  " + strings.Join(names, "\n  ")
}
