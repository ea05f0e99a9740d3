package maker_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/wit"
)

// TestNew: the component of a guest that imports all of its world has the WIT of the
// world, as far as functions need it.
func TestNew(t *testing.T) {
	for name, text := range comptest.WITFiles(t) {
		r, pkg := comptest.WITOf(t, text)
		for _, id := range r.Packages[pkg].Worlds {
			w := r.Worlds[id]
			t.Run(name+"."+w.Name, func(t *testing.T) {
				made := comptest.NewComponent(t, &comptest.Guest{R: r, World: w}, id)
				got, err := component.DecodeWIT(made)
				if err != nil {
					t.Fatal(err)
				}
				world := got.Resolve.Worlds[got.World]
				for _, side := range []struct {
					name      string
					want, got []*wit.WorldItem
				}{{"imports", w.Imports, world.Imports}, {"exports", w.Exports, world.Exports}} {
					if diff := cmp.Diff(itemNames(r, side.want), itemNames(got.Resolve, side.got)); diff != "" {
						t.Errorf("the %s differ (-want +got):\n%s", side.name, diff)
					}
				}
			})
		}
	}
}

// itemNames are the names of items with their functions, sorted. Interfaces without
// functions are left out.
func itemNames(r *wit.Resolve, items []*wit.WorldItem) []string {
	var list []string
	for _, it := range items {
		if id, ok := it.Item.(wit.InterfaceID); ok {
			for _, f := range r.Interfaces[id].Functions {
				list = append(list, r.ItemName(it)+" "+f.Name)
			}
		} else {
			list = append(list, r.ItemName(it))
		}
	}
	slices.Sort(list)
	return list
}

// TestNewImportsWhatIsUsed: functions and types that no core module needs are not
// imported.
func TestNewImportsWhatIsUsed(t *testing.T) {
	r, pkg := comptest.WITOf(t, `
		package test:used@1.2.0;
		interface types { record a { x: u8 } record b { y: u8 } }
		interface log { use types.{a, b}; one: func(v: a); two: func(v: b); resource r { f: func(); } }
		interface other { f: func(); }
		world w { import log; import other; import plain: func(); export run: func(); }
	`)
	id := comptest.WorldNamed(t, r, pkg, "w")
	g := &comptest.Guest{R: r, World: r.Worlds[id], Edit: func(name string, _ *abi.Signature) bool {
		return !strings.HasPrefix(name, "test:used") && !strings.HasPrefix(name, "$root") || strings.HasSuffix(name, " one")
	}}
	got, err := component.DecodeWIT(comptest.NewComponent(t, g, id))
	if err != nil {
		t.Fatal(err)
	}
	want := `package root:component;

world root {
  import test:used/types@1.2.0;
  import test:used/log@1.2.0;

  export run: func();
}
package test:used@1.2.0 {
  interface types {
    record a {
      x: u8,
    }
  }
  interface log {
    use types.{a};

    one: func(v: a);
  }
}
`
	if diff := cmp.Diff(want, wit.PrintAll(got.Resolve, got.Package)); diff != "" {
		t.Errorf("the WIT differs (-want +got):\n%s", diff)
	}
}

