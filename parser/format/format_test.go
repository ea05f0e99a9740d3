package format

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser"
	"github.com/witgen/witgen/parser/ast"
)

var update = flag.Bool("update", false, "write the formatted files of testdata anew")

// TestGolden formats testdata/*.wit and compares with testdata/*.golden.
func TestGolden(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.wit")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no inputs: %v", err)
	}
	for _, input := range inputs {
		t.Run(filepath.Base(input), func(t *testing.T) {
			text, err := os.ReadFile(input)
			if err != nil {
				t.Fatal(err)
			}
			got := check(t, text)
			golden := strings.TrimSuffix(input, ".wit") + ".golden"
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// check formats a text and returns the result. It fails where that is not stable
// or does not parse to the same tree with the same comments.
func check(t *testing.T, text []byte) []byte {
	t.Helper()
	file := diag.NewFile("input.wit", text)
	got, list := Source(file)
	if len(list) > 0 {
		t.Fatal(list)
	}
	formatted := diag.NewFile("output.wit", got)
	again, list := Source(formatted)
	if len(list) > 0 {
		t.Fatalf("the result does not parse: %v\n%s", list, got)
	}
	if diff := cmp.Diff(string(got), string(again)); diff != "" {
		t.Errorf("the result is formatted otherwise:\n%s", diff)
	}
	before, _ := parser.Parse(file)
	after, _ := parser.Parse(formatted)
	if diff := cmp.Diff(before, after, sameTree); diff != "" {
		t.Errorf("the result means something else:\n%s\n%s", diff, got)
	}
	return got
}

// sameTree compares trees apart from places, and comments by what is left of them
// in documentation.
var sameTree = cmp.Options{
	cmp.Transformer("docs", func(d ast.Docs) string { return d.Text() }),
	cmp.Transformer("comment", func(c ast.Comment) string {
		return strings.TrimRight(strings.ReplaceAll(c.Text(), "\r\n", "\n"), " \t\r")
	}),
	cmp.Comparer(func(a, b ast.Pos) bool { return true }),
	cmp.Comparer(func(a, b ast.Keyword) bool { return true }),
	cmp.Comparer(func(a, b diag.Span) bool { return a.IsZero() == b.IsZero() }),
	cmp.Comparer(func(a, b *diag.File) bool { return true }),
}

func TestMistakesAreReturned(t *testing.T) {
	text, list := Source(diag.NewFile("a.wit", []byte("interface i {")))
	if text != nil || len(list) != 1 || list[0].Code != diag.Syntax {
		t.Errorf("got %q, %v", text, list)
	}
}

// TestStyle shows one rule of docs/format.md at a time.
func TestStyle(t *testing.T) {
	long := strings.Repeat("long-", 10) + "name"
	for _, test := range []struct{ name, source, want string }{
		{"an empty file", " \n\n", ""},
		{"only a comment", "\n\n// x  \n\n\n", "// x\n"},
		{"a byte order mark and CRLF", "\ufeffpackage a:b;\r\n/** x\r\n y */\r\ninterface i{}\r\n", "package a:b;\n\n/** x\n y */\ninterface i {}\n"},
		{"items stand apart", "package a:b;use c:d/e;use f as g;interface i{}world w{}",
			"package a:b;\n\nuse c:d/e;\nuse f as g;\n\ninterface i {}\n\nworld w {}\n"},
		{"one empty line is kept", "interface i {\n\n\n  f: func();\n\n\n\n  g: func();\n  h: func();\n\n}",
			"interface i {\n  f: func();\n\n  g: func();\n  h: func();\n}\n"},
		{"a type", "interface i{type a=tuple<u8,result< _ ,list<u8,4>>,map<string,own<r>>,>;}",
			"interface i {\n  type a = tuple<u8, result<_, list<u8, 4>>, map<string, own<r>>>;\n}\n"},
		{"a comma after each member", "interface i{record r{a:u8,b:u8}enum e{x}flags f{}variant v{a(u8),b,}}",
			"interface i {\n  record r {\n    a: u8,\n    b: u8,\n  }\n  enum e {\n    x,\n  }\n  flags f {}\n  variant v {\n    a(u8),\n    b,\n  }\n}\n"},
		{"a resource", "interface i{resource a;resource b{constructor(x:u8)->result<b>;f:static async func(y:u8,)->u8;}}",
			"interface i {\n  resource a;\n  resource b {\n    constructor(x: u8) -> result<b>;\n    f: static async func(y: u8) -> u8;\n  }\n}\n"},
		{"a list written over several lines", "interface i{f:func(\na:u8,b:u8);use j.{\na as b};}",
			"interface i {\n  f: func(\n    a: u8,\n    b: u8,\n  );\n  use j.{\n    a as b,\n  };\n}\n"},
		{"a list too long for a line", "interface i{f:func(" + long + ":u8," + long + "2:u8);}",
			"interface i {\n  f: func(\n    " + long + ": u8,\n    " + long + "2: u8,\n  );\n}\n"},
		{"a world", "world w{import a:b/c@1.2.3-rc.1+x;export one:store;import two:a:b/c;import f:async func();import g:interface{h:func();}include v;include a:b/v with{x as y,}use a:b/c@1.0.0.{t};}",
			"world w {\n  import a:b/c@1.2.3-rc.1+x;\n  export one: store;\n  import two: a:b/c;\n  import f: async func();\n  import g: interface {\n    h: func();\n  }\n  include v;\n  include a:b/v with { x as y }\n  use a:b/c@1.0.0.{t};\n}\n"},
		{"attributes", "@since( version=1.0.0 )@unstable(feature=x)interface i{@external-id( \"x\" )\n\nf:func();}",
			"@since(version = 1.0.0)\n@unstable(feature = x)\ninterface i {\n  @external-id(\"x\")\n  f: func();\n}\n"},
		{"packages", "package a:b@1.0.0;package c:d{interface i{}}package e:f{}",
			"package a:b@1.0.0;\n\npackage c:d {\n  interface i {}\n}\n\npackage e:f {}\n"},
		{"comments stay on their lines", "// a\n\n// b\npackage a:b; // c\n// d\ninterface i { // e\n\n // f\n f: func(); // g\n\n // h\n} // i\n// j",
			"// a\n\n// b\npackage a:b; // c\n\n// d\ninterface i { // e\n  // f\n  f: func(); // g\n\n  // h\n} // i\n// j\n"},
		{"comments of members", "interface i{record r{/// a\na:u8, // b\n/* c */ d:u8, /** e */ f:u8 // g\n// h\n}}",
			"interface i {\n  record r {\n    /// a\n    a: u8, // b\n    /* c */ d: u8,\n    /** e */ f: u8, // g\n    // h\n  }\n}\n"},
		{"a comment before a comma stays before it", "interface i{enum e{a /* x */,b // y\n,c}}",
			"interface i {\n  enum e {\n    a /* x */,\n    b // y\n      ,\n    c,\n  }\n}\n"},
		{"comments within a line", "interface i{type /* a */ b = // c\n stream</* d */u8 /* e */>; f: func(/* g */);}",
			"interface i {\n  type /* a */ b = // c\n    stream</* d */ u8 /* e */>;\n  f: func(/* g */);\n}\n"},
		{"a line comment breaks a list", "interface i{f: func(a: u8, // x\n b: u8);}",
			"interface i {\n  f: func(\n    a: u8, // x\n    b: u8,\n  );\n}\n"},
		{"a block comment keeps its lines", "  /* a\n   * b\n  */\n  interface i {}", "/* a\n   * b\n  */\ninterface i {}\n"},
		{"comments alone in braces", "interface i {\n\n  // x\n\n  // y\n\n}", "interface i {\n  // x\n\n  // y\n}\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, string(check(t, []byte(test.source)))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestCommentsAnywhere puts comments and line ends between all kinds of tokens.
func TestCommentsAnywhere(t *testing.T) {
	text, err := os.ReadFile("testdata/store.wit")
	if err != nil {
		t.Fatal(err)
	}
	tokens := parser.Tokens(diag.NewFile("store.wit", text))
	between := []string{
		" ", " ", " ", "\n", "\n\n\n", " /* a */ ", " /** b */", " /* c\n  d */", " /* e */\n",
		" // f\n", "\n// g\n", "\n\n/// h  \r\n\n", " /* i *//* j */", " /* k */ // l\n\n// m\n", "\n/* n */\n",
	}
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 0))
		// With many or with few comments.
		choices := between[:3+random.IntN(len(between)-3)]
		var b strings.Builder
		for i, token := range tokens {
			adjacent := i > 0 && token.Span.Start == tokens[i-1].Span.End
			if !adjacent || !strings.ContainsAny(token.Text+tokens[i-1].Text, "0123456789-.") {
				b.WriteString(choices[random.IntN(len(choices))])
			}
			b.WriteString(token.Text)
		}
		if check(t, []byte(b.String())); t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, b.String())
		}
	}
}

// FuzzSource checks that formatting is stable and keeps the tree.
func FuzzSource(f *testing.F) {
	inputs, err := filepath.Glob("testdata/*.wit")
	if err != nil {
		f.Fatal(err)
	}
	for _, input := range inputs {
		text, err := os.ReadFile(input)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add("interface i{record r{/// a\na:u8, // b\n/* c */ d:u8, /** e */ f:u8 // g\n// h\n}}")
	f.Add("world w{include a:b/v@1.0.0-a.b+c with{/*1*/a/*2*/as/*3*/b/*4*/,//5\n}use a.{b,};}")
	f.Fuzz(func(t *testing.T, text string) {
		if _, list := parser.Parse(diag.NewFile("input.wit", []byte(text))); len(list) == 0 {
			check(t, []byte(text))
		}
	})
}

// TestDocumentedExample checks that the example of docs/format.md is in the style.
func TestDocumentedExample(t *testing.T) {
	page, err := os.ReadFile("../../docs/format.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, ok := strings.Cut(string(page), "```wit\n")
	example, _, closed := strings.Cut(example, "```")
	if !ok || !closed {
		t.Fatal("docs/format.md has no example")
	}
	if diff := cmp.Diff(example, string(check(t, []byte(example)))); diff != "" {
		t.Error(diff)
	}
}
