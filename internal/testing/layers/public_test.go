package layers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// notPublic matches the packages that programs outside of the module do not import.
var notPublic = regexp.MustCompile(`^(.*/)?internal(/.*)?$|^(cmd|examples|scripts)/`)

// publicPackages returns the packages of the module that any program may import,
// type-checked.
func publicPackages(t *testing.T) []*types.Package {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-export", "-json=ImportPath,Export,Name,Dir,GoFiles", "./...")
	cmd.Dir = "../../.."
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	exports := map[string]string{}
	var public []string
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Export, Name, Dir string
			GoFiles                       []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		exports[p.ImportPath] = p.Export
		if name, ok := ours(p.ImportPath); ok && p.Name != "main" && !notPublic.MatchString(name) {
			public = append(public, p.ImportPath)
			// What the test looks at is what go test compares before it takes a
			// result from its cache.
			for _, file := range p.GoFiles {
				if _, err := os.Stat(filepath.Join(p.Dir, file)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	compiled := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})
	var packages []*types.Package
	for _, path := range public {
		pkg, err := compiled.Import(path)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		packages = append(packages, pkg)
	}
	return packages
}

// Whatever a public package exports can be written down by those who import it: no
// signature, field, variable or constant is of a type of an internal package that no
// public package gives a name. This is so for the packages that users write against,
// and for all others.
func TestNoInternalTypeIsExported(t *testing.T) {
	seen := map[string]bool{}
	packages := publicPackages(t)
	named := aliased(packages)
	for _, pkg := range packages {
		name, _ := ours(pkg.Path())
		seen[name] = true
		for _, problem := range internalTypes(pkg, named) {
			t.Error(problem)
		}
	}
	for _, name := range []string{
		"gen", "gen/host", "gen/guest", "wit", "parser", "parser/resolve", "component", "diag",
		"canonicalabi/types", "canonicalabi/host", "link", "dynamic",
	} {
		if !seen[name] {
			t.Errorf("the test does not see package %s", name)
		}
	}
}

// The test before has teeth.
func TestInternalTypesAreFound(t *testing.T) {
	hidden := types.NewPackage(module+"/internal/hidden", "hidden")
	named := types.NewNamed(types.NewTypeName(token.NoPos, hidden, "T", nil), types.NewStruct(nil, nil), nil)
	field := func(pkg *types.Package, name string) *types.Var {
		return types.NewField(token.NoPos, pkg, name, types.NewSlice(named), false)
	}
	for want, of := range map[string]func(pkg *types.Package) types.Object{
		module + "/p.F: internal/hidden.T": func(pkg *types.Package) types.Object {
			params := types.NewTuple(types.NewParam(token.NoPos, pkg, "x", types.NewPointer(named)))
			return types.NewFunc(token.NoPos, pkg, "F", types.NewSignatureType(nil, nil, nil, params, nil, false))
		},
		module + "/p.S: internal/hidden.T": func(pkg *types.Package) types.Object {
			name := types.NewTypeName(token.NoPos, pkg, "S", nil)
			types.NewNamed(name, types.NewStruct([]*types.Var{field(pkg, "X")}, nil), nil)
			return name
		},
		module + "/p.A: internal/hidden.T": func(pkg *types.Package) types.Object {
			name := types.NewTypeName(token.NoPos, pkg, "A", nil)
			types.NewAlias(name, types.NewSlice(named))
			return name
		},
		"": func(pkg *types.Package) types.Object {
			name := types.NewTypeName(token.NoPos, pkg, "Fine", nil)
			types.NewNamed(name, types.NewStruct([]*types.Var{field(pkg, "hidden")}, nil), nil)
			return name
		},
	} {
		pkg := types.NewPackage(module+"/p", "p")
		pkg.Scope().Insert(of(pkg))
		got := internalTypes(pkg, aliased([]*types.Package{pkg}))
		if want == "" && len(got) > 0 || want != "" && !slices.Equal(got, []string{want}) {
			t.Errorf("found %q, want %q", got, want)
		}
	}
	// With a public name for the type, nothing is hidden.
	pkg := types.NewPackage(module+"/p", "p")
	alias := types.NewTypeName(token.NoPos, pkg, "T", nil)
	types.NewAlias(alias, named)
	pkg.Scope().Insert(alias)
	pkg.Scope().Insert(types.NewVar(token.NoPos, pkg, "V", types.NewPointer(named)))
	if got := internalTypes(pkg, aliased([]*types.Package{pkg})); len(got) > 0 {
		t.Errorf("found %q", got)
	}
}

// aliased returns the types to which public packages give a name of their own.
func aliased(packages []*types.Package) map[types.Type]bool {
	known := map[types.Type]bool{}
	for _, pkg := range packages {
		for _, name := range pkg.Scope().Names() {
			object, ok := pkg.Scope().Lookup(name).(*types.TypeName)
			if ok && object.Exported() && object.IsAlias() {
				if named, ok := types.Unalias(object.Type()).(*types.Named); ok {
					known[named] = true
				}
			}
		}
	}
	return known
}

// internalTypes names what a package exports of a type of an internal package that is
// not among the known ones.
func internalTypes(pkg *types.Package, known map[types.Type]bool) []string {
	var problems []string
	for _, name := range pkg.Scope().Names() {
		object := pkg.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		visited := maps.Clone(known)
		find := func(t types.Type) {
			if hidden := findInternal(t, visited); hidden != "" {
				problems = append(problems, fmt.Sprintf("%s.%s: %s", pkg.Path(), name, hidden))
			}
		}
		typeName, ok := object.(*types.TypeName)
		if !ok {
			find(object.Type())
			continue
		}
		if typeName.IsAlias() {
			find(types.Unalias(object.Type()))
			continue
		}
		named := object.Type().(*types.Named)
		visited[named] = true
		find(named.Underlying())
		for method := range named.Methods() {
			if method.Exported() {
				find(method.Type())
			}
		}
	}
	return problems
}

// findInternal returns the name of the first type of an internal package that t shows:
// by name, in a signature, or in an exported field.
func findInternal(t types.Type, visited map[types.Type]bool) string {
	if t == nil || visited[t] {
		return ""
	}
	visited[t] = true
	first := func(list ...types.Type) string {
		for _, t := range list {
			if hidden := findInternal(t, visited); hidden != "" {
				return hidden
			}
		}
		return ""
	}
	switch t := t.(type) {
	case *types.Alias:
		return first(types.Unalias(t))
	case *types.Named:
		if of := t.Obj().Pkg(); of != nil {
			if name, ok := ours(of.Path()); ok && notPublic.MatchString(name) {
				return name + "." + t.Obj().Name()
			}
		}
		for arg := range t.TypeArgs().Types() {
			if hidden := first(arg); hidden != "" {
				return hidden
			}
		}
	case *types.Pointer:
		return first(t.Elem())
	case *types.Slice:
		return first(t.Elem())
	case *types.Array:
		return first(t.Elem())
	case *types.Chan:
		return first(t.Elem())
	case *types.Map:
		return first(t.Key(), t.Elem())
	case *types.Signature:
		return first(t.Params(), t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			if hidden := first(v.Type()); hidden != "" {
				return hidden
			}
		}
	case *types.Struct:
		for field := range t.Fields() {
			if field.Exported() {
				if hidden := first(field.Type()); hidden != "" {
					return hidden
				}
			}
		}
	case *types.Interface:
		for method := range t.Methods() {
			if method.Exported() {
				if hidden := first(method.Type()); hidden != "" {
					return hidden
				}
			}
		}
	case *types.TypeParam:
		return first(t.Constraint())
	case *types.Union:
		for term := range t.Terms() {
			if hidden := first(term.Type()); hidden != "" {
				return hidden
			}
		}
	case *types.Basic:
	default:
		panic(fmt.Sprintf("layers: unhandled type %s", strings.TrimPrefix(fmt.Sprintf("%T", t), "*types.")))
	}
	return ""
}