// TestNewRepeatedImports: a core module may import a function several times, under one
// name and at several types, and the component's module has a name for each.
func TestNewRepeatedImports(t *testing.T) {
	r, pkg := comptest.WITOf(t, "package test:twice; interface i { f: func() -> u32; } world w { import i; export run: func(); }")
	id := comptest.WorldNamed(t, r, pkg, "w")
	f := comptest.CoreFuncDef{Module: "test:twice/i", Name: "f", Sig: abi.Signature{Results: []abi.Core{abi.I32}}}
	write := comptest.CoreFuncDef{Module: "old", Name: "write", Sig: abi.Signature{Params: []abi.Core{abi.I32}}}
	odd := comptest.CoreFuncDef{Module: "old", Name: "write [v2]", Sig: abi.Signature{}}
	core, err := component.Embed(comptest.CoreModuleOf([]comptest.CoreFuncDef{f, write, f, odd, write, write}, []comptest.CoreFuncDef{{Name: "run"}}, true), r, id, component.UTF8)
	if err != nil {
		t.Fatal(err)
	}
	adapter := component.Adapter{Name: "old", Wasm: comptest.CoreModuleOf(nil, []comptest.CoreFuncDef{{Name: "write", Sig: write.Sig}, {Name: "write [v2]"}}, false)}
	made, err := component.New(core, component.NewOptions{Adapters: []component.Adapter{adapter}})
	if err != nil {
		t.Fatal(err)
	}
	text := comptest.Inspected(t, made)
	for _, want := range []string{
		`import "test:twice/i" "f": func () -> (i32)`, `import "test:twice/i" "f [v2]": func () -> (i32)`,
		`import "old" "write": func (i32) -> ()`, `import "old" "write [v2]": func () -> ()`,
		`import "old" "write [v3]": func (i32) -> ()`, `import "old" "write [v4]": func (i32) -> ()`,
	} {
		if strings.Count(text, "    "+want+"\n") != 1 {
			t.Errorf("the module in the component lacks %s:\n%s", want, text)
		}
	}
	w, err := component.DecodeWIT(made)
	if err != nil {
		t.Fatal(err)
	}
	if got := itemNames(w.Resolve, w.Resolve.Worlds[w.World].Imports); !slices.Equal(got, []string{"test:twice/i f"}) {
		t.Errorf("the component imports %v", got)
	}
}

