package resolve_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

// large makes a text of a head, n parts and an end.
func large(head string, n int, part func(i int) string, end string) string {
	var b strings.Builder
	b.WriteString(head)
	for i := range n {
		b.WriteString(part(i))
	}
	b.WriteString(end)
	return b.String()
}

// Inputs that grow fast, or that a careless algorithm takes quadratic time for.
func TestLargeInputsResolve(t *testing.T) {
	tests := map[string]string{
		"a thousand packages": large("package a:b; interface i {}\n", 1000, func(i int) string {
			if i == 0 {
				return "package x:p0 { interface i { type t = u8; } }\n"
			}
			world := ""
			if i%50 == 0 {
				world = "world w { import i; }"
			}
			return fmt.Sprintf("package x:p%d { interface i { use x:p%d/i.{t}; } %s }\n", i, i-1, world)
		}, ""),
		"aliases that double": large("package a:b; interface i { type t0 = u8;\n", 15, func(i int) string {
			return fmt.Sprintf("type t%d = tuple<t%d, t%d>;\n", i+1, i, i)
		}, "f: func(x: t15) -> t15; }"),
		"records that double": large("package a:b; interface i { resource r; record t0 { a: own<r> }\n", 15, func(i int) string {
			return fmt.Sprintf("record t%d { a: t%d, b: list<t%d> }\n", i+1, i, i)
		}, "f: func(x: t15) -> t15; }"),
		"a chain of aliases": large("package a:b; interface i { resource r0;\n", 20_000, func(i int) string {
			return fmt.Sprintf("type r%d = r%d; f-%d: func(x: borrow<r%d>);\n", i+1, i, i, i+1)
		}, "}"),
		"aliases backwards": large("package a:b; interface i {\n", 20_000, func(i int) string {
			return fmt.Sprintf("type t%d-x = t%d-x;\n", i, i+1)
		}, "type t20000-x = u8; }"),
		"a chain of interfaces": large("package a:b; interface i0 { type t = u8; }\n", 20_000, func(i int) string {
			return fmt.Sprintf("interface i%d { use i%d.{t}; }\n", i+1, i)
		}, "world w { import i20000; export i20000; }"),
		"an interface that all use": large("package a:b; interface i { type t = u8; }\n", 20_000, func(i int) string {
			return fmt.Sprintf("interface i%d { use i.{t}; f: func(x: list<t>); }\n", i)
		}, ""),
		"functions": large("package a:b; interface i {\n", 50_000, func(i int) string {
			return fmt.Sprintf("f-%d: func(a: list<u8>, b: tuple<u8, string>) -> option<bool>;\n", i)
		}, "}"),
		"includes with renames": large("package a:b; world v {\n", 5000, func(i int) string {
			return fmt.Sprintf("import f-%d: func();\n", i)
		}, large("}\nworld w { include v with {\n", 5000, func(i int) string {
			return fmt.Sprintf("f-%d as g-%d,\n", i, i)
		}, "} }")),
		"versions": large("package a:b; world w {\n", 1000, func(i int) string {
			return fmt.Sprintf("import a:c/i@0.2.%d;\n", i)
		}, large("}\n", 1000, func(i int) string {
			return fmt.Sprintf("package a:c@0.2.%d { interface i { f: func(); } }\n", i)
		}, "")),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			result, err := resolve.Source("x.wit", text, resolve.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if worlds := result.Resolve.Packages[result.Main].Worlds; len(worlds) > 0 {
				if _, err := resolve.MergeVersions(result.Resolve, worlds[0]); err != nil {
					t.Error(err)
				}
			}
			if _, err := resolve.Source("y.wit", wit.PrintAll(result.Resolve, result.Main), resolve.Options{}); err != nil {
				t.Errorf("printed: %v", err)
			}
		})
	}
}

// including returns a text in which 3,000 worlds include one with an item of n parts.
func including(head string, n int, part, end string) string {
	return large("package a:b; world v {"+head, n, func(i int) string { return fmt.Sprintf(part, i) }, large(end+"}\n", 3000, func(i int) string {
		return fmt.Sprintf("world w%d { include v; }\n", i)
	}, ""))
}

// doubling returns a text whose types each stand twice in the next one.
func doubling(declaration string) string {
	return large("package a:b; interface i { type t0 = u8;\n", 60, func(i int) string {
		return fmt.Sprintf(declaration, i+1, i, i)
	}, "f: func(x: t60) -> t60; }")
}

