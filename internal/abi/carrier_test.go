package abi

import (
	"fmt"
	"strings"
	"testing"

	"github.com/witgen/witgen/parser/resolve"
	"github.com/witgen/witgen/wit"
)

const carrierWIT = `package a:b@1.2.0;
interface i {
  enum e { x, y }
  f: func(e: e);
  g: func() -> u32;
}
world w {
  import i;
  import run: func();
  export i;
  export run: func() -> u32;
}
world empty {}
`

func carrierWorld(t *testing.T, text, world string) (*ABI, wit.WorldID) {
	t.Helper()
	res, err := resolve.Source("i.wit", text, resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	id, err := resolve.SelectWorld(res.Resolve, res.Main, world)
	if err != nil {
		t.Fatal(err)
	}
	return New(res.Resolve), id
}

// Guests that were built once carry this name for ever. Whoever makes this test fail
// gives carrierPrefix another number.
func TestCarrierIsStable(t *testing.T) {
	a, w := carrierWorld(t, carrierWIT, "w")
	const want = "witgen_types_1_mu5f1pGPINWo8pHCkW2iX6CqT_Eq2iX6CqZ9B0INWo8po6IM2iX6CqzhKFld-SRH"
	got := a.Carriers(w)
	if len(got) != 1 || got[0] != want {
		t.Errorf("the carrier is %q; want %q", got, want)
	}
	a, w = carrierWorld(t, carrierWIT, "empty")
	if got := a.Carriers(w); len(got) != 0 {
		t.Errorf("a world without functions has carriers: %q", got)
	}
}

// Each function is found again under its direction and name, with its own type only.
func TestCarried(t *testing.T) {
	a, w := carrierWorld(t, carrierWIT, "w")
	var c Carried
	for _, name := range append(a.Carriers(w), "memory", "cabi_realloc") {
		if err := c.Read(name); err != nil {
			t.Fatal(err)
		}
	}
	functions := map[string]uint64{}
	EachFunction(a.Resolve, w, func(d Direction, name string, f *wit.Function) {
		functions[string(d)+" "+name] = a.Identity(f)
		for _, test := range []struct {
			direction   Direction
			name        string
			identity    uint64
			known, same bool
		}{
			{d, name, a.Identity(f), true, true},
			{d, name, a.Identity(f) ^ 1<<63, true, false},
			{d, name, a.Identity(f) ^ 1<<28, true, false},
			{d, name + "x", a.Identity(f), false, false},
			{"other", name, a.Identity(f), false, false},
		} {
			if known, same := c.Compare(test.direction, test.name, test.identity); known != test.known || same != test.same {
				t.Errorf("%s %s: known %t, same %t; want %t, %t", test.direction, test.name, known, same, test.known, test.same)
			}
		}
	})
	for _, name := range []string{"import a:b/i@1.2.0#f", "import a:b/i@1.2.0#g", "import $root#run", "export a:b/i@1.2.0#f", "export a:b/i@1.2.0#g", "export $root#run"} {
		if functions[name] == 0 {
			t.Errorf("there is no %s among %v", name, functions)
		}
	}
	if functions["import $root#run"] == functions["export $root#run"] {
		t.Error("the two functions run have one type")
	}
}

// A world with very many functions has several carriers, and two worlds with the same
// functions have different ones.
func TestManyCarriers(t *testing.T) {
	var text strings.Builder
	text.WriteString("package a:b;\ninterface i {\n")
	const functions = 2*maxEntries + 1
	for n := range functions {
		fmt.Fprintf(&text, "  n%d: func();\n", n)
	}
	text.WriteString("}\nworld w { import i; }\nworld v { import i; }\n")
	a, w := carrierWorld(t, text.String(), "w")
	names := a.Carriers(w)
	if len(names) != 3 {
		t.Errorf("%d functions have %d carriers", functions, len(names))
	}
	var c Carried
	for _, name := range names {
		if len(name) > 100_000 {
			t.Errorf("a carrier has %d bytes", len(name))
		}
		if err := c.Read(name); err != nil {
			t.Fatal(err)
		}
	}
	for n := range functions {
		if known, _ := c.Compare(Imported, fmt.Sprintf("a:b/i#n%d", n), 1); !known {
			t.Fatalf("f%d is not carried", n)
		}
	}
	b, v := carrierWorld(t, text.String(), "v")
	if other := b.Carriers(v); other[0] == names[0] {
		t.Errorf("two worlds have the carrier %s", names[0])
	}
}

func TestCarrierErrors(t *testing.T) {
	a, w := carrierWorld(t, carrierWIT, "w")
	name := a.Carriers(w)[0]
	for cut := len(carrierPrefix); cut < len(name); cut++ {
		var c Carried
		err := c.Read(name[:cut])
		if whole := cut >= len(carrierPrefix)+worldHash && (cut-len(carrierPrefix)-worldHash)%entryLength == 0; (err == nil) != whole {
			t.Errorf("%d bytes: %v", cut, err)
		}
	}
	var c Carried
	if err := c.Read("witgen_types_2_xyz"); err != nil || !c.OtherFormat || c.Any() {
		t.Errorf("another format: %v, %+v", err, c)
	}
}
