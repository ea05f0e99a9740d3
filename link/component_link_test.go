package link_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/canonicalabi/host/bind"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/internal/testing/hosttest"
	"github.com/witgen/witgen/internal/testing/hosttest/gen/test/subject/subject"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/link"
)

func wantsLinkError(t testing.TB, err error, text string) {
	t.Helper()
	var link *host.LinkError
	if !errors.As(err, &link) || !strings.Contains(err.Error(), text) {
		t.Errorf("got %T %v; want a LinkError with %q", err, err, text)
	}
}

// asking is a component that imports interfaces with one function each, and
// plain functions, and calls none of them but those of one interface.
func asking(interfaces []string, functions ...string) []byte {
	b := &builder{}
	var bag []binary.CoreExport
	for _, name := range interfaces {
		t := b.Type(&binary.InstanceType{Decls: []binary.Def{
			&binary.TypeDef{Type: funcType(1, true)},
			&binary.ExportDecl{Name: binary.Named("twice"), Type: binary.ExternType{Sort: binary.SortFunc}},
		}})
		i := b.Add(&binary.Import{Name: binary.Named(name), Type: binary.ExternType{Sort: binary.SortInstance, Index: t}})
		bag = append(bag, coreExport(name, binary.SortCoreFunc, b.Lower(b.Alias(binary.SortFunc, i, "twice"))))
	}
	for _, name := range functions {
		t := b.Type(funcType(1, true))
		b.Add(&binary.Import{Name: binary.Named(name), Type: binary.ExternType{Sort: binary.SortFunc, Index: t}})
	}
	m := &wasmtest.Module{}
	f := m.Import("i", interfaces[0], "i32 -> i32")
	m.ExportFunc("run", "i32 -> i32", "", wasmtest.Get(0), wasmtest.Call(f))
	liftExport(b, b.Core(b.Module(m.Bytes()), coreArg("i", b.Bag(bag...))), "run", funcType(1, true))
	return b.Bytes()
}

// doubling is a world that imports test:calc/math at a version.
func doubling(version string, imported bind.Signature) *bind.World {
	return &bind.World{
		Name: "test:calc/w",
		Imports: []bind.Item{{Name: "test:calc/math@" + version, Field: "Math", Interface: &bind.Interface{Functions: []bind.Function{
			{Name: "twice", Import: imported, Handle: func(c *bind.Call) { c.Stack[0] *= 2 }},
		}}}},
		Exports: []bind.Item{{Name: "$root", Interface: &bind.Interface{Functions: []bind.Function{{Name: "run", Export: "i32 -> i32"}}}}},
	}
}

