package main

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/packages"
)

// exported finds exported names without a doc comment, and those of public packages
// whose types are of internal packages: a user of the package cannot name these.
func exported(p *packages.Package) []finding {
	if strings.HasSuffix(p.ID, ".test") || p.Name == "main" || strings.HasSuffix(p.Name, "_test") {
		return nil
	}
	var found []finding
	public := !isInternal(p.PkgPath)
	report := func(id *ast.Ident, rule, format string, args ...any) {
		found = append(found, finding{p.Fset.Position(id.Pos()), rule, fmt.Sprintf(format, args...)})
	}
	check := func(id *ast.Ident, docs ...*ast.CommentGroup) {
		if !id.IsExported() || strings.HasSuffix(p.Fset.Position(id.Pos()).Filename, "_test.go") {
			return
		}
		documented := false
		for _, doc := range docs {
			documented = documented || doc.Text() != ""
		}
		if !documented {
			report(id, "doc", "%s has no doc comment", id.Name)
		}
		if obj := p.TypesInfo.Defs[id]; public && obj != nil {
			for _, name := range internals(obj) {
				report(id, "internal", "%s is exported, and speaks of %s, which users cannot name", id.Name, name)
			}
		}
	}
	for _, file := range p.Syntax {
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Recv == nil || ast.IsExported(receiver(decl)) {
					check(decl.Name, decl.Doc)
				}
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						check(spec.Name, decl.Doc, spec.Doc, spec.Comment)
					case *ast.ValueSpec:
						for _, id := range spec.Names {
							check(id, decl.Doc, spec.Doc, spec.Comment)
						}
					}
				}
			}
		}
	}
	return found
}

// receiver returns the name of the type that a method is of.
func receiver(f *ast.FuncDecl) string {
	expr := f.Recv.List[0].Type
	for {
		switch e := expr.(type) {
		case *ast.Ident:
			return e.Name
		case *ast.StarExpr:
			expr = e.X
		case *ast.IndexExpr:
			expr = e.X
		case *ast.IndexListExpr:
			expr = e.X
		default:
			return ""
		}
	}
}

func isInternal(path string) bool {
	return strings.HasPrefix(path, "internal/") || strings.Contains(path, "/internal/") || strings.HasSuffix(path, "/internal")
}

// internals returns the types of internal packages that the declaration of an object
// names: parameters and results, exported fields and methods of an interface, elements.
// What the declaration of a named type of a public package names is that type's.
func internals(obj types.Object) []string {
	var names []string
	seen := map[types.Type]bool{}
	var visit func(t types.Type)
	name := func(of *types.TypeName, args *types.TypeList) {
		if of.Pkg() != nil && isInternal(of.Pkg().Path()) {
			names = append(names, of.Pkg().Name()+"."+of.Name())
		}
		for arg := range args.Types() {
			visit(arg)
		}
	}
	visit = func(t types.Type) {
		if seen[t] {
			return
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Alias:
			name(t.Obj(), t.TypeArgs())
		case *types.Named:
			name(t.Obj(), t.TypeArgs())
		case *types.Signature:
			visit(t.Params())
			visit(t.Results())
			for param := range t.TypeParams().TypeParams() {
				visit(param.Constraint())
			}
		case *types.Tuple:
			for v := range t.Variables() {
				visit(v.Type())
			}
		case *types.Struct:
			for field := range t.Fields() {
				if field.Exported() {
					visit(field.Type())
				}
			}
		case *types.Interface:
			for method := range t.ExplicitMethods() {
				if method.Exported() {
					visit(method.Type())
				}
			}
			for embedded := range t.EmbeddedTypes() {
				visit(embedded)
			}
		case *types.Union:
			for term := range t.Terms() {
				visit(term.Type())
			}
		case *types.Map:
			visit(t.Key())
			visit(t.Elem())
		case interface{ Elem() types.Type }: // pointer, slice, array, channel
			visit(t.Elem())
		}
	}
	switch t := obj.Type().(type) {
	case *types.Alias:
		if _, ok := obj.(*types.TypeName); ok {
			visit(t.Rhs())
		} else {
			visit(t)
		}
	case *types.Named:
		if _, ok := obj.(*types.TypeName); ok {
			visit(t.Underlying())
		} else {
			visit(t)
		}
	default:
		visit(t)
	}
	return names
}
