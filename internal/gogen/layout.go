package gogen

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/wit"
)

// reservedElements are names of folders and files that mean something to Go or
// to Windows. They get a trailing underscore.
var reservedElements = strings.Fields(`internal vendor testdata main
	con prn aux nul com0 com1 com2 com3 com4 com5 com6 com7 com8 com9
	lpt0 lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9`)

// element returns a WIT name as the name of a folder or the stem of a file.
func element(name string) string {
	if slices.Contains(reservedElements, strings.ToLower(name)) {
		return name + "_"
	}
	return name
}

// place settles where pkg lies, which is at names in a WIT package.
func (p *Plan) place(pkg *Package, of wit.PackageName, names []string) {
	pkg.Dir = layoutDir(of, names, p.versionElement(of, p.Options.Versioned))
	pkg.ImportPath = path.Join(p.Options.ImportPath, pkg.Dir)
	last := names[len(names)-1]
	pkg.base = element(last)
	pkg.Name = packageName(of, last)
}

// layoutDir returns the folder of the interface or world that lies at names in
// a WIT package: NAMESPACE/PACKAGE/NAME, or NAMESPACE/PACKAGE/VERSION/NAME where
// version is not empty.
func layoutDir(of wit.PackageName, names []string, version string) string {
	elements := []string{element(of.Namespace), element(of.Name)}
	if version != "" {
		elements = append(elements, version)
	}
	for _, name := range names {
		elements = append(elements, element(name))
	}
	return path.Join(elements...)
}

// versionElement returns the version of a WIT package as it joins the path: its
// track, v1 or v0.2, where the model holds several tracks of the package or where
// versioned asks for it; the whole version, v0.2.8, where the model holds several
// versions of this track; otherwise nothing.
func (p *Plan) versionElement(of wit.PackageName, versioned bool) string {
	if of.Version == "" || !versioned && !p.hasOtherVersion(of) {
		return ""
	}
	return p.shortVersion(of)
}

// shortVersion returns v and the track of a WIT package's version, or v and all of
// it where the track alone could mean another folder: that of another version, or
// that of an interface or world called like it in the package without a version.
func (p *Plan) shortVersion(of wit.PackageName) string {
	track := wit.VersionTrack(of.Version)
	for _, other := range p.Resolve.Packages {
		name := other.Name
		if name.Namespace != of.Namespace || name.Name != of.Name || name.Version == of.Version {
			continue
		}
		if wit.VersionTrack(name.Version) == track || name.Version == "" && p.declares(other, "v"+track) {
			return "v" + of.Version
		}
	}
	return "v" + track
}

// declares reports whether a WIT package has an interface or world of that name.
func (p *Plan) declares(pkg *wit.Package, name string) bool {
	return slices.ContainsFunc(pkg.Interfaces, func(id wit.InterfaceID) bool { return p.Resolve.Interfaces[id].Name == name }) ||
		slices.ContainsFunc(pkg.Worlds, func(id wit.WorldID) bool { return p.Resolve.Worlds[id].Name == name })
}

// hasOtherVersion reports whether the model holds another version of a WIT package.
func (p *Plan) hasOtherVersion(of wit.PackageName) bool {
	return slices.ContainsFunc(p.Resolve.Packages, func(other *wit.Package) bool {
		return other.Name.Namespace == of.Namespace && other.Name.Name == of.Name && other.Name.Version != of.Version
	})
}

// packageName returns the Go name of the package for an interface or world: its
// name without dashes, behind the WIT package's name where Go would not have it.
// Files of a package called documentation are ignored by the go command.
func packageName(of wit.PackageName, name string) string {
	s := flat(name)
	for _, prefix := range []string{of.Name, of.Namespace, "wit"} {
		if !universe.Has(s) && s != "documentation" && s != "err" {
			break
		}
		s = flat(prefix) + s
	}
	return s
}

// placeForeign applies Options.With: the packages that it names lie elsewhere,
// and so do those whose types they use. Where those lie is known if the given
// path ends the way that the layout has it, and otherwise must be given too.
func (p *Plan) placeForeign() diag.List {
	var diags diag.List
	used := map[string]bool{}
	roots := map[*Package]foreignRoot{}
	for _, pkg := range slices.Backward(p.Packages) {
		key, importPath := p.withEntry(pkg)
		if key != "" {
			used[key] = true
			p.makeForeign(pkg, importPath)
		}
		if !pkg.Foreign {
			continue
		}
		root, ok := roots[pkg]
		if key != "" {
			root, ok = p.foreignRoot(pkg, importPath)
		}
		for _, dep := range pkg.deps {
			if depKey, _ := p.withEntry(dep); depKey != "" || dep.Foreign {
				continue
			}
			if !ok {
				diags = append(diags, foreignDependency(pkg, dep))
				continue
			}
			roots[dep] = root
			of := p.packageName(dep)
			p.makeForeign(dep, path.Join(root.path, layoutDir(of, p.namesOf(dep), p.versionElement(of, root.versioned))))
		}
	}
	for key := range p.Options.With {
		if !used[key] {
			diags = append(diags, &diag.Diagnostic{Code: diag.UnknownWith,
				Message: fmt.Sprintf("--with names %s, which is no interface that the world needs", key)})
		}
	}
	slices.SortFunc(diags, func(a, b *diag.Diagnostic) int { return strings.Compare(a.Message, b.Message) })
	return diags
}

// foreignRoot is the output folder of another module, as an import path. versioned
// is Options.Versioned of its run.
type foreignRoot struct {
	path      string
	versioned bool
}

func (p *Plan) foreignRoot(pkg *Package, importPath string) (foreignRoot, bool) {
	of := p.packageName(pkg)
	for _, versioned := range []bool{true, false} {
		dir := layoutDir(of, p.namesOf(pkg), p.versionElement(of, versioned))
		if root, ok := strings.CutSuffix(importPath, "/"+dir); ok {
			return foreignRoot{root, versioned}, true
		}
	}
	return foreignRoot{}, false
}

func (p *Plan) makeForeign(pkg *Package, importPath string) {
	pkg.Foreign, pkg.ImportPath = true, importPath
}

// withEntry returns the entry of Options.With for the interface of pkg: its
// qualified name, with or without the version.
func (p *Plan) withEntry(pkg *Package) (key, importPath string) {
	if pkg.Interface < 0 {
		return "", ""
	}
	name, _, _ := strings.Cut(pkg.Source, "@")
	for _, key := range []string{pkg.Source, name} {
		if importPath, ok := p.Options.With[key]; ok {
			return key, importPath
		}
	}
	return "", ""
}

// namesOf returns where pkg lies in its WIT package.
func (p *Plan) namesOf(pkg *Package) []string {
	name, _, _ := strings.Cut(pkg.Source, "@")
	return strings.Split(name, "/")[1:]
}

// File returns the path of a file of pkg below the output folder: NAME.wit.go,
// and NAME_SIDE.wit.go where side is not empty. The go command reads no build
// constraint from such a name, since WIT's names have no underscores and the
// sides are not called like systems.
func (pkg *Package) File(side string) string {
	name := pkg.base
	if side != "" {
		name += "_" + side
	}
	return path.Join(pkg.Dir, name+".wit.go")
}
