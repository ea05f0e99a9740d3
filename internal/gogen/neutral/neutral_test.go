package neutral

import (
	"fmt"
	"strings"
	"testing"

	"github.com/witgen/witgen/internal/gogen"
	"github.com/witgen/witgen/parser/resolve"
)

// neutral returns the neutral file of the first package of world w.
func neutral(t *testing.T, text string) string {
	t.Helper()
	result, err := resolve.Source("test.wit", text, resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	world := result.Resolve.Packages[result.Main].Worlds[0]
	plan, diags := gogen.NewPlan(result.Resolve, world, gogen.Options{ImportPath: "example.com"})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return string(Generate(plan, plan.Packages[0]).Content)
}

// labels returns n names with commas between.
func labels(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("x%d", i)
	}
	return strings.Join(names, ", ")
}

func TestSizesOfEnumsAndFlags(t *testing.T) {
	for _, c := range []struct {
		kind string
		n    int
		want string
	}{
		{"enum", 1, "uint8"}, {"enum", 256, "uint8"}, {"enum", 257, "uint16"},
		{"flags", 1, "uint8"}, {"flags", 8, "uint8"}, {"flags", 9, "uint16"}, {"flags", 16, "uint16"},
		{"flags", 17, "uint32"}, {"flags", 32, "uint32"},
	} {
		text := fmt.Sprintf("package a:b; interface i { %s t { %s } } world w { import i; }", c.kind, labels(c.n))
		if got := neutral(t, text); !strings.Contains(got, "\ntype T "+c.want+"\n") {
			t.Errorf("%s of %d is not a %s", c.kind, c.n, c.want)
		}
	}
}

func TestTypesWithResourcesAreNotNeutral(t *testing.T) {
	got := neutral(t, `package a:b;
		interface i {
			resource r;
			record holder { x: option<r> } variant v { a(holder) } type many = list<r>;
			record plain { x: u8 }
		}
		world w { import i; }`)
	for _, name := range []string{"R", "Holder", "V", "VA", "Many"} {
		if strings.Contains(got, "type "+name+" ") {
			t.Errorf("%s is in the neutral file", name)
		}
	}
	if !strings.Contains(got, "type Plain struct") {
		t.Error("Plain is not in the neutral file")
	}
}