// TestNewOptions: which canonical options functions have.
func TestNewOptions(t *testing.T) {
	r, pkg := comptest.WITOf(t, `
		package test:opts;
		interface i {
			numbers: func(a: u32) -> u64;
			text-in: func(s: string);
			text-out: func() -> string;
			bytes-out: func() -> list<u8>;
			big-out: func() -> tuple<u64, u64>;
		}
		world w { import i; export i; }
	`)
	id := comptest.WorldNamed(t, r, pkg, "w")
	g := &comptest.Guest{R: r, World: r.Worlds[id]}
	core, err := component.Embed(g.Wasm(), r, id, component.Latin1UTF16)
	if err != nil {
		t.Fatal(err)
	}
	made, err := component.New(core, component.NewOptions{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := component.Inspect(made)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(text) {
		if _, options, ok := strings.Cut(line, ": canon l"); ok {
			fields := strings.Split(strings.TrimSpace("l"+options), ", ")
			for i, f := range fields {
				fields[i], _, _ = strings.Cut(f, " ") // without indices
			}
			got = append(got, strings.Join(fields, " "))
		}
	}
	want := []string{
		"lower",
		"lower memory string-encoding=latin1+utf16",
		"lower memory realloc string-encoding=latin1+utf16",
		"lower memory realloc",
		"lower memory",
		"lift post-return",
		"lift memory realloc string-encoding=latin1+utf16 post-return",
		"lift memory string-encoding=latin1+utf16 post-return",
		"lift memory post-return",
		"lift memory post-return",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the options differ (-want +got):\n%s", diff)
	}
}

// TestNewNames: names that are made up are strongly unique, too.
func TestNewNames(t *testing.T) {
	r, pkg := comptest.WITOf(t, `
		package a:b;
		interface i { use a:c/i@0.1.0.{t as t1}; use a:c/i@0.2.0.{t as t}; use a:c/i@0.3.0.{t as t-2}; f: func(a: t1, b: t, c: t-2); resource f2 { constructor(); g-2: static func(); } }
		world w { export i; }
		package a:c@0.1.0 { interface i { record t { x: u8 } } }
		package a:c@0.2.0 { interface i { record t { x: u16 } } }
		package a:c@0.3.0 { interface i { record t { x: u32 } } }
	`)
	id := comptest.WorldNamed(t, r, pkg, "w")
	comptest.NewComponent(t, &comptest.Guest{R: r, World: r.Worlds[id]}, id)
}

// TestNewVersions: a core module may import from another compatible version.
func TestNewVersions(t *testing.T) {
	r, pkg := comptest.WITOf(t, "package test:v@0.2.8; interface i { f: func(); } world w { import i; }")
	id := comptest.WorldNamed(t, r, pkg, "w")
	for version, ok := range map[string]bool{"0.2.0": true, "0.2.8": true, "0.3.0": false} {
		core, err := component.Embed(comptest.CoreModuleOf([]comptest.CoreFuncDef{{Module: "test:v/i@" + version, Name: "f"}}, nil, false), r, id, component.UTF8)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := component.New(core, component.NewOptions{}); (err == nil) != ok {
			t.Errorf("an import from version %s: %v", version, err)
		}
	}
}

// TestNewStandardNames: the names of build target cm32p2.
func TestNewStandardNames(t *testing.T) {
	r, pkg := comptest.WITOf(t, "package test:s@1.2.0; interface i { resource r { constructor(); } f: func() -> string; } world w { import i; export i; export run: func(); }")
	id := comptest.WorldNamed(t, r, pkg, "w")
	i32 := []abi.Core{abi.I32}
	one := abi.Signature{Params: i32, Results: i32}
	core := comptest.CoreModuleOf([]comptest.CoreFuncDef{
		{Module: "cm32p2|test:s/i@1", Name: "[constructor]r", Sig: abi.Signature{Results: i32}}, {Module: "cm32p2|test:s/i@1", Name: "f", Sig: abi.Signature{Params: i32}}, {Module: "cm32p2|test:s/i@1", Name: "r_drop", Sig: abi.Signature{Params: i32}},
		{Module: "cm32p2|_ex_test:s/i@1", Name: "r_new", Sig: one}, {Module: "cm32p2|_ex_test:s/i@1", Name: "r_rep", Sig: one}, {Module: "cm32p2|_ex_test:s/i@1", Name: "r_drop", Sig: abi.Signature{Params: i32}},
	}, []comptest.CoreFuncDef{
		{Name: "cm32p2|test:s/i@1|[constructor]r", Sig: abi.Signature{Results: i32}}, {Name: "cm32p2|test:s/i@1|f", Sig: abi.Signature{Results: i32}},
		{Name: "cm32p2|test:s/i@1|f_post", Sig: abi.Signature{Params: i32}}, {Name: "cm32p2|test:s/i@1|r_dtor", Sig: abi.Signature{Params: i32}},
		{Name: "cm32p2||run"}, {Name: "cm32p2_initialize"}, {Name: "cm32p2_realloc", Sig: abi.Signature{Params: []abi.Core{abi.I32, abi.I32, abi.I32, abi.I32}, Results: i32}},
	}, true)
	core = renameExport(core, "memory", "cm32p2_memory")
	core, err := component.Embed(core, r, id, component.UTF8)
	if err != nil {
		t.Fatal(err)
	}
	made, err := component.New(core, component.NewOptions{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := component.Inspect(made)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`destructor core func`, `post-return`, `import "main" "cm32p2_initialize"`, `export "test:s/i@1.2.0"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the component has no %s:\n%s", want, text)
		}
	}
}

// renameExport gives an export of a core module another name.
func renameExport(core []byte, from, to string) []byte {
	var w wasm.Writer
	w.Preamble()
	for s := range wasm.NewCursor(core, 0).Sections() {
		data := string(s.Data)
		if s.ID == wasm.ExportSection {
			data = strings.Replace(data, string(rune(len(from)))+from, string(rune(len(to)))+to, 1)
		}
		w.Section(s.ID, func() { w.Byte([]byte(data)...) })
	}
	return w.Buf
}

// withoutMemory is a core module of functions that has no memory.
func withoutMemory(imports, exports []comptest.CoreFuncDef) []byte {
	return comptest.CoreModuleOf(imports, exports, false)
}

func TestNewErrors(t *testing.T) {
	r, pkg := comptest.WITOf(t, `
		package test:e;
		interface i { f: func(s: string) -> string; resource r { m: func(); } }
		world w { import i; export i; export run: func(a: u32); }
	`)
	id := comptest.WorldNamed(t, r, pkg, "w")
	world := r.Worlds[id]
	without := func(name string) *comptest.Guest {
		return &comptest.Guest{R: r, World: world, Edit: func(n string, _ *abi.Signature) bool { return n != name }}
	}
	changed := func(name string) *comptest.Guest {
		return &comptest.Guest{R: r, World: world, Edit: func(n string, sig *abi.Signature) bool {
			if n == name {
				sig.Params = append(slices.Clone(sig.Params), abi.F64)
			}
			return true
		}}
	}
	foreign := comptest.CoreModuleOf([]comptest.CoreFuncDef{{Module: "wasi_snapshot_preview1", Name: "fd_write"}}, nil, false)
	for _, test := range []struct {
		name string
		core []byte
		rule string
	}{
		{"an export that is missing", without("run").Wasm(), `the core module does not export "run"`},
		{"an interface's export that is missing", without("test:e/i#f").Wasm(), `does not export "test:e/i#f"`},
		{"an export of another type", changed("run").Wasm(), "export run of the core module is of type (i32, f64) -> (), and must be of type (i32) -> ()"},
		{"an import of another type", changed("test:e/i f").Wasm(), "import test:e/i f of the core module is of type (i32, i32, i32, f64) -> ()"},
		{"a post-return of another type", changed("cabi_post_test:e/i#f").Wasm(), "cabi_post_test:e/i#f"},
		{"a destructor of another type", changed("test:e/i#[dtor]r").Wasm(), "[dtor]r of the core module is of type"},
		{"a realloc of another type", changed("cabi_realloc").Wasm(), "export cabi_realloc of the core module"},
		{"an intrinsic of another type", changed("[export]test:e/i [resource-new]r").Wasm(), "[resource-new]r of the core module"},
		{"no realloc", without("cabi_realloc").Wasm(), "exports no cabi_realloc"},
		{"no memory", withoutMemory(without("").Functions()), "exports no memory"},
		{"an import of WASI", foreign, `imports "fd_write" from "wasi_snapshot_preview1", which its world does not say: an adapter of that name is needed`},
		{"an import of what is not in the world", comptest.CoreModuleOf([]comptest.CoreFuncDef{{Module: "test:e/i", Name: "g"}}, nil, false), `imports "g" from "test:e/i", which its world does not say`},
		{"a memory that is imported", append([]byte(wasm.Preamble), "\x02\x0a\x01\x01m\x03mem\x02\x00\x01"...), "a component supplies functions"},
	} {
		t.Run(test.name, func(t *testing.T) {
			core, err := component.Embed(test.core, r, id, component.UTF8)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := component.New(core, component.NewOptions{}); err == nil || !strings.Contains(err.Error(), test.rule) {
				t.Errorf("got %v, want %q", err, test.rule)
			}
		})
	}
	if _, err := component.New(foreign, component.NewOptions{}); err == nil || err.Error() != "the core module carries no WIT: embed a world in it first" {
		t.Errorf("without metadata: %v", err)
	}
}

// adapterModule is an adapter that imports the main module's memory and realloc.
func adapterModule(exports ...comptest.CoreFuncDef) []byte {
	core := comptest.CoreModuleOf([]comptest.CoreFuncDef{{Module: "__main_module__", Name: "cabi_realloc", Sig: abi.Signature{Params: []abi.Core{abi.I32, abi.I32, abi.I32, abi.I32}, Results: []abi.Core{abi.I32}}}}, exports, false)
	var w wasm.Writer
	w.Preamble()
	for s := range wasm.NewCursor(core, 0).Sections() {
		data := s.Data
		if s.ID == wasm.ImportSection {
			data = append([]byte{2}, append(slices.Clone(data[1:]), "\x03env\x06memory\x02\x00\x01"...)...)
		}
		w.Section(s.ID, func() { w.Byte(data...) })
	}
	return w.Buf
}

func TestAdapters(t *testing.T) {
	r, pkg := comptest.WITOf(t, `
		package test:a;
		interface clock { now: func() -> u64; name: func() -> string; }
		world w { export run: func() -> string; }
		world adapted { import clock; export start: func(); }
	`)
	main, adapted := comptest.WorldNamed(t, r, pkg, "w"), comptest.WorldNamed(t, r, pkg, "adapted")
	write := abi.Signature{Params: []abi.Core{abi.I32, abi.I32}, Results: []abi.Core{abi.I32}}
	run := abi.Signature{Results: []abi.Core{abi.I32}}
	core := comptest.CoreModuleOf([]comptest.CoreFuncDef{{Module: "old", Name: "write", Sig: write}}, []comptest.CoreFuncDef{{Name: "run", Sig: run}, {Name: "cabi_realloc", Sig: abi.Signature{Params: []abi.Core{abi.I32, abi.I32, abi.I32, abi.I32}, Results: []abi.Core{abi.I32}}}}, true)
	core, err := component.Embed(core, r, main, component.UTF8)
	if err != nil {
		t.Fatal(err)
	}
	plain := adapterModule(comptest.CoreFuncDef{Name: "write", Sig: write}, comptest.CoreFuncDef{Name: "unused"})

	made, err := component.New(core, component.NewOptions{Adapters: []component.Adapter{{Name: "old", Wasm: plain}, {Name: "not-needed", Wasm: []byte(wasm.Preamble)}}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := component.DecodeWIT(made)
	if err != nil {
		t.Fatal(err)
	}
	if w := got.Resolve.Worlds[got.World]; len(w.Imports) != 0 || len(w.Exports) != 1 {
		t.Errorf("an adapter changes the world: %s", wit.Print(got.Resolve, got.Package))
	}
	if text := comptest.Inspected(t, made); !strings.Contains(text, `export "write": func`) || strings.Contains(text, "not-needed") {
		t.Errorf("the component holds other adapters than it needs:\n%s", text)
	}

	// An adapter with a world of its own.
	imports := []comptest.CoreFuncDef{{Module: "test:a/clock", Name: "now", Sig: abi.Signature{Results: []abi.Core{abi.I64}}}, {Module: "test:a/clock", Name: "name", Sig: abi.Signature{Params: []abi.Core{abi.I32}}}}
	own, err := component.Embed(comptest.CoreModuleOf(imports, []comptest.CoreFuncDef{{Name: "write", Sig: write}, {Name: "start"}}, false), r, adapted, component.UTF16)
	if err != nil {
		t.Fatal(err)
	}
	if made, err = component.New(core, component.NewOptions{Adapters: []component.Adapter{{Name: "old", Wasm: own}}}); err != nil {
		t.Fatal(err)
	}
	text := comptest.Inspected(t, made)
	for _, want := range []string{`import "test:a/clock"`, `export "run"`, `export "start"`, "canon lower func 1, memory 0, realloc 4, string-encoding=utf16"} {
		if !strings.Contains(text, want) {
			t.Errorf("the component has no %s:\n%s", want, text)
		}
	}

	for name, test := range map[string]struct {
		adapters []component.Adapter
		rule     string
	}{
		"an export that the adapter lacks":       {[]component.Adapter{{Name: "old", Wasm: adapterModule(comptest.CoreFuncDef{Name: "read", Sig: write})}}, `imports "write" from "old", and the adapter of that name does not export it`},
		"an export of another type":              {[]component.Adapter{{Name: "old", Wasm: adapterModule(comptest.CoreFuncDef{Name: "write"})}}, `imports "write" from the adapter "old": a function of type`},
		"two adapters of one name":               {[]component.Adapter{{Name: "old", Wasm: plain}, {Name: "old", Wasm: plain}}, "two adapters are called"},
		"an adapter that needs more of the main": {[]component.Adapter{{Name: "old", Wasm: comptest.CoreModuleOf([]comptest.CoreFuncDef{{Module: "__main_module__", Name: "malloc"}}, []comptest.CoreFuncDef{{Name: "write", Sig: write}}, false)}}, `the adapter "old" needs the export "malloc"`},
		"an adapter that imports anything":       {[]component.Adapter{{Name: "old", Wasm: comptest.CoreModuleOf([]comptest.CoreFuncDef{{Module: "env", Name: "x"}}, []comptest.CoreFuncDef{{Name: "write", Sig: write}}, false)}}, `the adapter "old" imports "x" from "env"`},
	} {
		if _, err := component.New(core, component.NewOptions{Adapters: test.adapters}); err == nil || !strings.Contains(err.Error(), test.rule) {
			t.Errorf("%s: got %v, want %q", name, err, test.rule)
		}
	}
}
