// Package neutral writes the neutral Go file of a WIT interface or world, which is the
// same for host and guest, and joins it with a side's file. Types that hold
// resources differ by side; gen/host and gen/guest declare those with SideTypes.
package neutral

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// Files returns the files of a plan: the neutral file of each package, and beside
// it the one that write returns for packages which differ by side. side names it.
func Files(p *gogen.Plan, side string, write func(pkg *gogen.Package) *jen.File) []gogen.File {
	var sources gogen.Sources
	for _, pkg := range p.Packages {
		if pkg.Foreign {
			continue
		}
		sources.Add(pkg, source(p, pkg), "")
		if differs(p, pkg) {
			sources.Add(pkg, write(pkg), side)
		}
	}
	return sources.Render()
}

// differs reports whether a package has a file for each side: the plan's world has,
// and every package with a function or with a type that holds resources. A world
// that is not the plan's lends its types only.
func differs(p *gogen.Plan, pkg *gogen.Package) bool {
	if pkg == p.WorldPackage() || pkg.Interface >= 0 && len(pkg.Functions) > 0 {
		return true
	}
	return slices.ContainsFunc(pkg.Types, func(id wit.TypeID) bool { return p.HoldsResource(id) })
}

// Generate returns the neutral file of a package: the package's documentation, the
// check of the runtime's version, and the types that hold no resource.
func Generate(p *gogen.Plan, pkg *gogen.Package) gogen.File { return pkg.Render(source(p, pkg), "") }

// source is Generate before the file is formatted.
func source(p *gogen.Plan, pkg *gogen.Package) *jen.File {
	f := p.NewFile(pkg, "")
	f.PackageComment(packageDoc(pkg))
	f.Const().Id("_").Op("=").Add(gogen.ABIVersion.Qual())
	for _, id := range pkg.Types {
		if p.HoldsResource(id) {
			continue
		}
		for _, decl := range declare(p, id) {
			f.Add(jen.Line().Add(decl))
		}
	}
	for _, decl := range texts(p, pkg, false) {
		f.Add(jen.Line().Add(decl))
	}
	return f
}

// SideTypes returns the declarations of a package's types that hold resources and are
// not resources. Each side has them in its own file.
func SideTypes(p *gogen.Plan, pkg *gogen.Package) []jen.Code {
	var decls []jen.Code
	for _, id := range pkg.Types {
		if _, ok := p.Resolve.Types[id].Kind.(*wit.Resource); !ok && p.HoldsResource(id) {
			decls = append(decls, declare(p, id)...)
		}
	}
	return append(decls, texts(p, pkg, true)...)
}

// packageDoc returns the comment of the package.
func packageDoc(pkg *gogen.Package) string {
	text := "Package " + pkg.Name + " is the WIT interface " + pkg.Source + " in Go."
	if pkg.Interface < 0 {
		text = "Package " + pkg.Name + " is the WIT world " + pkg.Source + " in Go."
	}
	if pkg.Docs != "" {
		text += "\n\n" + pkg.Docs
	}
	return gogen.CommentText(text)
}
