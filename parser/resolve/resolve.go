// Package resolve makes the model (package wit) of WIT text: it finds what names
// mean, within a package and across packages, and checks the rules that grammar
// alone does not express (WIT.md, from "Package Names" on).
//
// The work goes in passes. Each package's files become a unit, in which names
// are resolved as far as the package itself tells (scope.go, types.go, funcs.go,
// worlds.go). The units are then put in order (packages.go) and linked into one
// model, one after the other: references to other packages (foreign.go), gates
// (gate.go), types, interfaces and functions (link.go), and worlds with what they
// include (world.go, clone.go) and need (elaborate.go). The order of ids in the
// model is that of wit-parser.
package resolve

import (
	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser"
	"github.com/witgen/witgen/parser/ast"
	"github.com/witgen/witgen/wit"
)

// Options are the settings of a run.
type Options struct {
	// Features are the active features: items that are @unstable are part of
	// the model where their feature is active.
	Features []string
	// AllFeatures activates all features.
	AllFeatures bool
	// EmptyTypes allows records and flags without parts, and the empty tuple. WIT
	// text may have them, but no binary and no binding can: they are for printing.
	EmptyTypes bool
	// Decode reads a WIT package in binary form: what deps/NAME.wasm holds. It
	// returns the model and the package that the file is. Without it such a file
	// is a mistake.
	Decode func(name string, wasm []byte) (*wit.Resolve, wit.PackageID, error)
}

// Result is a model and what the input itself defines of it.
type Result struct {
	Resolve *wit.Resolve
	// Main is the package that the input's own files define at their top level,
	// Nested those that they define in braces.
	Main   wit.PackageID
	Nested []wit.PackageID
}

// group is files that define one package, and perhaps nested ones.
type group struct {
	files []*diag.File
	// binary tells that the text is that of a binary, which holds copies of the
	// packages that it needs: they do not clash with those that are there.
	binary bool
}

// Source resolves the text of one file. name is what diagnostics call it. The
// error, if any, is a diag.List.
func Source(name, text string, opts Options) (*Result, error) {
	return resolve(group{files: []*diag.File{diag.NewFile(name, []byte(text))}}, nil, opts)
}

// Files resolves the texts of one package, as if they lay in one folder, in
// the order in which they are given. The error, if any, is a diag.List.
func Files(files []*diag.File, opts Options) (*Result, error) {
	return resolve(group{files: files}, nil, opts)
}

// resolve makes a model of a package and of those that it may depend on.
func resolve(main group, deps []group, opts Options) (*Result, error) {
	p := &reporter{empty: &reporter{}}
	parsed := p.parse(main)
	mainUnits := p.units(parsed)
	units := mainUnits
	for _, dep := range deps {
		units = append(units, p.units(p.parse(dep))...)
	}
	l := linkAll(units, opts, p)
	if len(p.list) == 0 && !opts.EmptyTypes {
		p.list = p.empty.list
	}
	if err := p.list.Err(); err != nil {
		return nil, err
	}
	result := &Result{Resolve: l.r}
	for i, u := range mainUnits {
		id := l.packages[u.name].id
		if i == len(mainUnits)-1 {
			result.Main = id
		} else {
			result.Nested = append(result.Nested, id)
		}
	}
	return result, nil
}

// parsedGroup is a group after parsing.
type parsedGroup struct {
	group
	trees []*ast.File
	// broken tells for each file whether it has mistakes of syntax.
	broken []bool
}

// parse parses the files of a group.
func (p *reporter) parse(g group) parsedGroup {
	parsed := parsedGroup{group: g}
	for _, f := range g.files {
		tree, mistakes := parser.Parse(f)
		p.list = append(p.list, mistakes...)
		parsed.trees = append(parsed.trees, tree)
		parsed.broken = append(parsed.broken, len(mistakes) > 0)
	}
	return parsed
}

// units makes units of a group: nested packages first, the group's own package
// last.
func (p *reporter) units(g parsedGroup) []*unit {
	var units []*unit
	var own ownPackage
	var files [][]ast.Item
	broken := false
	for i, tree := range g.trees {
		broken = broken || g.broken[i]
		var items []ast.Item
		for _, it := range tree.Items {
			if nested, ok := it.(*ast.NestedPackage); ok {
				units = append(units, p.nested(nested, g.broken[i]))
			} else {
				items = append(items, it)
			}
		}
		if tree.Package != nil {
			p.header(&own, tree.Package)
		}
		files = append(files, items)
	}
	switch {
	case own.decl != nil:
		units = append(units, p.unit(&own.decl.Name, own.docs, files, broken))
	case !broken:
		p.missingPackage(g)
	}
	for _, u := range units {
		u.binary = g.binary
	}
	return units
}

// ownPackage is what the files of a group say of their package.
type ownPackage struct {
	decl   *ast.PackageDecl
	docs   ast.Docs
	docsOf *ast.PackageDecl
}

// header takes in the package declaration of a file.
func (p *reporter) header(own *ownPackage, decl *ast.PackageDecl) {
	name := packageName(&decl.Name)
	if own.decl == nil {
		own.decl = decl
	} else if prev := packageName(&own.decl.Name); name != prev {
		p.report(diag.PackageMismatch, decl.Name.Where,
			"package identifier `%s` does not match previous package name of `%s`", name, prev).
			Relate(own.decl.Name.Where, "the other name").
			Hint("the files of one folder are one package; nest another one in braces: package a:b { ... }")
		return
	}
	if len(decl.Docs.Comments) == 0 {
		return
	}
	if own.docsOf != nil {
		p.report(diag.DuplicatePackageDocs, decl.Docs.Span(), "found doc comments on multiple 'package' items").
			Relate(own.docs.Span(), "the other comment").
			Hint("keep the comment before one package line, and an empty line is not enough: move it elsewhere in the other files")
		return
	}
	own.docs, own.docsOf = decl.Docs, decl
}

// missingPackage reports files that do not say which package they are.
func (p *reporter) missingPackage(g parsedGroup) {
	span := diag.Span{}
	if len(g.files) > 0 {
		span = diag.Span{File: g.files[0]}
	}
	p.report(diag.MissingPackage, span, "no `package` header was found in any WIT file for this package").
		Hint("begin the file with: package namespace:name;")
}

// nested makes a unit of a nested package.
func (p *reporter) nested(n *ast.NestedPackage, broken bool) *unit {
	var items []ast.Item
	for _, it := range n.Items {
		if inner, ok := it.(*ast.NestedPackage); ok {
			p.report(diag.NestedPackage, inner.Name.Where, "nested packages must be placed at the top-level").
				Relate(n.Name.Where, "it is inside this package").
				Hint("move it after the closing brace of the package around it")
			continue
		}
		items = append(items, it)
	}
	return p.unit(&n.Name, n.Docs, [][]ast.Item{items}, broken)
}

// unit makes a unit of a package. Where the text has mistakes of syntax, so that
// parts of the package are missing, names are not resolved.
func (p *reporter) unit(name *ast.PackageName, d ast.Docs, files [][]ast.Item, broken bool) *unit {
	if broken {
		return &unit{name: packageName(name), nameSpan: name.Where, broken: true}
	}
	return build(packageName(name), name.Where, docs(d), files, p)
}
