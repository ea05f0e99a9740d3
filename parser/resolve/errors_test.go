package resolve_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// mistakes resolves a text that has mistakes.
func mistakes(t *testing.T, text string) diag.List {
	t.Helper()
	_, err := resolve.Source("x.wit", text, resolve.Options{})
	var list diag.List
	if !errors.As(err, &list) {
		t.Fatalf("no diagnostics but %v", err)
	}
	return list
}

func TestSeveralMistakesInOneRun(t *testing.T) {
	list := mistakes(t, `package a:b@1.0.0;
interface types {
  record person { name: strng, age: u8, AGE: u16 }
  resource r { f: func() -> u8; f: static func(); }
  g: func(x: persn, x: u8) -> float32;
}
interface uses {
  use typs.{person};
  use types.{persn, g};
  use a:c/i.{t};
}
world w {
  import types;
  import types;
  export wasi:io/streams@0.2.0;
}
package a:c { interface j {} }
`)
	var got []string
	for _, d := range list {
		p := d.Span.File.Position(d.Span.Start)
		got = append(got, fmt.Sprintf("%d:%d %s %s", p.Line, p.Column, d.Code, strings.Join(d.Hints, "; ")))
	}
	want := []string{
		`8:7 W0207 did you mean "types"?`,
		`3:25 W0302 did you mean "string"?`,
		`3:41 W0308 names that differ only in hyphens, or in upper and lower case, are one name`,
		`4:33 W0402 methods and static functions share one set of names`,
		`5:14 W0302 did you mean "person"?`,
		`5:21 W0401 `,
		`5:31 W0302 in WIT this type is f32`,
		`9:14 W0302 did you mean "person"?`,
		`9:21 W0303 use takes in types; a world takes in functions with their interface, by import`,
		`14:10 W0501 an interface may be there again under a name of its own: import other-name: path`,
		`10:11 W0213 did you mean "j"?`,
		`15:10 W0212 put its WIT into deps/, or write package wasi:io@0.2.0 { ... } into this package's files`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// related returns the places that the first mistake refers to.
func related(list diag.List) []string {
	var lines []string
	for _, r := range list[0].Related {
		p := r.Span.File.Position(r.Span.Start)
		lines = append(lines, fmt.Sprintf("%d:%d %s", p.Line, p.Column, r.Message))
	}
	return lines
}

func TestMistakesShowTheChain(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"types", "package a:b;\ninterface i {\n  type a = list<b>;\n  type b = option<c>;\n  type c = tuple<u8, a>;\n}",
			[]string{"3:17 a contains b", "4:19 b contains c", "5:22 c contains a"}},
		{"types by way of another", "package a:b;\ninterface i {\n  type a = b;\n  type b = list<b>;\n}",
			[]string{"4:17 b contains b"}},
		{"interfaces", "package a:b;\ninterface i { use j.{t}; }\ninterface j { use i.{t}; }",
			[]string{"3:11 i needs j", "2:11 j needs i"}},
		{"packages", "package a:b;\ninterface i { use a:c/j.{t}; }\npackage a:c {\n  interface j { use a:b/i.{t}; }\n}",
			[]string{"2:19 a:b depends on a:c", "4:21 a:c depends on a:b"}},
		{"the other definition", "package a:b;\ninterface i {}\nworld i {}",
			[]string{"2:11 the other definition"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, related(mistakes(t, test.text))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestExportThatNeedsAnImportIsExplained(t *testing.T) {
	list := mistakes(t, `package a:b;
interface x { resource t; }
interface y { use x.{t}; }
interface z { use x.{t}; use y.{t as t2}; }
world w { export x; export z; }
`)
	hints := strings.Join(list[0].Hints, "\n")
	if !strings.Contains(hints, "a:b/z uses a:b/y uses a:b/x") {
		t.Errorf("the hints do not show the chain:\n%s", hints)
	}
}

func TestHiddenItemsAreExplained(t *testing.T) {
	for _, body := range []string{
		"world w { import a:c/i; }",
		"world w { include a:c/v; }",
		"interface j { use a:c/k.{t}; }",
	} {
		list := mistakes(t, "package a:b;\n"+body+`
package a:c {
  @unstable(feature = new) interface i {}
  @unstable(feature = new) world v {}
  interface k { @unstable(feature = new) type t = u8; }
}`)
		if hints := strings.Join(list[0].Hints, "\n"); !strings.Contains(hints, "@unstable(feature = new)") {
			t.Errorf("%s: the hints do not name the feature: %v %s", body, list, hints)
		}
	}
}

func TestOtherVersionsAreNamed(t *testing.T) {
	list := mistakes(t, "package a:b; world w { import a:c/i@0.2.1; } package a:c@0.2.0 { interface i {} } package a:c@0.2.10 {}")
	want := []string{"the package is there at version 0.2.0, 0.2.10"}
	if diff := cmp.Diff(want, list[0].Hints); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A mistake in one package does not make others of what refers to it.
func TestNoMistakesThatFollowFromOthers(t *testing.T) {
	for name, text := range map[string]string{
		"syntax in a package":        "package a:b; interface i { use a:c/j.{t}; f: func(t: t); } package a:c { interface j { type t = ; } }",
		"a type of an interface":     "package a:b; interface i { type t = nothing; f: func(t: t) -> own<t>; } interface j { use i.{t}; g: func(t: t); }",
		"a package":                  "package a:b; interface i { use x:y/z.{t}; f: func(t: borrow<t>); } world w { import i; export x:y/z; }",
		"a package of a package":     "package a:b; interface i { use a:c/j.{t}; } package a:c { interface j { use x:y/z.{t}; } }",
		"an interface":               "package a:b; interface i { use j.{t}; f: func(t: t); } world w { use j.{t}; import i; import f: func(t: t); }",
		"a circle of types":          "package a:b; interface i { type a = list<a>; type b = a; f: func(b: b); } interface j { use i.{a, b}; }",
		"a circle of interfaces":     "package a:b; interface i { use j.{t}; f: func(t: t); } interface j { use i.{t}; } world w { use i.{t}; import i; }",
		"a circle of packages":       "package a:b; interface i { use a:c/j.{t}; } package a:c { interface j { use a:b/i.{t}; } } package a:d { world w { import a:c/j; } }",
		"a world that is not there":  "package a:b; world w { include v with { a as b } }",
		"a foreign type is missing":  "package a:b; interface i { use a:c/j.{t}; f: func(t: t); g: func() -> option<t>; } package a:c { interface j {} }",
		"a feature that is not used": "package a:b; interface i { @unstable(feature = x) type t = u8; type u = list<t>; f: func(u: u); }",
	} {
		if list := mistakes(t, text); len(list) != 1 {
			if name == "an interface" && len(list) == 2 {
				continue // both uses name it
			}
			t.Errorf("%s: %d mistakes: %v", name, len(list), list)
		}
	}
}

func TestDir(t *testing.T) {
	files := fstest.MapFS{
		"wit/world.wit":       {Data: []byte("package a:b; world w { import a:text/i; import a:single/i; import a:binary/i; }")},
		"wit/deps/text/a.wit": {Data: []byte("package a:text; interface i {}")},
		"wit/deps/one.wit":    {Data: []byte("package a:single; interface i {}")},
		"wit/deps/two.wasm":   {Data: []byte("binary")},
		"wit/deps/README.md":  {Data: []byte("not WIT")},
	}
	decode := func(name string, wasm []byte) (*wit.Resolve, wit.PackageID, error) {
		if name != "wit/deps/two.wasm" || string(wasm) != "binary" {
			t.Errorf("decoding %q of %s", wasm, name)
		}
		// The binary brings along a package that is there as text.
		r, err := resolve.Source(name, "package a:binary; interface i {} package a:single { interface i {} }", resolve.Options{})
		if err != nil {
			return nil, 0, err
		}
		return r.Resolve, r.Main, nil
	}
	result, err := resolve.FS(files, "wit", resolve.Options{Decode: decode})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range result.Resolve.Packages {
		names = append(names, p.Name.String())
	}
	if diff := cmp.Diff([]string{"a:text", "a:single", "a:binary", "a:b"}, names); diff != "" {
		t.Errorf("packages (-want +got):\n%s", diff)
	}
	if name := result.Resolve.Packages[result.Main].Name.String(); name != "a:b" {
		t.Errorf("the main package is %s", name)
	}
	if _, err := resolve.FS(files, "nowhere", resolve.Options{}); err == nil {
		t.Error("a folder that is not there was resolved")
	}
	if _, err := resolve.FS(fstest.MapFS{"a/b.txt": {}}, "a", resolve.Options{}); err == nil {
		t.Error("a folder without WIT was resolved")
	}
	result, err = resolve.FS(files, "wit/deps/one.wit", resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if name := result.Resolve.Packages[result.Main].Name.String(); name != "a:single" {
		t.Errorf("the package of one file is %s", name)
	}
}

func TestNamesAreStronglyUnique(t *testing.T) {
	for text, code := range map[string]diag.Code{
		"interface i { resource r { r: func(); } }":                                                                   diag.DuplicateMethod,
		"interface i { resource r { R: static func(); } }":                                                            diag.DuplicateMethod,
		"interface i { resource r { a: func(); A: static func(); } }":                                                 diag.DuplicateLabel,
		"interface i { f: func(a: u8, A: u8); }":                                                                      diag.DuplicateParam,
		"interface i { f: func(); F: func(); }":                                                                       diag.DuplicateName,
		"interface j { type t = u8; } interface i { type t = u16; use j.{t}; }":                                       diag.DuplicateName,
		"interface i { type t = u8; T: func(); }":                                                                     diag.DuplicateName,
		"interface i { flags f { a-b, A-b } }":                                                                        diag.DuplicateLabel,
		"world w { import f: func(); import F: func(); }":                                                             diag.WorldNameClash,
		"world w { export f: func(); export F: interface {} }":                                                        diag.WorldNameClash,
		"world v { resource r { f: func(); } } world w { include v with { r as f } }":                                 diag.WorldNameClash,
		"world v { import f: func(); } world w { import F: func(); include v; }":                                      diag.WorldNameClash,
		"interface i { foo-bar: func(); foobar: func(); }":                                                            diag.DuplicateName,
		"interface i { foo-bar: func(); foob-AR: func(); }":                                                           diag.DuplicateName,
		"interface i { type http-url = u8; HTTPURL: func(); }":                                                        diag.DuplicateName,
		"interface j { type t = u8; } interface i { use j.{t as t-1}; use j.{t as t1}; }":                             diag.DuplicateName,
		"interface i { resource a-b { ab: func(); } }":                                                                diag.DuplicateMethod,
		"interface i { resource a-b { A-B: static func(); } }":                                                        diag.DuplicateMethod,
		"interface i { resource r { m1: func(); m-1: static func(); } }":                                              diag.DuplicateLabel,
		"interface i { resource r { m: func(se-lf: u8); } }":                                                          diag.DuplicateParam,
		"interface i { f: func(a-b: u8, ab: u8); }":                                                                   diag.DuplicateParam,
		"interface i { record r { a-b: u8, ab: u8 } }":                                                                diag.DuplicateLabel,
		"interface i { variant v { a-b(u8), ab } }":                                                                   diag.DuplicateLabel,
		"interface i { enum e { x-y-z, xyz } }":                                                                       diag.DuplicateLabel,
		"interface i { flags f { a1, a-1 } }":                                                                         diag.DuplicateLabel,
		"interface a-b {} interface ab {}":                                                                            diag.DuplicateItem,
		"interface a-b {} world AB {}":                                                                                diag.DuplicateItem,
		"world w { import a-b: func(); import ab: interface {} }":                                                     diag.WorldNameClash,
		"world w { type a-b = u8; import ab: func(); }":                                                               diag.WorldNameClash,
		"world v { import a-b: func(); } world w { import x: func(); include v with { a-b as X } }":                   diag.WorldNameClash,
		"package a:c-d { interface i {} } package a:cd { interface i {} } world w { import a:c-d/i; import a:cd/i; }": diag.WorldNameClash,
		"package a-b:c { interface i {} } package ab:c { interface i {} } world w { export a-b:c/i; export ab:c/i; }": diag.WorldNameClash,
		// What types need is imported, and what that needs.
		"package a:c-d { interface i { type t = u8; } } package a:cd { interface i { use a:c-d/i.{t}; } } interface j { use a:cd/i.{t}; }":                                                                     diag.UsedNameClash,
		"package a:c-d { interface i { type t = u8; } } package a:cd { interface i { use a:c-d/i.{t}; } } world w { import a:cd/i; }":                                                                          diag.WorldNameClash,
		"package a:c-d { interface i { type t = u8; } } package a:cd { interface i { type t = u8; } } package x:yy { interface j { use a:cd/i.{t}; } } interface k { use x:yy/j.{t}; use a:c-d/i.{t as t2}; }": diag.UsedNameClash,
		"interface i { f: func(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8, j: u8, k: u8, l: u8, m: u8, n: u8, o: u8, p: u8, q: u8, A: u8); }":                                               diag.DuplicateParam,
	} {
		if list := mistakes(t, "package a:b;\n"+text); list[0].Code != code {
			t.Errorf("%s: %v", text, list)
		}
	}
	// These are strongly unique: a constructor and its resource, functions of several
	// resources, an import and an export, an interface's import and its export, packages
	// that do not meet, versions.
	if _, err := resolve.Source("x.wit", `package a:b;
interface i { resource r { constructor(); a: func(); b: static func(); } resource s { a: func(); r: func(); } a: func(); }
interface j { resource foo { bar: func(); } foobar: func(); resource fo { obar: func(); } }
world w { import f: func(); export f: func(); resource r { f: func(); } }
world x { import f-g: func(); export fg: func(); import x:y-y/i; export x:yy/i; }
interface k { use c:d-e/i.{t}; use c:d/i@1.0.0-rc.{t as t2}; use c:d/i@1.0.0-r-c.{t as t3}; use c:d/i@1.0.0-RC.{t as t4}; }
interface l { use c:de/i.{t}; }
package c:d-e { interface i { type t = u8; } }
package c:de { interface i { type t = u8; } }
package c:d@1.0.0-rc { interface i { type t = u8; } }
package c:d@1.0.0-r-c { interface i { type t = u8; } }
package c:d@1.0.0-RC { interface i { type t = u8; } }
package x:yy { interface i { use x:y-y/i.{t}; } }
package x:y-y { interface i { type t = u8; } }
`, resolve.Options{}); err != nil {
		t.Error(err)
	}
}

// A name that conflicts with another one is there: its uses are no mistakes of their
// own. Each conflict has a place, the other place, and a hint.
func TestClashesAreReportedOnce(t *testing.T) {
	for _, test := range []struct {
		text string
		want []string // where, what, where else
	}{
		{"interface i { type a-b = u8; type ab = u16; f: func(x: ab, y: a-b); }",
			[]string{"1:35 name `ab` conflicts with previous name `a-b` 1:20"}},
		{"interface a-b { type t = u8; } interface ab { type u = u8; } interface i { use a-b.{t}; use ab.{u}; }",
			[]string{"1:42 name `ab` conflicts with previous name `a-b` 1:11"}},
		{"interface i { f: func(a-b: u8, a: u8, AB: u8); }",
			[]string{"1:39 param `AB` is defined more than once 1:23"}},
		{"world w { import a:c-d/j; } package a:cd { interface i { type t = u8; } }\npackage a:c-d { interface i { type t = u8; }\ninterface j { use a:cd/i.{t as s}; use i.{t}; } }",
			[]string{
				"1:7 import `a:c-d/i` in world `w` conflicts with import `a:cd/i` 1:54 2:27",
				"3:43 `j` needs `a:c-d/i`, which conflicts with `a:cd/i` that it needs, too 1:54 2:27",
			}},
	} {
		var got []string
		for _, d := range mistakes(t, "package a:b;\n"+test.text) {
			place := func(s diag.Span) string {
				p := s.File.Position(s.Start)
				return fmt.Sprintf("%d:%d", p.Line-1, p.Column)
			}
			line := place(d.Span) + " " + d.Message
			for _, r := range d.Related {
				line += " " + place(r.Span)
			}
			got = append(got, line)
			if len(d.Hints) == 0 || !strings.HasPrefix(d.Hints[len(d.Hints)-1], "names that differ only in hyphens") {
				t.Errorf("%s: the hints are %q", test.text, d.Hints)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.text, diff)
		}
	}
}

// The work of looking for interfaces whose names are one name is bounded.
func TestManyUsedNamesThatClash(t *testing.T) {
	chain := func(n int) string {
		var b strings.Builder
		b.WriteString("package a:b;\n")
		for i := range n {
			fmt.Fprintf(&b, "package x:p%d { interface i { type t = u8; } }\npackage x:p-%d { interface i { type t = u8; } }\n", i, i)
		}
		b.WriteString("interface i0 { type t = u8; }\n")
		for i := range n {
			fmt.Fprintf(&b, "interface i%d { use i%d.{t}; use x:p%d/i.{t as s}; }\n", i+1, i, i)
		}
		return b.String()
	}
	if _, err := resolve.Source("x.wit", chain(100), resolve.Options{}); err != nil {
		t.Error(err)
	}
	list := mistakes(t, chain(2000))
	if len(list) != 1 || list[0].Code != diag.TooManyItems {
		t.Errorf("%v", list)
	}
}

func TestBorrowsThatMayNotStand(t *testing.T) {
	for text, code := range map[string]diag.Code{
		"f: func() -> borrow<r>;":                           diag.BorrowInResult,
		"f: func() -> result<u8, tuple<list<borrow<r>>>>;":  diag.BorrowInResult,
		"type a = borrow<r>; f: func() -> a;":               diag.BorrowInResult,
		"record a { b: borrow<r> } f: func() -> option<a>;": diag.BorrowInResult,
		"f: func(x: stream<borrow<r>>);":                    diag.BorrowInStream,
		"record a { b: borrow<r> } type t = future<a>;":     diag.BorrowInStream,
	} {
		if list := mistakes(t, "package a:b; interface i { resource r; "+text+" }"); list[0].Code != code || len(list) != 1 {
			t.Errorf("%s: %v", text, list)
		}
	}
	if _, err := resolve.Source("x.wit", "package a:b; interface i { resource r; record a { b: borrow<r> } f: func(x: list<borrow<r>>, a: a) -> stream<r>; }", resolve.Options{}); err != nil {
		t.Error(err)
	}
}
