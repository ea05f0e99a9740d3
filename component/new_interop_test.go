package component_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/internal/testing/witrand"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// TestInteropNewBytes: New makes the components that wasm-tools makes, byte for byte but
// for the sections that say who made them and what things are called.
func TestInteropNewBytes(t *testing.T) {
	run := wasmTools(t)
	equal := 0
	compare := func(name string, core []byte) {
		ours, err := component.New(core, component.NewOptions{})
		file := filepath.Join(t.TempDir(), "theirs.wasm")
		said, theirErr := run(core, "component", "new", "-o", file)
		if err != nil || theirErr != nil {
			if !newDiffers(err, theirErr, said) {
				t.Errorf("%s: here %v, there %v %s", name, err, theirErr, said)
			}
			return
		}
		theirs, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(plainComponent(ours)) != string(plainComponent(theirs)) {
			t.Errorf("%s: the components differ", name)
			return
		}
		equal++
	}
	for name, text := range comptest.WITFiles(t) {
		r, pkg := comptest.WITOf(t, text)
		for _, id := range r.Packages[pkg].Worlds {
			compare(name+"."+r.Worlds[id].Name, embedded(t, dropping(r, id).Wasm(), r, id))
		}
	}
	for seed := range uint64(240) {
		res, err := resolve.Source("random.wit", witrand.File(seed, witrand.Synchronous(1)), resolve.Options{AllFeatures: true})
		if err != nil {
			continue
		}
		worlds := res.Resolve.Packages[res.Main].Worlds
		variant := coreVariants[seed%uint64(len(coreVariants))]
		for n, id := range worlds {
			v := coreVariant{Rand: rand.New(rand.NewPCG(seed, 7)), r: res.Resolve, world: id, other: worlds[(n+1)%len(worlds)]}
			v.imports, v.exports = dropping(res.Resolve, id).Functions()
			compare(fmt.Sprintf("seed %d, %s, %s", seed, res.Resolve.Worlds[id].Name, variant.name), variant.core(t, &v))
		}
	}
	t.Logf("%d components are equal", equal)
	if equal < 400 {
		t.Errorf("only %d components were compared", equal)
	}
}

// TestNewBytes: what New makes of the worlds of comptest has not changed since
// TestInteropNewBytes found it equal to what wasm-tools makes.
func TestNewBytes(t *testing.T) {
	hash := sha256.New()
	files := comptest.WITFiles(t)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		r, pkg := comptest.WITOf(t, files[name])
		for _, id := range r.Packages[pkg].Worlds {
			made, err := component.New(embedded(t, dropping(r, id).Wasm(), r, id), component.NewOptions{})
			if err != nil {
				t.Fatal(err)
			}
			hash.Write(plainComponent(made))
		}
	}
	if got, want := hex.EncodeToString(hash.Sum(nil)), "4655af8749b7ba49d7e3ae57b599d39378c1badf3a0ee6335ba9acbad46373bd"; got != want {
		t.Errorf("the hash of all components is %s, want %s; see that make interop passes before you change it", got, want)
	}
}

// newDiffers reports whether one of the two refuses a core module for a reason that is
// known. RATIONALE.md explains them.
func newDiffers(err, theirErr error, said string) bool {
	both := []string{"are not strongly unique"}
	here := []string{"and the worlds export that as well", "that is not the same in both"}
	there := []string{
		"conflicts with previous name `import-type-",                      // labels that differ in hyphens only
		"which will change meaning", "which means that this is not valid", // here only where resources are concerned
	}
	has := func(text string, list []string) bool {
		return slices.ContainsFunc(list, func(s string) bool { return strings.Contains(text, s) })
	}
	switch {
	case err == nil:
		return has(said, there)
	case theirErr == nil:
		return has(err.Error(), here)
	default:
		return has(err.Error(), slices.Concat(both, here))
	}
}

// coreVariant is what a core module of a random world is made of.
type coreVariant struct {
	*rand.Rand
	r                *wit.Resolve
	world, other     wit.WorldID
	imports, exports []comptest.CoreFuncDef
}

func (v *coreVariant) shuffle() {
	v.Shuffle(len(v.imports), func(i, j int) { v.imports[i], v.imports[j] = v.imports[j], v.imports[i] })
	v.Shuffle(len(v.exports), func(i, j int) { v.exports[i], v.exports[j] = v.exports[j], v.exports[i] })
}

