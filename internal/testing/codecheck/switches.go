package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// switches finds the switches over kinds that leave some out without a word. Kinds are
// the types of a sealed interface, which has a method that is not exported, and the
// constants of a type, of the module's own. A switch that names more than half of them
// is taken to be about all: it names the others too, or ends in a default that panics
// or fails. One that picks out a few asks a question, and may end as it likes.
func switches(p *packages.Package) []finding {
	var found []finding
	for _, file := range p.Syntax {
		ast.Inspect(file, func(n ast.Node) bool {
			body, subject := switched(n)
			if body == nil {
				return true
			}
			t, ok := types.Unalias(p.TypesInfo.TypeOf(subject)).(*types.Named)
			if !ok || t.Obj().Pkg() == nil || p.Module == nil || !within(t.Obj().Pkg().Path(), p.Module.Path) {
				return true
			}
			all := kinds(t)
			missing, last := missing(p.TypesInfo, body, all)
			if named := len(all) - len(missing); len(missing) > 0 && 2*named > len(all) && !(last != nil && fails(p.TypesInfo, last)) {
				found = append(found, finding{p.Fset.Position(n.Pos()), "switch", fmt.Sprintf(
					"it names %d of the %d kinds of %s; name %s too, or end in a default that panics", named, len(all), t.Obj().Name(), some(missing))})
			}
			return true
		})
	}
	return found
}

// within reports whether a package is of a module or of one below it.
func within(pkg, module string) bool { return pkg == module || strings.HasPrefix(pkg, module+"/") }

// some lists up to four names.
func some(names []string) string {
	if len(names) > 4 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
	}
	return strings.Join(names, ", ")
}

// switched returns the body of a switch and the expression that it is about, and nil
// for other nodes and for a switch without an expression.
func switched(n ast.Node) (*ast.BlockStmt, ast.Expr) {
	switch n := n.(type) {
	case *ast.SwitchStmt:
		if n.Tag != nil {
			return n.Body, n.Tag
		}
	case *ast.TypeSwitchStmt:
		switch assign := n.Assign.(type) {
		case *ast.ExprStmt:
			return n.Body, assign.X.(*ast.TypeAssertExpr).X
		case *ast.AssignStmt:
			return n.Body, assign.Rhs[0].(*ast.TypeAssertExpr).X
		}
	}
	return nil, nil
}

// kinds returns the names of the kinds of a type, or nil where it has less than two:
// those that its package declares.
func kinds(t *types.Named) []string {
	scope := t.Obj().Pkg().Scope()
	var names []string
	values := map[string]bool{} // of constants: two names of one are one kind
	for _, name := range scope.Names() {
		switch obj := scope.Lookup(name).(type) {
		case *types.Const:
			value := obj.Val().ExactString()
			if types.Identical(obj.Type(), t) && !values[value] {
				values[value] = true
				names = append(names, name)
			}
		case *types.TypeName:
			sealed, ok := t.Underlying().(*types.Interface)
			if !ok || obj.IsAlias() || types.IsInterface(obj.Type()) || !hasUnexported(sealed) {
				continue
			}
			if types.Implements(obj.Type(), sealed) || types.Implements(types.NewPointer(obj.Type()), sealed) {
				names = append(names, name)
			}
		}
	}
	if len(names) < 2 {
		return nil
	}
	return names
}

func hasUnexported(t *types.Interface) bool {
	for m := range t.Methods() {
		if !m.Exported() {
			return true
		}
	}
	return false
}

// missing returns the kinds that no case names, and the default if there is one.
func missing(info *types.Info, body *ast.BlockStmt, all []string) (names []string, last *ast.CaseClause) {
	names = slices.Clone(all)
	drop := func(obj types.Object) {
		if obj != nil {
			names = slices.DeleteFunc(names, func(name string) bool { return name == obj.Name() })
		}
	}
	for _, stmt := range body.List {
		clause := stmt.(*ast.CaseClause)
		if clause.List == nil {
			last = clause
		}
		for _, expr := range clause.List {
			value := info.Types[expr]
			switch t := types.Unalias(value.Type).(type) {
			case *types.Named:
				if value.Value != nil {
					drop(constantOf(t, value.Value))
				} else {
					drop(t.Obj())
				}
			case *types.Pointer:
				if named, ok := types.Unalias(t.Elem()).(*types.Named); ok {
					drop(named.Obj())
				}
			}
		}
	}
	return names, last
}

// constantOf returns the first constant of a type that has a value, in the order of
// their names, which is the one that kinds returns.
func constantOf(t *types.Named, value constant.Value) types.Object {
	scope := t.Obj().Pkg().Scope()
	for _, name := range scope.Names() {
		if c, ok := scope.Lookup(name).(*types.Const); ok && types.Identical(c.Type(), t) && constant.Compare(c.Val(), token.EQL, value) {
			return c
		}
	}
	return nil
}

// fails reports whether a default panics or fails: it calls panic or what is named
// after failing, or returns or sets an error.
func fails(info *types.Info, clause *ast.CaseClause) bool {
	found := false
	for _, stmt := range clause.Body {
		ast.Inspect(stmt, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				name := ""
				switch fun := n.Fun.(type) {
				case *ast.Ident:
					name = fun.Name
				case *ast.SelectorExpr:
					name = fun.Sel.Name
				}
				found = found || failing(name) || isError(info.TypeOf(n))
			case *ast.ReturnStmt:
				for _, result := range n.Results {
					found = found || isError(info.TypeOf(result))
				}
			}
			return !found
		})
	}
	return found
}

// failing reports whether a function of a name is for failing.
func failing(name string) bool {
	return slices.ContainsFunc([]string{"panic", "fail", "Fatal", "Error", "invalid", "malformed", "report"}, func(verb string) bool {
		return strings.HasPrefix(name, verb)
	})
}

var errorType = types.Universe.Lookup("error").Type().Underlying().(*types.Interface)

// isError reports whether t is a type of errors. The type of nil is none.
func isError(t types.Type) bool {
	return t != nil && !types.Identical(t, types.Typ[types.UntypedNil]) && types.Implements(t, errorType)
}
