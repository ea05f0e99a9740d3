package gogen

import (
	"go/types"
	"os"
	"testing"

	"golang.org/x/tools/go/packages"
)

func goUniverse() []string { return types.Universe.Names() }

// Every runtime symbol that generated code may use must exist: on the side that
// uses it, so the guest's package is looked at as a guest's compiler does.
func TestRuntimeSymbolsExist(t *testing.T) {
	paths := map[string]bool{}
	for _, s := range symbols {
		paths[s.Path] = true
	}
	for _, known := range importNames {
		paths[known.path] = true
	}
	guest := load(t, []string{"GOOS=wasip1", "GOARCH=wasm"}, GuestPath)
	delete(paths, GuestPath)
	var native []string
	for path := range paths {
		native = append(native, path)
	}
	found := load(t, nil, native...)
	found[GuestPath] = guest[GuestPath]
	for _, s := range symbols {
		if found[s.Path].Scope().Lookup(s.Name) == nil {
			t.Errorf("%s has no %s", s.Path, s.Name)
		}
	}
	for _, known := range importNames {
		if got := found[known.path].Name(); got != known.name {
			t.Errorf("package %s is called %s, not %s", known.path, got, known.name)
		}
	}
}

func load(t *testing.T, env []string, paths ...string) map[string]*types.Package {
	t.Helper()
	config := &packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedExportFile}
	if env != nil {
		config.Env = append(os.Environ(), env...)
	}
	list, err := packages.Load(config, paths...)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*types.Package{}
	for _, pkg := range list {
		for _, e := range pkg.Errors {
			t.Fatalf("%s: %v", pkg.PkgPath, e)
		}
		found[pkg.PkgPath] = pkg.Types
	}
	return found
}
