package component

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// witOf resolves WIT text.
func witOf(t testing.TB, text string) (*wit.Resolve, wit.PackageID) {
	t.Helper()
	res, err := resolve.Source("input.wit", text, resolve.Options{AllFeatures: true})
	if err != nil {
		t.Fatal(err)
	}
	return res.Resolve, res.Main
}

// worldNamed returns a world of a package.
func worldNamed(t testing.TB, r *wit.Resolve, pkg wit.PackageID, name string) wit.WorldID {
	t.Helper()
	for _, id := range r.Packages[pkg].Worlds {
		if r.Worlds[id].Name == name {
			return id
		}
	}
	t.Fatalf("there is no world %q", name)
	return 0
}

func jsonOf(t testing.TB, r *wit.Resolve) string {
	t.Helper()
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// witFiles returns the WIT of testdata, by name.
func witFiles(t testing.TB) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.wit")
	if err != nil || len(paths) == 0 {
		t.Fatalf("there is no WIT in testdata: %v", err)
	}
	files := make(map[string]string)
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimSuffix(filepath.Base(p), ".wit")] = string(text)
	}
	return files
}

// guest is a core module for a world, whose functions do nothing. It imports and
// exports all that the world says unless edit leaves something out.
type guest struct {
	r     *wit.Resolve
	world *wit.World
	// edit may change an import or export, whose name it is given, and returns
	// false where it shall not be there. It may be nil.
	edit func(name string, sig *abi.Signature) bool
	// noMemory leaves out the memory and cabi_realloc.
	noMemory bool
}

// coreFuncDef is a function that a guest imports or exports.
type coreFuncDef struct {
	module, name string
	sig          abi.Signature
}

// functions returns what the guest imports and exports.
func (g *guest) functions() (imports, exports []coreFuncDef) {
	a := abi.New(g.r)
	add := func(list *[]coreFuncDef, module, name string, sig abi.Signature) {
		if g.edit == nil || g.edit(strings.TrimPrefix(module+" "+name, " "), &sig) {
			*list = append(*list, coreFuncDef{module, name, sig})
		}
	}
	i32 := []abi.Core{abi.I32}
	for _, it := range g.world.Imports {
		name := g.r.ItemName(it)
		switch what := it.Item.(type) {
		case *wit.Function:
			add(&imports, "$root", what.Name, a.Lower(what))
		case wit.InterfaceID:
			for _, f := range g.r.Interfaces[what].Functions {
				add(&imports, name, f.Name, a.Lower(f))
			}
			for _, id := range g.r.Interfaces[what].Types {
				if _, ok := g.r.Kind(id).(*wit.Resource); ok {
					add(&imports, name, "[resource-drop]"+g.r.Types[id].Name, abi.Signature{Params: i32})
				}
			}
		}
	}
	for _, it := range g.world.Exports {
		name := g.r.ItemName(it)
		switch what := it.Item.(type) {
		case *wit.Function:
			add(&exports, "", what.Name, a.Lift(what))
		case wit.InterfaceID:
			for _, f := range g.r.Interfaces[what].Functions {
				sig := a.Lift(f)
				add(&exports, "", name+"#"+f.Name, sig)
				add(&exports, "", "cabi_post_"+name+"#"+f.Name, abi.Signature{Params: sig.Results})
			}
			for _, id := range g.r.Interfaces[what].Types {
				if _, ok := g.r.Types[id].Kind.(*wit.Resource); ok {
					r := g.r.Types[id].Name
					add(&imports, "[export]"+name, "[resource-new]"+r, abi.Signature{Params: i32, Results: i32})
					add(&imports, "[export]"+name, "[resource-rep]"+r, abi.Signature{Params: i32, Results: i32})
					add(&imports, "[export]"+name, "[resource-drop]"+r, abi.Signature{Params: i32})
					add(&exports, "", name+"#[dtor]"+r, abi.Signature{Params: i32})
				}
			}
		}
	}
	if !g.noMemory {
		add(&exports, "", "cabi_realloc", abi.Signature{Params: []abi.Core{abi.I32, abi.I32, abi.I32, abi.I32}, Results: i32})
	}
	add(&exports, "", "_initialize", abi.Signature{})
	return imports, exports
}

// wasm returns the core module, without metadata.
func (g *guest) wasm() []byte {
	imports, exports := g.functions()
	return coreModuleOf(imports, exports, !g.noMemory)
}

// coreModuleOf returns a core module with functions that trap.
func coreModuleOf(imports, exports []coreFuncDef, memory bool) []byte {
	var m wasm.Module
	typ := func(f coreFuncDef) uint32 {
		return m.Type(wasm.FuncType(coreValTypes(f.sig.Params), coreValTypes(f.sig.Results)))
	}
	for _, f := range imports {
		m.Import(wasm.Import{Module: f.module, Name: f.name, Type: wasm.Extern{Kind: wasm.FuncKind, Func: typ(f)}})
	}
	for _, f := range exports {
		m.Export(f.name, wasm.FuncKind, m.Func(typ(f), nil, wasm.I(wasm.OpUnreachable)))
	}
	if memory {
		m.Export("memory", wasm.MemoryKind, m.Memory(wasm.Limits{Min: 1}))
	}
	return m.Bytes()
}

// seeds returns binaries of all forms: for each WIT of testdata the package, for
// each of its worlds a core module with metadata and a component; and a component
// with definitions of every kind.
func seeds(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{"everything": everything().Encode()}
	for name, text := range witFiles(t) {
		r, pkg := witOf(t, text)
		wasm, err := EncodePackage(r, pkg)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = wasm
		for _, id := range r.Packages[pkg].Worlds {
			g := &guest{r: r, world: r.Worlds[id]}
			core, err := Embed(g.wasm(), r, id, UTF8)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			made, err := New(core, NewOptions{})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			world := fmt.Sprintf("%s.%s", name, r.Worlds[id].Name)
			out[world+".core"], out[world+".component"] = core, made
		}
	}
	return out
}

// normalJSON returns JSON in one spelling, members in order of their names.
func normalJSON(t testing.TB, text []byte) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	out, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
