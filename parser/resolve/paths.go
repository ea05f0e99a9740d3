package resolve

import (
	"fmt"

	"github.com/witgen/witgen/parser/ast"
	"github.com/witgen/witgen/wit"
)

// pathUse is a statement that names an interface or world.
type pathUse struct {
	path  *ast.UsePath
	attrs []*ast.Attribute
	want  want
	// in is the name of the interface that uses types with this statement, or of
	// the world that includes another; nil elsewhere.
	in *ast.Ident
	// use is the statement where it uses types.
	use *ast.Use
}

// want is the kind of item that a path must name.
type want uint8

const (
	wantInterface want = iota
	wantWorld
	wantAny // a top-level use; where the item is another package's, an interface
)

// eachPath visits the statements of a file that name interfaces and worlds. Of a
// world, imports come before exports, whatever their order in the text.
func eachPath(decls []ast.Item, visit func(pathUse)) {
	for _, decl := range decls {
		switch decl := decl.(type) {
		case *ast.Interface:
			eachUse(decl.Body.Items, &decl.Name, visit)
		case *ast.World:
			eachWorldPath(decl, visit)
		case *ast.TopUse:
			visit(pathUse{path: decl.Path, attrs: decl.Attrs, want: wantAny})
		case *ast.NestedPackage:
			// It is a package of its own.
		default:
			panic(fmt.Sprintf("resolve: unhandled declaration %T", decl))
		}
	}
}

func eachUse(items []ast.InterfaceItem, in *ast.Ident, visit func(pathUse)) {
	for _, it := range items {
		if use, ok := it.(*ast.Use); ok {
			visit(pathUse{path: use.Path, attrs: use.Attrs, in: in, use: use})
		}
	}
}

func eachWorldPath(w *ast.World, visit func(pathUse)) {
	for _, it := range w.Items {
		switch it := it.(type) {
		case *ast.Use:
			visit(pathUse{path: it.Path, attrs: it.Attrs, use: it})
		case *ast.Include:
			visit(pathUse{path: it.Path, attrs: it.Attrs, want: wantWorld, in: &w.Name})
		}
	}
	for _, export := range []bool{false, true} {
		for _, it := range w.Items {
			x, ok := it.(*ast.Extern)
			if !ok || x.Export != export {
				continue
			}
			switch t := x.Type.(type) {
			case *ast.UsePath:
				visit(pathUse{path: t, attrs: x.Attrs})
			case *ast.InlineInterface:
				eachUse(t.Body.Items, nil, visit)
			case *ast.Func:
			default:
				panic(fmt.Sprintf("resolve: unhandled import or export %T", t))
			}
		}
	}
}

// packageName returns the name of a package that is named in the text.
func packageName(n *ast.PackageName) wit.PackageName {
	name := wit.PackageName{Namespace: n.Namespace.Text, Name: n.Name.Text}
	if n.Version != nil {
		name.Version = n.Version.Text
	}
	return name
}