// module returns the core module with the metadata of worlds.
func (v *coreVariant) module(t *testing.T, worlds ...wit.WorldID) []byte {
	return embedded(t, comptest.CoreModuleOf(v.imports, v.exports, true), v.r, worlds...)
}

// embedded returns a core module with the metadata of worlds.
func embedded(t *testing.T, core []byte, r *wit.Resolve, worlds ...wit.WorldID) []byte {
	t.Helper()
	for _, w := range worlds {
		var err error
		if core, err = component.Embed(core, r, w, component.UTF16); err != nil {
			t.Fatal(err)
		}
	}
	return core
}

// coreVariants are the ways in which core modules differ that implement a world.
var coreVariants = []struct {
	name string
	core func(t *testing.T, v *coreVariant) []byte
}{
	{"in order", func(t *testing.T, v *coreVariant) []byte { return v.module(t, v.world) }},
	{"in another order", func(t *testing.T, v *coreVariant) []byte {
		v.shuffle()
		return v.module(t, v.world)
	}},
	{"half of the imports", func(t *testing.T, v *coreVariant) []byte {
		v.imports = slices.DeleteFunc(v.imports, func(comptest.CoreFuncDef) bool { return v.IntN(2) == 0 })
		v.shuffle()
		return v.module(t, v.world)
	}},
	{"repeated imports", func(t *testing.T, v *coreVariant) []byte {
		for range min(5, len(v.imports)) {
			v.imports = append(v.imports, v.imports[v.IntN(len(v.imports))])
		}
		v.shuffle()
		return v.module(t, v.world)
	}},
	{"half of what may be missing", func(t *testing.T, v *coreVariant) []byte {
		v.exports = slices.DeleteFunc(v.exports, func(f comptest.CoreFuncDef) bool {
			return (strings.HasPrefix(f.Name, "cabi_post") || strings.Contains(f.Name, "[dtor]") || f.Name == "_initialize") && v.IntN(2) == 0
		})
		v.shuffle()
		return v.module(t, v.world)
	}},
	{"two worlds", func(t *testing.T, v *coreVariant) []byte {
		if v.other == v.world {
			return v.module(t, v.world)
		}
		have := make(map[string]bool)
		add := func(to *[]comptest.CoreFuncDef, from []comptest.CoreFuncDef) {
			for _, f := range from {
				if key := f.Module + " " + f.Name; !have[key] {
					have[key] = true
					*to = append(*to, f)
				}
			}
		}
		imports, exports := dropping(v.r, v.other).Functions()
		imports, exports = slices.Concat(v.imports, imports), slices.Concat(v.exports, exports)
		v.imports, v.exports = nil, nil
		add(&v.imports, imports)
		add(&v.exports, exports)
		v.shuffle()
		return v.module(t, v.world, v.other)
	}},
	{"the names of cm32p2", func(t *testing.T, v *coreVariant) []byte {
		v.shuffle()
		for i := range v.imports {
			v.imports[i] = standardImport(v.imports[i])
		}
		for i := range v.exports {
			v.exports[i].Name = standardExport(v.exports[i].Name)
		}
		return v.module(t, v.world)
	}},
}

// standardImport returns an import with its name in build target cm32p2.
func standardImport(f comptest.CoreFuncDef) comptest.CoreFuncDef {
	if label, ok := strings.CutPrefix(f.Name, "[resource-"); ok {
		what, resource, _ := strings.Cut(label, "]")
		f.Name = resource + "_" + what
	}
	if f.Module == "$root" {
		f.Module = "cm32p2"
	} else if exported, ok := strings.CutPrefix(f.Module, "[export]"); ok {
		f.Module = "cm32p2|_ex_" + wit.InterfaceTrack(exported)
	} else {
		f.Module = "cm32p2|" + wit.InterfaceTrack(f.Module)
	}
	return f
}

// standardExport returns the name of an export in build target cm32p2.
func standardExport(name string) string {
	switch name {
	case "cabi_realloc":
		return "cm32p2_realloc"
	case "_initialize":
		return "cm32p2_initialize"
	}
	name, post := strings.CutPrefix(name, "cabi_post_")
	item, function, ok := strings.Cut(name, "#")
	if !ok {
		item, function = "", name
	}
	if resource, ok := strings.CutPrefix(function, "[dtor]"); ok {
		function = resource + "_dtor"
	}
	name = "cm32p2|" + wit.InterfaceTrack(item) + "|" + function
	if post {
		name += "_post"
	}
	return name
}

