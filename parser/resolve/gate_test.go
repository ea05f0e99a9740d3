package resolve_test

import (
	"strings"
	"testing"

	"github.com/witgen/witgen/diag"
	"github.com/witgen/witgen/parser/resolve"
)

// What is hidden may be referred to from what is hidden with it only.
func TestGatedReferences(t *testing.T) {
	const gate = "@unstable(feature = new) "
	tests := []struct {
		name, text, message string
	}{
		{"a type", "interface i { " + gate + "type t = u8; type u = list<t>; }", "reference to a type"},
		{"a type in a function", "interface i { " + gate + "type t = u8; f: func(x: option<t>); }", "reference to a type"},
		{"a type in a record", "interface i { " + gate + "resource r; record s { a: borrow<r> } }", "reference to a type"},
		{"an interface", gate + "interface i {} world w { import i; }", "reference to a interface"},
		{"an interface under a name", gate + "interface i {} world w { export x: i; }", "reference to a interface"},
		{"a world", gate + "world v {} world w { include v; }", "reference to a world"},
		{"the interface of a type", gate + "interface i { type t = u8; }", "but its interface is"},
		{"the world of a type", gate + "world w { type t = u8; }", "but its world is"},
		{"an interface of another package", "world w { " + gate + "import a:c/i; export f: func(); import x: a:c/j; }\npackage a:c { interface i {} " + gate + "interface j {} }", "interface `j` not found"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := "package a:b;\n" + test.text
			list := mistakes(t, text)
			if len(list) != 1 || !strings.Contains(list[0].Message, test.message) {
				t.Errorf("got %v", list)
			}
			for _, opts := range []resolve.Options{{Features: []string{"old", "new"}}, {AllFeatures: true}} {
				if _, err := resolve.Source("x.wit", text, opts); err != nil {
					t.Errorf("with %v: %v", opts, err)
				}
			}
		})
	}
}

func TestGatedItemsAreLeftOut(t *testing.T) {
	const text = `package a:b@1.0.0;
interface i {
  @unstable(feature = new) f: func();
  @since(version = 1.0.0) g: func();
  resource r { @unstable(feature = new) m: func(); }
}
@unstable(feature = new) interface j {}
@unstable(feature = new) world v {}
world w {
  @unstable(feature = new) import i;
  @unstable(feature = new) export f: func();
  @unstable(feature = new) include v;
  @unstable(feature = new) use a:missing-nothing/k.{};
}
package a:missing-nothing { interface k {} }
`
	count := func(opts resolve.Options) (functions, interfaces, worlds, items int) {
		result, err := resolve.Source("x.wit", text, opts)
		if err != nil {
			t.Fatal(err)
		}
		r := result.Resolve
		for _, i := range r.Interfaces {
			functions += len(i.Functions)
		}
		for _, w := range r.Worlds {
			items += len(w.Imports) + len(w.Exports)
		}
		return functions, len(r.Interfaces), len(r.Worlds), items
	}
	if f, i, w, n := count(resolve.Options{}); f != 1 || i != 2 || w != 1 || n != 0 {
		t.Errorf("without the feature there are %d functions, %d interfaces, %d worlds, %d items", f, i, w, n)
	}
	if f, i, w, n := count(resolve.Options{Features: []string{"new"}}); f != 3 || i != 3 || w != 2 || n != 2 {
		t.Errorf("with the feature there are %d functions, %d interfaces, %d worlds, %d items", f, i, w, n)
	}
}

func TestGatesThatDiffer(t *testing.T) {
	list := mistakes(t, `package a:b@1.0.0;
interface i {}
world v { @since(version = 0.9.0) import i; }
world w { @since(version = 1.0.0) import i; include v; }
`)
	if len(list) != 1 || list[0].Code != diag.StabilityMismatch {
		t.Fatalf("got %v", list)
	}
	for _, want := range []string{"@since(version = 0.9.0)", "@since(version = 1.0.0)"} {
		if !strings.Contains(list[0].Message, want) {
			t.Errorf("the message does not say %s: %s", want, list[0].Message)
		}
	}
}
