package gogen

import (
	"fmt"
	"go/build"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// planOf plans the last world of the main package of a WIT text.
func planOf(t *testing.T, text string, opts Options) (*Plan, diag.List) {
	t.Helper()
	result, err := resolve.Source("test.wit", text, resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	worlds := result.Resolve.Packages[result.Main].Worlds
	return NewPlan(result.Resolve, worlds[len(worlds)-1], opts)
}

func mustPlan(t *testing.T, text string, opts Options) *Plan {
	t.Helper()
	opts.ImportPath = "example.com/gen"
	plan, diags := planOf(t, text, opts)
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return plan
}

// layout lists the packages of a plan: folder, Go name, and import path where it
// is not the usual one.
func layout(p *Plan) []string {
	var list []string
	for _, pkg := range p.Packages {
		line := pkg.Dir + " " + pkg.Name
		if pkg.ImportPath != "example.com/gen/"+pkg.Dir {
			line += " " + pkg.ImportPath
		}
		list = append(list, line)
	}
	return list
}

func TestLayout(t *testing.T) {
	for _, c := range []struct {
		name, text string
		opts       Options
		want       []string
	}{
		{"dashes", `package my-ns:my-pkg; interface http-types { f: func(); } world w { import http-types; }`, Options{},
			[]string{"my-ns/my-pkg/http-types httptypes", "my-ns/my-pkg/w w"}},
		{"dependencies first", `package a:b; interface x { use y.{t}; f: func(v: t); } interface y { type t = u8; } world w { export x; }`, Options{},
			[]string{"a/b/y y", "a/b/x x", "a/b/w w"}},
		{"one version", `package a:b@1.2.3; interface x { f: func(); } world w { import x; }`, Options{},
			[]string{"a/b/x x", "a/b/w w"}},
		{"versioned", `package a:b@1.2.3-rc.1+x; interface x { f: func(); } world w { import x; }`, Options{Versioned: true},
			[]string{"a/b/v1.2.3-rc.1/x x", "a/b/v1.2.3-rc.1/w w"}},
		{"versioned, by tracks", `package a:b@0.2.8; package c:d@1.4.0 { interface x { f: func(); } } package c:e@0.0.3 { interface x { f: func(); } } package c:f { interface x { f: func(); } } world w { import c:d/x@1.4.0; import c:e/x@0.0.3; import c:f/x; }`, Options{Versioned: true},
			[]string{"c/d/v1/x x", "c/e/v0.0.3/x x", "c/f/x x", "a/b/v0.2/w w"}},
		{"two versions of one track", `package a:b; package c:d@0.2.0 { interface x { f: func(); } } package c:d@0.2.8 { interface y { f: func(); } } package c:d@1.0.0 { interface z { f: func(); } } world w { import c:d/x@0.2.0; import c:d/y@0.2.8; import c:d/z@1.0.0; }`, Options{},
			[]string{"c/d/v0.2.0/x x", "c/d/v0.2.8/y y", "c/d/v1/z z", "a/b/w w"}},
		{"with and without a version", `package a:b; package c:d { interface x { f: func(); } } package c:d@2.1.0 { interface x { f: func(); } } world w { import c:d/x; import c:d/x@2.1.0; }`, Options{},
			[]string{"c/d/x x", "c/d/v2/x x", "a/b/w w"}},
		{"a world called like a track", `package c:d; world v2 { import x: interface { f: func(); } import c:d/x@2.1.0; } package c:d@2.1.0 { interface x { f: func(); } }`, Options{},
			[]string{"c/d/v2/x x", "c/d/v2.1.0/x x", "c/d/v2 v2"}},
		{"two tracks", `package a:b; package c:d@1.0.0 { interface x { f: func(); } } package c:d@2.0.0 { interface x { f: func(); } } world w { import c:d/x@1.0.0; import c:d/x@2.0.0; }`, Options{},
			[]string{"c/d/v1/x x", "c/d/v2/x x", "a/b/w w"}},
		{"inline", `package a:b; world w { import x: interface { f: func(); } export y: interface { f: func(); } }`, Options{},
			[]string{"a/b/w/x x", "a/b/w/y y", "a/b/w w"}},
		{"reserved folders", `package internal:vendor; interface testdata { f: func(); } interface aux { f: func(); } interface com1 { f: func(); } world main { import testdata; import aux; import com1; }`, Options{},
			[]string{"internal_/vendor_/testdata_ testdata", "internal_/vendor_/aux_ aux", "internal_/vendor_/com1_ com1", "internal_/vendor_/main_ vendormain"}},
		{"names that Go refuses", `package u:u; interface %type { f: func(); } interface error { f: func(); } interface int { f: func(); } interface documentation { f: func(); } world init { import %type; import error; import int; import documentation; }`, Options{},
			[]string{"u/u/type utype", "u/u/error uerror", "u/u/int uuint", "u/u/documentation udocumentation", "u/u/init uinit"}},
		{"included world", `package a:b; world v { import x: interface { f: func(); } } world w { include v; }`, Options{},
			[]string{"a/b/w/x x", "a/b/w w"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, layout(mustPlan(t, c.text, c.opts))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Whatever WIT calls an interface, the go command takes its files.
func TestFileNamesHaveNoBuildConstraint(t *testing.T) {
	for _, name := range []string{"linux", "amd64", "wasm", "wasip1", "foo-linux", "foo-test", "test", "foo-linux-amd64", "aux", "unix"} {
		text := fmt.Sprintf("package a:b; interface %s { f: func(); } world w { import %s; }", name, name)
		pkg := mustPlan(t, text, Options{}).Packages[0]
		for _, side := range []string{"", "host", "guest"} {
			file := path.Base(pkg.File(side))
			context := build.Default
			context.GOOS, context.GOARCH = "plan9", "386"
			dir := t.TempDir()
			writeFile(t, dir, file, "package p\n")
			if match, err := context.MatchFile(dir, file); err != nil || !match || strings.HasSuffix(file, "_test.go") {
				t.Errorf("%s: match %v, %v", file, match, err)
			}
		}
	}
}

const two = `package a:b@1.0.0;
interface types { record r { x: u8 } }
interface store { use types.{r}; f: func() -> r; }
world w { import store; }`

func TestWith(t *testing.T) {
	for _, c := range []struct {
		name string
		with map[string]string
		want []string
	}{
		{"one", map[string]string{"a:b/types": "acme.com/t"},
			[]string{"a/b/types types acme.com/t", "a/b/store store", "a/b/w w"}},
		{"with version", map[string]string{"a:b/types@1.0.0": "acme.com/t"},
			[]string{"a/b/types types acme.com/t", "a/b/store store", "a/b/w w"}},
		{"its types follow", map[string]string{"a:b/store": "acme.com/gen/a/b/store"},
			[]string{"a/b/types types acme.com/gen/a/b/types", "a/b/store store acme.com/gen/a/b/store", "a/b/w w"}},
		{"its types follow with the version", map[string]string{"a:b/store": "acme.com/gen/a/b/v1/store"},
			[]string{"a/b/types types acme.com/gen/a/b/v1/types", "a/b/store store acme.com/gen/a/b/v1/store", "a/b/w w"}},
		{"both given", map[string]string{"a:b/store": "acme.com/s", "a:b/types": "acme.com/t"},
			[]string{"a/b/types types acme.com/t", "a/b/store store acme.com/s", "a/b/w w"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan := mustPlan(t, two, Options{With: c.with})
			if diff := cmp.Diff(c.want, layout(plan)); diff != "" {
				t.Error(diff)
			}
			for _, pkg := range plan.Packages {
				if foreign := !strings.HasPrefix(pkg.ImportPath, "example.com/gen/"); pkg.Foreign != foreign {
					t.Errorf("%s: Foreign is %v", pkg.Source, pkg.Foreign)
				}
			}
		})
	}
}

func TestWithMistakes(t *testing.T) {
	for _, c := range []struct {
		with map[string]string
		want diag.Code
	}{
		{map[string]string{"a:b/other": "acme.com/x"}, diag.UnknownWith},
		{map[string]string{"a:b/types@2.0.0": "acme.com/x"}, diag.UnknownWith},
		{map[string]string{"a:b/store": "acme.com/x"}, diag.ForeignDependency},
	} {
		_, diags := planOf(t, two, Options{ImportPath: "example.com/gen", With: c.with})
		if len(diags) != 1 || diags[0].Code != c.want {
			t.Errorf("%v: %v", c.with, diags)
		}
	}
}

func TestItemNames(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"plain", `package a:b; interface log-it { f: func(); } world w { import log-it; import run: func(); export log-it; export close: func(); }`,
			[]string{"LogIt", "Run", "Close_", "LogIt"}},
		{"shared by packages", `package a:b; package c:http { interface types { f: func(); } } package c:fs { interface types { f: func(); } } world w { import c:http/types; export c:fs/types; }`,
			[]string{"HTTPTypes", "FsTypes"}},
		{"shared by namespaces", `package a:b; package c:x { interface types { f: func(); } } package d:x { interface types { f: func(); } } world w { import c:x/types; import d:x/types; }`,
			[]string{"CXTypes", "DXTypes"}},
		{"shared by versions", `package a:b; package c:x@1.0.0 { interface types { f: func(); } } package c:x@2.1.0 { interface types { f: func(); } } world w { import c:x/types@1.0.0; import c:x/types@2.1.0; }`,
			[]string{"XV1Types", "XV2Types"}},
		{"shared by versions of one track", `package a:b; package c:x@0.2.0 { interface types { f: func(); } } package c:x@0.2.8 { interface types { f: func(); } } world w { import c:x/types@0.2.0; import c:x/types@0.2.8; }`,
			[]string{"XV020Types", "XV028Types"}},
		{"both directions", `package a:b; interface t { f: func(); } world w { import t; export t; }`,
			[]string{"T", "T"}},
		{"inline", `package a:b; world w { import my-log: interface { f: func(); } export my-log: interface { f: func(); } }`,
			[]string{"MyLog", "MyLog"}},
		{"of an instance's own methods", `package a:b; interface close { f: func(); } interface err { f: func(); } world w { export close; export err; }`,
			[]string{"Close_", "Err_"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan := mustPlan(t, c.text, Options{})
			w := plan.Resolve.Worlds[plan.World]
			var got []string
			for _, item := range slices.Concat(w.Imports, w.Exports) {
				got = append(got, plan.ItemName(item))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFuncNames(t *testing.T) {
	plan := mustPlan(t, `package a:b;
		interface i {
			resource bucket {
				constructor(name: string);
				open: static func() -> bucket;
				get: func(key: string) -> string;
				close: func();
				read-byte: func() -> u8;
			}
			new-bucket: func();
			bucket-open: func();
			%interface: func();
			descriptor: func();
			write-byte: func();
		}
		world w { import i; }`, Options{})
	pkg := plan.Packages[0]
	var got []string
	for _, f := range pkg.Functions {
		got = append(got, plan.FuncName(f))
	}
	slices.Sort(got)
	want := []string{"BucketOpen", "BucketOpen2", "Close_", "Descriptor", "Get", "Interface_", "NewBucket", "NewBucket2", "ReadByte_", "WriteByte_"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if own := pkg.Own("Descriptor"); own != "Descriptor2" {
		t.Errorf("the generators' own name is %s", own)
	}
}

// The functions that a world exports itself are methods of its instances, beside
// Close and Err.
func TestFuncNamesOfWorlds(t *testing.T) {
	plan := mustPlan(t, `package a:b; world w { export close: func(); export err: func(); export run: func(); }`, Options{})
	var got []string
	for _, f := range plan.Packages[0].Exports {
		got = append(got, plan.FuncName(f))
	}
	if diff := cmp.Diff([]string{"Close_", "Err_", "Run"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestImportNamesClash(t *testing.T) {
	plan := mustPlan(t, `package a:b;
		package c:http { interface types { type t = u8; } }
		package d:http { interface types { type t = u8; } }
		interface host { type t = u8; }
		interface all {
			use c:http/types.{t as t1}; use d:http/types.{t as t2}; use host.{t as t3};
			f: func(httptypes: t1, %context: t2, host: t3);
		}
		world w { import all; }`, Options{})
	i := slices.IndexFunc(plan.Packages, func(pkg *Package) bool { return pkg.Name == "all" })
	pkg := plan.Packages[i]
	want := map[string]string{
		"example.com/gen/c/http/types": "httptypes",
		"example.com/gen/d/http/types": "dhttptypes",
		"example.com/gen/a/b/host":     "bhost",
	}
	if diff := cmp.Diff(want, pkg.imports); diff != "" {
		t.Error(diff)
	}
	var params []string
	for _, param := range plan.Params(pkg.FileScope().Inner(), pkg.Functions[0]) {
		params = append(params, param.Name)
	}
	if diff := cmp.Diff([]string{"httptypes_", "context_", "host_"}, params); diff != "" {
		t.Error(diff)
	}
}

func TestIsError(t *testing.T) {
	plan := mustPlan(t, `package a:b;
		interface i {
			enum e1 { a } enum e2 { a } enum unused { a } enum shared { a } enum not-of-the-world { a } enum of-a-world { a } enum of-inline { a }
			record r { x: u8 } variant v { x } flags f { x }
			type alias = e2; type text = string; type list-of = list<e1>;
			resource res { m: func() -> result<_, v>; }
			f1: func() -> result<_, e1>;
			f2: func() -> result<u8, alias>;
			f3: func() -> result<u8, r>;
			f4: func() -> result<u8, f>;
			f5: func() -> result<u8, text>;
			f6: func() -> result<u8, list-of>;
			f7: func() -> result<u8, res>;
			f8: func() -> option<result<u8, unused>>;
		}
		interface j { use i.{shared}; g: func() -> result<_, shared>; }
		interface elsewhere { use i.{not-of-the-world}; g: func() -> result<_, not-of-the-world>; }
		package c:d { interface k { enum foreign { a } enum both { a } h: func() -> result<_, both>; } }
		interface l { use c:d/k.{foreign, both as taken}; g: func() -> result<foreign, foreign>; h: func() -> result<_, taken>; }
		world w { import j; import i; import l; }
		world other { use i.{of-a-world}; export run: func() -> result<_, of-a-world>; import inline: interface { use i.{of-inline}; f: func() -> result<_, of-inline>; } }
		world last { include w; }`, Options{})
	want := map[string]bool{"e1": true, "e2": true, "alias": true, "r": true, "v": true, "f": true, "shared": true, "not-of-the-world": true,
		"of-a-world": true, "of-inline": true, "both": true, "taken": true}
	for id, def := range plan.Resolve.Types {
		if def.Name != "" && plan.IsError(wit.TypeID(id)) != want[def.Name] {
			t.Errorf("IsError(%s) is %v", def.Name, !want[def.Name])
		}
	}
}

func TestHoldsResource(t *testing.T) {
	plan := mustPlan(t, `package a:b;
		interface i {
			resource res;
			record plain { x: u8 } record holder { x: option<own-list> }
			type own-list = list<res>; type borrowed = tuple<u8, borrow<res>>;
			variant v { a(holder), b }
			f: func(b: borrowed);
		}
		interface j { use i.{res as used, plain as copied, v as w}; g: func(u: used, c: copied, x: w); }
		world world1 { import j; }`, Options{})
	want := map[string]bool{"res": true, "holder": true, "own-list": true, "borrowed": true, "v": true, "used": true, "w": true}
	for id, def := range plan.Resolve.Types {
		if def.Name != "" && plan.HoldsResource(wit.TypeID(id)) != want[def.Name] {
			t.Errorf("HoldsResource(%s) is %v", def.Name, !want[def.Name])
		}
	}
}

// Each code of this package is reported for its example in package diag.
func TestUnsupported(t *testing.T) {
	for _, c := range []struct {
		code    diag.Code
		text    string
		message string
	}{
		{diag.AsyncFunction, `world w { import f: async func(); }`, "function `f` of a:b/w is not supported: async function"},
		{diag.StreamType, `world w { import f: func(s: stream<u8>); }`, "function `f` of a:b/w is not supported: stream"},
		{diag.FutureType, `world w { import f: func(s: future<u8>); }`, "function `f` of a:b/w is not supported: future"},
		{diag.ErrorContextType, `world w { import f: func(e: error-context); }`, "function `f` of a:b/w is not supported: error-context"},
		{diag.TooLargeType, `world w { type a = tuple<u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64, u64>; type b = tuple<a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a>; type c = tuple<b, b, b, b, b, b, b, b, b, b, b, b, b, b, b, b>; type d = tuple<c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c>; import f: func(numbers: tuple<d, d, d, d, d>) -> u64; }`, "function `f` of a:b/w is not supported: "},
		{diag.StreamType, `interface i { type s = stream<u8>; } world w { import i; }`, "type `s` of a:b/i is not supported: stream"},
		{diag.AsyncFunction, `interface i { f: async func(); } world w { export i; }`, "function `f` of a:b/i is not supported: async function"},
	} {
		plan, diags := planOf(t, "package a:b;\n"+c.text, Options{ImportPath: "example.com/gen"})
		if plan != nil || len(diags) != 1 || diags[0].Code != c.code || !strings.HasPrefix(diags[0].Message, c.message) || diags[0].Span.IsZero() {
			t.Errorf("%s: %v", c.text, diags)
		}
	}
}

// TestHeaderHasNoBuildConstraint has a version that reads like one.
func TestHeaderHasNoBuildConstraint(t *testing.T) {
	p := mustPlan(t, "package a:b@1.0.0+build.5; world w { import f: func(); }", Options{})
	pkg := p.WorldPackage()
	text := string(pkg.Render(p.NewFile(pkg, "wasm"), "guest").Content)
	if strings.Contains(text, "+build") || !strings.Contains(text, "a:b/w@1.0.0+ build.5\n") {
		t.Errorf("go vet refuses the header:\n%s", text)
	}
}

func writeFile(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestImportsOfChains counts the names that packages give to others: an interface that
// uses a type by way of thousands of others names two of them.
func TestImportsOfChains(t *testing.T) {
	const n = 1000
	var text strings.Builder
	text.WriteString("package a:b; interface i0 { record r { x: u32 } f: func(v: r) -> r; }\n")
	for i := 1; i < n; i++ {
		fmt.Fprintf(&text, "interface i%d { use i%d.{r}; f: func(v: list<r>) -> r; }\n", i, i-1)
	}
	fmt.Fprintf(&text, "world w { export i%d; }\n", n-1)
	plan := mustPlan(t, text.String(), Options{})
	names := 0
	for _, pkg := range plan.Packages {
		if pkg.Interface >= 0 {
			names += len(pkg.imports)
		}
	}
	if len(plan.Packages) != n+1 || names > 2*n {
		t.Errorf("%d packages give %d names", len(plan.Packages), names)
	}
	last := plan.Packages[n-1].imports
	for _, dir := range []string{"i0", "i998"} { // where the record is, and where its alias is
		if last["example.com/gen/a/b/"+dir] == "" {
			t.Errorf("the last interface has no name for %s: %v", dir, last)
		}
	}
}