// TestInteropEmbedBytes: Embed writes the metadata that wasm-tools writes, but for the
// section that says who made it.
func TestInteropEmbedBytes(t *testing.T) {
	run := wasmTools(t)
	dir := t.TempDir()
	core := comptest.CoreModuleOf(nil, nil, true)
	compare := func(name, text string, res *resolve.Result) {
		file := filepath.Join(dir, "world.wit")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, id := range res.Resolve.Packages[res.Main].Worlds {
			out := filepath.Join(dir, "theirs.wasm")
			world := res.Resolve.Worlds[id].Name
			if said, err := run(core, "component", "embed", "--all-features", "--encoding", "utf16", "-w", world, "-o", out, file); err != nil {
				t.Fatalf("%s, %s: %s", name, world, said)
			}
			theirs, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			same := string(plainMetadata(embedded(t, core, res.Resolve, id))) == string(plainMetadata(theirs))
			if want := !usesTwice(res.Resolve, res.Resolve.Worlds[id]); same != want {
				t.Errorf("%s, %s: the metadata is the same: %v, want %v", name, world, same, want)
			}
		}
	}
	for name, text := range comptest.WITFiles(t) {
		res, err := resolve.Source("world.wit", text, resolve.Options{AllFeatures: true})
		if err != nil {
			t.Fatal(err)
		}
		compare(name, text, res)
	}
	for seed := range uint64(60) {
		text := witrand.File(seed, witrand.Everything(int(seed%4)))
		if res, err := resolve.Source("world.wit", text, resolve.Options{AllFeatures: true}); err == nil {
			compare(fmt.Sprintf("seed %d", seed), text, res)
		}
	}
}

// usesTwice reports whether a world uses a type as an import and exports an interface that
// uses it as an export. To wasm-tools the latter is the type of the import, too, also where
// the component that it makes uses that of the export.
func usesTwice(r *wit.Resolve, w *wit.World) bool {
	exported := make(map[wit.InterfaceID]bool)
	for _, it := range w.Exports {
		if id, ok := it.KeyInterface(); ok {
			exported[id] = true
		}
	}
	imported := make(map[wit.TypeID]bool) // types of the interfaces that are exported, too
	used := func(it *wit.WorldItem) (list []wit.TypeID) {
		types := []wit.TypeID{}
		switch what := it.Item.(type) {
		case wit.InterfaceID:
			types = r.Interfaces[what].Types
		case wit.TypeID:
			types = []wit.TypeID{what}
		}
		for _, t := range types {
			if alias, ok := r.Types[t].Kind.(*wit.Alias); ok {
				if target, ok := alias.Type.(wit.TypeID); ok {
					if owner, ok := r.Types[target].Owner.(wit.InterfaceID); ok && exported[owner] && r.Types[t].Owner != r.Types[target].Owner {
						list = append(list, target)
					}
				}
			}
		}
		return list
	}
	for _, it := range w.Imports {
		for _, t := range used(it) {
			imported[t] = true
		}
	}
	return slices.ContainsFunc(w.Exports, func(it *wit.WorldItem) bool {
		return slices.ContainsFunc(used(it), func(t wit.TypeID) bool { return imported[t] })
	})
}

// dropping is a guest of a world that drops resources only under the names of the
// interfaces that define them, as wasm-tools wants it.
func dropping(r *wit.Resolve, id wit.WorldID) *comptest.Guest {
	defined := make(map[string]bool)
	for _, it := range r.Worlds[id].Imports {
		if i, ok := it.Item.(wit.InterfaceID); ok {
			for _, t := range r.Interfaces[i].Types {
				if _, ok := r.Types[t].Kind.(*wit.Resource); ok {
					defined[r.ItemName(it)+" [resource-drop]"+r.Types[t].Name] = true
				}
			}
		}
	}
	return &comptest.Guest{R: r, World: r.Worlds[id], Edit: func(name string, _ *abi.Signature) bool {
		return !strings.Contains(name, "[resource-drop]") || strings.HasPrefix(name, "[export]") || defined[name]
	}}
}
