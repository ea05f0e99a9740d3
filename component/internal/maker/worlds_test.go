package maker_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/component"
	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/internal/testing/comptest"
	"github.com/witgen/witgen/wit"
)

var (
	i32    = []abi.Core{abi.I32}
	number = abi.Signature{Params: i32, Results: i32}
)

// embedded returns a core module with the worlds of some WIT texts, the last of each.
func embedded(t *testing.T, core []byte, texts ...string) []byte {
	t.Helper()
	for _, text := range texts {
		r, pkg := comptest.WITOf(t, text)
		worlds := r.Packages[pkg].Worlds
		var err error
		if core, err = component.Embed(core, r, worlds[len(worlds)-1], component.UTF8); err != nil {
			t.Fatal(err)
		}
	}
	return core
}

// worldText returns the world of a binary as text.
func worldText(t *testing.T, wasm []byte) string {
	t.Helper()
	w, err := component.DecodeWIT(wasm)
	if err != nil {
		t.Fatal(err)
	}
	return wit.Print(w.Resolve, w.Package)
}

const (
	files   = "package acme:files { interface fs { open: func(n: u32) -> u32; } }"
	sockets = "package acme:net { interface sock { dial: func(n: u32) -> u32; } }"
)

// TestSeveralWorlds: a core module may carry several worlds, which its component has
// together.
func TestSeveralWorlds(t *testing.T) {
	open, dial := comptest.CoreFuncDef{Module: "acme:files/fs", Name: "open", Sig: number}, comptest.CoreFuncDef{Module: "acme:net/sock", Name: "dial", Sig: number}
	exported := func(f comptest.CoreFuncDef) comptest.CoreFuncDef {
		return comptest.CoreFuncDef{Name: f.Module + "#" + f.Name, Sig: f.Sig}
	}
	one := func(item string) string { return "package my:one; world one { " + item + " } " + files }
	two := func(item string) string { return "package my:two; world two { " + item + " } " + sockets }
	for _, test := range []struct {
		name             string
		imports, exports []comptest.CoreFuncDef
		worlds           []string
		// root is the world of the module, component what the component says where that is less.
		root, component string
	}{
		{"an import each", []comptest.CoreFuncDef{open, dial}, nil, []string{one("import acme:files/fs;"), two("import acme:net/sock;")},
			"import acme:files/fs; import acme:net/sock;", ""},
		{"an export each", nil, []comptest.CoreFuncDef{exported(open), exported(dial)}, []string{one("export acme:files/fs;"), two("export acme:net/sock;")},
			"export acme:files/fs; export acme:net/sock;", ""},
		{"the same export", nil, []comptest.CoreFuncDef{exported(open)}, []string{one("export acme:files/fs;"), "package my:two; world two { export acme:files/fs; } " + files},
			"export acme:files/fs;", ""},
		{"the same world twice", []comptest.CoreFuncDef{open}, nil, []string{one("import acme:files/fs;"), one("import acme:files/fs;")},
			"import acme:files/fs;", ""},
		{"two forms of one world", []comptest.CoreFuncDef{open}, []comptest.CoreFuncDef{{Name: "run"}, {Name: "stop"}},
			[]string{one("type t = u8; import acme:files/fs; export run: func();"), one("type t = u8; import acme:files/fs; export run: func(); export stop: func();")},
			"import acme:files/fs; type t = u8; export run: func(); export stop: func();", ""},
		{"one function and one type of the worlds themselves", []comptest.CoreFuncDef{{Module: "$root", Name: "f", Sig: number}}, []comptest.CoreFuncDef{{Name: "g", Sig: number}},
			[]string{one("type n = u32; import f: func(a: n) -> n; export g: func(a: n) -> n;"), two("type n = u32; import f: func(a: n) -> n; export g: func(a: n) -> n;")},
			"type n = u32; import f: func(a: n) -> n; export g: func(a: n) -> n;", ""},
		{"halves of an inline interface", []comptest.CoreFuncDef{{Module: "store", Name: "get", Sig: number}, {Module: "store", Name: "put", Sig: number}}, nil,
			[]string{one("import store: interface { type k = u32; get: func(a: k) -> k; }"), two("import store: interface { type k = u32; put: func(a: k) -> k; }")},
			"import store: interface { type k = u32; get: func(a: k) -> k; put: func(a: k) -> k; }", ""},
		{"halves of an interface", []comptest.CoreFuncDef{open, {Module: "acme:files/fs", Name: "close", Sig: number}}, nil,
			[]string{one("import acme:files/fs;"), "package my:two; world two { import acme:files/fs; } package acme:files { interface fs { close: func(n: u32) -> u32; } }"},
			"import acme:files/fs;", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			core := embedded(t, comptest.CoreModuleOf(test.imports, test.exports, true), test.worlds...)
			if diff := cmp.Diff(words("package root:root; world root { "+test.root+" }"), words(worldText(t, core))); diff != "" {
				t.Errorf("the world of the module differs (-want +got):\n%s", diff)
			}
			made, err := component.New(core, component.NewOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(words("package root:component; world root { "+test.root+" }"), words(worldText(t, made))); diff != "" && test.component == "" {
				t.Errorf("the world of the component differs (-want +got):\n%s", diff)
			}
		})
	}
}

