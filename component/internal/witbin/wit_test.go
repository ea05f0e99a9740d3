package witbin_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/component/binary"
	"github.com/witgen/witgen/component/internal/witbin"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/wit"
)

// TestPackageRoundTrip: a package comes out of its binary as it went in, with the
// packages that it refers to as far as it needs them.
func TestPackageRoundTrip(t *testing.T) {
	for name, text := range comptest.WITFiles(t) {
		t.Run(name, func(t *testing.T) {
			r, pkg := comptest.WITOf(t, text)
			wasm, err := component.EncodePackage(r, pkg)
			if err != nil {
				t.Fatal(err)
			}
			got, id, err := component.DecodePackage("file.wasm", wasm)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(wit.Print(r, pkg), wit.Print(got, id)); diff != "" {
				t.Errorf("the package differs (-want +got):\n%s", diff)
			}
			if order := names(got, id); !cmp.Equal(order, names(r, pkg)) {
				t.Errorf("the order of definitions is %q, want %q", order, names(r, pkg))
			}
		})
	}
}

// names are the names of a package's definitions and of their items, in the order
// of the model.
func names(r *wit.Resolve, id wit.PackageID) []string {
	var list []string
	for _, i := range r.Packages[id].Interfaces {
		for _, t := range r.Interfaces[i].Types {
			list = append(list, r.Types[t].Name)
		}
		for _, f := range r.Interfaces[i].Functions {
			list = append(list, f.Name)
		}
	}
	for _, w := range r.Packages[id].Worlds {
		for _, items := range [][]*wit.WorldItem{r.Worlds[w].Imports, r.Worlds[w].Exports} {
			for _, it := range items {
				list = append(list, r.ItemName(it))
			}
		}
	}
	return list
}

// TestWorldOfModule: the worlds of a core module's metadata come out as they went
// in, and together as the world root.
func TestWorldOfModule(t *testing.T) {
	r, pkg := comptest.WITOf(t, `
		package test:two;
		interface log { write: func(s: string); }
		world first { import log; use types.{t}; export run: func() -> t; import one: func(); }
		world second { import log; export stop: func(); import in: interface { f: func(); } }
		interface types { type t = u32; }
	`)
	core := (&comptest.Guest{R: r, World: &wit.World{}}).Wasm()
	for _, w := range []struct {
		name     string
		encoding component.Encoding
	}{{"first", component.UTF8}, {"second", component.UTF16}} {
		var err error
		if core, err = component.Embed(core, r, comptest.WorldNamed(t, r, pkg, w.name), w.encoding); err != nil {
			t.Fatal(err)
		}
	}
	got, err := component.DecodeWIT(core)
	if err != nil {
		t.Fatal(err)
	}
	if got.IsPackage() || len(got.Worlds) != 2 || !cmp.Equal(got.Encodings, []component.Encoding{component.UTF8, component.UTF16}) {
		t.Fatalf("got worlds %v with encodings %v", got.Worlds, got.Encodings)
	}
	root := got.Resolve.Worlds[got.World]
	var items []string
	for _, it := range append(append([]*wit.WorldItem(nil), root.Imports...), root.Exports...) {
		items = append(items, got.Resolve.ItemName(it))
	}
	slices.Sort(items)
	if diff := cmp.Diff([]string{"in", "one", "run", "stop", "t", "test:two/log", "test:two/types"}, items); diff != "" {
		t.Errorf("the items of the world root differ (-want +got):\n%s", diff)
	}
	for _, it := range root.Imports {
		if id, ok := it.Item.(wit.TypeID); ok && got.Resolve.Types[id].Owner != wit.Owner(got.World) {
			t.Errorf("the type %q does not belong to the world root", it.Name)
		}
	}
	for i, id := range got.Worlds {
		if w := got.Resolve.Worlds[id]; w.Name != []string{"first", "second"}[i] || got.Resolve.Packages[w.Package].Name.String() != "test:two" {
			t.Errorf("world %d is %q of %q", i, w.Name, got.Resolve.Packages[w.Package].Name)
		}
	}
}

