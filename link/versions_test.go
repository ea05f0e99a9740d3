package link

import "testing"

// TestVersions: the name asked for comes first, then the latest that is compatible by
// the rule of package wit.
func TestVersions(t *testing.T) {
	v := noVersions()
	for _, name := range []string{"$root", "a:b/c@1.9.0", "a:b/c@1.10.0", "a:b/c@1.2.0", "a:b/d@0.0.3+build.1", "a:b/d@0.0.4", "a:b/e@1.0.0-rc.1+x", "a:b/f@0.2.8", "a:b/g"} {
		v.add(name)
	}
	for want, match := range map[string]string{
		"$root":              "$root",
		"a:b/c@1.2.0":        "a:b/c@1.2.0",
		"a:b/c@1.0.0":        "a:b/c@1.10.0",
		"a:b/c@2.0.0":        "",
		"a:b/d@0.0.3":        "a:b/d@0.0.3+build.1", // build metadata does not count
		"a:b/d@0.0.5":        "",
		"a:b/e@1.0.0-rc.1":   "a:b/e@1.0.0-rc.1+x",
		"a:b/e@1.0.0-rc.2":   "",
		"a:b/e@1.0.0":        "",
		"a:b/f@0.2.0+anyone": "a:b/f@0.2.8",
		"a:b/g":              "a:b/g",
		"a:b/g@1.0.0":        "",
	} {
		if got, ok := v.match(want); got != match || ok != (match != "") {
			t.Errorf("%s is met by %q, %t; want %q", want, got, ok, match)
		}
	}
}