func TestLimitsAreNamed(t *testing.T) {
	tests := []struct {
		name string
		text string
		code diag.Code
	}{
		{"a world that includes itself", "package a:b; world w { include w; }", diag.ItemCycle},
		{"worlds that include each other", "package a:b; world v { include w; } world w { include v; }", diag.ItemCycle},
		{"worlds that import all", large("package a:b; interface i0 { type t = u8; }\n", 3000, func(i int) string {
			return fmt.Sprintf("interface i%d { use i%d.{t}; } world w%d { import i%d; }\n", i+1, i, i, i+1)
		}, ""), diag.TooManyItems},
		{"mistakes", large("package a:b; interface i {\n", 50_000, func(i int) string {
			return fmt.Sprintf("f-%d: func() -> nothing-%d;\n", i, i)
		}, "}"), diag.TooManyErrors},
		{"a circle of types", large("package a:b; interface i {\n", 20_000, func(i int) string {
			return fmt.Sprintf("type t%d-x = t%d-x;\n", i, (i+1)%20_000)
		}, "}"), diag.TypeCycle},
		{"circles of types", large("package a:b; interface i {\n", 20_000, func(i int) string {
			return fmt.Sprintf("type t%d-x = t%d-x;\n", i, i^1)
		}, "}"), diag.TypeCycle},
		{"a large inline interface included often", including("import x: interface {", 3000, "fn-%d: func(a: u8, b: list<string>) -> bool; ", "}"), diag.TooManyItems},
		{"a large record included often", including("record r {", 3000, "field-%d: list<string>, ", "}"), diag.TooManyItems},
		{"a large enum included often", including("enum r {", 3000, "case-%d, ", "}"), diag.TooManyItems},
		{"flags included often", including("flags r { /// ", 31, strings.Repeat("docs ", 500)+"\n a%d, ///", "\n }"), diag.TooManyItems},
		{"a large function included often", including("import f: func(", 3000, "param-%d: list<string>, ", ");"), diag.TooManyItems},
		{"long docs included often", including("///", 3000, " line %d of many ", "\n import f: func();"), diag.TooManyItems},
		{"a long name included often", including("import f", 9000, "-x%d", ": func();"), diag.TooManyItems},
		{"a long name of a type included often", including("import i; use i.{t", 9000, "-x%d", "}; } interface i { type t"+large("", 9000, func(i int) string { return fmt.Sprintf("-x%d", i) }, " = u8;")), diag.TooManyItems},
		{"long names of interfaces that many need", large("package a:b; interface i { type t = u8; }\n", 300, func(i int) string {
			return fmt.Sprintf("interface i%d-%s { use %s.{t}; }\nworld w%d { import i%d-%s; }\n", i+1, strings.Repeat("x", 2000),
				map[bool]string{true: "i", false: fmt.Sprintf("i%d-%s", i, strings.Repeat("x", 2000))}[i == 0], i, i+1, strings.Repeat("x", 2000))
		}, ""), diag.TooManyItems},
		{"tuples that double", doubling("type t%d = tuple<t%d, t%d>;\n"), diag.TypeTooLarge},
		{"records that double", doubling("record t%d { a: t%d, b: list<t%d> }\n"), diag.TypeTooLarge},
		{"variants that double", doubling("variant t%d { a(t%d), b(option<t%d>) }\n"), diag.TypeTooLarge},
		{"results that double", doubling("type t%d = result<t%d, t%d>;\n"), diag.TypeTooLarge},
		{"streams that double", doubling("type t%d = tuple<stream<t%d>, future<t%d>>;\n"), diag.TypeTooLarge},
		{"types within types by name", large("package a:b; interface i { type t0 = list<u8>;\n", 94, func(i int) string {
			return fmt.Sprintf("record t%d { a: t%d }\n", i+1, i)
		}, "}"), diag.TypeTooDeep},
		{"parameters of a function", large("package a:b; interface i { record e {\n", 10_000, func(i int) string {
			return fmt.Sprintf("c%d: u8,", i)
		}, large("} f: func(", 101, func(i int) string { return fmt.Sprintf("p%d: e, ", i) }, "); }")), diag.TypeTooLarge},
		{"functions of an interface", large("package a:b; interface i { record e {\n", 10_000, func(i int) string {
			return fmt.Sprintf("c%d: u8,", i)
		}, large("}\n", 101, func(i int) string { return fmt.Sprintf("fn-%d: func() -> e;\n", i) }, "}")), diag.TypeTooLarge},
		{"interfaces of a world", large("package a:b; interface i0 { record e {\n", 10_000, func(i int) string {
			return fmt.Sprintf("c%d: u8,", i)
		}, large("} }\nworld w {\n", 101, func(i int) string { return fmt.Sprintf("import x%d: interface { use i0.{e}; }\n", i) }, "}")), diag.TypeTooLarge},
		{"a circle of packages", large("package a:b;\n", 1000, func(i int) string {
			return fmt.Sprintf("package x:p%d { interface i { use x:p%d/i.{t}; } }\n", i, (i+1)%1000)
		}, ""), diag.PackageCycle},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := resolve.Source("x.wit", test.text, resolve.Options{})
			var list diag.List
			if !errors.As(err, &list) {
				t.Fatalf("no diagnostics but %v", err)
			}
			found := false
			for _, d := range list {
				found = found || d.Code == test.code
			}
			if !found {
				t.Errorf("no %s among %d mistakes, the first being %v", test.code, len(list), list[0])
			}
			if len(list) > 1001 {
				t.Errorf("%d mistakes", len(list))
			}
		})
	}
}
