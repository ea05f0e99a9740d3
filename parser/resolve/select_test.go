package resolve_test

import (
	"strings"
	"testing"

	"github.com/witgen/witgen/parser/resolve"
)

func TestSelectWorld(t *testing.T) {
	result, err := resolve.Source("x.wit", `package a:b@1.0.0;
world one {}
world two {}
package a:c { world only {} }
package a:d@0.2.0 { world w {} }
package a:d@0.2.1 { world w {} }
package a:e { interface i {} }
`, resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := result.Resolve
	for name, want := range map[string]string{
		"one":             "a:b/one@1.0.0",
		"a:b/two":         "a:b/two@1.0.0",
		"a:b/two@1.0.0":   "a:b/two@1.0.0",
		"a:c/only":        "a:c/only",
		"a:d/w@0.2.1":     "a:d/w@0.2.1",
		"":                "ERROR choose one of:\n  a:b/one@1.0.0\n  a:b/two@1.0.0",
		"on":              `ERROR did you mean "one"?`,
		"three":           "ERROR its worlds are:\n  a:b/one@1.0.0\n  a:b/two@1.0.0",
		"a:d/w":           "ERROR at versions 0.2.0, 0.2.1",
		"a:d/w@0.2.2":     "ERROR it is there at version 0.2.0, 0.2.1",
		"a:bb/one":        `ERROR did you mean "a:b"?`,
		"a:e/i":           "ERROR package a:e has no world; write one that imports or exports its interfaces: world NAME { export INTERFACE; }",
		"b/one":           "ERROR is not the name of a world",
		"a:b/":            "ERROR is not the name of a world",
		"a:c/only@1.0.0":  "ERROR it is there without a version",
		"a:b/one@1.0.0/x": "ERROR",
	} {
		id, err := resolve.SelectWorld(r, result.Main, name)
		if err != nil {
			if text, ok := strings.CutPrefix(want, "ERROR"); !ok || !strings.Contains(err.Error(), strings.TrimSpace(text)) {
				t.Errorf("%q: %v, want %s", name, err, want)
			}
			continue
		}
		w := r.Worlds[id]
		if got := r.Packages[w.Package].Name.Qualify(w.Name); got != want {
			t.Errorf("%q is %s, want %s", name, got, want)
		}
	}
	for id, p := range r.Packages {
		if p.Name.Name == "c" {
			only, err := resolve.SelectWorld(r, r.Worlds[p.Worlds[0]].Package, "")
			if err != nil || only != p.Worlds[0] {
				t.Errorf("the only world of package %d is %d, %v", id, only, err)
			}
		}
	}
}
