package link_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/witgen/witgen/canonicalabi/host"
	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/dynamic"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/testing/wasmtest"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// carriedWIT is the WIT of a host. Guests are built for changes of it.
const carriedWIT = `package test:carried@0.1.0;

interface types {
  enum colour { red, green }
  record point { x: u32, y: u32 }
  variant shape { dot(point), none }
}

interface log {
  use types.{shape, colour};
  write: func(c: colour);
  draw: func(s: list<shape>);
}

interface paint {
  use types.{shape, colour, point};
  next: func(c: colour) -> colour;
  area: func(p: list<point>) -> u32;
  count: func(s: list<shape>) -> u32;
}

world painter {
  import log;
  export paint;
  export run: func(c: option<u32>) -> u32;
}
`

func worldOf(t *testing.T, text string) (*wit.Resolve, wit.WorldID) {
	t.Helper()
	res, err := resolve.Source("world.wit", text, resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	world, err := resolve.SelectWorld(res.Resolve, res.Main, "painter")
	if err != nil {
		t.Fatal(err)
	}
	return res.Resolve, world
}

// stub returns a core module that imports and exports the functions of a world and does
// nothing. names has it carry their types in names, and sections in custom sections. more
// are functions that it exports besides.
func stub(t *testing.T, r *wit.Resolve, world wit.WorldID, names, sections bool, more ...string) []byte {
	t.Helper()
	layout := abi.New(r)
	m := &wasmtest.Module{}
	abi.EachFunction(r, world, func(d abi.Direction, name string, f *wit.Function) {
		if module, name, _ := strings.Cut(name, "#"); d == abi.Imported {
			m.Import(module, name, layout.Lower(f).String())
		}
	})
	m.Export("memory", wasmtest.KindMemory, m.Memory(1, -1))
	m.ExportFunc("cabi_realloc", "i32 i32 i32 i32 -> i32", "", wasmtest.I32(64))
	abi.EachFunction(r, world, func(d abi.Direction, name string, f *wit.Function) {
		if d == abi.Exported {
			m.ExportFunc(strings.TrimPrefix(name, "$root#"), layout.Lift(f).String(), "", wasmtest.Unreachable)
		}
	})
	if names {
		more = append(more, layout.Carriers(world)...)
	}
	for _, name := range more {
		m.ExportFunc(name, "->", "")
	}
	if !sections {
		return m.Bytes()
	}
	wasm, err := component.Embed(m.Bytes(), r, world, component.UTF8)
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

// A core module that carries its WIT is compared with the host's, function by function,
// with versions that are compatible, and by direction.
func TestCarriedTypes(t *testing.T) {
	for name, test := range map[string]struct {
		edits []string // pairs of what is replaced
		// item is what the error names, and "" for a guest that fits.
		item string
	}{
		"the same":                      {},
		"a newer version":               {edits: []string{"@0.1.0;", "@0.1.7;"}},
		"other names of types":          {edits: []string{"point", "place"}},
		"an enum's cases swapped":       {edits: []string{"red, green", "green, red"}, item: "export test:carried/paint@0.1.0#next"},
		"an enum's case more":           {edits: []string{"red, green", "red, green, blue"}, item: "export test:carried/paint@0.1.0#next"},
		"a field more":                  {edits: []string{"y: u32", "y: u32, z: u32"}, item: "export test:carried/paint@0.1.0#area"},
		"a field of another type":       {edits: []string{"y: u32", "y: f32"}, item: "export test:carried/paint@0.1.0#area"},
		"a field's name":                {edits: []string{"y: u32", "z: u32"}, item: "export test:carried/paint@0.1.0#area"},
		"a variant's case more":         {edits: []string{"none }", "none, many(u64) }"}, item: "export test:carried/paint@0.1.0#count"},
		"a newer version and a case":    {edits: []string{"@0.1.0;", "@0.1.7;", "none }", "none, many(u64) }"}, item: "export test:carried/paint@0.1.7#count"},
		"a function of the world":       {edits: []string{"option<u32>", "option<s32>"}, item: "export run"},
		"an import":                     {edits: []string{"write: func(c: colour)", "write: func(c: u32)"}, item: "import test:carried/log@0.1.0#write"},
		"an import's type in memory":    {edits: []string{"draw: func(s: list<shape>)", "draw: func(s: list<colour>)"}, item: "import test:carried/log@0.1.0#draw"},
		"a function that nobody calls":  {edits: []string{"world painter", "interface other { f: func(); }\nworld painter"}},
		"more exports than the host's":  {edits: []string{"export run", "export more: func(c: u32);\n  export run"}},
		"fewer imports than the host's": {edits: []string{"  draw: func(s: list<shape>);\n", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			guest := strings.NewReplacer(test.edits...).Replace(carriedWIT)
			if test.edits != nil && guest == carriedWIT {
				t.Fatalf("the WIT has none of %q", test.edits)
			}
			r, world := worldOf(t, guest)
			hostResolve, hostWorld := worldOf(t, carriedWIT)
			for _, form := range []struct{ names, sections bool }{{true, false}, {false, true}, {true, true}} {
				wasm := stub(t, r, world, form.names, form.sections)
				plugin, err := dynamic.CompileWorld(t.Context(), wasm, hostResolve, hostWorld, host.RequireWIT())
				if err == nil {
					err = plugin.Close(t.Context())
				}
				var link *host.LinkError
				switch {
				case test.item == "" && err != nil:
					t.Errorf("%+v: %v", form, err)
				case test.item != "" && (!errors.As(err, &link) || link.Item != test.item || !strings.Contains(link.Detail, "of another WIT type")):
					t.Errorf("%+v: got %T %v; want a LinkError of %s", form, err, err, test.item)
				}
			}
			// Nothing tells the types apart where nothing is carried.
			wasm := stub(t, r, world, false, false)
			plugin, err := dynamic.CompileWorld(t.Context(), wasm, hostResolve, hostWorld)
			if err != nil {
				t.Fatalf("without WIT: %v", err)
			}
			if err := plugin.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// host.RequireWIT refuses what is not carried, with the remedy.
func TestRequireWIT(t *testing.T) {
	r, world := worldOf(t, carriedWIT)
	small, smallWorld := worldOf(t, strings.Replace(carriedWIT, "  draw: func(s: list<shape>);\n", "", 1))
	part := abi.New(small).Carriers(smallWorld)[0]
	for name, test := range map[string]struct {
		wasm []byte
		text string
	}{
		"nothing":        {stub(t, r, world, false, false), "host.RequireWIT is set, and the guest carries no WIT to compare with the world's; build it with bindings that witgen guest writes now, or run witgen component embed or new on it"},
		"another format": {stub(t, r, world, false, false, "witgen_types_9_abc"), "in a format that this version of witgen does not know; build it"},
		"a part":         {stub(t, r, world, false, false, part), "import test:carried/log@0.1.0#draw: host.RequireWIT is set, and the guest carries no WIT of this function to compare with the world's; build it"},
	} {
		_, err := dynamic.CompileWorld(t.Context(), test.wasm, r, world, host.RequireWIT())
		var link *host.LinkError
		if !errors.As(err, &link) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: got %T %v; want a LinkError with %q", name, err, err, test.text)
		}
		plugin, err := dynamic.CompileWorld(t.Context(), test.wasm, r, world)
		if err != nil {
			t.Errorf("%s: without the option: %v", name, err)
			continue
		}
		if err := plugin.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// WIT that cannot be read, or that encodes strings otherwise, is refused.
func TestCarriedErrors(t *testing.T) {
	r, world := worldOf(t, carriedWIT)
	utf16, err := component.Embed(stub(t, r, world, false, false), r, world, component.UTF16)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		wasm []byte
		text string
	}{
		"not a component": {withCustom("component-type:x", []byte("nothing")), `the guest carries WIT in a custom section "component-type" that cannot be read: `},
		"UTF-16":          {utf16, "the guest's strings have string-encoding=utf16, and those of core modules must be in UTF-8; make a component of it"},
		"cut off":         {stub(t, r, world, false, false, "witgen_types_1_abcde"), "export witgen_types_1_abcde: the guest carries the types of its functions in this export, and its name is cut off"},
	} {
		_, err := dynamic.CompileWorld(t.Context(), test.wasm, r, world)
		var link *host.LinkError
		if !errors.As(err, &link) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: got %T %v; want a LinkError with %q", name, err, err, test.text)
		}
	}
}

func withCustom(name string, content []byte) []byte {
	m := &wasmtest.Module{}
	m.Custom(name, content)
	return m.Bytes()
}