// words brings text to one spelling of space.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }

// TestWorldsThatDiffer: what two worlds have under one name must be the same.
func TestWorldsThatDiffer(t *testing.T) {
	for _, test := range []struct{ name, one, two, rule string }{
		{"functions", "package a:b; world one { import f: func(a: u8); }", "package a:c; world two { import f: func(a: u16); }", `have a "f" that is not the same`},
		{"names of parameters", "package a:b; world one { import f: func(a: u8); }", "package a:c; world two { import f: func(b: u8); }", `have a "f" that is not the same`},
		{"types", "package a:b; world one { record r { a: u8 } import f: func(a: r); }", "package a:c; world two { record r { b: u8 } import f: func(a: r); }", `have a "r" that is not the same`},
		{"a function and an interface", "package a:b; world one { import f: func(); }", "package a:c; world two { import f: interface {} }", `have a "f" that is not the same`},
		{"two interfaces under one plain name", "package a:b; interface i {} world one { import f: i; }", "package a:c; interface i {} world two { import f: i; }", `have a "f" that is not the same`},
		{"functions of an inline interface", "package a:b; world one { import i: interface { f: func(a: list<u8>); } }", "package a:c; world two { import i: interface { f: func(a: list<u16>); } }", `have a "i" that is not the same`},
		{"functions of an interface", "package a:b; world one { import a:i/i; } package a:i { interface i { f: func() -> list<u8>; } }", "package a:c; world two { import a:i/i; } package a:i { interface i { f: func() -> list<u16>; } }", `"f": it is of another type elsewhere`},
		{"two forms of a world", "package a:b; world one { import f: func(a: u8); }", "package a:b; world one { import f: func(a: string); }", `"f": it is of another type elsewhere`},
		{"two sorts in two forms of a world", "package a:b; world one { import f: func(a: u8); }", "package a:b; world one { import f: interface {} }", `"f": it is a instance here and a func elsewhere`},
		{"resources", "package a:b; world one { import a:i/i; } package a:i { interface i { resource r; resource q; f: func(a: own<r>); } }", "package a:c; world two { import a:i/i; } package a:i { interface i { resource r; resource q; f: func(a: own<q>); } }", `"f": it is of another type elsewhere`},
	} {
		t.Run(test.name, func(t *testing.T) {
			core := embedded(t, comptest.CoreModuleOf(nil, nil, true), test.one, test.two)
			if _, err := component.DecodeWIT(core); err == nil || !strings.Contains(err.Error(), test.rule) {
				t.Errorf("got %v, want %q", err, test.rule)
			}
		})
	}
}

// TestWorldsThatMix: an interface cannot use an exported type and one that is made of the
// imported one of that name.
func TestWorldsThatMix(t *testing.T) {
	packages := "package acme:a { interface t { resource r; } interface mid { use t.{r}; type m = r; } interface top { use t.{r}; use mid.{m}; f: func(a: borrow<r>, b: borrow<m>); } }"
	core := embedded(t, comptest.CoreModuleOf(nil, []comptest.CoreFuncDef{{Name: "acme:a/top#f", Sig: abi.Signature{Params: []abi.Core{abi.I32, abi.I32}}}}, true),
		"package my:one; world one { export acme:a/top; } "+packages, "package my:two; world two { export acme:a/t; } "+packages)
	want := `a world exports acme:a/top with the resource "r" of acme:a/t as an import, and the worlds export that as well`
	if _, err := component.New(core, component.NewOptions{}); err == nil || err.Error() != want {
		t.Errorf("got %v, want %q", err, want)
	}
}