// A component takes what the world has in a compatible version.
func TestImportVersions(t *testing.T) {
	ctx := context.Background()
	for _, test := range []struct{ guest, world, err string }{
		{"0.2.0", "0.2.8", ""},
		{"1.2.3", "1.0.0", ""},
		{"0.2.8", "0.2.8", ""},
		{"0.2.0", "0.3.0", "test:calc/math@0.2.0 (the world has test:calc/math@0.3.0, whose version is not compatible)"},
	} {
		plugin, err := link.Compile(ctx, asking([]string{"test:calc/math@" + test.guest}), doubling(test.world, "i32 -> i32"))
		if test.err != "" {
			wantsLinkError(t, err, test.err)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		defer plugin.Close(ctx)
		inst, err := plugin.Instantiate(ctx, []any{0})
		if err != nil {
			t.Fatal(err)
		}
		run := plugin.Export(inst, 0).Func(0)
		c := run.Begin(ctx)
		c.Stack[0] = 21
		if got, err := c.Finish(); got != 42 || err != nil {
			t.Errorf("%v: %d, %v", test, got, err)
		}
		if _, err := plugin.Instantiate(ctx, []any{nil}); err == nil {
			t.Error("an instance without the import starts")
		} else {
			wantsLinkError(t, err, "set Imports.Math")
		}
	}
}

// One error lists all that nobody supplies.
func TestMissingImports(t *testing.T) {
	wasm := asking([]string{"test:calc/math@0.2.0", "test:calc/more", "wasi:cli/environment@0.2.3"}, "alpha", "beta")
	_, err := link.Compile(context.Background(), wasm, doubling("0.2.0", "i32 -> i32"))
	wantsLinkError(t, err, "test:calc/more, wasi:cli/environment@0.2.3#twice, alpha, beta; witgen supplies WASI 0.2 up to 0.2.12: build the guest for that")
	if strings.Contains(err.Error(), "math") {
		t.Errorf("%v names what is there", err)
	}
}

// Types that differ are errors at linking.
func TestComponentTypes(t *testing.T) {
	ctx := context.Background()
	wasm := asking([]string{"test:calc/math@0.2.0"})
	_, err := link.Compile(ctx, wasm, doubling("0.2.0", "i32 i32 -> i32"))
	wantsLinkError(t, err, "import test:calc/math@0.2.0#twice: the guest takes the function to be of type (i32) -> (i32), where the world says (i32, i32) -> (i32)")
	world := doubling("0.2.0", "i32 -> i32")
	world.Exports[0].Interface.Functions[0].Export = "i64 -> i32"
	_, err = link.Compile(ctx, wasm, world)
	wantsLinkError(t, err, "export run: the guest's function is of type (i32) -> (i32), where the world says (i64) -> (i32)")
	world.Exports[0].Interface.Functions[0].Name = "walk"
	_, err = link.Compile(ctx, wasm, world)
	wantsLinkError(t, err, "export walk: the guest does not export this function")
	world.Exports[0].Name = "test:calc/api"
	_, err = link.Compile(ctx, wasm, world)
	wantsLinkError(t, err, "export test:calc/api: the guest does not export this interface")
}

// Types that differ in WIT and not in core WebAssembly are errors too.
func TestComponentWITTypes(t *testing.T) {
	for _, test := range []struct{ old, new, item string }{
		{"add: func(a: s32, b: s32) -> s32", "add: func(a: s32, b: s32) -> s32", ""},
		{"add: func(a: s32, b: s32) -> s32", "add: func(x: s32, y: s32) -> s32", ""},
		{"add: func(a: s32, b: s32) -> s32", "add: func(a: u32, b: s32) -> s32", "export test:subject/values@1.2.3#add"},
		{"echo-string: func(v: string) -> string", "echo-string: func(v: list<u8>) -> string", "export test:subject/values@1.2.3#echo-string"},
		{"enum color { red, green, blue }", "enum color { red, green, black }", "export test:subject/values@1.2.3#echo-color"},
		{"take-and: func(entry: entry, text: string)", "take-and: func(entry: borrow<entry>, text: string)", "import test:subject/store@1.2.3#take-and"},
	} {
		wasm, err := hosttest.ComponentBut(guest([]string{"store.take-and"}, nil), test.old, test.new)
		if err != nil {
			t.Fatal(err)
		}
		plugin, err := subject.Compile(t.Context(), wasm)
		if test.item != "" {
			wantsLinkError(t, err, test.item+": the guest's function is of another WIT type")
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", test.new, err)
			continue
		}
		if err := plugin.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// importedModule adds an import of an instance that has a core module and a component.
func importedModule(b *builder) (instance uint32) {
	module := b.Add(&binary.CoreTypeDef{Module: &binary.ModuleType{}})
	part := b.Type(&binary.ComponentType{})
	t := b.Type(&binary.InstanceType{Decls: []binary.Def{
		&binary.Alias{Sort: binary.SortCoreType, Target: binary.AliasOuter, Count: 1, Index: module},
		&binary.ExportDecl{Name: binary.Named("m"), Type: binary.ExternType{Sort: binary.SortCoreModule}},
		&binary.Alias{Sort: binary.SortType, Target: binary.AliasOuter, Count: 1, Index: part},
		&binary.ExportDecl{Name: binary.Named("c"), Type: binary.ExternType{Sort: binary.SortComponent}},
	}})
	return b.Add(&binary.Import{Name: binary.Named("host"), Type: binary.ExternType{Sort: binary.SortInstance, Index: t}})
}

// A host supplies no core modules and components, though they lie in an instance that the
// component imports.
func TestImportedModules(t *testing.T) {
	for name, use := range map[string]func(b *builder, instance uint32){
		"instantiated": func(b *builder, i uint32) { b.Core(b.Alias(binary.SortCoreModule, i, "m")) },
		"exported": func(b *builder, i uint32) {
			b.Export("m", binary.SortCoreModule, b.Alias(binary.SortCoreModule, i, "m"))
		},
		"a component": func(b *builder, i uint32) { b.Instance(b.Alias(binary.SortComponent, i, "c")) },
	} {
		t.Run(name, func(t *testing.T) {
			b := &builder{}
			use(b, importedModule(b))
			_, err := link.Compile(context.Background(), b.Bytes(), doubling("1.0.0", "i32 -> i32"))
			wantsLinkError(t, err, "a host supplies interfaces and functions only")
		})
	}
}
