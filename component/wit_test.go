package component

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/internal/wasm"
	"github.com/witgen/witgen/wit"
)

// TestPackageRoundTrip: a package comes out of its binary as it went in, with the
// packages that it refers to as far as it needs them.
func TestPackageRoundTrip(t *testing.T) {
	for name, text := range witFiles(t) {
		t.Run(name, func(t *testing.T) {
			r, pkg := witOf(t, text)
			wasm, err := EncodePackage(r, pkg)
			if err != nil {
				t.Fatal(err)
			}
			got, id, err := DecodePackage("file.wasm", wasm)
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
	r, pkg := witOf(t, `
		package test:two;
		interface log { write: func(s: string); }
		world first { import log; use types.{t}; export run: func() -> t; import one: func(); }
		world second { import log; export stop: func(); import in: interface { f: func(); } }
		interface types { type t = u32; }
	`)
	core := (&guest{r: r, world: &wit.World{}}).wasm()
	for _, w := range []struct {
		name     string
		encoding OptionKind
	}{{"first", UTF8}, {"second", UTF16}} {
		var err error
		if core, err = Embed(core, r, worldNamed(t, r, pkg, w.name), w.encoding); err != nil {
			t.Fatal(err)
		}
	}
	got, err := DecodeWIT(core)
	if err != nil {
		t.Fatal(err)
	}
	if got.IsPackage() || len(got.Worlds) != 2 || !cmp.Equal(got.Encodings, []OptionKind{UTF8, UTF16}) {
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

func TestNoWIT(t *testing.T) {
	r, pkg := witOf(t, "package test:p; world w {}")
	metadata, err := Metadata(r, worldNamed(t, r, pkg, "w"), UTF8)
	if err != nil {
		t.Fatal(err)
	}
	section := func(data []byte) []byte {
		e := wasm.Writer{Buf: append([]byte(nil), []byte(wasm.Preamble)...)}
		e.Custom(typeSection, data)
		return e.Buf
	}
	two := section(metadata)
	e := wasm.Writer{Buf: two}
	e.Custom(typeSection, metadata)
	for _, test := range []struct {
		name string
		wasm []byte
		rule string
	}{
		{"no WebAssembly", []byte("package a:b;"), "not that of WebAssembly"},
		{"a core module without metadata", []byte(wasm.Preamble), "carries no WIT"},
		{"metadata that is no component", section([]byte("x")), "in the metadata of the core module: the preamble"},
		{"metadata without an encoding", section(nest(typ(wrapWorld(r, 0)), exp("w", SortType, 0)).Encode()), "no custom section"},
		{"one world twice", e.Buf, "two sections hold a world"},
		{"an exported value", nest(&Value{Type: u8, Data: []byte{1}}, exp("v", SortValue, 0)).Encode(), "exports a value"},
		{"docs of another version", nest(typ(wrapWorld(r, 0)), exp("w", SortType, 0), &Custom{Name: docsSection, Data: []byte("\x02{}")}).Encode(), "the version is not"},
		{"docs of what is not there", nest(typ(wrapWorld(r, 0)), exp("w", SortType, 0), &Custom{Name: docsSection, Data: []byte("\x01{\"interfaces\":{\"x\":{}}}")}).Encode(), `there is no interface "x"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := DecodeWIT(test.wasm); err == nil || !strings.Contains(err.Error(), test.rule) {
				t.Errorf("got %v, want %q", err, test.rule)
			}
		})
	}
	if _, _, err := DecodePackage("x.wasm", nest().Encode()); err == nil || !strings.HasPrefix(err.Error(), "the binary is no WIT package") {
		t.Errorf("a component as a package: %v", err)
	}
}

// TestSpecificationOrder: a package whose world stands before the interface that it
// imports, as the specification shows one.
func TestSpecificationOrder(t *testing.T) {
	r, pkg := witOf(t, "package local:demo; interface console { log: func(arg: string); } world the-world { import console; }")
	c := nest()
	c.Add(typ(wrapWorld(r, worldNamed(t, r, pkg, "the-world"))))
	c.Add(exp("the-world", SortType, 0))
	c.Add(typ(interfaceComponent(r, 0)))
	c.Add(exp("console", SortType, 2))
	got, id, err := DecodePackage("demo.wasm", c.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wit.Print(r, pkg), wit.Print(got, id)); diff != "" {
		t.Error(diff)
	}
}

func TestParseName(t *testing.T) {
	for _, test := range []struct{ name, key, wrong string }{
		{"a", "a", ""}, {"A-b-C1", "a-b-c1", ""}, {"a1-2-3", "a1-2-3", ""},
		{"[constructor]FOO", "[constructor]foo", ""}, {"[method]foo.BAR", "foo.bar", ""}, {"[static]foo.FOO", "foo", ""},
		{"a:b/c", "a:b/c", ""}, {"a:b/C@1.0.0-RC.1+x", "a:b/c@1.0.0-RC.1+x", ""}, {"a:b:c/d/e@0.2", "a:b:c/d/e@0.2", ""},
		{"", "", "empty"}, {"-a", "", "dash"}, {"a--b", "", "dash"}, {"1a", "", "digit"}, {"a_b", "", "other characters"}, {"aB", "", "mixes"},
		{"[method]a", "", "a dot and a label"}, {"[method", "", "annotation"}, {"a:b", "", "must be followed by /"}, {"a:B/c", "", "lower case"},
		{"a:b/c@1.2", "", "no semantic version"}, {"a:b/c@01.0.0", "", "no semantic version"}, {"a:b/c@", "", "no semantic version"}, {"a:b/c@0.0", "", "no semantic version"},
	} {
		n, wrong := parseName(test.name)
		if test.wrong != "" {
			if !strings.Contains(wrong, test.wrong) {
				t.Errorf("%q: got %q, want %q", test.name, wrong, test.wrong)
			}
			continue
		}
		if key := n.uniqueKey(); wrong != "" || key != test.key {
			t.Errorf("%q: got key %q (%s), want %q", test.name, key, wrong, test.key)
		}
	}
}
