package abi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/witgen/witgen/internal/abi"
	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

var update = flag.Bool("update", false, "write the golden files")

const golden = `package example:golden;
interface shapes {
  resource canvas;
  enum color { red, green }
  flags style { bold, round }
  record point { x: f32, y: f64 }
  variant shape { circle(point), line(tuple<point, point>), text(string), nothing }
  type lines = list<string, 2>;
  draw: func(on: borrow<canvas>, shape: shape, color: option<color>) -> result<u64, string>;
  scale: func(points: list<point>, by: map<string, f32>, style: style) -> lines;
  sum: func(items: list<u32>) -> s8;
  many: func(a: lines, b: lines, c: lines, d: lines, e: bool);
  take: func(canvas: own<canvas>) -> canvas;
}
`

func goldenModel(t *testing.T) (*wit.Resolve, *wit.Interface) {
	t.Helper()
	result, err := resolve.Source("golden.wit", golden, resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return result.Resolve, result.Resolve.Interfaces[0]
}

func TestPrint(t *testing.T) {
	r, iface := goldenModel(t)
	a := abi.New(r)
	var got bytes.Buffer
	write := func(p *abi.Program) {
		if err := a.Verify(p); err != nil {
			t.Fatal(err)
		}
		if err := a.Print(&got, p); err != nil {
			t.Fatal(err)
		}
		got.WriteString("\n")
	}
	shown := map[wit.TypeID]bool{}
	for _, f := range iface.Functions {
		for _, kind := range functionKinds {
			p := a.Program(kind, f)
			for _, id := range a.NamedIn(p) {
				if !shown[id] {
					for _, kind := range a.TypeKinds(id) {
						write(a.TypeProgram(kind, id))
					}
				}
				shown[id] = true
			}
			write(p)
		}
	}
	name := filepath.Join("testdata", "programs.txt")
	if *update {
		if err := os.WriteFile(name, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); diff != "" {
		t.Errorf("%s (-want +got; -update writes it):\n%s", name, diff)
	}
}

// The JSON has the members and the order that other tools read.
func TestDescribe(t *testing.T) {
	r, iface := goldenModel(t)
	a := abi.New(r)
	var got []string
	for _, f := range iface.Functions[2:4] {
		d, err := a.Describe("example:golden/shapes", f)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(text))
	}
	text := `{"interface":"example:golden/shapes","name":"sum","params":[{"name":"items","size":8,"align":4,"flat":["i32","i32"]}],` +
		`"result":{"size":1,"align":1,"flat":["i32"]},"lift":{"params":["i32","i32"],"results":["i32"]},"lower":{"params":["i32","i32"],"results":["i32"]}}`
	lines := func(name string) string {
		return `{"name":"` + name + `","size":16,"align":4,"flat":["i32","i32","i32","i32"]},`
	}
	many := `{"interface":"example:golden/shapes","name":"many","params":[` + lines("a") + lines("b") + lines("c") + lines("d") +
		`{"name":"e","size":1,"align":1,"flat":["i32"]}],"result":null,"lift":{"params":["i32"],"results":[]},"lower":{"params":["i32"],"results":[]}}`
	if diff := cmp.Diff([]string{text, many}, got); diff != "" {
		t.Error(diff)
	}
	m := newModel()
	wide := m.add("", &wit.FixedList{Type: wit.U8, Size: 1<<20 + 1})
	for _, f := range []*wit.Function{function(wide), function(nil, wide)} {
		if _, err := abi.New(m.Resolve).Describe("", f); err == nil {
			t.Error("a million flat values are described")
		}
	}
}

// A function or type that is not synchronous is refused by name, with its place.
func TestUnsupported(t *testing.T) {
	const text = `package example:pending;
interface i {
  resource r { m: func() -> list<future>; }
  record deep { ok: u8, bytes: stream<u8> }
  wait: async func();
  read: func(a: u8, source: option<deep>);
  fail: func() -> result<_, error-context>;
  fine: func(r: borrow<r>) -> r;
}
`
	result, err := resolve.Source("pending.wit", text, resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := abi.New(result.Resolve)
	want := map[string][2]string{
		"wait":        {"async function", "wait"},
		"read":        {"stream", "stream"},
		"fail":        {"error-context", "result"},
		"[method]r.m": {"future", "future"},
	}
	got := map[string][2]string{}
	for _, f := range result.Resolve.Interfaces[0].Functions {
		if what, span, ok := a.Unsupported(f); ok {
			got[f.Name] = [2]string{what, span.Text()}
		} else if !verified(t, a, f) {
			t.Errorf("%s is too large", f.Name)
		}
		a.Lift(f)
		a.Lower(f)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