// TestEmptyExternalID: an external id that is empty is there.
func TestEmptyExternalID(t *testing.T) {
	const text = "package test:p;\n\ninterface i {\n  @external-id(\"\")\n  resource r;\n\n  @external-id(\"\")\n  f: func();\n}\n\nworld w {\n  @external-id(\"\")\n  import i;\n\n  @external-id(\"\\u{0}\")\n  export g: func();\n}\n"
	r, pkg := comptest.WITOf(t, text)
	if diff := cmp.Diff(text, wit.Print(r, pkg)); diff != "" {
		t.Errorf("the text differs (-want +got):\n%s", diff)
	}
	wasm, err := component.EncodePackage(r, pkg)
	if err != nil {
		t.Fatal(err)
	}
	got, err := component.DecodeWIT(wasm)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text, wit.Print(got.Resolve, got.Package)); diff != "" {
		t.Errorf("the text of the binary differs (-want +got):\n%s", diff)
	}
	if got, want := strings.Count(comptest.JSONOf(t, r), `"external_id": ""`), 3; got != want {
		t.Errorf("the JSON has %d empty external ids, want %d", got, want)
	}
	id := comptest.WorldNamed(t, r, pkg, "w")
	made := comptest.Inspected(t, comptest.NewComponent(t, &comptest.Guest{R: r, World: r.Worlds[id]}, id))
	if strings.Count(made, `(external-id "")`) < 3 {
		t.Errorf("the component lost an external id:\n%s", made)
	}
}

func TestNoWIT(t *testing.T) {
	r, _ := comptest.WITOf(t, "package test:p; world w {}")
	section := func(data []byte) []byte {
		e := wasm.Writer{Buf: append([]byte(nil), []byte(wasm.Preamble)...)}
		e.Custom("component-type", data)
		return e.Buf
	}
	for _, test := range []struct {
		name string
		wasm []byte
		rule string
	}{
		{"no WebAssembly", []byte("package a:b;"), "not that of WebAssembly"},
		{"a core module without metadata", []byte(wasm.Preamble), "carries no WIT"},
		{"metadata that is no component", section([]byte("x")), "in the metadata of the core module: the preamble"},
		{"metadata without an encoding", section(comptest.Nest(comptest.Typ(witbin.WrapWorld(r, 0)), comptest.Exp("w", binary.SortType, 0)).Encode()), "no custom section"},
		{"an exported value", comptest.Nest(&binary.Value{Type: comptest.U8, Data: []byte{1}}, comptest.Exp("v", binary.SortValue, 0)).Encode(), "exports a value"},
		{"docs of another version", comptest.Nest(comptest.Typ(witbin.WrapWorld(r, 0)), comptest.Exp("w", binary.SortType, 0), &binary.Custom{Name: witbin.DocsSection, Data: []byte("\x02{}")}).Encode(), "the version is not"},
		{"docs of what is not there", comptest.Nest(comptest.Typ(witbin.WrapWorld(r, 0)), comptest.Exp("w", binary.SortType, 0), &binary.Custom{Name: witbin.DocsSection, Data: []byte("\x01{\"interfaces\":{\"x\":{}}}")}).Encode(), `the package has no interface "x"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := component.DecodeWIT(test.wasm); err == nil || !strings.Contains(err.Error(), test.rule) {
				t.Errorf("got %v, want %q", err, test.rule)
			}
		})
	}
	if _, _, err := component.DecodePackage("x.wasm", comptest.Nest().Encode()); err == nil || !strings.HasPrefix(err.Error(), "the binary is not a WIT package") {
		t.Errorf("a component as a package: %v", err)
	}
}

// TestSpecificationOrder: a package whose world stands before the interface that it
// imports, as the specification shows one.
func TestSpecificationOrder(t *testing.T) {
	r, pkg := comptest.WITOf(t, "package local:demo; interface console { log: func(arg: string); } world the-world { import console; }")
	c := comptest.Nest()
	c.Add(comptest.Typ(witbin.WrapWorld(r, comptest.WorldNamed(t, r, pkg, "the-world"))))
	c.Add(comptest.Exp("the-world", binary.SortType, 0))
	c.Add(comptest.Typ(witbin.InterfaceComponent(r, 0)))
	c.Add(comptest.Exp("console", binary.SortType, 2))
	got, id, err := component.DecodePackage("demo.wasm", c.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wit.Print(r, pkg), wit.Print(got, id)); diff != "" {
		t.Error(diff)
	}
}
