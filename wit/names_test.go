package wit

import "testing"

// The classes are those of Explainer.md, "Name Uniqueness": names of one class are
// one name, names of two classes are strongly unique.
func TestCanonicalName(t *testing.T) {
	classes := [][]string{
		{"foo", "FOO", "f-oo", "f-o-O", "[method]foo.foo", "[static]FOO.f-oo", "[method]f-oo.foo"},
		{"foo-bar", "foo-BAR", "foobar", "foob-ar", "FOO-bar", "[static]foobar.FOOBAR", "[method]foo-BAR.FOO-bar"},
		{"[constructor]foo", "[constructor]FOO", "[constructor]fo-o"},
		{"[method]foo.bar", "[static]foo.bar", "[method]foo.BAR", "[static]FOO.b-ar", "[method]f-oo.bar"},
		{"[static]foo.baz", "[method]foo.baz", "[method]foo.ba-z"},
		{"foo:bar/baz", "foo:bar/BAZ", "f-oo:bar/baz", "foo:b-ar/baz", "foo:bar/b-az"},
		{"foo:bar/baz@1.0.0-rc.a", "f-oo:bar/BAZ@1.0.0-rc.a"},
		// Upper case and hyphens tell versions apart (semver.org, 11).
		{"foo:bar/baz@1.0.0-rc.A"},
		{"foo:bar/baz@1.0.0-r-c.a"},
		{"HTTP-url", "http-URL", "httpurl", "HTTPURL", "http-url"},
		{"http-ur-l1", "HTTPURL1"},
	}
	class := map[string]int{}
	for i, names := range classes {
		for _, name := range names {
			c := CanonicalName(name)
			if before, ok := class[c]; ok && before != i {
				t.Errorf("%s is the canonical name of %s, and of %s", c, name, classes[before][0])
			} else if !ok && name != names[0] {
				t.Errorf("the canonical name of %s is %s, that of %s is %s", name, c, names[0], CanonicalName(names[0]))
			}
			class[c] = i
		}
	}
}
