// Package types generates the neutral Go types of an interface or world: the
// file that is the same for host and guest. Types that hold resources differ by
// side; gen/host and gen/guest declare those with Declare.
package types

import (
	"github.com/dave/jennifer/jen"
	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/wit"
)

// Generate returns the neutral file of a package, NAME.wit.go: the package's
// documentation, the check of the runtime's version, and the types that hold no
// resource.
func Generate(p *gogen.Plan, pkg *gogen.Package) gogen.File { return pkg.Render(Source(p, pkg), "") }

// Source is Generate before the file is formatted.
func Source(p *gogen.Plan, pkg *gogen.Package) *jen.File {
	f := p.NewFile(pkg, "")
	f.PackageComment(packageDoc(pkg))
	f.Add(gogen.Comment("What this refers to is missing from a runtime that does not fit this file.\n" +
		"Use the same version of github.com/witgen/witgen to generate and to build.").
		Const().Id("_").Op("=").Add(gogen.ABIVersion.Qual()))
	for _, id := range pkg.Types {
		if p.HoldsResource(id) {
			continue
		}
		for _, decl := range Declare(p, id) {
			f.Add(jen.Line().Add(decl))
		}
	}
	return f
}

// SideTypes returns the types of a package that hold resources and are not
// resources: each side declares them in its own file, with Declare.
func SideTypes(p *gogen.Plan, pkg *gogen.Package) []wit.TypeID {
	var ids []wit.TypeID
	for _, id := range pkg.Types {
		if _, ok := p.Resolve.Types[id].Kind.(*wit.Resource); !ok && p.HoldsResource(id) {
			ids = append(ids, id)
		}
	}
	return ids
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