// streams is an interface at a version, which grew.
func streams(version, more string) string {
	return `package acme:io@` + version + ` {
		interface poll { resource pollable; }
		interface streams { use poll.{pollable}; enum e { x } subscribe: func(n: e) -> pollable; ` + more + ` }
	}`
}

// TestCompatibleWorlds: of interfaces that are compatible, a component imports the one of
// the highest version.
func TestCompatibleWorlds(t *testing.T) {
	subscribe := func(version string) comptest.CoreFuncDef {
		return comptest.CoreFuncDef{Module: "acme:io/streams@" + version, Name: "subscribe", Sig: number}
	}
	old := "package my:one; world one { import acme:io/streams@0.2.0; import acme:log/log; } " + streams("0.2.0", "") +
		"package acme:log { interface log { use acme:io/streams@0.2.0.{pollable}; wait: func(p: pollable); } }"
	newer := "package my:two; world two { import acme:io/streams@0.2.8; } " + streams("0.2.8", "more: func();")
	wait := comptest.CoreFuncDef{Module: "acme:log/log", Name: "wait", Sig: abi.Signature{Params: i32}}
	core := embedded(t, comptest.CoreModuleOf([]comptest.CoreFuncDef{subscribe("0.2.0"), wait, subscribe("0.2.8"), {Module: "acme:io/streams@0.2.8", Name: "more"}}, nil, false), old, newer)
	made, err := component.New(core, component.NewOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := "package root:component; world root { import acme:io/poll@0.2.8; import acme:io/streams@0.2.8; import acme:log/log; }"
	if diff := cmp.Diff(want, words(worldText(t, made))); diff != "" {
		t.Errorf("the world differs (-want +got):\n%s", diff)
	}
	w, err := component.DecodeWIT(made)
	if err != nil {
		t.Fatal(err)
	}
	if text := wit.PrintAll(w.Resolve, w.Package); !strings.Contains(text, "use acme:io/poll@0.2.8.{pollable}") && !strings.Contains(text, "use acme:io/streams@0.2.8.{pollable}") {
		t.Errorf("another interface does not use the newer type:\n%s", text)
	}

	for _, test := range []struct{ name, newer, rule string }{
		{"a function that is gone", "interface poll { resource pollable; } interface streams { use poll.{pollable}; enum e { x } }", `acme:io/streams@0.2.0 and acme:io/streams@0.2.8, and the newer cannot stand for the older: its function "subscribe" is missing`},
		{"a function of another type", "interface poll { resource pollable; } interface streams { use poll.{pollable}; enum e { x } subscribe: func(n: e) -> u32; }", `its function "subscribe" is of another type`},
		{"a type that grew", "interface poll { resource pollable; } interface streams { use poll.{pollable}; enum e { x, y } subscribe: func(n: e) -> pollable; }", `its type "e" is another one`},
		{"a type that is gone", "interface poll { } interface streams { resource pollable; enum e { x } subscribe: func(n: e) -> pollable; }", `its type "pollable" is`},
	} {
		core := embedded(t, comptest.CoreModuleOf(nil, nil, false), old, "package my:two; world two { import acme:io/poll@0.2.8; import acme:io/streams@0.2.8; } package acme:io@0.2.8 { "+test.newer+" }")
		if _, err := component.New(core, component.NewOptions{}); err == nil || !strings.Contains(err.Error(), test.rule) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.rule)
		}
	}

	// What is exported as well keeps its version, with what uses its types; and versions that
	// are not compatible are two.
	both := "package my:two; world two { import acme:io/streams@0.3.0; export acme:io/poll@0.2.0; } " + streams("0.3.0", "") + " package acme:io@0.2.0 { interface poll { resource pollable; } }"
	core = embedded(t, comptest.CoreModuleOf([]comptest.CoreFuncDef{subscribe("0.2.0"), subscribe("0.2.8"), subscribe("0.3.0")}, nil, false), old, newer, both)
	if made, err = component.New(core, component.NewOptions{}); err != nil {
		t.Fatal(err)
	}
	text := worldText(t, made)
	for _, want := range []string{"import acme:io/poll@0.2.0;", "import acme:io/streams@0.2.0;", "import acme:io/streams@0.2.8;", "import acme:io/streams@0.3.0;", "export acme:io/poll@0.2.0;"} {
		if !strings.Contains(text, want) {
			t.Errorf("the world lacks %q:\n%s", want, text)
		}
	}
}
