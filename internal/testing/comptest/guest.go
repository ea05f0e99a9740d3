package comptest

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// WITOf resolves WIT text.
func WITOf(t testing.TB, text string) (*wit.Resolve, wit.PackageID) {
	t.Helper()
	res, err := resolve.Source("input.wit", text, resolve.Options{AllFeatures: true})
	if err != nil {
		t.Fatal(err)
	}
	return res.Resolve, res.Main
}

// WorldNamed returns a world of a package.
func WorldNamed(t testing.TB, r *wit.Resolve, pkg wit.PackageID, name string) wit.WorldID {
	t.Helper()
	for _, id := range r.Packages[pkg].Worlds {
		if r.Worlds[id].Name == name {
			return id
		}
	}
	t.Fatalf("there is no world %q", name)
	return 0
}

// JSONOf returns a model as JSON.
func JSONOf(t testing.TB, r *wit.Resolve) string {
	t.Helper()
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

//go:embed testdata/*.wit
var testdata embed.FS

// WITFiles returns the WIT that Seeds is made of, by name.
func WITFiles(t testing.TB) map[string]string {
	t.Helper()
	entries, err := testdata.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for _, e := range entries {
		text, err := testdata.ReadFile("testdata/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimSuffix(e.Name(), ".wit")] = string(text)
	}
	return files
}

// Guest is a core module for a world, whose functions do nothing. It imports and
// exports all that the world says unless Edit leaves something out.
type Guest struct {
	R     *wit.Resolve
	World *wit.World
	// Edit may change an import or export, whose name it is given, and returns
	// false where it shall not be there. It may be nil.
	Edit func(name string, sig *abi.Signature) bool
	// NoMemory leaves out the memory and cabi_realloc.
	noMemory bool
}

// CoreFuncDef is a function that a guest imports or exports.
type CoreFuncDef struct {
	Module, Name string
	Sig          abi.Signature
}

// Functions returns what the guest imports and exports.
func (g *Guest) Functions() (imports, exports []CoreFuncDef) {
	a := abi.New(g.R)
	add := func(list *[]CoreFuncDef, module, name string, sig abi.Signature) {
		if g.Edit == nil || g.Edit(strings.TrimPrefix(module+" "+name, " "), &sig) {
			*list = append(*list, CoreFuncDef{module, name, sig})
		}
	}
	i32 := []abi.Core{abi.I32}
	for _, it := range g.World.Imports {
		name := g.R.ItemName(it)
		switch what := it.Item.(type) {
		case *wit.Function:
			add(&imports, "$root", what.Name, a.Lower(what))
		case wit.InterfaceID:
			for _, f := range g.R.Interfaces[what].Functions {
				add(&imports, name, f.Name, a.Lower(f))
			}
			for _, id := range g.R.Interfaces[what].Types {
				if _, ok := g.R.Kind(id).(*wit.Resource); ok {
					add(&imports, name, "[resource-drop]"+g.R.Types[id].Name, abi.Signature{Params: i32})
				}
			}
		case wit.TypeID: // has no function
		}
	}
	for _, it := range g.World.Exports {
		name := g.R.ItemName(it)
		switch what := it.Item.(type) {
		case *wit.Function:
			add(&exports, "", what.Name, a.Lift(what))
		case wit.InterfaceID:
			for _, f := range g.R.Interfaces[what].Functions {
				sig := a.Lift(f)
				add(&exports, "", name+"#"+f.Name, sig)
				add(&exports, "", "cabi_post_"+name+"#"+f.Name, abi.Signature{Params: sig.Results})
			}
			for _, id := range g.R.Interfaces[what].Types {
				if _, ok := g.R.Types[id].Kind.(*wit.Resource); ok {
					r := g.R.Types[id].Name
					add(&imports, "[export]"+name, "[resource-new]"+r, abi.Signature{Params: i32, Results: i32})
					add(&imports, "[export]"+name, "[resource-rep]"+r, abi.Signature{Params: i32, Results: i32})
					add(&imports, "[export]"+name, "[resource-drop]"+r, abi.Signature{Params: i32})
					add(&exports, "", name+"#[dtor]"+r, abi.Signature{Params: i32})
				}
			}
		default:
			panic(fmt.Sprintf("comptest: unhandled export %T", what))
		}
	}
	if !g.noMemory {
		add(&exports, "", "cabi_realloc", abi.Signature{Params: []abi.Core{abi.I32, abi.I32, abi.I32, abi.I32}, Results: i32})
	}
	add(&exports, "", "_initialize", abi.Signature{})
	return imports, exports
}

// Wasm returns the core module, without metadata.
func (g *Guest) Wasm() []byte {
	imports, exports := g.Functions()
	return CoreModuleOf(imports, exports, !g.noMemory)
}

func valTypes(list []abi.Core) []wasm.ValType {
	out := make([]wasm.ValType, len(list))
	for i, c := range list {
		out[i] = map[abi.Core]wasm.ValType{abi.I32: wasm.I32, abi.I64: wasm.I64, abi.F32: wasm.F32, abi.F64: wasm.F64}[c]
	}
	return out
}

// CoreModuleOf returns a core module with functions that trap, and that would call all of
// its imports if they went on.
func CoreModuleOf(imports, exports []CoreFuncDef, memory bool) []byte {
	var m wasm.Module
	typ := func(f CoreFuncDef) uint32 {
		return m.Type(wasm.FuncType(valTypes(f.Sig.Params), valTypes(f.Sig.Results)))
	}
	body := wasm.I(wasm.OpUnreachable)
	for _, f := range imports {
		called := m.Import(wasm.Import{Module: f.Module, Name: f.Name, Type: wasm.Extern{Kind: wasm.FuncKind, Func: typ(f)}})
		body = wasm.Seq(body, wasm.I(wasm.OpCall, called), wasm.I(wasm.OpUnreachable))
	}
	for _, f := range exports {
		m.Export(f.Name, wasm.FuncKind, m.Func(typ(f), nil, body))
	}
	if memory {
		m.Export("memory", wasm.MemoryKind, m.Memory(wasm.Limits{Min: 1}))
	}
	return m.Bytes()
}

// Seeds returns binaries of all forms: for each WIT of testdata the package, for
// each of its worlds a core module with metadata and a component; and a component
// with definitions of every kind.
func Seeds(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{"everything": Everything().Encode()}
	for name, text := range WITFiles(t) {
		r, pkg := WITOf(t, text)
		wasm, err := component.EncodePackage(r, pkg)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = wasm
		for _, id := range r.Packages[pkg].Worlds {
			g := &Guest{R: r, World: r.Worlds[id]}
			core, err := component.Embed(g.Wasm(), r, id, component.UTF8)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			made, err := component.New(core, component.NewOptions{})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			world := fmt.Sprintf("%s.%s", name, r.Worlds[id].Name)
			out[world+".core"], out[world+".component"] = core, made
		}
	}
	return out
}

// NormalJSON returns JSON in one spelling, members in order of their names.
func NormalJSON(t testing.TB, text []byte) string {
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

// NewComponent makes the component of a guest.
func NewComponent(t *testing.T, g *Guest, world wit.WorldID, adapters ...component.Adapter) []byte {
	t.Helper()
	core, err := component.Embed(g.Wasm(), g.R, world, component.UTF8)
	if err != nil {
		t.Fatal(err)
	}
	made, err := component.New(core, component.NewOptions{Adapters: adapters})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// Inspected returns a binary as component.Inspect shows it.
func Inspected(t *testing.T, wasm []byte) string {
	t.Helper()
	text, err := component.Inspect(wasm)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
